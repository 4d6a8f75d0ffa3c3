//! Comments: one write for each thing that can happen to one.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sodium_domain::comment::{Comment, State};
use sodium_domain::decision::Cause;
use sodium_domain::id::{CommentId, FormKey, MemberId, ThreadId};
use sodium_domain::member::Block;

use super::deletions::Deleted;
use super::earlier::text_as_read;
use super::limits::Limit;
use super::outbox::{Outgoing, Work};
use super::threads::Thread;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{Item, ItemExt as _, Store, StoreError, from_item, item, keys, readable};

/// How long a form that comes a second time is known. Longer than any back button is remembered.
pub(super) const FORM_MEMORY: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The effect that a form had.
#[derive(Debug, Serialize, Deserialize)]
struct Once {
    thread: ThreadId,
    comment: CommentId,
}

/// How fast comments may come.
#[derive(Debug)]
pub(crate) struct Pace {
    pub(crate) by_member: Limit,
    pub(crate) by_network: Limit,
    /// What the whole community lets wait, if this comment has to.
    pub(crate) room: Option<Limit>,
}

/// How posting ended.
#[derive(Debug)]
pub(crate) enum Posted {
    /// The comment is stored.
    New,
    /// The same form was sent before and led to this comment.
    Before(ThreadId, CommentId),
    /// The member or the network writes too fast.
    TooFast,
    /// The member left at this moment.
    Gone,
    /// A moderator keeps the member from writing.
    Blocked(Block),
    /// Too many comments of newcomers wait.
    QueueFull,
}

impl Store {
    /// A comment.
    pub(crate) async fn comment(
        &self,
        thread: &ThreadId,
        id: CommentId,
    ) -> Result<Option<Comment>, StoreError> {
        self.get(&keys::comment(thread, id)).await
    }

    /// Many comments in few requests; those that are there.
    pub(crate) async fn comments<'a>(
        &self,
        wanted: impl Iterator<Item = (&'a ThreadId, CommentId)>,
    ) -> Result<HashMap<CommentId, Comment>, StoreError> {
        let items = self.comment_items(wanted).await?.into_iter();
        items
            .map(|item| from_item(item).map(|comment: Comment| (comment.id, comment)))
            .collect()
    }

    /// The same for lists that show comments of many threads: one that cannot be read is left out.
    pub(crate) async fn readable_comments<'a>(
        &self,
        wanted: impl Iterator<Item = (&'a ThreadId, CommentId)>,
    ) -> Result<HashMap<CommentId, Comment>, StoreError> {
        let items = self.comment_items(wanted).await?.into_iter();
        Ok(items
            .filter_map(readable)
            .map(|comment: Comment| (comment.id, comment))
            .collect())
    }

    async fn comment_items<'a>(
        &self,
        wanted: impl Iterator<Item = (&'a ThreadId, CommentId)>,
    ) -> Result<Vec<Item>, StoreError> {
        let keys: Vec<_> = wanted
            .map(|(thread, id)| keys::comment(thread, id))
            .collect();
        self.get_all(&keys).await
    }

    /// Stores a new comment, once per form, within the limits, with the work that follows; and the
    /// thread, if it begins one.
    pub(crate) async fn post_comment(
        &self,
        comment: &Comment,
        author: MemberId,
        form: &FormKey,
        pace: &Pace,
        work: &Outgoing,
        topic: Option<&Thread>,
    ) -> Result<Posted, StoreError> {
        let once = keys::once(author, form);
        let effect = Once {
            thread: comment.thread.clone(),
            comment: comment.id,
        };
        let mut transaction = Transaction::new()
            .put_new(
                Rule::FormIsNew,
                item(&once, &effect)?
                    .owned_by(author)
                    .expiring(comment.created + FORM_MEMORY),
            )
            .put_new(
                Rule::Unchanged,
                item(&keys::comment(&comment.thread, comment.id), comment)?.owned_by(author),
            )
            .count(Rule::MemberPace, &pace.by_member)
            .count(Rule::NetworkPace, &pace.by_network)
            .by_writer(author, comment.created)
            .then(work)?;
        if let Some(thread) = topic {
            transaction =
                transaction.put_new(Rule::Unchanged, item(&keys::thread(&thread.id), thread)?);
        }
        if let Some(room) = &pace.room {
            transaction = transaction.count(Rule::QueueRoom, room);
        }
        if comment.state == State::Pending {
            transaction = transaction.waits(comment, Cause::Held)?;
        }
        match transaction.commit(self).await? {
            Commit::Done => Ok(Posted::New),
            Commit::Refused(Rule::FormIsNew) => match self.get::<Once>(&once).await? {
                Some(effect) => Ok(Posted::Before(effect.thread, effect.comment)),
                None => Err(StoreError::Contended),
            },
            Commit::Refused(Rule::MayWrite) => {
                let member = self.member(author).await?;
                let block = member.and_then(|member| member.block_at(comment.created));
                Ok(block.map_or(Posted::Gone, Posted::Blocked))
            }
            Commit::Refused(Rule::QueueRoom) => Ok(Posted::QueueFull),
            Commit::Refused(_) => Ok(Posted::TooFast),
        }
    }

    /// Stores a comment that was written elsewhere: sample data.
    pub(crate) async fn put_comment(
        &self,
        comment: &Comment,
        work: &Outgoing,
    ) -> Result<Commit, StoreError> {
        let mut item = item(&keys::comment(&comment.thread, comment.id), comment)?;
        if let Some(author) = &comment.author {
            item = item.owned_by(author.id);
        }
        Transaction::new()
            .put_new(Rule::Unchanged, item)
            .then(work)?
            .commit(self)
            .await
    }

    /// Replaces a comment's text, kind, state and mark of editing, if it is still as it was `before` and
    /// its author may write, and keeps the earlier text.
    pub(crate) async fn edit_comment(
        &self,
        before: &Comment,
        after: &Comment,
        now: Timestamp,
        work: &[Outgoing],
    ) -> Result<Commit, StoreError> {
        let mut change = String::from(
            "SET #body = :body, #kind = :kind, #mentions = :mentions, #state = :state, #changes = :next",
        );
        if after.title.is_some() {
            change.push_str(", #title = :title");
        }
        if after.edited.is_some() {
            change.push_str(", #edited = :edited");
        }
        let mut expression = Expression::change(&change)
            .and_when(&as_read(before))
            .with_change(before)
            .value(":body", &after.body)?
            .value(":kind", &after.kind)?
            .value(":mentions", &after.mentions)?
            .value(":state", &after.state)?
            .number(":next", before.changes + 1)
            .text(":before", before.state.word());
        if let Some(title) = &after.title {
            expression = expression.value(":title", title)?;
        }
        if let Some(edited) = after.edited {
            expression = expression.value(":edited", &edited)?;
        }
        let mut transaction = Transaction::new()
            .update(
                Rule::Unchanged,
                keys::comment(&before.thread, before.id),
                expression,
            )
            .keep_earlier(before, now)?;
        if let Some(author) = &before.author {
            transaction = transaction.by_writer(author.id, now);
        }
        for work in work {
            transaction = transaction.then(work)?;
        }
        if after.state == State::Pending {
            transaction = transaction.waits(before, Cause::Held)?;
        }
        if before.is_public() && before.number.is_some() && after.state != State::Published {
            transaction = transaction.one_less(before);
        }
        transaction.commit(self).await
    }

    /// Takes a comment away: nothing but its place in the thread stays.
    pub(crate) async fn delete_comment(
        &self,
        before: &Comment,
        work: &Outgoing,
    ) -> Result<Commit, StoreError> {
        let mut transaction = Transaction::new()
            .update(
                Rule::Unchanged,
                keys::comment(&before.thread, before.id),
                Expression::change(
                    "SET #state = :deleted REMOVE #body, #title, #author, #imported, #owner, #edited, #mentions, \
                      #decided, #fixed",
                )
                .and_when(&as_read(before))
                .with_change(before)
                .value(":deleted", &State::Deleted)?
                .text(":before", before.state.word()),
            )
            .forget_earlier(before)
            .delete(keys::queue(before.id))
            .delete(keys::reports(&before.thread, before.id))
            .delete(keys::recent(before.id))
            .remember(
                Deleted::Comment {
                    thread: before.thread.clone(),
                    comment: before.id,
                },
                work.made(),
            )?
            .then(work)?;
        if before.is_public() && before.number.is_some() {
            transaction = transaction.one_less(before);
        }
        transaction.commit(self).await
    }
}

impl Store {
    /// The comments of a member that wait, as far as the index of belongings knows, at most so many.
    pub(crate) async fn pending_of(
        &self,
        member: MemberId,
        most: usize,
    ) -> Result<Vec<Comment>, StoreError> {
        let mut items = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::BY_OWNER)
            .key_condition_expression("#owner = :member AND begins_with(sk, :comment)")
            .filter_expression("#state.#is = :pending")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#is", "is")
            .expression_attribute_values(":member", AttributeValue::S(member.to_string()))
            .expression_attribute_values(":comment", AttributeValue::S("COMMENT#".into()))
            .expression_attribute_values(":pending", AttributeValue::S("pending".into()))
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while found.len() < most
            && let Some(item) = items.next().await
        {
            found.extend(readable(item?));
        }
        Ok(found)
    }
}

/// The condition that a comment is in the state and has the text with which it was read.
fn as_read(comment: &Comment) -> String {
    let (number, text) = (numbered(comment), text_as_read(comment));
    format!("#state.#is = :before AND {number} AND {text}")
}

/// The condition that a comment still has, or still lacks, its number: the count of visible comments
/// depends on it.
pub(super) fn numbered(comment: &Comment) -> &'static str {
    match comment.number {
        Some(_) => "attribute_exists(#number)",
        None => "attribute_not_exists(#number)",
    }
}

impl Transaction {
    /// Readers see one comment less in the thread.
    pub(super) fn one_less(self, comment: &Comment) -> Self {
        self.visible(comment, -1)
    }

    /// Readers see one comment more in the thread.
    pub(super) fn one_more(self, comment: &Comment) -> Self {
        self.visible(comment, 1)
    }

    fn visible(self, comment: &Comment, by: i32) -> Self {
        self.update(
            Rule::None,
            keys::thread(&comment.thread),
            Expression::change("ADD #visible :by").number(":by", by),
        )
    }
}

/// The work that makes readers see what happened to a comment.
pub(crate) fn rebake(comment: &Comment) -> Work {
    Work::ThreadChanged {
        thread: comment.thread.clone(),
        comment: comment.id,
    }
}
