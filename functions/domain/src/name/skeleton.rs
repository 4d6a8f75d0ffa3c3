//! Names that a reader could mistake for each other have the same skeleton (UTS #39, section 4).

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::skeleton;

/// What is left of a name when everything is gone that a quick eye does not see: case, spaces,
/// punctuation, accents, and which of several look-alikes each letter is. Unique per member. Not
/// for people to read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NameSkeleton(String);

impl NameSkeleton {
    pub(super) fn of(name: &str) -> Self {
        Self(twins_merged(&small(&letters(name))))
    }

    pub(super) fn starts_with(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The skeleton as a key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NameSkeleton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a word in another alphabet reads as Latin in its capitals only: "ΑΝΝΑ" does, while
/// "Αννα" reads as "Avva". Its skeleton is that of the small letters and would miss the other.
pub(super) fn capitals_mislead(word: &str) -> bool {
    let letters = letters(word);
    let as_written: String = without_accents(skeleton(&letters));
    !letters.is_ascii()
        && as_written.is_ascii()
        && twins_merged(&small(&as_written)) != NameSkeleton::of(word).0
}

fn letters(name: &str) -> String {
    name.chars()
        .filter(|&c| c.is_alphanumeric() || is_combining_mark(c))
        .collect()
}

/// Case folded by way of the capitals, so that ß meets ss and all sigmas meet.
fn small(text: &str) -> String {
    text.chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

/// One letter for all that look like it. Where only the capitals look alike (В and B), those count.
fn twins_merged(small_letters: &str) -> String {
    let prototypes: String = small_letters.nfd().flat_map(twin).collect();
    without_accents(skeleton(&small(&prototypes)))
        .chars()
        .map(|c| if c == 'i' { 'l' } else { c }) // "I" looks like "l", and "i" is its small letter.
        .collect()
}

fn twin(c: char) -> Vec<char> {
    let text = c.to_string();
    let as_small: String = without_accents(skeleton(&text));
    if !as_small.is_ascii() {
        let capital: String = c.to_uppercase().collect();
        let as_capital = without_accents(skeleton(&capital));
        if !as_capital.is_empty() && as_capital.is_ascii() {
            return as_capital.chars().collect();
        }
    }
    as_small.chars().collect()
}

/// Without the accents of Latin, Greek and Cyrillic: "Jose" is taken when "José" is.
fn without_accents(decomposed: impl Iterator<Item = char>) -> String {
    decomposed
        .filter(|c| !matches!(c, '\u{300}'..='\u{36F}'))
        .collect()
}
