//! The search index: `site/tools/search-index.mjs` has Pagefind read the pages that Zola made, before anything
//! of the table is in them. What people wrote is therefore not in it: it could not be taken back out of an
//! index that is made anew only when the site is published.

use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use crate::process::output_unless;

/// The index could not be made. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// Node is not there.
    #[error(
        "the search index is made with Node, and `node` is not on the PATH. Install Node 20 or newer."
    )]
    NoNode,
    /// It could not be started.
    #[error("the search index: `node` could not be started: {0}")]
    Start(#[source] io::Error),
    /// The tool says why.
    #[error("the search index could not be made: {0}")]
    Failed(String),
}

/// Where the index lies in a site.
const FOLDER: &str = "search/pagefind";

/// Makes the index of the built site in `out` and puts it there. Returns how many pages can be found; nothing
/// when `stop` is set before it is done.
///
/// # Errors
/// When Node or Pagefind is missing, or fails.
pub fn index_unless(
    site_dir: &Path,
    out: &Path,
    stop: &AtomicBool,
) -> Result<Option<usize>, SearchError> {
    let mut command = Command::new("node");
    command
        .arg(site_dir.join("tools/search-index.mjs"))
        .arg(out);
    let output = output_unless(command, stop).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => SearchError::NoNode,
        _ => SearchError::Start(error),
    })?;
    let Some(output) = output else {
        return Ok(None);
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let pages = output.status.success().then(|| said.trim().parse().ok());
    match pages.flatten() {
        Some(pages) => Ok(Some(pages)),
        None => Err(SearchError::Failed(why(&output.stderr))),
    }
}

/// Takes the index out of a site that is about to be emptied.
pub(crate) fn put_aside(out: &Path, kept: &Path) -> io::Result<()> {
    let index = out.join(FOLDER);
    if !index.is_dir() {
        return Ok(());
    }
    if kept.exists() {
        std::fs::remove_dir_all(kept)?;
    }
    std::fs::rename(index, kept)
}

/// Puts it back.
pub(crate) fn put_back(out: &Path, kept: &Path) -> io::Result<()> {
    let index = out.join(FOLDER);
    if !kept.is_dir() {
        return Ok(());
    }
    if let Some(folder) = index.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::rename(kept, index)
}

/// The tool's own line, or all that was said.
fn why(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().find_map(|line| line.strip_prefix("search: "));
    line.unwrap_or(text.trim()).to_owned()
}
