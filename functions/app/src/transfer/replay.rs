//! Deletions, done once more on a table that was restored from a copy. The table that it replaces
//! remembers them.

use sodium_domain::comment::State;
use sodium_domain::id::{CommentId, MemberId, SuggestionId, ThreadId};

use super::{Listener, Progress, Transfer, TransferError, address_hash};
use crate::clock::Ids;
use crate::store::comments::rebake;
use crate::store::deletions::{Deleted, Deletion};
use crate::store::outbox::{Outgoing, Work};
use crate::store::transaction::Commit;
use crate::store::{Store, StoreError};

/// What a replay did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Deletions that the other table remembers.
    pub remembered: u64,
    /// Comments that were there again and are gone.
    pub comments: u64,
    /// Members who were there again and have left.
    pub members: u64,
    /// Suggested edits that were there again and are gone.
    pub suggestions: u64,
    /// Places on the waitlist that were there again and are gone.
    pub places: u64,
}

impl Transfer {
    /// Deletes here what `newer` remembers as deleted. Doing it twice is doing it once. Pages follow
    /// when the relay works.
    ///
    /// # Errors
    /// When one of the tables fails; then replaying again continues.
    pub async fn replay_deletions(
        &self,
        newer: &Store,
        hears: Listener<'_>,
    ) -> Result<Replayed, TransferError> {
        let ids = Ids::new(self.clock.clone());
        let mut replayed = Replayed::default();
        let mut next = None;
        loop {
            let (deletions, after) = newer.deletions(next).await?;
            for deletion in deletions {
                self.replay(&deletion, &ids, &mut replayed).await?;
                self.store.take_over_deletion(&deletion).await?;
                replayed.remembered += 1;
                hears(Progress::Replayed(replayed.remembered));
            }
            next = after;
            if next.is_none() {
                return Ok(replayed);
            }
        }
    }

    async fn replay(
        &self,
        deletion: &Deletion,
        ids: &Ids,
        replayed: &mut Replayed,
    ) -> Result<(), StoreError> {
        match &deletion.what {
            Deleted::Comment { thread, comment } => {
                let gone = self.delete_again(thread, *comment, ids).await?;
                replayed.comments += u64::from(gone);
            }
            Deleted::Member { member } => {
                replayed.members += u64::from(self.leave_again(*member, ids).await?);
            }
            Deleted::Suggestion { suggestion } => {
                let gone = self.withdraw_again(*suggestion).await?;
                replayed.suggestions += u64::from(gone);
            }
            Deleted::WaitlistEntry { entry: hash } => {
                let entry = self.store.waitlist_entry(hash).await?;
                // Whoever joined again after leaving wants to stay.
                if let Some(entry) = entry.filter(|entry| entry.confirmed <= deletion.at) {
                    let commit = self.store.leave_waitlist(hash, &entry, self.clock.now());
                    replayed.places += u64::from(commit.await? == Commit::Done);
                }
            }
        }
        Ok(())
    }

    async fn delete_again(
        &self,
        thread: &ThreadId,
        id: CommentId,
        ids: &Ids,
    ) -> Result<bool, StoreError> {
        let mut patience = self.store.patience();
        loop {
            let comment = self.store.comment(thread, id).await?;
            let Some(comment) = comment.filter(|comment| comment.state != State::Deleted) else {
                return Ok(false);
            };
            let work = Outgoing::new(ids.next(), rebake(&comment));
            if self.store.delete_comment(&comment, &work).await? == Commit::Done {
                return Ok(true);
            }
            patience.pause().await?;
        }
    }

    async fn withdraw_again(&self, id: SuggestionId) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let mut patience = self.store.patience();
        while let Some(suggestion) = self.store.suggestion(id, now).await? {
            if self.store.withdraw_suggestion(&suggestion, now).await? == Commit::Done {
                return Ok(true);
            }
            patience.pause().await?;
        }
        Ok(false)
    }

    async fn leave_again(&self, member: MemberId, ids: &Ids) -> Result<bool, StoreError> {
        let Some(profile) = self.store.member(member).await? else {
            return Ok(false);
        };
        let address = profile.address.as_ref();
        let hash = address.map(|address| address_hash(&self.keys, address));
        let work = Outgoing::new(ids.next(), Work::MemberLeft { member });
        let (hash, now) = (hash.unwrap_or_default(), self.clock.now());
        let commit = self.store.leave(&profile, &hash, &work, now).await?;
        Ok(commit == Commit::Done)
    }
}
