//! One's own passkeys: added, named and removed on the account page. Those who decide what others
//! wrote need one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use serde_json::{Value, json};
use sodium_domain::member::Profile;
use sodium_domain::passkey::{Addition, CameIn, PasskeyName, addition, may_remove};

use crate::state::App;
use crate::store::members::Device;
use crate::store::passkeys::{PasskeyId, StoredPasskey};
use crate::store::transaction::{Commit, Rule};
use crate::views::time::TimeView;
use crate::web::form::{Asking, At, Sent, own_path};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::SignedIn;
use crate::words::say;

/// The account page, at its passkeys.
const PLACE: &str = "/api/account#my-passkeys";

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    return_to: Option<String>,
}

/// A passkey as the page's script sends it.
#[derive(Debug, Deserialize)]
pub(crate) struct PasskeySent {
    #[serde(default)]
    pub(crate) challenge: String,
    #[serde(default)]
    pub(crate) credential: String,
    #[serde(default)]
    pub(crate) name: String,
    pub(crate) return_to: Option<String>,
}

/// `GET /api/account/passkeys`: the page to which those come who need one and came in without.
pub(crate) async fn show(
    State(app): State<App>,
    signed_in: SignedIn,
    Asking(wanted): Asking<Wanted>,
) -> Answer {
    let return_to = own_path(wanted.return_to.as_deref());
    let first = app.may_add(&signed_in).await? == Addition::First;
    let (lead, note) = if first {
        (say("moderators-decide-what-others-wrote"), None)
    } else {
        (
            say("moderators-decide-what-others-wrote-so"),
            Some(say("passkey-lost-whoever-runs-community")),
        )
    };
    let values = json!({
        "title": say("takes-passkey"),
        "lead": lead,
        "note": note,
        "add": first.then(|| add_form(say("this-device"), return_to)),
        "enter": (!first).then(|| json!({ "return_to": return_to })),
    });
    app.page(StatusCode::OK, "passkey", &values).await
}

/// `POST /api/account/passkeys/challenge`: the question for the browser, asked by the page's script.
pub(crate) async fn ask(State(app): State<App>, signed_in: SignedIn) -> Answer {
    if app.may_add(&signed_in).await? == Addition::Refused {
        return Err(AppError::PasskeyNeeded);
    }
    let profile = &signed_in.profile;
    let have = app.store.passkeys(profile.id).await?;
    let name = profile
        .name
        .as_ref()
        .map_or(say("your-account"), |name| name.as_str());
    Ok(Json(app.ask_for_new_passkey(profile.id, name, &have)?).into_response())
}

/// `POST /api/account/passkeys`
pub(crate) async fn add(
    State(app): State<App>,
    signed_in: SignedIn,
    Sent(sent): Sent<PasskeySent>,
) -> Answer {
    if sent.credential.is_empty() {
        return Err(AppError::PasskeysNotHere);
    }
    let may = app.may_add(&signed_in).await?;
    if may == Addition::Refused {
        return Err(AppError::PasskeyNeeded);
    }
    let (answered, id, credential) =
        app.new_passkey(signed_in.profile.id, &sent.challenge, &sent.credential)?;
    let passkey = StoredPasskey {
        id,
        name: PasskeyName::parse(&sent.name)
            .or_else(|| PasskeyName::parse(&signed_in.device.label))
            .ok_or(AppError::PasskeyRefused)?,
        created: app.clock.now(),
        used: None,
        credential,
    };
    let added = app
        .store
        .add_passkey(&answered, &passkey, &signed_in.device, may);
    match added.await? {
        Commit::Done => Ok(see_other(
            sent.return_to
                .as_deref()
                .map_or(PLACE, |path| own_path(Some(path))),
        )),
        Commit::Refused(Rule::MemberStays) => Err(AppError::SignedOut),
        Commit::Refused(Rule::PasskeyFits) => Err(AppError::TooManyPasskeys),
        Commit::Refused(_) => Err(AppError::PasskeyRefused),
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct NameSent {
    #[serde(default)]
    name: String,
}

/// `POST /api/account/passkeys/{passkey}/name`
pub(crate) async fn rename(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    At(passkey): At<String>,
    Sent(sent): Sent<NameSent>,
) -> Answer {
    let Some(name) = PasskeyName::parse(&sent.name) else {
        return Ok(see_other(PLACE));
    };
    let passkey = PasskeyId::presented(&passkey);
    match app
        .store
        .rename_passkey(profile.id, &passkey, &name)
        .await?
    {
        Commit::Done => Ok(see_other(PLACE)),
        Commit::Refused(_) => Err(AppError::NotFound),
    }
}

/// `POST /api/account/passkeys/{passkey}/remove`
pub(crate) async fn remove(
    State(app): State<App>,
    signed_in: SignedIn,
    At(passkey): At<String>,
) -> Answer {
    let came_in = app.came_in(&signed_in.profile, &signed_in.device).await?;
    if !may_remove(app.moderates(&signed_in.profile), came_in) {
        return Err(AppError::PasskeyNeeded);
    }
    let passkey = PasskeyId::presented(&passkey);
    let removed = app.store.remove_passkey(signed_in.profile.id, &passkey);
    match removed.await? {
        Commit::Done => Ok(see_other(PLACE)),
        Commit::Refused(_) => Err(AppError::NotFound),
    }
}

impl App {
    async fn may_add(&self, signed_in: &SignedIn) -> Result<Addition, AppError> {
        let decides = self.moderates(&signed_in.profile);
        let came_in = self.came_in(&signed_in.profile, &signed_in.device).await?;
        Ok(addition(decides, came_in, signed_in.profile.passkeys))
    }

    /// How a member came in: a passkey that they removed since counts no more.
    pub(crate) async fn came_in(
        &self,
        profile: &Profile,
        device: &Device,
    ) -> Result<CameIn, AppError> {
        let Some(passkey) = &device.passkey else {
            return Ok(CameIn::Otherwise);
        };
        let known = self.store.passkey(profile.id, passkey).await?;
        Ok(known.map_or(CameIn::Otherwise, |_| CameIn::ByPasskey))
    }

    /// The passkeys for the account page.
    pub(crate) async fn passkey_values(&self, signed_in: &SignedIn) -> Result<Value, AppError> {
        let mut passkeys = self.store.passkeys(signed_in.profile.id).await?;
        passkeys.sort_by_key(|passkey| passkey.created);
        let items: Vec<Value> = passkeys
            .iter()
            .map(|passkey| {
                let own = format!("/api/account/passkeys/{}", passkey.id.as_str());
                json!({
                    "name": passkey.name.as_str(),
                    "created": TimeView::from(passkey.created),
                    "used": passkey.used.map(TimeView::from),
                    "current": signed_in.device.passkey.as_ref() == Some(&passkey.id),
                    "rename_action": format!("{own}/name"),
                    "remove_action": format!("{own}/remove"),
                })
            })
            .collect();
        let may_add = self.may_add(signed_in).await? != Addition::Refused;
        Ok(json!({
            "items": items,
            "add": may_add.then(|| add_form(&signed_in.device.label, PLACE)),
            "prove_url": (!may_add).then_some("/api/account/passkeys?return_to=/api/account"),
        }))
    }
}

fn add_form(name: &str, return_to: &str) -> Value {
    json!({ "name": name, "return_to": return_to })
}
