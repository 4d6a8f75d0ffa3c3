//! What kind of talk a comment is, and which part of a page it is about.

use serde::{Deserialize, Serialize};

use crate::characters;

/// What a comment wants of those who read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Says something.
    #[default]
    Comment,
    /// Asks something; one answer can be accepted.
    Question,
    /// Says that the page is wrong somewhere, to those who write it.
    Correction,
    /// Passes on what helped.
    Tip,
}

impl Kind {
    /// Every kind, in the order in which forms offer them.
    pub const ALL: [Self; 4] = [Self::Comment, Self::Question, Self::Correction, Self::Tip];

    /// The value that forms send.
    pub fn value(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Question => "question",
            Self::Correction => "correction",
            Self::Tip => "tip",
        }
    }

    /// The kind that a form sent; a form without one sends a comment.
    pub fn from_value(value: &str) -> Option<Self> {
        match value {
            "" => Some(Self::default()),
            _ => Self::ALL.into_iter().find(|kind| kind.value() == value),
        }
    }

    /// Whether it is the kind that needs no label.
    pub fn is_plain(&self) -> bool {
        *self == Self::Comment
    }
}

/// A heading of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// What stands after the `#` of its address.
    pub anchor: String,
    /// Its words.
    pub title: String,
}

/// What a comment is about, as the page was when it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The part of the page; none when it is the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<Heading>,
    /// The digest of the page's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// The most characters of a topic's title: two lines on a phone.
pub const TITLE_MAX: usize = 120;

/// The fewest: shorter ones say nothing in a list.
const TITLE_MIN: usize = 5;

/// The title of a topic: one line that people can read. What is read from the table is taken as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Title(String);

/// Why a text cannot be a title, in words for its author.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TitleError {
    /// Too little to tell topics apart.
    #[error("The title is too short. Say in a few words what it is about.")]
    TooShort,
    /// More than a list can show.
    #[error(
        "The title has {chars} characters, and {TITLE_MAX} is the most. Keep the details for the text."
    )]
    TooLong {
        /// Its length.
        chars: usize,
    },
}

impl Title {
    /// Puts a title on one line and checks it.
    ///
    /// # Errors
    /// See [`TitleError`].
    pub fn parse(raw: &str) -> Result<Self, TitleError> {
        use unicode_normalization::UnicodeNormalization as _;
        let text: String = characters::strip(raw).nfc().collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let visible = text.chars().filter(|c| !characters::is_invisible(*c));
        if visible.count() < TITLE_MIN {
            return Err(TitleError::TooShort);
        }
        match text.chars().count() {
            chars if chars > TITLE_MAX => Err(TitleError::TooLong { chars }),
            _ => Ok(Self(text)),
        }
    }

    /// The title.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_what_forms_and_the_table_call_it() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_value(kind.value()), Some(kind));
            let stored = serde_json::to_string(&kind).unwrap();
            assert_eq!(stored, format!("\"{}\"", kind.value()));
        }
        assert_eq!(Kind::from_value(""), Some(Kind::Comment));
        assert_eq!(Kind::from_value("answer"), None);
    }

    #[test]
    fn a_title_is_one_line_that_can_be_read() {
        let title = Title::parse("  How do I\n begin \u{202e}here? ").unwrap();
        assert_eq!(title.as_str(), "How do I begin here?");
        for short in [
            "",
            "    ",
            "Hi!",
            "\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}",
        ] {
            assert_eq!(Title::parse(short), Err(TitleError::TooShort), "{short:?}");
        }
        assert!(Title::parse(&"ä".repeat(TITLE_MAX)).is_ok());
        let long = "ä".repeat(TITLE_MAX + 1);
        assert_eq!(Title::parse(&long), Err(TitleError::TooLong { chars: 121 }));
    }
}
