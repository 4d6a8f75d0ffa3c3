//! Suggestions: how members would have pages read. All lie in one partition, which holds what waits and
//! what was decided lately: the rest goes by itself.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sodium_domain::id::{FormKey, SuggestionId};
use sodium_domain::member::Block;
use sodium_domain::suggestion::{State, Suggestion};

use super::comments::{FORM_MEMORY, Pace};
use super::deletions::Deleted;
use super::outbox::Outgoing;
use super::queue::Waiting;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys, readable};

/// The effect that a form had.
#[derive(Debug, Serialize, Deserialize)]
struct Once {
    suggestion: SuggestionId,
}

/// How sending a suggestion ended.
#[derive(Debug)]
pub(crate) enum Suggested {
    /// It is stored.
    New,
    /// The same form was sent before and led to this one.
    Before(SuggestionId),
    /// The member or the network sends too much.
    TooFast,
    /// The member left at this moment.
    Gone,
    /// A moderator keeps the member from writing.
    Blocked(Block),
    /// Too much of newcomers waits.
    QueueFull,
}

impl Store {
    /// A suggestion, unless its time is over.
    pub(crate) async fn suggestion(
        &self,
        id: SuggestionId,
        now: Timestamp,
    ) -> Result<Option<Suggestion>, StoreError> {
        let found: Option<Suggestion> = self.get(&keys::suggestion(id)).await?;
        Ok(found.filter(|suggestion| !suggestion.is_over(now)))
    }

    /// Every suggestion, oldest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn suggestions(&self, now: Timestamp) -> Result<Vec<Suggestion>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::SUGGESTIONS.into()))
            .consistent_read(true);
        let mut items = query.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(item) = items.next().await {
            found.extend(readable::<Suggestion>(item?));
        }
        found.retain(|suggestion| !suggestion.is_over(now));
        Ok(found)
    }

    /// Stores a new suggestion, once for each form, within the limits, and lets it wait.
    pub(crate) async fn suggest(
        &self,
        suggestion: &Suggestion,
        form: &FormKey,
        pace: &Pace,
        tell: &Outgoing,
    ) -> Result<Suggested, StoreError> {
        let (author, id, now) = (suggestion.author, suggestion.id, suggestion.made);
        let once = keys::once(author, form);
        let effect = Once { suggestion: id };
        let waiting = Waiting::Suggestion { suggestion: id };
        let remembered = item(&once, &effect)?.owned_by(author);
        let stored = item(&keys::suggestion(id), suggestion)?.owned_by(author);
        let mut transaction = Transaction::new()
            .put_new(Rule::FormIsNew, remembered.expiring(now + FORM_MEMORY))
            .put_new(Rule::Unchanged, stored)
            .put(item(&waiting.key(), &waiting)?.owned_by(author))
            .count(Rule::MemberPace, &pace.by_member)
            .count(Rule::NetworkPace, &pace.by_network)
            .by_writer(author, now)
            .then(tell)?;
        if let Some(room) = &pace.room {
            transaction = transaction.count(Rule::QueueRoom, room);
        }
        match transaction.commit(self).await? {
            Commit::Done => Ok(Suggested::New),
            Commit::Refused(Rule::FormIsNew) => match self.get::<Once>(&once).await? {
                Some(effect) => Ok(Suggested::Before(effect.suggestion)),
                None => Err(StoreError::Contended),
            },
            Commit::Refused(Rule::MayWrite) => {
                let member = self.member(author).await?;
                let block = member.and_then(|member| member.block_at(now));
                Ok(block.map_or(Suggested::Gone, Suggested::Blocked))
            }
            Commit::Refused(Rule::QueueRoom) => Ok(Suggested::QueueFull),
            Commit::Refused(_) => Ok(Suggested::TooFast),
        }
    }

    /// Makes a suggestion what it is `after` a decision, if it is still as it was `before`.
    pub(crate) async fn decide_suggestion(
        &self,
        before: State,
        after: &Suggestion,
        tell: &Outgoing,
    ) -> Result<Commit, StoreError> {
        Transaction::new()
            .becomes(before, after)?
            .delete(keys::queue_of_suggestion(after.id))
            .then(tell)?
            .commit(self)
            .await
    }

    /// Notes that a suggestion became a branch.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn suggestion_is_pulled(
        &self,
        suggestion: &Suggestion,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let after = suggestion.clone().becomes(State::Pulled, now);
        let commit = Transaction::new()
            .becomes(suggestion.state, &after)?
            .commit(self)
            .await?;
        Ok(commit == Commit::Done)
    }

    /// Takes a suggestion away that is still as it was `before`, and remembers that it went.
    pub(crate) async fn withdraw_suggestion(
        &self,
        before: &Suggestion,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let suggestion = before.id;
        let same = Expression::when("#state.#is = :before").text(":before", before.state.word());
        Transaction::new()
            .delete_if(Rule::Unchanged, keys::suggestion(suggestion), same)
            .delete(keys::queue_of_suggestion(suggestion))
            .remember(Deleted::Suggestion { suggestion }, now)?
            .commit(self)
            .await
    }
}

impl Transaction {
    fn becomes(self, before: State, after: &Suggestion) -> Result<Self, StoreError> {
        let mut change = String::from("SET #state = :state");
        if after.decided.is_some() {
            change.push_str(", #decided = :decided");
        }
        change.push_str(match after.expires {
            Some(_) => ", #expires_at = :expires",
            None => " REMOVE #expires_at",
        });
        let mut expression = Expression::change(&change)
            .and_when("#state.#is = :before")
            .text(":before", before.word())
            .value(":state", &after.state)?;
        if let Some(decided) = &after.decided {
            expression = expression.value(":decided", decided)?;
        }
        if let Some(expires) = after.expires {
            expression = expression.number(":expires", expires);
        }
        Ok(self.update(Rule::Unchanged, keys::suggestion(after.id), expression))
    }
}
