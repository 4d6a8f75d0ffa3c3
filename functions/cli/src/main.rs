//! The `sodium` program.

fn main() {}
