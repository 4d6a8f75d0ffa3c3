//! Names that change with the content: each stylesheet, script and picture of `site/static` goes out
//! as `name.FINGERPRINT.ending`, so caches may keep it for ever, and a page that is a minute old
//! still finds the stylesheet that it was made with. The templates' macro `links::asset` makes the
//! same names.

use std::io;
use std::path::{Path, PathBuf};

use sodium_app::files::kinds::FINGERPRINT;

use crate::digest::sha256;
use crate::files::walk;

/// What pages load under such a name. Other files (`robots.txt`, `.well-known/`) are looked for
/// under the name that they have.
const ENDINGS: [&str; 8] = ["css", "js", "svg", "png", "jpg", "webp", "avif", "woff2"];

/// Renames in `out` what came from the folder `statics`.
pub(crate) fn rename(statics: &Path, out: &Path) -> io::Result<()> {
    if !statics.is_dir() {
        return Ok(());
    }
    for relative in walk(statics)? {
        if let Some(name) = fingerprinted(&relative, &std::fs::read(statics.join(&relative))?) {
            std::fs::rename(out.join(&relative), out.join(name))?;
        }
    }
    Ok(())
}

fn fingerprinted(path: &Path, bytes: &[u8]) -> Option<PathBuf> {
    let ending = path.extension()?.to_str()?;
    if !ENDINGS.contains(&ending) {
        return None;
    }
    let print = &sha256(bytes)[..FINGERPRINT];
    Some(path.with_extension(format!("{print}.{ending}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_changes_with_the_content_and_only_then() {
        let name = |bytes: &[u8]| fingerprinted(Path::new("styles/base.css"), bytes).unwrap();
        // `printf a | sha256sum`
        assert_eq!(name(b"a"), Path::new("styles/base.ca978112ca1bbdca.css"));
        assert_ne!(name(b"a"), name(b"b"));
        assert_eq!(fingerprinted(Path::new("humans.txt"), b"a"), None);
    }
}
