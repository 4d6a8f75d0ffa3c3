//! What a file is, and how long it may be kept: the same for `sodium serve` and for a bucket behind
//! a CDN.

/// How long readers and the caches between may keep a file (RFC 9111).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// It changes under its address: pages, feeds, calendars, the program of the search.
    Changes,
    /// Its address changes with its content.
    ForEver,
    /// It changes seldom, and nothing depends on when: icons, pictures.
    Seldom,
}

impl Caching {
    /// How a file may be kept.
    pub fn of(path: &str) -> Self {
        if is_fingerprinted(path) {
            Self::ForEver
        } else if matches!(
            ending(path),
            "html" | "xml" | "json" | "opml" | "ics" | "txt" | "js" | "pagefind"
        ) {
            Self::Changes
        } else {
            Self::Seldom
        }
    }

    /// The value of `Cache-Control` where a CDN stands between. Browsers ask each time; the CDN
    /// serves a page for 30 seconds and, while it fetches a new one, for 20 more, so a comment is
    /// seen within a minute without ever paying for an invalidation. While the storage fails, old
    /// pages are better than none (RFC 5861).
    pub fn behind_cdn(self) -> &'static str {
        match self {
            Self::Changes => {
                "public, max-age=0, s-maxage=30, stale-while-revalidate=20, stale-if-error=86400"
            }
            Self::ForEver => FOR_EVER,
            Self::Seldom => "public, max-age=3600",
        }
    }

    /// The value of `Cache-Control` where the files are served directly.
    pub fn direct(self) -> &'static str {
        match self {
            Self::Changes => "no-cache",
            Self::ForEver => FOR_EVER,
            Self::Seldom => "public, max-age=3600",
        }
    }
}

const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The hexadecimal digits of a fingerprint in a file's name.
pub const FINGERPRINT: usize = 16;

/// Whether a file's name carries a fingerprint of its content: `main.0123456789abcdef.css`, or a piece of the
/// search index, `en_0123456.pf_fragment`, to which Pagefind gives as many digits as tell its pieces apart.
pub fn is_fingerprinted(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    if ending(name).starts_with("pf_") {
        return true;
    }
    let mut parts = name.rsplit('.');
    let (Some(_), Some(print), Some(_)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let is_hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    print.len() == FINGERPRINT && print.bytes().all(is_hexadecimal)
}

/// The value of `Content-Type`. Feeds have the general types of their formats: readers take both, and
/// CloudFront compresses neither `application/atom+xml` nor `application/feed+json`.
pub fn content_type(path: &str) -> &'static str {
    match ending(path) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "ics" => "text/calendar; charset=utf-8",
        "xml" => "application/xml; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "opml" => "text/x-opml; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "pdf" => "application/pdf",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn ending(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_fingerprint_are_kept_for_ever() {
        for (path, caching) in [
            ("public/styles/main.0123456789abcdef.css", Caching::ForEver),
            ("public/styles/main.css", Caching::Seldom),
            ("public/a.0123456789abcdeg.css", Caching::Seldom),
            ("public/0123456789abcdef.html", Caching::Changes),
            ("public/index.html", Caching::Changes),
            ("public/atom.xml", Caching::Changes),
            ("public/feed.json", Caching::Changes),
            ("public/feeds.opml", Caching::Changes),
            ("public/a.ics", Caching::Changes),
            ("public/favicon.svg", Caching::Seldom),
            (
                "public/search/pagefind/fragment/en_19161c7.pf_fragment",
                Caching::ForEver,
            ),
            (
                "public/search/pagefind/pagefind.en_def4564fc7.pf_meta",
                Caching::ForEver,
            ),
            (
                "public/search/pagefind/pagefind-entry.json",
                Caching::Changes,
            ),
            ("public/search/pagefind/pagefind.js", Caching::Changes),
            ("public/search/pagefind/wasm.en.pagefind", Caching::Changes),
        ] {
            assert_eq!(Caching::of(path), caching, "{path}");
        }
    }

    #[test]
    fn feeds_and_what_lists_them_say_what_they_are() {
        for (path, kind) in [
            ("public/courses/atom.xml", "application/xml; charset=utf-8"),
            (
                "public/discussions/feed.json",
                "application/json; charset=utf-8",
            ),
            ("public/feeds.opml", "text/x-opml; charset=utf-8"),
            (
                "public/sessions/calendar.ics",
                "text/calendar; charset=utf-8",
            ),
        ] {
            assert_eq!(content_type(path), kind, "{path}");
        }
    }

    #[test]
    fn a_new_comment_is_seen_within_a_minute_behind_a_cdn() {
        let seconds = |name: &str| -> u32 {
            let header = Caching::Changes.behind_cdn();
            let (_, rest) = header.split_once(&format!("{name}=")).unwrap();
            rest.split(',').next().unwrap().parse().unwrap()
        };
        assert_eq!(seconds("max-age"), 0);
        assert!(seconds("s-maxage") + seconds("stale-while-revalidate") < 60);
    }
}
