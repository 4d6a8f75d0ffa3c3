//! The `comments` function: writing, changing and taking away comments, and deciding about those
//! that wait.

pub(crate) mod answer;
pub(crate) mod compose;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod helpful;
pub(crate) mod moderate;
pub(crate) mod post;
pub(crate) mod show;
pub(crate) mod topic;
