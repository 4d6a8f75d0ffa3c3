//! Leaving: everything that belongs to a member goes, wherever it stands. What belongs to whom is
//! known from an index that follows the table with a delay, which nothing bounds. So an empty
//! answer proves little right after the membership ended: the table is looked at again a minute
//! later, then every minute for as long as something was found, and once more after a day. The
//! errand for that is written in the transaction that ends the membership.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use sodium_domain::comment::Comment;
use sodium_domain::id::{MemberId, SessionId};
use sodium_domain::member::Profile;

use super::comments::rebake;
use super::deletions::Deleted;
use super::keys::Key;
use super::later::Errand;
use super::marks::Mark;
use super::outbox::Outgoing;
use super::seats::Follow;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{Store, StoreError, from_item, key_of, keys};

/// When the index has caught up, as a rule.
const SECOND_LOOK: SignedDuration = SignedDuration::from_mins(1);

/// When it has caught up even after the worst day.
const LAST_LOOK: SignedDuration = SignedDuration::from_hours(24);

/// Makes what follows from taking something away.
pub(crate) struct Clearing<'a> {
    /// The member who is gone.
    pub(crate) member: MemberId,
    /// The time now.
    pub(crate) now: Timestamp,
    /// What follows a change of seats.
    pub(crate) follow: Follow<'a>,
    /// Identifiers for work.
    pub(crate) next_id: &'a (dyn Fn() -> uuid::Uuid + Sync),
}

/// When to look again for what somebody left behind who left at `left`, after a look at `now`.
pub(crate) fn next_look(left: Timestamp, now: Timestamp, found: usize) -> Option<Timestamp> {
    if found > 0 {
        return Some(now + SECOND_LOOK);
    }
    (now < left + LAST_LOOK).then(|| left + LAST_LOOK)
}

impl Store {
    /// Ends a membership at once: the profile with the address and every sign-in are gone when
    /// this returns; the rest follows through the outbox, and through a second look.
    pub(crate) async fn leave(
        &self,
        member: &Profile,
        address_hash: &str,
        work: &Outgoing,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let look_again = Errand::LookAgain {
            member: member.id,
            left: now,
        };
        let mut transaction = Transaction::new()
            .delete_if(
                Rule::Unchanged,
                keys::member(member.id),
                Expression::when("attribute_exists(pk)"),
            )
            .delete(keys::address(address_hash))
            .remember(Deleted::Member { member: member.id }, now)?
            .then(work)?
            .later(&look_again, now + SECOND_LOOK)?;
        if let Some(name) = &member.name {
            transaction = transaction.delete(keys::name(&name.skeleton()));
        }
        transaction.commit(self).await
    }

    /// Takes away what a member who left still has in the table, as far as the index knows. Returns
    /// how much it was. May be repeated: it converges.
    pub(crate) async fn clear_belongings(
        &self,
        clearing: &Clearing<'_>,
    ) -> Result<usize, StoreError> {
        let mut seen = HashSet::new();
        let mut failed = None;
        loop {
            let mut belongings = self.belongings(clearing.member).await?;
            // What is gone already may stay in the index for a while.
            belongings.retain(|item| seen.insert(key_of(item)));
            if belongings.is_empty() {
                return failed.map_or(Ok(seen.len()), Err);
            }
            for item in belongings {
                // One thing that cannot be taken away keeps no other.
                if let Err(error) = self.clear(clearing, item).await {
                    failed = Some(error);
                }
            }
        }
    }

    async fn clear(&self, clearing: &Clearing<'_>, item: super::Item) -> Result<(), StoreError> {
        let key = key_of(&item);
        let session = key.pk.strip_prefix("SESSION#").map(str::parse::<SessionId>);
        if let Some(Ok(session)) = session {
            let seat = (&session, clearing.member);
            self.leave_seat(seat, clearing.now, clearing.follow).await?;
            Ok(())
        } else if key.pk.starts_with("THREAD#") && key.sk.starts_with("COMMENT#") {
            self.take_away(from_item(item)?, clearing).await
        } else if key.pk.starts_with(keys::HELPFUL) {
            self.take_away_mark(&from_item(item)?, clearing).await
        } else {
            self.delete_owned(&key, clearing.member).await
        }
    }

    async fn take_away_mark(&self, mark: &Mark, clearing: &Clearing<'_>) -> Result<(), StoreError> {
        let work = Outgoing::new((clearing.next_id)(), mark.rebake());
        // Whoever took it back before has lowered the count.
        self.take_mark_back(mark, clearing.member, &work).await?;
        Ok(())
    }

    /// Deletes an item that is still this member's: the index may name an address or a name that
    /// somebody else has taken since.
    async fn delete_owned(&self, key: &Key, member: MemberId) -> Result<(), StoreError> {
        let request = self
            .deleting(key)
            .condition_expression("#owner = :member")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":member", AttributeValue::S(member.to_string()));
        self.patiently(async || match request.clone().send().await {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|said| said.is_conditional_check_failed_exception()) =>
            {
                Ok(None)
            }
            answer => answer.map(Some),
        })
        .await?;
        Ok(())
    }

    async fn take_away(&self, comment: Comment, clearing: &Clearing<'_>) -> Result<(), StoreError> {
        let mut patience = self.patience();
        let mut current = Some(comment);
        while let Some(comment) = current.filter(|comment| comment.is_by(clearing.member)) {
            let work = Outgoing::new((clearing.next_id)(), rebake(&comment));
            if self.delete_comment(&comment, &work).await? == Commit::Done {
                return Ok(());
            }
            patience.pause().await?;
            current = self.comment(&comment.thread, comment.id).await?;
        }
        Ok(())
    }
}
