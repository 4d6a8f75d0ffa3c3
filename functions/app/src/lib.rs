//! The functions of Sodium Learn: HTTP routes, the store on DynamoDB, mail, and baking.
//!
//! A request goes handler → domain → [`store::Store`] and back. What must follow a write is put
//! into the outbox by the same transaction and worked by the [`relay`].

pub mod aws;
mod cause;
pub mod clock;
pub mod companies;
pub mod config;
pub mod files;
pub mod jobs;
pub mod lambda;
pub mod mail;
pub mod meter;
pub mod relay;
pub mod routes;
pub mod sample;
pub mod seal;
pub mod site;
pub mod state;
pub mod store;
pub mod transfer;
pub mod web;
pub mod words;

/// The policy that is in this binary, `site/policy.toml` when it was built.
pub const DEFAULT_POLICY: &str = include_str!("../../../site/policy.toml");

mod comments;
mod limits;
mod moderation;
mod signups;
mod views;
mod waitlist;
