//! Text that means nothing in Markdown, and the marks that mean something.

/// Text as it is, whatever stands in it. Addresses become links, as they were.
pub(super) fn escaped(text: &str, begins_line: bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (number, word) in text.split(' ').enumerate() {
        if number > 0 {
            out.push(' ');
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
        let is_address = word.starts_with("http://") || word.starts_with("https://");
        if is_address && word.chars().all(plain) {
            let address = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
            out.push_str(&format!("<{address}>{}", &word[address.len()..]));
            continue;
        }
        escape_word(word, begins_line && number == 0, &mut out);
    }
    out
}

fn escape_word(word: &str, begins_line: bool, out: &mut String) {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in word.char_indices() {
        let is_marker = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' => true,
            '-' | '+' | '=' => begins_line && at == 0,
            '.' | ')' => begins_line && digits > 0 && at == digits,
            _ => false,
        };
        if is_marker {
            out.push('\\');
        }
        out.push(c);
    }
}

/// A link, where it leads to the web; else its text.
pub(super) fn link(text: &str, target: &str) -> String {
    match text.trim() {
        text if !is_web(target) => text.to_owned(),
        "" => String::new(),
        text => {
            // Character references count in a target.
            let target = target.replace('&', "\\&");
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("[{line}](<{target}>)")
        }
    }
}

/// A link to a picture, where it is in the web; else what is said of it.
pub(super) fn image(text: &str, source: &str) -> String {
    match text.trim() {
        "" if is_web(source) => format!("<{source}>"),
        text => link(text, source),
    }
}

fn is_web(target: &str) -> bool {
    let odd = |c: char| c.is_control() || c.is_whitespace() || "<>\\".contains(c);
    let mut schemes = ["http://", "https://"].iter();
    let begins = schemes.any(|scheme| {
        let start = target.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    begins && !target.contains(odd)
}

/// Text between marks, which must touch it.
pub(super) fn marked(text: &str, mark: &str) -> String {
    let inner = text.trim();
    if inner.is_empty() || inner.contains("\n\n") {
        return text.to_owned();
    }
    let start = text.len() - text.trim_start().len();
    let end = start + inner.len();
    format!("{}{mark}{inner}{mark}{}", &text[..start], &text[end..])
}

/// Text with something before each line.
pub(super) fn with_lines(text: &str, first: &str, rest: &str) -> String {
    let lines = text.lines().enumerate().map(|(number, line)| {
        let mark = if number == 0 { first } else { rest };
        format!("{mark}{line}").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A fence around code, longer than any in it.
pub(super) fn fence(code: &str, least: usize) -> String {
    let runs = code.split(|c| c != '`').map(str::len);
    "`".repeat(least.max(runs.max().unwrap_or(0) + 1))
}
