//! Stopping mails of one kind: of one thread, of answers, or the ones that gather what is new. The
//! link in a mail knows the member and the kind.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sodium_domain::follow::{MailChoices, Pace};
use sodium_domain::id::{MemberId, ThreadId};
use sodium_domain::member::Profile;

use crate::signups::mails::{Before, Mails, Wish};
use crate::state::App;
use crate::store::mail_stops::StopReason;
use crate::web::problem::AppError;
use crate::web::reply::Answer;
use crate::words::{Language, prefer};
use crate::words::{say, say_with};

/// Mails of one kind to one member.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kind {
    pub(crate) member: MemberId,
    pub(crate) what: What,
}

/// A kind of mails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum What {
    /// News of a thread.
    Thread(ThreadId),
    /// Answers to the member, and mentions of them.
    Answers,
    /// The daily and weekly mails.
    RollUps,
    /// Each digest.
    Digests,
}

impl App {
    /// The page behind a link: how it is, and buttons for what it could be.
    pub(super) async fn ask_about(&self, token: &str, kind: &Kind, before: &Before) -> Answer {
        let member = self.reader(kind).await?;
        let all = self.stop_of(&member).await?;
        let about = self.about(kind).await?;
        let action = format!("/api/mails/{token}");
        let button = |mails: &str, label: String, quiet: bool| {
            let pace = before.was.filter(|_| mails == "send").map(Pace::word);
            json!({ "action": action, "mails": mails, "label": label, "quiet": quiet, "pace": pace })
        };
        let stop_all = || button("stop-all", say("stop-all-mails-community").into(), true);
        let (title, lead, buttons): (String, &str, Vec<Value>) = match all {
            Some(StopReason::Unsubscribed) => (
                say("get-no-mails").into(),
                say("write-only-what-ask-yourself"),
                vec![button("send", say("send-me-mails-again").into(), false)],
            ),
            Some(_) => (
                say("address-gets-no-mails").into(),
                say("mail-came-back-somebody-reported"),
                Vec::new(),
            ),
            None if self.is_wanted(&member, kind).await? => (
                say_with("stop-mails-about", &[("about", &about)]),
                say("press-button-no-more-sent"),
                vec![
                    button("stop", say("stop-these-mails").into(), false),
                    stop_all(),
                ],
            ),
            None => (
                say("these-mails-stopped").into(),
                say("mistake-one-button-brings-back"),
                vec![
                    button(
                        "send",
                        say_with("undo-mails-about-again", &[("about", &about)]),
                        true,
                    ),
                    stop_all(),
                ],
            ),
        };
        let values = json!({
            "title": title, "lead": lead, "buttons": buttons, "stopped": all.is_some(),
            "account_url": "/api/account#mails",
        });
        self.page(StatusCode::OK, "stop", &values).await
    }

    /// Does what the reader wants. Answers where they go on.
    pub(super) async fn choose_about(
        &self,
        token: &str,
        kind: &Kind,
        wish: &Wish,
    ) -> Result<String, AppError> {
        let member = self.reader(kind).await?;
        let page = format!("/api/mails/{token}");
        let hash = member
            .address
            .as_ref()
            .map(|address| self.address_hash(address));
        match (wish.mails, hash) {
            (Mails::StopAll, Some(hash)) => {
                let now = self.clock.now();
                self.store
                    .stop_mail(&hash, StopReason::Unsubscribed, now)
                    .await?;
            }
            (Mails::StopAll, None) => {}
            (Mails::Stop, _) => {
                if let Some(pace) = self.switch_off(&member, kind).await? {
                    return Ok(format!("{page}?was={}", pace.word()));
                }
            }
            (Mails::Send, hash) => {
                if let Some(hash) = hash {
                    self.store.allow_mail(&hash).await?;
                }
                self.switch_on(&member, kind, wish.pace).await?;
            }
        }
        Ok(page)
    }

    async fn reader(&self, kind: &Kind) -> Result<Profile, AppError> {
        // Who left gets no mails, and has nothing to choose.
        let member = self.store.member(kind.member).await?;
        let member = member.ok_or(AppError::LinkUsed)?;
        prefer(Language::chosen_by(&member));
        Ok(member)
    }

    /// Why a member's address gets no mail at all.
    pub(super) async fn stop_of(&self, member: &Profile) -> Result<Option<StopReason>, AppError> {
        Ok(match &member.address {
            Some(address) => self.store.mail_stop(&self.address_hash(address)).await?,
            None => None,
        })
    }

    async fn about(&self, kind: &Kind) -> Result<String, AppError> {
        Ok(match &kind.what {
            What::Thread(id) => {
                let thread = self.store.thread(id).await?;
                thread.map_or_else(
                    || say("this-discussion").into(),
                    |thread| format!("“{}”", thread.title),
                )
            }
            What::Answers => say("answers-mentions").into(),
            What::RollUps => say("what-new-once-day-week").into(),
            What::Digests => say("mails-of-digests").into(),
        })
    }

    async fn is_wanted(&self, member: &Profile, kind: &Kind) -> Result<bool, AppError> {
        Ok(match &kind.what {
            What::Thread(thread) => self.store.follow(member.id, thread).await?.is_some(),
            What::Answers => member.mails.answers,
            What::RollUps => !member.mails.roll_ups_stopped,
            What::Digests => self.store.is_digest_reader(member.id).await?,
        })
    }

    /// Stops mails of a kind. Says in which pace the thread was followed, if it was one.
    async fn switch_off(&self, member: &Profile, kind: &Kind) -> Result<Option<Pace>, AppError> {
        if let What::Thread(thread) = &kind.what {
            let follow = self.store.follow(member.id, thread).await?;
            let now = self.clock.now();
            self.store.set_pace(member.id, thread, None, now).await?;
            return Ok(follow.map(|follow| follow.pace));
        }
        self.set_choice(member, &kind.what, false).await?;
        Ok(None)
    }

    async fn switch_on(
        &self,
        member: &Profile,
        kind: &Kind,
        pace: Option<Pace>,
    ) -> Result<(), AppError> {
        if let What::Thread(thread) = &kind.what {
            if self.store.follow(member.id, thread).await?.is_none() {
                let pace = Some(pace.unwrap_or(member.mails.usual));
                let now = self.clock.now();
                self.store.set_pace(member.id, thread, pace, now).await?;
            }
            return Ok(());
        }
        self.set_choice(member, &kind.what, true).await
    }

    async fn set_choice(&self, member: &Profile, what: &What, on: bool) -> Result<(), AppError> {
        let mut choices: MailChoices = member.mails.clone();
        match what {
            What::Answers => choices.answers = on,
            What::RollUps => choices.roll_ups_stopped = !on,
            What::Digests => {
                let now = self.clock.now();
                self.store.set_digest_reader(member.id, on, now).await?;
                return Ok(());
            }
            What::Thread(_) => return Ok(()),
        }
        self.store.set_mail_choices(member.id, &choices).await?;
        Ok(())
    }
}
