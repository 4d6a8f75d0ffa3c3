//! The `signups` function: accounts by mail link, own data, and seats in live sessions.

pub(crate) mod account;
pub(crate) mod carrier;
pub(crate) mod certificate;
pub(crate) mod company;
pub(crate) mod export;
pub(crate) mod follow;
pub(crate) mod language;
pub(crate) mod leave;
pub(crate) mod mails;
pub(crate) mod name;
mod oidc;
pub(crate) mod passkey_entry;
pub(crate) mod passkeys;
pub(crate) mod progress;
pub(crate) mod quoting;
pub(crate) mod seat;
pub(crate) mod sign_in;
pub(crate) mod stops;
mod webauthn;
