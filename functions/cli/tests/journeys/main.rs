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
mod jobs;
mod leaving;
mod mails;
mod moderation;
mod publishing;
mod races;
mod relay;
mod seats;
mod sign_in;
mod spoiled;
mod threads;
mod waitlist;
