//! The waitlist for people who want to try the beta: double opt-in, nothing kept of an address
//! until its owner says yes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;

/// How long a confirmation link works, and the longest that an unconfirmed entry is kept.
pub const CONFIRMATION_LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The least time between two mails to one address that has not confirmed.
pub const MAIL_INTERVAL: SignedDuration = SignedDuration::from_hours(24);

/// The most confirmation mails that an address ever gets without confirming: whoever types other
/// people's addresses must not be able to bother them for ever.
pub const UNCONFIRMED_MAILS: u32 = 3;

/// What somebody hopes to do here. It tags the entry, so that invitations can go to a mixed group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interest {
    /// Did not say.
    #[default]
    #[serde(rename = "")]
    Unsaid,
    /// To learn.
    Learn,
    /// To teach or mentor.
    Teach,
    /// To run courses for a company or an organisation.
    Company,
}

impl Interest {
    /// The interest that a form sent; whatever is unknown counts as unsaid.
    pub fn from_value(value: &str) -> Self {
        match value {
            "learn" => Self::Learn,
            "teach" => Self::Teach,
            "company" => Self::Company,
            _ => Self::Unsaid,
        }
    }

    /// The value that forms send.
    pub fn value(self) -> &'static str {
        match self {
            Self::Unsaid => "",
            Self::Learn => "learn",
            Self::Teach => "teach",
            Self::Company => "company",
        }
    }
}

/// A confirmed entry, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Where the invitation will go.
    pub address: EmailAddress,
    /// What the person hopes to do.
    #[serde(default)]
    pub interest: Interest,
    /// The place in the order of confirmation, from 1. Never given twice.
    pub place: u32,
    /// When the person confirmed.
    pub confirmed: Timestamp,
}
