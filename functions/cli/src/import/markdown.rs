//! HTML that people wrote elsewhere, as Markdown: text, emphasis, links, lists, quotes and code stay;
//! everything else is its text. The tokenizer is a browser's; what comes out is data that the
//! community's own renderer makes safe, as it does with everything.

use std::cell::RefCell;

use html5ever::Attribute;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// More HTML than a comment has.
const LONGEST: usize = 256 * 1024;
/// How deep quotes, lists and emphasis are kept in one another.
const DEEPEST: usize = 16;

/// The Markdown of a piece of HTML.
pub(super) fn from_html(html: &str) -> String {
    let mut end = html.len().min(LONGEST);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&html[..end]));
    let tokenizer = Tokenizer::new(Writer::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.finish()
}

/// What an element does to the text in it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Role {
    Root,
    Paragraph,
    Strong,
    Emphasis,
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

struct Writer(RefCell<Vec<Frame>>);

impl Default for Writer {
    fn default() -> Self {
        Self(RefCell::new(vec![Frame::new(Role::Root, "")]))
    }
}

impl TokenSink for Writer {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut frames = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => write_text(&mut frames, &text),
            Token::TagToken(tag) => match tag.kind {
                TagKind::StartTag => open(&mut frames, &tag),
                TagKind::EndTag => close(&mut frames, &tag.name),
            },
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Writer {
    fn finish(&self) -> String {
        let mut frames = self.0.borrow_mut();
        while frames.len() > 1 {
            fold(&mut frames);
        }
        frames
            .pop()
            .map_or_else(String::new, |root| root.text.trim().to_owned())
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

    /// Begins a new block.
    fn block(&mut self, text: &str) {
        let kept = self.text.trim_end().len();
        self.text.truncate(kept);
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(text);
        self.text.push_str("\n\n");
    }
}

fn role_of(tag: &Tag) -> Option<Role> {
    Some(match &*tag.name {
        "p" | "div" | "section" | "article" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "tr"
        | "figure" | "figcaption" | "dt" | "dd" | "td" | "th" => Role::Paragraph,
        "strong" | "b" => Role::Strong,
        "em" | "i" | "cite" => Role::Emphasis,
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
    let found = attributes
        .iter()
        .find(|attribute| &*attribute.name.local == name);
    found.map_or_else(String::new, |attribute| attribute.value.trim().to_owned())
}

fn open(frames: &mut Vec<Frame>, tag: &Tag) {
    let Some(top) = frames.last_mut() else { return };
    match &*tag.name {
        "br" if is_raw(&top.role) => top.text.push('\n'),
        "br" => top.text.push_str("\\\n"),
        "hr" => top.block("---"),
        "img" => {
            let (text, source) = (attribute(&tag.attrs, "alt"), attribute(&tag.attrs, "src"));
            let text = if text.is_empty() { "image" } else { &text };
            let link = link(&escaped(text, "x"), &source);
            top.text.push_str(&link);
        }
        "p" | "li" if !tag.self_closing && top.name == *tag.name => {
            // The end of these may be left out.
            fold(frames);
            open_role(frames, tag);
        }
        _ => open_role(frames, tag),
    }
}

fn open_role(frames: &mut Vec<Frame>, tag: &Tag) {
    let is_dropping = frames.last().is_some_and(|top| top.role == Role::Dropped);
    let nests = frames.len() < DEEPEST && !is_dropping && !tag.self_closing;
    if let Some(role) = role_of(tag).filter(|_| nests) {
        frames.push(Frame::new(role, &tag.name));
    } else if let (Some(Role::Paragraph | Role::Item), Some(top)) =
        (role_of(tag), frames.last_mut())
    {
        top.text.push_str("\n\n");
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

fn is_raw(role: &Role) -> bool {
    matches!(role, Role::Code | Role::Preformatted)
}

fn write_text(frames: &mut [Frame], text: &str) {
    let raw = frames.iter().any(|frame| is_raw(&frame.role));
    let Some(top) = frames.last_mut() else { return };
    if raw {
        top.text.push_str(text);
        return;
    }
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            top.text.push('\n');
        }
        let line = line.replace(['\r', '\t', '\u{a0}'], " ");
        let line = if top.text.is_empty() || top.text.ends_with('\n') {
            line.trim_start()
        } else {
            &line
        };
        let escaped = escaped(line, &top.text);
        top.text.push_str(&escaped);
    }
}

/// Text that means nothing in Markdown. Addresses become links, as they were.
fn escaped(text: &str, before: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (number, word) in text.split(' ').enumerate() {
        if number > 0 {
            out.push(' ');
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
        if (word.starts_with("http://") || word.starts_with("https://")) && word.chars().all(plain)
        {
            let address = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
            out.push('<');
            out.push_str(address);
            out.push('>');
            out.push_str(&word[address.len()..]);
            continue;
        }
        let begins_line = number == 0 && (before.is_empty() || before.ends_with('\n'));
        escape_word(word, begins_line, &mut out);
    }
    out
}

fn escape_word(word: &str, begins_line: bool, out: &mut String) {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in word.char_indices() {
        let is_marker = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' => true,
            '-' | '+' | '=' | ':' => begins_line && at == 0,
            '.' | ')' => begins_line && digits > 0 && at == digits,
            _ => false,
        };
        if is_marker {
            out.push('\\');
        }
        out.push(c);
    }
}

fn link(text: &str, target: &str) -> String {
    let is_link = ["http://", "https://", "mailto:"].iter().any(|scheme| {
        target
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let is_plain = !target
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || "<>\\".contains(c));
    match text.trim() {
        text if !is_link || !is_plain => text.to_owned(),
        "" => format!("<{target}>"),
        text => format!("[{}](<{target}>)", text.replace('\n', " ")),
    }
}

/// Ends the innermost element, and writes it into the one around.
fn fold(frames: &mut Vec<Frame>) {
    let Some(frame) = frames.pop() else { return };
    let in_code = frames.iter().any(|frame| is_raw(&frame.role));
    let Some(top) = frames.last_mut() else { return };
    let text = frame.text.as_str();
    if in_code {
        if frame.role != Role::Dropped {
            top.text.push_str(text);
        }
        return;
    }
    match frame.role {
        Role::Dropped => {}
        Role::Root => top.text.push_str(text),
        Role::Paragraph if text.trim().is_empty() => {}
        Role::Paragraph => top.block(text.trim()),
        Role::Strong => top.text.push_str(&marked(text, "**")),
        Role::Emphasis => top.text.push_str(&marked(text, "*")),
        Role::Code if text.trim().is_empty() => {}
        Role::Code => {
            let fence = "`".repeat(longest_run(text) + 1);
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            top.text.push_str(&format!("{fence} {line} {fence}"));
        }
        Role::Preformatted => {
            let fence = "`".repeat(longest_run(text).max(2) + 1);
            let code = text.trim_matches('\n');
            top.block(&format!("{fence}\n{code}\n{fence}"));
        }
        Role::Quote if text.trim().is_empty() => {}
        Role::Quote => top.block(&with_lines(text.trim(), "> ", "> ")),
        Role::List { .. } if text.trim().is_empty() => {}
        Role::List { .. } => top.block(text.trim_matches('\n')),
        Role::Item => {
            top.items += 1;
            let marker = match top.role {
                Role::List { numbered: true } => format!("{}. ", top.items),
                _ => "- ".to_owned(),
            };
            let rest = " ".repeat(marker.len());
            let item = with_lines(text.trim(), &marker, &rest);
            let kept = top.text.trim_end().len();
            top.text.truncate(kept);
            top.text.push('\n');
            top.text.push_str(&item);
            top.text.push('\n');
        }
        Role::Link(target) => top.text.push_str(&link(text, &target)),
    }
}

/// Text between marks, which must touch it.
fn marked(text: &str, mark: &str) -> String {
    let inner = text.trim();
    if inner.is_empty() || inner.contains("\n\n") {
        return text.to_owned();
    }
    let start = text.len() - text.trim_start().len();
    let end = start + inner.len();
    format!("{}{mark}{inner}{mark}{}", &text[..start], &text[end..])
}

fn with_lines(text: &str, first: &str, rest: &str) -> String {
    let lines = text.lines().enumerate().map(|(number, line)| {
        let mark = if number == 0 { first } else { rest };
        format!("{mark}{line}").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::from_html;

    #[test]
    fn what_people_wrote_stays_and_what_they_did_not_goes() {
        for (html, markdown) in [
            ("Plain &amp; simple", "Plain \\& simple"),
            ("<p>One</p><p>Two</p>", "One\n\nTwo"),
            ("One\n\nTwo\nThree", "One\n\nTwo\nThree"),
            ("a<br>b<br/>c", "a\\\nb\\\nc"),
            ("<b>bold </b>and <i> thin</i>", "**bold** and  *thin*"),
            ("<strong></strong>x", "x"),
            (
                "<a href=\"https://example.org/a_b\">here</a>",
                "[here](<https://example.org/a_b>)",
            ),
            ("<a href=\"javascript:alert(1)\">here</a>", "here"),
            ("<a href='https://x.org/> [x](evil'>h</a>", "h"),
            (
                "see https://example.org/a_b.",
                "see <https://example.org/a_b>.",
            ),
            ("<ul><li>one<li>two</ul>", "- one\n- two"),
            (
                "<ol><li>one</li><li>two<ul><li>in</li></ul></li></ol>",
                "1. one\n2. two\n\n   - in",
            ),
            (
                "<blockquote><p>said</p><p>more</p></blockquote>yes",
                "> said\n>\n> more\n\nyes",
            ),
            ("<code>a*b</code>", "` a*b `"),
            (
                "<pre><code>if a &lt; b:\n\n\n    c()</code></pre>",
                "```\nif a < b:\n\n\n    c()\n```",
            ),
            ("<pre>```</pre>", "````\n```\n````"),
            (
                "<img src=\"https://x.org/i.png\" alt=\"a [cat]\">",
                "[a \\[cat\\]](<https://x.org/i.png>)",
            ),
            (
                "<script>alert('x')</script><style>p{}</style>after",
                "after",
            ),
            (
                "*not* _this_ # [or](that) <i>1</i>",
                "\\*not\\* \\_this\\_ \\# \\[or\\](that) *1*",
            ),
            ("- no list", "\\- no list"),
            ("1. no list", "1\\. no list"),
            ("<table><tr><td>a</td><td>b</td></tr></table>", "a\n\nb"),
            ("<b>never closed", "**never closed**"),
            ("</p></div>stray", "stray"),
            ("", ""),
        ] {
            assert_eq!(from_html(html), markdown, "{html}");
        }
    }

    #[test]
    fn no_input_is_too_deep_or_too_long() {
        for html in [
            "<b>".repeat(50_000),
            "<blockquote>".repeat(20_000) + "x",
            "<ul><li>".repeat(20_000) + "x",
            "<".repeat(200_000),
            "<a ".repeat(50_000) + ">x",
            "&".repeat(200_000),
            "`".repeat(100_000),
            "ä".repeat(200_000),
        ] {
            assert!(from_html(&html).len() <= 6 * html.len() + 100);
        }
    }
}
