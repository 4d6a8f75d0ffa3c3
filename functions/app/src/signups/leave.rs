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
use crate::words::own_page;
use crate::words::say;

/// `GET /api/account/delete`
pub(crate) async fn ask(State(app): State<App>, _signed_in: SignedIn) -> Answer {
    let values = json!({
        "title": say("leave-delete-everything"),
        "lead": say("account-address-name-comments-seats"),
        "notes": [
            say("answers-others-wrote-stay-where"),
            say("may-want-download-data-first"),
        ],
        "action": "/api/account/delete",
        "fields": [],
        "button": say("delete-everything-leave"),
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
        "title": say("have-left"),
        "tone": "good",
        "lead": say("account-gone-comments-go-pages"),
        "paragraphs": [say("thank-having-been-here-can")],
        "actions": [{ "label": say("go-home-page"), "url": own_page("/"), "primary": true }],
    });
    let page = app.page(StatusCode::OK, "message", &values).await?;
    let cookie = forget(&app.config.base_url);
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), page).into_response())
}
