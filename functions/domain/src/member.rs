//! A member: a person who signed in at least once.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::comment::Reason;
use crate::email::EmailAddress;
use crate::follow::MailChoices;
use crate::id::{DecisionId, MemberId};
use crate::name::DisplayName;

/// How long a mail link signs in. Fifteen minutes is the most that a mail on its way may take
/// before the link is a risk in a mailbox that others can read.
pub const SIGN_IN_LINK_LIFE: SignedDuration = SignedDuration::from_mins(15);

/// How long a device stays signed in without being used.
pub const DEVICE_LIFE: SignedDuration = SignedDuration::from_hours(24 * 60);

/// What a member may do here. Each role may also do what those before it may.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Writes and signs up.
    #[default]
    Member,
    /// Helps learners who asked for a mentor.
    Mentor,
    /// Decides what others wrote.
    Moderator,
    /// Runs the community, and gives roles to others.
    Operator,
}

/// A text is no role. The message says which there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("‘{0}’ is not a role; there are mentor, moderator and operator")]
pub struct RoleError(String);

impl Role {
    /// The role as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Mentor => "mentor",
            Self::Moderator => "moderator",
            Self::Operator => "operator",
        }
    }

    /// Whether this is what every member is.
    pub fn is_plain(&self) -> bool {
        *self == Self::Member
    }

    /// Whether it decides what others wrote. Nobody may do that with a mail link alone (OWASP ASVS
    /// 5.0, 6.3.6), so it asks for a passkey.
    pub fn moderates(self) -> bool {
        self >= Self::Moderator
    }
}

impl std::str::FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        [Self::Mentor, Self::Moderator, Self::Operator]
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| RoleError(text.to_owned()))
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The tag of a language (BCP 47), as `ar`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// Takes a tag that the site knows.
    pub fn new(tag: &str) -> Self {
        Self(tag.to_owned())
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a digest may quote a member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quoting {
    /// With their name.
    #[default]
    Named,
    /// The words, but not the name.
    Nameless,
    /// Not at all.
    Never,
}

impl Quoting {
    /// Whether this is what holds for everybody who chose nothing.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// How long a name stays before it may be changed again: others have to know with whom they talk.
pub const NAME_STAYS: SignedDuration = SignedDuration::from_hours(24 * 30);

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
    /// Which mails the member wants to get without asking each time.
    #[serde(default)]
    pub mails: MailChoices,
    /// Whether this is sample data.
    #[serde(default)]
    pub sample: bool,
    /// What the operator lets them do beyond writing.
    #[serde(default, skip_serializing_if = "Role::is_plain")]
    pub role: Role,
    /// How many passkeys there are. The count stands here so that one write can say “the first”.
    #[serde(default)]
    pub passkeys: u32,
    /// Devices that signed in before are signed out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_out: Option<Timestamp>,
    /// Why the member may not write for a while, if a moderator decided so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Block>,
    /// When the name was changed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed: Option<Timestamp>,
    /// The language of their pages and mails. Without one, pages follow the browser and mails the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageTag>,
    /// How digests may quote them.
    #[serde(default, skip_serializing_if = "Quoting::is_usual")]
    pub quoting: Quoting,
}

/// A time in which a member may not write. Reading, exporting and leaving always work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// When it ends. In seconds, so that the table can compare it with the time.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub until: Timestamp,
    /// Why.
    pub reason: Reason,
    /// The decision.
    pub decision: DecisionId,
}

impl Profile {
    /// When the name may be changed, if not now.
    pub fn name_stays_until(&self, now: Timestamp) -> Option<Timestamp> {
        let until = self.renamed.map(|renamed| renamed + NAME_STAYS);
        until.filter(|until| *until > now)
    }

    /// Somebody who is new here.
    pub fn new(id: MemberId, address: Option<EmailAddress>, joined: Timestamp) -> Self {
        Self {
            id,
            name: None,
            address,
            joined,
            approved: 0,
            mails: MailChoices::default(),
            sample: false,
            role: Role::Member,
            passkeys: 0,
            signed_out: None,
            blocked: None,
            renamed: None,
            language: None,
            quoting: Quoting::default(),
        }
    }

    /// The block that holds at `now`. One that ended is none, though it may be stored still.
    pub fn block_at(&self, now: Timestamp) -> Option<Block> {
        self.blocked.filter(|block| now < block.until)
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn each_role_may_what_those_before_it_may() {
        let roles = [Role::Member, Role::Mentor, Role::Moderator, Role::Operator];
        assert!(roles.is_sorted());
        assert_eq!(roles.map(Role::moderates), [false, false, true, true]);
    }

    #[test]
    fn only_roles_that_can_be_given_are_read() {
        for role in [Role::Mentor, Role::Moderator, Role::Operator] {
            assert_eq!(role.name().parse(), Ok(role));
        }
        for other in ["member", "Moderator", "admin", ""] {
            assert!(other.parse::<Role>().is_err(), "{other}");
        }
    }
}
