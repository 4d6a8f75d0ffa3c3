//! What was decided, newest first, and taking it back: for thirty days, by any moderator.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use sodium_domain::decision::{Act, Decision, Effect, Undone};
use sodium_domain::id::{DecisionId, MemberId};

use crate::moderation::queue::block_text;
use crate::state::App;
use crate::store::comments::rebake;
use crate::store::outbox::Work;
use crate::views::comment::excerpt_of;
use crate::views::time::TimeView;
use crate::web::form::{Asking, At};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::Moderator;
use crate::words::say;
use crate::words::terms;

/// Decisions on one page.
const SHOWN: i32 = 25;

#[derive(Debug, Deserialize)]
pub(crate) struct From {
    before: Option<DecisionId>,
}

/// `GET /api/decisions`
pub(crate) async fn list(
    State(app): State<App>,
    moderator: Moderator,
    Asking(from): Asking<From>,
) -> Answer {
    let decisions = app.store.decisions(from.before, SHOWN).await?;
    let older = (decisions.len() == SHOWN as usize)
        .then(|| decisions.last())
        .flatten()
        .map(|last| format!("/api/decisions?before={}", last.id));
    let mut rows = Vec::new();
    for decision in &decisions {
        rows.push(app.decision_row(decision, &moderator).await?);
    }
    let values = json!({ "title": say("what-decided"), "decisions": rows, "older_url": older });
    app.page(StatusCode::OK, "decisions", &values).await
}

/// `POST /api/decisions/{decision}/undo`
pub(crate) async fn undo(
    State(app): State<App>,
    moderator: Moderator,
    At(id): At<DecisionId>,
) -> Answer {
    let decision = app.store.decision(id).await?.ok_or(AppError::NotFound)?;
    let now = app.clock.now();
    if !decision.can_be_undone(now) {
        return Err(AppError::TooLate);
    }
    let undone = Undone {
        by: moderator.profile.id,
        at: now,
    };
    app.take_decision_back(decision, undone).await?;
    Ok(see_other("/api/decisions"))
}

impl App {
    async fn take_decision_back(&self, decision: Decision, undone: Undone) -> Result<(), AppError> {
        let (comment, bake) = match &decision.effect {
            Effect::Comment {
                thread, comment, ..
            } => {
                let comment = self.store.comment(thread, *comment).await?;
                let comment = comment.ok_or(AppError::Changed)?;
                let bake = rebake(&comment);
                (Some(comment), Some(bake))
            }
            Effect::Thread { thread, .. } => {
                let thread = thread.clone();
                (None, Some(Work::ThreadModeChanged { thread }))
            }
            Effect::Member { .. } => (None, None),
        };
        let taken_back = Decision {
            undone: Some(undone),
            ..decision.clone()
        };
        let mut work: Vec<_> = bake.map(|work| self.outgoing(work)).into_iter().collect();
        work.extend(self.letter_about(&taken_back)?);
        let follows = self.follows(work);
        let commit = self
            .store
            .take_back(&decision, undone, comment.as_ref(), &follows);
        self.committed(commit.await?)
    }

    /// A decision as moderators see it.
    pub(crate) async fn decision_row(
        &self,
        decision: &Decision,
        moderator: &Moderator,
    ) -> Result<Value, AppError> {
        let (excerpt, url) = match &decision.effect {
            Effect::Comment {
                thread, comment, ..
            } => {
                let found = self.store.comment(thread, *comment).await?;
                let url = Self::decide_url(thread, *comment);
                (found.as_ref().map(excerpt_of), Some(url))
            }
            Effect::Member { member, .. } => (
                block_text(decision),
                Some(format!("/api/members/{member}/moderation")),
            ),
            Effect::Thread { thread, .. } => {
                (None, Some(format!("/api/threads/{thread}/moderation")))
            }
        };
        let by = self.moderator_name(decision.by, moderator).await?;
        let undone = match decision.undone {
            Some(undone) => Some(json!({
                "by": self.moderator_name(undone.by, moderator).await?,
                "at": TimeView::from(undone.at),
            })),
            None => None,
        };
        Ok(json!({
            "what": terms::act(decision.act),
            "why": decision.reason.map(terms::reason),
            "by": by,
            "at": TimeView::from(decision.at),
            "excerpt": excerpt.filter(|text| !text.is_empty()),
            "url": url,
            "undone": undone,
            "undo_action": decision
                .can_be_undone(self.clock.now())
                .then(|| format!("/api/decisions/{}/undo", decision.id)),
            "undo_label": undo_label(decision.act),
        }))
    }

    pub(crate) async fn moderator_name(
        &self,
        id: MemberId,
        reader: &Moderator,
    ) -> Result<String, AppError> {
        if id == reader.profile.id {
            return Ok(say("moderator-you").into());
        }
        let name = self.store.member(id).await?.and_then(|member| member.name);
        Ok(name.map_or_else(
            || say("moderator-who-left").into(),
            |name| name.as_str().to_owned(),
        ))
    }
}

fn undo_label(act: Act) -> &'static str {
    match act {
        Act::Block => say("let-write-again"),
        _ => say("take-back"),
    }
}
