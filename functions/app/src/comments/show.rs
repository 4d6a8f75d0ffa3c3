//! A comment's own page: where it stands, and what its author can do with it.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use sodium_domain::comment::{Comment, State as CommentState};
use sodium_domain::id::{CommentId, MemberId, ThreadId};
use sodium_domain::markdown::render;
use sodium_domain::talk::Kind;

use crate::comments::post::outcome_text;
use crate::state::App;
use crate::store::earlier::Earlier;
use crate::views::comment::{CommentView, manage_url, permalink};
use crate::views::thread::ThreadLink;
use crate::views::time::TimeView;
use crate::web::form::At;
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::{Moderator, SignedIn};
use crate::words::say;

/// `GET /api/threads/{thread}/comments/{comment}`
pub(crate) async fn show(
    State(app): State<App>,
    viewer: Option<SignedIn>,
    moderator: Option<Moderator>,
    At((thread, id)): At<(ThreadId, CommentId)>,
) -> Answer {
    let comment = app
        .store
        .comment(&thread, id)
        .await?
        .ok_or(AppError::NotFound)?;
    let mine = viewer
        .as_ref()
        .is_some_and(|viewer| comment.is_by(viewer.profile.id));
    if mine || moderator.is_some() {
        return app.comment_page(&comment, mine, moderator.is_some()).await;
    }
    match (comment.is_public(), viewer) {
        (_, None) => Err(AppError::SignedOut),
        (true, Some(_)) => Ok(see_other(&permalink(&comment))),
        (false, Some(_)) => Err(AppError::NotFound),
    }
}

impl App {
    async fn comment_page(&self, comment: &Comment, mine: bool, moderates: bool) -> Answer {
        let thread = self
            .store
            .thread(&comment.thread)
            .await?
            .ok_or(AppError::NotFound)?;
        let decision = match comment.decided {
            Some(decision) => self.store.decision(decision).await?,
            None => None,
        };
        // A decision that its author has answered by a change is over.
        let decision = decision.filter(|_| matches!(comment.state, CommentState::Rejected(_)));
        let (tone, title) = match comment.state {
            CommentState::Published => ("good", say("your-comment-published")),
            CommentState::Pending => ("info", say("comment-waits-person")),
            CommentState::Rejected(_) if comment.number.is_some() => {
                ("bad", say("comment-taken-off-page"))
            }
            CommentState::Rejected(_) => ("bad", say("comment-not-published")),
            CommentState::Deleted => ("info", say("comment-was-deleted-title")),
        };
        let url = manage_url(comment);
        let is_there = comment.state != CommentState::Deleted;
        let can_change = mine && is_there;
        let can_delete = can_change || (moderates && is_there && comment.imported.is_some());
        let can_choose = comment.is_public() && comment.kind == Kind::Question;
        let earlier: Vec<Value> = match moderates {
            true => self.earlier_texts(comment).await?,
            false => Vec::new(),
        };
        // The relay gives the number that decides the page, a moment after the comment was posted.
        let placed = comment.is_public() && comment.number.is_some();
        let view = CommentView::private(comment).about(comment, &thread);
        let view = match comment.state {
            // The reason stands above it.
            CommentState::Rejected(_) => view.without_state(),
            _ => view,
        };
        let values = json!({
            "title": if mine { title } else { say("a-comment") },
            "tone": tone,
            "lead": outcome_text(comment.state),
            "comment": view.without_own_page(),
            "earlier": earlier,
            "choose_url": can_choose.then(|| format!("{url}/answer")),
            "thread": ThreadLink::from(&thread),
            "edit_url": can_change.then(|| format!("{url}/edit")),
            "delete_url": can_delete.then(|| format!("{url}/delete")),
            "see_url": placed.then(|| permalink(comment)),
            "decision": decision.map(|decision| self.decision_view(&decision)),
            "mine": mine,
            "moderate_url": moderates.then(|| Self::decide_url(&comment.thread, comment.id)),
        });
        self.page(StatusCode::OK, "comment", &values).await
    }

    /// What a comment said before, for moderators.
    pub(crate) async fn earlier_texts(&self, comment: &Comment) -> Result<Vec<Value>, AppError> {
        let texts = self.store.earlier_texts(comment).await?.into_iter();
        let view = |text: Earlier| json!({ "until": TimeView::from(text.until), "html": render(&text.body) });
        Ok(texts.map(view).collect())
    }

    /// A comment that this member wrote and that is still there.
    pub(crate) async fn own_comment(
        &self,
        member: MemberId,
        thread: &ThreadId,
        id: CommentId,
    ) -> Result<Comment, AppError> {
        let comment = self.comment_that_is(thread, id).await?;
        comment
            .is_by(member)
            .then_some(comment)
            .ok_or(AppError::NotYours)
    }

    /// A comment that still has a text.
    pub(crate) async fn comment_that_is(
        &self,
        thread: &ThreadId,
        id: CommentId,
    ) -> Result<Comment, AppError> {
        let comment = self.store.comment(thread, id).await?;
        comment
            .filter(|comment| comment.state != CommentState::Deleted)
            .ok_or(AppError::NotFound)
    }
}
