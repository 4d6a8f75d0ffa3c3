//! Digests as they are mailed: which were published, and who wants each of them. Both are a line for
//! each, written once; what a digest says stands in the site and in no item.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sodium_domain::id::MemberId;
use sodium_domain::week::Week;

use super::outbox::Outgoing;
use super::transaction::{Commit, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, key_of, keys, readable};

/// A digest that the community published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PublishedDigest {
    pub(crate) week: Week,
    /// When it was published first. Whoever wants digests only since then is not mailed this one.
    pub(crate) at: Timestamp,
}

/// Somebody who is mailed each digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DigestReader {
    pub(crate) member: MemberId,
    pub(crate) since: Timestamp,
}

impl DigestReader {
    /// Whether they wanted digests when this one was published.
    pub(crate) fn wanted(&self, digest: &PublishedDigest) -> bool {
        self.since <= digest.at
    }
}

/// Readers who are mailed from one piece of work.
const AT_ONCE: i32 = 25;

impl Store {
    /// Notes that a digest was published, with the work that follows, unless it is known. So
    /// publishing again, or renaming its page, mails nobody twice.
    pub(crate) async fn digest_is_published(
        &self,
        digest: &PublishedDigest,
        work: Option<&Outgoing>,
    ) -> Result<(), StoreError> {
        let line = item(&keys::digest(digest.week), digest)?;
        let mut transaction = Transaction::new().put_new(Rule::NotThere, line);
        if let Some(work) = work {
            transaction = transaction.then(work)?;
        }
        transaction.commit(self).await?;
        Ok(())
    }

    /// A digest, if it was published.
    pub(crate) async fn digest(&self, week: Week) -> Result<Option<PublishedDigest>, StoreError> {
        self.get(&keys::digest(week)).await
    }

    /// Of these weeks those whose digests were published before.
    pub(crate) async fn digests_of(
        &self,
        weeks: &BTreeSet<Week>,
    ) -> Result<BTreeSet<Week>, StoreError> {
        let lines: Vec<_> = weeks.iter().copied().map(keys::digest).collect();
        let found = self.get_all(&lines).await?.into_iter();
        let found = found.filter_map(readable::<PublishedDigest>);
        Ok(found.map(|digest| digest.week).collect())
    }

    /// Whether a member is mailed each digest.
    pub(crate) async fn is_digest_reader(&self, member: MemberId) -> Result<bool, StoreError> {
        let reader: Option<DigestReader> = self.get(&keys::digest_reader(member)).await?;
        Ok(reader.is_some())
    }

    /// Has a member mailed each digest from now on, or none any more. Wanting them twice changes
    /// nothing. False if the member left.
    pub(crate) async fn set_digest_reader(
        &self,
        member: MemberId,
        wants: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let key = keys::digest_reader(member);
        let transaction = Transaction::new().by_member(member);
        let transaction = match wants {
            true => {
                let reader = DigestReader { member, since: now };
                let line = item(&key, &reader)?.owned_by(member);
                transaction.put_new(Rule::NotThere, line)
            }
            false => transaction.delete(key),
        };
        Ok(transaction.commit(self).await? != Commit::Refused(Rule::MemberStays))
    }

    /// Some of those who are mailed each digest, after this one; and whom to go on after.
    pub(crate) async fn digest_readers(
        &self,
        after: Option<MemberId>,
    ) -> Result<(Vec<DigestReader>, Option<MemberId>), StoreError> {
        let start = after.map(|member| super::item::primary(&keys::digest_reader(member)));
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::DIGEST_READERS.into()))
            .set_exclusive_start_key(start)
            .limit(AT_ONCE)
            .consistent_read(true);
        let answer = self.patiently(|| request.clone().send()).await?;
        let found = answer.items.unwrap_or_default().into_iter();
        let last = answer.last_evaluated_key;
        let next = last.and_then(|last| key_of(&last).sk.parse().ok());
        Ok((found.filter_map(readable).collect(), next))
    }
}
