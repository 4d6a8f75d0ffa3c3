//! What the `sodium` program is made of. See `main.rs` for its commands.

pub mod borrowed;
pub mod build;
pub mod calendar;
pub mod check;
pub mod cloud;
pub mod community;
pub mod content;
pub mod cost;
pub mod data;
pub mod description;
mod digest;
pub mod draft;
pub mod engine;
pub mod files;
mod fingerprint;
pub mod new;
pub mod precompress;
pub mod progress;
pub mod roles;
pub mod root;
pub mod search;
pub mod serve;
pub mod talk;
pub mod transfer;
pub mod zola;
