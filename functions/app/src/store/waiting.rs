//! The waitlist. Until an address is confirmed, the table holds no more than its keyed hash with
//! the number and time of the mails that went there: without them nobody could keep the promise of
//! three mails and no more. The address itself travels sealed inside the mail's own link, and the
//! link's expiry with it.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, Select};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sodium_domain::waitlist::{Entry, MAIL_INTERVAL, UNCONFIRMED_MAILS};

use super::deletions::Deleted;
use super::limits::Limit;
use super::outbox::Outgoing;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{Store, StoreError, from_item, item, keys};

#[derive(Debug, Serialize, Deserialize)]
struct Place {
    entry: String,
}

/// The mails to an address that nobody confirmed lately.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Mails {
    /// When the last one went, in seconds.
    #[serde(default)]
    last: Option<i64>,
    #[serde(default)]
    sent: u32,
}

impl Mails {
    /// Whether another may go now. Whoever confirmed asked for mail; only strangers' addresses need the
    /// lifelong limit.
    fn allow_one(&self, now: Timestamp, is_confirmed: bool) -> bool {
        let rested = |last: i64| last <= (now - MAIL_INTERVAL).as_second();
        let most = most(is_confirmed);
        self.last
            .is_none_or(|last| rested(last) && self.sent < most)
    }
}

fn most(is_confirmed: bool) -> u32 {
    match is_confirmed {
        true => u32::MAX,
        false => UNCONFIRMED_MAILS,
    }
}

/// What is known of an address.
#[derive(Debug)]
pub(crate) struct Known {
    /// Whether it is on the waitlist.
    pub(crate) is_confirmed: bool,
    /// Whether a mail may go there now.
    pub(crate) may_be_mailed: bool,
}

#[derive(Debug, Deserialize)]
struct Count {
    given: u32,
}

impl Store {
    /// What is known of an address. Reads the same for every one.
    pub(crate) async fn known_of(&self, hash: &str, now: Timestamp) -> Result<Known, StoreError> {
        let is_confirmed = self.waitlist_entry(hash).await?.is_some();
        let mails: Option<Mails> = self.get(&keys::waitlist_mails(hash)).await?;
        Ok(Known {
            is_confirmed,
            may_be_mailed: mails.unwrap_or_default().allow_one(now, is_confirmed),
        })
    }

    /// Notes that an address was entered, and has it mailed, unless it had mails enough. Both are the
    /// same work, so that nobody can tell them apart by the time that they take.
    pub(crate) async fn request_place(
        &self,
        (hash, known): (&str, &Known),
        network: &Limit,
        mail: &Outgoing,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let noted = match known.may_be_mailed {
            true => Expression::change("SET #last = :now ADD #sent :one")
                .and_when("attribute_not_exists(#last) OR (#last <= :before AND #sent < :most)")
                .number(":now", now.as_second())
                .number(":before", (now - MAIL_INTERVAL).as_second())
                .number(":one", 1)
                .number(":most", most(known.is_confirmed)),
            false => Expression::change("SET #last = #last").and_when("attribute_exists(#last)"),
        };
        Transaction::new()
            .count(Rule::NetworkPace, network)
            .update(Rule::MailPace, keys::waitlist_mails(hash), noted)
            .then(mail)?
            .commit(self)
            .await
    }

    /// A confirmed entry.
    pub(crate) async fn waitlist_entry(&self, hash: &str) -> Result<Option<Entry>, StoreError> {
        self.get(&keys::waitlist_entry(hash)).await
    }

    /// Confirms an entry and gives it the next place. Confirming again returns the same entry.
    pub(crate) async fn confirm_place(
        &self,
        hash: &str,
        entry: Entry,
        mail: &Outgoing,
    ) -> Result<Entry, StoreError> {
        let mut patience = self.patience();
        loop {
            if let Some(entry) = self.waitlist_entry(hash).await? {
                return Ok(entry);
            }
            let entry = Entry {
                place: self.next_place().await?,
                ..entry.clone()
            };
            let place = Place {
                entry: hash.to_owned(),
            };
            let commit = Transaction::new()
                .put_new(
                    Rule::NotConfirmed,
                    item(&keys::waitlist_entry(hash), &entry)?,
                )
                .put(item(&keys::waitlist_place(entry.place), &place)?)
                .update(
                    Rule::None,
                    keys::waitlist_mails(hash),
                    Expression::change("SET #sent = :none").number(":none", 0),
                )
                .then(mail)?
                .commit_within(self, &mut patience)
                .await?;
            if commit == Commit::Done {
                return Ok(entry);
            }
            patience.pause().await?;
        }
    }

    /// A place that nobody else gets. Taken outside the transaction, so that people who confirm at
    /// the same moment never wait for one another; if the transaction fails then, the place stays
    /// empty, which nobody sees: people read how many are before them, and that is counted.
    async fn next_place(&self) -> Result<u32, StoreError> {
        let request = self
            .updating(&keys::waitlist_count())
            .update_expression("ADD #given :one")
            .expression_attribute_names("#given", "given")
            .expression_attribute_values(":one", AttributeValue::N("1".into()))
            .return_values(ReturnValue::UpdatedNew);
        let answer = self.patiently(|| request.clone().send()).await?;
        let count: Count = from_item(answer.attributes.unwrap_or_default())?;
        Ok(count.given)
    }

    /// How many people are before this place.
    pub(crate) async fn ahead_of(&self, place: u32) -> Result<usize, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", AttributeValue::S(keys::WAITLIST.into()))
            .expression_attribute_values(":first", AttributeValue::S(keys::waitlist_place(0).sk))
            .expression_attribute_values(
                ":last",
                AttributeValue::S(keys::waitlist_place(place.saturating_sub(1)).sk),
            )
            .select(Select::Count)
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut ahead = 0;
        while let Some(page) = pages.next().await {
            ahead += usize::try_from(page?.count).unwrap_or(0);
        }
        Ok(ahead)
    }

    /// Takes an entry away, with everything that is known of its address but the count of mails
    /// that keeps others from bothering it.
    pub(crate) async fn leave_waitlist(
        &self,
        hash: &str,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        Transaction::new()
            .delete_if(
                Rule::Unchanged,
                keys::waitlist_entry(hash),
                Expression::when("#place = :place").number(":place", entry.place),
            )
            .delete(keys::waitlist_place(entry.place))
            .remember(
                Deleted::WaitlistEntry {
                    entry: hash.to_owned(),
                },
                now,
            )?
            .commit(self)
            .await
    }
}
