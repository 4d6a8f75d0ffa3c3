//! What those say whom a decision concerns: once, in their own words. Another moderator answers,
//! where there is more than one.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use sodium_domain::comment::Comment;
use sodium_domain::decision::{Act, Appeal, Choice, Decision, Effect};
use sodium_domain::id::{DecisionId, MemberId};
use sodium_domain::markdown::{Source, render};

use crate::mail::Letter;
use crate::moderation::decide::Pressed;
use crate::moderation::queue::block_text;
use crate::state::App;
use crate::views::comment::manage_url;
use crate::views::time::TimeView;
use crate::web::form::{At, Sent};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::{Moderator, SignedIn};
use crate::words::say;

#[derive(Debug, Deserialize)]
pub(crate) struct AppealSent {
    #[serde(default)]
    body: String,
}

/// `GET /api/decisions/{decision}`: a decision about oneself.
pub(crate) async fn show(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    At(id): At<DecisionId>,
) -> Answer {
    let decision = app.own_decision(profile.id, id).await?;
    if let Effect::Comment {
        thread, comment, ..
    } = &decision.effect
    {
        let page = format!("/api/threads/{thread}/comments/{comment}");
        return Ok(see_other(&page));
    }
    let values = json!({
        "title": say("cannot-write-while"),
        "lead": block_text(&decision),
        "decision": app.decision_view(&decision),
    });
    app.page(StatusCode::OK, "decision", &values).await
}

/// `POST /api/decisions/{decision}/appeal`
pub(crate) async fn appeal(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    At(id): At<DecisionId>,
    Sent(sent): Sent<AppealSent>,
) -> Answer {
    let decision = app.own_decision(profile.id, id).await?;
    let text = Source::parse(&sent.body).map_err(AppError::Body)?;
    let at = app.clock.now();
    let comment = app.comment_of(&decision).await?;
    let back = match &comment {
        Some(comment) => manage_url(comment),
        None => format!("/api/decisions/{id}"),
    };
    if !decision.can_be_appealed() {
        return Err(AppError::Changed);
    }
    let appeal = Appeal { text, at };
    let tell = app.letter(&Letter::Queue)?;
    let commit = app
        .store
        .appeal(&decision, &appeal, comment.as_ref(), &tell);
    app.committed(commit.await?)?;
    Ok(see_other(&back))
}

/// `POST /api/decisions/{decision}/answer`: a moderator answers somebody who may not write.
pub(crate) async fn answer(
    State(app): State<App>,
    moderator: Moderator,
    At(id): At<DecisionId>,
    Sent(pressed): Sent<Pressed>,
) -> Answer {
    let appealed = app.store.decision(id).await?.ok_or(AppError::NotFound)?;
    if !app.may_answer_to(&moderator, &appealed).await? {
        return Err(AppError::OwnDecision);
    }
    let decision = app.answer_to(&moderator, &appealed, pressed.choice()?)?;
    let follows = app.follows(app.letter_about(&decision)?.into_iter().collect());
    app.committed(app.store.decide_member(&decision, &follows).await?)?;
    Ok(see_other("/api/moderation"))
}

impl App {
    /// A decision about a member, if it is about this one.
    async fn own_decision(&self, member: MemberId, id: DecisionId) -> Result<Decision, AppError> {
        let decision = self.store.decision(id).await?;
        decision
            .filter(|decision| decision.member == Some(member))
            .ok_or(AppError::NotFound)
    }

    async fn comment_of(&self, decision: &Decision) -> Result<Option<Comment>, AppError> {
        match &decision.effect {
            Effect::Comment {
                thread, comment, ..
            } => {
                let comment = self.store.comment(thread, *comment).await?;
                comment.map(Some).ok_or(AppError::NotFound)
            }
            Effect::Member { .. } | Effect::Thread { .. } => Ok(None),
        }
    }

    /// Whether this moderator may answer an appeal about a comment: it is not about what they decided
    /// themselves, unless nobody else could.
    pub(crate) async fn may_answer(
        &self,
        moderator: &Moderator,
        comment: &Comment,
    ) -> Result<bool, AppError> {
        let Some(decided) = comment.decided else {
            return Ok(true);
        };
        match self.store.decision(decided).await? {
            Some(appealed) => self.may_answer_to(moderator, &appealed).await,
            None => Ok(true),
        }
    }

    /// The same for a decision.
    pub(crate) async fn may_answer_to(
        &self,
        moderator: &Moderator,
        appealed: &Decision,
    ) -> Result<bool, AppError> {
        Ok(appealed.by != moderator.profile.id || !self.has_colleagues(moderator).await?)
    }

    /// Whether somebody else moderates as well: by their address or by their role.
    async fn has_colleagues(&self, moderator: &Moderator) -> Result<bool, AppError> {
        let own = moderator.profile.address.as_ref();
        let own = own.map(|address| address.canonical());
        let listed = &self.config.moderators;
        if listed.iter().any(|other| Some(other.canonical()) != own) {
            return Ok(true);
        }
        let holders = self.store.holders().await?;
        Ok(holders
            .iter()
            .any(|other| other.member != moderator.profile.id && other.role.moderates()))
    }

    fn answer_to(
        &self,
        moderator: &Moderator,
        appealed: &Decision,
        choice: Choice,
    ) -> Result<Decision, AppError> {
        let Effect::Member {
            member,
            after: Some(block),
            ..
        } = appealed.effect
        else {
            return Err(AppError::NotFound);
        };
        if appealed.appeal.is_none() || appealed.undone.is_some() {
            return Err(AppError::Changed);
        }
        let (act, after) = match choice {
            Choice::For => (Act::Grant, None),
            Choice::Stands => (Act::Uphold, Some(block)),
            Choice::Against(_) => {
                return Err(AppError::Malformed(say("choose-one-two-answers").into()));
            }
        };
        Ok(Decision {
            id: self.ids.next().into(),
            act,
            reason: appealed.reason.filter(|_| act == Act::Uphold),
            by: moderator.profile.id,
            at: self.clock.now(),
            effect: Effect::Member {
                member,
                before: Some(block),
                after,
            },
            member: Some(member),
            previous: Some(appealed.id),
            waited: None,
            appeal: None,
            undone: None,
        })
    }

    /// A decision as the person sees it whom it concerns: what, why, when, and what they can do. Never
    /// by whom.
    pub(crate) fn decision_view(&self, decision: &Decision) -> Value {
        let said = decision.appeal.as_ref().map(|appeal| render(&appeal.text));
        let next = match (decision.act, &decision.undone, &decision.appeal) {
            (_, Some(_), _) => Some(say("taken-back-since")),
            (Act::Uphold, ..) => Some(say("appealed-moderator-decided-stands")),
            (Act::Grant, ..) => Some(say("appealed-moderator-followed")),
            (_, _, Some(_)) => Some(say("appeal-waits-moderator-another-one-x")),
            _ => None,
        };
        json!({
            "at": TimeView::from(decision.at),
            "next": next,
            "appeal": said,
            "appeal_action": decision
                .can_be_appealed()
                .then(|| format!("/api/decisions/{}/appeal", decision.id)),
        })
    }
}
