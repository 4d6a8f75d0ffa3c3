//! Threads: the places where comments go. They come from the site; `publish` makes them known.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sodium_domain::comment::Comment;
use sodium_domain::id::{CommentId, ThreadId};
use sodium_domain::talk::Heading;
use sodium_domain::thread::{Mode, numbers_on};
use sodium_domain::week::Week;

use super::boards::Topic;
use super::follows::day_of;
use super::outbox::Outgoing;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{Store, StoreError, from_item, item, keys, readable};
use crate::site::slots::StatedThread;
use crate::words::Language;

/// A thread as the table knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Thread {
    /// Its identifier.
    pub(crate) id: ThreadId,
    /// The title of the page under which it stands.
    pub(crate) title: String,
    /// The path of that page.
    pub(crate) page_url: String,
    /// The file in which the page is written, below the content folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    /// The digest of the page's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) revision: Option<String>,
    /// The parts of the page that a comment can be about.
    #[serde(default)]
    pub(crate) headings: Vec<Heading>,
    /// The digests that quote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) digests: Vec<QuotedIn>,
    /// Where it stands, if it is a topic that a member began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) topic: Option<Topic>,
    /// The corrections of the page that were made, in the order in which that was noted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) fixed: Vec<CommentId>,
    /// How many numbers were given to comments; it decides how many pages there are.
    #[serde(default)]
    pub(crate) published: u32,
    /// How many comments readers can see.
    #[serde(default)]
    pub(crate) visible: u32,
    /// When the newest of them was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<Timestamp>,
    /// Whether somebody ever followed it who is told of many comments together.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) followed: bool,
    /// Whether somebody ever followed it who is told of each comment.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) followed_at_once: bool,
    /// The day on which it was last noted among the threads with news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) news_on: Option<Date>,
    /// Who may write in it, by a moderator's decision.
    #[serde(default)]
    pub(crate) mode: Mode,
}

impl Thread {
    /// Whether somebody may want a mail about this comment at once. Whether they do is asked later.
    fn announces(&self, comment: &Comment) -> bool {
        comment.is_news() && (self.followed_at_once || comment.may_mean_somebody())
    }

    /// The condition that nobody was the first to follow it meanwhile: they would not hear of a
    /// comment that is numbered now.
    fn as_followed(&self) -> String {
        let as_read = |name: &str, followed| {
            let exists = if followed {
                "attribute_exists"
            } else {
                "attribute_not_exists"
            };
            format!("{exists}(#{name})")
        };
        let together = as_read("followed", self.followed);
        format!(
            "{together} AND {}",
            as_read("followed_at_once", self.followed_at_once)
        )
    }
}

/// A digest that quotes a thread.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct QuotedIn {
    pub(crate) week: Week,
    /// The path of its page.
    pub(crate) url: String,
}

/// A line of the list of the newest comments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recent {
    pub(crate) thread: ThreadId,
    pub(crate) comment: CommentId,
}

/// Comments that one transaction can number: each takes up to three of the 100 steps, the thread two.
const NUMBERED_AT_ONCE: usize = 32;

/// Makes the work that follows when a comment gets its number: people are told.
pub(crate) type Announce<'a> = &'a (dyn Fn(&Comment) -> Outgoing + Sync);

fn wants_number(comment: &Comment) -> bool {
    comment.is_public() && comment.number.is_none()
}

impl Thread {
    /// The language of the page under which it stands, or of the board on which it began.
    pub(crate) fn language(&self) -> Language {
        match &self.topic {
            Some(topic) => topic.language.unwrap_or_default(),
            None => Language::of_path(&self.page_url),
        }
    }

    /// Whether it is a topic that readers do not see yet.
    pub(crate) fn waits(&self) -> bool {
        self.topic.is_some() && self.published == 0
    }
}

impl Store {
    /// Many threads in few requests; those that are there and can be read.
    pub(crate) async fn threads(
        &self,
        wanted: impl Iterator<Item = &ThreadId>,
    ) -> Result<HashMap<ThreadId, Thread>, StoreError> {
        let mut keys: Vec<_> = wanted.map(keys::thread).collect();
        keys.sort_by(|a, b| a.pk.cmp(&b.pk));
        keys.dedup();
        let items = self.get_all(&keys).await?.into_iter();
        let threads = items.filter_map(readable::<Thread>);
        Ok(threads.map(|thread| (thread.id.clone(), thread)).collect())
    }

    /// A thread, if the site has it.
    pub(crate) async fn thread(&self, id: &ThreadId) -> Result<Option<Thread>, StoreError> {
        self.get(&keys::thread(id)).await
    }

    /// Makes a thread known, or notes what its page says now.
    pub(crate) async fn register_thread(
        &self,
        stated: &StatedThread,
        page_url: &str,
        digests: &[QuotedIn],
    ) -> Result<(), StoreError> {
        let expression = quoted_in(
            "SET #id = :id, #title = :title, #page_url = :page_url, #source = :source, \
             #revision = :revision, #headings = :headings",
            digests,
        )?
        .value(":id", &stated.thread)?
        .text(":title", &stated.title)
        .text(":page_url", page_url)
        .value(":source", &stated.source)?
        .value(":revision", &stated.revision)?
        .value(":headings", &stated.headings)?;
        Transaction::new()
            .update(Rule::None, keys::thread(&stated.thread), expression)
            .commit(self)
            .await?;
        Ok(())
    }

    /// Notes which digests quote a thread, if it is there: one that no page of the site opens, such as a
    /// topic. The others say it with their page.
    pub(crate) async fn note_digests(
        &self,
        thread: &ThreadId,
        digests: &[QuotedIn],
    ) -> Result<(), StoreError> {
        let change = quoted_in("SET #id = :id", digests)?
            .and_when("attribute_exists(pk)")
            .value(":id", thread)?;
        Transaction::new()
            .update(Rule::Unchanged, keys::thread(thread), change)
            .commit(self)
            .await?;
        Ok(())
    }

    /// Begins a thread outside any other write: for sample data. One that is there stays.
    pub(crate) async fn begin_thread(&self, thread: &Thread) -> Result<Commit, StoreError> {
        Transaction::new()
            .put_new(Rule::Unchanged, item(&keys::thread(&thread.id), thread)?)
            .commit(self)
            .await
    }

    /// The comments of one page, in the order of their numbers. Reads that page alone.
    pub(crate) async fn page(
        &self,
        thread: &ThreadId,
        page: u32,
    ) -> Result<Vec<Comment>, StoreError> {
        let (first, last) = numbers_on(page);
        let query = self
            .numbered(thread)
            .key_condition_expression("pk = :pk AND #number BETWEEN :first AND :last")
            .expression_attribute_names("#number", "number")
            .expression_attribute_values(":first", AttributeValue::N(first.to_string()))
            .expression_attribute_values(":last", AttributeValue::N(last.to_string()));
        first_of(query, usize::MAX).await
    }

    /// The newest comments of a thread, newest first.
    pub(crate) async fn newest(
        &self,
        thread: &ThreadId,
        count: usize,
    ) -> Result<Vec<Comment>, StoreError> {
        let limit = i32::try_from(count).unwrap_or(i32::MAX);
        let query = self
            .numbered(thread)
            .key_condition_expression("pk = :pk")
            .scan_index_forward(false)
            .limit(limit);
        first_of(query, count).await
    }

    fn numbered(&self, thread: &ThreadId) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .index_name(keys::BY_NUMBER)
            .consistent_read(true)
            .expression_attribute_values(":pk", AttributeValue::S(keys::thread(thread).pk))
    }

    /// The newest comments of the whole site, newest first.
    pub(crate) async fn recent(&self, count: i32) -> Result<Vec<Recent>, StoreError> {
        let items = self.some(keys::RECENT, count, true).await?;
        Ok(items.into_iter().filter_map(readable).collect())
    }

    /// Gives numbers to published comments that have none, and returns the comments as they are
    /// then. Comments that were taken away meanwhile, or have a number already, get none.
    pub(crate) async fn number(
        &self,
        thread: &ThreadId,
        wanted: &[CommentId],
        follow: Announce<'_>,
        now: Timestamp,
    ) -> Result<Vec<Comment>, StoreError> {
        let mut numbered = Vec::new();
        for ids in wanted.chunks(NUMBERED_AT_ONCE) {
            numbered.extend(self.number_some(thread, ids, follow, now).await?);
        }
        Ok(numbered)
    }

    async fn number_some(
        &self,
        thread: &ThreadId,
        ids: &[CommentId],
        follow: Announce<'_>,
        now: Timestamp,
    ) -> Result<Vec<Comment>, StoreError> {
        let mut patience = self.patience();
        loop {
            let mut found = self.comments(ids.iter().map(|id| (thread, *id))).await?;
            let mut comments: Vec<Comment> = ids.iter().filter_map(|id| found.remove(id)).collect();
            if !comments.iter().any(wants_number) {
                return Ok(comments);
            }
            let Some(state) = self.thread(thread).await? else {
                return Ok(comments);
            };
            let mut given = state.published;
            let mut transaction = Transaction::new();
            let mut last = state.last;
            for comment in comments.iter_mut().filter(|comment| wants_number(comment)) {
                given += 1;
                comment.number = Some(given);
                last = last.max(Some(comment.created));
                transaction = transaction
                    .update(
                        Rule::Unchanged,
                        keys::comment(thread, comment.id),
                        Expression::change("SET #number = :number")
                            .and_when("#state.#is = :published AND attribute_not_exists(#number)")
                            .number(":number", given)
                            .text(":published", "published"),
                    )
                    .put(item(
                        &keys::recent(comment.id),
                        &Recent {
                            thread: thread.clone(),
                            comment: comment.id,
                        },
                    )?);
                if state.announces(comment) {
                    transaction = transaction.then(&follow(comment))?;
                }
            }
            transaction = transaction.has_news(&state, now)?;
            let added = given - state.published;
            let today = if state.followed {
                ", #news_on = :today"
            } else {
                ""
            };
            let mut counted = Expression::change(&format!(
                "SET #published = :given, #last = :last{today} ADD #visible :added"
            ))
            .and_when(&format!(
                "(attribute_not_exists(#published) OR #published = :before) AND {}",
                state.as_followed()
            ))
            .number(":given", given)
            .number(":before", state.published)
            .number(":added", added)
            .value(":last", &last)?;
            if state.followed {
                counted = counted.value(":today", &day_of(now))?;
            }
            transaction = transaction.update(Rule::Unchanged, keys::thread(thread), counted);
            if transaction.commit_within(self, &mut patience).await? == Commit::Done {
                return Ok(comments);
            }
            patience.pause().await?;
        }
    }

    /// Notes on a comment that an answer stands on another page.
    pub(crate) async fn note_answer_elsewhere(
        &self,
        thread: &ThreadId,
        parent: &Comment,
        page: u32,
    ) -> Result<(), StoreError> {
        if parent.answered_on.contains(&page) {
            return Ok(());
        }
        let mut pages = parent.answered_on.clone();
        pages.push(page);
        pages.sort_unstable();
        Transaction::new()
            .update(
                Rule::Unchanged,
                keys::comment(thread, parent.id),
                Expression::change("SET #answered_on = :pages")
                    .and_when("attribute_exists(pk)")
                    .value(":pages", &pages)?,
            )
            .commit(self)
            .await?;
        Ok(())
    }
}

/// A change of a thread, with the digests that quote it; most are quoted in none.
fn quoted_in(change: &str, digests: &[QuotedIn]) -> Result<Expression, StoreError> {
    match digests {
        [] => Ok(Expression::change(&format!("{change} REMOVE #digests"))),
        _ => Expression::change(&format!("{change}, #digests = :digests"))
            .value(":digests", &digests),
    }
}

/// The first comments that a query finds, however many answers they come in: one answer ends at a
/// megabyte, and fifty long comments are more.
async fn first_of(query: QueryFluentBuilder, count: usize) -> Result<Vec<Comment>, StoreError> {
    let mut found = Vec::new();
    let mut items = query.into_paginator().items().send();
    while found.len() < count
        && let Some(item) = items.next().await
    {
        found.push(from_item(item?)?);
    }
    Ok(found)
}
