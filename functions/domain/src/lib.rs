//! The rules of Sodium Learn.

mod characters;
pub mod email;
pub mod markdown;
pub mod name;
pub mod session_time;
