//! Who follows what. A follow is two items, written together: the member's own, which says how often,
//! and one among the followers of the thread, in the order of their turns, so that whoever sends the
//! mails of a quarter of an hour asks for the followers whose turn it is and reads no others.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use sodium_domain::follow::{Follow, MailChoices, Pace, Quarter, places};
use sodium_domain::id::{CommentId, MemberId, ThreadId};

use super::keys::Key;
use super::threads::Thread;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, key_of, keys, readable};

/// One of the followers of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Follower {
    pub(crate) member: MemberId,
    pub(crate) thread: ThreadId,
    pub(crate) pace: Pace,
    /// The number of the newest comment that they were told of, or need not be told of. Kept for who
    /// is told of many together.
    #[serde(default)]
    pub(crate) told: u32,
}

impl Follower {
    pub(crate) fn key(&self) -> Key {
        keys::follower(&self.thread, self.pace, self.member)
    }
}

/// A followed thread that got a comment lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct News {
    pub(crate) thread: ThreadId,
    /// The last day, in UTC, on which it got one.
    pub(crate) on: Date,
}

/// How long a thread stays among those with news: a weekly mail may be a day late.
pub(super) const NEWS_LIFE: SignedDuration = SignedDuration::from_hours(24 * 9);

/// Followers who are mailed from one piece of work.
const AT_ONCE: i32 = 25;

/// The day of a time, in UTC.
pub(crate) fn day_of(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

impl Store {
    /// How a member follows a thread.
    pub(crate) async fn follow(
        &self,
        member: MemberId,
        thread: &ThreadId,
    ) -> Result<Option<Follow>, StoreError> {
        self.get(&keys::follow(member, thread)).await
    }

    /// Everything that a member follows.
    pub(crate) async fn follows(&self, member: MemberId) -> Result<Vec<Follow>, StoreError> {
        self.all(&keys::member(member).pk, keys::FOLLOW).await
    }

    /// Lets a member follow a thread in this pace, or not any more. What they were not told of yet
    /// stays untold where the pace changes between daily and weekly. False if the member left.
    pub(crate) async fn set_pace(
        &self,
        member: MemberId,
        thread: &ThreadId,
        pace: Option<Pace>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut patience = self.patience();
        loop {
            let before = self.follow(member, thread).await?;
            if before.as_ref().map(|follow| follow.pace) == pace {
                return Ok(true);
            }
            let transaction = self.change_of_pace(member, thread, before, pace, now);
            let Some(transaction) = transaction.await? else {
                return Ok(false);
            };
            match transaction.commit_within(self, &mut patience).await? {
                Commit::Done => return Ok(true),
                Commit::Refused(Rule::MemberStays) => return Ok(false),
                Commit::Refused(_) => patience.pause().await?,
            }
        }
    }

    async fn change_of_pace(
        &self,
        member: MemberId,
        thread: &ThreadId,
        before: Option<Follow>,
        pace: Option<Pace>,
        now: Timestamp,
    ) -> Result<Option<Transaction>, StoreError> {
        let own = keys::follow(member, thread);
        let mut transaction = Transaction::new().by_member(member);
        let mut told = None;
        if let Some(before) = &before {
            let key = keys::follower(thread, before.pace, member);
            let follower: Option<Follower> = self.get(&key).await?;
            let as_read = match follower.filter(|_| before.pace != Pace::AtOnce) {
                Some(follower) => {
                    told = Some(follower.told);
                    Expression::when("#told = :told").number(":told", follower.told)
                }
                None => Expression::default(),
            };
            transaction = transaction.delete_if(Rule::Unchanged, key, as_read);
        }
        let Some(pace) = pace else {
            return Ok(Some(transaction.delete(own)));
        };
        let Some(known) = self.thread(thread).await? else {
            return Ok(None);
        };
        let follow = Follow {
            member,
            thread: thread.clone(),
            pace,
            since: before.as_ref().map_or(now, |before| before.since),
        };
        let follower = Follower {
            member,
            thread: thread.clone(),
            pace,
            told: told.unwrap_or(known.published),
        };
        transaction = match before {
            None => transaction.put_new(Rule::Unchanged, item(&own, &follow)?.owned_by(member)),
            Some(before) => transaction.update(
                Rule::Unchanged,
                own,
                Expression::change("SET #pace = :pace")
                    .and_when("#pace = :before")
                    .value(":pace", &pace)?
                    .value(":before", &before.pace)?,
            ),
        };
        let follower = item(&follower.key(), &follower)?.owned_by(member);
        Ok(Some(transaction.put(follower).with_follower(&known, pace)))
    }

    /// Some of those who are mailed at once about a thread, after this one; and whom to go on after.
    pub(crate) async fn followers_at_once(
        &self,
        thread: &ThreadId,
        after: Option<MemberId>,
    ) -> Result<(Vec<Follower>, Option<MemberId>), StoreError> {
        let (from, to) = keys::followers_between(Pace::AtOnce, (0, 0));
        let start =
            after.map(|member| super::item::primary(&keys::follower(thread, Pace::AtOnce, member)));
        let answer = self
            .followers_query(thread, from, to)
            .set_exclusive_start_key(start)
            .limit(AT_ONCE)
            .send()
            .await?;
        let found: Vec<Follower> = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .filter_map(readable)
            .collect();
        let next = answer
            .last_evaluated_key
            .and_then(|last| keys::follower_of(&key_of(&last)));
        Ok((found, next))
    }

    /// The followers of a thread in this pace whose turn lies in a span of quarters.
    pub(crate) async fn followers_in_turn(
        &self,
        thread: &ThreadId,
        pace: Pace,
        (from, to): (Quarter, Quarter),
    ) -> Result<Vec<Follower>, StoreError> {
        let mut found = Vec::new();
        for range in places(from, to, pace) {
            let (first, last) = keys::followers_between(pace, range);
            let query = self.followers_query(thread, first, last);
            let mut items = query.into_paginator().items().send();
            while let Some(item) = items.next().await {
                found.extend(readable::<Follower>(item?));
            }
        }
        Ok(found)
    }

    fn followers_query(
        &self,
        thread: &ThreadId,
        from: String,
        to: String,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", AttributeValue::S(keys::followers(thread)))
            .expression_attribute_values(":from", AttributeValue::S(from))
            .expression_attribute_values(":to", AttributeValue::S(to))
            .consistent_read(true)
    }

    /// Notes that followers were told of a thread, up to these numbers, and that the mail that told
    /// them is sent. Together, so that nothing is told twice or never.
    pub(crate) async fn note_told(
        &self,
        mail: Option<uuid::Uuid>,
        told: &[(Follower, u32)],
    ) -> Result<(), StoreError> {
        let note = |transaction: Transaction, (follower, number): &(Follower, u32)| {
            let told = Expression::change("SET #told = :told")
                .and_when("attribute_exists(pk)")
                .number(":told", number);
            transaction.update(Rule::Unchanged, follower.key(), told)
        };
        let mut transaction = Transaction::new();
        if let Some(mail) = mail {
            transaction = transaction.mail_is_sent(mail)?;
        }
        // Ninety threads in one mail are more than anybody follows who reads them; the others are
        // told of again.
        let together = told.iter().take(90).fold(transaction, note);
        if together.commit(self).await? == Commit::Done {
            return Ok(());
        }
        // Somebody unfollowed a thread at this moment. The others count nevertheless.
        if let Some(mail) = mail {
            Transaction::new().mail_is_sent(mail)?.commit(self).await?;
        }
        for one in told {
            note(Transaction::new(), one).commit(self).await?;
        }
        Ok(())
    }

    /// Followed threads with a comment since a day.
    pub(crate) async fn news_since(&self, day: Date) -> Result<Vec<News>, StoreError> {
        let mut found: Vec<News> = self.all(keys::NEWS, "").await?;
        // Removal by their time to live can be days late.
        found.retain(|news| news.on >= day);
        Ok(found)
    }

    /// Up to which quarter of an hour everybody's turn was taken.
    pub(crate) async fn turns_taken(&self) -> Result<Option<Quarter>, StoreError> {
        let taken: Option<Turns> = self.get(&keys::turns()).await?;
        Ok(taken.map(|taken| taken.until))
    }

    /// Notes up to which quarter of an hour everybody's turn was taken.
    pub(crate) async fn take_turns(&self, until: Quarter) -> Result<(), StoreError> {
        self.put(item(&keys::turns(), &Turns { until })?).await
    }

    /// Of these comments those about which the member got a mail of their own.
    pub(crate) async fn told_alone(
        &self,
        comments: &[(CommentId, uuid::Uuid)],
    ) -> Result<Vec<CommentId>, StoreError> {
        let by_key: HashMap<String, CommentId> = comments
            .iter()
            .map(|(comment, mail)| (keys::sent(*mail).pk, *comment))
            .collect();
        let wanted: Vec<Key> = comments.iter().map(|(_, mail)| keys::sent(*mail)).collect();
        let found = self.get_all(&wanted).await?;
        Ok(found
            .iter()
            .filter_map(|item| by_key.get(&key_of(item).pk).copied())
            .collect())
    }

    /// Keeps what a member decided about mails. False if the member left.
    pub(crate) async fn set_mail_choices(
        &self,
        member: MemberId,
        choices: &MailChoices,
    ) -> Result<bool, StoreError> {
        let commit = Transaction::new()
            .update(
                Rule::MemberStays,
                keys::member(member),
                Expression::change("SET #mails = :mails")
                    .and_when("attribute_exists(pk)")
                    .value(":mails", choices)?,
            )
            .commit(self)
            .await?;
        Ok(commit == Commit::Done)
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Turns {
    until: Quarter,
}

impl Transaction {
    /// Notes on a thread that somebody follows it, unless it is known. It stays noted when nobody
    /// does any more: then looking for followers finds none.
    fn with_follower(self, thread: &Thread, pace: Pace) -> Self {
        let (known, change) = match pace {
            Pace::AtOnce => (thread.followed_at_once, "SET #followed_at_once = :yes"),
            Pace::Daily | Pace::Weekly => (thread.followed, "SET #followed = :yes"),
        };
        if known {
            return self;
        }
        let yes = Expression::change(change)
            .and_when("attribute_exists(pk)")
            .boolean(":yes", true);
        self.update(Rule::Unchanged, keys::thread(&thread.id), yes)
    }

    /// Notes that a followed thread has news today, unless it is known.
    pub(super) fn has_news(self, thread: &Thread, now: Timestamp) -> Result<Self, StoreError> {
        let news = News {
            thread: thread.id.clone(),
            on: day_of(now),
        };
        if !thread.followed || thread.news_on == Some(news.on) {
            return Ok(self);
        }
        let item = item(&keys::news(&thread.id), &news)?.expiring(now + NEWS_LIFE);
        Ok(self.put(item))
    }
}
