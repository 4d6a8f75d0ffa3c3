//! Finding the project that a command is about.

use std::path::{Path, PathBuf};

/// There is no project here.
#[derive(Debug, thiserror::Error)]
#[error(
    "there is no Sodium Learn project at {0} or above it (a folder with site/config.toml and \
     content/); change into one, or name it with --root"
)]
pub struct NoProject(PathBuf);

/// The project folder: `from`, or the nearest folder above it that holds one.
///
/// # Errors
/// When there is none.
pub fn find(from: &Path) -> Result<PathBuf, NoProject> {
    let from = std::path::absolute(from).unwrap_or_else(|_| from.to_owned());
    from.ancestors()
        .find(|folder| folder.join("site/config.toml").is_file() && folder.join("content").is_dir())
        .map(Path::to_owned)
        .ok_or(NoProject(from))
}
