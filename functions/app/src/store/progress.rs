//! Which lessons members have done. One item for each member and lesson, under a key that both make: pressed twice
//! or at the same moment, it is one.

use sodium_domain::course::Done;
use sodium_domain::id::{MemberId, ThreadId};

use super::limits::Limit;
use super::transaction::{Commit, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys};

impl Store {
    /// Everything that a member has done.
    pub(crate) async fn lessons_done(&self, member: MemberId) -> Result<Vec<Done>, StoreError> {
        self.all(&keys::member(member).pk, keys::DONE).await
    }

    /// Notes that a member has done a lesson, unless it is noted.
    pub(crate) async fn note_done(&self, done: &Done, limit: &Limit) -> Result<Commit, StoreError> {
        let key = keys::done(done.member, &done.lesson);
        Transaction::new()
            .put_new(Rule::NotMarked, item(&key, done)?.owned_by(done.member))
            .count(Rule::MemberPace, limit)
            .by_member(done.member)
            .commit(self)
            .await
    }

    /// Forgets that a member has done a lesson, whatever became of the lesson.
    pub(crate) async fn forget_done(
        &self,
        member: MemberId,
        lesson: &ThreadId,
    ) -> Result<(), StoreError> {
        self.delete(&keys::done(member, lesson)).await
    }
}
