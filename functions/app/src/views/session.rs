//! A live session as it is shown.

use serde::Serialize;
use sodium_domain::seat::{LiveSession, Status};

use crate::words::count_with;
use crate::words::{say, say_with};

/// A session for `fragments/seats.html`.
#[derive(Debug, Serialize)]
pub(crate) struct SessionView {
    id: String,
    title: String,
    capacity: u32,
    confirmed: u32,
    waiting: u32,
    free: u32,
    text: String,
    open: bool,
    status: Status,
    url: String,
    calendar_url: String,
}

impl From<&LiveSession> for SessionView {
    fn from(session: &LiveSession) -> Self {
        Self {
            id: session.id.to_string(),
            title: session.title.clone(),
            capacity: session.capacity,
            confirmed: session.confirmed,
            waiting: session.waiting,
            free: session.capacity.saturating_sub(session.confirmed),
            text: seats_text(session),
            open: session.status == Status::Planned,
            status: session.status,
            url: url(session),
            calendar_url: format!("{}session.ics", session.page_url),
        }
    }
}

/// The page on which a member signs up for a session.
pub(crate) fn url(session: &LiveSession) -> String {
    format!("/api/sessions/{}", session.id)
}

fn seats_text(session: &LiveSession) -> String {
    let LiveSession {
        confirmed,
        capacity,
        waiting,
        ..
    } = session;
    match (session.status, waiting) {
        (Status::Held, _) => say("session-took-place").into(),
        (Status::Cancelled, _) => say("session-called-off").into(),
        (Status::Planned, 0) => say_with(
            "seats-taken-3",
            &[("confirmed", &confirmed), ("capacity", &capacity)],
        ),
        (Status::Planned, _) => count_with(
            "seats-all-taken",
            u64::from(*waiting),
            &[("capacity", capacity)],
        ),
    }
}
