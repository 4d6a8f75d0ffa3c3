//! Changing one's own comment, at any time.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use serde_json::json;
use sodium_domain::comment::{Comment, State as CommentState};
use sodium_domain::id::{CommentId, ThreadId};
use sodium_domain::markdown::{Source, render};
use sodium_domain::policy::Verdict;
use sodium_domain::talk::Kind;
use sodium_domain::thread::page_of;

use crate::comments::kept::Kept;
use crate::comments::post::kind_of;
use crate::state::App;
use crate::store::comments::rebake;
use crate::store::drafts::Draft;
use crate::store::transaction::{Commit, Rule};
use crate::views::comment::{CommentView, manage_url};
use crate::views::form::{CommentForm, Preview};
use crate::views::thread::ThreadLink;
use crate::web::form::{Asking, At, Sent};
use crate::web::network::Network;
use crate::web::problem::{AppError, Problem};
use crate::web::reply::{Answer, Wants, see_other};
use crate::web::visitor::{Member, Writer};
use crate::words::say;

#[derive(Debug, Deserialize)]
pub(crate) struct EditSent {
    #[serde(default)]
    body: String,
    /// Nothing from a form that does not offer kinds.
    kind: Option<String>,
    #[serde(default)]
    intent: String,
}

/// `GET /api/threads/{thread}/comments/{comment}/edit`
pub(crate) async fn form(
    State(app): State<App>,
    member: Member,
    At((thread, id)): At<(ThreadId, CommentId)>,
    Asking(kept): Asking<Kept>,
) -> Answer {
    let comment = app.own_comment(member.profile.id, &thread, id).await?;
    let kept = app.kept(kept.draft).await?;
    let kept = kept.filter(|draft| draft.thread == thread);
    let before = comment.body.as_ref().map(|body| body.as_str().to_owned());
    let body = kept.map(|draft| draft.body).or(before).unwrap_or_default();
    app.edit_page(&member, &comment, body, None, None).await
}

/// `POST /api/threads/{thread}/comments/{comment}/edit`
pub(crate) async fn edit(
    State(app): State<App>,
    wants: Wants,
    network: Network,
    writer: Writer,
    At((thread, id)): At<(ThreadId, CommentId)>,
    Sent(sent): Sent<EditSent>,
) -> Answer {
    let member = match (writer.member(), wants) {
        (Ok(member), _) => member,
        (Err(error), Wants::Json) => return Err(error),
        (Err(error), Wants::Page) => {
            let back = format!("/api/threads/{thread}/comments/{id}/edit");
            let written = app.clock.now();
            let draft = Draft {
                thread,
                reply_to: None,
                kind: Kind::default(),
                heading: String::new(),
                follow: false,
                title: None,
                edit: None,
                body: sent.body,
                written,
            };
            return app.keep_and_ask(&draft, &back, &network.0, &error).await;
        }
    };
    let comment = app.own_comment(member.profile.id, &thread, id).await?;
    let kind = match &sent.kind {
        Some(kind) => kind_of(kind)?,
        None => comment.kind,
    };
    let comment_as_sent = Comment {
        kind,
        ..comment.clone()
    };
    let body = match Source::parse(&sent.body).map_err(AppError::Body) {
        Ok(body) => body,
        Err(error) if wants == Wants::Json => return Err(error),
        Err(error) => {
            return app
                .edit_page(
                    member,
                    &comment_as_sent,
                    sent.body,
                    None,
                    Some(error.problem()),
                )
                .await;
        }
    };
    match (sent.intent.as_str(), wants) {
        ("preview", Wants::Json) => Ok(Json(json!({ "html": render(&body) })).into_response()),
        ("preview", Wants::Page) => {
            app.edit_page(member, &comment_as_sent, sent.body, Some(&body), None)
                .await
        }
        (_, wants) => {
            match (app.change(member, comment.clone(), kind, body).await, wants) {
                (Ok(after), Wants::Page) => Ok(see_other(&manage_url(&after))),
                (Ok(after), Wants::Json) => app.stored_json(&after, StatusCode::OK),
                // The text stays in its form.
                (Err(error @ AppError::Blocked(_)), Wants::Page) => {
                    let problem = Some(error.problem());
                    app.edit_page(member, &comment, sent.body, None, problem)
                        .await
                }
                (Err(error), _) => Err(error),
            }
        }
    }
}

impl App {
    async fn change(
        &self,
        member: &Member,
        before: Comment,
        kind: Kind,
        body: Source,
    ) -> Result<Comment, AppError> {
        let now = self.clock.now();
        let policy = &self.config.policy;
        let mode = self.mode_of(&before.thread).await?;
        let state = match policy.judge(&body, member.profile.approved, mode) {
            Verdict::Publish if before.is_public() => CommentState::Published,
            _ => CommentState::Pending,
        };
        let shows = before.edit_shows(now, self.is_answered(&before).await?);
        let edited = if shows { Some(now) } else { before.edited };
        let after = Comment {
            kind,
            mentions: self
                .mentions(&before.thread, before.reply_to, &body)
                .await?,
            body: Some(body),
            state,
            edited,
            changes: before.changes + 1,
            ..before.clone()
        };
        let mut work = vec![self.follow_comment(&after)?];
        if before.is_public() && state == CommentState::Pending {
            work.push(self.outgoing(rebake(&before)));
        }
        match self.store.edit_comment(&before, &after, now, &work).await? {
            Commit::Done => {
                self.wake.notify_one();
                Ok(after)
            }
            Commit::Refused(Rule::MayWrite) => {
                let member = self.store.member(member.profile.id).await?;
                let block = member.and_then(|member| member.block_at(now));
                Err(block.map_or(AppError::SignedOut, AppError::Blocked))
            }
            Commit::Refused(_) => Err(AppError::Changed),
        }
    }

    /// Whether somebody answered, as far as the comment's own page and the notes of later ones tell.
    async fn is_answered(&self, comment: &Comment) -> Result<bool, AppError> {
        let Some(number) = comment.number else {
            return Ok(false);
        };
        if !comment.answered_on.is_empty() {
            return Ok(true);
        }
        let page = self.store.page(&comment.thread, page_of(number)).await?;
        Ok(page.iter().any(|other| other.reply_to == Some(comment.id)))
    }

    async fn edit_page(
        &self,
        member: &Member,
        comment: &Comment,
        body: String,
        preview: Option<&Source>,
        error: Option<Problem>,
    ) -> Answer {
        let thread = self
            .store
            .thread(&comment.thread)
            .await?
            .ok_or(AppError::NotFound)?;
        let status = error
            .as_ref()
            .and_then(|error| StatusCode::from_u16(error.status).ok());
        let action = format!("{}/edit", manage_url(comment));
        let form = CommentForm {
            preview_action: action.clone(),
            action,
            body,
            error,
            preview: preview.map(|body| Preview { html: render(body) }),
            signed_in_as: Some(member.name.as_str().to_owned()),
            submit: say("save"),
            mode: "edit",
            ..CommentForm::of_thread(&comment.thread).with_kinds(comment.kind)
        };
        let values = json!({
            "title": say("change-comment"),
            "thread": ThreadLink::from(&thread),
            "parent": Option::<CommentView>::None,
            "form": form,
            "rules": [
                say("after-fifteen-minutes-once-somebody"),
                say("moderators-can-see-earlier-text"),
            ],
        });
        self.page(status.unwrap_or(StatusCode::OK), "compose", &values)
            .await
    }
}
