//! The form on a page of its own: for replies without JavaScript, for texts that come back, and
//! for the first comment of somebody who just signed in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use serde_json::json;
use sodium_domain::id::{CommentId, ThreadId};
use sodium_domain::markdown::{Source, render_mentioning};
use sodium_domain::talk::Kind;
use sodium_domain::thread::Mode;
use uuid::Uuid;

use crate::state::App;
use crate::store::drafts::Draft;
use crate::store::transaction::{Commit, Rule};
use crate::views::comment::{CommentView, reply_view};
use crate::views::form::{CommentForm, Preview, ReplyTo};
use crate::views::thread::ThreadLink;
use crate::web::form::{Asking, At};
use crate::web::problem::{AppError, Problem};
use crate::web::reply::Answer;
use crate::web::visitor::Member;
use crate::words::{say, say_with};

/// The most bytes of a text that is kept: four times the longest comment, so that somebody who has to
/// shorten it can.
const DRAFT_BYTES: usize = 4 * 10_000 * 4;

/// What to keep in mind; the same few lines for everybody, beside every form.
fn rules() -> [&'static str; 3] {
    [
        say("write-person-say-what-tried"),
        say("criticise-ideas-never-people"),
        say("keep-private-things-private-yours"),
    ]
}

#[derive(Debug, Deserialize)]
pub(crate) struct New {
    reply_to: Option<CommentId>,
    draft: Option<Uuid>,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    heading: String,
}

/// `GET /api/threads/{thread}/comments/new`
pub(crate) async fn new(
    State(app): State<App>,
    member: Option<Member>,
    At(thread): At<ThreadId>,
    Asking(asking): Asking<New>,
) -> Answer {
    let kept = app
        .kept(asking.draft)
        .await?
        .filter(|draft| draft.thread == thread && draft.title.is_none() && draft.edit.is_none());
    let written = match kept {
        Some(draft) => Written::from(draft),
        None => Written {
            reply_to: asking.reply_to,
            kind: Kind::from_value(&asking.kind).unwrap_or_default(),
            heading: asking.heading,
            ..Written::default()
        },
    };
    match app.mode_of(&thread).await? {
        Mode::Closed => Err(AppError::Closed),
        Mode::Open | Mode::Slow => {
            app.compose(member.as_ref(), &thread, written, Shown::Fresh)
                .await
        }
    }
}

/// `GET /api/threads/{thread}/form`: what the script adds to a form that stands in a file.
pub(crate) async fn marks(
    State(app): State<App>,
    member: Option<Member>,
    At(_thread): At<ThreadId>,
) -> Answer {
    let name = member.map(|member| member.name.as_str().to_owned());
    let message = match &name {
        Some(name) => say_with("you-write-as", &[("name", &name)]),
        None => say("can-write-now-signing-comes").to_owned(),
    };
    let marks = json!({
        "token": app.form_token()?, "key": app.ids.next(), "signed_in_as": name, "message": message,
    });
    Ok(Json(marks).into_response())
}

/// What somebody wrote so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written {
    pub(crate) reply_to: Option<CommentId>,
    pub(crate) kind: Kind,
    pub(crate) heading: String,
    pub(crate) follow: bool,
    pub(crate) body: String,
    pub(crate) key: Option<String>,
}

impl From<Draft> for Written {
    fn from(draft: Draft) -> Self {
        Self {
            reply_to: draft.reply_to,
            kind: draft.kind,
            heading: draft.heading,
            follow: draft.follow,
            body: draft.body,
            key: None,
        }
    }
}

/// Why the form is shown.
#[derive(Debug)]
pub(crate) enum Shown {
    /// It was asked for.
    Fresh,
    /// The text is to be seen as it will look.
    Preview(Source),
    /// Something has to be mended first.
    Again(Problem),
}

impl App {
    /// The form page of a thread.
    pub(crate) async fn compose(
        &self,
        member: Option<&Member>,
        thread: &ThreadId,
        written: Written,
        shown: Shown,
    ) -> Answer {
        let thread = self.open_thread(thread).await?;
        let parent = match written.reply_to {
            Some(id) => self
                .store
                .comment(&thread.id, id)
                .await?
                .filter(|c| c.is_public()),
            None => None,
        };
        let (status, error, preview) = match shown {
            Shown::Fresh => (StatusCode::OK, None, None),
            Shown::Preview(body) => {
                let mentions = self.mentions(&thread.id, written.reply_to, &body).await?;
                let html = render_mentioning(&body, &mentions);
                (StatusCode::OK, None, Some(Preview { html }))
            }
            Shown::Again(problem) => {
                let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::CONFLICT);
                (status, Some(problem), None)
            }
        };
        let form = CommentForm {
            body: written.body,
            follow: written.follow,
            reply_to: parent.as_ref().map(|p| ReplyTo {
                id: p.id,
                name: reply_view(p).name,
            }),
            token: Some(self.form_token()?),
            key: Some(written.key.unwrap_or_else(|| self.ids.next().to_string())),
            error,
            signed_in_as: member.map(|member| member.name.as_str().to_owned()),
            preview,
            mode: if parent.is_some() { "reply" } else { "new" },
            ..CommentForm::of_thread(&thread.id)
                .with_kinds(written.kind)
                .with_headings(&thread.headings, &written.heading)
        };
        let title = match &parent {
            Some(parent) => say_with("answer", &[("name", &reply_view(parent).name)]),
            None => say_with("write-about", &[("title", &thread.title)]),
        };
        let values = json!({
            "title": title,
            "thread": ThreadLink::from(&thread),
            "parent": parent.as_ref().map(CommentView::public),
            "form": form,
            "rules": rules(),
        });
        self.page(status, "compose", &values).await
    }

    /// Keeps the text of somebody who has to sign in or to choose a name first, asks for that, and leads
    /// them `back` to it.
    pub(crate) async fn keep_and_ask(
        &self,
        draft: &Draft,
        back: &str,
        network: &str,
        missing: &AppError,
    ) -> Answer {
        let id = self.ids.next();
        let limits = self.draft_limits(network);
        // Under a flood of texts the count of all is asked first: a reading instead of a transaction.
        let refused = draft.body.len() > DRAFT_BYTES || self.store.is_reached(&limits[1]).await?;
        let kept = if refused {
            Commit::Refused(Rule::NetworkPace)
        } else {
            self.store
                .keep_draft(id, draft, &limits, self.clock.now())
                .await?
        };
        let (lead, return_to) = match kept {
            Commit::Done => (say("text-kept-come-back"), format!("{back}?draft={id}")),
            Commit::Refused(_) => (say("copy-text-first-very-long"), back.to_owned()),
        };
        if let AppError::Nameless = missing {
            let values = json!({
                "title": say("choose-name-first"),
                "lead": lead,
                "form": { "action": "/api/account/name", "name": "", "return_to": return_to, "error": null },
                "kept_text": draft.body,
            });
            return self.page(StatusCode::CONFLICT, "name", &values).await;
        }
        let values = json!({
            "title": say("sign-post"),
            "lead": lead,
            "form": { "action": "/api/sign-in", "email": "", "return_to": return_to, "error": null },
            "companies": self.company_buttons(&return_to),
            "kept_text": draft.body,
        });
        self.page(StatusCode::UNAUTHORIZED, "sign_in", &values)
            .await
    }
}
