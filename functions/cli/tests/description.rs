//! The description of the API is the one that the routes make.

use std::path::Path;

use sodium_cli::description::{FILE, openapi};

#[test]
fn the_description_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let written = std::fs::read_to_string(root.join(FILE)).unwrap_or_default();
    let current = openapi().unwrap_or_else(|error| panic!("{error}"));
    assert!(
        written == current,
        "{FILE} is not what the routes are now: write it with `cargo run -p sodium-cli -- describe`"
    );
}
