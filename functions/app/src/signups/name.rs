//! Choosing the name that others read, once, after the first sign-in.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use sodium_domain::follow::MailChoices;
use sodium_domain::name::DisplayName;

use crate::state::App;
use crate::store::transaction::{Commit, Rule};
use crate::web::form::{Asking, Sent, own_path};
use crate::web::problem::{AppError, Problem};
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::SignedIn;

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
    if profile.name.is_some() {
        return Ok(see_other(return_to));
    }
    app.name_form(StatusCode::OK, "", return_to, None).await
}

/// `POST /api/account/name`
pub(crate) async fn choose(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    Sent(sent): Sent<NameSent>,
) -> Answer {
    let return_to = own_path(sent.return_to.as_deref());
    let answers = sent.answers.is_some();
    let chosen = match DisplayName::parse(&sent.name) {
        Ok(name) => app.store.choose_name(profile.id, &name).await?,
        Err(error) => {
            return app
                .name_again(&sent.name, return_to, &AppError::Name(error))
                .await;
        }
    };
    if chosen == Commit::Done && answers {
        let choices = MailChoices {
            answers,
            ..profile.mails
        };
        app.store.set_mail_choices(profile.id, &choices).await?;
    }
    match chosen {
        Commit::Done | Commit::Refused(Rule::Nameless) => Ok(see_other(return_to)),
        Commit::Refused(_) => {
            app.name_again(&sent.name, return_to, &AppError::NameTaken)
                .await
        }
    }
}

impl App {
    async fn name_again(&self, name: &str, return_to: &str, error: &AppError) -> Answer {
        let problem = error.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::CONFLICT);
        self.name_form(status, name, return_to, Some(problem)).await
    }

    async fn name_form(
        &self,
        status: StatusCode,
        name: &str,
        return_to: &str,
        error: Option<Problem>,
    ) -> Answer {
        let values = json!({
            "title": "Choose your name",
            "form": {
                "action": "/api/account/name", "name": name, "return_to": return_to, "error": error,
            },
        });
        self.page(status, "name", &values).await
    }
}
