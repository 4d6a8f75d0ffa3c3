//! Deciding about a suggested edit: whoever looks after the repository gets it, or its author hears why
//! not. Nothing changes for readers, so the public log has no line of it; and a decision is changed by
//! another one, for as long as the suggestion is no branch.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use sodium_domain::id::SuggestionId;
use sodium_domain::suggestion::{Decided, Decline, State as SuggestionState, Suggestion};

use crate::mail::Letter;
use crate::state::App;
use crate::views::suggestion::{suggestion_url, suggestion_view};
use crate::views::thread::ThreadLink;
use crate::views::time::TimeView;
use crate::web::form::{At, Sent};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::Moderator;
use crate::words::{say, terms};

/// A button: a reason is one against the suggestion, so that a decision is one press.
#[derive(Debug, Deserialize)]
pub(crate) struct Pressed {
    #[serde(default)]
    intent: String,
    #[serde(default)]
    reason: String,
}

impl Pressed {
    fn state(&self) -> Result<SuggestionState, AppError> {
        match (self.intent.as_str(), Decline::from_value(&self.reason)) {
            ("take", _) => Ok(SuggestionState::Taken),
            (_, Some(reason)) => Ok(SuggestionState::Declined(reason)),
            _ => Err(AppError::Malformed(say("choose-take-reason-not").into())),
        }
    }
}

/// `POST /api/suggestions/{suggestion}/decide`
pub(crate) async fn decide(
    State(app): State<App>,
    moderator: Moderator,
    At(id): At<SuggestionId>,
    Sent(pressed): Sent<Pressed>,
) -> Answer {
    let state = pressed.state()?;
    let suggestion = app.kept_suggestion(id).await?;
    let before = suggestion.state;
    if !before.is_open() || before == state {
        return Err(AppError::Changed);
    }
    let now = app.clock.now();
    let decided = Decided {
        by: moderator.profile.id,
        at: now,
    };
    let after = Suggestion {
        decided: Some(decided),
        ..suggestion.becomes(state, now)
    };
    let tell = app.letter(&Letter::Suggestion { suggestion: id })?;
    let commit = app.store.decide_suggestion(before, &after, &tell);
    app.committed(commit.await?)?;
    Ok(see_other("/api/moderation"))
}

impl App {
    /// A suggestion with what a decision needs.
    pub(crate) async fn suggestion_entry(
        &self,
        suggestion: &Suggestion,
        moderator: &Moderator,
    ) -> Result<Value, AppError> {
        let decided = match suggestion.decided {
            Some(decided) => Some(json!({
                "by": self.moderator_name(decided.by, moderator).await?,
                "at": TimeView::from(decided.at),
            })),
            None => None,
        };
        let thread = self.store.thread(&suggestion.thread).await?;
        let open = suggestion.state.is_open();
        let action = format!("{}/decide", suggestion_url(suggestion));
        let reasons: Vec<Value> = Decline::ALL
            .into_iter()
            .map(|reason| json!({ "value": reason.value(), "name": terms::decline(reason) }))
            .collect();
        Ok(json!({
            "kind": "suggestion",
            "suggestion": suggestion_view(suggestion),
            "thread": thread.as_ref().map(ThreadLink::from),
            "author": self.author_line(suggestion.author).await?,
            "decided": decided,
            "action": open.then_some(action),
            "can_take": suggestion.state != SuggestionState::Taken,
            "can_decline": !matches!(suggestion.state, SuggestionState::Declined(_)),
            "reasons": reasons,
        }))
    }
}
