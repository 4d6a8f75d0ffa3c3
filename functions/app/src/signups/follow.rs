//! Following a thread by mail, and what a member decides about such mails. Nothing is followed that
//! was not chosen here, or by the box in the comment form.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use sodium_domain::follow::{Follow, MailChoices, Pace};
use sodium_domain::id::ThreadId;
use sodium_domain::member::Profile;

use crate::state::App;
use crate::store::mail_stops::StopReason;
use crate::views::thread::ThreadLink;
use crate::web::form::{At, Sent, own_path};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::SignedIn;
use crate::words::say;
use crate::words::terms;

/// How a form says that a thread is not followed.
const OFF: &str = "off";

#[derive(Debug, Deserialize)]
pub(crate) struct PaceSent {
    pace: String,
    return_to: Option<String>,
}

/// `GET /api/threads/{thread}/follow`
pub(crate) async fn ask(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    At(thread): At<ThreadId>,
) -> Answer {
    let thread = app.store.thread(&thread).await?.ok_or(AppError::NotFound)?;
    let follow = app.store.follow(profile.id, &thread.id).await?;
    let stopped = app.stop_of(&profile).await?;
    let values = json!({
        "title": if follow.is_some() { say("following-discussion") } else { say("follow-this-discussion") },
        "thread": ThreadLink::from(&thread),
        "status": follow.as_ref().map(|follow| status_text(follow.pace, &profile.mails)),
        "stopped": stopped.map(stopped_text),
        "action": format!("/api/threads/{}/follow", thread.id),
        "paces": paces(follow.as_ref().map_or(profile.mails.usual, |follow| follow.pace)),
        "follows": follow.is_some(),
        "account_url": "/api/account#mails",
    });
    app.page(StatusCode::OK, "follow", &values).await
}

/// `POST /api/threads/{thread}/follow`
pub(crate) async fn follow(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    At(thread): At<ThreadId>,
    Sent(sent): Sent<PaceSent>,
) -> Answer {
    let pace = match (sent.pace.as_str(), Pace::from_word(&sent.pace)) {
        (_, Some(pace)) => Some(pace),
        (OFF, _) => None,
        _ => {
            return Err(AppError::Malformed(
                say("choose-how-often-want-hear").into(),
            ));
        }
    };
    // A thread that is gone from the site can still be left.
    if pace.is_some() {
        app.store.thread(&thread).await?.ok_or(AppError::NotFound)?;
    }
    let stays = app
        .store
        .set_pace(profile.id, &thread, pace, app.clock.now());
    if !stays.await? {
        return Err(AppError::SignedOut);
    }
    let here = format!("/api/threads/{thread}/follow");
    let back = sent.return_to.as_deref().map(|path| own_path(Some(path)));
    Ok(see_other(back.unwrap_or(&here)))
}

/// The form on the account page: what is decided for all mails of this kind.
#[derive(Debug, Deserialize)]
pub(crate) struct ChoicesSent {
    #[serde(default)]
    intent: String,
    answers: Option<String>,
    digests: Option<String>,
    #[serde(default)]
    usual: Pace,
}

/// `POST /api/account/mails`
pub(crate) async fn choose(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    Sent(sent): Sent<ChoicesSent>,
) -> Answer {
    match sent.intent.as_str() {
        "save" => {
            let choices = MailChoices {
                answers: sent.answers.is_some(),
                usual: sent.usual,
                ..profile.mails
            };
            app.store.set_mail_choices(profile.id, &choices).await?;
            let (wants, now) = (sent.digests.is_some(), app.clock.now());
            app.store.set_digest_reader(profile.id, wants, now).await?;
        }
        "send-again" => app.send_again(&profile).await?,
        "unfollow-all" => {
            for follow in app.store.follows(profile.id).await? {
                let now = app.clock.now();
                app.store
                    .set_pace(profile.id, &follow.thread, None, now)
                    .await?;
            }
        }
        _ => return Err(AppError::Malformed(say("choose-what-do").into())),
    }
    Ok(see_other("/api/account#mails"))
}

impl App {
    /// Takes back what the member stopped by a link in a mail.
    async fn send_again(&self, member: &Profile) -> Result<(), AppError> {
        if let Some(address) = &member.address {
            self.store.allow_mail(&self.address_hash(address)).await?;
        }
        let choices = MailChoices {
            roll_ups_stopped: false,
            ..member.mails.clone()
        };
        self.store.set_mail_choices(member.id, &choices).await?;
        Ok(())
    }

    /// The part of the account page about mails.
    pub(super) async fn mails_values(&self, member: &Profile) -> Result<Value, AppError> {
        let mut follows = Vec::new();
        for follow in self.store.follows(member.id).await? {
            follows.push(self.follow_line(&follow).await?);
        }
        let stopped = match self.stop_of(member).await? {
            Some(reason) => Some((stopped_text(reason), reason == StopReason::Unsubscribed)),
            None if member.mails.roll_ups_stopped => {
                Some((say("stopped-mails-gather-what-new"), true))
            }
            None => None,
        };
        Ok(json!({
            "action": "/api/account/mails",
            "answers": member.mails.answers,
            "digests": self.store.is_digest_reader(member.id).await?,
            "paces": paces(member.mails.usual),
            "follows": follows,
            "stopped": stopped.map(|(text, _)| text),
            "can_send_again": stopped.is_some_and(|(_, own)| own),
        }))
    }

    async fn follow_line(&self, follow: &Follow) -> Result<Value, AppError> {
        let thread = self.store.thread(&follow.thread).await?;
        Ok(json!({
            "title": thread.as_ref().map_or_else(|| follow.thread.to_string(), |t| t.title.clone()),
            "page_url": thread.map(|thread| thread.page_url),
            "url": format!("/api/threads/{}/follow", follow.thread),
            "pace": terms::pace(follow.pace),
        }))
    }
}

fn paces(chosen: Pace) -> Value {
    let all = Pace::ALL.map(
        |pace| json!({ "value": pace.word(), "label": terms::pace(pace), "chosen": pace == chosen }),
    );
    all.to_vec().into()
}

fn status_text(pace: Pace, choices: &MailChoices) -> &'static str {
    match pace {
        Pace::AtOnce => say("get-mail-each-new-comment"),
        _ if choices.roll_ups_stopped => say("stopped-mails-gather-what-new-account"),
        Pace::Daily => say("get-one-mail-day-most"),
        Pace::Weekly => say("get-one-mail-week-most"),
    }
}

fn stopped_text(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Unsubscribed => say("stopped-all-mails-do-not"),
        StopReason::Bounced | StopReason::Complained => say("mails-address-came-back-were"),
    }
}
