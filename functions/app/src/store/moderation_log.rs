//! The public log of decisions. A line gets its number in the transaction of its decision, so there
//! are no gaps, and a page of fifty lines never changes once it is full.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Deserialize;
use sodium_domain::decision::{Decision, LogEntry};
use sodium_domain::thread::numbers_on;
use uuid::Uuid;

use super::outbox::{Outgoing, Work};
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{Store, StoreError, item, keys, readable};

#[derive(Debug, Deserialize)]
struct Count {
    count: u32,
}

impl Store {
    /// How many lines the log has.
    pub(crate) async fn log_size(&self) -> Result<u32, StoreError> {
        let count: Option<Count> = self.get(&keys::log_count()).await?;
        Ok(count.map_or(0, |count| count.count))
    }

    /// The lines of one page, oldest first.
    pub(crate) async fn log_page(&self, page: u32) -> Result<Vec<LogEntry>, StoreError> {
        let (first, last) = numbers_on(page);
        self.log_lines(first, last).await
    }

    /// The lines with these numbers, oldest first.
    pub(crate) async fn log_lines(
        &self,
        first: u32,
        last: u32,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let sort = |number| AttributeValue::S(keys::log_entry(number).sk);
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", AttributeValue::S(keys::LOG.into()))
            .expression_attribute_values(":first", sort(first))
            .expression_attribute_values(":last", sort(last))
            .consistent_read(true)
            .send()
            .await?;
        let items = answer.items.unwrap_or_default();
        Ok(items.into_iter().filter_map(readable).collect())
    }

    /// Commits a decision, or the taking back of one at `at`, with its line in the log. The line's
    /// number is read first; whoever was slower than another moderator reads it again.
    pub(super) async fn commit_logged(
        &self,
        decision: &Decision,
        at: Timestamp,
        work: Uuid,
        steps: impl Fn() -> Result<Transaction, StoreError>,
    ) -> Result<Commit, StoreError> {
        if !decision.act.is_logged() {
            return steps()?.commit(self).await;
        }
        let mut patience = self.patience();
        loop {
            let before = self.log_size().await?;
            let line = LogEntry::new(before + 1, decision, at);
            let transaction = steps()?.logged(&line, work)?;
            let commit = transaction.commit_within(self, &mut patience).await?;
            if commit != Commit::Refused(Rule::LogPlace) {
                return Ok(commit);
            }
            patience.pause().await?;
        }
    }
}

impl Transaction {
    fn logged(self, line: &LogEntry, work: Uuid) -> Result<Self, StoreError> {
        let count = Expression::change("SET #count = :count")
            .and_when("attribute_not_exists(#count) OR #count = :before")
            .number(":count", line.number)
            .number(":before", line.number - 1);
        let bake = Work::LogChanged {
            number: line.number,
        };
        self.update(Rule::LogPlace, keys::log_count(), count)
            .put_new(Rule::LogPlace, item(&keys::log_entry(line.number), line)?)
            .then(&Outgoing::new(work, bake))
    }
}
