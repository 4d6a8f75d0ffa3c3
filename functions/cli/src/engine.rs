//! The embedded DynamoDB engine behind the AWS SDK: the SDK's HTTP client is replaced by one that
//! hands each request to the engine in this process. Nothing listens on a socket, and no code of
//! the application knows which of the two it talks to.

use std::path::Path;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sodium_app::store::SCHEMA;

/// The name of the table in the engine.
pub const TABLE: &str = "sodium";

/// The engine could not be started.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database file cannot be opened.
    #[error("the database {0} cannot be opened: {1}")]
    Open(String, String),
    /// The table cannot be made.
    #[error("the table cannot be made: {0}")]
    Table(String),
}

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    database: Database,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    /// Opens or makes the database file, with the table in it. Each commit is on disk before it is
    /// acknowledged: the engine keeps `SQLite`'s default, `synchronous=FULL` with a write-ahead log.
    ///
    /// # Errors
    /// When the file cannot be opened or the table cannot be made.
    pub fn open(file: &Path) -> Result<Self, EngineError> {
        let path = file.to_string_lossy();
        let database = Database::new(&path)
            .map_err(|error| EngineError::Open(path.into_owned(), error.to_string()))?;
        Self::with_table(database)
    }

    /// An engine that forgets everything when it is dropped: for tests.
    ///
    /// # Errors
    /// When the table cannot be made.
    pub fn in_memory() -> Result<Self, EngineError> {
        let database = Database::memory()
            .map_err(|error| EngineError::Open("in memory".into(), error.to_string()))?;
        Self::with_table(database)
    }

    fn with_table(database: Database) -> Result<Self, EngineError> {
        let failed = |error: &dyn std::fmt::Display| EngineError::Table(error.to_string());
        let known = database
            .get_table_metadata(TABLE)
            .map_err(|error| failed(&error))?
            .is_some();
        if !known {
            let mut schema: serde_json::Value =
                serde_json::from_str(SCHEMA).map_err(|error| failed(&error))?;
            schema["TableName"] = TABLE.into();
            let request = serde_json::from_value(schema).map_err(|error| failed(&error))?;
            database
                .create_table(request)
                .map_err(|error| failed(&error))?;
        }
        // Also when a process ended between making the table and this; saying it twice is refused,
        // and no error.
        let ttl = serde_json::json!({
            "TableName": TABLE,
            "TimeToLiveSpecification": { "AttributeName": "expires_at", "Enabled": true },
        });
        let request = serde_json::from_value(ttl).map_err(|error| failed(&error))?;
        let _ = database.update_time_to_live(request);
        Ok(Self { database })
    }

    /// Removes items that have expired, as DynamoDB does by itself. Returns how many.
    pub fn sweep(&self) -> usize {
        self.database.sweep_ttl().unwrap_or(0)
    }

    /// Everything in the table, each item as DynamoDB's JSON. No request asks for that; tests do,
    /// which look for what should not be there.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub fn items(&self) -> Result<Vec<serde_json::Value>, EngineError> {
        let failed = |error: String| EngineError::Table(error);
        let (mut found, mut start) = (Vec::new(), serde_json::Value::Null);
        loop {
            let asked = serde_json::json!({ "TableName": TABLE, "ExclusiveStartKey": start });
            let body = asked.to_string().into_bytes();
            let answer = run(&body, |request| self.database.scan(request));
            let answer = answer.map_err(|error| failed(error.to_string()))?;
            let mut answer: serde_json::Value =
                serde_json::from_str(&answer).map_err(|error| failed(error.to_string()))?;
            if let serde_json::Value::Array(items) = answer["Items"].take() {
                found.extend(items);
            }
            start = answer["LastEvaluatedKey"].take();
            if start.is_null() {
                return Ok(found);
            }
        }
    }

    /// A client of the SDK that talks to this engine.
    pub fn client(&self) -> aws_sdk_dynamodb::Client {
        client_over(self.clone(), RetryConfig::standard())
    }

    /// One call, as JSON in and out. Blocks while the engine works.
    fn call(&self, operation: &str, body: &[u8]) -> (u16, String) {
        let database = &self.database;
        let answer = match operation {
            "GetItem" => run(body, |request| database.get_item(request)),
            "PutItem" => run(body, |request| database.put_item(request)),
            "DeleteItem" => run(body, |request| database.delete_item(request)),
            "UpdateItem" => run(body, |request| database.update_item(request)),
            "Query" => run(body, |request| database.query(request)),
            // For the operator's export. No function asks for it.
            "Scan" => run(body, |request| database.scan(request)),
            "BatchGetItem" => run(body, |request| database.batch_get_item(request)),
            "BatchWriteItem" => run(body, |request| database.batch_write_item(request)),
            "TransactWriteItems" => run(body, |request| {
                database.transact_write_items(without_token(request))
            }),
            "TransactGetItems" => run(body, |request| database.transact_get_items(request)),
            other => Err(DynoxideError::ValidationException(format!(
                "{other} is not used here"
            ))),
        };
        match answer {
            Ok(answer) => (200, answer),
            Err(error) => (error.status_code(), error.to_json()),
        }
    }
}

/// A client of the SDK whose calls go to `connector`: an engine, or what a test puts before one.
pub fn client_over(
    connector: impl HttpConnector + 'static,
    retries: RetryConfig,
) -> aws_sdk_dynamodb::Client {
    let connector = SharedHttpConnector::new(connector);
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("local", "local", None, None, "embedded"))
        .endpoint_url("http://embedded.invalid")
        .retry_config(retries)
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

/// The request without the token by which a second sending of it would be recognised. The SDK sends
/// again what the network may have lost, and here is no network. The engine would keep each token
/// for ten minutes and look through all of them at every transaction: after 20,000 comments that
/// was most of the cost of a comment.
fn without_token(mut request: TransactWriteItemsRequest) -> TransactWriteItemsRequest {
    request.client_request_token = None;
    request
}

fn run<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    call: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request = serde_json::from_slice(body)
        .map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    serde_json::to_string(&call(request)?)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

impl HttpConnector for Engine {
    /// Runs the call on a thread for blocking work: the engine waits for the disk, and the threads
    /// that serve requests must not.
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = self.clone();
        HttpConnectorFuture::new(async move {
            let target = request
                .headers()
                .get("x-amz-target")
                .unwrap_or_default()
                .to_owned();
            let body = request
                .body()
                .bytes()
                .map(<[u8]>::to_vec)
                .unwrap_or_default();
            let (status, answer) = tokio::task::spawn_blocking(move || {
                let operation = target.rsplit('.').next().unwrap_or_default();
                Self::call(&engine, operation, &body)
            })
            .await
            .map_err(|error| ConnectorError::other(error.into(), None))?;
            let status = status
                .try_into()
                .map_err(|_| ConnectorError::other(format!("status {status}").into(), None))?;
            let mut response = HttpResponse::new(status, SdkBody::from(answer));
            response
                .headers_mut()
                .insert("content-type", "application/x-amz-json-1.0");
            Ok(response)
        })
    }
}
