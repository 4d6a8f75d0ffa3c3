//! The table. One struct, with a method for each access pattern; the methods live with their
//! subject: [`comments`], [`members`], [`seats`], [`waiting`], [`outbox`], [`limits`]. How long it tries
//! again when others are at the same items, is in [`patience`].

pub(crate) mod answers;
pub(crate) mod boards;
pub(crate) mod comments;
pub(crate) mod companies;
pub(crate) mod corrections;
pub(crate) mod courses;
pub(crate) mod decisions;
pub(crate) mod deletions;
pub(crate) mod digests;
pub(crate) mod drafts;
pub(crate) mod earlier;
pub(crate) mod expression;
pub(crate) mod follows;
pub(crate) mod item;
pub(crate) mod keys;
pub(crate) mod kinds;
pub(crate) mod later;
pub(crate) mod leaving;
pub(crate) mod limits;
pub mod mail_stops;
pub(crate) mod marks;
pub(crate) mod members;
pub(crate) mod moderation_log;
pub(crate) mod outbox;
pub(crate) mod passkeys;
pub(crate) mod patience;
pub(crate) mod progress;
pub(crate) mod promotion;
pub(crate) mod queue;
pub(crate) mod reports;
pub mod roles;
pub(crate) mod seats;
pub(crate) mod sign_ins;
pub mod suggestions;
pub(crate) mod threads;
pub(crate) mod transaction;
pub(crate) mod waiting;
pub mod weeks;

use crate::words::Language;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use item::{Item, from_item, item, key_of};
use item::{ItemExt, primary, readable};
use keys::Key;
pub use patience::Pauses;

use crate::meter::Meter;

/// The schema of the table, as DynamoDB's `CreateTable` takes it.
pub const SCHEMA: &str = include_str!("../../../../infra/table.json");

/// The most items that one request gets.
const BATCH_GET: usize = 100;

/// The table could not be asked, or answered what cannot be.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No answer, a failure of the service, or no permission. Trying again may help.
    #[error("the table does not answer: {0}")]
    Unavailable(String),
    /// An item is not what the code expects.
    #[error("an item in the table has an unknown shape: {0}")]
    Malformed(#[from] serde_dynamo::Error),
    /// Other writers were faster each time.
    #[error("other writers were faster each time")]
    Contended,
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] crate::seal::RandomError),
}

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    /// Keeps the code and message of the service, never the request or response: they hold what
    /// people wrote.
    fn from(error: SdkError<E, R>) -> Self {
        Self::Unavailable(match error.as_service_error() {
            Some(said) => format!(
                "{}: {}",
                said.code().unwrap_or("no code"),
                said.message().unwrap_or("no message")
            ),
            None => match error {
                SdkError::TimeoutError(_) => "no answer in time".to_owned(),
                SdkError::DispatchFailure(_) => "the request could not be sent".to_owned(),
                SdkError::ConstructionFailure(_) => "the request could not be made".to_owned(),
                _ => "the answer could not be read".to_owned(),
            },
        })
    }
}

#[derive(Debug, Serialize, serde::Deserialize)]
struct Frame {
    html: String,
}

/// The table behind its client.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) table: String,
    pauses: Pauses,
    meter: Meter,
}

impl Store {
    /// A store on the table of this name.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
            pauses: Pauses::default(),
            meter: Meter::default(),
        }
    }

    /// The same store with a meter for what it has to try again.
    #[must_use]
    pub fn with_meter(mut self, meter: Meter) -> Self {
        self.meter = meter;
        self
    }

    /// The same store with other pauses before it tries again.
    #[must_use]
    pub fn with_pauses(mut self, pauses: Pauses) -> Self {
        self.pauses = pauses;
        self
    }

    /// The frame around pages that functions answer; none before the site was published.
    pub(crate) async fn frame(&self, language: Language) -> Result<Option<String>, StoreError> {
        let frame: Option<Frame> = self.get(&keys::frame(language)).await?;
        Ok(frame.map(|frame| frame.html))
    }

    /// Keeps the frame, if it is another one.
    pub(crate) async fn set_frame(
        &self,
        language: Language,
        html: String,
    ) -> Result<(), StoreError> {
        if self.frame(language).await?.as_ref() == Some(&html) {
            return Ok(());
        }
        self.put(item(&keys::frame(language), &Frame { html })?)
            .await
    }

    /// The item of a key, read consistently.
    async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(primary(key)))
            .consistent_read(true)
            .send()
            .await?;
        Ok(answer
            .item
            .map(serde_dynamo::aws_sdk_dynamodb_1::from_item)
            .transpose()?)
    }

    /// The items of many keys, each given once, read consistently; those that are there, in no
    /// order.
    pub(crate) async fn get_all(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(BATCH_GET) {
            let wanted = chunk.iter().map(primary).collect();
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(wanted))
                .consistent_read(true)
                .build()
                .map_err(|error| StoreError::Unavailable(error.to_string()))?;
            let mut wanted = [(self.table.clone(), wanted)].into();
            let mut patience = self.patience();
            loop {
                let request = self.client.batch_get_item();
                let request = request.set_request_items(Some(wanted));
                let answer = self.patiently(|| request.clone().send()).await?;
                found.extend(
                    answer
                        .responses
                        .into_iter()
                        .flatten()
                        .flat_map(|(_, items)| items),
                );
                match answer.unprocessed_keys.filter(|left| !left.is_empty()) {
                    Some(left) => wanted = left,
                    None => break,
                }
                patience.pause().await?;
            }
        }
        Ok(found)
    }

    /// Puts an item, whatever was there.
    async fn put(&self, item: Item) -> Result<(), StoreError> {
        let request = self.client.put_item().table_name(&self.table);
        let request = request.set_item(Some(item));
        self.patiently(|| request.clone().send()).await?;
        Ok(())
    }

    /// A change of the item of a key, still to be said.
    fn updating(&self, key: &Key) -> UpdateItemFluentBuilder {
        let request = self.client.update_item().table_name(&self.table);
        request.set_key(Some(primary(key)))
    }

    /// The removal of the item of a key.
    fn deleting(&self, key: &Key) -> DeleteItemFluentBuilder {
        let request = self.client.delete_item().table_name(&self.table);
        request.set_key(Some(primary(key)))
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let request = self.deleting(key);
        self.patiently(|| request.clone().send()).await?;
        Ok(())
    }

    /// All items of a partition whose sort key begins so, in order; all of them when nothing is
    /// asked of it, because DynamoDB refuses to look for an empty key. For partitions that are
    /// bounded by their meaning (the seats of one session); others are read with a limit.
    async fn all<T: DeserializeOwned>(&self, pk: &str, begins: &str) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
            .consistent_read(true);
        query = if begins.is_empty() {
            query.key_condition_expression("pk = :pk")
        } else {
            query
                .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
                .expression_attribute_values(":sk", AttributeValue::S(begins.to_owned()))
        };
        let mut pages = query.into_paginator().items().send();
        while let Some(item) = pages.next().await {
            found.push(serde_dynamo::aws_sdk_dynamodb_1::from_item(item?)?);
        }
        Ok(found)
    }

    /// The first (or last) items of a partition.
    async fn some(
        &self,
        pk: &str,
        limit: i32,
        newest_first: bool,
    ) -> Result<Vec<Item>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
            .scan_index_forward(!newest_first)
            .limit(limit)
            .consistent_read(true)
            .send()
            .await?;
        Ok(answer.items.unwrap_or_default())
    }
}
