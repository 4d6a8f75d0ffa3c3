//! The `comments` function: writing, changing, reporting and taking away comments. What moderators do
//! with them is in [`crate::moderation`].

pub(crate) mod answer;
pub(crate) mod compose;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod helpful;
pub(crate) mod kept;
pub(crate) mod page_text;
pub(crate) mod post;
pub(crate) mod report;
pub(crate) mod show;
pub(crate) mod suggest;
pub(crate) mod suggestion;
pub(crate) mod topic;
