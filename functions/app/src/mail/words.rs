//! How each letter is worded. Nothing that a stranger typed goes into a mail to somebody else.

use serde::Serialize;
use sodium_domain::comment::State;
use sodium_domain::seat::{LiveSession, SeatState};

use crate::store::threads::Thread;
use crate::views::comment::thread_url;

/// The name under which the community writes.
pub(crate) const COMMUNITY: &str = "Sodium Learn";

/// A letter in words, for the templates in `mails/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Worded {
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) button: Option<Button>,
    pub(crate) closing: Vec<String>,
    pub(crate) community: &'static str,
    /// Where the reader stops mails like this, unless they asked for this one.
    pub(crate) stop_url: Option<String>,
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

pub(crate) fn decided(thread: &Thread, comment_url: String, state: State) -> Worded {
    let (subject, text) = match state {
        State::Rejected(reason) => (
            "Your comment was not published",
            format!(
                "A moderator read your comment and did not publish it, because {}. You can change it, and it is read again.",
                reason.label()
            ),
        ),
        _ => (
            "Your comment is published",
            format!(
                "A moderator read your comment. It stands on the page now: {}",
                thread_url(&thread.id, 1)
            ),
        ),
    };
    worded(
        &format!("{subject}: {}", thread.title),
        &["Hello,", &text],
        Some(("See my comment", comment_url)),
        "You get this because you wrote a comment that waited for a person.",
    )
}

pub(crate) fn queue(count: usize) -> Worded {
    let waiting = match count {
        1 => "One comment waits for a person to read it.".to_owned(),
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
