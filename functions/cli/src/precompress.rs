//! Compresses pages before anybody asks for them: brotli and gzip beside each file, the same bytes in every build.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, GzBuilder};

use crate::cache::Cache;
use crate::digest::sha256;
use crate::{files, threads};

/// Files of these kinds get smaller; images and archives are compressed already.
const TEXT: [&str; 14] = [
    "atom",
    "css",
    "csv",
    "html",
    "ics",
    "js",
    "json",
    "map",
    "mjs",
    "opml",
    "svg",
    "txt",
    "webmanifest",
    "xml",
];
/// Below this a compressed answer saves nothing on the wire: it fits into one packet anyway.
const SMALLEST: usize = 512;
/// Brotli's window, as a power of two: larger than any page.
const WINDOW: i32 = 22;

/// How the marker elements in shells begin.
const MARKER: &[u8] = b"<sodium-";

/// How hard to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// As small as can be, for files that are made once and read often.
    Build,
    /// Quickly, for a page that has just changed.
    Live,
}

/// The compressed forms of a file, each only where it is smaller than the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compressed {
    /// Brotli (RFC 7932).
    pub br: Option<Vec<u8>>,
    /// Gzip (RFC 1952), without name and time.
    pub gz: Option<Vec<u8>>,
}

/// What `precompress` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Precompressed {
    /// Files that have compressed forms now, or would not get smaller.
    pub files: usize,
    /// How many of them were in the cache.
    pub cached: usize,
}

/// Whether a file is of a kind and a size that compression makes smaller.
#[must_use]
pub fn is_worth_it(path: &Path, size: usize) -> bool {
    let kind = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    size >= SMALLEST && TEXT.contains(&kind)
}

/// Compresses some bytes.
///
/// # Errors
/// When the encoders fail, which they do not in memory.
pub fn compress_bytes(bytes: &[u8], effort: Effort) -> io::Result<Compressed> {
    Ok(Compressed {
        br: smaller(brotli(bytes, effort)?, bytes),
        gz: smaller(gzip(bytes, effort)?, bytes),
    })
}

/// Writes a `.br` and a `.gz` beside each text-like file below `dir`. Brotli's results are kept in `cache_dir` by
/// the hash of the content: a second build of the same pages costs next to nothing.
///
/// # Errors
/// When a file cannot be read or written.
pub fn precompress(dir: &Path, cache_dir: &Path) -> io::Result<Precompressed> {
    let cache = Cache::open(cache_dir)?;
    let files: Vec<PathBuf> = files::walk(dir)?
        .iter()
        .map(|path| dir.join(path))
        .collect();
    let sources = threads::each(&files, |file| precompress_file(file, &cache))?;
    cache.forget_old()?;
    let mut done = Precompressed {
        files: 0,
        cached: 0,
    };
    for source in sources {
        done.count(source);
    }
    Ok(done)
}

/// Where the compressed form of a file came from.
#[derive(Clone, Copy)]
enum Source {
    Cache,
    Made,
    NotWorthIt,
}

impl Precompressed {
    fn count(&mut self, source: Source) {
        match source {
            Source::Cache => (self.files, self.cached) = (self.files + 1, self.cached + 1),
            Source::Made => self.files += 1,
            Source::NotWorthIt => {}
        }
    }
}

fn precompress_file(file: &Path, cache: &Cache) -> io::Result<Source> {
    // The size first: most large files are images, which need not be read.
    if !is_worth_it(
        file,
        usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX),
    ) {
        return Ok(Source::NotWorthIt);
    }
    let bytes = fs::read(file)?;
    // A page that waits for something from the table is compressed when it is baked.
    if bytes.windows(MARKER.len()).any(|window| window == MARKER) {
        return Ok(Source::NotWorthIt);
    }
    let (br, source) = cached_brotli(&bytes, cache)?;
    write_beside(file, "br", smaller(br, &bytes))?;
    write_beside(file, "gz", smaller(gzip(&bytes, Effort::Build)?, &bytes))?;
    Ok(source)
}

fn cached_brotli(bytes: &[u8], cache: &Cache) -> io::Result<(Vec<u8>, Source)> {
    let name = sha256(bytes) + ".br";
    if let Some(br) = cache.get(&name) {
        return Ok((br, Source::Cache));
    }
    let br = brotli(bytes, Effort::Build)?;
    cache.put(&name, &br)?;
    Ok((br, Source::Made))
}

/// Writes a compressed form, or removes the one of an earlier build.
fn write_beside(file: &Path, extension: &str, bytes: Option<Vec<u8>>) -> io::Result<()> {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    match bytes {
        Some(bytes) => fs::write(name, bytes),
        None => match fs::remove_file(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        },
    }
}

fn smaller(compressed: Vec<u8>, original: &[u8]) -> Option<Vec<u8>> {
    (compressed.len() < original.len()).then_some(compressed)
}

fn brotli(bytes: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    let quality = match effort {
        Effort::Build => 11,
        Effort::Live => 5,
    };
    let params = BrotliEncoderParams {
        quality,
        lgwin: WINDOW,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut io::Cursor::new(bytes), &mut compressed, &params)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    let level = match effort {
        Effort::Build => Compression::best(),
        Effort::Live => Compression::default(),
    };
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), level);
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn page() -> Vec<u8> {
        "<p>Learning together is easier than learning alone.</p>\n"
            .repeat(40)
            .into_bytes()
    }

    fn unzip(gz: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(gz)
            .read_to_end(&mut bytes)
            .unwrap();
        bytes
    }

    fn unbrotli(br: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        brotli::BrotliDecompress(&mut io::Cursor::new(br), &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn both_forms_hold_the_same_bytes_at_each_effort() {
        for effort in [Effort::Build, Effort::Live] {
            let compressed = compress_bytes(&page(), effort).unwrap();
            assert_eq!(unbrotli(&compressed.br.unwrap()), page());
            assert_eq!(unzip(&compressed.gz.unwrap()), page());
        }
    }

    #[test]
    fn what_does_not_get_smaller_is_left_alone() {
        let none = Compressed { br: None, gz: None };
        assert_eq!(compress_bytes(b"x", Effort::Live).unwrap(), none);
    }

    #[test]
    fn a_second_build_takes_the_same_bytes_from_the_cache() {
        let (dir, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let beside =
            |extension: &str| fs::read(dir.path().join(format!("index.html.{extension}"))).unwrap();
        fs::write(dir.path().join("index.html"), page()).unwrap();
        fs::write(dir.path().join("short.html"), "short").unwrap();
        fs::write(dir.path().join("image.png"), page()).unwrap();

        let first = precompress(dir.path(), cache.path()).unwrap();
        let made = (beside("br"), beside("gz"));
        let second = precompress(dir.path(), cache.path()).unwrap();

        assert_eq!(
            first,
            Precompressed {
                files: 1,
                cached: 0
            }
        );
        assert_eq!(
            second,
            Precompressed {
                files: 1,
                cached: 1
            }
        );
        assert_eq!((beside("br"), beside("gz")), made);
        assert_eq!(unbrotli(&made.0), page());
        assert_eq!(
            files::walk(dir.path()).unwrap().len(),
            5,
            "only the page has compressed forms"
        );
    }
}
