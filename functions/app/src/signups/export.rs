//! All of one's own data, in one file.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};
use sodium_domain::decision::Decision;
use sodium_domain::suggestion::Suggestion;

use crate::state::App;
use crate::web::reply::Answer;
use crate::web::visitor::SignedIn;

/// `GET /api/account/export`
pub(crate) async fn download(State(app): State<App>, signed_in: SignedIn) -> Answer {
    let SignedIn { profile, .. } = signed_in;
    let things = app.store.own_things(profile.id).await?;
    let waitlist = match &profile.address {
        Some(address) => {
            let hash = app.address_hash(address);
            app.store.waitlist_entry(&hash).await?
        }
        None => None,
    };
    let devices = app.store.devices(profile.id, app.clock.now()).await?;
    let file = json!({
        "format": "sodium-learn-member-1",
        "exported": app.clock.now(),
        "member": profile,
        "devices": devices,
        "comments": things.comments,
        "helpful_marks": things.marks,
        "earlier_texts": things.earlier_texts,
        "seats": things.seats,
        "passkeys": things.passkeys,
        "company_accounts": things.companies,
        "forms": things.forms,
        "waitlist": waitlist,
        "follows": things.follows,
        "told": things.told,
        "lessons_done": things.lessons_done,
        "suggestions": things.suggestions.iter().map(own_suggestion).collect::<Vec<_>>(),
        "digests": things.digests,
        "decisions": things.decisions.iter().map(about_oneself).collect::<Vec<_>>(),
    });
    let name = "attachment; filename=\"sodium-learn-my-data.json\"";
    Ok(([(CONTENT_DISPOSITION, name)], Json(file)).into_response())
}

/// A suggestion of one's own, without who decided about it: that belongs to somebody else.
fn own_suggestion(suggestion: &Suggestion) -> Value {
    json!({
        "id": suggestion.id,
        "thread": suggestion.thread,
        "path": suggestion.path,
        "base": suggestion.base,
        "patch": suggestion.patch,
        "why": suggestion.why,
        "credit": suggestion.credit,
        "made": suggestion.made,
        "state": suggestion.state,
        "decided": suggestion.decided.map(|decided| decided.at),
        "expires_at": suggestion.expires,
    })
}

/// A decision about oneself, without who took it: that belongs to somebody else.
fn about_oneself(decision: &Decision) -> Value {
    json!({
        "id": decision.id,
        "act": decision.act,
        "reason": decision.reason,
        "at": decision.at,
        "effect": decision.effect,
        "appeal": decision.appeal,
        "taken_back": decision.undone.map(|undone| undone.at),
    })
}
