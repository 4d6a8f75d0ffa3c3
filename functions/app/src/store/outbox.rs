//! The outbox: what must follow a write. It is written in the same transaction, so nothing that
//! must follow is ever forgotten; the relay works it and takes it out when it is done.

use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, WriteRequest};
use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sodium_domain::id::{CommentId, MemberId, SessionId, ThreadId};
use sodium_domain::week::Week;
use uuid::Uuid;

use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{Item, Store, StoreError, from_item, item, key_of, keys};
use crate::cause;

/// What must follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "follow")]
pub enum Work {
    /// A comment appeared, changed or went: bake what shows it.
    ThreadChanged {
        /// The thread.
        thread: ThreadId,
        /// The comment.
        comment: CommentId,
    },
    /// Seats of a session changed: bake its page.
    SeatsChanged {
        /// The session.
        session: SessionId,
    },
    /// Who may write in a thread changed: bake all its pages, which say so.
    ThreadModeChanged {
        /// The thread.
        thread: ThreadId,
    },
    /// A member chose how digests may quote them: bake those that quote somebody.
    QuotingChanged {
        /// The member.
        member: MemberId,
    },
    /// The public log of decisions got a line: bake the pages that show it.
    LogChanged {
        /// The line.
        number: u32,
    },
    /// Mail is due. Sealed, because it holds an address and often a secret link.
    Mail {
        /// A sealed [`crate::mail::Letter`].
        sealed: String,
    },
    /// A comment was published for the first time: tell whoever wants to hear of each.
    Announce {
        /// The thread.
        thread: ThreadId,
        /// The comment.
        comment: CommentId,
        /// The follower after whom to go on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<MemberId>,
    },
    /// The page was changed as a comment asked: thank whoever wrote it.
    Thank {
        /// The thread.
        thread: ThreadId,
        /// The comment.
        comment: CommentId,
    },
    /// A digest was published for the first time: mail it to whoever wants each.
    DigestPublished {
        /// Its week.
        week: Week,
        /// The reader after whom to go on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<MemberId>,
    },
    /// A member left: take away everything that belonged to them.
    MemberLeft {
        /// The member.
        member: MemberId,
    },
}

/// Work with the identifier that makes it one piece of work however often it is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// Time-ordered.
    pub id: Uuid,
    /// What must follow.
    pub work: Work,
    /// The request that it follows from; none for work that nobody asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Uuid>,
}

impl Outgoing {
    /// Work that follows from the request that is being answered.
    pub(crate) fn new(id: Uuid, work: Work) -> Self {
        let request = cause::request();
        Self { id, work, request }
    }

    /// When it was put into the outbox.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        since(self.id)
    }

    /// What it is, for a log line.
    pub(crate) fn kind(&self) -> &'static str {
        match self.work {
            Work::ThreadChanged { .. } => "thread-changed",
            Work::ThreadModeChanged { .. } => "thread-mode-changed",
            Work::SeatsChanged { .. } => "seats-changed",
            Work::QuotingChanged { .. } => "quoting-changed",
            Work::LogChanged { .. } => "log-changed",
            Work::Mail { .. } => "mail",
            Work::Announce { .. } => "announce",
            Work::Thank { .. } => "thank",
            Work::DigestPublished { .. } => "digest-published",
            Work::MemberLeft { .. } => "member-left",
        }
    }

    /// Whether it needs the mail server.
    pub(crate) fn is_mail(&self) -> bool {
        matches!(
            self.work,
            Work::Mail { .. }
                | Work::Announce { .. }
                | Work::Thank { .. }
                | Work::DigestPublished { .. }
        )
    }

    /// Whether this changes files only, and tells nobody.
    pub(crate) fn is_bake(&self) -> bool {
        matches!(
            self.work,
            Work::ThreadChanged { .. }
                | Work::ThreadModeChanged { .. }
                | Work::SeatsChanged { .. }
                | Work::QuotingChanged { .. }
                | Work::LogChanged { .. }
        )
    }

    /// When it was written, which its identifier says.
    pub(super) fn made(&self) -> Timestamp {
        let time = self.id.get_timestamp().map(|time| time.to_unix());
        let time = time.map(|(seconds, nanos)| (i64::try_from(seconds), i32::try_from(nanos)));
        match time {
            Some((Ok(seconds), Ok(nanos))) => Timestamp::new(seconds, nanos).unwrap_or_default(),
            _ => Timestamp::default(),
        }
    }

    /// Work that must keep its order shares a partition, and so a stream shard.
    fn shard(&self) -> u8 {
        let order = match &self.work {
            Work::ThreadChanged { thread, .. } | Work::ThreadModeChanged { thread } => {
                thread.as_str().to_owned()
            }
            Work::LogChanged { .. } => keys::LOG.to_owned(),
            Work::SeatsChanged { session } => session.as_str().to_owned(),
            Work::MemberLeft { member } | Work::QuotingChanged { member } => member.to_string(),
            // Mail has a partition of its own: when it piles up, nothing else waits behind it.
            Work::Mail { .. }
            | Work::Announce { .. }
            | Work::Thank { .. }
            | Work::DigestPublished { .. } => {
                return keys::OUTBOX_MAIL;
            }
        };
        order.bytes().fold(0_u8, u8::wrapping_add) % keys::OUTBOX_SHARDS
    }
}

/// The time in an identifier of work.
fn since(id: Uuid) -> Option<Timestamp> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanos).ok()?).ok()
}

/// Pieces of work taken from each shard at a time.
const BATCH: i32 = 100;

/// The most requests in one batch write.
const BATCH_WRITE: usize = 25;

impl Transaction {
    /// Notes that a claimed mail is sent.
    pub(crate) fn mail_is_sent(self, id: Uuid) -> Result<Self, StoreError> {
        let done = Expression::change("SET #done = :done").value(":done", &true)?;
        Ok(self.update(Rule::None, keys::sent(id), done))
    }

    /// Adds what must follow.
    pub(crate) fn then(self, work: &Outgoing) -> Result<Self, StoreError> {
        Ok(self.put(item(&keys::outbox(work.shard(), work.id), work)?))
    }
}

impl Store {
    /// The oldest work of every shard.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn outbox(&self) -> Result<Vec<Outgoing>, StoreError> {
        let mut pages = OutboxPages::until(None);
        Ok(pages.next(self).await?.unwrap_or_default())
    }

    /// Since when the oldest work waits; nothing when none does.
    pub(crate) async fn oldest_work(&self) -> Result<Option<Timestamp>, StoreError> {
        let shards = (0..=keys::OUTBOX_MAIL).map(keys::outbox_shard);
        let oldest = shards.map(async |shard| self.some(&shard, 1, false).await);
        let found = try_join_all(oldest).await?.into_iter().flatten();
        let ids = found.filter_map(|item| key_of(&item).sk.parse().ok());
        Ok(ids.filter_map(since).min())
    }

    async fn outbox_page(&self, page: &Page, before: &str) -> Result<Answer, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", AttributeValue::S(keys::outbox_shard(page.shard)))
            .expression_attribute_values(":before", AttributeValue::S(before.to_owned()))
            .set_exclusive_start_key(page.after.clone())
            .limit(BATCH)
            .consistent_read(true)
            .send()
            .await?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }

    /// Takes finished work out. Taking it out twice is no error.
    pub(crate) async fn finish(&self, done: &[Outgoing]) -> Result<(), StoreError> {
        for chunk in done.chunks(BATCH_WRITE) {
            let requests: Vec<WriteRequest> = chunk
                .iter()
                .map(|work| {
                    let key = keys::outbox(work.shard(), work.id);
                    let delete = DeleteRequest::builder()
                        .key("pk", AttributeValue::S(key.pk))
                        .key("sk", AttributeValue::S(key.sk))
                        .build();
                    delete.map(|delete| WriteRequest::builder().delete_request(delete).build())
                })
                .collect::<Result<_, _>>()
                .map_err(|error| StoreError::Unavailable(error.to_string()))?;
            let mut requests = [(self.table.clone(), requests)].into();
            let mut patience = self.patience();
            loop {
                let request = self.client.batch_write_item();
                let request = request.set_request_items(Some(requests));
                let answer = self.patiently(|| request.clone().send()).await?;
                match answer.unprocessed_items.filter(|left| !left.is_empty()) {
                    Some(left) => requests = left,
                    None => break,
                }
                patience.pause().await?;
            }
        }
        Ok(())
    }

    /// Adds work outside any other write; for repairs and tests.
    pub async fn enqueue(&self, work: &Outgoing) -> Result<(), StoreError> {
        self.put(item(&keys::outbox(work.shard(), work.id), work)?)
            .await
    }
}

type Answer = (Vec<Item>, Option<Item>);

/// The whole outbox, oldest first, a page of every shard at a time: whatever cannot be done lies in
/// nobody's way.
#[derive(Debug)]
pub(crate) struct OutboxPages {
    before: String,
    shards: Vec<Page>,
    /// Items that are no work that this version knows. They stay, for one that does.
    pub(crate) unreadable: usize,
}

#[derive(Debug)]
struct Page {
    shard: u8,
    after: Option<Item>,
}

impl OutboxPages {
    /// What was written before this time, or until now.
    pub(crate) fn until(before: Option<Timestamp>) -> Self {
        let first_of = |time: Timestamp| {
            let millis = u64::try_from(time.as_millisecond()).unwrap_or(0);
            uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
        };
        Self {
            before: before.map_or(Uuid::max(), first_of).to_string(),
            shards: (0..=keys::OUTBOX_MAIL)
                .map(|shard| Page { shard, after: None })
                .collect(),
            unreadable: 0,
        }
    }

    /// The next work; nothing when every shard was looked through.
    pub(crate) async fn next(
        &mut self,
        store: &Store,
    ) -> Result<Option<Vec<Outgoing>>, StoreError> {
        if self.shards.is_empty() {
            return Ok(None);
        }
        let mut work = Vec::new();
        for page in std::mem::take(&mut self.shards) {
            let (items, after) = store.outbox_page(&page, &self.before).await?;
            for item in items {
                let key = key_of(&item);
                match from_item(item) {
                    Ok(outgoing) => work.push(outgoing),
                    Err(error) => {
                        self.unreadable += 1;
                        tracing::error!(work = key.sk, %error, "work in the outbox cannot be read");
                    }
                }
            }
            if after.is_some() {
                let shard = page.shard;
                self.shards.push(Page { shard, after });
            }
        }
        Ok(Some(work))
    }
}

/// Whether a mail may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// By whoever asked, for a minute.
    Mine,
    /// It was sent.
    Sent,
    /// Another relay is sending it.
    Busy,
}

#[derive(Debug, Deserialize)]
struct Sent {
    #[serde(default)]
    done: bool,
}

/// How long a relay may take to hand a mail over before another one tries.
const CLAIM: SignedDuration = SignedDuration::from_mins(1);

/// How long it is remembered that a mail was sent: longer than a stream repeats itself, and until a
/// weekly mail has left out what was told before.
const SENT_MEMORY: SignedDuration = SignedDuration::from_hours(24 * 9);

impl Store {
    /// Claims a mail.
    pub(crate) async fn claim_mail(&self, id: Uuid, now: Timestamp) -> Result<Claim, StoreError> {
        let commit = Transaction::new()
            .update(
                Rule::Unchanged,
                keys::sent(id),
                Expression::change("SET #until = :until, #expires_at = :expires")
                    .and_when("attribute_not_exists(pk) OR (attribute_not_exists(#done) AND #until < :now)")
                    .number(":until", (now + CLAIM).as_second())
                    .number(":now", now.as_second())
                    .number(":expires", (now + SENT_MEMORY).as_second()),
            )
            .commit(self)
            .await?;
        if commit == Commit::Done {
            return Ok(Claim::Mine);
        }
        let sent: Option<Sent> = self.get(&keys::sent(id)).await?;
        Ok(if sent.is_some_and(|sent| sent.done) {
            Claim::Sent
        } else {
            Claim::Busy
        })
    }

    /// Notes that a claimed mail is sent.
    pub(crate) async fn mail_is_sent(&self, id: Uuid) -> Result<(), StoreError> {
        Transaction::new().mail_is_sent(id)?.commit(self).await?;
        Ok(())
    }
}
