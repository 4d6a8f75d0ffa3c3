//! Leaving: the membership ends at once, and everything that belonged to it follows.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse as _};
use serde_json::json;

use crate::state::App;
use crate::store::outbox::Work;
use crate::web::cookie::forget;
use crate::web::reply::Answer;
use crate::web::visitor::SignedIn;

/// `GET /api/account/delete`
pub(crate) async fn ask(State(app): State<App>, _signed_in: SignedIn) -> Answer {
    let values = json!({
        "title": "Leave and delete everything?",
        "lead": "Your account, your address, your name, your comments, your seats and your place on the waitlist go. This cannot be undone.",
        "notes": [
            "Answers that others wrote to you stay; where your comment stood, they read “This comment was deleted”.",
            "You may want to download your data first, on your account page.",
        ],
        "action": "/api/account/delete",
        "fields": [],
        "button": "Delete everything and leave",
        "danger": true,
        "cancel_url": "/api/account",
    });
    app.page(StatusCode::OK, "confirm", &values).await
}

/// `POST /api/account/delete`
pub(crate) async fn leave(State(app): State<App>, signed_in: SignedIn) -> Answer {
    let profile = signed_in.profile;
    let address = profile
        .address
        .as_ref()
        .map(|address| app.address_hash(address));
    let address = address.unwrap_or_default();
    if let Some(entry) = app.store.waitlist_entry(&address).await? {
        let now = app.clock.now();
        app.store.leave_waitlist(&address, &entry, now).await?;
    }
    let work = app.outgoing(Work::MemberLeft { member: profile.id });
    app.store
        .leave(&profile, &address, &work, app.clock.now())
        .await?;
    app.wake.notify_one();
    let values = json!({
        "title": "You have left",
        "tone": "good",
        "lead": "Your account is gone. Your comments go from the pages within a minute, from feeds and digests with them.",
        "paragraphs": ["Thank you for having been here. You can come back at any time; you would start anew."],
        "actions": [{ "label": "Go to the home page", "url": "/", "primary": true }],
    });
    let page = app.page(StatusCode::OK, "message", &values).await?;
    let cookie = forget(&app.config.base_url);
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), page).into_response())
}
