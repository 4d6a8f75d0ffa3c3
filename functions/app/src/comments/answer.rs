//! Accepting the answer to a question: by whoever asked, or by a moderator.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use sodium_domain::comment::Comment;
use sodium_domain::id::{CommentId, ThreadId};
use sodium_domain::talk::Kind;
use sodium_domain::thread::page_of;

use crate::state::App;
use crate::store::answers::Pair;
use crate::store::transaction::Commit;
use crate::views::comment::{CommentView, manage_url, permalink};
use crate::views::thread::ThreadLink;
use crate::web::form::{At, Sent};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::{Member, Moderator};
use crate::words::say;

/// Pages with answers that are looked through: beyond them, an answer is found from its own page.
const PAGES: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Intent {
    Accept,
    TakeBack,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    intent: Intent,
    answer: CommentId,
}

/// `GET /api/threads/{thread}/comments/{comment}/answer`
pub(crate) async fn choose(
    State(app): State<App>,
    member: Member,
    moderator: Option<Moderator>,
    At((thread, id)): At<(ThreadId, CommentId)>,
) -> Answer {
    let question = app
        .question(&member, moderator.as_ref(), &thread, id)
        .await?;
    let thread = app.store.thread(&thread).await?.ok_or(AppError::NotFound)?;
    let candidates: Vec<Value> = app
        .possible_answers(&question)
        .await?
        .iter()
        .map(|comment| {
            json!({
                "id": comment.id,
                "accepted": question.accepted == Some(comment.id),
                "comment": CommentView::public(comment).without_own_page(),
            })
        })
        .collect();
    let title = match question.accepted {
        Some(_) => say("question-answered"),
        None => say("which-answer-helped"),
    };
    let values = json!({
        "title": title,
        "thread": ThreadLink::from(&thread),
        "action": format!("{}/answer", manage_url(&question)),
        "answered": question.accepted.is_some(),
        "candidates": candidates,
        "back_url": permalink(&question),
    });
    app.page(StatusCode::OK, "answer", &values).await
}

/// `POST /api/threads/{thread}/comments/{comment}/answer`
pub(crate) async fn accept(
    State(app): State<App>,
    member: Member,
    moderator: Option<Moderator>,
    At((thread, id)): At<(ThreadId, CommentId)>,
    Sent(chosen): Sent<Chosen>,
) -> Answer {
    let question = app
        .question(&member, moderator.as_ref(), &thread, id)
        .await?;
    let pair = Pair {
        thread: &thread,
        question: id,
        answer: chosen.answer,
    };
    let accepted = question.accepted == Some(chosen.answer);
    let wanted = chosen.intent == Intent::Accept;
    // A second press finds it done.
    if accepted != wanted {
        app.settle_question(pair, chosen.intent).await?;
    }
    Ok(see_other(&format!("{}/answer", manage_url(&question))))
}

impl App {
    async fn settle_question(&self, pair: Pair<'_>, intent: Intent) -> Result<(), AppError> {
        let work = pair.rebake().map(|work| self.outgoing(work));
        let commit = match intent {
            Intent::Accept if pair.answer == pair.question => return Err(AppError::Changed),
            Intent::Accept => self.store.accept_answer(pair, &work).await?,
            Intent::TakeBack => self.store.reopen_question(pair, &work).await?,
        };
        match commit {
            Commit::Done => {
                self.wake.notify_one();
                Ok(())
            }
            Commit::Refused(_) => Err(AppError::Changed),
        }
    }

    /// A question that this member may settle.
    async fn question(
        &self,
        member: &Member,
        moderator: Option<&Moderator>,
        thread: &ThreadId,
        id: CommentId,
    ) -> Result<Comment, AppError> {
        let comment = self.store.comment(thread, id).await?;
        let question = comment
            .filter(|comment| comment.is_public() && comment.kind == Kind::Question)
            .ok_or(AppError::NotFound)?;
        if question.is_by(member.profile.id) || moderator.is_some() {
            Ok(question)
        } else {
            Err(AppError::NotYours)
        }
    }

    /// What was answered to a question, directly or further down; in a topic that it opened,
    /// everything that was said.
    async fn possible_answers(&self, question: &Comment) -> Result<Vec<Comment>, AppError> {
        let mut pages = vec![question.number.map_or(1, page_of)];
        pages.extend(question.answered_on.iter().take(PAGES - 1));
        pages.dedup();
        let mut said = vec![question.id];
        let mut found = Vec::new();
        for page in pages {
            for comment in self.store.page(&question.thread, page).await? {
                let answers = comment
                    .reply_to
                    .is_some_and(|parent| said.contains(&parent));
                if comment.id != question.id && (answers || question.title.is_some()) {
                    said.push(comment.id);
                    found.push(comment);
                }
            }
        }
        found.retain(Comment::is_public);
        Ok(found)
    }
}
