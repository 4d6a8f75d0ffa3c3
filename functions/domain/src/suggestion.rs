//! A suggestion: how a page should read, by a member who has no Git. It is kept as a patch, which
//! moderators look at and Git knows how to apply, also when the page went on meanwhile.

mod page;
mod patch;

pub use page::{EditError, MAX_BYTES, MAX_LINES, Page};
pub use patch::{Line, MAX_PATCH, Patch};

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::characters;
use crate::id::{IdError, MemberId, SuggestionId, ThreadId};

/// How long a suggestion is kept that was not taken: long enough to read why, and to change one's mind.
pub const DECLINED_FOR: SignedDuration = SignedDuration::from_hours(24 * 30);

/// How long one is kept that became a branch: until the branch is merged, as a rule, or lost.
pub const PULLED_FOR: SignedDuration = SignedDuration::from_hours(24 * 90);

/// The most characters of the line that says why.
pub const MAX_WHY: usize = 300;

/// The name that Git has for the text of a file: the SHA-1 of the blob, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Revision(String);

impl Revision {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Revision {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 40 && text.bytes().all(digit) {
            return Ok(Self(text.to_owned()));
        }
        Err(IdError::new(text, "a revision: 40 hexadecimal digits"))
    }
}

impl TryFrom<String> for Revision {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Revision> for String {
    fn from(revision: Revision) -> Self {
        revision.0
    }
}

/// Why a member suggests it: one line, which becomes part of the message in Git.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Why(String);

impl Why {
    /// Takes a line; nothing where nothing is said. What is longer than a line can be is cut.
    pub fn parse(typed: &str) -> Option<Self> {
        let words = characters::strip(typed);
        let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let line: String = line.chars().take(MAX_WHY).collect();
        (!line.is_empty()).then_some(Self(line))
    }

    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the change in Git names the member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Credit {
    /// By the name that they have here.
    #[default]
    Named,
    /// Not at all.
    Nameless,
}

impl Credit {
    /// The value that forms send.
    pub fn value(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Nameless => "nameless",
        }
    }

    /// What a form sent.
    pub fn from_value(value: &str) -> Option<Self> {
        [Self::Named, Self::Nameless]
            .into_iter()
            .find(|credit| credit.value() == value)
    }
}

/// Why a suggestion was not taken. A fixed list, so that nobody has to find words, or to read bad ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decline {
    /// The page says so already, or it is mended elsewhere.
    Done,
    /// The page is right as it is.
    Right,
    /// It has to be talked about first.
    Discuss,
    /// It changes too much at once.
    Large,
    /// It is advertising, unkind, or no text for this page.
    Unfit,
}

impl Decline {
    /// Every reason, in the order in which forms offer them.
    pub const ALL: [Self; 5] = [
        Self::Done,
        Self::Right,
        Self::Discuss,
        Self::Large,
        Self::Unfit,
    ];

    /// The value that forms send.
    pub fn value(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Right => "right",
            Self::Discuss => "discuss",
            Self::Large => "large",
            Self::Unfit => "unfit",
        }
    }

    /// The reason that a form sent.
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.value() == value)
    }
}

/// Where a suggestion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is", content = "why")]
pub enum State {
    /// Waits for a moderator.
    Waiting,
    /// A moderator took it; whoever has the repository makes a branch of it.
    Taken,
    /// A moderator did not take it.
    Declined(Decline),
    /// It became a branch.
    Pulled,
}

impl State {
    /// The word that the table and the templates use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Taken => "taken",
            Self::Declined(_) => "declined",
            Self::Pulled => "pulled",
        }
    }

    /// Whether moderators, and whoever suggested it, can still change what becomes of it.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Pulled)
    }

    /// How long it is kept once it is so; as long as it takes, where nothing is said.
    pub fn kept_for(self) -> Option<SignedDuration> {
        match self {
            Self::Waiting | Self::Taken => None,
            Self::Declined(_) => Some(DECLINED_FOR),
            Self::Pulled => Some(PULLED_FOR),
        }
    }
}

/// Who decided about a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The moderator.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}

/// A suggestion as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Its identifier.
    pub id: SuggestionId,
    /// Whose it is.
    pub author: MemberId,
    /// The thread of the page.
    pub thread: ThreadId,
    /// The file of the page, below the content folder.
    pub path: String,
    /// The text that it changes.
    pub base: Revision,
    /// How it changes it.
    pub patch: Patch,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// Whether the change names the member.
    pub credit: Credit,
    /// When it was sent.
    pub made: Timestamp,
    /// Where it stands.
    pub state: State,
    /// Who decided so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
    /// When it goes by itself, in seconds since 1970.
    #[serde(
        default,
        rename = "expires_at",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires: Option<i64>,
}

/// Digits of the name that people use: enough among the suggestions of a community.
const SHORT: usize = 10;

impl Suggestion {
    /// The end of its identifier, which is random; the beginning is the time.
    pub fn short(&self) -> String {
        let id = self.id.to_string();
        id[id.len() - SHORT..].to_owned()
    }

    /// Whether it was to go before `now`; the table removes late.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|at| at <= now.as_second())
    }

    /// The same in another state, from `now` on.
    #[must_use]
    pub fn becomes(self, state: State, now: Timestamp) -> Self {
        Self {
            state,
            expires: state.kept_for().map(|time| (now + time).as_second()),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_of_some_length() {
        let why = |typed: &str| Why::parse(typed).map(|why| why.0);
        assert_eq!(why("  "), None);
        assert_eq!(
            why("A typo,\r\n\r\nFixes-comment: 1").as_deref(),
            Some("A typo, Fixes-comment: 1"),
            "one line, so it begins no trailer"
        );
        assert_eq!(why(&"x".repeat(900)).map(|why| why.len()), Some(MAX_WHY));
        assert_eq!(why("a\u{202e}b").as_deref(), Some("ab"));
    }

    #[test]
    fn a_revision_is_what_git_calls_a_text() {
        let good = "ce013625030ba8dba906f756967f9e9ca394464a";
        assert_eq!(good.parse::<Revision>().unwrap().as_str(), good);
        for bad in ["", "../../etc/passwd", &good[1..], &good.to_uppercase()] {
            assert!(bad.parse::<Revision>().is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn what_is_decided_ends_by_itself_and_what_waits_does_not() {
        assert_eq!(State::Waiting.kept_for(), None);
        assert_eq!(State::Taken.kept_for(), None);
        assert!(State::Declined(Decline::Right).kept_for() < State::Pulled.kept_for());
    }
}
