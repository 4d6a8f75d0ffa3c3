//! How each letter is worded. Nothing that a stranger typed goes into a mail to somebody else, but for
//! the beginning of a published comment in a mail that its reader switched on.

mod suggestion;

pub(crate) use suggestion::suggestion;

use serde::Serialize;
use sodium_domain::comment::{Comment, State};
use sodium_domain::decision::{Act, Decision, Effect};
use sodium_domain::markdown::excerpt;
use sodium_domain::member::Block;
use sodium_domain::seat::{LiveSession, SeatState};

use super::List;
use crate::site::slots::StatedDigest;
use crate::store::threads::Thread;
use crate::views::comment::{permalink, thread_url};
use crate::views::time::TimeView;
use crate::words::{Language, count, count_with, spoken, terms};
use crate::words::{say, say_with};

/// The name under which the community writes.
pub(crate) const COMMUNITY: &str = "Sodium Learn";

/// A letter in words, for the templates in `mails/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Worded {
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
    /// What others wrote, thread by thread.
    pub(crate) news: Vec<NewsOf>,
    pub(crate) button: Option<Button>,
    pub(crate) closing: Vec<String>,
    pub(crate) community: &'static str,
    /// Where the reader stops mails like this, unless they asked for this one.
    pub(crate) stop_url: Option<String>,
    /// What the link that stops them says.
    pub(crate) stop_label: &'static str,
    /// The language that it is worded in.
    pub(crate) language: Language,
    #[serde(skip)]
    pub(crate) list: Option<List>,
}

/// What is new in a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NewsOf {
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) comments: Vec<Told>,
    /// How many more there are, in words.
    pub(crate) more: Option<String>,
}

/// A comment in a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Told {
    name: String,
    time: String,
    excerpt: String,
    url: String,
}

impl Worded {
    /// Every address in it that may be a path of this site.
    pub(crate) fn urls(&mut self) -> impl Iterator<Item = &mut String> {
        let news = self.news.iter_mut().flat_map(|of| {
            std::iter::once(&mut of.url).chain(of.comments.iter_mut().map(|told| &mut told.url))
        });
        self.button
            .iter_mut()
            .map(|button| &mut button.url)
            .chain(news)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Button {
    pub(crate) label: String,
    /// A path of this site, or a full address.
    pub(crate) url: String,
}

/// A subject with the title of what it is about.
fn about(subject: &str, title: &str) -> String {
    say_with("subject-about", &[("subject", &subject), ("title", &title)])
}

fn worded(
    subject: &str,
    paragraphs: &[&str],
    button: Option<(&str, String)>,
    closing: &str,
) -> Worded {
    Worded {
        subject: subject.to_owned(),
        paragraphs: paragraphs.iter().map(|&text| text.to_owned()).collect(),
        button: button.map(|(label, url)| Button {
            label: label.to_owned(),
            url,
        }),
        closing: vec![closing.to_owned()],
        community: COMMUNITY,
        stop_url: None,
        language: spoken(),
        stop_label: say("mail-stop"),
        news: Vec::new(),
        list: None,
    }
}

pub(crate) fn sign_in(token: &str) -> Worded {
    worded(
        say("link-sign"),
        &[say("hello"), say("open-link-press-button-page")],
        Some((say("sign-in"), format!("/api/sign-in/{token}"))),
        say("did-not-ask-then-somebody"),
    )
}

pub(crate) fn waitlist_confirm(token: &str) -> Worded {
    worded(
        say("please-confirm-waitlist-sodium-learn"),
        &[say("hello"), say("somebody-hope-asked-place-our")],
        Some((
            say("waitlist-join"),
            format!("/api/waitlist/confirm/{token}"),
        )),
        say("not-then-do-nothing-keep"),
    )
}

pub(crate) fn waitlist_place(token: &str) -> Worded {
    worded(
        say("place-waitlist"),
        &[say("hello"), say("have-place-our-waitlist-link")],
        Some((say("see-my-place"), format!("/api/waitlist/place/{token}"))),
        say("keep-link-yourself-whoever-has"),
    )
}

pub(crate) fn seat(session: &LiveSession, when: &str, state: SeatState) -> Worded {
    let (subject, text) = match state {
        SeatState::Confirmed => (say("mail-have-seat"), say("have-seat-session")),
        SeatState::Waiting => (
            say("mail-on-waiting-list"),
            say("all-seats-taken-waiting-list"),
        ),
    };
    let place = match (&session.join_link, state) {
        (Some(link), SeatState::Confirmed) => say_with("where-go-start", &[("link", &link)]),
        (None, SeatState::Confirmed) => say("mail-where-go-before-starts").to_owned(),
        (_, SeatState::Waiting) => say("nothing-do-now").to_owned(),
    };
    worded(
        &about(subject, &session.title),
        &[say("hello"), text, &session.title, when, &place],
        Some((say("see-change"), format!("/api/sessions/{}", session.id))),
        say("cannot-come-please-give-seat"),
    )
}

pub(crate) fn join_link(session: &LiveSession, when: &str) -> Worded {
    let link = session.join_link.clone().unwrap_or_default();
    worded(
        &say_with("where-go", &[("title", &session.title)]),
        &[say("hello"), say("where-session-takes-place"), &link, when],
        Some((say("see-my-seat"), format!("/api/sessions/{}", session.id))),
        say("please-do-not-pass-link"),
    )
}

/// What a moderator decided, to whom it concerns.
pub(crate) fn decision(decision: &Decision, thread: Option<&Thread>) -> Worded {
    let (subject, text) = match decision.undone {
        Some(_) => taken_back(decision),
        None => decided(decision),
    };
    let subject = match thread {
        Some(thread) => about(subject, &thread.title),
        None => subject.to_owned(),
    };
    let appeal = if decision.can_be_appealed() {
        say("if-think-wrong-say-so")
    } else {
        ""
    };
    let mut words = worded(
        &subject,
        &[say("hello"), &text, appeal],
        Some((see_label(decision), see_url(decision))),
        say("get-because-write-community-moderator"),
    );
    words.paragraphs.retain(|paragraph| !paragraph.is_empty());
    words
}

fn decided(decision: &Decision) -> (&'static str, String) {
    let why = decision.reason.map_or("", terms::why);
    match (decision.act, &decision.effect) {
        (Act::Block, Effect::Member { after, .. }) => {
            (say("cannot-write-while"), block_text(after.as_ref()))
        }
        (Act::Grant, Effect::Member { .. }) => (
            say("appeal-can-write-again"),
            say("moderator-read-appeal-followed-can").into(),
        ),
        (Act::Uphold, Effect::Member { .. }) => (
            say("appeal-decision-stands"),
            say("moderator-read-appeal-did-not").into(),
        ),
        (Act::Remove, _) => (
            say("comment-taken-off-page"),
            say_with("moderator-took-comment-off-page", &[("why", &why)]),
        ),
        (Act::Reject, _) => (
            say("comment-not-published"),
            say_with("moderator-read-comment-did-not", &[("why", &why)]),
        ),
        (Act::Uphold, _) => (
            say("appeal-decision-stands"),
            say_with("moderator-read-appeal-did-not-follow", &[("why", &why)]),
        ),
        (Act::Grant, _) => (
            say("appeal-comment-published"),
            say("moderator-read-appeal-followed-comment").into(),
        ),
        _ => (
            say("your-comment-published"),
            say("moderator-read-comment-stands-page").into(),
        ),
    }
}

fn taken_back(decision: &Decision) -> (&'static str, String) {
    let text = match &decision.effect {
        Effect::Comment {
            before: State::Published,
            ..
        } => say("moderator-took-back-decision-about"),
        Effect::Comment {
            before: State::Pending,
            ..
        } => say("moderator-took-back-decision-about-comment"),
        Effect::Comment { .. } => say("moderator-took-back-answer-appeal"),
        Effect::Member { .. } => say("moderator-took-back-decision-about-whether"),
        Effect::Thread { .. } => say("moderator-took-back-decision"),
    };
    (say("decision-taken-back"), text.into())
}

fn block_text(block: Option<&Block>) -> String {
    let Some(block) = block else {
        return String::new();
    };
    say_with(
        "moderator-decided-cannot-write-until",
        &[
            ("time", &TimeView::from(block.until).text()),
            ("cause", &terms::cause(block.reason)),
        ],
    )
}

fn see_label(decision: &Decision) -> &'static str {
    match decision.effect {
        Effect::Comment { .. } => say("see-my-comment"),
        Effect::Member { .. } | Effect::Thread { .. } => say("see-decision"),
    }
}

fn see_url(decision: &Decision) -> String {
    match (&decision.effect, decision.previous) {
        (
            Effect::Comment {
                thread, comment, ..
            },
            _,
        ) => {
            format!("/api/threads/{thread}/comments/{comment}")
        }
        (_, Some(appealed)) => format!("/api/decisions/{appealed}"),
        (_, None) => format!("/api/decisions/{}", decision.id),
    }
}

/// That many comments of somebody were not published, in one mail.
pub(crate) fn decided_many(decision: &Decision, number: usize) -> Worded {
    let why = decision.reason.map_or("", terms::reason).to_lowercase();
    worded(
        &count("comments-not-published", number as u64),
        &[
            say("hello"),
            &count_with("moderator-did-not-publish", number as u64, &[("why", &why)]),
            say("each-comment-has-page-says"),
        ],
        Some((say("see-my-comments"), "/api/account".to_owned())),
        say("get-because-write-community-moderator"),
    )
}

pub(crate) fn queue(number: usize) -> Worded {
    let waiting = match number {
        // No more are counted than are said.
        100 => say("hundred-comments-wait").to_owned(),
        _ => count("comments-wait-for-person", number as u64),
    };
    worded(
        say("comments-wait-for-you"),
        &[say("hello"), &waiting, say("more-may-have-come-time")],
        Some((say("open-queue"), "/api/moderation".to_owned())),
        say("get-because-moderate-community-most"),
    )
}

/// Characters of a comment in a mail. A mail cannot be taken back when its author deletes the comment,
/// so it says what it is about, and no more.
const EXCERPT: usize = 200;

/// Why somebody hears of a comment at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// It answers a comment of theirs.
    Answered,
    /// It mentions them.
    Mentioned,
    /// They follow its thread.
    Follows,
}

/// A comment as it is told of in mails.
pub(crate) fn told(comment: &Comment) -> Told {
    let body = comment.body.as_ref();
    Told {
        name: name_of(comment),
        time: TimeView::from(comment.created).text,
        excerpt: body.map(|body| excerpt(body, EXCERPT)).unwrap_or_default(),
        url: permalink(comment),
    }
}

fn name_of(comment: &Comment) -> String {
    crate::views::comment::name_of(comment).unwrap_or_else(|| say("somebody").into())
}

/// Thanks for a correction that was made.
pub(crate) fn fixed(thread: &Thread, comment: &Comment) -> Worded {
    let text = say_with("correction-was-made", &[("title", &thread.title)]);
    Worded {
        stop_label: say("no-more-mails-about-answers"),
        list: Some(List {
            id: format!("{}.discussions", thread.id),
            stacks: true,
        }),
        ..worded(
            &say_with("thanks-for-correction", &[("title", &thread.title)]),
            &[say("hello"), &text],
            Some((say("see-correction"), permalink(comment))),
            say("get-because-wanted-hear-when"),
        )
    }
}

/// One comment, told at once.
pub(crate) fn comment(thread: &Thread, comment: &Comment, why: Why) -> Worded {
    let name = name_of(comment);
    let (subject, text, closing) = match why {
        Why::Answered => (
            say_with("answered-you", &[("name", &name), ("title", &thread.title)]),
            say_with(
                "answered-comment",
                &[("name", &name), ("title", &thread.title)],
            ),
            say("get-because-wanted-hear-when"),
        ),
        Why::Mentioned => (
            say_with(
                "mentioned-you",
                &[("name", &name), ("title", &thread.title)],
            ),
            say_with(
                "mentioned-discussion",
                &[("name", &name), ("title", &thread.title)],
            ),
            say("get-because-wanted-hear-when"),
        ),
        Why::Follows => (
            say_with("new-comment", &[("title", &thread.title)]),
            say_with(
                "wrote-about-which-follow",
                &[("name", &name), ("title", &thread.title)],
            ),
            say("get-because-follow-discussion-want"),
        ),
    };
    let told = told(comment);
    let url = told.url.clone();
    Worded {
        news: vec![NewsOf {
            title: thread.title.clone(),
            url: thread_url(&thread.id, 1),
            comments: vec![told],
            more: None,
        }],
        stop_label: match why {
            Why::Answered | Why::Mentioned => say("no-more-mails-about-answers"),
            Why::Follows => say("no-more-mails-about-discussion"),
        },
        list: Some(List {
            id: format!("{}.discussions", thread.id),
            stacks: true,
        }),
        ..worded(
            &subject,
            &[say("hello"), &text],
            Some((say("read-discussion"), url)),
            closing,
        )
    }
}

/// What is new in the threads that somebody follows, in one mail.
pub(crate) fn roll_up(news: Vec<NewsOf>) -> Worded {
    let subject = match news.as_slice() {
        [one] => say_with("what-new", &[("title", &one.title)]),
        many => count("what-is-new-in-discussions", many.len() as u64),
    };
    Worded {
        news,
        language: spoken(),
        stop_label: say("no-more-mails-gather-what"),
        list: Some(List {
            id: "roll-up".into(),
            stacks: false,
        }),
        ..worded(
            &subject,
            &[say("hello"), say("what-others-wrote-discussions-follow")],
            Some((say("choose-what-hear"), "/api/account#mails".to_owned())),
            say("get-because-follow-these-discussions"),
        )
    }
}

/// A digest that was published.
pub(crate) fn digest(stated: &StatedDigest, url: String) -> Worded {
    let subject = say_with(
        "mail-digest-subject",
        &[("week", &stated.week), ("title", &stated.title)],
    );
    let lead = say_with("mail-digest-is-there", &[("week", &stated.week)]);
    Worded {
        stop_label: say("no-more-mails-of-digests"),
        list: Some(List {
            id: "digests".into(),
            stacks: false,
        }),
        ..worded(
            &subject,
            &[say("hello"), &lead, &stated.title, &stated.description],
            Some((say("read-digest"), url)),
            say("get-because-wanted-digests"),
        )
    }
}
