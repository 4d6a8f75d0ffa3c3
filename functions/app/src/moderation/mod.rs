//! What moderators do: the queue, their decisions, taking them back, and the answers of those whom
//! they concern. Part of the `comments` function.

pub(crate) mod appeal;
pub(crate) mod decide;
pub(crate) mod decided;
pub(crate) mod member;
pub(crate) mod mode;
pub(crate) mod queue;
pub(crate) mod suggestion;
