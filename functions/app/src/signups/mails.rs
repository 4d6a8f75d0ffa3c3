//! Stopping mails, by the link that is in each of them: a page with buttons for people, and one
//! POST for mail programs (RFC 8058). Whoever has the link may; nobody has to sign in. What the link
//! stops is in it: mails of one kind to a member ([`stops`]), or all mails to an address that nobody
//! asked for.

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sodium_domain::email::EmailAddress;
use sodium_domain::follow::Pace;

use crate::seal::{Purpose, RandomError};
use crate::signups::stops::Kind;
use crate::state::App;
use crate::store::mail_stops::StopReason;
use crate::web::form::{Asking, At, Sent};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::words::own_page;
use crate::words::say;

/// The route. Mail programs send its form from no page at all, so where a request comes from is not
/// asked there; the token says enough.
pub(crate) const ROUTE: &str = "/api/mails/{token}";

/// What a reader wants. A mail program sends another field (`List-Unsubscribe=One-Click`) and wants
/// to stop.
#[derive(Debug, Deserialize)]
pub(crate) struct Wish {
    #[serde(default)]
    pub(crate) mails: Mails,
    /// The pace in which a thread was followed before it was stopped.
    pub(crate) pace: Option<Pace>,
    #[serde(rename = "List-Unsubscribe")]
    one_click: Option<String>,
}

impl FromRequest<App> for Wish {
    type Rejection = AppError;

    /// As a form, or in the parts that RFC 8058, 3.1, lets mail programs send: nobody else does, and
    /// they say one thing.
    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        let kind = request.headers().get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
            return Ok(Self {
                mails: Mails::Stop,
                pace: None,
                one_click: Some("One-Click".into()),
            });
        }
        Sent::from_request(request, app)
            .await
            .map(|Sent(wish)| wish)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mails {
    /// No more mails of this kind.
    #[default]
    Stop,
    /// They are wanted after all.
    Send,
    /// No more mails that nobody asked for, of any kind.
    StopAll,
}

/// What was stopped a moment ago, so that it can be undone.
#[derive(Debug, Deserialize)]
pub(crate) struct Before {
    pub(crate) was: Option<Pace>,
}

/// What a link stops.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Stops {
    /// Mails of one kind to a member.
    Kind(Kind),
    /// Mails to the address of this hash.
    Address(String),
}

/// `GET /api/mails/{token}`: says how it is and offers the other; changes nothing.
pub(crate) async fn ask(
    State(app): State<App>,
    At(token): At<String>,
    Asking(before): Asking<Before>,
) -> Answer {
    match app.stops(&token)? {
        Stops::Kind(kind) => app.ask_about(&token, &kind, &before).await,
        Stops::Address(hash) => app.ask_about_all(&token, &hash).await,
    }
}

/// `POST /api/mails/{token}`
pub(crate) async fn choose(
    State(app): State<App>,
    At(token): At<String>,
    wish: Wish,
) -> Result<Response, AppError> {
    let back = match app.stops(&token)? {
        Stops::Kind(kind) => app.choose_about(&token, &kind, &wish).await?,
        Stops::Address(hash) => {
            app.choose_about_all(&hash, wish.mails).await?;
            format!("/api/mails/{token}")
        }
    };
    // A mail program wants no page, and RFC 8058 no redirect.
    if wish.one_click.is_some() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(see_other(&back))
}

impl App {
    async fn ask_about_all(&self, token: &str, hash: &str) -> Answer {
        let stopped = self.store.mail_stop(hash).await?;
        let action = format!("/api/mails/{token}");
        let field = |value: &str| json!([{ "name": "mails", "value": value }]);
        let values = match stopped {
            None => json!({
                "title": say("stop-mails"),
                "lead": say("will-write-only-what-ask"),
                "notes": [say("then-no-mail-tells-seat")],
                "action": action, "fields": field("stop"), "button": say("stop-these-mails"),
                "danger": false, "cancel_url": own_page("/"),
            }),
            Some(StopReason::Unsubscribed) => json!({
                "title": say("get-no-mails"),
                "lead": say("write-only-what-ask-yourself"),
                "notes": [say("can-have-others-back-about")],
                "action": action, "fields": field("send"), "button": say("send-again"),
                "danger": false, "cancel_url": own_page("/"),
            }),
            Some(StopReason::Bounced | StopReason::Complained) => json!({
                "title": say("address-gets-no-mails"),
                "tone": "bad",
                "lead": say("mail-came-back-somebody-reported"),
                "paragraphs": [say("if-mistake-write-people-who")],
                "actions": [{ "label": say("go-home-page"), "url": own_page("/"), "primary": true }],
            }),
        };
        let page = if values["action"].is_string() {
            "confirm"
        } else {
            "message"
        };
        self.page(StatusCode::OK, page, &values).await
    }

    async fn choose_about_all(&self, hash: &str, wish: Mails) -> Result<(), AppError> {
        match wish {
            Mails::Send => self.store.allow_mail(hash).await?,
            Mails::Stop | Mails::StopAll => {
                let now = self.clock.now();
                self.store
                    .stop_mail(hash, StopReason::Unsubscribed, now)
                    .await?;
            }
        }
        Ok(())
    }

    /// The address in a mail that stops all mails to its reader that they did not ask for.
    pub(crate) fn stop_url(&self, address: &EmailAddress) -> Result<String, RandomError> {
        self.stop_url_for(&Stops::Address(self.address_hash(address)))
    }

    /// The address in a mail that stops mails of its kind to a member.
    pub(crate) fn stop_url_of(&self, kind: Kind) -> Result<String, RandomError> {
        self.stop_url_for(&Stops::Kind(kind))
    }

    fn stop_url_for(&self, stops: &Stops) -> Result<String, RandomError> {
        let token = self.keys.seal(Purpose::StopMail, stops)?;
        Ok(self.config.base_url.join(&format!("/api/mails/{token}")))
    }

    fn stops(&self, token: &str) -> Result<Stops, AppError> {
        self.keys
            .open(Purpose::StopMail, token)
            .ok_or(AppError::LinkUsed)
    }
}
