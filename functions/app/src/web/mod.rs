//! What all handlers share: who asks, what they sent, how they are answered.

pub(crate) mod cookie;
pub(crate) mod form;
pub mod guard;
pub mod health;
pub(crate) mod network;
pub mod page;
pub(crate) mod problem;
pub(crate) mod read_only;
pub(crate) mod reply;
pub mod routing;
pub mod signature;
pub(crate) mod visitor;
