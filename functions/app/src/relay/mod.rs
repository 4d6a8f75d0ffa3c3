//! The relay: works what follows from writes. In the cloud the table's stream hands it new outbox
//! items; in one process the same items are queried, at start and whenever a request wakes it.
//! Each piece of work converges to what the table says, so doing it twice or late does no harm.

pub(crate) mod announce;
pub mod bake;
pub(crate) mod digests;
pub(crate) mod feed;
pub(crate) mod feed_forms;
pub(crate) mod fill;
pub(crate) mod letters;
pub(crate) mod lists;
pub(crate) mod log;
pub(crate) mod moderators;
pub(crate) mod plan;
pub(crate) mod thank;
pub(crate) mod touched;

use std::time::Duration;

use jiff::Timestamp;
use sodium_domain::id::MemberId;
use tokio::time::Instant;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::cause::for_request;
use crate::mail::Mailer;
use crate::meter::Measure;
use crate::site::Index;
use crate::state::App;
use crate::store::StoreError;
use crate::store::leaving::Clearing;
use crate::store::outbox::OutboxPages;
pub use crate::store::outbox::{Outgoing, Work};
use bake::{BakeError, Until};
use plan::Undone;
use touched::Touched;

/// Work could not be done; it stays in the outbox.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A page could not be baked.
    #[error(transparent)]
    Bake(#[from] BakeError),
    /// A mail could not be sent.
    #[error(transparent)]
    Mail(#[from] crate::mail::MailError),
    /// A letter waits for a process that has newer keys.
    #[error("a letter is sealed with keys that are not known here")]
    Sealed,
    /// Some work stayed undone, or another relay is at it.
    #[error("some work is left for another try")]
    Busy,
}

/// How long the local relay waits after a failure before it tries again.
const PAUSE: Duration = Duration::from_secs(1);

/// How long it waits for a wake-up before it looks, and sweeps, by itself.
const IDLE: Duration = Duration::from_secs(60);

impl App {
    /// Works a batch: each touched page is baked once, however many pieces of work touch it.
    /// Returns the work that is done.
    pub async fn work(&self, mailer: &Mailer, batch: &[Outgoing]) -> Vec<Uuid> {
        let mut done = Vec::new();
        let bakes: Vec<&Outgoing> = batch.iter().filter(|outgoing| outgoing.is_bake()).collect();
        let undone = Box::pin(self.bake_batch(&bakes)).await;
        let baked = bakes.iter().filter(|work| !undone.covers(&work.work));
        done.extend(baked.map(|work| work.id));
        // A mail server that does not answer is asked once in a batch: pages must not wait for it.
        let mut mail_works = true;
        for outgoing in batch {
            if outgoing.is_bake() || (outgoing.is_mail() && !mail_works) {
                continue;
            }
            let request = outgoing.request.map(tracing::field::display);
            let span = tracing::info_span!("work", id = %outgoing.id, request);
            let worked = self.work_one(mailer, outgoing).instrument(span);
            match for_request(outgoing.request, worked).await {
                Ok(()) => done.push(outgoing.id),
                Err(error) => {
                    mail_works &= !matches!(error, RelayError::Mail(_));
                    tracing::warn!(work = %outgoing.id, request, %error, "work stays in the outbox");
                }
            }
        }
        done
    }

    /// Does a piece of work that is no bake.
    async fn work_one(&self, mailer: &Mailer, outgoing: &Outgoing) -> Result<(), RelayError> {
        match &outgoing.work {
            Work::Announce {
                thread,
                comment,
                after,
            } => {
                self.tell_of(mailer, outgoing.id, (thread, *comment), *after)
                    .await
            }
            Work::DigestPublished { week, after } => {
                self.mail_digest(mailer, outgoing.id, *week, *after).await
            }
            Work::Mail { sealed } => self.deliver(mailer, outgoing.id, sealed).await,
            Work::Thank { thread, comment } => self.thank(mailer, thread, *comment).await,
            Work::MemberLeft { member } => {
                let cleared = self.clear(*member).await;
                cleared.map(drop).map_err(RelayError::from)
            }
            Work::ThreadChanged { .. }
            | Work::ThreadModeChanged { .. }
            | Work::SeatsChanged { .. }
            | Work::QuotingChanged { .. }
            | Work::LogChanged { .. } => Ok(()),
        }
    }

    async fn bake_batch(&self, batch: &[&Outgoing]) -> Undone {
        let mut undone = Undone::default();
        if batch.is_empty() {
            return undone;
        }
        match Index::load(&self.files).await {
            Ok(index) => {
                let touched = Touched::by(self, batch, &index, &mut undone).await;
                self.bake(&touched, &index, Until::Written, &mut undone)
                    .await;
            }
            Err(error) => undone.note_outage(error.into()),
        }
        undone
    }

    /// Takes away what belonged to somebody who left. Returns how much it was.
    pub(crate) async fn clear(&self, member: MemberId) -> Result<usize, StoreError> {
        let clearing = Clearing {
            member,
            now: self.clock.now(),
            follow: &|seat| self.follow_seat(seat),
            next_id: &|| self.ids.next(),
        };
        self.store.clear_belongings(&clearing).await
    }

    /// Works a batch that the table's stream delivered, and takes what is done out of the outbox.
    ///
    /// # Errors
    /// When finished work cannot be taken out; it will be delivered again, and do no harm.
    pub async fn relay(
        &self,
        mailer: &Mailer,
        batch: &[Outgoing],
    ) -> Result<Vec<Uuid>, RelayError> {
        let started = Instant::now();
        let done = self.work(mailer, batch).await;
        self.measure_batch(batch, &done, started.elapsed());
        // A stream may deliver the same item twice, even in one batch.
        let mut finished: Vec<Outgoing> = batch
            .iter()
            .filter(|outgoing| done.contains(&outgoing.id))
            .cloned()
            .collect();
        finished.sort_by_key(|outgoing| outgoing.id);
        finished.dedup_by_key(|outgoing| outgoing.id);
        self.store.finish(&finished).await?;
        Ok(done)
    }

    /// Says what became of a batch, and for whom.
    fn measure_batch(&self, batch: &[Outgoing], done: &[Uuid], time: Duration) {
        let now = self.clock.now();
        let mut oldest = 0;
        for outgoing in batch {
            let waited = outgoing.since().map(|since| now.duration_since(since));
            let waited = waited.map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(0));
            oldest = oldest.max(waited);
            if done.contains(&outgoing.id) {
                let (work, kind) = (outgoing.id, outgoing.kind());
                let request = outgoing.request.map(tracing::field::display);
                tracing::info!(%work, kind, request, waited, "work is done");
            }
        }
        if batch.is_empty() {
            return;
        }
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.meter.record(Measure::WorkAge, oldest);
        self.meter.record(Measure::RelayTime, millis);
        let left = batch.iter().filter(|work| !done.contains(&work.id)).count();
        if left > 0 {
            let left = u64::try_from(left).unwrap_or(u64::MAX);
            self.meter.record(Measure::WorkLeft, left);
        }
    }

    /// Works the outbox until it is empty. Returns how many pieces of work were done.
    ///
    /// # Errors
    /// When the table does not answer, or a piece of work stays undone.
    pub async fn work_off(&self, mailer: &Mailer) -> Result<usize, RelayError> {
        let mut total = 0;
        loop {
            let pass = self.pass(mailer, None).await?;
            total += pass.done;
            match pass {
                Pass { left: 1.., .. } => return Err(RelayError::Busy),
                Pass { done: 0, .. } => return Ok(total),
                Pass { .. } => {}
            }
        }
    }

    /// Tries all that is in the outbox once, or all that was written before a time.
    pub(crate) async fn pass(
        &self,
        mailer: &Mailer,
        before: Option<Timestamp>,
    ) -> Result<Pass, RelayError> {
        let mut pages = OutboxPages::until(before);
        let mut pass = Pass::default();
        while let Some(batch) = pages.next(&self.store).await? {
            let done = self.relay(mailer, &batch).await?;
            pass.done += done.len();
            pass.left += batch.len() - done.len();
        }
        pass.unreadable = pages.unreadable;
        Ok(pass)
    }

    /// Works the outbox for ever, in the same process as the handlers that wake it, and sweeps once
    /// a minute, as the `jobs` function does in the cloud.
    pub async fn run_relay(self, mailer: Mailer) {
        let mut next_sweep = Instant::now();
        loop {
            if next_sweep <= Instant::now() {
                next_sweep = Instant::now() + IDLE;
                if let Err(error) = self.sweep(&mailer).await {
                    tracing::warn!(%error, "the sweep is left for the next minute");
                }
            }
            match self.work_off(&mailer).await {
                Ok(_) => {
                    let _ = tokio::time::timeout_at(next_sweep, self.wake.notified()).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "the relay tries again in a moment");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

/// What one look through the outbox came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pass {
    /// Pieces of work that are done.
    pub(crate) done: usize,
    /// Pieces that stay for another try.
    pub(crate) left: usize,
    /// Items that this version cannot read.
    pub(crate) unreadable: usize,
}
