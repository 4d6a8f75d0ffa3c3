//! A comment as it is shown.

use std::collections::HashMap;

use serde::Serialize;
use sodium_domain::comment::{Comment, State};
use sodium_domain::correction::Fixed;
use sodium_domain::id::{CommentId, ThreadId};
use sodium_domain::markdown::{Html, excerpt, render_mentioning};
use sodium_domain::talk::Kind;
use sodium_domain::thread::{Branch, page_of};

use crate::store::threads::Thread;
use crate::views::time::TimeView;
use crate::words::terms;
use crate::words::{say, say_with};

/// Characters of a comment in lists and feeds' titles.
const EXCERPT: usize = 140;

/// A comment for `fragments/comment.html`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CommentView {
    id: CommentId,
    anchor: String,
    author: Option<AuthorView>,
    created: TimeView,
    edited: Option<TimeView>,
    html: Option<Html>,
    kind: &'static str,
    kind_label: Option<&'static str>,
    /// The title of a topic, where the page has not got it for its own.
    title: Option<String>,
    /// Whether marking it says “I want this too”.
    need: bool,
    about: Option<AboutView>,
    /// The way to the accepted answer, from its question.
    answer_url: Option<String>,
    /// The way to choose one, for the question's author.
    choose_url: Option<String>,
    is_answer: bool,
    fixed: Option<FixedView>,
    helpful: u32,
    helpful_url: String,
    state: &'static str,
    state_text: Option<String>,
    reply_to: Option<ReplyView>,
    pub(crate) permalink: String,
    reply_url: Option<String>,
    report_url: Option<String>,
    manage_url: Option<String>,
    depth: usize,
    replies: Vec<CommentView>,
    more: Option<MoreView>,
}

#[derive(Debug, Clone, Serialize)]
struct AuthorView {
    name: String,
    sample: bool,
    /// Whether the comment came from elsewhere, which is marked wherever the name shows.
    imported: bool,
}

/// Whom a comment answers.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReplyView {
    pub(crate) name: String,
    pub(crate) url: String,
}

/// Which part of the page a comment is about.
#[derive(Debug, Clone, Serialize)]
struct AboutView {
    title: Option<String>,
    url: Option<String>,
    /// Whether the page has changed since.
    earlier: bool,
}

/// The change of the page that a comment led to.
#[derive(Debug, Clone, Serialize)]
struct FixedView {
    commit: String,
    at: TimeView,
}

impl From<&Fixed> for FixedView {
    fn from(fixed: &Fixed) -> Self {
        Self {
            commit: fixed.commit.clone(),
            at: fixed.at.into(),
        }
    }
}

#[derive(Debug, Clone, Serialize)]
struct MoreView {
    text: String,
    url: String,
}

/// The path of a page of a thread's own discussion pages.
pub(crate) fn thread_url(thread: &ThreadId, page: u32) -> String {
    match page {
        0 | 1 => format!("/discussions/{thread}/"),
        _ => format!("/discussions/{thread}/{page}/"),
    }
}

/// The address of a comment that never changes.
pub(crate) fn permalink(comment: &Comment) -> String {
    comment_url(&comment.thread, comment.number, comment.id)
}

/// The address of a comment with this number in its thread, or which will get it.
pub(crate) fn comment_url(thread: &ThreadId, number: Option<u32>, comment: CommentId) -> String {
    format!(
        "{}#c-{comment}",
        thread_url(thread, number.map_or(1, page_of))
    )
}

/// The page of a comment for its author and for moderators.
pub(crate) fn manage_url(comment: &Comment) -> String {
    format!("/api/threads/{}/comments/{}", comment.thread, comment.id)
}

/// What a comment says, in a few words of plain text.
pub(crate) fn excerpt_of(comment: &Comment) -> String {
    comment
        .body
        .as_ref()
        .map(|body| excerpt(body, EXCERPT))
        .unwrap_or_default()
}

/// What a topic or a question is called: by its title, else by how it begins.
pub(crate) fn title_of(opening: &Comment) -> String {
    let title = opening.title.as_ref();
    title.map_or_else(|| excerpt_of(opening), |title| title.as_str().to_owned())
}

/// The name of who wrote a comment, for places that show it as text alone; nothing, if nobody's is known.
pub(crate) fn name_of(comment: &Comment) -> Option<String> {
    let author = AuthorView::of(comment)?;
    Some(match author.imported {
        true => say_with("imported-name", &[("name", &author.name)]),
        false => author.name,
    })
}

impl AuthorView {
    fn of(comment: &Comment) -> Option<Self> {
        if let Some(author) = &comment.author {
            return Some(Self {
                name: author.name.as_str().to_owned(),
                sample: author.sample,
                imported: false,
            });
        }
        let imported = comment.imported.as_ref()?;
        let name = imported.name.as_ref();
        Some(Self {
            name: name
                .map_or(say("somebody"), |name| name.as_str())
                .to_owned(),
            sample: false,
            imported: true,
        })
    }
}

impl CommentView {
    /// A comment as readers see it: its text only while it is published.
    pub(crate) fn public(comment: &Comment) -> Self {
        let view = Self::new(comment, comment.is_public());
        if comment.is_public() {
            view
        } else {
            view.tombstone()
        }
    }

    /// What readers see in the place of a comment that they may not see: never why.
    fn tombstone(mut self) -> Self {
        if self.state != State::Deleted.word() {
            self.state = State::Deleted.word();
            self.state_text = Some(say("comment-not-shown").into());
        }
        self.edited = None;
        self.manage_url = None;
        self.kind_label = None;
        self
    }

    /// A comment as its author and moderators see it.
    pub(crate) fn private(comment: &Comment) -> Self {
        let title = comment
            .title
            .as_ref()
            .map(|title| title.as_str().to_owned());
        Self {
            title,
            ..Self::new(comment, true)
        }
    }

    /// Whether somebody found it helpful.
    pub(crate) fn is_helpful(&self) -> bool {
        self.html.is_some() && self.helpful > 0
    }

    /// Leaves out the way to its author's own page: for pages on which that way leads nobody.
    pub(crate) fn without_own_page(mut self) -> Self {
        self.manage_url = None;
        self
    }

    /// Leaves out where it stands: for a page that says so itself.
    pub(crate) fn without_state(mut self) -> Self {
        self.state_text = None;
        self
    }

    /// Says what the comment is about, and whether the page has changed since. Nearly every comment
    /// is older than some change; it matters where one names a part, or a mistake.
    pub(crate) fn about(mut self, comment: &Comment, thread: &Thread) -> Self {
        let about = comment.about.as_ref().filter(|_| self.html.is_some());
        self.about = about.and_then(|about| {
            let pointed = about.heading.is_some() || comment.kind == Kind::Correction;
            let heading = about.heading.as_ref();
            let still = heading.is_some_and(|heading| {
                let mut now = thread.headings.iter();
                now.any(|there| there.anchor == heading.anchor)
            });
            let view = AboutView {
                title: heading.map(|heading| heading.title.clone()),
                url: heading
                    .filter(|_| still)
                    .map(|heading| format!("{}#{}", thread.page_url, heading.anchor)),
                // Where the page was changed for it, that is said.
                earlier: about.revision != thread.revision && comment.fixed.is_none(),
            };
            (pointed && (view.earlier || view.title.is_some())).then_some(view)
        });
        self
    }

    /// Leaves out the way to answer, here and below: for threads that are closed.
    pub(crate) fn without_reply(mut self) -> Self {
        self.reply_url = None;
        self.replies = self.replies.into_iter().map(Self::without_reply).collect();
        self
    }

    /// Says whom the comment answers.
    pub(crate) fn answering(mut self, reply: Option<ReplyView>) -> Self {
        self.reply_to = reply;
        self
    }

    fn new(comment: &Comment, shows_text: bool) -> Self {
        let shown = comment.body.as_ref().filter(|_| shows_text);
        Self {
            id: comment.id,
            anchor: format!("c-{}", comment.id),
            author: AuthorView::of(comment).filter(|_| shows_text),
            created: comment.created.into(),
            edited: comment.edited.map(Into::into),
            html: shown.map(|body| render_mentioning(body, &comment.mentions)),
            kind: comment.kind.value(),
            kind_label: (shows_text && !comment.kind.is_plain()).then(|| terms::kind(comment.kind)),
            title: None,
            need: false,
            about: None,
            answer_url: None,
            choose_url: (comment.is_public() && comment.kind == Kind::Question)
                .then(|| format!("{}/answer", manage_url(comment))),
            is_answer: comment.is_public() && comment.accepted_for.is_some(),
            fixed: comment
                .fixed
                .as_ref()
                .filter(|_| shows_text)
                .map(FixedView::from),
            helpful: comment.helpful,
            helpful_url: format!("{}/helpful", manage_url(comment)),
            state: comment.state.word(),
            state_text: state_text(comment.state),
            reply_to: None,
            permalink: permalink(comment),
            reply_url: Some(format!(
                "/api/threads/{}/comments/new?reply_to={}",
                comment.thread, comment.id
            )),
            report_url: comment
                .is_public()
                .then(|| format!("{}/report", manage_url(comment))),
            manage_url: Some(manage_url(comment)),
            depth: 0,
            replies: Vec::new(),
            more: None,
        }
    }
}

/// What the state means to the author.
pub(crate) fn state_text(state: State) -> Option<String> {
    match state {
        State::Published => None,
        State::Pending => Some(say("waits-person-read-only-moderators").into()),
        State::Rejected(reason) => Some(say_with(
            "not-shown-because",
            &[("why", &terms::why(reason))],
        )),
        State::Deleted => Some(say("comment-was-deleted").into()),
    }
}

/// What the comments of one page refer to.
pub(crate) struct Known<'a> {
    /// Their thread.
    pub(crate) thread: &'a Thread,
    /// The comments of the page.
    pub(crate) all: &'a HashMap<CommentId, Comment>,
    /// Comments on other pages that comments here name.
    pub(crate) elsewhere: &'a HashMap<CommentId, Comment>,
}

impl Known<'_> {
    /// Lays out the page's comments for readers.
    pub(crate) fn tree(&self, branches: &[Branch]) -> Vec<CommentView> {
        branches
            .iter()
            .map(|branch| self.grow(branch, None))
            .collect()
    }

    fn get(&self, id: CommentId) -> Option<&Comment> {
        self.all.get(&id).or_else(|| self.elsewhere.get(&id))
    }

    fn grow(&self, branch: &Branch, under: Option<CommentId>) -> CommentView {
        let comment = &branch.comment;
        let reply = comment
            .reply_to
            .filter(|parent| Some(*parent) != under)
            .and_then(|parent| self.get(parent))
            .map(reply_view);
        let mut view = CommentView::public(comment)
            .answering(reply)
            .about(comment, self.thread);
        view.answer_url = comment
            .accepted
            .filter(|_| comment.is_public())
            .and_then(|answer| self.get(answer))
            .filter(|answer| answer.is_public())
            .map(permalink);
        let topic = self.thread.topic.as_ref();
        view.need = topic.is_some_and(|topic| topic.need && topic.opening == comment.id);
        view.depth = branch.depth;
        view.replies = branch
            .replies
            .iter()
            .map(|reply| self.grow(reply, Some(comment.id)))
            .collect();
        view.more = comment.answered_on.first().map(|page| MoreView {
            text: say("more-answers-later-page").into(),
            url: thread_url(&comment.thread, *page),
        });
        view
    }
}

/// Names a comment as the one that is answered.
pub(crate) fn reply_view(parent: &Comment) -> ReplyView {
    let name = name_of(parent).filter(|_| parent.is_public());
    ReplyView {
        name: name.unwrap_or_else(|| say("deleted-comment").into()),
        url: permalink(parent),
    }
}
