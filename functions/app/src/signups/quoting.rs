//! How digests may quote a member.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use sodium_domain::member::{Profile, Quoting};

use crate::state::App;
use crate::store::outbox::Work;
use crate::web::form::Sent;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::SignedIn;
use crate::words::say;

#[derive(Debug, Deserialize)]
pub(crate) struct QuotingSent {
    quoting: Quoting,
}

/// `POST /api/account/quotes`
pub(crate) async fn choose(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    Sent(sent): Sent<QuotingSent>,
) -> Answer {
    let bake = app.outgoing(Work::QuotingChanged { member: profile.id });
    app.store
        .set_quoting(profile.id, sent.quoting, &bake)
        .await?;
    app.wake.notify_one();
    Ok(see_other("/api/account#my-quotes"))
}

/// The choices for the account page.
pub(super) fn choices(member: &Profile) -> Vec<Value> {
    let each = [
        (Quoting::Named, say("quotes-named")),
        (Quoting::Nameless, say("quotes-nameless")),
        (Quoting::Never, say("quotes-never")),
    ];
    let each = each.map(|(choice, label)| {
        json!({ "value": choice, "label": label, "chosen": choice == member.quoting })
    });
    each.to_vec()
}
