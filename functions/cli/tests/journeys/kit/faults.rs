//! A table that behaves as DynamoDB does on a bad day. It stands between the SDK and the engine, so
//! the application meets real requests and real answers.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use sodium_app::store::{Pauses, Store};
use sodium_cli::engine::{Engine, TABLE, client_over};
use tokio::sync::Notify;

/// A table whose weather a test decides.
#[derive(Debug, Clone)]
pub(crate) struct Table(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: Engine,
    calls: Mutex<BTreeMap<String, usize>>,
    /// Out of a hundred writes, so many are refused for now.
    refused: AtomicU32,
    dice: AtomicU64,
    /// What the index of belongings answered before it stood still, by owner.
    stale_index: Mutex<Option<HashMap<String, String>>>,
    index_is_empty: AtomicBool,
    held: Mutex<Option<Held>>,
}

/// A transaction that waits on its way.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    mark: String,
    arrived: Arc<Notify>,
    goes_on: Arc<Notify>,
}

impl Held {
    /// Waits until the transaction is on its way.
    pub(crate) async fn arrives(&self) {
        self.arrived.notified().await;
    }

    /// Lets it go on.
    pub(crate) fn goes_on(&self) {
        self.goes_on.notify_one();
    }
}

impl Table {
    /// A table in fair weather.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            engine: Engine::in_memory().unwrap(),
            calls: Mutex::default(),
            refused: AtomicU32::new(0),
            dice: AtomicU64::new(0x5EED),
            stale_index: Mutex::default(),
            index_is_empty: AtomicBool::new(false),
            held: Mutex::default(),
        }))
    }

    /// The application's way to it. Whoever is refused lets the others go first and waits for nothing.
    pub(crate) fn store(&self) -> Store {
        let client = client_over(self.clone(), RetryConfig::disabled());
        Store::new(client, TABLE).with_pauses(Pauses::Turns)
    }

    /// Puts something that nobody can read into an attribute of an item.
    pub(crate) async fn spoils(&self, key: (&str, &str), attribute: &str) {
        self.writes(key, attribute, "nothing that belongs here")
            .await;
    }

    /// Puts a text into an attribute of an item, past the weather and past all rules.
    pub(crate) async fn writes(&self, (pk, sk): (&str, &str), attribute: &str, value: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let update = self.0.engine.client().update_item().table_name(TABLE);
        update
            .key("pk", text(pk))
            .key("sk", text(sk))
            .update_expression("SET #attribute = :value")
            .expression_attribute_names("#attribute", attribute)
            .expression_attribute_values(":value", text(value))
            .send()
            .await
            .unwrap();
    }

    /// From now on refuses so many of a hundred writes, for every reason that DynamoDB has.
    pub(crate) fn refuses(&self, of_a_hundred: u32) {
        self.0.refused.store(of_a_hundred, Ordering::SeqCst);
    }

    /// From now on the index of belongings shows nothing, or everything again.
    pub(crate) fn index_shows_nothing(&self, nothing: bool) {
        self.0.index_is_empty.store(nothing, Ordering::SeqCst);
    }

    /// From now on the index of belongings repeats for each owner what it says first, or stops that.
    pub(crate) fn index_stands_still(&self, still: bool) {
        *self.0.stale_index.lock().unwrap() = still.then(HashMap::new);
    }

    /// Holds the next transaction that mentions `mark`.
    pub(crate) fn holds(&self, mark: &str) -> Held {
        let held = Held {
            mark: mark.to_owned(),
            arrived: Arc::default(),
            goes_on: Arc::default(),
        };
        *self.0.held.lock().unwrap() = Some(held.clone());
        held
    }

    /// The calls since it was asked last, by operation.
    pub(crate) fn calls(&self) -> BTreeMap<String, usize> {
        std::mem::take(&mut self.0.calls.lock().unwrap())
    }

    /// A number below a hundred; the same numbers in every run.
    fn dice(&self) -> u32 {
        let step = |seed: u64| {
            let mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
            (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
        };
        let before = self
            .0
            .dice
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |s| Some(step(s)));
        u32::try_from((before.unwrap() >> 33) % 100).unwrap()
    }

    /// What a busy table says to a write instead of doing it.
    fn refusal(&self, operation: &str, body: &Value) -> Option<(u16, Value)> {
        if self.dice() >= self.0.refused.load(Ordering::SeqCst) {
            return None;
        }
        let error = |kind: &str| {
            json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"),
            "message": "not now" })
        };
        let throttled = [
            "ThrottlingException",
            "ProvisionedThroughputExceededException",
        ];
        Some(match (operation, self.dice() % 4) {
            ("TransactWriteItems", 0) => (400, error("TransactionInProgressException")),
            ("TransactWriteItems", 1 | 2) => {
                let steps = body["TransactItems"].as_array().unwrap().len();
                let mut reasons = vec![json!({ "Code": "None" }); steps];
                reasons[steps / 2] = json!({ "Code": "TransactionConflict", "Message": "busy" });
                let mut cancelled = error("TransactionCanceledException");
                cancelled["CancellationReasons"] = reasons.into();
                (400, cancelled)
            }
            ("BatchWriteItem", _) => (200, json!({ "UnprocessedItems": body["RequestItems"] })),
            ("PutItem" | "UpdateItem" | "DeleteItem", 1 | 2) => {
                (400, error("TransactionConflictException"))
            }
            ("TransactWriteItems" | "PutItem" | "UpdateItem" | "DeleteItem", roll) => {
                (400, error(throttled[usize::from(roll == 3)]))
            }
            ("BatchGetItem", _) => (
                200,
                json!({ "Responses": {}, "UnprocessedKeys": body["RequestItems"] }),
            ),
            _ => return None,
        })
    }

    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, Fault> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default();
        let body: Value = serde_json::from_slice(body).unwrap();
        *self
            .0
            .calls
            .lock()
            .unwrap()
            .entry(operation.clone())
            .or_default() += 1;
        if let Some((status, refusal)) = self.refusal(&operation, &body) {
            return Ok(response(status, refusal.to_string()));
        }
        if operation == "TransactWriteItems" {
            self.hold(&body).await;
        }
        if body["IndexName"] != "by-owner" {
            return HttpConnector::call(&self.0.engine, request).await;
        }
        self.index(request, &body).await
    }

    async fn hold(&self, body: &Value) {
        let mentioned = |held: &mut Held| body.to_string().contains(&held.mark);
        let held = self.0.held.lock().unwrap().take_if(mentioned);
        if let Some(held) = held {
            held.arrived.notify_one();
            held.goes_on.notified().await;
        }
    }

    async fn index(&self, request: HttpRequest, body: &Value) -> Result<HttpResponse, Fault> {
        if self.0.index_is_empty.load(Ordering::SeqCst) {
            return Ok(response(
                200,
                json!({ "Items": [], "Count": 0 }).to_string(),
            ));
        }
        let owner = body["ExpressionAttributeValues"].to_string();
        if let Some(known) = self.said_before(&owner) {
            return Ok(response(200, known));
        }
        let answer = HttpConnector::call(&self.0.engine, request).await?;
        let text = answer.body().bytes().unwrap_or_default().to_vec();
        if let Some(stale) = self.0.stale_index.lock().unwrap().as_mut() {
            stale.insert(owner, String::from_utf8(text).unwrap());
        }
        Ok(answer)
    }
}

impl Table {
    fn said_before(&self, owner: &str) -> Option<String> {
        self.0
            .stale_index
            .lock()
            .unwrap()
            .as_ref()?
            .get(owner)
            .cloned()
    }
}

type Fault = aws_smithy_runtime_api::client::result::ConnectorError;

fn response(status: u16, body: String) -> HttpResponse {
    let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
    response
        .headers_mut()
        .insert("content-type", "application/x-amz-json-1.0");
    response
}

impl HttpConnector for Table {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().answer(request))
    }
}
