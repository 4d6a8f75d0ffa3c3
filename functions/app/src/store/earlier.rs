//! Earlier texts of comments: kept for moderators when somebody edits, gone with the comment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sodium_domain::comment::Comment;
use sodium_domain::markdown::Source;

use super::transaction::{Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, key_of, keys};

/// Earlier texts that are kept of one comment. Who changes a text more often than that mends typos;
/// and all of them must fit into the transaction that deletes the comment.
pub(crate) const KEPT: u32 = 20;

/// A text as it was before a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Earlier {
    pub(crate) body: Source,
    /// When it was replaced.
    pub(crate) until: Timestamp,
}

impl Store {
    /// The earlier texts of a comment, oldest first.
    pub(crate) async fn earlier_texts(
        &self,
        comment: &Comment,
    ) -> Result<Vec<Earlier>, StoreError> {
        let keys = kept(comment).map(|change| keys::earlier(&comment.thread, comment.id, change));
        let mut items = self.get_all(&keys.collect::<Vec<_>>()).await?;
        // By the number of the change, which is in the key: two may have come at the same moment.
        items.sort_by_cached_key(|item| key_of(item).sk);
        Ok(items
            .into_iter()
            .filter_map(super::readable::<Earlier>)
            .collect())
    }
}

impl Transaction {
    /// Keeps the text of a comment that is replaced now, and lets the oldest go.
    pub(super) fn keep_earlier(
        mut self,
        before: &Comment,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let (Some(body), Some(author)) = (&before.body, &before.author) else {
            return Ok(self);
        };
        let text = Earlier {
            body: body.clone(),
            until: now,
        };
        let key = |change| keys::earlier(&before.thread, before.id, change);
        if let Some(oldest) = before.changes.checked_sub(KEPT) {
            self = self.delete(key(oldest));
        }
        Ok(self.put_new(
            Rule::Unchanged,
            item(&key(before.changes), &text)?.owned_by(author.id),
        ))
    }

    /// Lets all earlier texts of a comment go.
    pub(super) fn forget_earlier(self, before: &Comment) -> Self {
        kept(before).fold(self, |transaction, change| {
            transaction.delete(keys::earlier(&before.thread, before.id, change))
        })
    }
}

fn kept(comment: &Comment) -> std::ops::Range<u32> {
    comment.changes.saturating_sub(KEPT)..comment.changes
}

/// The condition that nobody changed a comment's text since it was read.
pub(super) fn text_as_read(comment: &Comment) -> &'static str {
    match comment.changes {
        0 => "attribute_not_exists(#changes)",
        _ => "#changes = :changes",
    }
}

impl Expression {
    /// The value that [`text_as_read`] speaks of.
    pub(super) fn with_change(self, comment: &Comment) -> Self {
        match comment.changes {
            0 => self,
            changes => self.number(":changes", changes),
        }
    }
}
