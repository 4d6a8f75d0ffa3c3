//! A board as it is shown: its discussions, the ways to filter and leaf, the form for a new one.

use serde::Serialize;
use sodium_domain::board::{Filter, place};
use sodium_domain::comment::Comment;
use sodium_domain::correction::TRAILER;
use sodium_domain::talk::Kind;

use crate::config::BaseUrl;
use crate::relay::feed_forms::FORMS;
use crate::site::slots::{Lists, StatedBoard};
use crate::store::boards::Board;
use crate::store::threads::Thread;
use crate::views::comment::{name_of, permalink, thread_url, title_of};
use crate::views::form::TopicForm;
use crate::views::time::TimeView;
use crate::words::{count, say, say_with, terms};

/// A list of a board for `fragments/board.html`.
#[derive(Debug, Serialize)]
pub(crate) struct BoardView {
    pub(crate) title: String,
    pub(crate) lead: String,
    pub(crate) url: String,
    pub(crate) feed_url: String,
    /// The feed of the questions with an answer, where all questions of the site are listed.
    pub(crate) answered_feed_url: Option<String>,
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
    fixed: bool,
    /// What an author needs who mends the page.
    draft: Option<Draft>,
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
            feed_url: format!("{}{}", board.page_url, FORMS[0]),
            answered_feed_url: (board.stated.lists == Lists::Questions)
                .then(|| format!("{}{}", answered_page(board), FORMS[0])),
            entries,
            empty_text: match board.stated.lists {
                Lists::Topics => say("nothing-here-yet"),
                Lists::Needs => say("nobody-has-said-yet-what"),
                Lists::Questions => say("no-questions-here-yet"),
                Lists::Corrections => say("no-corrections-here-yet"),
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

/// The page of a board's answered questions, beside which their feed lies.
pub(crate) fn answered_page(board: &Board) -> String {
    format!("{}{}", board.page_url, place(Filter::Answered, 1))
}

/// The ways to filter a board.
pub(crate) fn filters(board: &Board, current: Filter, page: u32) -> Vec<FilterLink> {
    let offered = match board.stated.lists.filters() {
        // One is no choice.
        [_] => &[],
        several => several,
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
    /// Adds what an author needs, to a correction that nobody has made yet.
    pub(crate) fn with_draft(
        mut self,
        board: &StatedBoard,
        thread: &Thread,
        opening: &Comment,
        base: &BaseUrl,
    ) -> Self {
        if board.lists == Lists::Corrections && opening.fixed.is_none() {
            self.draft = Some(Draft::of(board, thread, opening, base));
        }
        self
    }

    /// What a board shows of a discussion.
    pub(crate) fn new(board: &StatedBoard, thread: &Thread, opening: &Comment) -> Self {
        let of_site = board.lists.gathers().is_some();
        Self {
            draft: None,
            title: title_of(opening),
            url: match of_site {
                true => permalink(opening),
                false => thread_url(&thread.id, 1),
            },
            author: name_of(opening),
            sample: opening.author.as_ref().is_some_and(|author| author.sample),
            kind_label: (!of_site && !opening.kind.is_plain()).then(|| terms::kind(opening.kind)),
            answered: opening.kind == Kind::Question && opening.accepted.is_some(),
            fixed: opening.kind == Kind::Correction && opening.fixed.is_some(),
            created: opening.created.into(),
            last: thread.last.filter(|_| !of_site).map(Into::into),
            answers_text: (!of_site).then(|| answers_text(thread.visible.saturating_sub(1))),
            helpful_text: helpful_text(board.lists, opening.helpful),
            page: of_site.then(|| (thread.title.clone(), thread.page_url.clone())),
        }
    }
}

/// What an author needs to mend a page as a reader asked.
#[derive(Debug, Serialize)]
pub(crate) struct Draft {
    /// The file, from the project's root.
    file: Option<String>,
    /// The heading under which it is.
    heading: Option<String>,
    /// The digest of the text that the reader had before them.
    revision: Option<String>,
    /// Whether the text was changed since.
    earlier: bool,
    /// The line of the commit message that says what it fixes.
    trailer: String,
    /// Where an issue with all of this can be opened.
    issue_url: Option<String>,
}

impl Draft {
    fn of(board: &StatedBoard, thread: &Thread, correction: &Comment, base: &BaseUrl) -> Self {
        let about = correction.about.as_ref();
        let revision = about.and_then(|about| about.revision.clone());
        let mut draft = Self {
            file: thread.source.as_ref().map(|file| format!("content/{file}")),
            heading: about
                .and_then(|about| about.heading.as_ref())
                .map(|heading| heading.title.clone()),
            earlier: revision != thread.revision,
            revision,
            trailer: format!("{TRAILER}: {}", base.join(&permalink(correction))),
            issue_url: None,
        };
        let repository = board.repository.as_ref();
        draft.issue_url = repository.map(|repository| draft.issue(repository, thread));
        draft
    }

    /// The address that opens an issue with a title and a text in it. The reader's words are not
    /// copied: they can take them back.
    fn issue(&self, repository: &str, thread: &Thread) -> String {
        let title = say_with("issue-title", &[("title", &thread.title)]);
        let mut lines = Vec::new();
        if let Some(file) = &self.file {
            lines.push(say_with("issue-file", &[("file", file)]));
        }
        if let Some(heading) = &self.heading {
            lines.push(say_with("issue-heading", &[("heading", heading)]));
        }
        if let Some(revision) = &self.revision {
            lines.push(say_with("issue-revision", &[("revision", revision)]));
        }
        lines.push(say("issue-trailer").to_owned());
        lines.push(format!("    {}", self.trailer));
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("title", &title)
            .append_pair("body", &lines.join("\n\n"))
            .finish();
        format!("{}/issues/new?{query}", repository.trim_end_matches('/'))
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
