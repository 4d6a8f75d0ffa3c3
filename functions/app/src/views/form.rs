//! The comment form, wherever it stands: under a page, alone, or again with what was wrong.

use serde::Serialize;
use sodium_domain::id::{CommentId, ThreadId};
use sodium_domain::markdown::Html;
use sodium_domain::talk::{Heading, Kind, TITLE_MAX};

use crate::site::slots::{Lists, StatedBoard};
use crate::web::problem::Problem;
use crate::words::say;
use crate::words::terms;

/// A form for `fragments/comment_form.html`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CommentForm {
    pub(crate) action: String,
    pub(crate) preview_action: String,
    pub(crate) body: String,
    pub(crate) kinds: Vec<KindChoice>,
    pub(crate) headings: Vec<HeadingChoice>,
    /// Whether the box is ticked that follows the thread.
    pub(crate) follow: bool,
    pub(crate) reply_to: Option<ReplyTo>,
    pub(crate) token: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) error: Option<Problem>,
    pub(crate) signed_in_as: Option<String>,
    pub(crate) preview: Option<Preview>,
    pub(crate) submit: &'static str,
    pub(crate) mode: &'static str,
    pub(crate) max_length: usize,
}

/// A kind of talk that the form offers.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct KindChoice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

/// A part of the page that a comment can be about.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct HeadingChoice {
    anchor: String,
    title: String,
    chosen: bool,
}

/// The form for a new topic, for `fragments/topic_form.html`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TopicForm {
    pub(crate) board: String,
    pub(crate) title: String,
    pub(crate) title_max: usize,
    pub(crate) need: bool,
    /// The rest of it is the form of a comment.
    pub(crate) comment: CommentForm,
}

impl TopicForm {
    /// The empty form of a board, as it stands in files.
    pub(crate) fn of_board(board: &StatedBoard) -> Self {
        let action = format!("/api/boards/{}/topics", board.board);
        Self {
            board: board.board.to_string(),
            title: String::new(),
            title_max: TITLE_MAX,
            need: board.lists == Lists::Needs,
            comment: CommentForm {
                preview_action: action.clone(),
                submit: say("begin-topic-3"),
                mode: "topic",
                ..CommentForm::to(action).with_kinds(Kind::default())
            },
        }
    }
}

/// The comment that is being answered.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReplyTo {
    pub(crate) id: CommentId,
    pub(crate) name: String,
}

/// The text as it will look.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Preview {
    pub(crate) html: Html,
}

impl CommentForm {
    /// The empty form of a thread, as it stands in files: without anything of one reader.
    pub(crate) fn of_thread(thread: &ThreadId) -> Self {
        Self::to(format!("/api/threads/{thread}/comments"))
    }

    fn to(action: String) -> Self {
        Self {
            preview_action: action.clone(),
            action,
            body: String::new(),
            kinds: Vec::new(),
            headings: Vec::new(),
            follow: false,
            reply_to: None,
            token: None,
            key: None,
            error: None,
            signed_in_as: None,
            preview: None,
            submit: say("post"),
            mode: "new",
            max_length: sodium_domain::markdown::MAX_CHARS,
        }
    }

    /// Offers the kinds of talk.
    pub(crate) fn with_kinds(mut self, chosen: Kind) -> Self {
        self.kinds = Kind::ALL
            .iter()
            .map(|kind| KindChoice {
                value: kind.value(),
                label: terms::kind(*kind),
                chosen: *kind == chosen,
            })
            .collect();
        self
    }

    /// Offers the headings of the page.
    pub(crate) fn with_headings(mut self, headings: &[Heading], chosen: &str) -> Self {
        self.headings = headings
            .iter()
            .map(|heading| HeadingChoice {
                anchor: heading.anchor.clone(),
                title: heading.title.clone(),
                chosen: heading.anchor == chosen,
            })
            .collect();
        self
    }
}
