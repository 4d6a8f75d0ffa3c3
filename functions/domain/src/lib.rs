//! The rules of Sodium Learn: what a comment, a thread, a member, a live session and a waitlist entry
//! are, and how Markdown becomes HTML that is safe to show. Pure: no I/O, no async, no clock. Times
//! and identifiers are handed in.

pub mod board;
mod characters;
pub mod comment;
pub mod correction;
pub mod course;
pub mod decision;
pub mod digest;
pub mod email;
pub mod follow;
pub mod id;
pub mod markdown;
pub mod member;
pub mod name;
pub mod passkey;
pub mod policy;
pub mod seat;
pub mod session_time;
pub mod suggestion;
pub mod talk;
pub mod thread;
pub mod waitlist;
pub mod week;
