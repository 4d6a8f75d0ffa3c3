//! A comment in one line of plain text, for feeds and lists.

use pulldown_cmark::{CowStr, Event, TagEnd};
use unicode_segmentation::UnicodeSegmentation;

use super::{Source, events};
use crate::characters;

/// The beginning of a comment as plain text on one line: at most `max_chars` characters (Unicode
/// scalar values), the ellipsis that marks a cut included. Not escaped for HTML.
pub fn excerpt(source: &Source, max_chars: usize) -> String {
    let text = plain_text(source.as_str(), max_chars);
    if text.chars().count() <= max_chars {
        return text;
    }
    let mut room = max_chars.saturating_sub(1);
    let mut cut = 0;
    for grapheme in text.graphemes(true) {
        let Some(left) = room.checked_sub(grapheme.chars().count()) else {
            break;
        };
        room = left;
        cut += grapheme.len();
    }
    match max_chars {
        0 => String::new(),
        _ => format!("{}…", whole_words(&text, cut)),
    }
}

/// Prefers the end of a word to the exact limit, unless that loses half of the text (some scripts
/// write without spaces).
fn whole_words(text: &str, cut: usize) -> &str {
    let kept = &text[..cut];
    if text[cut..].starts_with(' ') {
        return kept;
    }
    match kept.rfind(' ') {
        Some(space) if space * 2 >= cut => kept[..space].trim_end(),
        _ => kept,
    }
}

/// Whether anything that can be seen is left when the markup is taken away.
pub(super) fn is_readable(markdown: &str) -> bool {
    let visible = |c: char| {
        !characters::is_invisible(c) && !unicode_normalization::char::is_combining_mark(c)
    };
    runs(markdown).any(|run| run.chars().any(visible))
}

/// The text with white space collapsed; stops soon after `enough` characters.
fn plain_text(markdown: &str, enough: usize) -> String {
    let mut text = String::new();
    let (mut chars, mut gap) = (0, false);
    for run in runs(markdown) {
        for c in run.chars() {
            if c.is_whitespace() {
                gap = true;
                continue;
            }
            if std::mem::take(&mut gap) && chars > 0 {
                text.push(' ');
                chars += 1;
            }
            text.push(c);
            chars += 1;
        }
        if chars > enough.saturating_mul(2) {
            break;
        }
    }
    text
}

/// What is shown as text, and a space for what separates words.
fn runs(markdown: &str) -> impl Iterator<Item = CowStr<'_>> {
    events(markdown)
        .into_iter()
        .filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(text),
            Event::HardBreak | Event::Rule => Some(CowStr::Borrowed(" ")),
            Event::End(end) if !is_inline(end) => Some(CowStr::Borrowed(" ")),
            _ => None,
        })
}

fn is_inline(end: TagEnd) -> bool {
    matches!(
        end,
        TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link
    )
}
