//! Leaving: everything that belongs to a member goes, wherever it stands.

use sodium_domain::comment::Comment;
use sodium_domain::id::{MemberId, SessionId, ThreadId};
use sodium_domain::member::Profile;

use super::comments::rebake;
use super::outbox::{Outgoing, Work};
use super::seats::Follow;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{Store, StoreError, from_item, keys};

/// How often the index is asked for what is left. Work that stays undone is delivered again.
const LOOKS: u32 = 10;

impl Store {
    /// Ends a membership at once: the profile with the address and every sign-in are gone when
    /// this returns; the rest follows through the outbox.
    pub(crate) async fn leave(
        &self,
        member: &Profile,
        address_hash: &str,
        work: &Outgoing,
    ) -> Result<Commit, StoreError> {
        let mut transaction = Transaction::new()
            .delete_if(
                Rule::Unchanged,
                keys::member(member.id),
                Expression::when("attribute_exists(pk)"),
            )
            .delete(keys::address(address_hash))
            .then(work)?;
        if let Some(name) = &member.name {
            transaction = transaction.delete(keys::name(&name.skeleton()));
        }
        transaction.commit(self).await
    }

    /// Takes away what a member who left still has in the table. May be repeated: it converges.
    pub(crate) async fn clear_belongings(
        &self,
        member: MemberId,
        follow: Follow<'_>,
        next_id: &(dyn Fn() -> uuid::Uuid + Sync),
    ) -> Result<(), StoreError> {
        // The index follows the table with a delay; what a first look misses, a later one finds.
        for _ in 0..LOOKS {
            let belongings = self.belongings(member).await?;
            if belongings.is_empty() {
                return Ok(());
            }
            self.clear(member, belongings, follow, next_id).await?;
        }
        Err(StoreError::Contended)
    }

    async fn clear(
        &self,
        member: MemberId,
        belongings: Vec<super::Item>,
        follow: Follow<'_>,
        next_id: &(dyn Fn() -> uuid::Uuid + Sync),
    ) -> Result<(), StoreError> {
        for item in belongings {
            let pk = text(&item, "pk");
            let sk = text(&item, "sk");
            if let Some(session) = pk.strip_prefix("SESSION#") {
                if let Ok(session) = session.parse::<SessionId>() {
                    self.leave_seat(&session, member, follow).await?;
                }
            } else if let (Some(thread), true) =
                (pk.strip_prefix("THREAD#"), sk.starts_with("COMMENT#"))
            {
                if thread.parse::<ThreadId>().is_ok() {
                    self.take_away(from_item(item)?, next_id).await?;
                }
            } else {
                self.delete(&keys::Key { pk, sk }).await?;
            }
        }
        Ok(())
    }

    async fn take_away(
        &self,
        comment: Comment,
        next_id: &(dyn Fn() -> uuid::Uuid + Sync),
    ) -> Result<(), StoreError> {
        let mut current = Some(comment);
        while let Some(comment) = current.filter(|comment| comment.author.is_some()) {
            let work: Work = rebake(&comment);
            let work = Outgoing {
                id: next_id(),
                work,
            };
            if self.delete_comment(&comment, &work).await? == Commit::Done {
                return Ok(());
            }
            current = self.comment(&comment.thread, comment.id).await?;
        }
        Ok(())
    }
}

fn text(item: &super::Item, name: &str) -> String {
    item.get(name)
        .and_then(|value| value.as_s().ok())
        .cloned()
        .unwrap_or_default()
}
