//! The queue: what waits for a moderator, oldest first.

use aws_sdk_dynamodb::types::{AttributeValue, Select};
use serde::{Deserialize, Serialize};
use sodium_domain::comment::Comment;
use sodium_domain::decision::Cause;
use sodium_domain::id::{CommentId, DecisionId, MemberId, SuggestionId, ThreadId};

use super::keys::Key;
use super::transaction::Transaction;
use super::{ItemExt as _, Store, StoreError, item, keys, readable};

/// What waits for a moderator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Waiting {
    /// A comment.
    Comment {
        thread: ThreadId,
        comment: CommentId,
        #[serde(default)]
        cause: Cause,
    },
    /// An appeal of a member who may not write.
    Member { decision: DecisionId },
    /// How a member would have a page read.
    Suggestion { suggestion: SuggestionId },
}

impl Waiting {
    /// Where it lies.
    pub(super) fn key(&self) -> Key {
        match self {
            Self::Comment { comment, .. } => keys::queue(*comment),
            Self::Member { decision } => keys::queue_of_member(*decision),
            Self::Suggestion { suggestion } => keys::queue_of_suggestion(*suggestion),
        }
    }
}

impl Transaction {
    /// Lets a comment wait for a moderator.
    pub(super) fn waits(self, comment: &Comment, cause: Cause) -> Result<Self, StoreError> {
        let waiting = Waiting::Comment {
            thread: comment.thread.clone(),
            comment: comment.id,
            cause,
        };
        Ok(self.put(item(&waiting.key(), &waiting)?))
    }

    /// Lets the appeal of a member wait for a moderator.
    pub(super) fn member_waits(
        self,
        member: MemberId,
        decision: DecisionId,
    ) -> Result<Self, StoreError> {
        let waiting = Waiting::Member { decision };
        Ok(self.put(item(&waiting.key(), &waiting)?.owned_by(member)))
    }
}

impl Store {
    /// What waits longest, or what came last.
    pub(crate) async fn waiting(
        &self,
        count: i32,
        newest_first: bool,
    ) -> Result<Vec<Waiting>, StoreError> {
        let items = self.some(keys::QUEUE, count, newest_first).await?;
        Ok(items.into_iter().filter_map(readable).collect())
    }

    /// Why a comment waits, if it does.
    pub(crate) async fn why_waiting(
        &self,
        comment: CommentId,
    ) -> Result<Option<Cause>, StoreError> {
        Ok(match self.get(&keys::queue(comment)).await? {
            Some(Waiting::Comment { cause, .. }) => Some(cause),
            Some(Waiting::Member { .. } | Waiting::Suggestion { .. }) | None => None,
        })
    }

    /// How much waits, as far as `most`.
    pub(crate) async fn count_waiting(&self, most: i32) -> Result<usize, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::QUEUE.into()))
            .select(Select::Count)
            .limit(most)
            .consistent_read(true)
            .send()
            .await?;
        Ok(usize::try_from(answer.count).unwrap_or(0))
    }
}
