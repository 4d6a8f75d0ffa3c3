//! What is shown: the shapes that templates get. Stored things are turned into them here and
//! nowhere else, so a state that hides text hides it everywhere.

pub(crate) mod board;
pub(crate) mod comment;
pub(crate) mod form;
pub(crate) mod posting;
pub(crate) mod progress;
pub(crate) mod session;
pub(crate) mod suggestion;
pub(crate) mod thread;
pub(crate) mod time;
