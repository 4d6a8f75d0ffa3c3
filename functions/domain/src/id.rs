//! Identifiers. Each is parsed once, where it enters, and is right ever after.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("‘{given}’ is not {expected}")]
pub struct IdError {
    given: String,
    expected: &'static str,
}

impl IdError {
    pub(crate) fn new(given: &str, expected: &'static str) -> Self {
        let given = given.chars().take(80).collect();
        Self { given, expected }
    }
}

/// The fewest characters of an identifier that authors choose.
const SLUG_MIN: usize = 3;
/// The most; longer ones make addresses that people cannot read to each other.
const SLUG_MAX: usize = 64;

fn is_slug(text: &str) -> bool {
    (SLUG_MIN..=SLUG_MAX).contains(&text.len())
        && text.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

macro_rules! slug {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier as it stands in front matter and in addresses.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                if is_slug(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(IdError { given: text.chars().take(80).collect(), expected: $what })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! time_ordered {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.parse().map(Self).map_err(|_| IdError {
                    given: text.chars().take(80).collect(),
                    expected: $what,
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

slug!(
    /// A thread of discussion. Front matter gives it, so a lesson that moves keeps its discussion.
    ThreadId,
    "a thread id: lower-case words and digits joined by hyphens, 3 to 64 characters"
);
slug!(
    /// A live session.
    SessionId,
    "a session id: lower-case words and digits joined by hyphens, 3 to 64 characters"
);
slug!(
    /// A section of the forum, or the list of all questions: a page that lists discussions.
    BoardId,
    "a forum id: lower-case words and digits joined by hyphens, 3 to 64 characters"
);
slug!(
    /// A course: the name of its folder, in every language.
    CourseId,
    "a course id: lower-case words and digits joined by hyphens, 3 to 64 characters"
);
time_ordered!(
    /// A comment: a UUID of version 7 (RFC 9562), so ids sort by the time of writing.
    CommentId,
    "a comment id (a UUID)"
);
time_ordered!(
    /// A member: a UUID of version 7 (RFC 9562).
    MemberId,
    "a member id (a UUID)"
);
time_ordered!(
    /// A decision of a moderator: a UUID of version 7 (RFC 9562), so the newest come last.
    DecisionId,
    "a decision id (a UUID)"
);
time_ordered!(
    /// A member's suggestion how a page should read: a UUID of version 7 (RFC 9562).
    SuggestionId,
    "a suggestion id (a UUID)"
);

/// What makes a form's second arrival the same act as its first: chosen when the form is made,
/// sent with it, and stored with the effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FormKey(String);

/// The most characters of a form key; it is part of a table key.
const FORM_KEY_MAX: usize = 64;

impl FormKey {
    /// The key as it stands in the form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FormKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let fits = (8..=FORM_KEY_MAX).contains(&text.len());
        if fits
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError {
                given: text.chars().take(80).collect(),
                expected: "a form key: 8 to 64 letters, digits, hyphens or underscores",
            })
        }
    }
}

impl TryFrom<String> for FormKey {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<FormKey> for String {
    fn from(key: FormKey) -> Self {
        key.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_id_is_lower_case_words_joined_by_hyphens() {
        for good in ["abc", "first-ten-posts", "week-2026-w46", "a1b"] {
            assert_eq!(good.parse::<ThreadId>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "ab",
            "Abc",
            "a--b",
            "-abc",
            "abc-",
            "a b c",
            "ä-lesson",
            "a/b",
            "a.b",
        ] {
            assert!(bad.parse::<ThreadId>().is_err(), "{bad} was taken");
        }
        assert!("x".repeat(65).parse::<ThreadId>().is_err());
    }

    #[test]
    fn a_form_key_cannot_reach_beyond_its_place_in_a_table_key() {
        for bad in ["short", "has#hash#in-it", "white space", &"k".repeat(65)] {
            assert!(bad.parse::<FormKey>().is_err(), "{bad} was taken");
        }
        assert!(
            "0192f0c1-aaaa-7bbb-8ccc-0123456789ab"
                .parse::<FormKey>()
                .is_ok()
        );
    }
}
