//! What the `sodium` program is made of. See `main.rs` for its commands.

pub mod calendar;
pub mod check;
pub mod content;
pub mod files;
pub mod precompress;
pub mod zola;
