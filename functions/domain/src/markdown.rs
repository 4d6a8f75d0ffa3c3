//! What members write, and what readers see of it.
//!
//! A [`Source`] is the text as its author typed it, normalised; it is what is stored. [`render`]
//! turns it into [`Html`] each time it is shown, by the same code for a preview and a publication:
//! pulldown-cmark reads `CommonMark`, `tame` reduces its events to the subset below, and ammonia's
//! allow list has the last word.
//!
//! | written | shown |
//! |---|---|
//! | paragraphs; a single line break | `<p>`; `<br>` (people expect the Enter key to count) |
//! | `*a*` `**a**` `~~a~~` `` `a` `` | `<em>` `<strong>` `<del>` `<code>` |
//! | fenced or indented code | `<pre><code>`, `class="language-x"` for a plain language name |
//! | `-`, `1.`, `>` and `---` | `<ul>`, `<ol start>`, `<blockquote>`, `<hr>` |
//! | `- [ ] task` | a list item that starts with the text `[ ]` |
//! | tables | `<table>` without alignment, up to 20 columns and 400 cells; beyond that, lines of text |
//! | `# heading` | a strong paragraph: the page's outline belongs to the page |
//! | links, `<https://…>`, bare `https://…` | `<a rel="nofollow ugc noopener">` to http, https or a path on this site |
//! | other links (`javascript:`, `mailto:`, `../x`) | their text and, in brackets, where they wanted to go |
//! | `![alt](url)` | a link that reads `alt` |
//! | `@Name` of somebody in the discussion | `<strong>@Name</strong>` |
//! | raw HTML, footnotes, math, heading attributes | the characters as typed |
//!
//! Nesting ends at 32 levels: what is deeper is shown without its markup.

mod excerpt;
mod html;
mod link;
mod mention;
mod page;
mod source;
mod tame;

#[cfg(test)]
mod tests;

pub use excerpt::excerpt;
pub use html::Html;
pub use mention::{MAX_MENTIONS, mentioned};
pub use page::render_page;
pub use source::{MAX_CHARS, MAX_MARKS, Source, SourceError};

use crate::name::DisplayName;
use pulldown_cmark::{Event, Options, Parser, TextMergeStream};

/// The extensions of `CommonMark` that members have. Task lists stay text by not being one of them.
const EXTENSIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

/// Renders a comment to safe HTML.
///
/// The output is at most 10 bytes per byte of source and 96 KiB, and nests at most 32 elements deep
/// (`tests/markdown_bounds.rs` holds it to that). Time is linear in the source but for one step:
/// html5ever 0.40 looks through the rest of a text for each `&` or U+00A0 in it when it writes,
/// which 10,000 characters keep to milliseconds.
pub fn render(source: &Source) -> Html {
    render_mentioning(source, &[])
}

/// The same with the mentions of these people made strong.
pub fn render_mentioning(source: &Source, names: &[DisplayName]) -> Html {
    let mut unsafe_html = String::with_capacity(source.as_str().len() * 2);
    let events = mention::emphasised(events(source.as_str()), names);
    pulldown_cmark::html::push_html(&mut unsafe_html, events.into_iter());
    Html::sanitize(&unsafe_html)
}

/// What is shown of a text, as events of the subset.
fn events(text: &str) -> Vec<Event<'_>> {
    tame::tame(TextMergeStream::new(Parser::new_ext(text, EXTENSIONS)))
}
