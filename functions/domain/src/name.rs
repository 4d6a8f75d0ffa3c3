//! The name that others see beside what a member writes.

mod reserved;
mod skeleton;
#[cfg(test)]
mod tests;

pub use skeleton::NameSkeleton;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::{MixedScript, RestrictionLevel, RestrictionLevelDetection};
use unicode_segmentation::UnicodeSegmentation;

use crate::characters;

/// The fewest letters (grapheme clusters, as Unicode's UAX 29 counts them) of a name.
pub const MIN_LETTERS: usize = 2;
/// The most letters (grapheme clusters) of a name: what fits beside a comment on a phone.
pub const MAX_LETTERS: usize = 40;
/// One letter with more combining marks covers its neighbours.
pub const MAX_MARKS: usize = 4;
/// Marks between letters in names people have: O’Neil, Anne-Marie, J. R., Gal·la, r_2.
const PUNCTUATION: &str = "'’.-‐·_,";

/// A display name: 2 to 40 letters, digits and the punctuation of names, in Unicode's normal form
/// KC (as RFC 8266 compares nicknames, so 𝐀𝐧𝐧 is Ann) with single spaces.
///
/// What is read from the table is taken as it is: it was checked when it was written, and a rule that
/// becomes stricter later must not make it unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisplayName(String);

/// Why a text cannot be a display name, in words for the person who chose it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    /// Fewer than two letters.
    #[error("This name is too short. Use at least {MIN_LETTERS} letters.")]
    TooShort,
    /// More than forty letters.
    #[error("This name is too long. Use at most {MAX_LETTERS} letters.")]
    TooLong,
    /// Control, bidi or zero-width characters.
    #[error(
        "This name contains a character that cannot be seen. Type it again instead of pasting it."
    )]
    Invisible,
    /// An "@".
    #[error("Names are public: leave out e-mail addresses and the @ sign.")]
    Address,
    /// Something like `example.org` or `https://…`.
    #[error("This looks like a web address. If it is a name, put a space after the dot.")]
    WebAddress,
    /// A symbol, an emoji or other punctuation.
    #[error(
        "“{0}” cannot be part of a name. Use letters, digits, spaces, dots, hyphens and apostrophes."
    )]
    Character(char),
    /// No letter at all.
    #[error("A name needs at least one letter.")]
    NoLetter,
    /// More than four combining marks on one letter.
    #[error("A letter of this name carries more than {MAX_MARKS} marks. Take some away.")]
    TooManyMarks,
    /// Letters of different alphabets in one word, as in "Аnnа" with Cyrillic А.
    #[error(
        "A word of this name mixes letters of different alphabets that look alike. Use one alphabet in a word."
    )]
    MixedAlphabets,
    /// Capitals of another alphabet that read as Latin, as in Greek "ΑΝΝΑ".
    #[error(
        "In capitals, this name cannot be told from one in Latin letters. Write it in small letters."
    )]
    MisleadingCapitals,
    /// A name that belongs to the people and the machinery who run the site.
    #[error("This name could be taken for a role on this site. Choose another one.")]
    Reserved,
}

impl DisplayName {
    /// Normalises and checks a name. Parsing its own result changes nothing.
    ///
    /// # Errors
    /// See [`NameError`]; the first that applies.
    pub fn parse(raw: &str) -> Result<Self, NameError> {
        // Normalising can turn one character into eighteen; nothing this long can become a name.
        if raw.len() > MAX_LETTERS * 64 {
            return Err(NameError::TooLong);
        }
        let name: String = raw.nfkc().collect();
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        check_characters(&name)?;
        check_length(&name)?;
        name.split(' ').try_for_each(check_word)?;
        let name = Self(name);
        if reserved::is_reserved(&name.0) {
            return Err(NameError::Reserved);
        }
        Ok(name)
    }

    /// The name as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What this name has in common with every name that could be mistaken for it.
    pub fn skeleton(&self) -> NameSkeleton {
        NameSkeleton::of(&self.0)
    }
}

fn check_length(name: &str) -> Result<(), NameError> {
    match name.graphemes(true).count() {
        0..MIN_LETTERS => Err(NameError::TooShort),
        MIN_LETTERS..=MAX_LETTERS => Ok(()),
        _ => Err(NameError::TooLong),
    }
}

fn check_characters(name: &str) -> Result<(), NameError> {
    if name.contains('@') {
        return Err(NameError::Address);
    }
    if name.contains("://") || name.split(' ').any(has_host) {
        return Err(NameError::WebAddress);
    }
    let chars: Vec<char> = name.chars().collect();
    for (at, &c) in chars.iter().enumerate() {
        let joins = is_joiner(c) && at > 0 && joins(chars[at - 1], chars.get(at + 1).copied());
        if characters::is_invisible(c) && c != ' ' && !joins {
            return Err(NameError::Invisible);
        }
        let known = c == ' ' || joins || is_letter_or_mark(c) || PUNCTUATION.contains(c);
        if !known {
            return Err(NameError::Character(c));
        }
    }
    if !chars.iter().any(|c| c.is_alphabetic()) {
        return Err(NameError::NoLetter);
    }
    if chars
        .windows(MAX_MARKS + 1)
        .any(|run| run.iter().all(|&c| is_combining_mark(c)))
    {
        return Err(NameError::TooManyMarks);
    }
    Ok(())
}

fn is_letter_or_mark(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Zero-width joiner and non-joiner: part of the spelling in Persian and in Indic scripts.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

fn joins(before: char, after: Option<char>) -> bool {
    let written_joined = |c: char| c >= '\u{600}' && is_letter_or_mark(c);
    written_joined(before) && after.is_some_and(written_joined)
}

/// `example.org`: two letters or more on both sides of a dot.
fn has_host(word: &str) -> bool {
    let labels: Vec<&str> = word.split('.').collect();
    let long = |label: &str| label.chars().filter(|c| c.is_alphanumeric()).count() >= 2;
    labels.windows(2).any(|pair| long(pair[0]) && long(pair[1]))
}

fn check_word(word: &str) -> Result<(), NameError> {
    let letters: String = word.chars().filter(|&c| is_letter_or_mark(c)).collect();
    let one_writing_system = letters.as_str().is_single_script()
        || letters
            .as_str()
            .check_restriction_level(RestrictionLevel::HighlyRestrictive);
    if !one_writing_system {
        return Err(NameError::MixedAlphabets);
    }
    if skeleton::capitals_mislead(word) {
        return Err(NameError::MisleadingCapitals);
    }
    Ok(())
}

impl std::fmt::Display for DisplayName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
