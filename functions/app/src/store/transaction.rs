//! One transaction: everything that a request changes, or nothing. Each step names the rule that
//! its condition restates, so a refusal says which rule it was.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem, Update};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use jiff::Timestamp;
use sodium_domain::id::MemberId;
use uuid::Uuid;

pub(crate) use super::expression::Expression;
use super::item::primary;
use super::keys::{self, Key};
use super::patience::{Patience, is_not_now, is_uncertain};
use super::{Item, Store, StoreError};

/// A rule that a condition restates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// No condition, so never refused.
    None,
    /// The member has not left.
    MemberStays,
    /// This form was not sent before.
    FormIsNew,
    /// The member does not write too fast.
    MemberPace,
    /// The network does not send too much.
    NetworkPace,
    /// This address does not get too many mails.
    MailPace,
    /// The thing is still as it was read.
    Unchanged,
    /// The member has not marked it yet.
    NotMarked,
    /// The member has marked it.
    Marked,
    /// The link was not used.
    LinkUnused,
    /// No member has this address yet.
    AddressIsNew,
    /// Nobody is connected with this company account.
    AccountIsNew,
    /// No member has this name or one that looks like it.
    NameIsFree,
    /// The member has no name yet.
    Nameless,
    /// The challenge was not answered before.
    ChallengeUnanswered,
    /// This passkey is not known yet.
    PasskeyIsNew,
    /// The member may have this passkey: the first, or one more of a few.
    PasskeyFits,
    /// A seat is left.
    SeatLeft,
    /// No seat is left.
    SeatsTaken,
    /// Nobody waits.
    NobodyWaits,
    /// The member has not signed up yet.
    NotSignedUp,
    /// The seat is still what it was.
    SeatAsRead,
    /// The entry is not confirmed.
    NotConfirmed,
    /// There is no such item yet.
    NotThere,
    /// The member has not left, and no moderator keeps them from writing.
    MayWrite,
    /// The queue has room for another comment of a newcomer.
    QueueRoom,
    /// Nobody else wrote the next line of the log.
    LogPlace,
    /// This person, or somebody in their network, did not report the comment before.
    ReportIsNew,
    /// As many reports as were counted when it was read.
    ReportsAsRead,
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commit {
    /// All of it happened.
    Done,
    /// None of it happened, because of this rule: the first refused, in the order of the steps.
    Refused(Rule),
}

/// The steps of one transaction.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    steps: Vec<(Rule, Step)>,
}

#[derive(Debug)]
enum Step {
    Put(Item, Option<String>),
    Update(Key, Expression),
    Delete(Key, Expression),
    Check(Key, Expression),
}

impl Transaction {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn put(mut self, item: Item) -> Self {
        self.steps.push((Rule::None, Step::Put(item, None)));
        self
    }

    /// Puts an item where none may be.
    pub(crate) fn put_new(mut self, rule: Rule, item: Item) -> Self {
        self.steps.push((
            rule,
            Step::Put(item, Some("attribute_not_exists(pk)".into())),
        ));
        self
    }

    pub(crate) fn update(mut self, rule: Rule, key: Key, expression: Expression) -> Self {
        self.steps.push((rule, Step::Update(key, expression)));
        self
    }

    pub(crate) fn delete(mut self, key: Key) -> Self {
        self.steps
            .push((Rule::None, Step::Delete(key, Expression::default())));
        self
    }

    pub(crate) fn delete_if(mut self, rule: Rule, key: Key, expression: Expression) -> Self {
        self.steps.push((rule, Step::Delete(key, expression)));
        self
    }

    /// Goes through only while this holds, and leaves the item as it is.
    pub(crate) fn check(mut self, rule: Rule, key: Key, condition: Expression) -> Self {
        self.steps.push((rule, Step::Check(key, condition)));
        self
    }

    /// Goes through only while the member is one and may write.
    pub(crate) fn by_writer(self, member: MemberId, now: Timestamp) -> Self {
        let condition = Expression::when(
            "attribute_exists(pk) AND (attribute_not_exists(#blocked) OR #blocked.#until <= :now)",
        );
        let condition = condition.number(":now", now.as_second());
        self.check(Rule::MayWrite, keys::member(member), condition)
    }

    /// Goes through only while the member is one.
    pub(crate) fn by_member(self, member: MemberId) -> Self {
        let condition = Expression::when("attribute_exists(pk)");
        self.check(Rule::MemberStays, keys::member(member), condition)
    }

    /// Commits, trying again while another transaction holds an item.
    pub(crate) async fn commit(self, store: &Store) -> Result<Commit, StoreError> {
        self.commit_within(store, &mut store.patience()).await
    }

    /// Commits within what is left of the patience that a loop around it has.
    pub(crate) async fn commit_within(
        self,
        store: &Store,
        patience: &mut Patience,
    ) -> Result<Commit, StoreError> {
        let request = store
            .client
            .transact_write_items()
            .set_transact_items(Some(self.request(&store.table)?));
        let mut token = Uuid::new_v4();
        loop {
            let sent = request.clone().client_request_token(token).send();
            let Ok(sent) = tokio::time::timeout_at(patience.end(), sent).await else {
                return Err(StoreError::Unavailable("no answer in time".into()));
            };
            let Err(error) = sent else {
                return Ok(Commit::Done);
            };
            match self.outcome(&error) {
                Outcome::Refused(rule) => return Ok(Commit::Refused(rule)),
                // It was cancelled, so the next is another one.
                Outcome::Cancelled => {
                    token = Uuid::new_v4();
                    patience.pause().await?;
                }
                // Perhaps the table is still at it: by the token it knows that it is the same one.
                Outcome::NotNow => patience.pause().await?,
                // Perhaps it happened and only the answer was lost. Whoever says "it did not work"
                // now may be wrong, so the table is asked again, by the same token.
                Outcome::Uncertain if patience.pause().await.is_ok() => {}
                Outcome::Uncertain | Outcome::Failed => return Err(error.into()),
            }
        }
    }

    fn request(&self, table: &str) -> Result<Vec<TransactWriteItem>, StoreError> {
        let steps = self.steps.iter();
        steps.map(|(_, step)| step.request(table)).collect()
    }

    fn outcome(&self, error: &SdkError<TransactWriteItemsError, HttpResponse>) -> Outcome {
        let said = error.as_service_error();
        let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = said else {
            return match () {
                () if is_not_now(error) => Outcome::NotNow,
                () if is_uncertain(error) => Outcome::Uncertain,
                () => Outcome::Failed,
            };
        };
        let codes = cancelled
            .cancellation_reasons()
            .iter()
            .map(|reason| reason.code());
        let mut outcome = Outcome::Failed;
        for ((rule, _), code) in self.steps.iter().zip(codes) {
            match code {
                Some("ConditionalCheckFailed") => return Outcome::Refused(*rule),
                Some(
                    "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded",
                ) => {
                    outcome = Outcome::Cancelled;
                }
                _ => {}
            }
        }
        outcome
    }
}

/// What an attempt came to that was not taken.
enum Outcome {
    /// A condition did not hold.
    Refused(Rule),
    /// Nothing happened, because others were at the same items or there was too much to do.
    Cancelled,
    /// It was not taken yet.
    NotNow,
    /// Nobody knows: no answer came, or one that says nothing.
    Uncertain,
    /// Trying again does not help.
    Failed,
}

impl Step {
    fn request(&self, table: &str) -> Result<TransactWriteItem, StoreError> {
        let incomplete =
            |error: aws_sdk_dynamodb::error::BuildError| StoreError::Unavailable(error.to_string());
        let builder = TransactWriteItem::builder();
        let request = match self {
            Self::Put(item, condition) => builder.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(item.clone()))
                    .set_condition_expression(condition.clone())
                    .build()
                    .map_err(incomplete)?,
            ),
            Self::Update(key, expression) => builder.update(
                Update::builder()
                    .table_name(table)
                    .set_key(Some(primary(key)))
                    .set_update_expression(expression.change.clone())
                    .set_condition_expression(expression.condition.clone())
                    .set_expression_attribute_names(expression.names())
                    .set_expression_attribute_values(expression.values())
                    .build()
                    .map_err(incomplete)?,
            ),
            Self::Delete(key, expression) => builder.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(primary(key)))
                    .set_condition_expression(expression.condition.clone())
                    .set_expression_attribute_names(expression.names())
                    .set_expression_attribute_values(expression.values())
                    .build()
                    .map_err(incomplete)?,
            ),
            Self::Check(key, expression) => builder.condition_check(
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(primary(key)))
                    .condition_expression(expression.condition.clone().unwrap_or_default())
                    .set_expression_attribute_names(expression.names())
                    .set_expression_attribute_values(expression.values())
                    .build()
                    .map_err(incomplete)?,
            ),
        };
        Ok(request.build())
    }
}
