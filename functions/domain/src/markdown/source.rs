//! The text of a comment as it is kept.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::excerpt::is_readable;
use crate::characters;

/// The most characters (Unicode scalar values, after normalisation) that a comment may have.
pub const MAX_CHARS: usize = 10_000;

/// The most combining marks on one letter. Languages need up to five or so; more is a tower that
/// covers the lines above and below it.
pub const MAX_MARKS: usize = 8;

/// Markdown as a member wrote it: 1 to [`MAX_CHARS`] characters in normal form C with `\n` line
/// ends, at least one of which can be read once rendered.
///
/// Control characters, bidi embeddings, overrides and isolates (U+202A–202E, U+2066–2069) are
/// dropped; LRM, RLM, ALM and the joiners are kept.
///
/// What is read from the table is taken as it is: it was checked when it was written, and a rule that
/// becomes stricter later must not make it unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(String);

/// Why a text cannot be a comment, in words for its author.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SourceError {
    /// Nothing but spaces, invisible characters or markup without text.
    #[error("There is nothing to read in your text yet. Write at least one word.")]
    Empty,
    /// More than [`MAX_CHARS`] characters.
    #[error(
        "Your text has {chars} characters, and {MAX_CHARS} is the most. Shorten it, or post it in parts."
    )]
    TooLong {
        /// The text's length in characters, as counted for the limit.
        chars: usize,
    },
    /// A letter carries more than eight combining marks.
    #[error(
        "A letter in your text carries more than {MAX_MARKS} marks, which would cover the lines around it. Take some away."
    )]
    TooManyMarks,
}

impl Source {
    /// Normalises and checks a text. Parsing its own result changes nothing.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn parse(raw: &str) -> Result<Self, SourceError> {
        let stripped = characters::strip(raw);
        let text: String = stripped.nfc().collect();
        let text = without_blank_ends(&text);
        match text.chars().count() {
            0 => return Err(SourceError::Empty),
            1..=MAX_CHARS => {}
            chars => return Err(SourceError::TooLong { chars }),
        }
        if has_tower_of_marks(text) {
            return Err(SourceError::TooManyMarks);
        }
        if !is_readable(text) {
            return Err(SourceError::Empty);
        }
        Ok(Self(text.to_owned()))
    }

    /// The Markdown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Drops blank lines at the start and white space at the end. The first line keeps its indentation,
/// which can mean code.
fn without_blank_ends(text: &str) -> &str {
    let text = text.trim_end();
    let first = text.len() - text.trim_start().len();
    let line = text[..first].rfind('\n').map_or(0, |newline| newline + 1);
    &text[line..]
}

fn has_tower_of_marks(text: &str) -> bool {
    let mut marks = 0;
    text.chars().any(|c| {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        marks > MAX_MARKS
    })
}
