//! How large the programs and the search index are.

use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::mega;
use crate::report::Report;

pub(crate) fn measure(program: &Path, report: &mut Report) {
    let (bytes, packed) = of(program);
    report.tell(
        "size of sodium",
        &format!("{:.1} MB, {:.1} MB zipped", mega(bytes), mega(packed)),
    );
}

/// Pages whose excerpts are shown at once; see `site/static/scripts/search-results.js`.
const SHOWN: usize = 8;

/// What a first answer of the search loads at most: the program, and the largest piece of each kind that a
/// query of one word needs.
pub(crate) fn search(public: &Path, report: &mut Report) {
    let folder = public.join("search/pagefind");
    let size = |file: &str| folder.join(file).metadata().unwrap().len();
    let below = |kind: &str| -> Vec<u64> {
        let entries = folder.join(kind).read_dir().unwrap();
        let mut sizes: Vec<u64> = entries
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        sizes
    };
    let (chunks, pages) = (below("index"), below("fragment"));
    let program = size("pagefind.js.br") + size("wasm.en.pagefind");
    let answer = chunks[0] + pages.iter().take(SHOWN).sum::<u64>();
    report.tell(
        "search",
        &format!(
            "{} pages in {} KB of {} files; a first answer loads at most {} KB, {} KB of them the program",
            pages.len(),
            (chunks.iter().sum::<u64>() + pages.iter().sum::<u64>()) / 1024,
            chunks.len() + pages.len(),
            (program + answer) / 1024,
            program / 1024
        ),
    );
}

/// The bytes of a file, and what is left of them in a zip file.
pub(crate) fn of(file: &Path) -> (u64, u64) {
    let bytes = std::fs::read(file).unwrap();
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&bytes).unwrap();
    let packed = packed.finish().unwrap().len();
    (bytes.len() as u64, packed as u64)
}
