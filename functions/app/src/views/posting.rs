//! What a topic says of itself to search engines, in the words of schema.org.

use std::collections::HashMap;

use serde::Serialize;
use sodium_domain::comment::Comment;
use sodium_domain::id::CommentId;
use sodium_domain::markdown::excerpt;
use sodium_domain::talk::Kind;

use crate::store::threads::Thread;
use crate::views::comment::name_of;
use crate::views::time::TimeView;

/// Characters of a text. The page has the rest.
const TEXT: usize = 1000;

/// A topic for `fragments/head.html`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Posting {
    /// Whether it asks something.
    question: bool,
    /// What it begins with.
    opening: Said,
    /// How many answers readers see.
    answers: u32,
    /// The answer that helped.
    accepted: Option<Said>,
}

/// Something that somebody wrote.
#[derive(Debug, Clone, Serialize)]
struct Said {
    text: String,
    author: String,
    created: TimeView,
    /// Its place on the page.
    anchor: String,
}

impl Posting {
    /// The topic of a thread, from the comments of its first page. Only of those: a comment of another page
    /// may change without this page. Nothing when readers do not see how it began.
    pub(crate) fn of(thread: &Thread, comments: &HashMap<CommentId, Comment>) -> Option<Self> {
        let opening = comments.get(&thread.topic.as_ref()?.opening)?;
        let accepted = opening.accepted.and_then(|answer| comments.get(&answer));
        Some(Self {
            question: opening.kind == Kind::Question,
            opening: Said::by(opening)?,
            answers: thread.visible.saturating_sub(1),
            accepted: accepted.and_then(Said::by),
        })
    }
}

impl Said {
    fn by(comment: &Comment) -> Option<Self> {
        let shown = comment.is_public().then_some(comment)?;
        Some(Self {
            text: excerpt(shown.body.as_ref()?, TEXT),
            author: name_of(shown)?,
            created: shown.created.into(),
            anchor: format!("c-{}", shown.id),
        })
    }
}
