//! Stopping mails, by the link that is in each of them: a page with a button for people, and one
//! POST for mail programs (RFC 8058). Whoever has the link may; nobody has to sign in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;
use sodium_domain::email::EmailAddress;

use crate::seal::{Purpose, RandomError};
use crate::state::App;
use crate::store::mail_stops::StopReason;
use crate::web::form::{At, Sent};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};

/// The route. Mail programs send its form from no page at all, so where a request comes from is not
/// asked there; the token says enough.
pub(crate) const ROUTE: &str = "/api/mails/{token}";

/// What a reader wants. A mail program sends another field (`List-Unsubscribe=One-Click`) and wants
/// to stop.
#[derive(Debug, Deserialize)]
pub(crate) struct Wish {
    #[serde(default)]
    mails: Mails,
    #[serde(rename = "List-Unsubscribe")]
    one_click: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mails {
    #[default]
    Stop,
    Send,
}

/// `GET /api/mails/{token}`: says how it is and offers the other; changes nothing.
pub(crate) async fn ask(State(app): State<App>, At(token): At<String>) -> Answer {
    let hash = app.stopper(&token)?;
    let stopped = app.store.mail_stop(&hash).await?;
    let action = format!("/api/mails/{token}");
    let field = |value: &str| json!([{ "name": "mails", "value": value }]);
    let values = match stopped {
        None => json!({
            "title": "Stop mails",
            "lead": "We will write only what you ask for yourself, such as a link to sign in.",
            "notes": ["Then no mail tells you that a seat became free for you, or what became of your comment. Your pages here still do."],
            "action": action, "fields": field("stop"), "button": "Stop these mails",
            "danger": false, "cancel_url": "/",
        }),
        Some(StopReason::Unsubscribed) => json!({
            "title": "You get no mails",
            "lead": "We write only what you ask for yourself, such as a link to sign in.",
            "notes": ["You can have the others back: about your seats, your comments and your place in line."],
            "action": action, "fields": field("send"), "button": "Send them again",
            "danger": false, "cancel_url": "/",
        }),
        Some(StopReason::Bounced | StopReason::Complained) => json!({
            "title": "This address gets no mails",
            "tone": "bad",
            "lead": "A mail to it came back, or somebody reported one as spam, so we write to it no more.",
            "paragraphs": ["If that was a mistake, write to the people who run this community."],
            "actions": [{ "label": "Go to the home page", "url": "/", "primary": true }],
        }),
    };
    let page = if values["action"].is_string() {
        "confirm"
    } else {
        "message"
    };
    app.page(StatusCode::OK, page, &values).await
}

/// `POST /api/mails/{token}`
pub(crate) async fn choose(
    State(app): State<App>,
    At(token): At<String>,
    Sent(wish): Sent<Wish>,
) -> Result<Response, AppError> {
    let hash = app.stopper(&token)?;
    match wish.mails {
        Mails::Stop => {
            let now = app.clock.now();
            app.store
                .stop_mail(&hash, StopReason::Unsubscribed, now)
                .await?;
        }
        Mails::Send => app.store.allow_mail(&hash).await?,
    }
    // A mail program wants no page, and RFC 8058 no redirect.
    if wish.one_click.is_some() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(see_other(&format!("/api/mails/{token}")))
}

impl App {
    /// The address in a mail that stops others like it.
    pub(crate) fn stop_url(&self, address: &EmailAddress) -> Result<String, RandomError> {
        let token = self
            .keys
            .seal(Purpose::StopMail, &self.address_hash(address))?;
        Ok(self.config.base_url.join(&format!("/api/mails/{token}")))
    }

    /// Whose mails a token stops: the hash of an address.
    fn stopper(&self, token: &str) -> Result<String, AppError> {
        self.keys
            .open(Purpose::StopMail, token)
            .ok_or(AppError::LinkUsed)
    }
}
