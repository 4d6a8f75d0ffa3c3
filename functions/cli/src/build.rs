//! Building: Markdown becomes shells and static files by Zola, cards, calendars, the list of feeds and the search index are added, and
//! what can be compressed gets its compressed siblings.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use crate::cards::{self, CardError};
use crate::content::Content;
use crate::precompress::{Precompressed, precompress};
use crate::search::{self, SearchError};
use crate::zola::{Zola, ZolaError};
use crate::{calendar, fingerprint, opml};

/// A build failed. The message names the file and the cure where there is one.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Zola is missing, or found something wrong.
    #[error(transparent)]
    Zola(#[from] ZolaError),
    /// A card cannot be drawn.
    #[error(transparent)]
    Card(#[from] CardError),
    /// There is no search index.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// Something cannot be read or written.
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
}

/// What to build, and how.
#[derive(Debug, Clone, Copy)]
pub struct Build<'a> {
    /// The project.
    pub root: &'a Path,
    /// Where the site goes. The folder is emptied.
    pub out: &'a Path,
    /// Where that is kept which is the same in the next build.
    pub cache: &'a Path,
    /// Stands in all full addresses.
    pub base_url: &'a str,
    /// Whether compressed siblings stand beside the files. A CDN compresses by itself.
    pub siblings: bool,
    /// Whether the search index is made anew.
    pub search: Search,
}

/// What becomes of the search index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// It is made from these pages.
    Anew,
    /// The one of the build before stays, because somebody waits for a page; `index_again` follows.
    AsBefore,
}

/// A part of a build.
#[derive(Debug, Clone)]
pub struct Phase {
    /// What it is called.
    pub name: &'static str,
    /// What it did, where there is something to say.
    pub did: String,
    /// How long it took.
    pub took: Duration,
}

impl Phase {
    /// One that is over now.
    pub(crate) fn since(began: Instant, name: &'static str, did: String) -> Self {
        Self {
            name,
            did,
            took: began.elapsed(),
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, did, took } = self;
        let seconds = took.as_secs_f64();
        if did.is_empty() {
            write!(f, "{name} {seconds:.2} s")
        } else {
            write!(f, "{name} {seconds:.2} s ({did})")
        }
    }
}

/// How a build went: its phases, in their order.
#[derive(Debug, Clone, Default)]
pub struct Built(pub Vec<Phase>);

impl Built {
    /// The time of a phase.
    #[must_use]
    pub fn took(&self, name: &str) -> Duration {
        let phase = self.0.iter().find(|phase| phase.name == name);
        phase.map_or(Duration::ZERO, |phase| phase.took)
    }
}

impl fmt::Display for Built {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phases: Vec<String> = self.0.iter().map(Phase::to_string).collect();
        f.write_str(&phases.join(", "))
    }
}

/// Builds a project. `tell` hears of each phase when it is over.
///
/// # Errors
/// When Zola, a font or Pagefind is missing, Zola refuses the site, or files cannot be written.
pub fn build(what: &Build<'_>, tell: impl FnMut(&Phase)) -> Result<Built, BuildError> {
    let built = build_unless(what, &AtomicBool::new(false), tell)?;
    Ok(built.unwrap_or_default())
}

/// The same, until `stop` is set; then there is nothing to publish.
///
/// # Errors
/// As for [`build`].
pub fn build_unless(
    what: &Build<'_>,
    stop: &AtomicBool,
    mut tell: impl FnMut(&Phase),
) -> Result<Option<Built>, BuildError> {
    let mut built = Built::default();
    let mut began = Instant::now();
    let mut done = |name, did: String| {
        let phase = Phase::since(began, name, did);
        tell(&phase);
        built.0.push(phase);
        began = Instant::now();
    };
    let Build { out, base_url, .. } = *what;
    let failed = |error| BuildError::Io(out.to_owned(), error);
    std::fs::create_dir_all(out).map_err(failed)?;
    let site = what.root.join("site");
    let kept = what.cache.join("search");
    if what.search == Search::AsBefore {
        search::put_aside(out, &kept).map_err(failed)?;
    }
    let zola = Zola::find(&site)?;
    if zola.build_unless(out, base_url, stop)?.is_none() {
        return Ok(None);
    }
    done("Zola", String::new());
    let cards = cards::draw(&site, out, &what.cache.join("cards"), base_url)?;
    done(
        "cards",
        format!("{} drawn, {} as before", cards.drawn, cards.kept),
    );
    match what.search {
        Search::Anew => {
            let Some(pages) = search::index_unless(&site, out, stop)? else {
                return Ok(None);
            };
            done("search index", format!("{pages} pages"));
        }
        Search::AsBefore => search::put_back(out, &kept).map_err(failed)?,
    }
    let content = what.root.join("content");
    let (content, _) =
        Content::load(&content).map_err(|error| BuildError::Io(content.clone(), error))?;
    calendar::write_calendars(&content, out, base_url).map_err(failed)?;
    opml::write_list(&content, out, base_url).map_err(failed)?;
    fingerprint::rename(&site.join("static"), out).map_err(failed)?;
    done("calendars and names", String::new());
    if let Some(files) = compress(what)? {
        let made = files.files - files.cached;
        done(
            "compression",
            format!("{made} files, {} as before", files.cached),
        );
    }
    Ok(Some(built))
}

/// Makes the search index of a build that kept the one before. `Ok(false)` when it was stopped.
///
/// # Errors
/// When Pagefind fails, or files cannot be written.
pub fn index_again(what: &Build<'_>, stop: &AtomicBool) -> Result<bool, BuildError> {
    let site = what.root.join("site");
    if search::index_unless(&site, what.out, stop)?.is_none() {
        return Ok(false);
    }
    compress(what)?;
    Ok(true)
}

fn compress(what: &Build<'_>) -> Result<Option<Precompressed>, BuildError> {
    if !what.siblings {
        return Ok(None);
    }
    precompress(what.out, &what.cache.join("compressed"))
        .map(Some)
        .map_err(|error| BuildError::Io(what.out.to_owned(), error))
}
