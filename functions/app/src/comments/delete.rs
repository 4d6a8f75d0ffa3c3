//! Taking one's own comment away, at any time.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;
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
    let comment = app.own_comment(member.profile.id, &thread, id).await?;
    let url = manage_url(&comment);
    let values = json!({
        "title": say("delete-comment"),
        "lead": say("text-name-go-page-feeds"),
        "notes": [say("answers-others-stay-stand-under")],
        "action": format!("{url}/delete"),
        "fields": [],
        "button": say("delete-my-comment"),
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
    let comment = app.own_comment(member.profile.id, &thread, id).await?;
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
