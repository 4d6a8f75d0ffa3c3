//! Signing in with an account at a company. An account here is found by who issued the identity and
//! whom it names there, never by its address: whoever can write an address into a provider would have
//! the account of everybody. An address that is known here is connected by somebody who came in with
//! it; one that is new is believed only where the company answers for its domain.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse as _, Redirect};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sodium_domain::email::EmailAddress;
use sodium_domain::id::MemberId;

use crate::companies::Provider;
use crate::seal::{Purpose, Token};
use crate::signups::oidc::{CameBack, Identity, OnTheWay, WAY_LIFE};
use crate::signups::sign_in::{device_label, encode, next_page};
use crate::state::App;
use crate::store::companies::{CompanyAccount, Entering};
use crate::store::passkeys::Answered;
use crate::store::transaction::Commit;
use crate::views::time::TimeView;
use crate::web::cookie::{OnWay, forget_way, remember, remember_way};
use crate::web::form::{Asking, At, Sent, own_path};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::SignedIn;
use crate::words::own_page;
use crate::words::{say, say_with};

const PLACE: &str = "/api/account#my-companies";

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    return_to: Option<String>,
}

/// A connection that somebody has to confirm.
#[derive(Serialize, Deserialize)]
struct Offered {
    account: CompanyAccount,
    ends: Timestamp,
}

/// `GET /api/sign-in/company/{company}`: to the company's own sign-in page. A link, because a form may
/// not lead to another site; it changes nothing here.
pub(crate) async fn go(
    State(app): State<App>,
    At(company): At<String>,
    Asking(wanted): Asking<Wanted>,
) -> Answer {
    let provider = app.provider(&company)?;
    let return_to = own_path(wanted.return_to.as_deref());
    let (url, sealed) = app.way_to(provider, return_to).await?;
    let cookie = remember_way(&app.config.base_url, &sealed, WAY_LIFE);
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(&url)).into_response())
}

/// `GET /api/sign-in/company/{company}/back`: the provider sends people here. Only the browser that
/// went has what the answer is held against.
pub(crate) async fn back(
    State(app): State<App>,
    headers: HeaderMap,
    signed_in: Option<SignedIn>,
    way: OnWay,
    At(company): At<String>,
    Asking(came_back): Asking<CameBack>,
) -> Answer {
    let provider = app.provider(&company)?;
    let on_the_way = app.on_the_way(way, &company)?;
    let identity = app.identity(provider, &on_the_way, came_back).await?;
    let (token, label) = (Token::generate()?, device_label(&headers));
    let arrival = Arrival {
        provider,
        on_the_way: &on_the_way,
        identity: &identity,
        signed_in: signed_in.as_ref(),
        token: &token,
        label: &label,
    };
    let forget = forget_way(&app.config.base_url);
    let answer = match app.arrive(&arrival).await? {
        Arrived::As(member) => {
            let next = next_page(&app, member, &on_the_way.return_to).await;
            let cookie = remember(&app.config.base_url, &token);
            (AppendHeaders([(SET_COOKIE, cookie)]), see_other(&next)).into_response()
        }
        Arrived::Unconnected => app.offer_connection(&arrival).await?,
        Arrived::AddressIsKnown => app.say_connect_first(provider).await?,
        Arrived::NoAddress => app.say_no_address(provider).await?,
    };
    Ok((AppendHeaders([(SET_COOKIE, forget)]), answer).into_response())
}

#[derive(Debug, Deserialize)]
pub(crate) struct Confirmed {
    #[serde(default)]
    offer: String,
}

/// `POST /api/account/companies`: connects, because the button was pressed on our own page. Without
/// that, another site could lead a browser through here with a company account of its own.
pub(crate) async fn connect(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    Sent(confirmed): Sent<Confirmed>,
) -> Answer {
    let offered: Option<Offered> = app.keys.open(Purpose::CompanyOffer, &confirmed.offer);
    let offered = offered
        .filter(|offered| offered.ends > app.clock.now() && offered.account.member == profile.id)
        .ok_or(AppError::CompanyRefused)?;
    match app.store.connect_company(&offered.account).await? {
        Commit::Done => Ok(see_other(PLACE)),
        Commit::Refused(_) => Err(AppError::Changed),
    }
}

/// `POST /api/account/companies/{account}/remove`
pub(crate) async fn remove(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    At(account): At<String>,
) -> Answer {
    match app.store.disconnect_company(&account, profile.id).await? {
        Commit::Done => Ok(see_other(PLACE)),
        Commit::Refused(_) => Err(AppError::NotFound),
    }
}

/// Somebody who came back from their company.
struct Arrival<'a> {
    provider: &'a Provider,
    on_the_way: &'a OnTheWay,
    identity: &'a Identity,
    signed_in: Option<&'a SignedIn>,
    token: &'a Token,
    label: &'a str,
}

/// What became of it.
enum Arrived {
    /// They are signed in.
    As(MemberId),
    /// They are signed in already, and the company account is nobody's.
    Unconnected,
    /// The address belongs to an account that this company account does not open.
    AddressIsKnown,
    /// The company answers for no address of theirs.
    NoAddress,
}

impl App {
    fn provider(&self, company: &str) -> Result<&Provider, AppError> {
        self.config
            .companies
            .provider(company)
            .ok_or(AppError::NotFound)
    }

    fn on_the_way(&self, way: OnWay, company: &str) -> Result<OnTheWay, AppError> {
        way.0
            .and_then(|sealed| self.keys.open::<OnTheWay>(Purpose::CompanyWay, &sealed))
            .filter(|way| way.ends > self.clock.now() && way.company == company)
            .ok_or(AppError::CompanyRefused)
    }

    async fn arrive(&self, arrival: &Arrival<'_>) -> Result<Arrived, AppError> {
        let id = self.account_id(arrival.identity);
        let answered = Answered {
            challenge: arrival.on_the_way.id,
            ends: arrival.on_the_way.ends,
        };
        let known = self.store.company_account(&id).await?;
        let account = known
            .clone()
            .unwrap_or_else(|| self.new_account(id, arrival));
        let entering = Entering {
            answered: &answered,
            account: &account,
            token: arrival.token,
            label: arrival.label,
            replaced: arrival.signed_in.map(|signed_in| &signed_in.device),
            now: self.clock.now(),
        };
        if known.is_some() {
            return match self.store.enter_by_company(entering).await? {
                Commit::Done => Ok(Arrived::As(account.member)),
                Commit::Refused(_) => Err(AppError::CompanyRefused),
            };
        }
        if arrival.signed_in.is_some() {
            return Ok(Arrived::Unconnected);
        }
        let Some(address) = &arrival.identity.address else {
            return Ok(Arrived::NoAddress);
        };
        self.join(entering, address).await
    }

    async fn join(
        &self,
        entering: Entering<'_>,
        address: &EmailAddress,
    ) -> Result<Arrived, AppError> {
        let hash = self.address_hash(address);
        if self.store.is_known(&hash).await? {
            return Ok(Arrived::AddressIsKnown);
        }
        match self
            .store
            .join_by_company(entering, (address, &hash))
            .await?
        {
            Commit::Done => Ok(Arrived::As(entering.account.member)),
            Commit::Refused(_) => Err(AppError::CompanyRefused),
        }
    }

    fn account_id(&self, identity: &Identity) -> String {
        let text = format!("{}\0{}", identity.issuer, identity.subject);
        self.keys.hash("company", &text)
    }

    fn new_account(&self, id: String, arrival: &Arrival<'_>) -> CompanyAccount {
        let member = arrival.signed_in.map(|signed_in| signed_in.profile.id);
        CompanyAccount {
            id,
            member: member.unwrap_or_else(|| self.ids.next().into()),
            company: arrival.provider.company.id.clone(),
            connected: self.clock.now(),
        }
    }

    async fn offer_connection(&self, arrival: &Arrival<'_>) -> Answer {
        let account = self.new_account(self.account_id(arrival.identity), arrival);
        let ends = self.clock.now() + WAY_LIFE;
        let offer = self
            .keys
            .seal(Purpose::CompanyOffer, &Offered { account, ends })?;
        let name = &arrival.provider.company.name;
        let whose = match &arrival.identity.address {
            Some(address) => say_with(
                "your-account-at-is",
                &[("name", &name), ("address", &address.masked())],
            ),
            None => say_with("came-just-now", &[("name", &name)]),
        };
        let values = json!({
            "title": say_with("sign-now", &[("name", &name)]),
            "lead": say_with("whoever-can-sign-there-can", &[("whose", &whose)]),
            "notes": [say("if-did-not-start-account")],
            "action": "/api/account/companies",
            "fields": [{ "name": "offer", "value": offer }],
            "button": say_with("connect-company", &[("name", &name)]),
            "danger": false,
            "cancel_url": PLACE,
        });
        self.page(StatusCode::OK, "confirm", &values).await
    }

    async fn say_connect_first(&self, provider: &Provider) -> Answer {
        let name = &provider.company.name;
        let lead = say_with("there-account-here-address-gave", &[("name", &name)]);
        let cure = say_with("sign-mail-passkey-first-then", &[("name", &name)]);
        self.say(provider, &lead, &cure).await
    }

    async fn say_no_address(&self, provider: &Provider) -> Answer {
        let name = &provider.company.name;
        let lead = say_with("gave-us-no-address-yours", &[("name", &name)]);
        let cure = say_with("sign-mail-first-then-press", &[("name", &name)]);
        self.say(provider, &lead, &cure).await
    }

    async fn say(&self, provider: &Provider, lead: &str, cure: &str) -> Answer {
        let values = json!({
            "title": say_with("not-connected-yet", &[("name", &provider.company.name)]),
            "tone": "info",
            "lead": lead,
            "paragraphs": [cure],
            "actions": [{ "label": say("sign-in"), "url": own_page("/sign-in/"), "primary": true }],
        });
        self.page(StatusCode::CONFLICT, "message", &values).await
    }

    /// A button for each company, that leads back to `return_to`.
    pub(crate) fn company_buttons(&self, return_to: &str) -> Vec<Value> {
        let buttons = self.config.companies.buttons();
        let buttons = buttons.map(|(id, name)| {
            let url = format!("/api/sign-in/company/{id}?return_to={}", encode(return_to));
            json!({ "name": name, "url": url })
        });
        buttons.collect()
    }

    /// The company accounts for the account page: those that there are, and those that there could be.
    pub(crate) fn company_values(&self, connected: &[CompanyAccount]) -> Value {
        let name = |id: &str| {
            let found = self
                .config
                .companies
                .buttons()
                .find(|button| button.0 == id);
            found.map_or_else(|| id.to_owned(), |(_, name)| name.to_owned())
        };
        let items: Vec<Value> = connected
            .iter()
            .map(|account| {
                json!({
                    "name": name(&account.company),
                    "connected": TimeView::from(account.connected),
                    "action": format!("/api/account/companies/{}/remove", account.id),
                })
            })
            .collect();
        json!({ "items": items, "buttons": self.company_buttons("/api/account") })
    }
}
