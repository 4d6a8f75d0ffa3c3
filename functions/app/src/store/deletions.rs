//! What was deleted lately, without a word of what it was. A table that is restored from a copy holds
//! again what was deleted since; these notes, in the table that it replaces, say what to take away
//! once more ([`crate::transfer`]).

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sodium_domain::id::{CommentId, MemberId, SuggestionId, ThreadId};

use super::transaction::{Rule, Transaction};
use super::{Item, ItemExt as _, Store, StoreError, from_item, item, keys};

/// How long a deletion is remembered: longer than the 35 days for which copies of the table can be
/// restored, so that every copy finds what was deleted after it.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(40 * 24);

/// What was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "deleted")]
pub(crate) enum Deleted {
    /// A comment.
    Comment {
        /// Its thread.
        thread: ThreadId,
        /// The comment.
        comment: CommentId,
    },
    /// A member, with everything that was theirs.
    Member {
        /// The member.
        member: MemberId,
    },
    /// A suggested edit.
    Suggestion {
        /// The suggestion.
        suggestion: SuggestionId,
    },
    /// A place on the waitlist.
    WaitlistEntry {
        /// The keyed hash of the address.
        entry: String,
    },
}

impl Deleted {
    fn name(&self) -> String {
        match self {
            Self::Comment { comment, .. } => format!("COMMENT#{comment}"),
            Self::Member { member } => format!("MEMBER#{member}"),
            Self::Suggestion { suggestion } => format!("SUGGESTION#{suggestion}"),
            Self::WaitlistEntry { entry } => format!("WAITLIST#{entry}"),
        }
    }
}

/// That something was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deletion {
    /// What.
    #[serde(flatten)]
    pub(crate) what: Deleted,
    /// When.
    pub(crate) at: Timestamp,
}

impl Deletion {
    fn item(&self) -> Result<Item, StoreError> {
        let item = item(&keys::deletion(self.at, &self.what.name()), self)?;
        Ok(item.expiring(self.at + REMEMBERED))
    }
}

impl Transaction {
    /// Remembers that something is deleted now.
    pub(super) fn remember(self, what: Deleted, at: Timestamp) -> Result<Self, StoreError> {
        Ok(self.put(Deletion { what, at }.item()?))
    }
}

impl Store {
    /// A page of what was deleted, oldest first, and where the next begins.
    pub(crate) async fn deletions(
        &self,
        next: Option<Item>,
    ) -> Result<(Vec<Deletion>, Option<Item>), StoreError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::DELETIONS.into()))
            .set_exclusive_start_key(next)
            .consistent_read(true);
        let answer = self.patiently(|| request.clone().send()).await?;
        let items = answer.items.unwrap_or_default().into_iter();
        let deletions = items.map(from_item).collect::<Result<_, _>>()?;
        Ok((deletions, answer.last_evaluated_key))
    }

    /// Remembers a deletion of another table. Remembering it twice is remembering it once.
    pub(crate) async fn take_over_deletion(&self, deletion: &Deletion) -> Result<(), StoreError> {
        Transaction::new()
            .put_new(Rule::NotThere, deletion.item()?)
            .commit(self)
            .await?;
        Ok(())
    }
}
