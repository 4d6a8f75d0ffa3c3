//! Where a member's link may lead.

use std::ops::Range;

use ammonia::Url;

use crate::characters;

/// Longer addresses are shown as text: browsers and proxies agree on little beyond this.
const MAX_BYTES: usize = 2_000;

/// Whether a link may be followed: an absolute http or https address, or an absolute path on this
/// site. Not: other schemes (a `mailto:` would publish an address that machines collect), `//host`,
/// relative paths and fragments (a comment is shown on several pages), IP addresses, user names
/// before the host (`https://bank.example@evil.example`), backslashes and white space (browsers
/// repair them in surprising ways).
pub(super) fn is_allowed(address: &str) -> bool {
    address.len() <= MAX_BYTES && is_safe(address)
}

/// [`is_allowed`] for an address in a page, where percent encoding has made it longer.
pub(super) fn is_safe(address: &str) -> bool {
    if address.chars().any(is_suspicious) {
        return false;
    }
    if let Some(path) = address.strip_prefix('/') {
        return !path.starts_with('/');
    }
    let authority = |rest: &str| !rest.starts_with('/') && !host(rest).contains('@');
    after_scheme(address).is_some_and(authority)
        && Url::parse(address).is_ok_and(|url| url.domain().is_some())
}

/// The part of an address in which a host, a port and, to deceive, a user name can stand.
fn host(after_scheme: &str) -> &str {
    after_scheme
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default()
}

fn is_suspicious(c: char) -> bool {
    c == '\\' || characters::is_invisible(c)
}

/// What follows `http://` or `https://`, in any case.
fn after_scheme(address: &str) -> Option<&str> {
    ["https://", "http://"].into_iter().find_map(|scheme| {
        let start = address.get(..scheme.len())?;
        start
            .eq_ignore_ascii_case(scheme)
            .then(|| &address[scheme.len()..])
    })
}

/// Bare `https://…` and `http://…` addresses in a run of text, in order, as byte ranges.
pub(super) fn bare(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find("http").map(|at| from + at) {
        let word = &text[start..];
        if text[..start].ends_with(char::is_alphanumeric) || after_scheme(word).is_none() {
            from = start + "http".len();
            continue;
        }
        let end = word.find(ends_address).unwrap_or(word.len());
        let address = without_punctuation(&word[..end]);
        if is_allowed(address) {
            found.push(start..start + address.len());
        }
        from = start + end;
    }
    found
}

fn ends_address(c: char) -> bool {
    c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '|')
}

/// Leaves out what belongs to the sentence: closing punctuation, and brackets opened before the
/// address.
fn without_punctuation(address: &str) -> &str {
    let count = |bracket| address.matches(bracket).count();
    let mut surplus = count(')').saturating_sub(count('('));
    let mut end = address.len();
    for (at, c) in address.char_indices().rev() {
        match c {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | ']' | '”' | '’' | '…' =>
                {}
            ')' if surplus > 0 => surplus -= 1,
            _ => break,
        }
        end = at;
    }
    &address[..end]
}
