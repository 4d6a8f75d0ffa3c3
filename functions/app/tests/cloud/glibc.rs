//! Amazon Linux 2023 has GLIBC 2.34; a binary that needs a newer symbol does not start there.

use crate::function::binary;

/// The version of Amazon Linux 2023.
const THERE: (u32, u32) = (2, 34);

/// The versions that a binary names: each needed symbol's version stands in its string table.
fn named(bytes: &[u8]) -> Vec<(u32, u32)> {
    let mark = b"GLIBC_";
    let starts = bytes.windows(mark.len()).enumerate();
    let starts = starts.filter(|(_, part)| part == mark);
    let texts = starts.filter_map(|(at, _)| {
        let rest = &bytes[at + mark.len()..];
        let end = rest.iter().position(|byte| *byte == 0)?;
        std::str::from_utf8(&rest[..end]).ok()
    });
    let versions = texts.filter_map(|text| {
        let mut parts = text.split('.').map(str::parse);
        Some((parts.next()?.ok()?, parts.next()?.ok()?))
    });
    versions.collect()
}

#[test]
fn no_function_needs_a_newer_glibc_than_lambda_has() {
    for name in ["comments", "signups", "waitlist", "relay", "jobs"] {
        let versions = named(&std::fs::read(binary(name)).unwrap());
        let newest = versions.iter().max().unwrap();
        assert!(*newest <= THERE, "{name} needs GLIBC {newest:?}");
        println!("{name}: GLIBC {}.{}", newest.0, newest.1);
    }
}
