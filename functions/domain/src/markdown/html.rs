//! HTML that is safe to put into a page.

use std::{borrow::Cow, fmt, sync::LazyLock};

use ammonia::{Builder, UrlRelative};
use serde::Serialize;

use super::{link, tame};

const TAGS: &[&str] = &[
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// No endorsement for search engines, marked as members' content, no handle on our window.
const REL: &str = "nofollow ugc noopener";

/// Sanitized HTML. Only [`render`](super::render) makes it, so templates may print it as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    pub(super) fn sanitize(unsafe_html: &str) -> Self {
        Self(SANITIZER.clean(unsafe_html).to_string())
    }

    /// Pieces, one after the other.
    pub(super) fn joined(pieces: &[Self]) -> Self {
        Self(pieces.iter().map(Self::as_str).collect())
    }

    /// The HTML, to be printed without further escaping.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same with full addresses where it leads to pages of this site, whose address is `root`: a
    /// feed is read elsewhere, where a path says nothing.
    #[must_use]
    pub fn with_full_addresses(&self, root: &str) -> Self {
        // In a text or an attribute this cannot stand: the one has no `<` of its own, the other no `"`.
        Self(self.0.replace("<a href=\"/", &format!("<a href=\"{root}/")))
    }
}

impl AsRef<str> for Html {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.iter().copied().collect())
        .add_tag_attributes("a", ["href"])
        .add_tag_attributes("code", ["class"])
        .add_tag_attributes("ol", ["start"])
        .url_schemes(["http", "https"].into())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some(REL))
        .attribute_filter(allowed_value);
    builder
});

/// The same rules as for the events, applied to what a parser of HTML makes of them.
fn allowed_value<'a>(element: &str, attribute: &str, value: &'a str) -> Option<Cow<'a, str>> {
    let allowed = match (element, attribute) {
        ("a", "href") => link::is_safe(value),
        ("a", "rel") => value == REL,
        ("code", "class") => value
            .strip_prefix("language-")
            .is_some_and(tame::is_language),
        ("ol", "start") => value.bytes().all(|digit| digit.is_ascii_digit()),
        _ => false,
    };
    allowed.then_some(Cow::Borrowed(value))
}
