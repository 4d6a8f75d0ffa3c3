//! The search index: `site/tools/search-index.mjs` has Pagefind read the pages that Zola made, before anything
//! of the table is in them. What people wrote is therefore not in it: it could not be taken back out of an
//! index that is made anew only when the site is published.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

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

/// An index that is made.
#[derive(Debug, Clone, Copy)]
pub struct Indexed {
    /// Pages that can be found.
    pub pages: usize,
    /// How long it took.
    pub took: Duration,
}

/// Makes the index of the built site in `out` and puts it there.
///
/// # Errors
/// When Node or Pagefind is missing, or fails.
pub fn index(site_dir: &Path, out: &Path) -> Result<Indexed, SearchError> {
    let began = Instant::now();
    let mut command = Command::new("node");
    command
        .arg(site_dir.join("tools/search-index.mjs"))
        .arg(out);
    let output = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => SearchError::NoNode,
        _ => SearchError::Start(error),
    })?;
    let said = String::from_utf8_lossy(&output.stdout);
    let pages = output.status.success().then(|| said.trim().parse().ok());
    match pages.flatten() {
        Some(pages) => Ok(Indexed {
            pages,
            took: began.elapsed(),
        }),
        None => Err(SearchError::Failed(why(&output.stderr))),
    }
}

/// The tool's own line, or all that was said.
fn why(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().find_map(|line| line.strip_prefix("search: "));
    line.unwrap_or(text.trim()).to_owned()
}
