//! What the `sodium` program is made of. See `main.rs` for its commands.

pub mod build;
mod cache;
pub mod calendar;
pub mod cards;
pub mod check;
pub mod cloud;
pub mod community;
pub mod content;
pub mod cost;
pub mod data;
pub mod description;
mod digest;
pub mod engine;
pub mod files;
mod fingerprint;
pub mod new;
pub mod precompress;
pub mod roles;
pub mod root;
pub mod search;
pub mod serve;
mod threads;
pub mod transfer;
pub mod zola;
