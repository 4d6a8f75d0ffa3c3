//! Which page of the old site is which thread of this one: by a file that says so, or by equal paths.

use std::collections::HashMap;

use sodium_domain::id::ThreadId;

use super::ImportError;

/// The threads of pages.
#[derive(Debug, Default)]
pub struct Pages(HashMap<String, ThreadId>);

impl Pages {
    /// The threads that the community knows, by the paths of their pages.
    #[must_use]
    pub fn known(threads: Vec<(ThreadId, String)>) -> Self {
        let paths = threads.into_iter();
        Self(paths.map(|(thread, url)| (path_of(&url), thread)).collect())
    }

    /// Adds what a file says: on each line an address or path of the old site, white space, and the
    /// thread or the path of its page here. Empty lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    /// When a line says nothing that can be understood, or names a thread that is not known.
    pub fn with(mut self, text: &str) -> Result<Self, ImportError> {
        let threads: HashMap<String, ThreadId> = self
            .0
            .values()
            .map(|thread| (thread.to_string(), thread.clone()))
            .collect();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |what: &str| {
                let line = number + 1;
                ImportError::Wrong(format!("line {line} of the file of threads: {what}"))
            };
            let (old, new) = line
                .split_once(char::is_whitespace)
                .ok_or_else(|| wrong("it looks like /old/path/ thread-id"))?;
            let new = new.trim();
            let thread = threads.get(new).or_else(|| self.0.get(&path_of(new)));
            let thread = thread.cloned().ok_or_else(|| {
                wrong("there is no such thread here, and no page with one; publish the site first, or mend the name")
            })?;
            self.0.insert(path_of(old), thread);
        }
        Ok(self)
    }

    /// Whether no thread is known at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The thread of an old page.
    pub(super) fn thread(&self, page: &str) -> Option<&ThreadId> {
        self.0.get(&path_of(page))
    }
}

/// The path of an address, alike for `/a/b`, `/a/b/` and `/a/b/index.html`. A page that is named in the
/// query (`/?p=7`) keeps it.
fn path_of(address: &str) -> String {
    let address = address.split('#').next().unwrap_or_default();
    let after_host = match address.split_once("://") {
        Some((_, rest)) => rest.find(['/', '?']).map_or("", |at| &rest[at..]),
        None => address,
    };
    let (path, query) = after_host.split_once('?').unwrap_or((after_host, ""));
    let path = path.trim_matches('/');
    let path = path
        .strip_suffix("index.html")
        .unwrap_or(path)
        .trim_end_matches('/');
    let is_page = ["p=", "page_id="]
        .iter()
        .any(|name| query.starts_with(name));
    if is_page {
        format!("{path}?{query}")
    } else {
        path.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_by_its_path_or_by_the_file() {
        let thread = |id: &str| id.parse::<ThreadId>().unwrap();
        let known = vec![
            (thread("first-lesson"), "/courses/one/first/".to_owned()),
            (thread("second-lesson"), "/courses/one/second/".to_owned()),
        ];
        let pages = Pages::known(known)
            .with("# old new\n\n/?p=7 second-lesson\nhttps://old.example.org/b.html\t/courses/one/first\n")
            .unwrap();
        for (page, id) in [
            ("https://any.example.org/courses/one/first", "first-lesson"),
            ("/courses/one/first/index.html?utm=x#c", "first-lesson"),
            ("http://old.example.org/?p=7", "second-lesson"),
            ("/b.html", "first-lesson"),
        ] {
            assert_eq!(pages.thread(page), Some(&thread(id)), "{page}");
        }
        for page in ["", "/", "https://old.example.org", "/?p=8", "/courses/one"] {
            assert_eq!(pages.thread(page), None, "{page}");
        }
        for wrong in ["/a", "/a no-such-thread"] {
            let known = vec![(thread("first-lesson"), "/first/".to_owned())];
            let error = Pages::known(known).with(wrong).unwrap_err().to_string();
            assert!(error.starts_with("line 1 "), "{error}");
        }
    }
}
