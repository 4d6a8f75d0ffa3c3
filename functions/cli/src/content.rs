//! What authors write: every page of the content folder with its front matter in types, and everything
//! that is wrong with it. Nothing here looks at the text of a page; that is `check`'s.

mod fields;
mod front;
mod place;
mod problem;
mod session;

use std::collections::BTreeSet;
use std::io;
use std::ops::Range;
use std::path::Path;

use sodium_app::words::Language;
use sodium_domain::id::ThreadId;

pub use fields::Located;
pub use front::{Common, Discussed, Front, SortBy};
pub use place::Kind;
pub(crate) use place::translated_from;
pub(crate) use problem::Findings;
pub use problem::Problem;
pub use session::{Session, Status};
pub use sodium_domain::week::{Week, WeekError};

use crate::files;

/// The content folder.
#[derive(Debug)]
pub struct Content {
    /// Its pages, sorted by path.
    pub pages: Vec<Page>,
    /// Its other files, relative to it: images, mostly.
    pub assets: BTreeSet<String>,
}

/// A Markdown file.
#[derive(Debug)]
pub struct Page {
    /// Its path in the content folder: `courses/first/a-lesson.md`. Links to it are `@/` and this.
    pub file: String,
    /// Its address from the site's root: `/courses/first/a-lesson/`.
    pub url: String,
    /// The whole file.
    pub source: String,
    /// Where in it the Markdown is.
    pub body: Range<usize>,
    /// What kind of page its path makes it.
    pub kind: Option<Kind>,
    /// Its front matter, unless that has a problem.
    pub front: Option<(Common, Front)>,
}

/// A discussion that a page opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// The title of the page.
    pub title: String,
    /// The page's address from the site's root.
    pub url: String,
    /// The page's file in the content folder.
    pub file: String,
}

impl Content {
    /// Reads a content folder, and everything that is wrong with its front matter.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn load(dir: &Path) -> io::Result<(Self, Vec<Problem>)> {
        let mut content = Self {
            pages: Vec::new(),
            assets: BTreeSet::new(),
        };
        let mut problems = Vec::new();
        for path in files::walk(dir)? {
            let file = files::slashed(&path);
            if !place::is_page(&file) {
                content.assets.insert(file);
                continue;
            }
            let bytes = std::fs::read(dir.join(&path))?;
            let (page, found) = Page::read(file, &bytes);
            content.pages.push(page);
            problems.extend(found);
        }
        // `page` searches by this order, which differs from that of paths.
        content.pages.sort_by(|a, b| a.file.cmp(&b.file));
        Ok((content, problems))
    }

    /// The pages that are in a build, with their front matter.
    pub fn published(&self) -> impl Iterator<Item = (&Page, &Common, &Front)> {
        self.pages.iter().filter_map(|page| {
            let (common, front) = page.front.as_ref()?;
            (!common.draft).then_some((page, common, front))
        })
    }

    /// The discussions that the published pages open.
    #[must_use]
    pub fn threads(&self) -> Vec<Thread> {
        let thread = |(page, common, front): (&Page, &Common, &Front)| {
            Some(Thread {
                id: front.thread()?.value.clone(),
                title: common.title.value.clone(),
                url: page.url.clone(),
                file: page.file.clone(),
            })
        };
        self.published().filter_map(thread).collect()
    }

    /// The live sessions that are published.
    pub fn sessions(&self) -> impl Iterator<Item = (&Page, &Common, &Session)> {
        self.published()
            .filter_map(|(page, common, front)| match front {
                Front::Session(session) => Some((page, common, &**session)),
                _ => None,
            })
    }

    /// The courses that are published: their pages, and their titles.
    pub fn courses(&self) -> impl Iterator<Item = (&Page, &Common)> {
        self.published()
            .filter(|(page, ..)| page.kind == Some(Kind::Course))
            .map(|(page, common, _)| (page, common))
    }

    /// Whether a page is published: the one in a language, given by its file in the site's own.
    #[must_use]
    pub fn has(&self, file: &str, language: Language) -> bool {
        self.published()
            .any(|(page, ..)| place::translated_from(&page.file) == (file.to_owned(), language))
    }

    /// The page in a file of the content folder.
    #[must_use]
    pub fn page(&self, file: &str) -> Option<&Page> {
        let at = self
            .pages
            .binary_search_by(|page| page.file.as_str().cmp(file))
            .ok()?;
        self.pages.get(at)
    }
}

impl Page {
    /// Whether it is in no build.
    #[must_use]
    pub fn is_draft(&self) -> bool {
        self.front.as_ref().is_some_and(|(common, _)| common.draft)
    }

    fn read(file: String, bytes: &[u8]) -> (Self, Vec<Problem>) {
        let mut findings = Findings::in_file(&file);
        let source = String::from_utf8_lossy(bytes).into_owned();
        if source.as_bytes() != bytes {
            findings.add(
                "encoding",
                0..0,
                "the file is not UTF-8",
                "save it as UTF-8",
            );
        }
        place::check_path(&file, &mut findings);
        let kind = place::kind(&file);
        let (toml, body) = split(&source, &mut findings);
        let front = match kind {
            Some(kind) if !toml.is_empty() => {
                front::read(kind, &source[toml.clone()], toml.start, &mut findings)
            }
            _ => None,
        };
        let problems = findings.into_problems();
        let url = place::address(&file);
        (
            Self {
                file,
                url,
                source,
                body,
                kind,
                front,
            },
            problems,
        )
    }
}

/// Where the front matter and the text of a page stand: between two lines `+++`, and after them.
fn split(source: &str, findings: &mut Findings<'_>) -> (Range<usize>, Range<usize>) {
    const FENCE: &str = "+++";
    let mut lines = source.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    let mut at = first.len();
    if first.trim_end() == FENCE {
        for line in lines {
            if line.trim_end() == FENCE {
                return (first.len()..at, at + line.len()..source.len());
            }
            at += line.len();
        }
    }
    findings.add(
        "front-matter",
        0..first.trim_end().len(),
        "the file does not begin with front matter between two lines of `+++`",
        "begin it with a line `+++`, then title and description, then a line `+++`",
    );
    (0..0, 0..source.len())
}
