//! Beginning a topic on a board: a thread with a title and its first comment, in one write.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use serde_json::json;
use sodium_domain::comment::{Comment, State as CommentState};
use sodium_domain::id::{BoardId, CommentId, ThreadId};
use sodium_domain::markdown::{Source, render};
use sodium_domain::policy::Verdict;
use sodium_domain::talk::{Kind, Title};
use sodium_domain::thread::Mode;
use uuid::Uuid;

use crate::comments::compose::Shown;
use crate::comments::kept::Kept;
use crate::comments::post::{form_key, kind_of};
use crate::site::slots::Lists;
use crate::state::App;
use crate::store::boards::{Board, Topic};
use crate::store::drafts::Draft;
use crate::store::threads::Thread;
use crate::views::comment::manage_url;
use crate::views::form::{CommentForm, Preview, TopicForm};
use crate::web::form::{Asking, At, Sent, honeypot};
use crate::web::network::Network;
use crate::web::problem::AppError;
use crate::web::reply::{Answer, Wants, see_other};
use crate::web::visitor::{Member, Writer};
use crate::words::{Language, say, say_with};

/// The form for a topic as it is sent.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct TopicSent {
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    kind: String,
    form_token: Option<String>,
    form_key: Option<String>,
    #[serde(default)]
    intent: String,
    website: Option<String>,
}

/// `GET /api/boards/{board}/topics/new`
pub(crate) async fn form(
    State(app): State<App>,
    member: Option<Member>,
    At(board): At<BoardId>,
    Asking(kept): Asking<Kept>,
) -> Answer {
    let board = app.topic_board(&board).await?;
    let draft = app.kept(kept.draft).await?;
    let draft = draft.filter(|draft| draft.thread.as_str() == board.stated.board.as_str());
    let sent = draft.map_or_else(TopicSent::default, |draft| TopicSent {
        title: draft.title.unwrap_or_default(),
        body: draft.body,
        kind: draft.kind.value().to_owned(),
        ..TopicSent::default()
    });
    app.topic_form(member.as_ref(), &board, &sent, Shown::Fresh)
        .await
}

/// `POST /api/boards/{board}/topics`
pub(crate) async fn begin(
    State(app): State<App>,
    wants: Wants,
    network: Network,
    writer: Writer,
    At(board): At<BoardId>,
    Sent(sent): Sent<TopicSent>,
) -> Answer {
    let board = app.topic_board(&board).await?;
    let outcome = app.begin(&network, &writer, &board, &sent).await;
    match (outcome, wants) {
        (Ok(Outcome::Begun(comment)), Wants::Page) => Ok(see_other(&manage_url(&comment))),
        (Ok(Outcome::Begun(comment)), Wants::Json) => {
            app.stored_json(&comment, StatusCode::CREATED)
        }
        (Ok(Outcome::Preview(body)), Wants::Json) => {
            Ok(Json(json!({ "html": render(&body) })).into_response())
        }
        (Ok(Outcome::Preview(body)), Wants::Page) => {
            app.topic_form(writer.member().ok(), &board, &sent, Shown::Preview(body))
                .await
        }
        (Err(error), Wants::Json) | (Err(error @ AppError::NotFound), _) => Err(error),
        (Err(error @ (AppError::SignedOut | AppError::Nameless)), Wants::Page) => {
            app.keep_topic(&network, &board, sent, &error).await
        }
        (Err(error), Wants::Page) => {
            let again = Shown::Again(error.problem());
            app.topic_form(writer.member().ok(), &board, &sent, again)
                .await
        }
    }
}

enum Outcome {
    Begun(Box<Comment>),
    Preview(Source),
}

impl App {
    /// A board on which members begin topics.
    async fn topic_board(&self, id: &BoardId) -> Result<Board, AppError> {
        let board = self.store.board(id).await?;
        board
            .filter(|board| board.stated.lists.gathers().is_none())
            .ok_or(AppError::NotFound)
    }

    async fn begin(
        &self,
        network: &Network,
        writer: &Writer,
        board: &Board,
        sent: &TopicSent,
    ) -> Result<Outcome, AppError> {
        honeypot(sent.website.as_deref())?;
        let body = Source::parse(&sent.body).map_err(AppError::Body)?;
        if sent.intent == "preview" {
            return Ok(Outcome::Preview(body));
        }
        let title = Title::parse(&sent.title).map_err(AppError::Title)?;
        let member = writer.member()?;
        if self.wants_another_look(member, sent.form_token.as_deref())? {
            return Ok(Outcome::Preview(body));
        }
        let id = new_id(self.ids.next());
        let kind = match board.stated.lists {
            Lists::Needs => Kind::Comment,
            Lists::Topics | Lists::Questions | Lists::Corrections => kind_of(&sent.kind)?,
        };
        let opening = self.opening(member, &id, title, kind, body);
        let thread = new_thread(board, id, opening.id);
        let form = form_key(sent.form_key.as_deref(), member, &opening);
        let stored = self.store(network, member, opening, &form, Some(&thread));
        Ok(Outcome::Begun(Box::new(stored.await?)))
    }

    /// The first comment of a topic. Its title is judged as its text is.
    fn opening(
        &self,
        member: &Member,
        thread: &ThreadId,
        title: Title,
        kind: Kind,
        body: Source,
    ) -> Comment {
        let mode = self.config.policy.mode_of(thread, Mode::Open);
        let opening = self.draw_up(member, thread, mode, body);
        let state = match Source::parse(title.as_str()) {
            Ok(text)
                if self
                    .config
                    .policy
                    .judge(&text, member.profile.approved, mode)
                    == Verdict::Publish =>
            {
                opening.state
            }
            _ => CommentState::Pending,
        };
        Comment {
            kind,
            title: Some(title),
            state,
            ..opening
        }
    }

    async fn keep_topic(
        &self,
        network: &Network,
        board: &Board,
        sent: TopicSent,
        missing: &AppError,
    ) -> Answer {
        let id = board.stated.board.as_str();
        let draft = Draft {
            thread: id.parse().map_err(|_| AppError::NotFound)?,
            reply_to: None,
            kind: Kind::from_value(&sent.kind).unwrap_or_default(),
            heading: String::new(),
            follow: false,
            title: Some(sent.title),
            edit: None,
            body: sent.body,
            written: self.clock.now(),
        };
        let back = format!("/api/boards/{id}/topics/new");
        self.keep_and_ask(&draft, &back, &network.0, missing).await
    }

    async fn topic_form(
        &self,
        member: Option<&Member>,
        board: &Board,
        sent: &TopicSent,
        shown: Shown,
    ) -> Answer {
        let (status, error, preview) = match shown {
            Shown::Fresh => (StatusCode::OK, None, None),
            Shown::Preview(body) => {
                let html = render(&body);
                (StatusCode::OK, None, Some(Preview { html }))
            }
            Shown::Again(problem) => {
                let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::CONFLICT);
                (status, Some(problem), None)
            }
        };
        let empty = TopicForm::of_board(&board.stated);
        let key = sent.form_key.clone();
        let form = TopicForm {
            title: sent.title.clone(),
            comment: CommentForm {
                body: sent.body.clone(),
                token: Some(self.form_token()?),
                key: Some(key.unwrap_or_else(|| self.ids.next().to_string())),
                error,
                preview,
                signed_in_as: member.map(|member| member.name.as_str().to_owned()),
                ..empty
                    .comment
                    .clone()
                    .with_kinds(Kind::from_value(&sent.kind).unwrap_or_default())
            },
            ..empty
        };
        let values = json!({
            "title": say("begin-topic"),
            "board": { "title": board.stated.title, "url": board.page_url },
            "form": form,
        });
        self.page(status, "topic", &values).await
    }
}

/// The id of a topic's thread, and so its address. It says nothing of the title, which must be able
/// to go.
fn new_id(id: Uuid) -> ThreadId {
    format!("topic-{}", id.simple())
        .parse()
        .unwrap_or_else(|_| unreachable!("a word and 32 hexadecimal digits are a thread id"))
}

/// The thread of a topic that nobody sees yet: without its title.
pub(crate) fn new_thread(board: &Board, id: ThreadId, opening: CommentId) -> Thread {
    Thread {
        id,
        title: say_with("new-topic", &[("title", &board.stated.title)]),
        page_url: board.page_url.clone(),
        source: None,
        revision: None,
        headings: Vec::new(),
        digests: Vec::new(),
        topic: Some(Topic {
            board: board.stated.board.clone(),
            opening,
            need: board.stated.lists == Lists::Needs,
            language: Some(Language::of_path(&board.page_url))
                .filter(|language| *language != Language::default()),
        }),
        fixed: Vec::new(),
        mode: Mode::Open,
        published: 0,
        visible: 0,
        last: None,
        followed: false,
        followed_at_once: false,
        news_on: None,
    }
}
