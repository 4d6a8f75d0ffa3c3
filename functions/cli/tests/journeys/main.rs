//! Journeys: what people do, through the real router and the AWS SDK, on the embedded engine or on an
//! emulator of AWS.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]

mod kit;

mod account;
mod comments;
mod contention;
mod deploying;
mod earlier;
mod jobs;
mod leaving;
mod mails;
mod marks;
mod moderation;
mod publishing;
mod questions;
mod races;
mod relay;
mod seats;
mod sign_in;
mod spoiled;
mod threads;
mod waitlist;
