//! The parts of a page's Markdown that have rules, each with its place in the file.

use std::ops::Range;

use pulldown_cmark::{
    Alignment, BrokenLink, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
};

use crate::content::Page;

/// A page's Markdown, taken apart. Places are in bytes of the whole file.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) headings: Vec<Heading>,
    pub(super) links: Vec<Target>,
    pub(super) images: Vec<Image>,
    /// Raw HTML, but for Zola's `<!-- more -->`.
    pub(super) html: Vec<Range<usize>>,
    /// Block quotations, but for notes and warnings in GitHub's form.
    pub(super) quotations: Vec<Range<usize>>,
    /// Tables with aligned columns.
    pub(super) aligned_tables: Vec<Range<usize>>,
    /// `[text][name]` without a line that says what `name` is.
    pub(super) undefined_references: Vec<Target>,
}

/// A heading.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) level: u8,
    pub(super) text: String,
    /// The anchor it will have.
    pub(super) id: String,
    pub(super) span: Range<usize>,
}

/// What a link or an image leads to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) address: String,
    pub(super) span: Range<usize>,
}

/// An image.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) alt: String,
    pub(super) target: Target,
}

/// The extensions that Zola turns on.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_GFM);

impl Document {
    /// Takes a page apart.
    pub(super) fn of(page: &Page) -> Self {
        let offset = page.body.start;
        let mut document = Self::default();
        let mut undefined = Vec::new();
        let on_broken_link = |link: BrokenLink<'_>| {
            // `[text]` alone is how people write square brackets; `[text][name]` is always meant as a link.
            if link.link_type == LinkType::Reference {
                undefined.push(Target {
                    address: link.reference.to_string(),
                    span: shift(&link.span, offset),
                });
            }
            None
        };
        let parser = Parser::new_with_broken_link_callback(
            &page.source[page.body.clone()],
            OPTIONS,
            Some(on_broken_link),
        );
        let mut open = Open::default();
        for (event, span) in parser.into_offset_iter() {
            document.take(event, shift(&span, offset), &mut open);
        }
        document.undefined_references = undefined;
        document.name_headings();
        document
    }

    fn take(&mut self, event: Event<'_>, span: Range<usize>, open: &mut Open) {
        match event {
            Event::Start(Tag::Heading { level, id, .. }) => {
                open.heading = Some(heading(level, id.as_deref(), span));
            }
            Event::End(TagEnd::Heading(_)) => self.headings.extend(open.heading.take()),
            Event::Start(Tag::Link { dest_url, .. }) => {
                self.links.push(Target {
                    address: dest_url.to_string(),
                    span,
                });
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let target = Target {
                    address: dest_url.to_string(),
                    span,
                };
                open.image = Some(Image {
                    alt: String::new(),
                    target,
                });
            }
            Event::End(TagEnd::Image) => self.images.extend(open.image.take()),
            Event::Start(Tag::Table(columns))
                if columns.iter().any(|column| *column != Alignment::None) =>
            {
                self.aligned_tables.push(span);
            }
            Event::Start(Tag::BlockQuote(None)) => self.quotations.push(span),
            Event::Text(text) | Event::Code(text) => open.push(&text),
            Event::Html(html) | Event::InlineHtml(html) if html.trim() != "<!-- more -->" => {
                self.push_html(span);
            }
            _ => {}
        }
    }

    /// A block of HTML comes line by line; it is one finding.
    fn push_html(&mut self, span: Range<usize>) {
        match self.html.last_mut() {
            Some(last) if last.end == span.start => last.end = span.end,
            _ => self.html.push(span),
        }
    }

    /// Gives each heading the anchor that Zola gives it: its own `{#id}`, or its words, numbered when taken.
    fn name_headings(&mut self) {
        let mut taken: Vec<String> = self
            .headings
            .iter()
            .map(|h| h.id.clone())
            .filter(|id| !id.is_empty())
            .collect();
        for heading in self.headings.iter_mut().filter(|h| h.id.is_empty()) {
            let words = slug::slugify(&heading.text);
            let numbered = (1..).map(|n| format!("{words}-{n}"));
            let free = std::iter::once(words.clone())
                .chain(numbered)
                .find(|id| !taken.contains(id));
            heading.id = free.unwrap_or(words);
            taken.push(heading.id.clone());
        }
    }
}

/// What has begun and not ended yet, and wants the text inside.
#[derive(Default)]
struct Open {
    heading: Option<Heading>,
    image: Option<Image>,
}

impl Open {
    fn push(&mut self, text: &str) {
        if let Some(image) = &mut self.image {
            image.alt.push_str(text);
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
    }
}

fn heading(level: HeadingLevel, id: Option<&str>, span: Range<usize>) -> Heading {
    Heading {
        level: level as u8,
        text: String::new(),
        id: id.unwrap_or_default().to_owned(),
        span,
    }
}

fn shift(span: &Range<usize>, offset: usize) -> Range<usize> {
    span.start + offset..span.end + offset
}
