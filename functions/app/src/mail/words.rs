//! How each letter is worded. Nothing that a stranger typed goes into a mail to somebody else, but for
//! the beginning of a published comment in a mail that its reader switched on.

use serde::Serialize;
use sodium_domain::comment::{Comment, Reason, State};
use sodium_domain::decision::{Act, Decision, Effect};
use sodium_domain::markdown::excerpt;
use sodium_domain::member::Block;
use sodium_domain::seat::{LiveSession, SeatState};

use super::List;
use crate::store::threads::Thread;
use crate::views::comment::{permalink, thread_url};
use crate::views::time::TimeView;

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
        stop_label: "No more mails like this",
        news: Vec::new(),
        list: None,
    }
}

pub(crate) fn sign_in(token: &str) -> Worded {
    worded(
        "Your link to sign in",
        &[
            "Hello,",
            "open this link and press the button on the page. It works once, for fifteen minutes.",
        ],
        Some(("Sign in", format!("/api/sign-in/{token}"))),
        "You did not ask for this? Then somebody mistyped an address. Nothing happens unless the button is pressed.",
    )
}

pub(crate) fn waitlist_confirm(token: &str) -> Worded {
    worded(
        "Please confirm: the waitlist of Sodium Learn",
        &[
            "Hello,",
            "somebody, we hope you, asked for a place on our waitlist with this address. Open the link and press the button to say yes. It works for seven days.",
        ],
        Some((
            "Join the waitlist",
            format!("/api/waitlist/confirm/{token}"),
        )),
        "It was not you? Then do nothing: we keep nothing of your address that could be read, and send three such mails at most.",
    )
}

pub(crate) fn waitlist_place(token: &str) -> Worded {
    worded(
        "Your place on the waitlist",
        &[
            "Hello,",
            "you have a place on our waitlist. The link shows where you stand and lets you leave.",
        ],
        Some(("See my place", format!("/api/waitlist/place/{token}"))),
        "Keep this link for yourself: whoever has it can take you off the list.",
    )
}

pub(crate) fn seat(session: &LiveSession, when: &str, state: SeatState) -> Worded {
    let (subject, text) = match state {
        SeatState::Confirmed => ("You have a seat", "You have a seat in this session:"),
        SeatState::Waiting => (
            "You are on the waiting list",
            "All seats are taken, and you are on the waiting list for this session. If a seat becomes free and it is your turn, it is yours, and we write to you:",
        ),
    };
    let place = match (&session.join_link, state) {
        (Some(link), SeatState::Confirmed) => format!("Where to go at the start: {link}"),
        (None, SeatState::Confirmed) => "We mail you where to go before it starts.".to_owned(),
        (_, SeatState::Waiting) => "Nothing to do for now.".to_owned(),
    };
    worded(
        &format!("{subject}: {}", session.title),
        &["Hello,", text, &session.title, when, &place],
        Some(("See or change it", format!("/api/sessions/{}", session.id))),
        "You cannot come? Please give the seat back, and somebody who waits gets it.",
    )
}

pub(crate) fn join_link(session: &LiveSession, when: &str) -> Worded {
    let link = session.join_link.clone().unwrap_or_default();
    worded(
        &format!("Where to go: {}", session.title),
        &[
            "Hello,",
            "this is where the session takes place:",
            &link,
            when,
        ],
        Some(("See my seat", format!("/api/sessions/{}", session.id))),
        "Please do not pass the link on: it is for the people who have a seat.",
    )
}

/// What a moderator decided, to whom it concerns.
pub(crate) fn decision(decision: &Decision, thread: Option<&Thread>) -> Worded {
    let (subject, text) = match decision.undone {
        Some(_) => taken_back(decision),
        None => decided(decision, thread),
    };
    let subject = match thread {
        Some(thread) => format!("{subject}: {}", thread.title),
        None => subject.to_owned(),
    };
    let appeal = if decision.can_be_appealed() {
        "If you think that this is wrong, say so on that page, once: a moderator reads it, another one where there is more than one."
    } else {
        ""
    };
    let mut words = worded(
        &subject,
        &["Hello,", &text, appeal],
        Some((see_label(decision), see_url(decision))),
        "You get this because you write in this community, and a moderator decided something about it.",
    );
    words.paragraphs.retain(|paragraph| !paragraph.is_empty());
    words
}

fn decided(decision: &Decision, thread: Option<&Thread>) -> (&'static str, String) {
    let why = decision.reason.map_or("", Reason::label);
    let place = thread.map_or_else(String::new, |thread| thread_url(&thread.id, 1));
    match (decision.act, &decision.effect) {
        (Act::Block, Effect::Member { after, .. }) => (
            "You cannot write for a while",
            block_text(after.as_ref()),
        ),
        (Act::Grant, Effect::Member { .. }) => (
            "Your appeal: you can write again",
            "A moderator read your appeal and followed it. You can write again from now on.".into(),
        ),
        (Act::Uphold, Effect::Member { .. }) => (
            "Your appeal: the decision stands",
            "A moderator read your appeal and did not follow it. You can write again when the time has passed; reading works as always.".into(),
        ),
        (Act::Remove, _) => (
            "Your comment was taken off the page",
            format!("A moderator took your comment off the page, because {why}. You can change it, and it is read again."),
        ),
        (Act::Reject, _) => (
            "Your comment was not published",
            format!("A moderator read your comment and did not publish it, because {why}. You can change it, and it is read again."),
        ),
        (Act::Uphold, _) => (
            "Your appeal: the decision stands",
            format!("A moderator read your appeal and did not follow it: your comment is not shown, because {why}. You can still change it, and it is read again."),
        ),
        (Act::Grant, _) => (
            "Your appeal: your comment is published",
            format!("A moderator read your appeal and followed it. Your comment stands on the page: {place}"),
        ),
        _ => (
            "Your comment is published",
            format!("A moderator read your comment. It stands on the page now: {place}"),
        ),
    }
}

fn taken_back(decision: &Decision) -> (&'static str, String) {
    let text = match &decision.effect {
        Effect::Comment {
            before: State::Published,
            ..
        } => {
            "A moderator took back a decision about your comment. It stands on the page as before."
        }
        Effect::Comment {
            before: State::Pending,
            ..
        } => {
            "A moderator took back a decision about your comment. It waits to be read again; until then only you and moderators see it."
        }
        Effect::Comment { .. } => {
            "A moderator took back the answer to your appeal. It waits for an answer again."
        }
        Effect::Member { .. } => {
            "A moderator took back a decision about whether you may write. Your page says how it is now."
        }
        Effect::Thread { .. } => "A moderator took back a decision.",
    };
    ("A decision was taken back", text.into())
}

fn block_text(block: Option<&Block>) -> String {
    let Some(block) = block else {
        return String::new();
    };
    format!(
        "A moderator decided that you cannot write until {}, because of {}. Reading, exporting your data and leaving work as always.",
        TimeView::from(block.until).text(),
        block.reason.cause()
    )
}

fn see_label(decision: &Decision) -> &'static str {
    match decision.effect {
        Effect::Comment { .. } => "See my comment",
        Effect::Member { .. } | Effect::Thread { .. } => "See the decision",
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
pub(crate) fn decided_many(decision: &Decision, count: usize) -> Worded {
    let why = decision.reason.map_or("", Reason::name).to_lowercase();
    worded(
        &format!("{count} of your comments were not published"),
        &[
            "Hello,",
            &format!(
                "a moderator read {count} comments of yours and did not publish them. The reason for each: {why}."
            ),
            "Each comment has a page that says so. There you can change it, or say why you think that this is wrong.",
        ],
        Some(("See my comments", "/api/account".to_owned())),
        "You get this because you write in this community, and a moderator decided something about it.",
    )
}

pub(crate) fn queue(count: usize) -> Worded {
    let waiting = match count {
        1 => "One comment waits for a person to read it.".to_owned(),
        // No more are counted than are said.
        100 => "100 comments or more wait for a person to read them.".to_owned(),
        _ => format!("{count} comments wait for a person to read them."),
    };
    worded(
        "Comments wait for you",
        &[
            "Hello,",
            &waiting,
            "More may have come by the time you read this.",
        ],
        Some(("Open the queue", "/api/moderation".to_owned())),
        "You get this because you moderate this community, at most once in fifteen minutes.",
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
        name: name_of(comment).to_owned(),
        time: TimeView::from(comment.created).text,
        excerpt: body.map(|body| excerpt(body, EXCERPT)).unwrap_or_default(),
        url: permalink(comment),
    }
}

fn name_of(comment: &Comment) -> &str {
    comment
        .author
        .as_ref()
        .map_or("Somebody", |author| author.name.as_str())
}

/// One comment, told at once.
pub(crate) fn comment(thread: &Thread, comment: &Comment, why: Why) -> Worded {
    let name = name_of(comment);
    let (subject, text, closing) = match why {
        Why::Answered => (
            format!("{name} answered you: {}", thread.title),
            format!("{name} answered your comment on “{}”.", thread.title),
            "You get this because you wanted to hear when somebody answers or mentions you.",
        ),
        Why::Mentioned => (
            format!("{name} mentioned you: {}", thread.title),
            format!(
                "{name} mentioned you in the discussion of “{}”.",
                thread.title
            ),
            "You get this because you wanted to hear when somebody answers or mentions you.",
        ),
        Why::Follows => (
            format!("New comment: {}", thread.title),
            format!("{name} wrote about “{}”, which you follow.", thread.title),
            "You get this because you follow this discussion and want each comment at once.",
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
            Why::Answered | Why::Mentioned => "No more mails about answers and mentions",
            Why::Follows => "No more mails about this discussion",
        },
        list: Some(List {
            id: format!("{}.discussions", thread.id),
            stacks: true,
        }),
        ..worded(
            &subject,
            &["Hello,", &text],
            Some(("Read it in the discussion", url)),
            closing,
        )
    }
}

/// What is new in the threads that somebody follows, in one mail.
pub(crate) fn roll_up(news: Vec<NewsOf>) -> Worded {
    let subject = match news.as_slice() {
        [one] => format!("What is new: {}", one.title),
        many => format!("What is new in {} discussions", many.len()),
    };
    Worded {
        news,
        stop_label: "No more mails that gather what is new",
        list: Some(List {
            id: "roll-up".into(),
            stacks: false,
        }),
        ..worded(
            &subject,
            &[
                "Hello,",
                "this is what others wrote in the discussions that you follow.",
            ],
            Some(("Choose what you hear of", "/api/account#mails".to_owned())),
            "You get this because you follow these discussions: one mail a day at most, and none when nothing is new.",
        )
    }
}
