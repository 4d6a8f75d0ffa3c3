//! “Helpful” marks: one for each member and comment, and their count at the comment. Both change in
//! one transaction, so the count is exact however many press at once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sodium_domain::comment::Comment;
use sodium_domain::id::{CommentId, MemberId, ThreadId};

use super::limits::Limit;
use super::outbox::{Outgoing, Work};
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys};

/// A member's mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) thread: ThreadId,
    pub(crate) comment: CommentId,
    pub(crate) made: Timestamp,
}

impl Mark {
    /// The work that shows the new count.
    pub(crate) fn rebake(&self) -> Work {
        Work::ThreadChanged {
            thread: self.thread.clone(),
            comment: self.comment,
        }
    }
}

impl Store {
    /// Whether a member found a comment helpful.
    pub(crate) async fn is_marked(
        &self,
        comment: CommentId,
        member: MemberId,
    ) -> Result<bool, StoreError> {
        let mark: Option<Mark> = self.get(&keys::helpful(comment, member)).await?;
        Ok(mark.is_some())
    }

    /// Marks a comment of somebody else as helpful, once for each member.
    pub(crate) async fn mark_helpful(
        &self,
        comment: &Comment,
        member: MemberId,
        now: Timestamp,
        limit: &Limit,
        work: &Outgoing,
    ) -> Result<Commit, StoreError> {
        let mark = Mark {
            thread: comment.thread.clone(),
            comment: comment.id,
            made: now,
        };
        Transaction::new()
            .put_new(
                Rule::NotMarked,
                item(&keys::helpful(comment.id, member), &mark)?.owned_by(member),
            )
            .update(
                Rule::Unchanged,
                keys::comment(&comment.thread, comment.id),
                Expression::change("ADD #helpful :one")
                    .and_when(
                        "#state.#is = :published AND \
                         (attribute_not_exists(#author) OR #author.#id <> :member)",
                    )
                    .number(":one", 1)
                    .text(":published", "published")
                    .value(":member", &member)?,
            )
            .count(Rule::MemberPace, limit)
            .by_member(member)
            .then(work)?
            .commit(self)
            .await
    }

    /// Takes a member's mark back, whatever became of the comment.
    pub(crate) async fn take_mark_back(
        &self,
        mark: &Mark,
        member: MemberId,
        work: &Outgoing,
    ) -> Result<Commit, StoreError> {
        Transaction::new()
            .delete_if(
                Rule::Marked,
                keys::helpful(mark.comment, member),
                Expression::when("attribute_exists(pk)"),
            )
            .update(
                Rule::Unchanged,
                keys::comment(&mark.thread, mark.comment),
                Expression::change("ADD #helpful :less")
                    .and_when("attribute_exists(pk)")
                    .number(":less", -1),
            )
            .then(work)?
            .commit(self)
            .await
    }
}
