//! The functions as they run on AWS: the binaries under AWS's own Runtime Interface Emulator, behind a
//! gateway that speaks to them as an HTTP API behind CloudFront does, on moto's table, files, keys
//! and mail. `make cloud-test` runs this, with the release binaries.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]

mod account;
mod browser;
#[path = "../browsing/mod.rs"]
mod browsing;
mod function;
mod gateway;
mod glibc;
mod http;
mod life;
#[path = "../passkey/mod.rs"]
#[allow(dead_code, reason = "here a passkey is only made")]
mod passkey;
mod requests;
mod stream;
mod world;
