//! Every address that the site will answer.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;

use sodium_app::words::Language;

use crate::content::{Content, Page};
use crate::files;

use super::markdown::{Document, Heading};

/// The addresses of pages, of files beside them, and of the site's static files.
pub(super) struct Addresses<'c> {
    content: &'c Content,
    documents: &'c [Document],
    /// From an address to the page's place in the content.
    pages: HashMap<&'c str, usize>,
    /// The same from addresses that pages had before.
    former: HashMap<String, usize>,
    statics: HashSet<String>,
}

/// What lies at an address.
pub(super) enum Found<'c> {
    Page(&'c Page),
    File,
    Nothing,
}

/// What functions answer or the build makes after Zola: there is no file to look for.
const MADE_LATER: [&str; 3] = ["/api/", "/discussions/", "/moderation/"];
/// Files that Zola and `sodium build` make beside pages.
const MADE_FILES: [&str; 7] = [
    "atom.xml",
    "feed.json",
    "feed.xml",
    "calendar.ics",
    "session.ics",
    "feeds.opml",
    "sitemap.xml",
];

/// The address that an alias is.
pub(super) fn address_of(alias: &str) -> String {
    format!("/{}/", alias.trim_matches('/'))
}

impl<'c> Addresses<'c> {
    /// Collects them; `documents` are those of the content's pages, in their order.
    pub(super) fn of(
        content: &'c Content,
        documents: &'c [Document],
        static_dir: &Path,
    ) -> io::Result<Self> {
        let mut pages: HashMap<&str, usize> = HashMap::new();
        let mut former = HashMap::new();
        for (i, page) in content.pages.iter().enumerate() {
            pages.insert(&page.url, i);
            let aliases = page.front.iter().flat_map(|(common, _)| &common.aliases);
            former.extend(aliases.map(|alias| (address_of(&alias.value), i)));
        }
        let statics = if static_dir.is_dir() {
            files::walk(static_dir)?
        } else {
            Vec::new()
        };
        let statics = statics
            .iter()
            .map(|path| format!("/{}", files::slashed(path)))
            .collect();
        Ok(Self {
            content,
            documents,
            pages,
            former,
            statics,
        })
    }

    /// The page in a file of the content folder.
    pub(super) fn page(&self, file: &str) -> Option<&'c Page> {
        self.content.page(file)
    }

    /// A page in another folder whose file has the same name.
    pub(super) fn namesake(&self, file: &str) -> Option<&'c Page> {
        let name = file.rsplit('/').next()?;
        let is_index = name == "_index.md" || name == "index.md";
        self.content
            .pages
            .iter()
            .find(|page| !is_index && page.file.rsplit('/').next() == Some(name))
    }

    /// The headings of a page.
    pub(super) fn headings(&self, page: &Page) -> &'c [Heading] {
        self.pages
            .get(page.url.as_str())
            .map_or(&[], |i| &self.documents[*i].headings)
    }

    /// What lies at an address, as a page writes it.
    pub(super) fn seen_from(&self, page: &Page, address: &str) -> (String, Found<'c>) {
        if address.ends_with(".md") {
            // Nobody publishes Markdown: the author means the file beside this one.
            let file = resolve(&format!("/{}", page.file), address);
            let found = self
                .page(file.trim_start_matches('/'))
                .map_or(Found::Nothing, Found::Page);
            return (file, found);
        }
        let url = resolve(&page.url, address);
        let found = self.find(&url);
        (url, found)
    }

    fn find(&self, url: &str) -> Found<'c> {
        let folder = if url.ends_with('/') {
            url.to_owned()
        } else {
            format!("{url}/")
        };
        let page = self.pages.get(folder.as_str());
        if let Some(i) = page.or_else(|| self.former.get(&folder)) {
            return Found::Page(&self.content.pages[*i]);
        }
        let name = url.rsplit('/').next().unwrap_or_default();
        let own = Language::of_path(url).prefix();
        let place = url.strip_prefix(&own).unwrap_or(url);
        let later = MADE_LATER.iter().any(|made| place.starts_with(made));
        let made = MADE_FILES.contains(&name) || later;
        if made || self.statics.contains(url) || self.is_asset(url) {
            Found::File
        } else {
            Found::Nothing
        }
    }

    /// Zola publishes the files beside an index, at the index's address.
    fn is_asset(&self, url: &str) -> bool {
        let file = url.trim_start_matches('/');
        let folder = &file[..file.rfind('/').map_or(0, |end| end + 1)];
        let has_index = ["index.md", "_index.md"]
            .iter()
            .any(|name| self.page(&format!("{folder}{name}")).is_some());
        has_index && self.content.assets.contains(file)
    }
}

/// An address as seen from another, from the site's root.
fn resolve(base: &str, address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let (folder, _) = base.rsplit_once('/').unwrap_or_default();
    let whole = if address.starts_with('/') {
        address.to_owned()
    } else {
        format!("{folder}/{address}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    let end = if address.ends_with('/') && !parts.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn addresses_are_resolved_as_a_browser_does() {
        for (base, address, resolved) in [
            (
                "/courses/first/a-lesson/",
                "plan.png",
                "/courses/first/a-lesson/plan.png",
            ),
            (
                "/courses/first/a-lesson/",
                "../plan.png",
                "/courses/first/plan.png",
            ),
            ("/courses/first/a-lesson/", "./../../", "/courses/"),
            ("/courses/first/a-lesson/", "/articles/", "/articles/"),
            ("/a/", "../../../x", "/x"),
            ("/", "atom.xml?from=here#top", "/atom.xml"),
            ("/a/", "/", "/"),
        ] {
            assert_eq!(
                resolve(base, address),
                resolved,
                "{address} seen from {base}"
            );
        }
    }
}
