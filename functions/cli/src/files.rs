//! Walking folders in a fixed order, so that whatever is made from them is the same everywhere.

use std::io;
use std::path::{Path, PathBuf};

/// Every file below `dir`, relative to it, sorted. Hidden files and folders are left out.
///
/// # Errors
/// When a folder cannot be read.
pub fn walk(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(folder) = waiting.pop() {
        for entry in dir.join(&folder).read_dir()? {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = folder.join(entry.file_name());
            // `metadata` follows links: `site/content` is one.
            if dir.join(&path).metadata()?.is_dir() {
                waiting.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Makes the folders in which a file is to lie.
///
/// # Errors
/// When one cannot be made.
pub(crate) fn make_way(file: &Path) -> io::Result<()> {
    file.parent().map_or(Ok(()), std::fs::create_dir_all)
}

/// Writes a file, and the folders in which it lies.
///
/// # Errors
/// When one cannot be made.
pub(crate) fn write(file: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    make_way(file)?;
    std::fs::write(file, bytes)
}

/// A relative path with `/` between its parts, whatever the system writes.
#[must_use]
pub fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
