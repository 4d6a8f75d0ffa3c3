//! The name that others read: chosen after the first sign-in, and changed now and then. Comments keep the
//! name under which they were written, which stays its writer's, so that nobody else can stand under it.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use sodium_domain::follow::MailChoices;
use sodium_domain::member::Profile;
use sodium_domain::name::DisplayName;

use crate::state::App;
use crate::store::transaction::{Commit, Rule};
use crate::web::form::{Asking, Sent, own_path};
use crate::web::problem::{AppError, Problem};
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::SignedIn;
use crate::words::say;

#[derive(Debug, Deserialize)]
pub(crate) struct NameSent {
    #[serde(default)]
    name: String,
    /// Whether the box was ticked: mails about answers and mentions.
    answers: Option<String>,
    return_to: Option<String>,
}

/// `GET /api/account/name`
pub(crate) async fn form(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    Asking(asking): Asking<NameSent>,
) -> Answer {
    let return_to = own_path(asking.return_to.as_deref());
    let name = profile.name.as_ref().map_or("", |name| name.as_str());
    let error = app.name_stays(&profile).map(|error| error.problem());
    app.name_form(&profile, StatusCode::OK, name, return_to, error)
        .await
}

/// `POST /api/account/name`
pub(crate) async fn choose(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    Sent(sent): Sent<NameSent>,
) -> Answer {
    let return_to = own_path(sent.return_to.as_deref());
    let is_first = profile.name.is_none();
    match app.choose_name(&profile, &sent.name).await {
        Ok(()) if is_first && sent.answers.is_some() => {
            let choices = MailChoices {
                answers: true,
                ..profile.mails
            };
            app.store.set_mail_choices(profile.id, &choices).await?;
            Ok(see_other(return_to))
        }
        Ok(()) => Ok(see_other(return_to)),
        Err(error @ (AppError::Name(_) | AppError::NameTaken | AppError::NameStays(_))) => {
            app.name_again(&profile, &sent.name, return_to, &error)
                .await
        }
        Err(error) => Err(error),
    }
}

impl App {
    fn name_stays(&self, profile: &Profile) -> Option<AppError> {
        let until = profile.name_stays_until(self.clock.now());
        until.map(AppError::NameStays)
    }

    async fn choose_name(&self, profile: &Profile, typed: &str) -> Result<(), AppError> {
        let name = DisplayName::parse(typed).map_err(AppError::Name)?;
        if profile.name.as_ref() == Some(&name) {
            return Ok(());
        }
        if let Some(error) = self.name_stays(profile) {
            return Err(error);
        }
        let now = self.clock.now();
        match self.store.choose_name(profile, &name, now).await? {
            // The same form came twice, or another one from the same member.
            Commit::Done | Commit::Refused(Rule::Nameless) => Ok(()),
            Commit::Refused(_) => Err(AppError::NameTaken),
        }
    }

    async fn name_again(
        &self,
        profile: &Profile,
        name: &str,
        return_to: &str,
        error: &AppError,
    ) -> Answer {
        let problem = error.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::CONFLICT);
        self.name_form(profile, status, name, return_to, Some(problem))
            .await
    }

    async fn name_form(
        &self,
        profile: &Profile,
        status: StatusCode,
        name: &str,
        return_to: &str,
        error: Option<Problem>,
    ) -> Answer {
        let values = json!({
            "title": if profile.name.is_none() { say("choose-name") } else { say("change-name") },
            "lead": "",
            "kept_text": null,
            "form": {
                "action": "/api/account/name", "name": name, "return_to": return_to, "error": error,
                "renames": profile.name.is_some(),
            },
        });
        self.page(status, "name", &values).await
    }
}
