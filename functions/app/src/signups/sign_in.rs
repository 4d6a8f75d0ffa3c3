//! Signing in by mail link. Opening the link changes nothing; the button on its page does. Every
//! answer is the same for addresses that are known and that are not.

use axum::extract::State;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse as _};
use serde::Deserialize;
use serde_json::json;
use sodium_domain::email::EmailAddress;
use sodium_domain::id::MemberId;
use sodium_domain::member::Profile;

use crate::mail::Letter;
use crate::seal::Token;
use crate::state::App;
use crate::store::sign_ins::SignInLink;
use crate::store::transaction::{Commit, Rule};
use crate::web::cookie::{Asked, forget, remember, remember_asking};
use crate::web::form::{Asking, At, Sent, honeypot, own_path};
use crate::web::network::Network;
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::SignedIn;
use crate::words::own_page;
use crate::words::spoken;
use crate::words::{say, say_with};

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    return_to: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SignInSent {
    #[serde(default)]
    email: String,
    return_to: Option<String>,
    website: Option<String>,
}

/// `GET /api/sign-in`: the form, with a way back.
pub(crate) async fn form(State(app): State<App>, Asking(wanted): Asking<Wanted>) -> Answer {
    let return_to = own_path(wanted.return_to.as_deref());
    app.sign_in_form(StatusCode::OK, "", return_to, None).await
}

/// `POST /api/sign-in`: sends a link.
pub(crate) async fn send(
    State(app): State<App>,
    network: Network,
    Sent(sent): Sent<SignInSent>,
) -> Answer {
    let return_to = own_path(sent.return_to.as_deref());
    match app.offer(&network, &sent, return_to).await {
        Ok(asking) => {
            let cookie = remember_asking(&app.config.base_url, &asking);
            Ok((
                AppendHeaders([(SET_COOKIE, cookie)]),
                see_other("/api/sign-in/sent"),
            )
                .into_response())
        }
        Err(error @ (AppError::Address(_) | AppError::TooMany | AppError::Machine)) => {
            let problem = error.problem();
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
            app.sign_in_form(status, &sent.email, return_to, Some(problem))
                .await
        }
        Err(error) => Err(error),
    }
}

/// `GET /api/sign-in/sent`
pub(crate) async fn sent(State(app): State<App>) -> Answer {
    let values = json!({
        "title": say("look-into-mailbox"),
        "tone": "good",
        "lead": say("mail-link-way-link-works"),
        "paragraphs": [
            say("no-mail-after-two-minutes"),
            say("say-same-whether-not-address"),
        ],
        "actions": [{ "label": say("ask-another-link"), "url": own_page("/sign-in/"), "primary": false }],
    });
    app.page(StatusCode::OK, "message", &values).await
}

/// `GET /api/sign-in/{token}`: shows the button. Mail programs and scanners may open it freely.
pub(crate) async fn open(State(app): State<App>, asked: Asked, At(token): At<String>) -> Answer {
    let token = Token::presented(&token);
    let link = app
        .store
        .sign_in_link(&token, app.clock.now())
        .await?
        .ok_or(AppError::LinkUsed)?;
    let same_browser = asked.0.is_some_and(|asking| asking.hash() == link.browser);
    let notes = if same_browser {
        json!([])
    } else {
        json!([say("asked-link-another-browser-another")])
    };
    let values = json!({
        "title": say("sign-in"),
        "lead": say_with("sign-in-as", &[("address", &link.address.masked())]),
        "notes": notes,
        "action": format!("/api/sign-in/{}", token.reveal()),
        "fields": [],
        "button": say("sign-in"),
        "danger": false,
        "cancel_url": own_page("/"),
    });
    app.page(StatusCode::OK, "confirm", &values).await
}

/// `POST /api/sign-in/{token}`: uses the link.
pub(crate) async fn enter(
    State(app): State<App>,
    headers: HeaderMap,
    At(token): At<String>,
) -> Answer {
    let (token, now) = (Token::presented(&token), app.clock.now());
    let link = app
        .store
        .sign_in_link(&token, now)
        .await?
        .ok_or(AppError::LinkUsed)?;
    let device = Token::generate()?;
    let hash = app.address_hash(&link.address);
    let label = device_label(&headers);
    let new_member = app.ids.next().into();
    let member = app
        .store
        .sign_in((&token, &link), &hash, new_member, (&device, &label), now)
        .await?
        .ok_or(AppError::LinkUsed)?;
    let next = next_page(&app, member, &link.return_to).await;
    let cookie = remember(&app.config.base_url, &device);
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), see_other(&next)).into_response())
}

/// `POST /api/sign-out`
pub(crate) async fn leave(State(app): State<App>, signed_in: Option<SignedIn>) -> Answer {
    if let Some(SignedIn { device, profile }) = signed_in {
        app.store.forget_device(&device.id, profile.id).await?;
    }
    let cookie = forget(&app.config.base_url);
    Ok((
        AppendHeaders([(SET_COOKIE, cookie)]),
        see_other(&own_page("/")),
    )
        .into_response())
}

impl App {
    async fn offer(
        &self,
        network: &Network,
        sent: &SignInSent,
        return_to: &str,
    ) -> Result<Token, AppError> {
        honeypot(sent.website.as_deref())?;
        let address = EmailAddress::parse(&sent.email).map_err(AppError::Address)?;
        let (token, asking) = (Token::generate()?, Token::generate()?);
        let limits = self.sign_in_limits(&self.address_hash(&address), &network.0);
        let mail = self.letter(&Letter::SignIn {
            address: address.clone(),
            token: token.reveal().to_owned(),
            language: spoken(),
        })?;
        let link = SignInLink::new(address, return_to.to_owned(), &asking, self.clock.now());
        match self
            .store
            .offer_sign_in(&token, &link, &limits, &mail)
            .await?
        {
            Commit::Done => self.wake.notify_one(),
            // The mailbox has mails enough; saying so would tell that somebody else asked too.
            Commit::Refused(Rule::MailPace) => self.count_vain_request(&network.0).await?,
            Commit::Refused(_) => return Err(AppError::TooMany),
        }
        Ok(asking)
    }

    async fn sign_in_form(
        &self,
        status: StatusCode,
        email: &str,
        return_to: &str,
        error: Option<crate::web::problem::Problem>,
    ) -> Answer {
        let values = json!({
            "title": say("sign-in"),
            "lead": say("mail-link-signs-there-no"),
            "form": {
                "action": "/api/sign-in", "email": email, "return_to": return_to, "error": error,
            },
            "companies": self.company_buttons(return_to),
            "kept_text": null,
        });
        self.page(status, "sign_in", &values).await
    }

    /// The keyed hash under which an address is found.
    pub(crate) fn address_hash(&self, address: &EmailAddress) -> String {
        self.keys.hash("address", &address.canonical())
    }
}

/// Where somebody goes who just came in: to where they wanted, or to choosing a name first. They are
/// signed in whatever cannot be read now.
pub(crate) async fn next_page(app: &App, member: MemberId, return_to: &str) -> String {
    let profile = app.store.member(member).await.unwrap_or_default();
    match profile {
        Some(Profile { name: None, .. }) => {
            format!("/api/account/name?return_to={}", encode(return_to))
        }
        _ => return_to.to_owned(),
    }
}

/// A few words by which a person recognises a device. The whole header would be a fingerprint.
pub(crate) fn device_label(headers: &HeaderMap) -> String {
    let agent = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let find = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let browser = find(&[
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => {
            say_with("on", &[("browser", &browser), ("system", &system)])
        }
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => say("unknown-browser").to_owned(),
    }
}

/// Percent-encodes a path for a query.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
