//! The language in which a member reads their pages and mails.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use sodium_domain::member::{LanguageTag, Profile};

use crate::state::App;
use crate::web::form::Sent;
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::SignedIn;
use crate::words::{Language, say, say_in};

#[derive(Debug, Deserialize)]
pub(crate) struct LanguageSent {
    /// Nothing: what the browser asks for.
    #[serde(default)]
    language: String,
}

/// `POST /api/account/language`
pub(crate) async fn choose(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    Sent(sent): Sent<LanguageSent>,
) -> Answer {
    let language = match sent.language.as_str() {
        "" => None,
        tag => {
            let known = Language::all().find(|language| language.tag() == tag);
            let unknown = || AppError::Malformed(say("choose-a-language").into());
            Some(LanguageTag::new(known.ok_or_else(unknown)?.tag()))
        }
    };
    app.store
        .set_language(profile.id, language.as_ref())
        .await?;
    Ok(see_other("/api/account#my-language"))
}

/// The choices for the account page, each in its own language.
pub(super) fn choices(member: &Profile) -> Vec<Value> {
    let chosen = Language::chosen_by(member);
    let each = Language::all().map(|language| {
        json!({
            "value": language.tag(),
            "label": say_in(language, "language-name"),
            "chosen": chosen == Some(language),
        })
    });
    each.collect()
}
