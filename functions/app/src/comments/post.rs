//! Posting a comment: the one path that every comment takes, with and without JavaScript.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use serde_json::json;
use sodium_domain::comment::{Author, Comment, State as CommentState};
use sodium_domain::id::{CommentId, FormKey, ThreadId};
use sodium_domain::markdown::{Source, mentioned, render_mentioning};
use sodium_domain::name::DisplayName;
use sodium_domain::policy::Verdict;
use sodium_domain::talk::{About, Kind};
use sodium_domain::thread::Mode;

use crate::comments::compose::{Shown, Written};
use crate::mail::Letter;
use crate::meter::Measure;
use crate::state::App;
use crate::store::comments::{Pace, Posted, rebake};
use crate::store::drafts::Draft;
use crate::store::limits::Limit;
use crate::store::outbox::Outgoing;
use crate::store::threads::Thread;
use crate::views::comment::{CommentView, manage_url};
use crate::web::form::{At, Evidence, Sent, honeypot};
use crate::web::network::Network;
use crate::web::problem::AppError;
use crate::web::reply::{Answer, Wants, see_other};
use crate::web::visitor::{Member, Writer};
use crate::words::terms;
use crate::words::{say, say_with};

/// The comment form as it is sent.
#[derive(Debug, Deserialize)]
pub(crate) struct CommentSent {
    #[serde(default)]
    body: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    heading: String,
    reply_to: Option<CommentId>,
    /// Whether the box was ticked that follows the thread.
    follow: Option<String>,
    form_token: Option<String>,
    form_key: Option<String>,
    #[serde(default)]
    intent: String,
    website: Option<String>,
}

impl CommentSent {
    fn written(&self) -> Written {
        Written {
            reply_to: self.reply_to,
            kind: Kind::from_value(&self.kind).unwrap_or_default(),
            heading: self.heading.clone(),
            follow: self.follow.is_some(),
            body: self.body.clone(),
            key: self
                .form_key
                .clone()
                .filter(|key| key.parse::<FormKey>().is_ok()),
        }
    }
}

/// `POST /api/threads/{thread}/comments`
pub(crate) async fn post(
    State(app): State<App>,
    wants: Wants,
    network: Network,
    writer: Writer,
    At(thread): At<ThreadId>,
    Sent(sent): Sent<CommentSent>,
) -> Answer {
    let outcome = app.post(&network, &writer, &thread, &sent).await;
    match (outcome, wants) {
        (Ok(Outcome::Stored(comment)), Wants::Page) => see_other_comment(&comment),
        (Ok(Outcome::Stored(comment)), Wants::Json) => {
            app.stored_json(&comment, StatusCode::CREATED)
        }
        (Ok(Outcome::Preview(body)), Wants::Json) => {
            let mentions = app.mentions(&thread, sent.reply_to, &body).await?;
            let html = render_mentioning(&body, &mentions);
            Ok(Json(json!({ "html": html })).into_response())
        }
        (Ok(Outcome::Preview(body)), Wants::Page) => {
            app.compose(
                writer.member().ok(),
                &thread,
                sent.written(),
                Shown::Preview(body),
            )
            .await
        }
        (Err(error), Wants::Json) => Err(error),
        (Err(error), Wants::Page) => {
            app.post_again(&network, &writer, &thread, &sent, error)
                .await
        }
    }
}

fn see_other_comment(comment: &Comment) -> Answer {
    Ok(see_other(&manage_url(comment)))
}

enum Outcome {
    Stored(Box<Comment>),
    Preview(Source),
}

impl App {
    async fn post(
        &self,
        network: &Network,
        writer: &Writer,
        thread: &ThreadId,
        sent: &CommentSent,
    ) -> Result<Outcome, AppError> {
        honeypot(sent.website.as_deref())?;
        let body = Source::parse(&sent.body).map_err(AppError::Body)?;
        if sent.intent == "preview" {
            return Ok(Outcome::Preview(body));
        }
        let member = writer.member()?;
        let thread = self.open_thread(thread).await?;
        self.may_post(member, &thread)?;
        if self.wants_another_look(member, sent.form_token.as_deref())? {
            return Ok(Outcome::Preview(body));
        }
        let comment = self.write(member, &thread, sent, body).await?;
        let form = form_key(sent.form_key.as_deref(), member, &comment);
        let comment = self.store(network, member, comment, &form, None).await?;
        if sent.follow.is_some() {
            self.follow_too(member, &thread.id).await?;
        }
        Ok(Outcome::Stored(Box::new(comment)))
    }

    /// A thread that readers see.
    pub(crate) async fn open_thread(&self, id: &ThreadId) -> Result<Thread, AppError> {
        let thread = self.store.thread(id).await?;
        thread
            .filter(|thread| !thread.waits())
            .ok_or(AppError::NotFound)
    }

    /// Whether a newcomer's form without a mark came from a static page: then they are shown how it
    /// will look, in a form that has one.
    pub(crate) fn wants_another_look(
        &self,
        member: &Member,
        token: Option<&str>,
    ) -> Result<bool, AppError> {
        let trusted = member.profile.approved >= self.config.policy.hold.until_approved;
        match self.evidence(token) {
            Evidence::TooQuick if !trusted => Err(AppError::TooQuick),
            Evidence::None => Ok(!trusted),
            _ => Ok(false),
        }
    }

    /// Whether the member may post here now. The block is asked again in the transaction. That the
    /// thread is open is not: every comment would check the item of its thread, and comments of one
    /// thread would hold each other up, to keep out what comes in the moment of closing.
    fn may_post(&self, member: &Member, thread: &Thread) -> Result<(), AppError> {
        if thread.mode == Mode::Closed {
            return Err(AppError::Closed);
        }
        if let Some(block) = member.profile.block_at(self.clock.now()) {
            return Err(AppError::Blocked(block));
        }
        Ok(())
    }

    /// The limit for what waits, if a comment is one of a newcomer that has to.
    async fn room(&self, member: &Member, comment: &Comment) -> Result<Option<Limit>, AppError> {
        let is_new = member.profile.approved < self.config.policy.hold.until_approved;
        if comment.state != CommentState::Pending || !is_new {
            return Ok(None);
        }
        let limit = self.held_limit();
        if self.store.is_reached(&limit).await? {
            return Err(AppError::QueueFull);
        }
        Ok(Some(limit))
    }

    /// The comment that the policy makes of a text.
    async fn write(
        &self,
        member: &Member,
        thread: &Thread,
        sent: &CommentSent,
        body: Source,
    ) -> Result<Comment, AppError> {
        if let Some(parent) = sent.reply_to {
            let parent = self.store.comment(&thread.id, parent).await?;
            parent.filter(Comment::is_public).ok_or(AppError::Changed)?;
        }
        let mode = self.config.policy.mode_of(&thread.id, thread.mode);
        Ok(Comment {
            kind: kind_of(&sent.kind)?,
            about: about(thread, &sent.heading),
            reply_to: sent.reply_to,
            mentions: self.mentions(&thread.id, sent.reply_to, &body).await?,
            ..self.draw_up(member, &thread.id, mode, body)
        })
    }

    /// A comment as the policy takes it, with nothing said but its text.
    pub(crate) fn draw_up(
        &self,
        member: &Member,
        thread: &ThreadId,
        mode: Mode,
        body: Source,
    ) -> Comment {
        let policy = &self.config.policy;
        let state = match policy.judge(&body, member.profile.approved, mode) {
            Verdict::Publish => CommentState::Published,
            Verdict::Hold(_) => CommentState::Pending,
        };
        let (id, now) = (self.ids.next().into(), self.clock.now());
        Comment {
            author: Some(Author {
                id: member.profile.id,
                name: member.name.clone(),
                sample: member.profile.sample,
            }),
            ..Comment::saying(id, thread.clone(), body, state, now)
        }
    }

    /// Stores a comment, and the thread that it begins.
    pub(crate) async fn store(
        &self,
        network: &Network,
        member: &Member,
        comment: Comment,
        form: &FormKey,
        topic: Option<&Thread>,
    ) -> Result<Comment, AppError> {
        let [by_member, by_network] = self.comment_limits(member.profile.id, &network.0);
        let pace = Pace {
            by_member,
            by_network,
            room: self.room(member, &comment).await?,
        };
        let work = self.follow_comment(&comment)?;
        let posted = self
            .store
            .post_comment(&comment, member.profile.id, form, &pace, &work, topic)
            .await?;
        match posted {
            Posted::New => {
                self.meter.count(match comment.state {
                    CommentState::Pending => Measure::CommentsHeld,
                    _ => Measure::CommentsPublished,
                });
                self.wake.notify_one();
                Ok(comment)
            }
            Posted::Before(thread, id) => self
                .store
                .comment(&thread, id)
                .await?
                .ok_or(AppError::Changed),
            Posted::TooFast => Err(AppError::TooMany),
            Posted::Gone => Err(AppError::SignedOut),
            Posted::Blocked(block) => Err(AppError::Blocked(block)),
            Posted::QueueFull => Err(AppError::QueueFull),
        }
    }

    /// What follows a new or changed comment: readers see it, or moderators hear of it.
    pub(crate) fn follow_comment(&self, comment: &Comment) -> Result<Outgoing, AppError> {
        Ok(match comment.state {
            CommentState::Pending => self.letter(&Letter::Queue)?,
            _ => self.outgoing(rebake(comment)),
        })
    }

    /// A stored comment for the script, as its author sees it.
    pub(crate) fn stored_json(&self, comment: &Comment, status: StatusCode) -> Answer {
        let view = CommentView::private(comment);
        let html = self
            .pages
            .fragment("fragments/comment_single.html", &json!({ "comment": view }))?;
        let answer = json!({
            "state": comment.state.word(),
            "html": html,
            "url": manage_url(comment),
            "message": outcome_text(comment.state),
        });
        Ok((status, Json(answer)).into_response())
    }

    /// The form again, with the text and what to mend; or the way to sign in.
    async fn post_again(
        &self,
        network: &Network,
        writer: &Writer,
        thread: &ThreadId,
        sent: &CommentSent,
        error: AppError,
    ) -> Answer {
        match error {
            AppError::SignedOut | AppError::Nameless => {
                self.open_thread(thread).await?;
                let back = format!("/api/threads/{thread}/comments/new");
                let text = sent.written();
                let draft = Draft {
                    thread: thread.clone(),
                    reply_to: text.reply_to,
                    kind: text.kind,
                    heading: text.heading,
                    follow: text.follow,
                    title: None,
                    edit: None,
                    body: text.body,
                    written: self.clock.now(),
                };
                self.keep_and_ask(&draft, &back, &network.0, &error).await
            }
            AppError::NotFound => Err(error),
            error => {
                let again = Shown::Again(error.problem());
                let form = self.compose(writer.member().ok(), thread, sent.written(), again);
                match (form.await, error) {
                    // Where the table answers nobody, there is no form either.
                    (Err(_), error @ AppError::Store(_)) => Err(error),
                    (form, AppError::Store(error)) => {
                        tracing::error!(%error, "a comment was not taken, and stays in its form");
                        form
                    }
                    (form, _) => form,
                }
            }
        }
    }
}

/// The kind that a form sent.
pub(crate) fn kind_of(sent: &str) -> Result<Kind, AppError> {
    let unknown = || AppError::Malformed(say("there-no-such-kind-comment").into());
    Kind::from_value(sent).ok_or_else(unknown)
}

/// What a comment is about: a heading that the page has, and the page as it is now. A heading that
/// went while somebody wrote leaves the whole page.
fn about(thread: &Thread, anchor: &str) -> Option<About> {
    let mut headings = thread.headings.iter();
    let about = About {
        heading: headings.find(|heading| heading.anchor == anchor).cloned(),
        revision: thread.revision.clone(),
    };
    (about != About::default()).then_some(about)
}

/// Comments among whose authors a mention is looked for: those of two pages. Who wrote before is
/// mentioned by answering them.
const MENTIONABLE: usize = 100;

impl App {
    /// The people of a thread whom a text mentions.
    pub(crate) async fn mentions(
        &self,
        thread: &ThreadId,
        reply_to: Option<CommentId>,
        body: &Source,
    ) -> Result<Vec<DisplayName>, AppError> {
        if !body.as_str().contains('@') {
            return Ok(Vec::new());
        }
        let mut voices = self.store.newest(thread, MENTIONABLE).await?;
        if let Some(parent) = reply_to {
            voices.extend(self.store.comment(thread, parent).await?);
        }
        let public = voices.into_iter().filter(Comment::is_public);
        let mut names: Vec<DisplayName> = public
            .filter_map(|comment| comment.author.map(|author| author.name))
            .collect();
        names.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        names.dedup();
        Ok(mentioned(body, &names))
    }

    /// Lets a member follow the thread in which they write, as often as they usually do. Whoever
    /// follows it already goes on as before.
    async fn follow_too(&self, member: &Member, thread: &ThreadId) -> Result<(), AppError> {
        let id = member.profile.id;
        if self.store.follow(id, thread).await?.is_none() {
            let pace = Some(member.profile.mails.usual);
            self.store
                .set_pace(id, thread, pace, self.clock.now())
                .await?;
        }
        Ok(())
    }
}

/// How long the same text in the same place is the same act, where the form has no key: longer than
/// any double click, shorter than it takes to thank somebody again.
const SAME_ACT_SECONDS: i64 = 10 * 60;

/// The form's key; a form from a file has none, and then the same text by the same member in the
/// same place at the same time is the same act.
pub(crate) fn form_key(sent: Option<&str>, member: &Member, comment: &Comment) -> FormKey {
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};
    let given = sent.and_then(|key| key.parse().ok());
    given.unwrap_or_else(|| {
        let reply = comment
            .reply_to
            .map(|id| id.to_string())
            .unwrap_or_default();
        let body = comment
            .body
            .as_ref()
            .map(Source::as_str)
            .unwrap_or_default();
        let window = (comment.created.as_second() / SAME_ACT_SECONDS).to_string();
        let place = match &comment.title {
            Some(title) => title.as_str(),
            None => comment.thread.as_str(),
        };
        let text = [place, &window, &member.profile.id.to_string(), &reply, body].join("\0");
        let digest = Sha256::digest(text.as_bytes());
        base64::engine::general_purpose::URL_SAFE_NO_PAD
            .encode(digest)
            .parse()
            .unwrap_or_else(|_| unreachable!("43 Base64 characters are a form key"))
    })
}

/// What the poster is told.
pub(crate) fn outcome_text(state: CommentState) -> String {
    match state {
        CommentState::Published => say("published-stands-page-everybody-moment").into(),
        CommentState::Pending => say("received-person-reads-before-others").into(),
        CommentState::Rejected(reason) => {
            say_with("not-shown-because", &[("why", &terms::why(reason))])
        }
        CommentState::Deleted => say("comment-was-deleted").into(),
    }
}
