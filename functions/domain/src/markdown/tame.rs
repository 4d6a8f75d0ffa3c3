//! Reduces the events of a Markdown parser to what members may publish.
//!
//! This happens before the sanitizer for two reasons: what the subset leaves out is shown as text
//! instead of vanishing, and ammonia's parser of HTML takes time that grows faster than the square
//! of the nesting, so nesting is bounded here.

mod links;
mod tables;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag, TagEnd};

use crate::characters;

/// The deepest nesting of elements in a rendered comment.
pub(super) const MAX_DEPTH: usize = 32;

/// Room that a list leaves for its items, their paragraphs and one element in them.
const ROOM_IN_LIST: usize = 3;
/// Room that a quotation leaves for a paragraph and one element in it.
const ROOM_IN_QUOTE: usize = 2;

/// Turns the parser's events into balanced events of the subset, all characters cleaned.
pub(super) fn tame<'a>(events: impl Iterator<Item = Event<'a>>) -> Vec<Event<'a>> {
    let mut tamer = Tamer::default();
    events.for_each(|event| tamer.event(event));
    tamer.out
}

/// A language name of a code block that may become a class: `[a-z0-9+-]{1,20}`.
pub(super) fn is_language(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'+' || b == b'-';
    (1..=20).contains(&name.len()) && name.bytes().all(plain)
}

#[derive(Default)]
struct Tamer<'a> {
    out: Vec<Event<'a>>,
    /// One entry per element that the parser has opened.
    open: Vec<Open<'a>>,
    /// Elements written and not closed yet.
    depth: usize,
    in_code: bool,
    links: links::Links,
    tables: tables::Tables,
}

/// How to close what the parser has opened.
enum Open<'a> {
    Written(&'static [TagEnd]),
    DroppedBlock,
    DroppedInline,
    Link(links::OpenLink<'a>),
}

impl<'a> Tamer<'a> {
    fn event(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Text(text) if self.in_code => self.text(&text),
            Event::Text(text) => self.prose(&text),
            Event::Code(text) => {
                self.links.note_text(self.out.len(), &text);
                self.out.push(Event::Code(cleaned(&text)));
            }
            Event::Html(html) => self.lines(&html),
            Event::InlineHtml(html) => self.text(&html),
            Event::SoftBreak | Event::HardBreak => self.out.push(Event::HardBreak),
            Event::Rule => self.out.push(Event::Rule),
            // Off in the parser's options; nothing of them would be shown.
            Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        let open = match tag {
            Tag::Paragraph | Tag::HtmlBlock => {
                self.block(&[TagEnd::Paragraph], vec![Tag::Paragraph], 1)
            }
            Tag::Heading { .. } => {
                let tags = vec![Tag::Paragraph, Tag::Strong];
                self.block(&[TagEnd::Strong, TagEnd::Paragraph], tags, 0)
            }
            Tag::BlockQuote(_) => {
                let tags = vec![Tag::BlockQuote(None)];
                self.block(&[TagEnd::BlockQuote(None)], tags, ROOM_IN_QUOTE)
            }
            Tag::CodeBlock(kind) => {
                self.in_code = true;
                self.block(
                    &[TagEnd::CodeBlock],
                    vec![Tag::CodeBlock(language(kind))],
                    0,
                )
            }
            Tag::List(None) => {
                self.block(&[TagEnd::List(false)], vec![Tag::List(None)], ROOM_IN_LIST)
            }
            Tag::List(start) => {
                self.block(&[TagEnd::List(true)], vec![Tag::List(start)], ROOM_IN_LIST)
            }
            Tag::Item => match self.open.last() {
                Some(Open::Written(_)) => self.block(&[TagEnd::Item], vec![Tag::Item], 0),
                _ => self.dropped_block(),
            },
            Tag::Table(alignments) => self.start_table(alignments.len()),
            Tag::TableHead => self.start_row(Tag::TableHead, &[TagEnd::TableHead]),
            Tag::TableRow => self.start_row(Tag::TableRow, &[TagEnd::TableRow]),
            Tag::TableCell => self.start_cell(),
            Tag::Emphasis => self.inline(&[TagEnd::Emphasis], Tag::Emphasis),
            Tag::Strong => self.inline(&[TagEnd::Strong], Tag::Strong),
            Tag::Strikethrough => self.inline(&[TagEnd::Strikethrough], Tag::Strikethrough),
            Tag::Link {
                link_type,
                dest_url,
                ..
            }
            | Tag::Image {
                link_type,
                dest_url,
                ..
            } => self.start_link(link_type, &dest_url),
            _ => Open::DroppedInline,
        };
        self.open.push(open);
    }

    fn end(&mut self) {
        match self.open.pop() {
            Some(Open::Written(ends)) => self.close(ends),
            Some(Open::DroppedBlock) => self.drop_border(),
            Some(Open::Link(link)) => self.end_link(&link),
            Some(Open::DroppedInline) | None => {}
        }
        // Nothing nests in a code block, so what ends in it is the block.
        self.in_code = false;
    }

    /// Opens a block if it and `room` further levels fit, else only breaks the line.
    fn block(&mut self, ends: &'static [TagEnd], tags: Vec<Tag<'a>>, room: usize) -> Open<'a> {
        let levels: usize = ends.iter().map(levels).sum();
        if self.depth + levels + room > MAX_DEPTH {
            return self.dropped_block();
        }
        self.depth += levels;
        self.out.extend(tags.into_iter().map(Event::Start));
        Open::Written(ends)
    }

    fn dropped_block(&mut self) -> Open<'a> {
        self.break_line();
        Open::DroppedBlock
    }

    fn inline(&mut self, ends: &'static [TagEnd], tag: Tag<'a>) -> Open<'a> {
        if self.depth == MAX_DEPTH {
            return Open::DroppedInline;
        }
        self.depth += 1;
        self.out.push(Event::Start(tag));
        Open::Written(ends)
    }

    fn close(&mut self, ends: &[TagEnd]) {
        self.depth -= ends.iter().map(levels).sum::<usize>();
        self.out.extend(ends.iter().copied().map(Event::End));
    }

    /// Breaks the line where the text of two blocks would run together.
    fn break_line(&mut self) {
        if self.ends_in_text() {
            self.out.push(Event::HardBreak);
        }
    }

    fn ends_in_text(&self) -> bool {
        use TagEnd::{Emphasis, Link, Strikethrough, Strong};
        matches!(
            self.out.last(),
            Some(
                Event::Text(_)
                    | Event::Code(_)
                    | Event::End(Emphasis | Strong | Strikethrough | Link)
            )
        )
    }

    /// Raw HTML, line by line as it was typed.
    fn lines(&mut self, html: &str) {
        for line in html.lines() {
            self.break_line();
            self.text(line);
        }
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.links.note_text(self.out.len(), text);
        self.out.push(Event::Text(cleaned(text)));
    }
}

/// Elements of HTML that an event opens on top of each other.
pub(super) fn levels(end: &TagEnd) -> usize {
    match end {
        TagEnd::CodeBlock | TagEnd::Table => 2,
        _ => 1,
    }
}

/// Entities (`&#x202E;`) bring characters that the source does not have: clean again.
fn cleaned<'a>(text: &str) -> CowStr<'a> {
    characters::strip(text).into()
}

fn language(kind: CodeBlockKind<'_>) -> CodeBlockKind<'_> {
    let CodeBlockKind::Fenced(info) = kind else {
        return CodeBlockKind::Indented;
    };
    let name = info
        .split([' ', '\t', ','])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if is_language(&name) {
        CodeBlockKind::Fenced(name.into())
    } else {
        CodeBlockKind::Indented
    }
}
