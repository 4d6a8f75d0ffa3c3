//! The queue: what waits for a person, with everything that a decision needs.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use sodium_domain::comment::{Comment, Reason, State as CommentState};
use sodium_domain::decision::{Act, Cause, Decision, Effect};
use sodium_domain::id::{CommentId, MemberId, ThreadId};
use sodium_domain::markdown::{Source, render};
use sodium_domain::policy::Verdict;

use crate::state::App;
use crate::store::queue::Waiting;
use crate::views::comment::CommentView;
use crate::views::thread::ThreadLink;
use crate::views::time::TimeView;
use crate::web::form::Asking;
use crate::web::problem::AppError;
use crate::web::reply::Answer;
use crate::web::visitor::Moderator;
use crate::words::{count, terms};
use crate::words::{say, say_with};

/// Entries on one page of the queue: what a person reads in one go on a phone.
const SHOWN: i32 = 25;

/// How many the page counts.
const COUNTED: i32 = 100;

/// Decisions about an author that are looked at for the line about them.
const HISTORY: i32 = 50;

#[derive(Debug, Deserialize)]
pub(crate) struct Order {
    #[serde(default)]
    order: String,
}

/// `GET /api/moderation`
pub(crate) async fn queue(
    State(app): State<App>,
    moderator: Moderator,
    Asking(Order { order }): Asking<Order>,
) -> Answer {
    let newest_first = order == "newest";
    let mut entries = Vec::new();
    for waiting in app.store.waiting(SHOWN, newest_first).await? {
        entries.extend(app.waiting_entry(waiting, &moderator).await?);
    }
    let waiting = app.store.count_waiting(COUNTED).await?;
    let values = json!({
        "title": say("what-waits"),
        "queue": entries,
        "count_text": count_text(waiting),
        "newest_first": newest_first,
        "several": waiting > 1,
    });
    app.page(StatusCode::OK, "moderation", &values).await
}

fn count_text(waiting: usize) -> String {
    match waiting {
        _ if waiting >= COUNTED as usize => say_with("more-wait", &[("counted", &COUNTED)]),
        _ => count("waits", waiting as u64),
    }
}

impl App {
    /// An entry, unless what waited is gone or settled.
    async fn waiting_entry(
        &self,
        waiting: Waiting,
        moderator: &Moderator,
    ) -> Result<Option<Value>, AppError> {
        let (thread, id, cause) = match waiting {
            Waiting::Comment {
                thread,
                comment,
                cause,
            } => (thread, comment, cause),
            Waiting::Suggestion { suggestion } => {
                let found = self.store.suggestion(suggestion, self.clock.now()).await?;
                return Ok(match found {
                    Some(suggestion) => Some(self.suggestion_entry(&suggestion, moderator).await?),
                    None => None,
                });
            }
            Waiting::Member { decision } => {
                let decision = self.store.decision(decision).await?;
                let Some(decision) = decision.filter(|decision| decision.undone.is_none()) else {
                    return Ok(None);
                };
                return Ok(Some(self.block_entry(&decision, moderator).await?));
            }
        };
        let comment = self.store.comment(&thread, id).await?;
        match comment.filter(|comment| comment.state != CommentState::Deleted) {
            Some(comment) => Ok(Some(
                self.queue_entry(&comment, Some(cause), moderator).await?,
            )),
            None => Ok(None),
        }
    }

    /// A comment with what a decision needs: where it stands, why it waits, who wrote it.
    pub(crate) async fn queue_entry(
        &self,
        comment: &Comment,
        cause: Option<Cause>,
        moderator: &Moderator,
    ) -> Result<Value, AppError> {
        let thread = self
            .store
            .thread(&comment.thread)
            .await?
            .ok_or(AppError::NotFound)?;
        let parent = match comment.reply_to {
            Some(id) => self.store.comment(&comment.thread, id).await?,
            None => None,
        };
        let author = comment.author.as_ref().map(|author| author.id);
        let appeal = match (cause, comment.decided) {
            (Some(Cause::Appealed), Some(decision)) => self.store.decision(decision).await?,
            _ => None,
        };
        let mine = match cause {
            Some(Cause::Appealed) => !self.may_answer(moderator, comment).await?,
            _ => false,
        };
        Ok(json!({
            "kind": "comment",
            "comment": CommentView::private(comment).without_own_page().without_reply(),
            "state": comment.state.word(),
            "earlier": self.earlier_texts(comment).await?,
            "parent": parent.as_ref().map(|p| CommentView::public(p).without_own_page().without_reply()),
            "thread": ThreadLink::from(&thread),
            "thread_settings": format!("/api/threads/{}/moderation", comment.thread),
            "why": self.why(comment, cause).await?,
            "author": match author {
                Some(author) => Some(self.author_line(author).await?),
                None => None,
            },
            "appeal": appeal.as_ref().and_then(appeal_view),
            "mine": mine,
            "action": format!(
                "/api/moderation/{}/{}?seen={}", comment.thread, comment.id, self.text_hash(comment)
            ),
            "for": for_label(comment.state, cause),
            "against": against_label(comment.state, cause),
            "reasons": reasons(),
        }))
    }

    async fn block_entry(
        &self,
        decision: &Decision,
        moderator: &Moderator,
    ) -> Result<Value, AppError> {
        let author = match decision.member {
            Some(member) => Some(self.author_line(member).await?),
            None => None,
        };
        Ok(json!({
            "kind": "block",
            "id": decision.id,
            "why": say("somebody-who-may-not-write"),
            "block": block_text(decision),
            "author": author,
            "appeal": appeal_view(decision),
            "mine": !self.may_answer_to(moderator, decision).await?,
            "action": format!("/api/decisions/{}/answer", decision.id),
        }))
    }

    /// Why it waits, in words.
    async fn why(&self, comment: &Comment, cause: Option<Cause>) -> Result<String, AppError> {
        Ok(match cause {
            None if comment.is_public() => say("published-nobody-reported").into(),
            None => say("does-not-wait-any-more").into(),
            Some(Cause::Appealed) => say("author-appeals-against-decision").into(),
            Some(Cause::Reported) => self.reports_text(comment).await?,
            Some(Cause::Held) => self.held_text(comment).await?,
        })
    }

    async fn held_text(&self, comment: &Comment) -> Result<String, AppError> {
        let (Some(author), Some(body)) = (&comment.author, &comment.body) else {
            return Ok(String::new());
        };
        let approved = self
            .store
            .member(author.id)
            .await?
            .map_or(0, |m| m.approved);
        let mode = self.mode_of(&comment.thread).await?;
        Ok(match self.config.policy.judge(body, approved, mode) {
            Verdict::Hold(why) => terms::held(why).into(),
            Verdict::Publish => say("changed-after-decision-held-earlier").into(),
        })
    }

    /// What is known of an author: enough to see whether somebody is new, or does it again.
    pub(crate) async fn author_line(&self, author: MemberId) -> Result<Value, AppError> {
        let profile = self.store.member(author).await?;
        let decisions = self.store.decisions_about(author, HISTORY).await?;
        let count = |act: Act| {
            let counted = decisions
                .iter()
                .filter(|d| d.act == act && d.undone.is_none());
            counted.count()
        };
        let against = count(Act::Reject) + count(Act::Remove);
        let blocks = count(Act::Block);
        let approved = profile.as_ref().map_or(0, |profile| profile.approved);
        let mut history = match (approved, against) {
            (0, 0) => say("new-here-nothing-decided-yet").to_owned(),
            _ => say_with(
                "so-far-approved-not",
                &[("approved", &approved), ("against", &against)],
            ),
        };
        if blocks > 0 {
            history.push(' ');
            history.push_str(say("could-not-write-for-while"));
        }
        let name = profile.and_then(|profile| profile.name);
        Ok(json!({
            "name": name.as_ref().map(|name| name.as_str()),
            "history": history,
            "url": format!("/api/members/{author}/moderation"),
        }))
    }

    /// A hash of the text that a moderator sees.
    pub(crate) fn text_hash(&self, comment: &Comment) -> String {
        let text = comment.body.as_ref().map(Source::as_str);
        self.keys.hash("text", text.unwrap_or_default())
    }

    /// The page on which a moderator decides about a comment.
    pub(crate) fn decide_url(thread: &ThreadId, id: CommentId) -> String {
        format!("/api/moderation/{thread}/{id}")
    }
}

/// Every reason, for buttons.
pub(crate) fn reasons() -> Vec<Value> {
    let reasons = Reason::ALL.iter();
    reasons
        .map(|reason| json!({ "value": reason.value(), "name": terms::reason(*reason), "label": terms::why(*reason), "cause": terms::cause(*reason) }))
        .collect()
}

pub(crate) fn appeal_view(decision: &Decision) -> Option<Value> {
    let appeal = decision.appeal.as_ref()?;
    Some(json!({
        "html": render(&appeal.text),
        "at": TimeView::from(appeal.at),
        "reason": decision.reason.map(terms::why),
    }))
}

fn for_label(state: CommentState, cause: Option<Cause>) -> Option<&'static str> {
    match (state, cause) {
        (CommentState::Pending, _) => Some(say("publish")),
        (CommentState::Published, Some(Cause::Reported)) => Some(say("leave-it")),
        (CommentState::Rejected(_), Some(Cause::Appealed)) => Some(say("publish-after-all")),
        _ => None,
    }
}

fn against_label(state: CommentState, cause: Option<Cause>) -> Option<&'static str> {
    match (state, cause) {
        (CommentState::Pending, _) => Some(say("do-not-publish-because")),
        (CommentState::Published, Some(_)) => Some(say("or-take-off-page")),
        (CommentState::Published, None) => Some(say("take-off-page")),
        _ => None,
    }
}

/// Until when somebody may not write, and why.
pub(crate) fn block_text(decision: &Decision) -> Option<String> {
    let Effect::Member {
        after: Some(block), ..
    } = &decision.effect
    else {
        return None;
    };
    Some(say_with(
        "not-until-because",
        &[
            ("time", &TimeView::from(block.until).text()),
            ("cause", &terms::cause(block.reason)),
        ],
    ))
}
