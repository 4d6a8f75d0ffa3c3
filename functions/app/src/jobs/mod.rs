//! What has to happen without anybody asking. The scheduler calls the `jobs` function every quarter of
//! an hour with `{"job":"sweep"}`; a community in one process sweeps every minute. The mail service's
//! notices come to the same function.
//!
//! A sweep that finds nothing to do reads seven partitions, all empty, one item for each session that
//! is still to come, and one that says whose turn for mail it was last. It never looks through the table.

mod roll_up;

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::mail::Mailer;
use crate::mail::notices::{Notice, NoticeError, Topic};
use crate::relay::RelayError;
use crate::state::App;
use crate::store::StoreError;
use crate::store::later::Errand;
use crate::store::leaving::next_look;

/// How old work in the outbox is before a sweep takes it. Younger work is on its way to the relay.
const STALE: SignedDuration = SignedDuration::from_mins(1);

/// A job could not be done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// A part of the sweep failed; the next one does it.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// A notice could not be noted; it comes again.
    #[error(transparent)]
    Notice(#[from] NoticeError),
    /// There was more to do than there was time for; the next sweep goes on.
    #[error("the sweep ran out of time")]
    Late,
    /// Nothing that this function knows.
    #[error("the event is neither a job nor a notice")]
    Unknown,
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Relay(error.into())
    }
}

/// What a sweep came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Pieces of work that the relay had left behind and that are done now.
    pub worked: usize,
    /// Pieces of work that stay undone.
    pub left: usize,
    /// Items in the outbox or among the errands that this version cannot read.
    pub unreadable: usize,
    /// Errands that were due and are done.
    pub errands: usize,
    /// People who waited and got a seat.
    pub promoted: usize,
    /// Mails that gather what is new.
    pub mailed: usize,
}

impl App {
    /// Does what an event asks for, within a time.
    ///
    /// # Errors
    /// When it could not be done and should be tried again.
    pub async fn job(
        &self,
        mailer: &Mailer,
        topic: Option<&Topic>,
        event: &Value,
        time: Duration,
    ) -> Result<Value, JobError> {
        if let Some(records) = event["Records"].as_array() {
            for record in records {
                self.note(topic, &record["Sns"]).await?;
            }
            return Ok(json!({ "notices": records.len() }));
        }
        match event["job"].as_str() {
            Some("sweep") => {}
            Some("health") => return Ok(json!(self.health().await)),
            _ => return Err(JobError::Unknown),
        }
        let swept = tokio::time::timeout(time, self.sweep(mailer)).await;
        let swept = swept.map_err(|_| JobError::Late)??;
        Ok(
            json!({ "worked": swept.worked, "left": swept.left, "unreadable": swept.unreadable,
            "errands": swept.errands, "promoted": swept.promoted, "mailed": swept.mailed }),
        )
    }

    /// Notes what the mail service reports. What nobody signed will not be signed tomorrow: it is
    /// told to the operator and comes no second time.
    async fn note(&self, topic: Option<&Topic>, notice: &Value) -> Result<(), NoticeError> {
        let noted = match (topic, serde_json::from_value::<Notice>(notice.clone())) {
            (None, _) => Err(NoticeError::OtherTopic),
            (_, Err(error)) => Err(error.into()),
            (Some(topic), Ok(notice)) => self.note_notice(topic, &notice).await,
        };
        match noted {
            Err(error @ (NoticeError::Certificate(_) | NoticeError::Store(_))) => Err(error),
            Err(error) => {
                tracing::error!(%error, "a notice of the mail service is dropped");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Does what was left behind and what is due. Each part is tried, whatever the others come to.
    ///
    /// # Errors
    /// When a part failed; the next sweep tries again.
    pub async fn sweep(&self, mailer: &Mailer) -> Result<Swept, RelayError> {
        let mut swept = Swept::default();
        let errands = self.run_errands(mailer, &mut swept).await;
        let seats = self.fill_free_seats(&mut swept).await;
        let work = self.work_what_is_left(mailer, &mut swept).await;
        // Last, because it may be long: what is left of the time is its.
        let news = self.roll_up(mailer, &mut swept).await;
        if swept != Swept::default() {
            tracing::info!(?swept, "the sweep found something to do");
        }
        errands.and(seats).and(work).and(news).map(|()| swept)
    }

    /// Work that the stream handed over in vain, or never.
    async fn work_what_is_left(
        &self,
        mailer: &Mailer,
        swept: &mut Swept,
    ) -> Result<(), RelayError> {
        let before = self.clock.now() - STALE;
        let pass = self.pass(mailer, Some(before)).await?;
        swept.worked += pass.done;
        swept.left += pass.left;
        swept.unreadable += pass.unreadable;
        Ok(())
    }

    /// Seats that are free while people wait for them.
    async fn fill_free_seats(&self, swept: &mut Swept) -> Result<(), RelayError> {
        let mut outcome = Ok(());
        for session in self.store.coming_sessions().await? {
            let now = self.clock.now();
            let follow = |seat: &_| self.follow_seat(seat);
            match self.store.fill_seats(&session, now, &follow).await {
                Ok(promoted) => swept.promoted += promoted,
                Err(error) => outcome = Err(error.into()),
            }
        }
        if swept.promoted > 0 {
            self.wake.notify_one();
        }
        outcome
    }

    async fn run_errands(&self, mailer: &Mailer, swept: &mut Swept) -> Result<(), RelayError> {
        let mut outcome = Ok(());
        for due in self.store.errands(self.clock.now()).await? {
            let done = match &due.errand {
                Ok(errand) => self.run_errand(mailer, errand).await,
                Err(error) => {
                    swept.unreadable += 1;
                    tracing::error!(%error, "an errand cannot be read and stays");
                    continue;
                }
            };
            match done {
                Ok(()) => {
                    self.store.finish_errand(&due).await?;
                    swept.errands += 1;
                }
                Err(error) => outcome = Err(error),
            }
        }
        outcome
    }

    async fn run_errand(&self, mailer: &Mailer, errand: &Errand) -> Result<(), RelayError> {
        match errand {
            Errand::TellModerators => self.announce_what_came(mailer).await,
            Errand::LookAgain { member, left } => {
                let found = self.clear(*member).await?;
                if found > 0 {
                    self.wake.notify_one();
                }
                if let Some(due) = next_look(*left, self.clock.now(), found) {
                    self.store.put_errand(errand, due).await?;
                }
                Ok(())
            }
        }
    }
}
