//! Taking one's own comment away, at any time. A comment that was imported is nobody's here: moderators take
//! it away when its author asks them.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;
use sodium_domain::comment::Comment;
use sodium_domain::id::{CommentId, ThreadId};

use crate::state::App;
use crate::store::comments::rebake;
use crate::store::transaction::Commit;
use crate::views::comment::manage_url;
use crate::web::form::At;
use crate::web::problem::AppError;
use crate::web::reply::Answer;
use crate::web::visitor::Member;
use crate::words::say;

/// `GET /api/threads/{thread}/comments/{comment}/delete`
pub(crate) async fn ask(
    State(app): State<App>,
    member: Member,
    At((thread, id)): At<(ThreadId, CommentId)>,
) -> Answer {
    let comment = app.deletable(&member, &thread, id).await?;
    let url = manage_url(&comment);
    let stand = say("answers-others-stay-stand-under");
    let (title, lead, notes, button) = match comment.imported {
        None => (
            say("delete-comment"),
            say("text-name-go-page-feeds"),
            vec![stand],
            say("delete-my-comment"),
        ),
        Some(_) => (
            say("delete-imported-comment"),
            say("imported-text-name-go"),
            vec![say("delete-imported-when-asked"), stand],
            say("delete-the-comment"),
        ),
    };
    let values = json!({
        "title": title,
        "lead": lead,
        "notes": notes,
        "action": format!("{url}/delete"),
        "fields": [],
        "button": button,
        "danger": true,
        "cancel_url": url,
    });
    app.page(StatusCode::OK, "confirm", &values).await
}

/// `POST /api/threads/{thread}/comments/{comment}/delete`
pub(crate) async fn delete(
    State(app): State<App>,
    member: Member,
    At((thread, id)): At<(ThreadId, CommentId)>,
) -> Answer {
    let comment = app.deletable(&member, &thread, id).await?;
    let found = app.store.thread(&thread).await?;
    let page = found.ok_or(AppError::NotFound)?.page_url;
    let work = app.outgoing(rebake(&comment));
    match app.store.delete_comment(&comment, &work).await? {
        Commit::Done => app.wake.notify_one(),
        Commit::Refused(_) => return Err(AppError::Changed),
    }
    let values = json!({
        "title": say("comment-deleted"),
        "tone": "good",
        "lead": say("goes-page-moment-feeds-digests"),
        "paragraphs": [],
        "actions": [{ "label": say("back-page"), "url": page, "primary": true }],
    });
    app.page(StatusCode::OK, "message", &values).await
}

impl App {
    /// A comment that is still there and that this member may take away.
    async fn deletable(
        &self,
        member: &Member,
        thread: &ThreadId,
        id: CommentId,
    ) -> Result<Comment, AppError> {
        let comment = self.comment_that_is(thread, id).await?;
        if comment.is_by(member.profile.id) {
            return Ok(comment);
        }
        if comment.imported.is_none() {
            return Err(AppError::NotYours);
        }
        self.may_moderate(&member.profile, &member.device).await?;
        Ok(comment)
    }
}
