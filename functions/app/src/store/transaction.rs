//! One transaction: everything that a request changes, or nothing. Each step names the rule that
//! its condition restates, so a refusal says which rule it was.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update,
};
use sodium_domain::id::MemberId;

use super::keys::{self, Key};
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
    /// The link was not used.
    LinkUnused,
    /// No member has this address yet.
    AddressIsNew,
    /// No member has this name or one that looks like it.
    NameIsFree,
    /// The member has no name yet.
    Nameless,
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
    /// The place is the next one.
    PlaceIsNext,
    /// The entry is not confirmed.
    NotConfirmed,
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commit {
    /// All of it happened.
    Done,
    /// None of it happened, because of this rule: the first refused, in the order of the steps.
    Refused(Rule),
}

/// An update or condition expression with what it names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expression {
    change: Option<String>,
    condition: Option<String>,
    values: Item,
}

impl Expression {
    pub(crate) fn change(text: &str) -> Self {
        Self {
            change: Some(text.into()),
            ..Self::default()
        }
    }

    pub(crate) fn when(text: &str) -> Self {
        Self::default().and_when(text)
    }

    pub(crate) fn and_when(mut self, text: &str) -> Self {
        self.condition = Some(text.into());
        self
    }

    pub(crate) fn text(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values
            .insert(name.into(), AttributeValue::S(value.into()));
        self
    }

    pub(crate) fn number(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.values
            .insert(name.into(), AttributeValue::N(value.to_string()));
        self
    }

    pub(crate) fn value(
        mut self,
        name: &str,
        value: &impl serde::Serialize,
    ) -> Result<Self, StoreError> {
        let value = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value)?;
        self.values.insert(name.into(), value);
        Ok(self)
    }

    /// The attribute names behind `#name` in the expressions. Names always go this way, because
    /// DynamoDB reserves hundreds of words (`state`, `number`, `count` …).
    fn names(&self) -> Option<HashMap<String, String>> {
        let text =
            [self.change.as_deref(), self.condition.as_deref()].map(Option::unwrap_or_default);
        let names: HashMap<String, String> = text
            .iter()
            .flat_map(|text| text.split('#').skip(1))
            .map(|rest| {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                &rest[..end.unwrap_or(rest.len())]
            })
            .map(|name| (format!("#{name}"), name.to_owned()))
            .collect();
        (!names.is_empty()).then_some(names)
    }

    fn values(&self) -> Option<Item> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}

/// How often a transaction is tried again when another one touches the same items at that moment.
const ATTEMPTS: u32 = 6;

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

    /// Goes through only while the member is one.
    pub(crate) fn by_member(mut self, member: MemberId) -> Self {
        let condition = Expression::when("attribute_exists(pk)");
        self.steps.push((
            Rule::MemberStays,
            Step::Check(keys::member(member), condition),
        ));
        self
    }

    /// Commits, trying again while another transaction holds an item.
    pub(crate) async fn commit(self, store: &Store) -> Result<Commit, StoreError> {
        let mut request = Vec::with_capacity(self.steps.len());
        for (_, step) in &self.steps {
            request.push(step.request(&store.table)?);
        }
        for attempt in 1..=ATTEMPTS {
            let sent = store
                .client
                .transact_write_items()
                .set_transact_items(Some(request.clone()))
                .send()
                .await;
            let Err(error) = sent else {
                return Ok(Commit::Done);
            };
            match self.outcome(error.as_service_error()) {
                Outcome::Refused(rule) => return Ok(Commit::Refused(rule)),
                Outcome::Conflict if attempt < ATTEMPTS => {
                    tokio::time::sleep(std::time::Duration::from_millis(5 << attempt)).await;
                }
                Outcome::Conflict => return Err(StoreError::Contended),
                Outcome::Failed => return Err(error.into()),
            }
        }
        Err(StoreError::Contended)
    }

    fn outcome(&self, error: Option<&TransactWriteItemsError>) -> Outcome {
        let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error else {
            return match error.and_then(|e| e.code()) {
                Some("TransactionInProgressException") => Outcome::Conflict,
                _ => Outcome::Failed,
            };
        };
        let codes = cancelled
            .cancellation_reasons()
            .iter()
            .map(|reason| reason.code());
        let mut conflict = false;
        for ((rule, _), code) in self.steps.iter().zip(codes) {
            match code {
                Some("ConditionalCheckFailed") => return Outcome::Refused(*rule),
                Some("TransactionConflict" | "ThrottlingError") => conflict = true,
                _ => {}
            }
        }
        if conflict {
            Outcome::Conflict
        } else {
            Outcome::Failed
        }
    }
}

enum Outcome {
    Refused(Rule),
    Conflict,
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

fn primary(key: &Key) -> Item {
    Item::from([
        ("pk".into(), AttributeValue::S(key.pk.clone())),
        ("sk".into(), AttributeValue::S(key.sk.clone())),
    ])
}
