//! Corrections that were made. What is told of one follows from its comment; its thread lists it, so
//! that the page can thank those who wrote.

use sodium_domain::comment::Comment;
use sodium_domain::correction::Fixed;
use sodium_domain::id::CommentId;

use super::outbox::Outgoing;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{Store, StoreError, keys};

impl Store {
    /// Notes that a change of the page made a correction, once: the first change counts.
    pub(crate) async fn mark_fixed(
        &self,
        comment: &Comment,
        fixed: &Fixed,
        work: &[Outgoing],
    ) -> Result<Commit, StoreError> {
        let none: &[CommentId] = &[];
        let mut transaction = Transaction::new()
            .update(
                Rule::Unchanged,
                keys::comment(&comment.thread, comment.id),
                Expression::change("SET #fixed = :fixed")
                    .and_when("#state.#is = :published AND attribute_not_exists(#fixed)")
                    .value(":fixed", fixed)?
                    .text(":published", "published"),
            )
            .update(
                Rule::None,
                keys::thread(&comment.thread),
                Expression::change("SET #fixed = list_append(if_not_exists(#fixed, :none), :this)")
                    .value(":none", &none)?
                    .value(":this", &[comment.id])?,
            );
        for work in work {
            transaction = transaction.then(work)?;
        }
        transaction.commit(self).await
    }
}
