//! Accepted answers. The question names its answer and the answer its question, always both in one
//! transaction, so that no two answers are ever accepted.

use sodium_domain::comment::Comment;
use sodium_domain::id::{CommentId, ThreadId};

use super::outbox::{Outgoing, Work};
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{Store, StoreError, keys};

/// A question and its answer, of one thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair<'a> {
    pub(crate) thread: &'a ThreadId,
    pub(crate) question: CommentId,
    pub(crate) answer: CommentId,
}

impl<'a> Pair<'a> {
    /// What is not true any more of a comment: that a question which asks nothing has an answer, or
    /// that an answer which nobody can read settles one.
    pub(crate) fn outdated(comment: &'a Comment) -> Option<Self> {
        let thread = &comment.thread;
        match (comment.accepted, comment.accepted_for) {
            (Some(answer), _) if !comment.is_question() => Some(Self {
                thread,
                question: comment.id,
                answer,
            }),
            (_, Some(question)) if !comment.is_public() => Some(Self {
                thread,
                question,
                answer: comment.id,
            }),
            _ => None,
        }
    }

    /// The work that shows both as they are.
    pub(crate) fn rebake(&self) -> [Work; 2] {
        [self.question, self.answer].map(|comment| Work::ThreadChanged {
            thread: self.thread.clone(),
            comment,
        })
    }
}

impl Store {
    /// Accepts an answer, if it is still a question without one and readers can see both.
    pub(crate) async fn accept_answer(
        &self,
        pair: Pair<'_>,
        work: &[Outgoing],
    ) -> Result<Commit, StoreError> {
        let question = Expression::change("SET #accepted = :answer")
            .and_when(
                "#kind = :question AND #state.#is = :published AND attribute_not_exists(#accepted)",
            )
            .value(":answer", &pair.answer)?
            .text(":question", "question")
            .text(":published", "published");
        let answer = Expression::change("SET #accepted_for = :question")
            .and_when("#state.#is = :published AND attribute_not_exists(#accepted_for)")
            .value(":question", &pair.question)?
            .text(":published", "published");
        self.settle_pair(pair, question, answer, work).await
    }

    /// Takes an acceptance back, if it is the one that is there.
    pub(crate) async fn reopen_question(
        &self,
        pair: Pair<'_>,
        work: &[Outgoing],
    ) -> Result<Commit, StoreError> {
        let question = Expression::change("REMOVE #accepted")
            .and_when("#accepted = :answer")
            .value(":answer", &pair.answer)?;
        let answer = Expression::change("REMOVE #accepted_for")
            .and_when("#accepted_for = :question")
            .value(":question", &pair.question)?;
        self.settle_pair(pair, question, answer, work).await
    }

    async fn settle_pair(
        &self,
        pair: Pair<'_>,
        question: Expression,
        answer: Expression,
        work: &[Outgoing],
    ) -> Result<Commit, StoreError> {
        let mut transaction = Transaction::new()
            .update(
                Rule::Unchanged,
                keys::comment(pair.thread, pair.question),
                question,
            )
            .update(
                Rule::Unchanged,
                keys::comment(pair.thread, pair.answer),
                answer,
            );
        for work in work {
            transaction = transaction.then(work)?;
        }
        transaction.commit(self).await
    }
}
