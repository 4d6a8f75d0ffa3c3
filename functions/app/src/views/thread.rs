//! A page of a thread as it is shown.

use std::collections::BTreeMap;

use serde::Serialize;
use sodium_domain::talk::Kind;
use sodium_domain::thread::{Mode, page_count};
use sodium_domain::week::Week;

use crate::relay::feed_forms::FORMS;
use crate::store::threads::{QuotedIn, Thread};
use crate::views::comment::{CommentView, thread_url};
use crate::views::form::CommentForm;
use crate::views::posting::Posting;
use crate::words::{Language, count, spoken};
use crate::words::{say, say_with};

/// A page of a thread for `fragments/thread.html`.
#[derive(Debug, Serialize)]
pub(crate) struct ThreadView {
    id: String,
    title: String,
    page_url: String,
    url: String,
    feed_url: String,
    follow_url: String,
    count: u32,
    count_text: String,
    number: u32,
    /// Whether a script may offer another order. The file has one: the helpful order moves with each
    /// mark, and pages in it would all have to be baked for one.
    sortable: bool,
    comments: Vec<CommentView>,
    pages: Vec<PageLink>,
    prev_url: Option<String>,
    next_url: Option<String>,
    closed: bool,
    slow: bool,
    /// Whose corrections are in the page.
    thanks: Vec<String>,
    quoted_in: Vec<QuotedIn>,
    form: CommentForm,
    /// What the page's head says of a topic.
    #[serde(skip)]
    pub(crate) posting: Option<Posting>,
}

#[derive(Debug, Serialize)]
struct PageLink {
    number: u32,
    url: String,
    current: bool,
}

impl ThreadView {
    /// One page of a thread. Only the first lists all pages and counts all comments, so a new
    /// comment changes few files and leaves no stale count on the others.
    pub(crate) fn new(thread: &Thread, number: u32, comments: Vec<CommentView>) -> Self {
        let pages = page_count(thread.published);
        let listed = if number == 1 && pages > 1 { pages } else { 0 };
        Self {
            id: thread.id.to_string(),
            title: thread.title.clone(),
            page_url: thread.page_url.clone(),
            url: thread_url(&thread.id, 1),
            feed_url: format!("{}{}", thread_url(&thread.id, 1), FORMS[0]),
            follow_url: format!("/api/threads/{}/follow", thread.id),
            count: if number == 1 { thread.visible } else { 0 },
            count_text: match number {
                1 => count_text(thread.visible),
                _ => say_with("page", &[("number", &number)]),
            },
            number,
            sortable: comments.len() > 2 && comments.iter().any(CommentView::is_helpful),
            comments,
            pages: (1..=listed)
                .map(|page| PageLink {
                    number: page,
                    url: thread_url(&thread.id, page),
                    current: page == number,
                })
                .collect(),
            prev_url: (number > 1).then(|| thread_url(&thread.id, number - 1)),
            next_url: (number < pages).then(|| thread_url(&thread.id, number + 1)),
            closed: false,
            slow: false,
            thanks: Vec::new(),
            quoted_in: in_own_language(&thread.digests),
            form: CommentForm::of_thread(&thread.id)
                .with_kinds(Kind::default())
                .with_headings(&thread.headings, ""),
            posting: None,
        }
    }

    /// Says what its topic is.
    pub(crate) fn with_posting(mut self, posting: Option<Posting>) -> Self {
        self.posting = posting;
        self
    }

    /// Says whose corrections are in the page.
    pub(crate) fn thanking(mut self, names: Vec<String>) -> Self {
        self.thanks = names;
        self
    }

    /// Says who may write.
    pub(crate) fn in_mode(mut self, mode: Mode) -> Self {
        self.closed = mode == Mode::Closed;
        self.slow = mode == Mode::Slow;
        if self.closed {
            let comments = self.comments.into_iter();
            self.comments = comments.map(CommentView::without_reply).collect();
        }
        self
    }
}

/// Each digest once: its page in the language in force, or else in the site's own.
fn in_own_language(digests: &[QuotedIn]) -> Vec<QuotedIn> {
    let mut by_week: BTreeMap<Week, &QuotedIn> = BTreeMap::new();
    for digest in digests {
        let is_own = Language::of_path(&digest.url) == spoken();
        let kept = by_week.entry(digest.week).or_insert(digest);
        if is_own {
            *kept = digest;
        }
    }
    by_week.into_values().cloned().collect()
}

/// “No comments yet”, “1 comment”, “12 comments”.
pub(crate) fn count_text(number: u32) -> String {
    match number {
        0 => say("no-comments-yet").into(),
        _ => count("comments", number.into()),
    }
}

/// A thread as pages of functions name it.
#[derive(Debug, Serialize)]
pub(crate) struct ThreadLink {
    pub(crate) title: String,
    pub(crate) page_url: String,
    pub(crate) url: String,
}

impl From<&Thread> for ThreadLink {
    fn from(thread: &Thread) -> Self {
        Self {
            title: thread.title.clone(),
            page_url: thread.page_url.clone(),
            url: thread_url(&thread.id, 1),
        }
    }
}
