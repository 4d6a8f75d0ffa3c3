//! Suggesting an edit: the page's Markdown in a form, how the change looks, and its way into the
//! moderators' queue. Nobody needs Git for it.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use sodium_domain::id::{FormKey, ThreadId};
use sodium_domain::markdown::render_page;
use sodium_domain::suggestion::{Credit, MAX_WHY, Page, State as SuggestionState, Suggestion, Why};

use crate::comments::kept::Kept;
use crate::comments::page_text::{OpenPage, patch};
use crate::mail::Letter;
use crate::state::App;
use crate::store::comments::Pace;
use crate::store::drafts::{Draft, Edit};
use crate::store::suggestions::Suggested;
use crate::views::suggestion::{diff_view, suggestion_url};
use crate::views::thread::ThreadLink;
use crate::web::form::{Asking, At, Sent, honeypot};
use crate::web::network::Network;
use crate::web::problem::{AppError, Problem};
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::{Member, Writer};
use crate::words::say;

/// The form as it is sent.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct EditSent {
    #[serde(default)]
    body: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    credit: String,
    /// The text of the page that the form was made of.
    #[serde(default)]
    base: String,
    form_token: Option<String>,
    form_key: Option<String>,
    #[serde(default)]
    intent: String,
    website: Option<String>,
}

/// `GET /api/threads/{thread}/suggestions/new`
pub(crate) async fn form(
    State(app): State<App>,
    member: Option<Member>,
    At(thread): At<ThreadId>,
    Asking(kept): Asking<Kept>,
) -> Answer {
    let open = app.open_page(&thread).await?;
    let draft = app.kept(kept.draft).await?;
    let sent = draft
        .filter(|draft| draft.thread == thread)
        .and_then(EditSent::kept);
    app.edit_form(member.as_ref(), &open, sent.as_ref(), None)
        .await
}

/// `POST /api/threads/{thread}/suggestions`
pub(crate) async fn send(
    State(app): State<App>,
    network: Network,
    writer: Writer,
    At(thread): At<ThreadId>,
    Sent(sent): Sent<EditSent>,
) -> Answer {
    let open = app.open_page(&thread).await?;
    let member = writer.member().ok();
    match app.suggest(&network, &writer, &open, &sent).await {
        Ok(Outcome::Stored(suggestion)) => Ok(see_other(&suggestion_url(&suggestion))),
        Ok(Outcome::Look) => app.edit_form(member, &open, Some(&sent), None).await,
        Err(error @ (AppError::SignedOut | AppError::Nameless)) => {
            app.keep_edit(&network, &open, sent, &error).await
        }
        Err(error) => {
            if let AppError::Store(error) = &error {
                tracing::error!(%error, "a suggestion was not taken, and stays in its form");
            }
            let problem = error.problem();
            app.edit_form(member, &open, Some(&sent), Some(problem))
                .await
        }
    }
}

enum Outcome {
    Stored(Box<Suggestion>),
    /// It is to be looked at first.
    Look,
}

impl EditSent {
    fn kept(draft: Draft) -> Option<Self> {
        let edit = draft.edit?;
        Some(Self {
            body: draft.body,
            why: edit.why,
            credit: edit.credit.value().to_owned(),
            base: edit.base.into(),
            ..Self::default()
        })
    }

    fn credit(&self) -> Credit {
        Credit::from_value(&self.credit).unwrap_or_default()
    }
}

impl App {
    async fn suggest(
        &self,
        network: &Network,
        writer: &Writer,
        open: &OpenPage,
        sent: &EditSent,
    ) -> Result<Outcome, AppError> {
        honeypot(sent.website.as_deref())?;
        let (base, text) = self.base_text(open, &sent.base).await?;
        let patch = patch(&text, &sent.body)?;
        if sent.intent == "preview" {
            return Ok(Outcome::Look);
        }
        let member = writer.member()?;
        let now = self.clock.now();
        if let Some(block) = member.profile.block_at(now) {
            return Err(AppError::Blocked(block));
        }
        if self.wants_another_look(member, sent.form_token.as_deref())? {
            return Ok(Outcome::Look);
        }
        let suggestion = Suggestion {
            id: self.ids.next().into(),
            author: member.profile.id,
            thread: open.thread.id.clone(),
            path: open.source.path.clone(),
            base,
            patch,
            why: Why::parse(&sent.why),
            credit: sent.credit(),
            made: now,
            state: SuggestionState::Waiting,
            decided: None,
            expires: None,
        };
        let stored = self.keep_suggestion(network, member, suggestion, sent);
        Ok(Outcome::Stored(Box::new(stored.await?)))
    }

    async fn keep_suggestion(
        &self,
        network: &Network,
        member: &Member,
        suggestion: Suggestion,
        sent: &EditSent,
    ) -> Result<Suggestion, AppError> {
        let [by_member, by_network] = self.suggestion_limits(member.profile.id, &network.0);
        let is_new = member.profile.approved < self.config.policy.hold.until_approved;
        let pace = Pace {
            by_member,
            by_network,
            room: is_new.then(|| self.held_limit()),
        };
        let form = edit_key(sent.form_key.as_deref(), &suggestion);
        let tell = self.letter(&Letter::Queue)?;
        match self.store.suggest(&suggestion, &form, &pace, &tell).await? {
            Suggested::New => {
                self.wake.notify_one();
                Ok(suggestion)
            }
            Suggested::Before(id) => {
                let found = self.store.suggestion(id, suggestion.made).await?;
                found.ok_or(AppError::Changed)
            }
            Suggested::TooFast => Err(AppError::TooMany),
            Suggested::Gone => Err(AppError::SignedOut),
            Suggested::Blocked(block) => Err(AppError::Blocked(block)),
            Suggested::QueueFull => Err(AppError::QueueFull),
        }
    }

    /// The text of somebody who has to sign in first.
    async fn keep_edit(
        &self,
        network: &Network,
        open: &OpenPage,
        sent: EditSent,
        missing: &AppError,
    ) -> Answer {
        let thread = &open.thread.id;
        let credit = sent.credit();
        let draft = Draft {
            thread: thread.clone(),
            reply_to: None,
            kind: sodium_domain::talk::Kind::default(),
            heading: String::new(),
            follow: false,
            title: None,
            edit: Some(Edit {
                base: sent.base.parse().unwrap_or(open.source.revision.clone()),
                why: sent.why.chars().take(MAX_WHY).collect(),
                credit,
            }),
            body: sent.body,
            written: self.clock.now(),
        };
        let back = format!("/api/threads/{thread}/suggestions/new");
        self.keep_and_ask(&draft, &back, &network.0, missing).await
    }

    /// The form: with the page's text, or with what somebody made of it and how that differs.
    async fn edit_form(
        &self,
        member: Option<&Member>,
        open: &OpenPage,
        sent: Option<&EditSent>,
        problem: Option<Problem>,
    ) -> Answer {
        let page = Page::read(&open.text).ok_or(AppError::NotFound)?;
        // Where the text that it was made of is gone, the change is shown against what there is now.
        let now = || (open.source.revision.clone(), open.text.clone());
        let (base, text) = match sent {
            Some(sent) => self
                .base_text(open, &sent.base)
                .await
                .unwrap_or_else(|_| now()),
            None => now(),
        };
        let body = sent.map_or(page.body(), |sent| sent.body.as_str());
        let change = sent.and_then(|sent| patch(&text, &sent.body).ok());
        let preview = change.is_some().then(|| render_page(body));
        let status = problem.as_ref().map(|problem| problem.status);
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        let key = sent.and_then(|sent| sent.form_key.clone());
        let key = key.filter(|key| key.parse::<FormKey>().is_ok());
        let values = json!({
            "title": say("suggest-edit"),
            "thread": ThreadLink::from(&open.thread),
            "diff": change.as_ref().map(diff_view),
            "preview": preview,
            "form": {
                "action": format!("/api/threads/{}/suggestions", open.thread.id),
                "body": body,
                "why": sent.map(|sent| sent.why.as_str()),
                "why_max": MAX_WHY,
                "nameless": sent.is_some_and(|sent| sent.credit() == Credit::Nameless),
                "base": base,
                "token": self.form_token()?,
                "key": key.unwrap_or_else(|| self.ids.next().to_string()),
                "error": problem,
                "signed_in_as": member.map(|member| member.name.as_str()),
            },
        });
        self.page(status.unwrap_or(StatusCode::OK), "suggest", &values)
            .await
    }
}

/// The form's key; where somebody took it out, the same change by the same member is the same act.
fn edit_key(sent: Option<&str>, suggestion: &Suggestion) -> FormKey {
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};
    let given = sent.and_then(|key| key.parse().ok());
    given.unwrap_or_else(|| {
        let author = suggestion.author.to_string();
        let what = [&author, &suggestion.path, suggestion.patch.as_str()].join("\0");
        base64::engine::general_purpose::URL_SAFE_NO_PAD
            .encode(Sha256::digest(what.as_bytes()))
            .parse()
            .unwrap_or_else(|_| unreachable!("43 Base64 characters are a form key"))
    })
}
