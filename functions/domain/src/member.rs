//! A member: a person who signed in at least once.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;
use crate::id::MemberId;
use crate::name::DisplayName;

/// How long a mail link signs in. Fifteen minutes is the most that a mail on its way may take
/// before the link is a risk in a mailbox that others can read.
pub const SIGN_IN_LINK_LIFE: SignedDuration = SignedDuration::from_mins(15);

/// How long a device stays signed in without being used.
pub const DEVICE_LIFE: SignedDuration = SignedDuration::from_hours(24 * 60);

/// A member as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The identifier, which is never reused.
    pub id: MemberId,
    /// The name that others read; none until it is chosen after the first sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// Where mail goes. Sample members have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<EmailAddress>,
    /// When the member first signed in.
    pub joined: Timestamp,
    /// How many comments moderators approved so far.
    #[serde(default)]
    pub approved: u32,
    /// Whether this is sample data.
    #[serde(default)]
    pub sample: bool,
}
