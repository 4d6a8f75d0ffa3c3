//! A member as moderators see them: what was decided about them, what of theirs waits, and keeping
//! them from writing for a while.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};
use sodium_domain::comment::{Comment, Reason};
use sodium_domain::decision::{Act, BLOCK_DAYS, Choice, Decision, Effect};
use sodium_domain::id::MemberId;
use sodium_domain::member::{Block, Profile};

use crate::mail::Letter;
use crate::moderation::queue::reasons;
use crate::state::App;
use crate::views::comment::excerpt_of;
use crate::views::time::TimeView;
use crate::web::form::{At, Sent};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::Moderator;
use crate::words::count;
use crate::words::say;

/// Decisions on the page.
const HISTORY: i32 = 50;

/// Comments that one press decides about: what one request can do in its time.
const AT_ONCE: usize = 50;

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Deserialize)]
pub(crate) struct BlockSent {
    days: u8,
    reason: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RejectSent {
    reason: String,
}

/// `GET /api/members/{member}/moderation`
pub(crate) async fn show(
    State(app): State<App>,
    moderator: Moderator,
    At(id): At<MemberId>,
) -> Answer {
    let member = app.store.member(id).await?.ok_or(AppError::NotFound)?;
    let mut rows = Vec::new();
    for decision in app.store.decisions_about(id, HISTORY).await? {
        rows.push(app.decision_row(&decision, &moderator).await?);
    }
    let waiting = app.store.pending_of(id, AT_ONCE).await?;
    let values = json!({
        "title": member.name.as_ref().map_or(say("somebody-without-name"), |name| name.as_str()),
        "joined": TimeView::from(member.joined),
        "approved": member.approved,
        "line": app.author_line(id).await?,
        "decisions": rows,
        "none_label": count("publish-none", waiting.len() as u64),
        "waiting": waiting.iter().map(waiting_row).collect::<Vec<_>>(),
        "reject_action": format!("/api/members/{id}/reject"),
        "block_action": format!("/api/members/{id}/block"),
        "blocked_until": member.block_at(app.clock.now()).map(|block| TimeView::from(block.until)),
        "days": BLOCK_DAYS.map(|days| json!({ "value": days, "name": count("days", days.into()) })),
        "reasons": reasons(),
    });
    app.page(StatusCode::OK, "member", &values).await
}

/// `POST /api/members/{member}/block`
pub(crate) async fn block(
    State(app): State<App>,
    moderator: Moderator,
    At(id): At<MemberId>,
    Sent(sent): Sent<BlockSent>,
) -> Answer {
    let reason = reason(&sent.reason)?;
    if !BLOCK_DAYS.contains(&sent.days) {
        return Err(AppError::Malformed(say("choose-days").into()));
    }
    let member = app.store.member(id).await?.ok_or(AppError::NotFound)?;
    let until = app.clock.now() + DAY * i32::from(sent.days);
    let decision = app.block_of(&moderator, &member, until, reason);
    let follows = app.follows(app.letter_about(&decision)?.into_iter().collect());
    app.committed(app.store.decide_member(&decision, &follows).await?)?;
    Ok(see_other(&format!("/api/members/{id}/moderation")))
}

/// `POST /api/members/{member}/reject`: everything of theirs that waits. One mail tells of all.
pub(crate) async fn reject(
    State(app): State<App>,
    moderator: Moderator,
    At(id): At<MemberId>,
    Sent(sent): Sent<RejectSent>,
) -> Answer {
    let choice = Choice::Against(reason(&sent.reason)?);
    app.store.member(id).await?.ok_or(AppError::NotFound)?;
    let waiting = app.store.pending_of(id, AT_ONCE).await?;
    for (place, comment) in waiting.iter().enumerate() {
        let decision = app.decision(&moderator, comment, choice).await?;
        let letter = match place + 1 == waiting.len() {
            true => Some(app.letter(&Letter::DecidedMany {
                decision: decision.id,
                count: waiting.len(),
            })?),
            false => None,
        };
        match app.decide(comment, &decision, letter).await {
            // Its author changed it meanwhile: it stays, and is read again.
            Ok(()) | Err(AppError::Changed) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(see_other("/api/moderation"))
}

impl App {
    fn block_of(
        &self,
        moderator: &Moderator,
        member: &Profile,
        until: jiff::Timestamp,
        reason: Reason,
    ) -> Decision {
        let id = self.ids.next().into();
        Decision {
            id,
            act: Act::Block,
            reason: Some(reason),
            by: moderator.profile.id,
            at: self.clock.now(),
            effect: Effect::Member {
                member: member.id,
                before: member.blocked,
                after: Some(Block {
                    until,
                    reason,
                    decision: id,
                }),
            },
            member: Some(member.id),
            previous: None,
            waited: None,
            appeal: None,
            undone: None,
        }
    }
}

fn reason(value: &str) -> Result<Reason, AppError> {
    Reason::from_value(value).ok_or_else(|| AppError::Malformed(say("choose-reason").into()))
}

fn waiting_row(comment: &Comment) -> Value {
    json!({
        "excerpt": excerpt_of(comment),
        "url": App::decide_url(&comment.thread, comment.id),
        "created": TimeView::from(comment.created),
    })
}
