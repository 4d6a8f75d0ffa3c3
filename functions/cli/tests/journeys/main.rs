//! Journeys: what people do, through the real router and the AWS SDK, on the embedded engine or on an
//! emulator of AWS.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]

mod kit;
mod measuring;

mod abuse;
mod account;
mod blocks;
mod boards;
mod broken_writes;
mod canary;
mod comments;
mod companies;
mod consumption;
mod contention;
mod corrections;
mod data_map;
mod decisions;
mod deploying;
mod digests;
mod earlier;
mod feeds;
mod following;
mod foreign;
mod jobs;
mod languages;
mod leaks;
mod leaving;
mod mails;
mod marks;
mod matrix;
mod moderation;
mod operating;
mod passkeys;
mod permissions;
mod progress;
mod publishing;
mod pulling;
mod questions;
mod quotes;
mod races;
mod relay;
mod reports;
mod restoring;
mod roles;
mod scenario;
mod seats;
mod sign_in;
mod spoiled;
mod storms;
mod suggestions;
mod threads;
mod transfer;
mod waitlist;
