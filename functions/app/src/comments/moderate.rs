//! The queue: what waits for a person, and the decision.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use sodium_domain::comment::{Comment, Reason, State as CommentState};
use sodium_domain::id::{CommentId, ThreadId};
use sodium_domain::markdown::Source;

use crate::mail::Letter;
use crate::state::App;
use crate::store::comments::rebake;
use crate::store::transaction::Commit;
use crate::views::comment::CommentView;
use crate::views::thread::ThreadLink;
use crate::web::form::{Asking, At, Sent};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::Moderator;

/// Comments on one page of the queue: what a person reads in one go on a phone.
const SHOWN: i32 = 25;

#[derive(Debug, Deserialize)]
pub(crate) struct Decision {
    intent: String,
    #[serde(default)]
    reason: String,
}

/// Which text the moderator saw. An author may change a comment while it waits, and what nobody
/// read must not be published.
#[derive(Debug, Deserialize)]
pub(crate) struct Seen {
    seen: Option<String>,
}

/// `GET /api/moderation`
pub(crate) async fn queue(State(app): State<App>, _moderator: Moderator) -> Answer {
    let mut entries = Vec::new();
    for waiting in app.store.waiting_comments(SHOWN).await? {
        let comment = app.store.comment(&waiting.thread, waiting.comment).await?;
        if let Some(comment) = comment.filter(|c| c.state == CommentState::Pending) {
            entries.push(app.queue_entry(&comment).await?);
        }
    }
    let values = json!({
        "title": "Comments that wait",
        "queue": entries,
        "empty_text": "Nothing waits. Thank you for looking.",
    });
    app.page(StatusCode::OK, "moderation", &values).await
}

/// `POST /api/moderation/{thread}/{comment}`
pub(crate) async fn decide(
    State(app): State<App>,
    _moderator: Moderator,
    At((thread, id)): At<(ThreadId, CommentId)>,
    Asking(asking): Asking<Seen>,
    Sent(decision): Sent<Decision>,
) -> Answer {
    let comment = app
        .store
        .comment(&thread, id)
        .await?
        .ok_or(AppError::NotFound)?;
    if asking
        .seen
        .is_some_and(|seen| seen != app.text_hash(&comment))
    {
        return Err(AppError::Changed);
    }
    let state = match (
        decision.intent.as_str(),
        Reason::from_value(&decision.reason),
    ) {
        ("approve", _) => CommentState::Published,
        ("reject", Some(reason)) => CommentState::Rejected(reason),
        _ => {
            return Err(AppError::Malformed(
                "Choose to publish, or a reason not to".into(),
            ));
        }
    };
    app.decide(&comment, state).await?;
    Ok(see_other("/api/moderation"))
}

impl App {
    async fn queue_entry(&self, comment: &Comment) -> Result<Value, AppError> {
        let thread = self
            .store
            .thread(&comment.thread)
            .await?
            .ok_or(AppError::NotFound)?;
        let reasons: Vec<Value> = Reason::ALL
            .iter()
            .map(|reason| json!({ "value": reason.value(), "label": reason.label() }))
            .collect();
        Ok(json!({
            "comment": CommentView::private(comment).without_own_page(),
            "thread": ThreadLink::from(&thread),
            "action": format!(
                "/api/moderation/{}/{}?seen={}", comment.thread, comment.id, self.text_hash(comment)
            ),
            "reasons": reasons,
        }))
    }

    fn text_hash(&self, comment: &Comment) -> String {
        let text = comment.body.as_ref().map(Source::as_str);
        self.keys.hash("text", text.unwrap_or_default())
    }

    async fn decide(&self, comment: &Comment, state: CommentState) -> Result<(), AppError> {
        let mut work = vec![self.outgoing(rebake(comment))];
        if let Some(author) = &comment.author {
            work.push(self.letter(&Letter::Decided {
                member: author.id,
                thread: comment.thread.clone(),
                comment: comment.id,
                state,
            })?);
        }
        match self.store.decide_comment(comment, state, &work).await? {
            Commit::Done => {
                self.wake.notify_one();
                Ok(())
            }
            Commit::Refused(_) => Err(AppError::Changed),
        }
    }
}
