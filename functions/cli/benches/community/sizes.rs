//! How large the programs are.

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

/// The bytes of a file, and what is left of them in a zip file.
pub(crate) fn of(file: &Path) -> (u64, u64) {
    let bytes = std::fs::read(file).unwrap();
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&bytes).unwrap();
    let packed = packed.finish().unwrap().len();
    (bytes.len() as u64, packed as u64)
}
