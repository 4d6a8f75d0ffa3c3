//! A preview of a page: longer than any comment, and rendered in pieces, because the sanitizer's time
//! grows faster than the length of what it is given.

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::{Html, events};

/// Characters after which a piece ends with the block that it is in.
const PIECE: usize = 4_000;

/// The longest block that is shown: a comment may be as long.
const LONGEST_BLOCK: usize = super::MAX_CHARS;

/// Renders the body of a page as comments are rendered. What only the site's own builder knows –
/// shortcodes, raw HTML, footnotes – stays as it was typed, and a block that is longer than any
/// comment is left out.
pub fn render_page(text: &str) -> Html {
    let (mut pieces, mut piece, mut size) = (Vec::new(), Vec::new(), 0);
    for block in blocks(events(text)) {
        let length = block.iter().map(length).sum::<usize>();
        if length > LONGEST_BLOCK {
            piece.extend(left_out());
            continue;
        }
        piece.extend(block);
        size += length;
        if size > PIECE {
            pieces.push(rendered(std::mem::take(&mut piece)));
            size = 0;
        }
    }
    pieces.push(rendered(piece));
    Html::joined(&pieces)
}

fn rendered(piece: Vec<Event<'_>>) -> Html {
    let mut unsafe_html = String::new();
    pulldown_cmark::html::push_html(&mut unsafe_html, piece.into_iter());
    Html::sanitize(&unsafe_html)
}

/// The events, block for block.
fn blocks(events: Vec<Event<'_>>) -> Vec<Vec<Event<'_>>> {
    let (mut blocks, mut block, mut depth) = (Vec::new(), Vec::new(), 0_usize);
    for event in events {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        block.push(event);
        if depth == 0 {
            blocks.push(std::mem::take(&mut block));
        }
    }
    blocks
}

/// The characters of an event; one without a text counts, because its element takes time as well.
fn length(event: &Event<'_>) -> usize {
    match event {
        Event::Text(text) | Event::Code(text) => text.chars().count() + 1,
        _ => 1,
    }
}

fn left_out() -> [Event<'static>; 3] {
    [
        Event::Start(Tag::Paragraph),
        Event::Text(CowStr::Borrowed("…")),
        Event::End(TagEnd::Paragraph),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_looks_as_its_parts_would_in_comments() {
        let html = render_page("## Why\n\nUse **small** steps.\n\n- one\n- two\n");
        let expected = "<p><strong>Why</strong></p>\n<p>Use <strong>small</strong> steps.</p>\n\
                        <ul>\n<li>one</li>\n<li>two</li>\n</ul>\n";
        assert_eq!(html.as_str(), expected);
    }

    #[test]
    fn shortcodes_and_html_stay_as_they_were_typed() {
        let html = render_page("{{ quote(id=1) }}\n\n<script>alert(1)</script>\n");
        assert!(html.as_str().contains("{{ quote(id=1) }}"), "{html}");
        assert!(html.as_str().contains("&lt;script&gt;"), "{html}");
    }

    #[test]
    fn pieces_together_are_the_whole() {
        let paragraph = |n| format!("Paragraph {n} with *some* words & a few signs.\n\n");
        let text: String = (0..500).map(paragraph).collect();
        let html = render_page(&text);
        assert_eq!(html.as_str().matches("<p>").count(), 500);
        assert!(html.as_str().contains("Paragraph 499 with <em>some</em>"));
    }

    #[test]
    fn a_block_that_would_take_long_is_left_out() {
        let html = render_page(&format!("Before.\n\n{}\n\nAfter.", "&".repeat(100_000)));
        assert_eq!(html.as_str(), "<p>Before.</p>\n<p>…</p>\n<p>After.</p>\n");
    }
}
