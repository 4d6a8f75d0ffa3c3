//! Limits: counters in fixed windows, counted in the same transaction as what they limit, so a
//! refused request counts nothing and parallel requests cannot slip past.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{Store, StoreError, keys};

/// At most this many of this kind by this somebody in the window that `now` falls into.
#[derive(Debug, Clone)]
pub(crate) struct Limit {
    kind: &'static str,
    who: String,
    most: u32,
    window: SignedDuration,
    now: Timestamp,
}

impl Limit {
    pub(crate) fn new(
        kind: &'static str,
        who: impl Into<String>,
        most: u32,
        window: SignedDuration,
        now: Timestamp,
    ) -> Self {
        Self {
            kind,
            who: who.into(),
            most,
            window,
            now,
        }
    }

    fn window_start(&self) -> Timestamp {
        let length = self.window.as_secs().max(1);
        let start = self.now.as_second().div_euclid(length) * length;
        Timestamp::from_second(start).unwrap_or(self.now)
    }
}

#[derive(Debug, Deserialize)]
struct Counted {
    count: u32,
}

impl Store {
    /// Counts something that was not done for another reason, unless the limit is reached.
    pub(crate) async fn count_alone(&self, limit: &Limit) -> Result<Commit, StoreError> {
        Transaction::new()
            .count(Rule::NetworkPace, limit)
            .commit(self)
            .await
    }

    /// Whether a limit is reached. It is counted in the transaction all the same; asking first keeps a
    /// flood from costing a refused transaction for each request.
    pub(crate) async fn is_reached(&self, limit: &Limit) -> Result<bool, StoreError> {
        let key = keys::limit(limit.kind, &limit.who, limit.window_start());
        let counted: Option<Counted> = self.get(&key).await?;
        Ok(counted.is_some_and(|counted| counted.count >= limit.most))
    }
}

impl Transaction {
    /// Counts one, unless the limit is reached.
    pub(crate) fn count(self, rule: Rule, limit: &Limit) -> Self {
        let start = limit.window_start();
        let gone = (start + limit.window + limit.window).as_second();
        self.update(
            rule,
            keys::limit(limit.kind, &limit.who, start),
            Expression::change("SET #expires_at = :gone ADD #count :one")
                .and_when("attribute_not_exists(#count) OR #count < :most")
                .number(":gone", gone)
                .number(":one", 1)
                .number(":most", limit.most),
        )
    }
}
