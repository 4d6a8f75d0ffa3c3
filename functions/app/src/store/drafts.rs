//! Texts kept for people who have to sign in before they can post.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sodium_domain::id::{CommentId, ThreadId};
use sodium_domain::suggestion::{Credit, Revision};
use sodium_domain::talk::Kind;
use uuid::Uuid;

use super::limits::Limit;
use super::transaction::{Commit, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys};

/// How long a text is kept for somebody who is about to sign in.
const DRAFT_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What a kept text is besides, if it is how a page should read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Edit {
    /// The text that it changes.
    pub(crate) base: Revision,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) why: String,
    #[serde(default)]
    pub(crate) credit: Credit,
}

/// A text that its writer has not posted yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Draft {
    pub(crate) thread: ThreadId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<CommentId>,
    #[serde(default)]
    pub(crate) kind: Kind,
    /// The anchor of the heading that it is about; empty for the whole page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) heading: String,
    /// Whether the thread is to be followed.
    #[serde(default)]
    pub(crate) follow: bool,
    /// The title of the topic that it begins; then `thread` is the id of its board.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// Set if it is no comment, but how the page of the thread should read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) edit: Option<Edit>,
    pub(crate) body: String,
    /// When it was written; a kept text is given back for a day.
    pub(crate) written: Timestamp,
}

impl Store {
    /// Keeps a text, within the limits of the network and of the whole community.
    pub(crate) async fn keep_draft(
        &self,
        id: Uuid,
        draft: &Draft,
        limits: &[Limit; 2],
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let [network, all] = limits;
        Transaction::new()
            .count(Rule::NetworkPace, network)
            .count(Rule::NetworkPace, all)
            .put(item(&keys::draft(id), draft)?.expiring(now + DRAFT_LIFE))
            .commit(self)
            .await
    }

    /// A text that was kept, and not too long ago.
    pub(crate) async fn draft(
        &self,
        id: Uuid,
        now: Timestamp,
    ) -> Result<Option<Draft>, StoreError> {
        let draft: Option<Draft> = self.get(&keys::draft(id)).await?;
        Ok(draft.filter(|draft| draft.written + DRAFT_LIFE > now))
    }
}
