//! How large the programs are.

use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::mega;
use crate::report::Report;

/// One for each function in the cloud.
const LAMBDAS: [&str; 4] = ["comments", "signups", "waitlist", "relay"];

pub(crate) fn measure(program: &Path, root: &Path, report: &mut Report) {
    report.tell("size of sodium", &size(program));
    for name in LAMBDAS {
        let file = root.join("target/release").join(name);
        if file.exists() {
            report.tell(&format!("size of the Lambda function {name}"), &size(&file));
        } else {
            report.skip(
                &format!("size of the Lambda function {name}"),
                "cargo build --release --package sodium-app --bins",
            );
        }
    }
}

fn size(file: &Path) -> String {
    let bytes = std::fs::read(file).unwrap();
    // What a zip file does.
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&bytes).unwrap();
    let packed = packed.finish().unwrap().len();
    format!(
        "{:.1} MB, {:.1} MB zipped",
        mega(bytes.len() as u64),
        mega(packed as u64)
    )
}
