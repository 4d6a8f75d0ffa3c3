//! Sending what is due. A mail goes out once for each piece of work: whoever sends it claims it
//! first, and a claim that was not finished runs out after a minute.

use jiff::SignedDuration;
use sodium_domain::email::EmailAddress;
use sodium_domain::id::{DecisionId, MemberId, SessionId, SuggestionId};
use sodium_domain::seat::{LiveSession, SeatState};
use sodium_domain::session_time::SessionTime;
use uuid::Uuid;

use super::RelayError;
use super::bake::BakeError;
use crate::mail::words::{self, Worded};
use crate::mail::{Letter, Mail, Mailer};
use crate::meter::Measure;
use crate::seal::Purpose;
use crate::state::App;
use crate::store::StoreError;
use crate::store::mail_stops::StopReason;
use crate::store::outbox::Claim;
use crate::words::dates;
use crate::words::{Language, speaking_now};

/// How long a letter that does not open waits for a process that can open it.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

impl App {
    /// Sends a sealed letter, once.
    pub(super) async fn deliver(
        &self,
        mailer: &Mailer,
        id: Uuid,
        sealed: &str,
    ) -> Result<(), RelayError> {
        let Some(letter) = self.keys.open::<Letter>(Purpose::Mail, sealed) else {
            return self.put_aside(id);
        };
        if !self.may_send(mailer, id).await? {
            return Ok(());
        }
        match letter {
            Letter::Queue => self.announce_queue(mailer).await?,
            letter => self.send(mailer, id, &letter).await?,
        }
        self.store.mail_is_sent(id).await?;
        Ok(())
    }

    /// A letter that does not open was sealed with keys that this process does not know yet, because they
    /// were renewed after it started; or with keys that are gone, and then nobody can ever read it.
    fn put_aside(&self, id: Uuid) -> Result<(), RelayError> {
        let written = id.get_timestamp().map_or(0, |time| time.to_unix().0);
        let age = self.clock.now().as_second() - i64::try_from(written).unwrap_or(0);
        if age < PATIENCE.as_secs() {
            return Err(RelayError::Sealed);
        }
        tracing::error!(work = %id, "a letter cannot be opened and is dropped");
        Ok(())
    }

    /// Claims a mail. Not if it was sent before.
    pub(crate) async fn may_send(&self, mailer: &Mailer, id: Uuid) -> Result<bool, RelayError> {
        match self.store.claim_mail(id, self.clock.now()).await? {
            Claim::Sent => Ok(false),
            // The local mailbox keeps a mail once however often it comes, and has one process: a
            // claim that is held there was left by a process that was killed.
            Claim::Busy if !matches!(mailer, Mailer::Local(_)) => Err(RelayError::Busy),
            Claim::Busy | Claim::Mine => Ok(true),
        }
    }

    /// Sends a letter to whoever gets it.
    pub(super) async fn send(
        &self,
        mailer: &Mailer,
        id: Uuid,
        letter: &Letter,
    ) -> Result<(), RelayError> {
        for (place, (to, mut words)) in self.readers(letter).await?.into_iter().enumerate() {
            if self.is_unwanted(letter, &to).await? {
                tracing::info!(work = %id, "a mail is not sent: its reader gets none");
                continue;
            }
            if !letter.is_asked_for() {
                let url = self.stop_url(&to).map_err(StoreError::from)?;
                words.stop_url = Some(url);
            }
            let mail = self.mail(id, place, to, words)?;
            self.hand_over(mailer, &mail).await?;
        }
        Ok(())
    }

    /// Hands a mail to the mail server.
    pub(super) async fn hand_over(&self, mailer: &Mailer, mail: &Mail) -> Result<(), RelayError> {
        let host = self.config.base_url.host();
        let sent = mailer.send(&self.config.mail_from, host, mail).await;
        self.meter.count(match sent {
            Ok(()) => Measure::MailsSent,
            Err(_) => Measure::MailsFailed,
        });
        match sent {
            // The reader's own server says that there is no such mailbox: it will not change.
            Err(error) if error.is_permanent() => {
                tracing::warn!(work = %mail.id, "a mail was refused for good");
                Ok(())
            }
            sent => Ok(sent?),
        }
    }

    /// Whether an address gets no mail about what others write.
    pub(crate) async fn gets_no_news(&self, to: &EmailAddress) -> Result<bool, StoreError> {
        Ok(self
            .store
            .mail_stop(&self.address_hash(to))
            .await?
            .is_some())
    }

    /// Whether the address gets no such mail: it does not exist, or its reader complained or wants
    /// only what they ask for.
    async fn is_unwanted(&self, letter: &Letter, to: &EmailAddress) -> Result<bool, RelayError> {
        let stop = self.store.mail_stop(&self.address_hash(to)).await?;
        Ok(match stop {
            Some(StopReason::Bounced | StopReason::Complained) => true,
            Some(StopReason::Unsubscribed) => !letter.is_asked_for(),
            None => false,
        })
    }

    /// Who gets a letter, and its words.
    async fn readers(&self, letter: &Letter) -> Result<Vec<(EmailAddress, Worded)>, RelayError> {
        Ok(match letter {
            Letter::SignIn {
                address,
                token,
                language,
            } => vec![(
                address.clone(),
                speaking_now(*language, || words::sign_in(token)),
            )],
            Letter::WaitlistConfirm {
                address,
                token,
                language,
            } => {
                let words = speaking_now(*language, || words::waitlist_confirm(token));
                vec![(address.clone(), words)]
            }
            Letter::WaitlistPlace {
                address,
                token,
                language,
            } => {
                let words = speaking_now(*language, || words::waitlist_place(token));
                vec![(address.clone(), words)]
            }
            Letter::Seat {
                member,
                session,
                state,
            } => match self.seated(*member, session, *state).await? {
                Some(session) => {
                    let words = || words::seat(&session, &when(&session), *state);
                    self.to_member(*member, words).await?
                }
                None => Vec::new(),
            },
            Letter::JoinLink { member, session } => {
                match self.seated(*member, session, SeatState::Confirmed).await? {
                    Some(session) => {
                        let words = || words::join_link(&session, &when(&session));
                        self.to_member(*member, words).await?
                    }
                    None => Vec::new(),
                }
            }
            Letter::Decision { decision, undone } => {
                self.about_decision(*decision, *undone).await?
            }
            Letter::DecidedMany { decision, count } => {
                let decision = self.store.decision(*decision).await?;
                let member = decision.as_ref().and_then(|decision| decision.member);
                match (decision, member) {
                    (Some(decision), Some(member)) => {
                        let words = || words::decided_many(&decision, *count);
                        self.to_member(member, words).await?
                    }
                    _ => Vec::new(),
                }
            }
            Letter::Suggestion { suggestion } => self.about_suggestion(*suggestion).await?,
            Letter::Queue => self.to_moderators().await?,
            Letter::Nobody => Vec::new(),
        })
    }

    /// A letter to a member, in their language.
    async fn to_member(
        &self,
        member: MemberId,
        words: impl FnOnce() -> Worded + Send,
    ) -> Result<Vec<(EmailAddress, Worded)>, RelayError> {
        let Some(member) = self.store.member(member).await? else {
            return Ok(Vec::new());
        };
        let language = Language::chosen_by(&member).unwrap_or_default();
        let address = member.address.into_iter();
        let words = speaking_now(language, words);
        Ok(address.map(|address| (address, words.clone())).collect())
    }

    /// What a decision says to whom it concerns. One that was taken back meanwhile is not written
    /// about, only that it was.
    async fn about_decision(
        &self,
        id: DecisionId,
        undone: bool,
    ) -> Result<Vec<(EmailAddress, Worded)>, RelayError> {
        let decision = self.store.decision(id).await?;
        let Some(decision) = decision.filter(|d| d.undone.is_some() == undone) else {
            return Ok(Vec::new());
        };
        let (Some(member), thread) = (decision.member, decision.thread()) else {
            return Ok(Vec::new());
        };
        let thread = match thread {
            Some(thread) => self.store.thread(thread).await?,
            None => None,
        };
        let words = || words::decision(&decision, thread.as_ref());
        self.to_member(member, words).await
    }

    /// What became of a suggestion. One that was withdrawn meanwhile is not written about.
    async fn about_suggestion(
        &self,
        id: SuggestionId,
    ) -> Result<Vec<(EmailAddress, Worded)>, RelayError> {
        let found = self.store.suggestion(id, self.clock.now()).await?;
        let Some(suggestion) = found else {
            return Ok(Vec::new());
        };
        let thread = self.store.thread(&suggestion.thread).await?;
        let words = || words::suggestion(&suggestion, thread.as_ref());
        self.to_member(suggestion.author, words).await
    }

    /// A session in which the member has this, still; what changed meanwhile is not written about.
    async fn seated(
        &self,
        member: MemberId,
        session: &SessionId,
        state: SeatState,
    ) -> Result<Option<LiveSession>, RelayError> {
        match self.store.seat(session, member).await? {
            Some(seat) if seat.state == state => Ok(self.store.session(session).await?),
            _ => Ok(None),
        }
    }

    pub(super) fn mail(
        &self,
        work: Uuid,
        place: usize,
        to: EmailAddress,
        mut words: Worded,
    ) -> Result<Mail, RelayError> {
        for url in words.urls() {
            if url.starts_with('/') {
                *url = self.config.base_url.join(url);
            }
        }
        let render = |template: &str| {
            speaking_now(words.language, || self.pages.fragment(template, &words))
                .map_err(BakeError::from)
                .map_err(RelayError::from)
        };
        let text = render("mails/letter.txt")?;
        let html = render("mails/letter.html")?;
        // One letter to several moderators is several mails, each with a name of its own.
        let name = format!("{place}");
        let id = if place == 0 {
            work
        } else {
            Uuid::new_v5(&work, name.as_bytes())
        };
        Ok(Mail {
            id,
            to,
            subject: words.subject,
            text,
            html,
            unsubscribe: words.stop_url,
            list: words.list,
        })
    }
}

fn when(session: &LiveSession) -> String {
    SessionTime::parse(&session.starts, &session.zone, session.minutes).map_or_else(
        |_| session.starts.clone(),
        |time| format!("{} ({})", dates::session(&time), dates::session_utc(&time)),
    )
}
