//! What readers report. Of who reported, nothing is kept but a keyed hash, different for each
//! comment, and that for a month.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sodium_domain::comment::{Comment, Reason, State};
use sodium_domain::decision::Cause;
use sodium_domain::policy::Reports as ReportPolicy;

use super::limits::Limit;
use super::outbox::Outgoing;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys};

/// How long it is known that somebody reported a comment, and how often it was reported.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Reasons that are noted; more tell a moderator nothing.
const NOTED: usize = 20;

/// How often a comment was reported, and why.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Reports {
    pub(crate) count: u32,
    pub(crate) reasons: Vec<Reason>,
}

#[derive(Debug, Serialize)]
struct Reported {}

/// A report.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    pub(crate) reason: Reason,
    /// Keyed hashes of the network, and of the member if somebody is signed in.
    pub(crate) reporters: Vec<String>,
    pub(crate) limit: Limit,
    pub(crate) policy: &'a ReportPolicy,
    pub(crate) at: Timestamp,
    /// What follows when it is the one that brings the comment before a moderator.
    pub(crate) tell: Outgoing,
    /// What follows when that hides the comment.
    pub(crate) bake: Outgoing,
}

impl Store {
    /// The reports on a comment since the last decision about it.
    pub(crate) async fn reports(&self, comment: &Comment) -> Result<Reports, StoreError> {
        let reports = self
            .get(&keys::reports(&comment.thread, comment.id))
            .await?;
        Ok(reports.unwrap_or_default())
    }

    /// Counts a report on a published comment, once for each person and network. The one that makes
    /// enough brings the comment before a moderator.
    pub(crate) async fn report(
        &self,
        comment: &Comment,
        report: &Report<'_>,
    ) -> Result<Commit, StoreError> {
        let mut patience = self.patience();
        loop {
            let before = self.reports(comment).await?;
            let transaction = Transaction::new()
                .reporters(comment, report)?
                .count(Rule::NetworkPace, &report.limit)
                .counted(comment, &before, report)?;
            let commit = transaction.commit_within(self, &mut patience).await?;
            if commit != Commit::Refused(Rule::ReportsAsRead) {
                return Ok(commit);
            }
            patience.pause().await?;
        }
    }
}

impl Transaction {
    fn reporters(mut self, comment: &Comment, report: &Report<'_>) -> Result<Self, StoreError> {
        for reporter in &report.reporters {
            let reported = item(&keys::reported(comment.id, reporter), &Reported {})?;
            self = self.put_new(Rule::ReportIsNew, reported.expiring(report.at + KEPT));
        }
        Ok(self)
    }

    fn counted(
        self,
        comment: &Comment,
        before: &Reports,
        report: &Report<'_>,
    ) -> Result<Self, StoreError> {
        let mut reasons = before.reasons.clone();
        reasons.push(report.reason);
        reasons.truncate(NOTED);
        let count = before.count + 1;
        let change =
            Expression::change("SET #count = :count, #reasons = :reasons, #expires_at = :expires")
                .and_when("attribute_not_exists(#count) OR #count = :before")
                .number(":count", count)
                .number(":before", before.count)
                .number(":expires", (report.at + KEPT).as_second())
                .value(":reasons", &reasons)?;
        let reports = keys::reports(&comment.thread, comment.id);
        let transaction = self.update(Rule::ReportsAsRead, reports, change);
        let key = keys::comment(&comment.thread, comment.id);
        let is_enough = count == report.policy.needed;
        if is_enough && report.policy.hide {
            let hidden = Expression::change("SET #state = :pending")
                .and_when(&format!(
                    "#state.#is = :published AND {}",
                    super::comments::numbered(comment)
                ))
                .value(":pending", &State::Pending)?
                .text(":published", State::Published.word());
            let transaction = transaction.update(Rule::Unchanged, key, hidden);
            let transaction = match comment.number {
                Some(_) => transaction.one_less(comment),
                None => transaction,
            };
            return transaction
                .waits(comment, Cause::Reported)?
                .then(&report.bake)?
                .then(&report.tell);
        }
        let published =
            Expression::when("#state.#is = :published").text(":published", State::Published.word());
        let transaction = transaction.check(Rule::Unchanged, key, published);
        if is_enough {
            return transaction
                .waits(comment, Cause::Reported)?
                .then(&report.tell);
        }
        Ok(transaction)
    }
}
