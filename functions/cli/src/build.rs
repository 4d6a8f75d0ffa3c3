//! Building: Markdown becomes shells and static files by Zola, calendars, the list of feeds and the search index are added, and
//! what can be compressed gets its compressed siblings.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::content::Content;
use crate::search::{self, Indexed, SearchError};
use crate::zola::{Zola, ZolaError};
use crate::{calendar, fingerprint, opml, precompress};

/// A build failed. The message names the file and the cure where there is one.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Zola is missing, or found something wrong.
    #[error(transparent)]
    Zola(#[from] ZolaError),
    /// There is no search index.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// Something cannot be read or written.
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
}

/// How a build went.
#[derive(Debug, Clone, Copy)]
pub struct Built {
    /// The time that Zola took.
    pub zola: Duration,
    /// What can be found by searching.
    pub indexed: Indexed,
    /// The time that everything else took.
    pub rest: Duration,
}

/// Builds the project at `root` into `out`, with `base_url` in all full addresses. Compressed
/// siblings stand beside the files where there is a `cache`, which keeps them by their content.
///
/// # Errors
/// When Zola or Pagefind is missing, Zola refuses the site, or files cannot be written.
pub fn build(
    root: &Path,
    out: &Path,
    cache: Option<&Path>,
    base_url: &str,
) -> Result<Built, BuildError> {
    let began = Instant::now();
    let failed = |error| BuildError::Io(out.to_owned(), error);
    std::fs::create_dir_all(out).map_err(failed)?;
    let site = root.join("site");
    Zola::find(&site)?.build(out, base_url)?;
    let zola = began.elapsed();
    let indexed = search::index(&site, out)?;
    let content = root.join("content");
    let (content, _) =
        Content::load(&content).map_err(|error| BuildError::Io(content.clone(), error))?;
    calendar::write_calendars(&content, out, base_url).map_err(failed)?;
    opml::write_list(&content, out, base_url).map_err(failed)?;
    fingerprint::rename(&site.join("static"), out).map_err(failed)?;
    if let Some(cache) = cache {
        precompress::precompress(out, cache).map_err(failed)?;
    }
    Ok(Built {
        zola,
        indexed,
        rest: began.elapsed().saturating_sub(zola + indexed.took),
    })
}
