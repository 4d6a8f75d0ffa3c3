//! The `waitlist` function: double opt-in for people who want to try the beta. Every answer to a
//! request is the same, whatever is known of the address.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sodium_domain::email::EmailAddress;
use sodium_domain::waitlist::{CONFIRMATION_LIFE, Entry, Interest};

use crate::mail::Letter;
use crate::seal::Purpose;
use crate::state::App;
use crate::store::transaction::{Commit, Rule};
use crate::store::waiting::Known;
use crate::views::time::TimeView;
use crate::web::form::{At, Sent, honeypot};
use crate::web::network::Network;
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::words::own_page;
use crate::words::spoken;
use crate::words::{count, terms};
use crate::words::{say, say_with};

#[derive(Debug, Deserialize)]
pub(crate) struct JoinSent {
    #[serde(default)]
    email: String,
    #[serde(default)]
    interest: String,
    website: Option<String>,
}

/// What a confirmation link carries, sealed: the table knows the address by a keyed hash only.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Confirmation {
    address: EmailAddress,
    interest: Interest,
    expires: Timestamp,
}

/// What a link to an own entry carries, sealed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OwnEntry {
    hash: String,
}

/// `POST /api/waitlist`
pub(crate) async fn join(
    State(app): State<App>,
    network: Network,
    Sent(sent): Sent<JoinSent>,
) -> Answer {
    match app.request_place(&network, &sent).await {
        Ok(()) => Ok(see_other("/api/waitlist/sent")),
        Err(error @ (AppError::Address(_) | AppError::TooMany | AppError::Machine)) => {
            app.waitlist_form(&sent, &error).await
        }
        Err(error) => Err(error),
    }
}

/// `GET /api/waitlist/sent`
pub(crate) async fn sent(State(app): State<App>) -> Answer {
    let values = json!({
        "title": say("look-into-mailbox"),
        "tone": "good",
        "lead": say("if-address-can-join-mail"),
        "paragraphs": [
            say("until-then-keep-nothing-address"),
            say("address-gets-most-one-such"),
        ],
        "actions": [{ "label": say("read-course-meanwhile"), "url": own_page("/courses/"), "primary": true }],
    });
    app.page(StatusCode::OK, "message", &values).await
}

/// `GET /api/waitlist/confirm/{token}`: shows the button; changes nothing.
pub(crate) async fn ask(State(app): State<App>, At(token): At<String>) -> Answer {
    let confirmation = app.confirmation(&token)?;
    let values = json!({
        "title": say("waitlist-join"),
        "lead": say_with("put-waitlist", &[("address", &confirmation.address.masked())]),
        "notes": [say("will-write-when-turn-nothing")],
        "action": format!("/api/waitlist/confirm/{token}"),
        "fields": [],
        "button": say("yes-put-me-list"),
        "danger": false,
        "cancel_url": own_page("/"),
    });
    app.page(StatusCode::OK, "confirm", &values).await
}

/// `POST /api/waitlist/confirm/{token}`
pub(crate) async fn confirm(State(app): State<App>, At(token): At<String>) -> Answer {
    let Confirmation {
        address, interest, ..
    } = app.confirmation(&token)?;
    let hash = app.address_hash(&address);
    let own = app
        .keys
        .seal(Purpose::WaitlistPlace, &OwnEntry { hash: hash.clone() })?;
    let mail = app.letter(&Letter::WaitlistPlace {
        address: address.clone(),
        token: own.clone(),
        language: spoken(),
    })?;
    let entry = Entry {
        address,
        interest,
        place: 0,
        confirmed: app.clock.now(),
    };
    app.store.confirm_place(&hash, entry, &mail).await?;
    app.wake.notify_one();
    Ok(see_other(&format!("/api/waitlist/place/{own}")))
}

/// `GET /api/waitlist/place/{token}`: everything that is stored, by a signed link.
pub(crate) async fn place(State(app): State<App>, At(token): At<String>) -> Answer {
    let (_, entry) = app.own_entry(&token).await?;
    let ahead = app.store.ahead_of(entry.place).await?;
    let values = json!({
        "title": say("place-waitlist"),
        "lead": place_text(ahead),
        "position": ahead + 1,
        "ahead": ahead,
        "facts": [
            { "what": say("your-address-3"), "value": entry.address.as_str() },
            { "what": say("what-hope"), "value": terms::interest(entry.interest) },
            { "what": say("confirmed"), "value": TimeView::from(entry.confirmed) },
        ],
        "leave_action": format!("/api/waitlist/leave/{token}"),
        "fields": [],
    });
    app.page(StatusCode::OK, "waitlist_entry", &values).await
}

/// `POST /api/waitlist/leave/{token}`
pub(crate) async fn leave(State(app): State<App>, At(token): At<String>) -> Answer {
    let (hash, entry) = app.own_entry(&token).await?;
    let now = app.clock.now();
    app.store.leave_waitlist(&hash, &entry, now).await?;
    let values = json!({
        "title": say("have-left-waitlist"),
        "tone": "good",
        "lead": say("address-gone-hash-nobody-can"),
        "paragraphs": [],
        "actions": [{ "label": say("go-home-page"), "url": own_page("/"), "primary": true }],
    });
    app.page(StatusCode::OK, "message", &values).await
}

impl App {
    async fn request_place(&self, network: &Network, sent: &JoinSent) -> Result<(), AppError> {
        honeypot(sent.website.as_deref())?;
        let address = EmailAddress::parse(&sent.email).map_err(AppError::Address)?;
        let (hash, now) = (self.address_hash(&address), self.clock.now());
        let known = self.store.known_of(&hash, now).await?;
        let confirmation = Confirmation {
            address: address.clone(),
            interest: Interest::from_value(&sent.interest),
            expires: now + CONFIRMATION_LIFE,
        };
        let confirm = self.keys.seal(Purpose::WaitlistConfirm, &confirmation)?;
        let own = self
            .keys
            .seal(Purpose::WaitlistPlace, &OwnEntry { hash: hash.clone() })?;
        let language = spoken();
        let mail = self.letter(&match &known {
            Known {
                may_be_mailed: false,
                ..
            } => Letter::Nobody,
            Known {
                is_confirmed: true, ..
            } => Letter::WaitlistPlace {
                address,
                token: own,
                language,
            },
            Known {
                is_confirmed: false,
                ..
            } => Letter::WaitlistConfirm {
                address,
                token: confirm,
                language,
            },
        })?;
        let commit = self
            .store
            .request_place((&hash, &known), &self.mail_limit(&network.0), &mail, now)
            .await?;
        match commit {
            Commit::Done => self.wake.notify_one(),
            // Somebody else asked at this moment. The answer is the same.
            Commit::Refused(Rule::MailPace) => self.count_vain_request(&network.0).await?,
            Commit::Refused(_) => return Err(AppError::TooMany),
        }
        Ok(())
    }

    fn confirmation(&self, token: &str) -> Result<Confirmation, AppError> {
        self.keys
            .open::<Confirmation>(Purpose::WaitlistConfirm, token)
            .filter(|confirmation| confirmation.expires > self.clock.now())
            .ok_or(AppError::LinkUsed)
    }

    async fn own_entry(&self, token: &str) -> Result<(String, Entry), AppError> {
        let own: OwnEntry = self
            .keys
            .open(Purpose::WaitlistPlace, token)
            .ok_or(AppError::LinkUsed)?;
        let entry = self
            .store
            .waitlist_entry(&own.hash)
            .await?
            .ok_or(AppError::NotFound)?;
        Ok((own.hash, entry))
    }

    async fn waitlist_form(&self, sent: &JoinSent, error: &AppError) -> Answer {
        let problem = error.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
        let values = json!({
            "title": say("waitlist-join"),
            "form": {
                "action": "/api/waitlist", "email": sent.email,
                "interest": Interest::from_value(&sent.interest).value(), "error": problem,
            },
        });
        self.page(status, "waitlist", &values).await
    }
}

fn place_text(ahead: usize) -> String {
    match ahead {
        0 => say("you-are-the-next").into(),
        _ => count("before-you", ahead as u64),
    }
}
