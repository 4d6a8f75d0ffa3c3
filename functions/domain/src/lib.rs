//! The rules of Sodium Learn.
