//! A text as the words that it is broken into lines at. Each word is made of pieces, of one font and one direction, in
//! the order in which they are read.

use unicode_bidi::{BidiInfo, Level};
use unicode_segmentation::UnicodeSegmentation as _;

use super::fonts::Fonts;

/// A word of so many letters may be broken where no other way is left; so may scripts that put no space between words.
const LONG: usize = 24;
/// Then into parts of so many.
const PART: usize = 12;

/// A word, or a part of a very long one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    /// The direction of the space before it; a part of a word has none.
    pub(super) space: Option<Level>,
    pub(super) pieces: Vec<Piece>,
}

/// Letters of one font and one direction.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) font: usize,
    pub(super) level: Level,
    /// As drawn at size 1; measured by whoever draws.
    pub(super) width: f32,
}

/// Takes a text apart. Signs that no font has are left out, such as little pictures; letters are not, and returned
/// as the failure.
pub(super) fn words(text: &str, from_right: bool, fonts: &Fonts) -> Result<Vec<Word>, String> {
    let text = drawable(text, fonts)?;
    let base = if from_right {
        Level::rtl()
    } else {
        Level::ltr()
    };
    let bidi = BidiInfo::new(&text, Some(base));
    let Some(paragraph) = bidi.paragraphs.first() else {
        return Ok(Vec::new());
    };
    let levels = bidi.reordered_levels(paragraph, paragraph.range.clone());
    let mut words = Vec::new();
    let mut at = 0;
    for word in text.split(' ') {
        let space = (at > 0).then(|| levels[at - 1]);
        let pieces = pieces(word, &levels[at..], fonts);
        if !pieces.is_empty() {
            words.push(Word { space, pieces });
        }
        at += word.len() + 1;
    }
    Ok(words)
}

/// The text without what no font has, and with single spaces.
fn drawable(text: &str, fonts: &Fonts) -> Result<String, String> {
    let mut kept = String::new();
    let mut missing: Vec<String> = Vec::new();
    let words: Vec<&str> = text.split_whitespace().collect();
    for letter in words.join(" ").chars() {
        if letter == ' ' || is_unseen(letter) || fonts.choose(letter, 0).is_some() {
            kept.push(letter);
        } else if letter.is_alphanumeric() && !missing.iter().any(|other| other.contains(letter)) {
            missing.push(letter.to_string());
        }
    }
    if missing.is_empty() {
        Ok(kept)
    } else {
        Err(missing.join(" "))
    }
}

fn pieces(word: &str, levels: &[Level], fonts: &Fonts) -> Vec<Piece> {
    let letters: Vec<(usize, &str)> = word.grapheme_indices(true).collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut near = 0;
    for (number, (at, cluster)) in letters.iter().enumerate() {
        let first = cluster.chars().find(|letter| !is_unseen(*letter));
        if let Some(font) = first.and_then(|letter| fonts.choose(letter, near)) {
            near = font;
        } else if cluster.chars().all(orders) {
            // It has had its effect on the order.
            continue;
        }
        let level = levels[*at];
        let breaks = letters.len() >= LONG && number % PART == 0;
        match pieces.last_mut() {
            Some(piece) if piece.font == near && piece.level == level && !breaks => {
                piece.text.push_str(cluster);
            }
            _ => pieces.push(Piece {
                text: (*cluster).to_owned(),
                font: near,
                level,
                width: 0.0,
            }),
        }
    }
    pieces
}

/// Signs that order text and are not seen: marks, embeddings and isolates (UAX 9).
fn orders(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Signs that are not seen and that no font needs to have. The joiners change the letters beside them.
fn is_unseen(letter: char) -> bool {
    orders(letter) || matches!(letter, '\u{200c}' | '\u{200d}')
}
