//! Marking a comment of somebody else as helpful, once, and taking the mark back.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sodium_domain::comment::Comment;
use sodium_domain::id::{CommentId, MemberId, ThreadId};

use crate::state::App;
use crate::store::comments::rebake;
use crate::store::marks::Mark;
use crate::store::transaction::{Commit, Rule};
use crate::views::comment::{CommentView, manage_url, permalink};
use crate::views::thread::ThreadLink;
use crate::web::form::{At, Sent};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, Wants, see_other};
use crate::web::visitor::Member;
use crate::words::say;

/// What the button asks for. A page that everybody reads knows nobody's marks, so a button says
/// what it sets and never “the other of what is there”: pressed twice, it does the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Intent {
    Mark,
    TakeBack,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Pressed {
    intent: Intent,
}

/// `GET /api/threads/{thread}/comments/{comment}/helpful`
pub(crate) async fn ask(
    State(app): State<App>,
    member: Member,
    At((thread, id)): At<(ThreadId, CommentId)>,
) -> Answer {
    let comment = app.public_comment(&thread, id).await?;
    let marked = app.store.is_marked(id, member.profile.id).await?;
    let thread = app.store.thread(&thread).await?.ok_or(AppError::NotFound)?;
    let (title, lead) = match (marked, comment.is_by(member.profile.id)) {
        (true, _) => (say("found-helpful"), say("page-counts-moment")),
        (false, true) => (say("did-help"), say("own-comment-others-say-whether")),
        (false, false) => (say("did-help"), say("one-mark-each-member-readers")),
    };
    let values = json!({
        "title": title,
        "lead": lead,
        "marked": marked,
        "can_mark": comment.can_be_marked_by(member.profile.id),
        "action": format!("{}/helpful", manage_url(&comment)),
        "comment": CommentView::public(&comment).without_own_page(),
        "thread": ThreadLink::from(&thread),
        "back_url": permalink(&comment),
    });
    app.page(StatusCode::OK, "helpful", &values).await
}

/// `POST /api/threads/{thread}/comments/{comment}/helpful`
pub(crate) async fn mark(
    State(app): State<App>,
    wants: Wants,
    member: Member,
    At((thread, id)): At<(ThreadId, CommentId)>,
    Sent(pressed): Sent<Pressed>,
) -> Answer {
    let comment = app.public_comment(&thread, id).await?;
    let changed = match pressed.intent {
        Intent::Mark => app.mark(&comment, member.profile.id).await?,
        Intent::TakeBack => app.take_back(&comment, member.profile.id).await?,
    };
    let helpful = match (changed, pressed.intent) {
        (false, _) => comment.helpful,
        (true, Intent::Mark) => comment.helpful + 1,
        (true, Intent::TakeBack) => comment.helpful.saturating_sub(1),
    };
    match wants {
        Wants::Page => Ok(see_other(&format!("{}/helpful", manage_url(&comment)))),
        Wants::Json => {
            let marked = pressed.intent == Intent::Mark;
            Ok(Json(json!({ "marked": marked, "helpful": helpful })).into_response())
        }
    }
}

impl App {
    pub(crate) async fn public_comment(
        &self,
        thread: &ThreadId,
        id: CommentId,
    ) -> Result<Comment, AppError> {
        let comment = self.store.comment(thread, id).await?;
        comment.filter(Comment::is_public).ok_or(AppError::NotFound)
    }

    /// Returns whether something changed.
    async fn mark(&self, comment: &Comment, member: MemberId) -> Result<bool, AppError> {
        if !comment.can_be_marked_by(member) {
            return Err(AppError::OwnComment);
        }
        let (now, limit) = (self.clock.now(), self.mark_limit(member));
        let work = self.outgoing(rebake(comment));
        let commit = self
            .store
            .mark_helpful(comment, member, now, &limit, &work)
            .await?;
        self.told(commit)
    }

    async fn take_back(&self, comment: &Comment, member: MemberId) -> Result<bool, AppError> {
        let mark = Mark {
            thread: comment.thread.clone(),
            comment: comment.id,
            made: self.clock.now(),
        };
        let work = self.outgoing(mark.rebake());
        let commit = self.store.take_mark_back(&mark, member, &work).await?;
        self.told(commit)
    }

    fn told(&self, commit: Commit) -> Result<bool, AppError> {
        match commit {
            Commit::Done => {
                self.wake.notify_one();
                Ok(true)
            }
            Commit::Refused(Rule::NotMarked | Rule::Marked) => Ok(false),
            Commit::Refused(Rule::MemberPace) => Err(AppError::TooMany),
            Commit::Refused(Rule::MemberStays) => Err(AppError::SignedOut),
            Commit::Refused(_) => Err(AppError::Changed),
        }
    }
}
