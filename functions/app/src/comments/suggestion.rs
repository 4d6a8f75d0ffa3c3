//! A suggestion's own page: what became of it, for its author, who can take it back; and for
//! moderators, who decide.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;
use sodium_domain::id::{MemberId, SuggestionId};
use sodium_domain::suggestion::Suggestion;

use crate::state::App;
use crate::store::transaction::Commit;
use crate::views::suggestion::{suggestion_url, suggestion_view};
use crate::views::thread::ThreadLink;
use crate::web::form::At;
use crate::web::problem::AppError;
use crate::web::reply::Answer;
use crate::web::visitor::{Moderator, SignedIn};
use crate::words::say;

/// `GET /api/suggestions/{suggestion}`
pub(crate) async fn show(
    State(app): State<App>,
    viewer: SignedIn,
    moderator: Option<Moderator>,
    At(id): At<SuggestionId>,
) -> Answer {
    let suggestion = app.kept_suggestion(id).await?;
    let mine = suggestion.author == viewer.profile.id;
    if !mine && moderator.is_none() {
        return Err(AppError::NotFound);
    }
    let item = match &moderator {
        Some(moderator) => Some(app.suggestion_entry(&suggestion, moderator).await?),
        None => None,
    };
    let thread = app.store.thread(&suggestion.thread).await?;
    let withdraw = format!("{}/withdraw", suggestion_url(&suggestion));
    let values = json!({
        "title": if mine { say("your-suggestion") } else { say("suggested-edit") },
        "thread": thread.as_ref().map(ThreadLink::from),
        "mine": mine,
        "suggestion": suggestion_view(&suggestion),
        "withdraw_action": (mine && suggestion.state.is_open()).then_some(withdraw),
        "item": item,
    });
    app.page(StatusCode::OK, "suggestion", &values).await
}

/// `POST /api/suggestions/{suggestion}/withdraw`
pub(crate) async fn withdraw(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    At(id): At<SuggestionId>,
) -> Answer {
    let suggestion = app.own_suggestion(profile.id, id).await?;
    if !suggestion.state.is_open() {
        return Err(AppError::Changed);
    }
    let withdrawn = app
        .store
        .withdraw_suggestion(&suggestion, app.clock.now())
        .await?;
    if withdrawn != Commit::Done {
        return Err(AppError::Changed);
    }
    let thread = app.store.thread(&suggestion.thread).await?;
    let back = thread.map_or_else(|| "/".to_owned(), |thread| thread.page_url);
    let values = json!({
        "title": say("suggestion-withdrawn"),
        "tone": "good",
        "lead": say("suggestion-gone-nothing-kept"),
        "paragraphs": [],
        "actions": [{ "label": say("back-page"), "url": back, "primary": true }],
    });
    app.page(StatusCode::OK, "message", &values).await
}

impl App {
    /// A suggestion that is still there.
    pub(crate) async fn kept_suggestion(&self, id: SuggestionId) -> Result<Suggestion, AppError> {
        let found = self.store.suggestion(id, self.clock.now()).await?;
        found.ok_or(AppError::NotFound)
    }

    async fn own_suggestion(
        &self,
        member: MemberId,
        id: SuggestionId,
    ) -> Result<Suggestion, AppError> {
        let suggestion = self.kept_suggestion(id).await?;
        match suggestion.author == member {
            true => Ok(suggestion),
            false => Err(AppError::NotFound),
        }
    }
}
