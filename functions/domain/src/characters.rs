//! Which characters may travel from a member to a reader.
//!
//! Bidirectional embeddings, overrides and isolates can make text read as something that was never
//! written ("Trojan Source"), control characters break XML feeds, and tag characters carry hidden
//! text. The marks that right-to-left writing needs (LRM, RLM, ALM) and the joiners that emoji,
//! Persian and Indic writing need are kept.

/// U+202A–202E and U+2066–2069: embeddings, overrides and isolates of Unicode's bidi algorithm.
pub(crate) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Control characters (except tab and line feed), noncharacters (which XML forbids), deprecated
/// format characters, byte-order marks and bidi controls: nothing that a reader could miss.
pub(crate) fn is_stripped(c: char) -> bool {
    is_bidi_control(c)
        || (c.is_control() && c != '\t' && c != '\n')
        || matches!(c,
            '\u{206A}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{FDD0}'..='\u{FDEF}' | '\u{E0001}')
        || matches!(u32::from(c) & 0xFFFF, 0xFFFE | 0xFFFF)
}

/// Characters that leave no ink: spaces, default-ignorable code points and blank letters.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || is_stripped(c)
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}'
            | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D159}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// A tag character (U+E0020–E007F): part of the flags of England, Scotland and Wales, or hidden text.
fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0020}'..='\u{E007F}')
}

/// Drops what [`is_stripped`] names and tag characters outside a flag, and turns every line ending
/// (CRLF, CR, NEL, LS, PS) into a line feed.
pub(crate) fn strip(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let (mut in_flag, mut after_return) = (false, false);
    for c in raw.chars() {
        let second_half = c == '\n' && after_return;
        after_return = c == '\r';
        match c {
            '\n' if second_half => {}
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            c if is_stripped(c) || (is_tag(c) && !in_flag) => {}
            c => out.push(c),
        }
        in_flag = c == '\u{1F3F4}' || (in_flag && is_tag(c));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn line_endings_become_line_feeds() {
        assert_eq!(
            strip("a\r\nb\rc\u{85}d\u{2028}e\u{2029}f\n\r"),
            "a\nb\nc\nd\ne\nf\n\n"
        );
    }

    #[test]
    fn what_nobody_can_see_is_dropped() {
        assert_eq!(
            strip("a\0\u{7}\u{1b}\u{9f}\u{feff}\u{fffe}\u{10ffff}b"),
            "ab"
        );
        assert_eq!(strip("\u{202a}\u{202e}a\u{2066}\u{2069}"), "a");
        assert_eq!(
            strip("hi\u{e0048}\u{e0049}"),
            "hi",
            "tag characters hide text"
        );
    }

    #[test]
    fn what_languages_and_emoji_need_is_kept() {
        for kept in [
            "\u{200e}\u{200f}\u{61c}",
            "نامه\u{200c}ای",
            "👩\u{200d}💻 ❤\u{fe0f}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "a\tb",
        ] {
            assert_eq!(strip(kept), kept);
        }
    }
}
