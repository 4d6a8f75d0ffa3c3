//! Deciding about a comment: one that waits, one that readers reported, one that is published.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use sodium_domain::comment::{Comment, Reason};
use sodium_domain::decision::{Act, Cause, Choice, Decision, Effect};
use sodium_domain::id::{CommentId, ThreadId};

use crate::mail::Letter;
use crate::state::App;
use crate::store::comments::rebake;
use crate::store::decisions::Follows;
use crate::store::outbox::Outgoing;
use crate::store::transaction::Commit;
use crate::web::form::{Asking, At, Sent};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::Moderator;
use crate::words::say;

/// A button of the queue: a reason is one against the comment, so that a decision is one press.
#[derive(Debug, Deserialize)]
pub(crate) struct Pressed {
    #[serde(default)]
    intent: String,
    #[serde(default)]
    reason: String,
}

impl Pressed {
    pub(crate) fn choice(&self) -> Result<Choice, AppError> {
        match (self.intent.as_str(), Reason::from_value(&self.reason)) {
            ("approve", _) => Ok(Choice::For),
            ("stands", _) => Ok(Choice::Stands),
            (_, Some(reason)) => Ok(Choice::Against(reason)),
            _ => Err(AppError::Malformed(say("choose-publish-reason-not").into())),
        }
    }
}

/// Which text the moderator saw. An author may change a comment while it waits, and what nobody
/// read must not be published.
#[derive(Debug, Deserialize)]
pub(crate) struct Seen {
    seen: Option<String>,
}

/// `GET /api/moderation/{thread}/{comment}`
pub(crate) async fn form(
    State(app): State<App>,
    moderator: Moderator,
    At((thread, id)): At<(ThreadId, CommentId)>,
) -> Answer {
    let comment = app.comment_that_is(&thread, id).await?;
    let waits = app.store.why_waiting(id).await?;
    let entry = app.queue_entry(&comment, waits, &moderator).await?;
    let values = json!({ "title": say("decide-about-comment"), "item": entry });
    app.page(StatusCode::OK, "moderation_comment", &values)
        .await
}

/// `POST /api/moderation/{thread}/{comment}`
pub(crate) async fn decide(
    State(app): State<App>,
    moderator: Moderator,
    At((thread, id)): At<(ThreadId, CommentId)>,
    Asking(asking): Asking<Seen>,
    Sent(pressed): Sent<Pressed>,
) -> Answer {
    let choice = pressed.choice()?;
    let comment = app.comment_that_is(&thread, id).await?;
    if asking
        .seen
        .is_some_and(|seen| seen != app.text_hash(&comment))
    {
        return Err(AppError::Changed);
    }
    let decision = app.decision(&moderator, &comment, choice).await?;
    let letter = app.letter_about(&decision)?;
    app.decide(&comment, &decision, letter).await?;
    Ok(see_other("/api/moderation"))
}

impl App {
    /// The decision that a choice about a comment is.
    pub(crate) async fn decision(
        &self,
        moderator: &Moderator,
        comment: &Comment,
        choice: Choice,
    ) -> Result<Decision, AppError> {
        let waited = self.store.why_waiting(comment.id).await?;
        let (act, after, reason) = choice.act(comment.state, waited).ok_or(AppError::Changed)?;
        if waited == Some(Cause::Appealed) && !self.may_answer(moderator, comment).await? {
            return Err(AppError::OwnDecision);
        }
        Ok(Decision {
            id: self.ids.next().into(),
            act,
            reason,
            by: moderator.profile.id,
            at: self.clock.now(),
            effect: Effect::Comment {
                thread: comment.thread.clone(),
                comment: comment.id,
                before: comment.state,
                after,
            },
            member: comment.author.as_ref().map(|author| author.id),
            previous: comment.decided,
            waited,
            appeal: None,
            undone: None,
        })
    }

    /// The letter to whom a decision concerns. Who was reported in vain hears nothing of it.
    pub(crate) fn letter_about(&self, decision: &Decision) -> Result<Option<Outgoing>, AppError> {
        if decision.member.is_none() || decision.act == Act::Keep {
            return Ok(None);
        }
        let letter = Letter::Decision {
            decision: decision.id,
            undone: decision.undone.is_some(),
        };
        Ok(Some(self.letter(&letter)?))
    }

    /// Carries a decision about a comment out.
    pub(crate) async fn decide(
        &self,
        comment: &Comment,
        decision: &Decision,
        letter: Option<Outgoing>,
    ) -> Result<(), AppError> {
        let mut work = vec![self.outgoing(rebake(comment))];
        work.extend(letter);
        let follows = self.follows(work);
        let commit = self.store.decide_comment(comment, decision, &follows);
        self.committed(commit.await?)
    }

    /// What must follow a decision, with the line in the log.
    pub(crate) fn follows(&self, work: Vec<Outgoing>) -> Follows {
        Follows {
            work,
            log: self.ids.next(),
        }
    }

    /// Lets the relay go to work, or says that somebody was faster.
    pub(crate) fn committed(&self, commit: Commit) -> Result<(), AppError> {
        match commit {
            Commit::Done => {
                self.wake.notify_one();
                Ok(())
            }
            Commit::Refused(_) => Err(AppError::Changed),
        }
    }
}
