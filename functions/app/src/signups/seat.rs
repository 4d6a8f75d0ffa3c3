//! Signing up for a live session, giving the seat back, and the join link.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use sodium_domain::id::SessionId;
use sodium_domain::seat::{LiveSession, Seat, SeatState, Status, waiting_before};
use sodium_domain::session_time::SessionTime;

use crate::mail::Letter;
use crate::state::App;
use crate::views::session::{SessionView, url};
use crate::web::form::{At, Sent};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::{Member, Moderator};
use crate::words::say;
use crate::words::{count, dates};

/// `GET /api/sessions/{session}`
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    moderator: Option<Moderator>,
    At(id): At<SessionId>,
) -> Answer {
    let session = app.store.session(&id).await?.ok_or(AppError::NotFound)?;
    let values = app
        .seat_values(&session, &member, moderator.is_some())
        .await?;
    app.page(StatusCode::OK, "seat", &values).await
}

/// `POST /api/sessions/{session}/seat`
pub(crate) async fn take(State(app): State<App>, member: Member, At(id): At<SessionId>) -> Answer {
    let session = app.store.session(&id).await?.ok_or(AppError::NotFound)?;
    if !session.is_open(app.clock.now()) {
        return Err(AppError::Changed);
    }
    let ticket = app.ids.next().to_string();
    let seat = Seat {
        session: id,
        member: member.profile.id,
        state: SeatState::Waiting,
        ticket,
        created: app.clock.now(),
    };
    let taken = app
        .store
        .take_seat(&seat, &|seat| app.follow_seat(seat))
        .await?;
    taken.ok_or(AppError::SignedOut)?;
    app.wake.notify_one();
    Ok(see_other(&url(&session)))
}

/// `POST /api/sessions/{session}/seat/cancel`
pub(crate) async fn give_back(
    State(app): State<App>,
    member: Member,
    At(id): At<SessionId>,
) -> Answer {
    let session = app.store.session(&id).await?.ok_or(AppError::NotFound)?;
    app.store
        .leave_seat((&id, member.profile.id), app.clock.now(), &|seat| {
            app.follow_seat(seat)
        })
        .await?;
    app.wake.notify_one();
    Ok(see_other(&url(&session)))
}

#[derive(Debug, Deserialize)]
pub(crate) struct LinkSent {
    join_link: String,
}

/// `POST /api/sessions/{session}/link`: where the session takes place; everybody with a seat is
/// told.
pub(crate) async fn set_link(
    State(app): State<App>,
    _moderator: Moderator,
    At(id): At<SessionId>,
    Sent(sent): Sent<LinkSent>,
) -> Answer {
    let session = app.store.session(&id).await?.ok_or(AppError::NotFound)?;
    let link = sent.join_link.trim();
    if !(link.starts_with("https://")
        && link.len() <= 500
        && link.bytes().all(|b| b.is_ascii_graphic()))
    {
        return Err(AppError::Malformed(say("join-link-starts-https").into()));
    }
    let mut work = Vec::new();
    for seat in app
        .store
        .seats(&id)
        .await?
        .iter()
        .filter(|s| s.state == SeatState::Confirmed)
    {
        let letter = Letter::JoinLink {
            member: seat.member,
            session: id.clone(),
        };
        work.push(app.letter(&letter)?);
    }
    app.store.set_join_link(&id, link, &work).await?;
    app.wake.notify_one();
    Ok(see_other(&url(&session)))
}

impl App {
    async fn seat_values(
        &self,
        session: &LiveSession,
        member: &Member,
        moderates: bool,
    ) -> Result<Value, AppError> {
        let seat = self.store.seat(&session.id, member.profile.id).await?;
        let state = seat.as_ref().map(|seat| seat.state);
        let over = !session.is_open(self.clock.now());
        let (word, lead) = match (state, over, session.status) {
            (_, _, Status::Cancelled) => ("cancelled", say("session-called-off").to_owned()),
            (_, true, _) => ("closed", say("session-over").to_owned()),
            (Some(SeatState::Confirmed), ..) => ("confirmed", say("have-seat").to_owned()),
            (Some(SeatState::Waiting), ..) => {
                ("waiting", self.waiting_text(session, member).await?)
            }
            (None, ..) => ("none", offer_text(session)),
        };
        let own = url(session);
        let action = match (state, over) {
            (_, true) => json!([]),
            (Some(SeatState::Confirmed), _) => json!([{ "label": say("give-my-seat-back"),
                "action": format!("{own}/seat/cancel"), "danger": true, "primary": false }]),
            (Some(SeatState::Waiting), _) => json!([{ "label": say("leave-waiting-list"),
                "action": format!("{own}/seat/cancel"), "danger": true, "primary": false }]),
            (None, _) => json!([{ "label": join_label(session),
                "action": format!("{own}/seat"), "danger": false, "primary": true }]),
        };
        let has_seat = state == Some(SeatState::Confirmed);
        Ok(json!({
            "title": session.title,
            "session": SessionView::from(session),
            "when": when(session),
            "state": word,
            "lead": lead,
            "join_url": session.join_link.as_ref().filter(|_| has_seat),
            "actions": action,
            "page_url": session.page_url,
            "calendar_url": format!("{}session.ics", session.page_url),
            "link_form": moderates.then(|| json!({
                "action": format!("{own}/link"), "value": session.join_link,
            })),
        }))
    }

    async fn waiting_text(
        &self,
        session: &LiveSession,
        member: &Member,
    ) -> Result<String, AppError> {
        let seats = self.store.seats(&session.id).await?;
        Ok(match waiting_before(&seats, member.profile.id) {
            Some(0) => say("first-waiting-list-if-seat").into(),
            Some(before) => count("waiting-list-before", before as u64),
            None => say("on-waiting-list").into(),
        })
    }
}

fn offer_text(session: &LiveSession) -> String {
    if session.confirmed < session.capacity {
        say("have-not-signed-up-yet").into()
    } else {
        say("all-seats-taken-can-join").into()
    }
}

fn join_label(session: &LiveSession) -> &'static str {
    if session.confirmed < session.capacity {
        say("take-seat")
    } else {
        say("seats-wait")
    }
}

/// The session's time for people and for machines.
pub(crate) fn when(session: &LiveSession) -> Value {
    match SessionTime::parse(&session.starts, &session.zone, session.minutes) {
        Ok(time) => json!({
            "iso": time.instant().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "zone": session.zone,
            "text": dates::session(&time),
            "utc_text": dates::session_utc(&time),
        }),
        Err(_) => {
            json!({ "iso": "", "zone": session.zone, "text": session.starts, "utc_text": "" })
        }
    }
}
