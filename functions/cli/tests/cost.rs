//! `infra/README.md` says what a community costs; the program says it.

use std::path::Path;

use sodium_cli::cost;

#[test]
fn the_readme_says_what_the_program_computes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("infra/README.md")).unwrap();
    let section = cost::section(&root).unwrap();
    assert!(
        readme == cost::replaced(&readme, &section).unwrap(),
        "infra/README.md says something else than `sodium cost`; run `make cost`"
    );
}
