//! HTML that people wrote elsewhere, as Markdown: text, emphasis, links, lists, quotes and code stay;
//! everything else is its text. The tokenizer is a browser's; what comes out is data that the
//! community's own renderer makes safe, as it does with everything.
//!
//! No tree is built: what lies in one another beyond [`DEEPEST`] is never more than text, and the time
//! that a text takes is in proportion to its length.

mod escape;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use html5ever::Attribute;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use self::escape::{escaped, fence, image, link, marked, with_lines};
use super::plan::Left;

/// More HTML than a comment has.
const LONGEST: usize = 256 * 1024;
/// More than a tag has. The tokenizer compares the attributes of a tag with each other.
const LONGEST_TAG: usize = 8 * 1024;
/// How deep quotes, lists and emphasis are kept in one another.
const DEEPEST: usize = 16;

/// What the end of a line means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// A new line, and an empty one a new paragraph.
    Count,
    /// A space, as in HTML.
    Flow,
}

/// The Markdown of a piece of HTML, or why it is none that anybody wrote.
pub(super) fn from_html(html: &str, lines: Lines) -> (String, Option<Left>) {
    if html.len() > LONGEST || has_long_tag(html) {
        return (String::new(), Some(Left::TooLong));
    }
    (tokenized(html, Writer::new(lines)).finish(), None)
}

/// The text of a short piece of HTML, such as a name.
pub(super) fn plain(html: &str) -> String {
    if html.len() > LONGEST_TAG {
        return String::new();
    }
    tokenized(html, Plain::default()).0.into_inner()
}

fn tokenized<S: TokenSink<Handle = ()>>(html: &str, sink: S) -> S {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink
}

fn has_long_tag(html: &str) -> bool {
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        if after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            let length = tag_length(after);
            if length > LONGEST_TAG {
                return true;
            }
            rest = &after[length..];
        }
    }
    false
}

/// How long a tag is that begins here: as far as the first `>` that stands in no quoted value.
fn tag_length(tag: &str) -> usize {
    let (mut quoted, mut last) = (None, b' ');
    for (at, byte) in tag.bytes().enumerate() {
        match (quoted, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') if last == b'=' => quoted = Some(byte),
            (Some(quote), _) if byte == quote => quoted = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    tag.len()
}

/// What an element does to the text in it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Role {
    Root,
    Paragraph,
    /// Text between marks.
    Marked(&'static str),
    Code,
    Preformatted,
    Quote,
    List {
        numbered: bool,
    },
    Item,
    Link(String),
    /// Scripts and styles: nobody ever read them.
    Dropped,
}

#[derive(Debug)]
struct Frame {
    role: Role,
    name: String,
    text: String,
    items: u32,
}

#[derive(Debug)]
struct Writer {
    frames: RefCell<Vec<Frame>>,
    lines: Lines,
}

impl TokenSink for Writer {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut frames = self.frames.borrow_mut();
        match token {
            Token::CharacterTokens(text) => write_text(&mut frames, &text, self.lines),
            Token::TagToken(tag) => match tag.kind {
                TagKind::StartTag => open(&mut frames, &tag),
                TagKind::EndTag => close(&mut frames, &tag.name),
            },
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Collects text alone.
#[derive(Debug, Default)]
struct Plain(RefCell<String>);

impl TokenSink for Plain {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::CharacterTokens(text) = token {
            self.0.borrow_mut().push_str(&text);
        }
        TokenSinkResult::Continue
    }
}

impl Writer {
    fn new(lines: Lines) -> Self {
        Self {
            frames: RefCell::new(vec![Frame::new(Role::Root, "")]),
            lines,
        }
    }

    fn finish(&self) -> String {
        let mut frames = self.frames.borrow_mut();
        while frames.len() > 1 {
            fold(&mut frames);
        }
        let root = frames.pop();
        root.map_or_else(String::new, |root| root.text.trim().to_owned())
    }
}

impl Frame {
    fn new(role: Role, name: &str) -> Self {
        Self {
            role,
            name: name.to_owned(),
            text: String::new(),
            items: 0,
        }
    }

    fn is_raw(&self) -> bool {
        matches!(self.role, Role::Code | Role::Preformatted)
    }

    /// Writes a block of its own.
    fn block(&mut self, text: &str) {
        self.trim_end();
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(text);
        self.text.push_str("\n\n");
    }

    fn trim_end(&mut self) {
        let kept = self.text.trim_end().len();
        self.text.truncate(kept);
    }
}

fn role_of(tag: &Tag) -> Option<Role> {
    Some(match &*tag.name {
        "p" | "div" | "section" | "article" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "tr"
        | "figure" | "figcaption" | "dt" | "dd" | "td" | "th" => Role::Paragraph,
        "strong" | "b" => Role::Marked("**"),
        "em" | "i" | "cite" => Role::Marked("*"),
        "del" | "s" | "strike" => Role::Marked("~~"),
        "code" | "tt" | "kbd" => Role::Code,
        "pre" => Role::Preformatted,
        "blockquote" => Role::Quote,
        "ul" => Role::List { numbered: false },
        "ol" => Role::List { numbered: true },
        "li" => Role::Item,
        "a" => Role::Link(attribute(&tag.attrs, "href")),
        "script" | "style" | "noscript" | "template" | "iframe" | "object" | "svg" | "math"
        | "title" | "textarea" | "select" => Role::Dropped,
        _ => return None,
    })
}

fn attribute(attributes: &[Attribute], name: &str) -> String {
    let mut attributes = attributes.iter();
    let found = attributes.find(|attribute| &*attribute.name.local == name);
    found.map_or_else(String::new, |attribute| attribute.value.trim().to_owned())
}

fn open(frames: &mut Vec<Frame>, tag: &Tag) {
    let Some(top) = frames.last_mut() else { return };
    match &*tag.name {
        "br" => top.text.push('\n'),
        "hr" => top.block("---"),
        "img" => {
            // Without words for it, the link is its own text; and without a link, nothing is left.
            let text = escaped(&attribute(&tag.attrs, "alt"), false);
            top.text
                .push_str(&image(&text, &attribute(&tag.attrs, "src")));
        }
        _ => open_role(frames, tag),
    }
}

fn open_role(frames: &mut Vec<Frame>, tag: &Tag) {
    let Some(role) = role_of(tag) else { return };
    let is_in = |role: &Role| frames.iter().any(|frame| frame.role == *role);
    let in_itself = matches!(role, Role::Marked(_)) && is_in(&role);
    let in_link = frames.iter().any(|f| matches!(f.role, Role::Link(_)));
    if is_in(&Role::Dropped) || in_itself || (in_link && matches!(role, Role::Link(_))) {
        return;
    }
    end_implied(frames, &role);
    if frames.len() < DEEPEST && !tag.self_closing {
        frames.push(Frame::new(role, &tag.name));
    } else if let (Role::Paragraph | Role::Item, Some(top)) = (role, frames.last_mut()) {
        top.text.push_str("\n\n");
    }
}

/// Ends what is over although nobody said so: a paragraph when a block begins, an item at the next.
fn end_implied(frames: &mut Vec<Frame>, next: &Role) {
    let is_inline = matches!(next, Role::Marked(_) | Role::Code | Role::Link(_));
    if !is_inline && frames.last().is_some_and(|top| top.name == "p") {
        fold(frames);
    }
    if *next == Role::Item {
        let in_list = |frame: &Frame| matches!(frame.role, Role::List { .. } | Role::Item);
        let at = frames.iter().rposition(in_list);
        let open = at.filter(|at| frames[*at].role == Role::Item);
        while open.is_some_and(|at| frames.len() > at) {
            fold(frames);
        }
    }
}

/// Ends an element and whatever was left open in it.
fn close(frames: &mut Vec<Frame>, name: &str) {
    let Some(at) = frames.iter().rposition(|frame| frame.name == name) else {
        return;
    };
    while frames.len() > at.max(1) {
        fold(frames);
    }
}

fn write_text(frames: &mut [Frame], text: &str, lines: Lines) {
    let raw = frames.iter().any(Frame::is_raw);
    let mut begins = begins_line(frames);
    let Some(top) = frames.last_mut() else { return };
    if raw {
        top.text.push_str(text);
        return;
    }
    let spaces = match lines {
        Lines::Count => &['\r', '\t', '\u{a0}'][..],
        Lines::Flow => &['\r', '\t', '\u{a0}', '\n'][..],
    };
    for (number, line) in text.replace(spaces, " ").split('\n').enumerate() {
        if number > 0 {
            top.text.push('\n');
            begins = true;
        }
        let line = if begins { line.trim_start() } else { line };
        top.text.push_str(&escaped(line, begins));
    }
}

/// Whether what is written next begins a line, looked at through marks and links that just began.
fn begins_line(frames: &[Frame]) -> bool {
    let inline = |frame: &&Frame| {
        frame.text.is_empty() && matches!(frame.role, Role::Marked(_) | Role::Link(_))
    };
    let around = frames.iter().rev().find(|frame| !inline(frame));
    around.is_none_or(|frame| frame.text.is_empty() || frame.text.ends_with('\n'))
}

/// Ends the innermost element, and writes it into the one around.
fn fold(frames: &mut Vec<Frame>) {
    let Some(frame) = frames.pop() else { return };
    let in_code = frames.iter().any(Frame::is_raw);
    let Some(top) = frames.last_mut() else { return };
    let (text, bare) = (frame.text.as_str(), frame.text.trim());
    match frame.role {
        Role::Dropped => {}
        _ if in_code => top.text.push_str(text),
        Role::Root => top.text.push_str(text),
        Role::Marked(mark) => top.text.push_str(&marked(text, mark)),
        Role::Link(target) => top.text.push_str(&link(text, &target)),
        _ if bare.is_empty() => {}
        Role::Paragraph => top.block(bare),
        Role::Code => {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let fence = fence(text, 1);
            top.text.push_str(&format!("{fence} {line} {fence}"));
        }
        Role::Preformatted => {
            let (fence, code) = (fence(text, 3), text.trim_matches('\n'));
            top.block(&format!("{fence}\n{code}\n{fence}"));
        }
        Role::Quote => top.block(&with_lines(bare, "> ", "> ")),
        Role::List { .. } => top.block(text.trim_matches('\n')),
        Role::Item => {
            top.items += 1;
            let marker = match top.role {
                Role::List { numbered: true } => format!("{}. ", top.items),
                _ => "- ".to_owned(),
            };
            let rest = " ".repeat(marker.len());
            top.trim_end();
            top.text
                .push_str(&format!("\n{}\n", with_lines(bare, &marker, &rest)));
        }
    }
}
