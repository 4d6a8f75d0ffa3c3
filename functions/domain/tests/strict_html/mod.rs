//! A second opinion on rendered comments, which shares no code with the renderer.
//!
//! It accepts one spelling of HTML only: lower-case tags that nest, attributes in double quotes,
//! five entities. What fits leaves a browser nothing to guess, so what it reads is what is there.

/// What a reader would meet.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) depth: usize,
    pub(crate) cells: usize,
    pub(crate) links: Vec<String>,
    pub(crate) text: String,
}

const VOID: &[&str] = &["br", "hr"];
const INLINE: &[&str] = &["a", "code", "del", "em", "strong"];
const BLOCKS: &[&str] = &["blockquote", "ol", "p", "pre", "table", "ul"];
const REL: &str = "nofollow ugc noopener";

/// Reads a rendered comment, or says what is wrong with it.
pub(crate) fn read(html: &str) -> Result<Page, String> {
    let mut page = Page::default();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        add_text(&mut page, &open, text)?;
        let end = tag.find('>').ok_or("a tag that does not end")?;
        rest = &tag[end + 1..];
        let tag = &tag[1..end];
        if let Some(name) = tag.strip_prefix('/') {
            let expected = open.pop();
            (expected == Some(name))
                .then_some(())
                .ok_or(format!("</{name}> closes {expected:?}"))?;
            continue;
        }
        let name = start_tag(&mut page, &open, tag)?;
        if !VOID.contains(&name) {
            open.push(name);
            page.depth = page.depth.max(open.len());
        }
    }
    add_text(&mut page, &open, rest)?;
    if open.is_empty() {
        Ok(page)
    } else {
        Err(format!("left open: {open:?}"))
    }
}

fn start_tag<'a>(page: &mut Page, open: &[&str], tag: &'a str) -> Result<&'a str, String> {
    let (name, attributes) = tag.split_once(' ').map_or((tag, ""), |(n, rest)| (n, rest));
    let attributes = read_attributes(attributes)?;
    check_place(name, open)?;
    let names: Vec<&str> = attributes.iter().map(|(name, _)| name.as_str()).collect();
    match (name, names.as_slice()) {
        ("a", ["href", "rel"]) => {
            let (href, rel) = (&attributes[0].1, &attributes[1].1);
            check_address(href)?;
            (rel == REL).then_some(()).ok_or(format!("rel is {rel}"))?;
            page.links.push(href.clone());
        }
        ("code", ["class"]) => check_language(&attributes[0].1)?,
        ("ol", ["start"]) => {
            attributes[0]
                .1
                .parse::<u32>()
                .map_err(|_| "start is no number")?;
        }
        ("a", _) => return Err(format!("a link with {names:?}")),
        (_, []) => {}
        _ => return Err(format!("<{name}> with {names:?}")),
    }
    page.cells += usize::from(matches!(name, "td" | "th"));
    Ok(name)
}

/// Which elements may be where: the parts of HTML's content model that our elements touch.
fn check_place(name: &str, open: &[&str]) -> Result<(), String> {
    let parent = open.last().copied().unwrap_or("body");
    let fits = match name {
        "li" => matches!(parent, "ol" | "ul"),
        "thead" | "tbody" => parent == "table",
        "tr" => matches!(parent, "thead" | "tbody"),
        "th" => parent == "tr" && open.contains(&"thead"),
        "td" => parent == "tr" && open.contains(&"tbody"),
        "a" => takes_inline(parent) && !open.contains(&"a"),
        "code" => parent == "pre" || takes_inline(parent),
        "br" => takes_inline(parent),
        "hr" => matches!(parent, "body" | "blockquote" | "li"),
        name if INLINE.contains(&name) => takes_inline(parent),
        name if BLOCKS.contains(&name) => matches!(parent, "body" | "blockquote" | "li"),
        _ => false,
    };
    fits.then_some(()).ok_or(format!("<{name}> in <{parent}>"))
}

fn takes_inline(parent: &str) -> bool {
    (INLINE.contains(&parent) && parent != "code")
        || matches!(parent, "p" | "li" | "th" | "td" | "blockquote")
}

fn read_attributes(mut rest: &str) -> Result<Vec<(String, String)>, String> {
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        let (name, value) = rest
            .split_once("=\"")
            .ok_or("an attribute without quotes")?;
        let (value, after) = value
            .split_once('"')
            .ok_or("an attribute that does not end")?;
        attributes.push((name.to_owned(), decode(value)?));
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    Ok(attributes)
}

fn check_language(class: &str) -> Result<(), String> {
    let name = class.strip_prefix("language-").unwrap_or_default();
    let plain = name
        .chars()
        .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '+' | '-'));
    (plain && (1..=20).contains(&name.len()))
        .then_some(())
        .ok_or(format!("class {class}"))
}

fn check_address(address: &str) -> Result<(), String> {
    let here = address.starts_with('/') && !address.starts_with("//");
    let lower = address.to_ascii_lowercase();
    let host = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    let elsewhere = host.is_some_and(|host| {
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && !host.contains('@')
    });
    let printable = address.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    ((here || elsewhere) && printable)
        .then_some(())
        .ok_or(format!("a link to {address:?}"))
}

fn add_text(page: &mut Page, open: &[&str], raw: &str) -> Result<(), String> {
    let text = decode(raw)?;
    let structural = matches!(
        open.last(),
        Some(&("ul" | "ol" | "table" | "thead" | "tbody" | "tr" | "pre"))
    );
    if structural && !text.trim().is_empty() {
        return Err(format!("text in {open:?}: {text}"));
    }
    if let Some(c) = text.chars().find(|&c| deceives(c)) {
        return Err(format!("U+{:04X} in the text", u32::from(c)));
    }
    page.text.push_str(&text);
    Ok(())
}

/// Control characters, noncharacters and bidi controls, spelled out anew.
fn deceives(c: char) -> bool {
    let code = u32::from(c);
    (code < 0x20 && c != '\n' && c != '\t')
        || (0x7F..=0x9F).contains(&code)
        || (0x202A..=0x202E).contains(&code)
        || (0x2066..=0x2069).contains(&code)
        || (0xFDD0..=0xFDEF).contains(&code)
        || code & 0xFFFE == 0xFFFE
}

fn decode(raw: &str) -> Result<String, String> {
    if raw.contains(['<', '>']) {
        return Err(format!("a bare bracket in {raw:?}"));
    }
    let mut text = String::new();
    let mut parts = raw.split('&');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (name, after) = part
            .split_once(';')
            .ok_or(format!("a bare ampersand in {raw:?}"))?;
        text.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "nbsp" => '\u{a0}',
            _ => return Err(format!("the entity {name}")),
        });
        text.push_str(after);
    }
    Ok(text)
}
