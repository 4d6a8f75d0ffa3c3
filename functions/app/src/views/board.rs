//! A board as it is shown: its discussions, the ways to filter and leaf, the form for a new one.

use serde::Serialize;
use sodium_domain::board::{Filter, place};
use sodium_domain::comment::Comment;
use sodium_domain::talk::Kind;

use crate::site::slots::{Lists, StatedBoard};
use crate::store::boards::Board;
use crate::store::threads::Thread;
use crate::views::comment::{excerpt_of, name_of, permalink, thread_url};
use crate::views::form::TopicForm;
use crate::views::time::TimeView;
use crate::words::say;
use crate::words::{count, terms};

/// A list of a board for `fragments/board.html`.
#[derive(Debug, Serialize)]
pub(crate) struct BoardView {
    pub(crate) title: String,
    pub(crate) lead: String,
    pub(crate) url: String,
    pub(crate) feed_url: String,
    pub(crate) entries: Vec<Entry>,
    pub(crate) empty_text: &'static str,
    pub(crate) filters: Vec<FilterLink>,
    pub(crate) earlier: Option<String>,
    pub(crate) later: Option<String>,
    /// The newest page of the list in the order of beginning.
    pub(crate) begun: Option<String>,
    /// Whether it says of each discussion only what never changes.
    pub(crate) plain: bool,
    pub(crate) form: Option<TopicForm>,
}

/// A way to see fewer.
#[derive(Debug, Serialize)]
pub(crate) struct FilterLink {
    label: &'static str,
    url: String,
    current: bool,
    /// Whether this very page is where the link leads.
    here: bool,
}

/// A discussion in a list.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    title: String,
    url: String,
    author: Option<String>,
    sample: bool,
    kind_label: Option<&'static str>,
    answered: bool,
    created: TimeView,
    last: Option<TimeView>,
    /// How much was said; not of a question among other talk, which nobody has counted.
    answers_text: Option<String>,
    helpful_text: Option<String>,
    /// The page under which it was asked, where that is another.
    page: Option<(String, String)>,
}

impl BoardView {
    pub(crate) fn new(board: &Board, entries: Vec<Entry>) -> Self {
        Self {
            title: board.stated.title.clone(),
            lead: board.stated.lead.clone(),
            url: board.page_url.clone(),
            feed_url: format!("{}feed.xml", board.page_url),
            entries,
            empty_text: match board.stated.lists {
                Lists::Topics => say("nothing-here-yet"),
                Lists::Needs => say("nobody-has-said-yet-what"),
                Lists::Questions => say("no-questions-here-yet"),
            },
            filters: Vec::new(),
            earlier: None,
            later: None,
            begun: None,
            plain: false,
            form: None,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The ways to filter a board.
pub(crate) fn filters(board: &Board, current: Filter, page: u32) -> Vec<FilterLink> {
    let offered: &[Filter] = match board.stated.lists {
        Lists::Topics => &Filter::ALL,
        // What somebody wants to learn is no question that one answer settles.
        Lists::Needs => &[],
        Lists::Questions => &[Filter::All, Filter::Unanswered, Filter::Answered],
    };
    offered
        .iter()
        .copied()
        .map(|filter| FilterLink {
            label: terms::filter(filter),
            url: format!("{}{}", board.page_url, place(filter, 1)),
            current: filter == current,
            here: filter == current && page == 1,
        })
        .collect()
}

impl Entry {
    /// What a board shows of a discussion.
    pub(crate) fn new(board: &StatedBoard, thread: &Thread, opening: &Comment) -> Self {
        let of_site = board.lists == Lists::Questions;
        let title = opening
            .title
            .as_ref()
            .map(|title| title.as_str().to_owned());
        Self {
            title: title.unwrap_or_else(|| excerpt_of(opening)),
            url: match of_site {
                true => permalink(opening),
                false => thread_url(&thread.id, 1),
            },
            author: name_of(opening),
            sample: opening.author.as_ref().is_some_and(|author| author.sample),
            kind_label: (!of_site && !opening.kind.is_plain()).then(|| terms::kind(opening.kind)),
            answered: opening.kind == Kind::Question && opening.accepted.is_some(),
            created: opening.created.into(),
            last: thread.last.filter(|_| !of_site).map(Into::into),
            answers_text: (!of_site).then(|| answers_text(thread.visible.saturating_sub(1))),
            helpful_text: helpful_text(board.lists, opening.helpful),
            page: of_site.then(|| (thread.title.clone(), thread.page_url.clone())),
        }
    }
}

fn answers_text(number: u32) -> String {
    match number {
        0 => say("no-answer-yet").into(),
        _ => count("answers", number.into()),
    }
}

fn helpful_text(lists: Lists, number: u32) -> Option<String> {
    match (lists, number) {
        (_, 0) => None,
        (Lists::Needs, _) => Some(count("others-want", number.into())),
        (_, _) => Some(count("found-helpful-by", number.into())),
    }
}
