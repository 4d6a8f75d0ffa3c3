//! Which page of the old site is which thread of this one: by a file that says so, or by equal paths.

use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;
use sodium_domain::id::ThreadId;

use super::ImportError;

/// The threads of pages.
#[derive(Debug, Default)]
pub struct Pages {
    threads: HashSet<ThreadId>,
    by_path: HashMap<String, ThreadId>,
}

impl Pages {
    /// The threads that the community knows, with the paths of their pages, now or before they moved.
    #[must_use]
    pub fn known(paths: Vec<(ThreadId, String)>) -> Self {
        let mut pages = Self::default();
        for (thread, path) in paths {
            pages.threads.insert(thread.clone());
            // The first path of a thread is where its page is now; nobody's old path takes that away.
            pages.by_path.entry(bare(&path)).or_insert(thread);
        }
        pages
    }

    /// Adds what a file says: on each line an address or path of the old site, white space, and the
    /// thread or the path of its page here. Empty lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    /// When a line says nothing that can be understood, or names a thread that is not known.
    pub fn with(mut self, text: &str) -> Result<Self, ImportError> {
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |what: &str| {
                let line = number + 1;
                ImportError::Wrong(format!("line {line} of the map: {what}"))
            };
            let (old, new) = line.split_once(char::is_whitespace).ok_or_else(|| {
                wrong("it names one page; write the old address, a space, and the thread here")
            })?;
            let thread = self.named(new.trim()).ok_or_else(|| {
                wrong(
                    "there is no such thread here, and no page with one; publish the site first, or mend the name",
                )
            })?;
            self.by_path.insert(with_query(old), thread);
        }
        Ok(self)
    }

    fn named(&self, name: &str) -> Option<ThreadId> {
        let id: Option<ThreadId> = name.parse().ok();
        let id = id.filter(|id| self.threads.contains(id));
        id.or_else(|| self.thread(name).cloned())
    }

    /// Whether no thread is known at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.threads.is_empty()
    }

    /// The thread of an old page. Where the query names the page (`/?p=7`), only the map knows it.
    pub(super) fn thread(&self, address: &str) -> Option<&ThreadId> {
        let path = bare(address);
        let found = self.by_path.get(&with_query(address));
        found.or_else(|| self.by_path.get(&path).filter(|_| !path.is_empty()))
    }
}

/// The path of an address with its query.
fn with_query(address: &str) -> String {
    let query = after_host(address).split_once('?').map_or("", |(_, q)| q);
    match query {
        "" => bare(address),
        query => format!("{}?{query}", bare(address)),
    }
}

/// The path of an address, alike for `/a/b`, `/a/b/` and `/a/b/index.html`.
fn bare(address: &str) -> String {
    let path = after_host(address).split('?').next().unwrap_or_default();
    let path = path.trim_matches('/');
    let path = path.strip_suffix("index.html").unwrap_or(path);
    let path = percent_decode_str(path.trim_end_matches('/'));
    path.decode_utf8_lossy().into_owned()
}

/// Path and query of an address.
fn after_host(address: &str) -> &str {
    let address = address.split('#').next().unwrap_or_default();
    match address.split_once("://") {
        Some((_, rest)) => rest.find(['/', '?']).map_or("", |at| &rest[at..]),
        None => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread(id: &str) -> ThreadId {
        id.parse().unwrap()
    }

    fn known() -> Pages {
        Pages::known(vec![
            (thread("first-lesson"), "/courses/one/first/".to_owned()),
            (thread("second-lesson"), "/courses/one/second/".to_owned()),
            (thread("second-lesson"), "/old/zweite-stunde-ä/".to_owned()),
            (thread("second-lesson"), "/courses/one/first/".to_owned()),
        ])
    }

    #[test]
    fn a_page_is_known_by_its_path_by_an_old_one_or_by_the_map() {
        let pages = known()
            .with(
                "# old new\n\n/?p=7 second-lesson\nhttps://old.example.org/b.html\t/courses/one/first\n\
                 /post.php?id=3 first-lesson\n",
            )
            .unwrap();
        for (page, id) in [
            ("https://any.example.org/courses/one/first", "first-lesson"),
            ("/courses/one/first/index.html?utm=x#c", "first-lesson"),
            ("/old/zweite-stunde-%C3%A4", "second-lesson"),
            ("http://old.example.org/?p=7", "second-lesson"),
            ("http://old.example.org?p=7", "second-lesson"),
            ("/b.html", "first-lesson"),
            ("/post.php?id=3", "first-lesson"),
        ] {
            assert_eq!(pages.thread(page), Some(&thread(id)), "{page}");
        }
        for page in [
            "",
            "/",
            "https://old.example.org",
            "/?p=8",
            "/post.php?id=4",
            "/courses/one",
        ] {
            assert_eq!(pages.thread(page), None, "{page}");
        }
    }

    #[test]
    fn a_map_that_says_nothing_or_too_much_is_refused_with_its_line() {
        for wrong in ["/a", "/a no-such-thread", "/a /no/such/page/"] {
            let error = known().with(&format!("# the map\n{wrong}")).unwrap_err();
            let error = error.to_string();
            assert!(error.starts_with("line 2 of the map: "), "{error}");
        }
    }
}
