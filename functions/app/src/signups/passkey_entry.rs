//! Coming in with a passkey: no address is typed, because the passkey says whose it is.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse as _};

use crate::seal::Token;
use crate::signups::passkeys::PasskeySent;
use crate::signups::sign_in::{device_label, next_page};
use crate::state::App;
use crate::store::transaction::Commit;
use crate::web::cookie::remember;
use crate::web::form::{Sent, own_path};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::SignedIn;

/// `POST /api/sign-in/passkey/challenge`: the question for the browser, asked by the page's script.
pub(crate) async fn ask(State(app): State<App>) -> Answer {
    Ok(Json(app.ask_for_passkey()?).into_response())
}

/// `POST /api/sign-in/passkey`
pub(crate) async fn enter(
    State(app): State<App>,
    headers: HeaderMap,
    before: Option<SignedIn>,
    Sent(sent): Sent<PasskeySent>,
) -> Answer {
    if sent.credential.is_empty() {
        return Err(AppError::PasskeysNotHere);
    }
    let proof = app.proof(&sent.challenge, &sent.credential).await?;
    let (device, label) = (Token::generate()?, device_label(&headers));
    // Who was signed in here by mail gets a new cookie: what was known of the old one opens nothing more.
    let replaced = before.map(|before| before.device);
    let entered = app.store.enter_by_passkey(
        &proof.answered,
        (proof.member, &proof.passkey),
        &proof.credential,
        (&device, &label),
        replaced.as_ref(),
        app.clock.now(),
    );
    let Commit::Done = entered.await? else {
        return Err(AppError::PasskeyRefused);
    };
    let next = next_page(&app, proof.member, own_path(sent.return_to.as_deref())).await;
    let cookie = remember(&app.config.base_url, &device);
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), see_other(&next)).into_response())
}
