//! Whether links and images lead somewhere.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use crate::content::{Content, Findings, Page};
use crate::files;

use super::markdown::{Document, Target};

/// Every address that the site will answer.
pub(super) struct Addresses<'c> {
    content: &'c Content,
    documents: &'c [Document],
    /// From an address to the page's place in the content.
    pages: HashMap<&'c str, usize>,
    /// Files that come from the site's own folder.
    statics: Vec<String>,
}

/// What lies at an address of the site.
enum Found<'c> {
    Page(&'c Page),
    File,
    Nothing,
}

/// Addresses that functions answer or that are made after Zola has built: these have no file to look for.
const MADE_LATER: [&str; 2] = ["/api/", "/discussions/"];
/// Files that Zola and `sodium build` make beside pages.
const MADE_FILES: [&str; 6] = [
    "atom.xml",
    "feed.json",
    "feed.xml",
    "calendar.ics",
    "session.ics",
    "sitemap.xml",
];
/// What a link may begin with to leave the site.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

impl<'c> Addresses<'c> {
    /// The addresses of the content's pages and files, and of the files in `static_dir`.
    pub(super) fn of(
        content: &'c Content,
        documents: &'c [Document],
        static_dir: &Path,
    ) -> io::Result<Self> {
        let pages = content
            .pages
            .iter()
            .enumerate()
            .map(|(i, page)| (page.url.as_str(), i))
            .collect();
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
            statics,
        })
    }

    /// Checks the links of a page.
    pub(super) fn check_links(
        &self,
        page: &Page,
        document: &Document,
        findings: &mut Findings<'_>,
    ) {
        for link in &document.links {
            self.check_link(page, link, findings);
        }
    }

    fn check_link(&self, page: &Page, link: &Target, findings: &mut Findings<'_>) {
        let address = link.address.as_str();
        let (path, anchor) = address
            .split_once('#')
            .map_or((address, None), |(path, anchor)| (path, Some(anchor)));
        if address.is_empty() {
            findings.add(
                "link-empty",
                link.span.clone(),
                "the link leads nowhere",
                "write an address between the round brackets",
            );
        } else if let Some(file) = path.strip_prefix("@/") {
            match self.content.page(file) {
                Some(target) => self.check_anchor(target, anchor, link, findings),
                None => broken(
                    link,
                    format!("there is no page {file}"),
                    self.similar(file),
                    findings,
                ),
            }
        } else if path.is_empty() {
            self.check_anchor(page, anchor, link, findings);
        } else if address.starts_with("//") || has_scheme(address) {
            check_scheme(link, findings);
        } else {
            self.check_address(page, path, link, findings);
        }
    }

    /// A link to an address of this site that is not written as `@/…`.
    fn check_address(&self, page: &Page, path: &str, link: &Target, findings: &mut Findings<'_>) {
        let url = resolve(&page.url, path);
        let target = if path.ends_with(".md") {
            self.markdown(page, path)
        } else {
            self.find(&url)
        };
        match target {
            Found::Page(target) => findings.add(
                "link-form",
                link.span.clone(),
                format!("`{path}` leads to a page by its address, which nobody checks when the page moves"),
                format!("write `@/{}`", target.file),
            ),
            Found::File => {}
            Found::Nothing => {
                let cure = "link to a page as `@/folder/page.md`, or correct the address";
                broken(link, format!("there is nothing at {url}"), Some(cure.to_owned()), findings);
            }
        }
    }

    fn check_anchor(
        &self,
        target: &Page,
        anchor: Option<&str>,
        link: &Target,
        findings: &mut Findings<'_>,
    ) {
        let Some(anchor) = anchor else { return };
        let headings = self
            .pages
            .get(target.url.as_str())
            .map_or(&[][..], |i| &self.documents[*i].headings);
        if headings.iter().any(|heading| heading.id == anchor) {
            return;
        }
        let there: Vec<&str> = headings.iter().map(|heading| heading.id.as_str()).collect();
        let cure = match there[..] {
            [] => "remove the part from `#` on".to_owned(),
            _ => format!("use one of its anchors: {}", there.join(", ")),
        };
        let message = format!("{} has no heading with the anchor `#{anchor}`", target.file);
        findings.add("link-anchor", link.span.clone(), message, cure);
    }

    /// Checks the files of a page's images.
    pub(super) fn check_images(
        &self,
        page: &Page,
        document: &Document,
        findings: &mut Findings<'_>,
    ) {
        for image in document.images.iter().map(|image| &image.target) {
            if has_scheme(&image.address) || image.address.starts_with("//") {
                let cure =
                    "put a copy of the image into the content folder, with its licence in the text";
                findings.add(
                    "image-foreign",
                    image.span.clone(),
                    "the image would be fetched from another site, which learns who reads",
                    cure,
                );
                continue;
            }
            let url = resolve(&page.url, &image.address);
            if !matches!(self.find(&url), Found::File) {
                findings.add(
                    "image-missing",
                    image.span.clone(),
                    format!("there is no image at {url}"),
                    "put the file beside an `index.md` or `_index.md`, and write its path as seen from the page's address",
                );
            }
        }
    }

    /// What lies at an address from the site's root.
    fn find(&self, url: &str) -> Found<'c> {
        let folder = if url.ends_with('/') {
            url.to_owned()
        } else {
            format!("{url}/")
        };
        if let Some(i) = self.pages.get(folder.as_str()) {
            return Found::Page(&self.content.pages[*i]);
        }
        let name = url.rsplit('/').next().unwrap_or_default();
        let made =
            MADE_FILES.contains(&name) || MADE_LATER.iter().any(|place| url.starts_with(place));
        if made || self.statics.iter().any(|file| file == url) || self.is_asset(url) {
            return Found::File;
        }
        Found::Nothing
    }

    /// Zola publishes the files beside an index, at the index's address.
    fn is_asset(&self, url: &str) -> bool {
        let file = url.trim_start_matches('/');
        let folder = file
            .rsplit_once('/')
            .map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let has_index = ["index.md", "_index.md"]
            .iter()
            .any(|name| self.content.page(&format!("{folder}{name}")).is_some());
        has_index && self.content.assets.contains(file)
    }

    /// The page that a link by the path of its file means.
    fn markdown(&self, page: &Page, path: &str) -> Found<'c> {
        let file = resolve(&format!("/{}", page.file), path);
        self.content
            .page(file.trim_start_matches('/'))
            .map_or(Found::Nothing, Found::Page)
    }

    /// A page with the same file name, when the folder is wrong.
    fn similar(&self, file: &str) -> Option<String> {
        let name = file.rsplit('/').next()?;
        let found = self
            .content
            .pages
            .iter()
            .find(|page| page.file.rsplit('/').next() == Some(name) && name != "_index.md")?;
        Some(format!("did you mean `@/{}`?", found.file))
    }
}

fn broken(link: &Target, message: String, cure: Option<String>, findings: &mut Findings<'_>) {
    let cure = cure.unwrap_or_else(|| {
        "write the path of its file in the content folder after `@/`".to_owned()
    });
    findings.add("link-broken", link.span.clone(), message, cure);
}

fn has_scheme(address: &str) -> bool {
    let scheme = address.split(['/', '?', '#']).next().unwrap_or_default();
    scheme.contains(':')
}

fn check_scheme(link: &Target, findings: &mut Findings<'_>) {
    if !SCHEMES
        .iter()
        .any(|scheme| link.address.starts_with(scheme))
    {
        let cure = "begin it with https://, or write a page of this site as `@/…`";
        findings.add(
            "link-scheme",
            link.span.clone(),
            format!("`{}` is no address that a page may link to", link.address),
            cure,
        );
    }
}

/// An address as seen from another, from the site's root.
fn resolve(base: &str, address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let (folder, _) = base.rsplit_once('/').unwrap_or_default();
    let from_root = address.starts_with('/');
    let mut parts: Vec<&str> = if from_root {
        Vec::new()
    } else {
        folder.split('/').filter(|part| !part.is_empty()).collect()
    };
    for part in address.split('/') {
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
