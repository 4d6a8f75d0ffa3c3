//! Decisions of moderators: each is one transaction with what it changes, the line in the public log
//! and what must follow; and so is taking one back. The conditions say that everything is still as it
//! was when the moderator looked, so an author who edits or deletes at the same moment wins or loses
//! as a whole.

use aws_sdk_dynamodb::types::AttributeValue;
use sodium_domain::comment::{Comment, State};
use sodium_domain::decision::{Act, Appeal, Cause, Decision, Effect, KEPT_FOR, Undone};
use sodium_domain::id::{DecisionId, MemberId, ThreadId};
use sodium_domain::member::Block;
use sodium_domain::thread::Mode;
use uuid::Uuid;

use super::comments::numbered;
use super::outbox::Outgoing;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys, readable};

/// What must follow a decision.
#[derive(Debug)]
pub(crate) struct Follows {
    /// Pages to bake and mails to send.
    pub(crate) work: Vec<Outgoing>,
    /// The identifier of the work that bakes the log.
    pub(crate) log: Uuid,
}

impl Store {
    /// A decision.
    pub(crate) async fn decision(&self, id: DecisionId) -> Result<Option<Decision>, StoreError> {
        self.get(&keys::decision(id)).await
    }

    /// The newest decisions, newest first; those before `before`, if it is given.
    pub(crate) async fn decisions(
        &self,
        before: Option<DecisionId>,
        count: i32,
    ) -> Result<Vec<Decision>, StoreError> {
        // The character after the `#` precedes no decision.
        let end = before.map_or_else(|| "DECISION$".to_owned(), |id| keys::decision(id).sk);
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk < :end")
            .expression_attribute_values(":pk", AttributeValue::S(keys::DECISIONS.into()))
            .expression_attribute_values(":end", AttributeValue::S(end))
            .scan_index_forward(false)
            .limit(count)
            .consistent_read(true)
            .send()
            .await?;
        let items = answer.items.unwrap_or_default();
        Ok(items.into_iter().filter_map(readable).collect())
    }

    /// The newest decisions about a member, newest first.
    pub(crate) async fn decisions_about(
        &self,
        member: MemberId,
        count: i32,
    ) -> Result<Vec<Decision>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::BY_OWNER)
            .key_condition_expression("#owner = :member AND begins_with(sk, :decision)")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":member", AttributeValue::S(member.to_string()))
            .expression_attribute_values(":decision", AttributeValue::S(keys::DECISION.into()))
            .scan_index_forward(false)
            .limit(count)
            .send()
            .await?;
        let items = answer.items.unwrap_or_default();
        Ok(items.into_iter().filter_map(readable).collect())
    }

    /// Decides about a comment, with the text that was read.
    pub(crate) async fn decide_comment(
        &self,
        comment: &Comment,
        decision: &Decision,
        follows: &Follows,
    ) -> Result<Commit, StoreError> {
        let Effect::Comment { before, after, .. } = &decision.effect else {
            return Ok(Commit::Refused(Rule::Unchanged));
        };
        let steps = || {
            let decided = decided(decision.previous);
            let mut change = Expression::change("SET #state = :after, #decided = :id")
                .and_when(&format!(
                    "#state.#is = :before AND #body = :body AND {} AND {decided}",
                    numbered(comment)
                ))
                .text(":before", before.word())
                .value(":after", after)?
                .value(":body", &comment.body)?
                .value(":id", &decision.id)?;
            if let Some(previous) = decision.previous {
                change = change.value(":previous", &previous)?;
            }
            let key = keys::comment(&comment.thread, comment.id);
            Transaction::new()
                .update(Rule::Unchanged, key, change)
                .delete(keys::queue(comment.id))
                .delete(keys::reports(&comment.thread, comment.id))
                .seen_by_readers(comment, *before, *after)
                .approved(decision, 1)
                .noted(decision)?
                .followed(follows)
        };
        self.commit_logged(decision, decision.at, follows.log, steps)
            .await
    }

    /// Decides whether a member may write.
    pub(crate) async fn decide_member(
        &self,
        decision: &Decision,
        follows: &Follows,
    ) -> Result<Commit, StoreError> {
        let Effect::Member {
            member,
            before,
            after,
        } = &decision.effect
        else {
            return Ok(Commit::Refused(Rule::Unchanged));
        };
        let steps = || {
            let mut transaction =
                Transaction::new().blocked(*member, before.as_ref(), after.as_ref())?;
            if let Some(appealed) = decision.previous {
                let waits = Expression::when("attribute_exists(pk)");
                let key = keys::queue_of_member(appealed);
                transaction = transaction.delete_if(Rule::Unchanged, key, waits);
            }
            transaction.noted(decision)?.followed(follows)
        };
        self.commit_logged(decision, decision.at, follows.log, steps)
            .await
    }

    /// Decides who may write in a thread.
    pub(crate) async fn decide_thread(
        &self,
        decision: &Decision,
        follows: &Follows,
    ) -> Result<Commit, StoreError> {
        let Effect::Thread {
            thread,
            before,
            after,
        } = &decision.effect
        else {
            return Ok(Commit::Refused(Rule::Unchanged));
        };
        let steps = || {
            Transaction::new()
                .mode(thread, *before, *after)?
                .noted(decision)?
                .followed(follows)
        };
        self.commit_logged(decision, decision.at, follows.log, steps)
            .await
    }

    /// Takes a decision back: what it changed is again as it was before. `comment` is the one that it
    /// is about, as it is now.
    pub(crate) async fn take_back(
        &self,
        decision: &Decision,
        undone: Undone,
        comment: Option<&Comment>,
        follows: &Follows,
    ) -> Result<Commit, StoreError> {
        let steps = || {
            let mark = Expression::change("SET #undone = :undone")
                .and_when("attribute_exists(pk) AND attribute_not_exists(#undone)")
                .value(":undone", &undone)?;
            let transaction =
                Transaction::new().update(Rule::Unchanged, keys::decision(decision.id), mark);
            let transaction = match (&decision.effect, comment) {
                (Effect::Comment { before, after, .. }, Some(comment)) => transaction
                    .restored(decision, comment, *before, *after)?
                    .seen_by_readers(comment, *after, *before)
                    .approved(decision, -1),
                (Effect::Comment { .. }, None) => transaction,
                (
                    Effect::Member {
                        member,
                        before,
                        after,
                    },
                    _,
                ) => transaction
                    .blocked(*member, after.as_ref(), before.as_ref())?
                    .member_waits_again(*member, decision)?,
                (
                    Effect::Thread {
                        thread,
                        before,
                        after,
                    },
                    _,
                ) => transaction.mode(thread, *after, *before)?,
            };
            transaction.followed(follows)
        };
        let taken_back = Decision {
            undone: Some(undone),
            ..decision.clone()
        };
        self.commit_logged(&taken_back, undone.at, follows.log, steps)
            .await
    }

    /// Keeps what somebody says against a decision about them, and lets it wait for a moderator.
    pub(crate) async fn appeal(
        &self,
        decision: &Decision,
        appeal: &Appeal,
        comment: Option<&Comment>,
        work: &Outgoing,
    ) -> Result<Commit, StoreError> {
        let keep = Expression::change("SET #appeal = :appeal")
            .and_when("attribute_exists(pk) AND attribute_not_exists(#appeal) AND attribute_not_exists(#undone)")
            .value(":appeal", appeal)?;
        let transaction =
            Transaction::new().update(Rule::Unchanged, keys::decision(decision.id), keep);
        let transaction = match (&decision.effect, comment) {
            (Effect::Comment { after, .. }, Some(comment)) => {
                let stands = Expression::when("#state.#is = :after AND #decided = :id")
                    .text(":after", after.word())
                    .value(":id", &decision.id)?;
                let key = keys::comment(&comment.thread, comment.id);
                transaction
                    .check(Rule::Unchanged, key, stands)
                    .waits(comment, Cause::Appealed)?
            }
            (Effect::Member { member, .. }, _) => transaction.member_waits(*member, decision.id)?,
            (Effect::Comment { .. } | Effect::Thread { .. }, _) => {
                return Ok(Commit::Refused(Rule::Unchanged));
            }
        };
        transaction.then(work)?.commit(self).await
    }
}

/// The condition that nobody decided since.
fn decided(previous: Option<DecisionId>) -> &'static str {
    match previous {
        Some(_) => "#decided = :previous",
        None => "attribute_not_exists(#decided)",
    }
}

impl Transaction {
    /// Stores the decision.
    fn noted(self, decision: &Decision) -> Result<Self, StoreError> {
        let mut stored = item(&keys::decision(decision.id), decision)?;
        stored = stored.expiring(decision.at + KEPT_FOR);
        if let Some(member) = decision.member {
            stored = stored.owned_by(member);
        }
        Ok(self.put_new(Rule::Unchanged, stored))
    }

    fn followed(mut self, follows: &Follows) -> Result<Self, StoreError> {
        for work in &follows.work {
            self = self.then(work)?;
        }
        Ok(self)
    }

    /// Counts what readers see in the thread.
    fn seen_by_readers(self, comment: &Comment, before: State, after: State) -> Self {
        let seen = (before == State::Published, after == State::Published);
        match seen {
            _ if comment.number.is_none() => self,
            (true, false) => self.one_less(comment),
            (false, true) => self.one_more(comment),
            _ => self,
        }
    }

    /// Counts an approval for the author, or one less.
    fn approved(self, decision: &Decision, by: i32) -> Self {
        let (Act::Publish | Act::Grant, Some(author)) = (decision.act, decision.member) else {
            return self;
        };
        let change = Expression::change("ADD #approved :by").and_when("attribute_exists(pk)");
        let key = keys::member(author);
        self.update(Rule::Unchanged, key, change.number(":by", by))
    }

    /// Makes a comment what it was before a decision, which must be the last about it.
    fn restored(
        self,
        decision: &Decision,
        comment: &Comment,
        before: State,
        after: State,
    ) -> Result<Self, StoreError> {
        let change = match decision.previous {
            Some(_) => "SET #state = :before, #decided = :previous",
            None => "SET #state = :before REMOVE #decided",
        };
        let mut change = Expression::change(change)
            .and_when(&format!(
                "#state.#is = :after AND #decided = :id AND {}",
                numbered(comment)
            ))
            .value(":before", &before)?
            .text(":after", after.word())
            .value(":id", &decision.id)?;
        if let Some(previous) = decision.previous {
            change = change.value(":previous", &previous)?;
        }
        let key = keys::comment(&comment.thread, comment.id);
        let transaction = self.update(Rule::Unchanged, key, change);
        let waited = decision
            .waited
            .or((before == State::Pending).then_some(Cause::Held));
        match waited {
            Some(cause) => transaction.waits(comment, cause),
            None => Ok(transaction.delete(keys::queue(comment.id))),
        }
    }

    /// Keeps a member from writing, or lets them, if that is still as it was `before`.
    fn blocked(
        self,
        member: MemberId,
        before: Option<&Block>,
        after: Option<&Block>,
    ) -> Result<Self, StoreError> {
        let condition = match before {
            Some(_) => "attribute_exists(pk) AND #blocked.#decision = :before",
            None => "attribute_exists(pk) AND attribute_not_exists(#blocked)",
        };
        let mut change = match after {
            Some(after) => Expression::change("SET #blocked = :after").value(":after", after)?,
            None => Expression::change("REMOVE #blocked"),
        };
        if let Some(before) = before {
            change = change.value(":before", &before.decision)?;
        }
        Ok(self.update(
            Rule::Unchanged,
            keys::member(member),
            change.and_when(condition),
        ))
    }

    /// An appeal whose answer was taken back waits again; one against what was taken back does not.
    fn member_waits_again(self, member: MemberId, decision: &Decision) -> Result<Self, StoreError> {
        match decision.previous {
            Some(appealed) => self.member_waits(member, appealed),
            None => Ok(self.delete(keys::queue_of_member(decision.id))),
        }
    }

    /// Says who may write in a thread, if that is still as it was `before`.
    fn mode(self, thread: &ThreadId, before: Mode, after: Mode) -> Result<Self, StoreError> {
        let unset = match before {
            Mode::Open => " OR attribute_not_exists(#mode)",
            Mode::Slow | Mode::Closed => "",
        };
        let change = Expression::change("SET #mode = :after")
            .and_when(&format!(
                "attribute_exists(pk) AND (#mode = :before{unset})"
            ))
            .value(":before", &before)?
            .value(":after", &after)?;
        Ok(self.update(Rule::Unchanged, keys::thread(thread), change))
    }
}
