//! Where the words of a card stand, and how large they are.

use serde::Serialize;
use unicode_bidi::{BidiInfo, Level};

use super::SIZE;
use super::fonts::Fonts;
use super::lines::{Measure, balanced, cut};
use super::words::{Piece, Word};

/// Free at the left and the right of everything.
const MARGIN: f32 = 88.0;

/// The space between words, as a part of the size.
const SPACE: f32 = 0.25;

/// A text of a card: its place and its sizes, the first of which is taken that it fits into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    part: &'static str,
    /// Where the line ends at which the text begins.
    top: f32,
    /// Kept free beside the text, where it begins.
    beside: f32,
    /// Sizes, with the most lines of each.
    sizes: &'static [(f32, usize)],
    /// From line to line, as a part of the size.
    leading: f32,
}

/// What the page is.
pub(super) const KIND: Style = Style {
    part: "kind",
    top: 108.0,
    beside: 0.0,
    sizes: &[(34.0, 1), (30.0, 1)],
    leading: 1.0,
};

/// The page's title.
pub(super) const TITLE: Style = Style {
    part: "title",
    top: 176.0,
    beside: 0.0,
    sizes: &[(92.0, 2), (76.0, 3), (62.0, 4)],
    leading: 1.16,
};

/// The same in letters with more above and below them.
pub(super) const TITLE_FROM_RIGHT: Style = Style {
    sizes: &[(82.0, 2), (66.0, 3), (54.0, 4)],
    leading: 1.4,
    ..TITLE
};

/// The site's name, beside its sign.
pub(super) const SITE: Style = Style {
    part: "site",
    top: 514.0,
    beside: 74.0,
    sizes: &[(36.0, 1)],
    leading: 1.0,
};

/// How far below the upper edge of a line its letters stand, as a part of the size.
const BASELINE: f32 = 0.92;

/// Letters at their place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Run {
    part: &'static str,
    x: f32,
    y: f32,
    size: f32,
    family: String,
    weight: u16,
    text: String,
}

/// Sets measured words. `end` stands behind what is cut off.
pub(super) fn set(
    style: Style,
    words: &[Word],
    end: Option<&Piece>,
    from_right: bool,
    fonts: &Fonts,
) -> Vec<Run> {
    let room = SIZE.0 as f32 - 2.0 * MARGIN - style.beside;
    let words = breakable(words, room, style);
    let fits = style.sizes.iter().find_map(|(size, most)| {
        let lines = balanced(&measures(&words, *size), room, *most)?;
        Some((*size, lines, false))
    });
    let (size, lines, is_cut) = fits.unwrap_or_else(|| {
        let (size, most) = style.sizes[style.sizes.len() - 1];
        let end = end.map_or(0.0, |end| end.width * size);
        let lines = cut(&measures(&words, size), room, most, end);
        (size, lines, true)
    });
    let mut runs = Vec::new();
    let count = lines.len();
    for (number, range) in lines.into_iter().enumerate() {
        let mut line = in_reading_order(&words[range]);
        if let Some(end) = end.filter(|_| is_cut && number + 1 == count) {
            line.push((end.level, end.width, Some(end)));
        }
        let y = style.top + size * (BASELINE + number as f32 * style.leading);
        let width: f32 = line.iter().map(|(_, width, _)| width * size).sum();
        let mut x = if from_right {
            SIZE.0 as f32 - MARGIN - style.beside - width
        } else {
            MARGIN + style.beside
        };
        let levels: Vec<Level> = line.iter().map(|(level, ..)| *level).collect();
        for at in BidiInfo::reorder_visual(&levels) {
            let (level, width, piece) = line[at];
            if let Some(piece) = piece {
                runs.push(run(style.part, piece, level, (x, y, size), fonts));
            }
            x += width * size;
        }
    }
    runs
}

fn run(
    part: &'static str,
    piece: &Piece,
    level: Level,
    (x, y, size): (f32, f32, f32),
    fonts: &Fonts,
) -> Run {
    let (family, weight) = fonts.name(piece.font);
    Run {
        part,
        x,
        y,
        size,
        family: family.to_owned(),
        weight,
        text: ordered(&piece.text, level),
    }
}

/// The text of a piece in a direction of its own: the renderer takes every line for one from left to right.
pub(super) fn ordered(text: &str, level: Level) -> String {
    if level.is_rtl() {
        format!("\u{2067}{text}\u{2069}")
    } else {
        text.to_owned()
    }
}

/// The pieces and spaces of a line: direction, width, and what is drawn.
type InLine<'a> = (Level, f32, Option<&'a Piece>);

fn in_reading_order(words: &[Word]) -> Vec<InLine<'_>> {
    let mut line = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if let Some(level) = word.space.filter(|_| at > 0) {
            line.push((level, SPACE, None));
        }
        let pieces = word.pieces.iter();
        line.extend(pieces.map(|piece| (piece.level, piece.width, Some(piece))));
    }
    line
}

fn measures(words: &[Word], size: f32) -> Vec<Measure> {
    let measure = |word: &Word| Measure {
        space: word.space.map_or(0.0, |_| SPACE * size),
        word: width(word) * size,
    };
    words.iter().map(measure).collect()
}

fn width(word: &Word) -> f32 {
    word.pieces.iter().map(|piece| piece.width).sum()
}

/// Takes words apart that are wider than the room at the smallest size.
fn breakable(words: &[Word], room: f32, style: Style) -> Vec<Word> {
    let (smallest, _) = style.sizes[style.sizes.len() - 1];
    let mut parts = Vec::new();
    for word in words {
        if width(word) * smallest <= room {
            parts.push(word.clone());
            continue;
        }
        for (at, piece) in word.pieces.iter().enumerate() {
            parts.push(Word {
                space: word.space.filter(|_| at == 0),
                pieces: vec![piece.clone()],
            });
        }
    }
    parts
}
