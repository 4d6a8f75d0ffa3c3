//! A table that behaves as DynamoDB does on a bad day. It stands between the SDK and the engine, so
//! the application meets real requests and real answers.

mod weather;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use sodium_app::store::{Pauses, Store};
use sodium_cli::engine::{Engine, TABLE, client_over};
use tokio::sync::Notify;

use super::roles::Guarded;
pub(crate) use weather::{BAD, Fate, with_luck_of};
use weather::{Weather, error, refusal};

/// A table whose weather a test decides.
#[derive(Debug, Clone)]
pub(crate) struct Table(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: Engine,
    calls: Mutex<BTreeMap<String, usize>>,
    weather: Weather,
    /// The tokens of the transactions that were done. The table knows by them what it did before;
    /// the engine does not look at them.
    done: Mutex<HashSet<String>>,
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
            weather: Weather::default(),
            done: Mutex::default(),
            stale_index: Mutex::default(),
            index_is_empty: AtomicBool::new(false),
            held: Mutex::default(),
        }))
    }

    /// The application's way to it. Whoever is refused lets the others go first and waits for nothing.
    pub(crate) fn store(&self) -> Store {
        self.store_with(RetryConfig::disabled())
    }

    /// The same with an SDK that sends again what fails, as it does on AWS, and waits less in between.
    pub(crate) fn store_that_sends_again(&self) -> Store {
        let moment = Duration::from_millis(1);
        self.store_with(RetryConfig::standard().with_initial_backoff(moment))
    }

    fn store_with(&self, retries: RetryConfig) -> Store {
        let client = client_over(Guarded::new(self.clone()), retries);
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
    pub(crate) fn refuses(&self, of_a_hundred: u64) {
        self.0.weather.refuses(of_a_hundred);
    }

    /// From now on so many of a hundred calls are refused, fail, are lost, lose their answer or come
    /// twice. Who is how unlucky is decided by the seed.
    pub(crate) fn storms(&self, of_a_hundred: u64, seed: u64) {
        self.0.weather.storms(of_a_hundred, seed);
    }

    /// How many calls had which fate since it was asked last.
    pub(crate) fn fates(&self) -> BTreeMap<Fate, usize> {
        self.0.weather.fates()
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
        let (fate, roll) = self.0.weather.next(&operation);
        match fate {
            Fate::Refused => {
                let (status, refusal) = refusal(&operation, &body, roll);
                return Ok(response(status, refusal.to_string()));
            }
            Fate::Broken => {
                return Ok(response(500, error("InternalServerError").to_string()));
            }
            Fate::Cut => return Err(cut_off()),
            Fate::Doubled => drop(
                self.arrive(request.try_clone().unwrap(), &operation, &body)
                    .await?,
            ),
            Fate::Lost | Fate::Fair => {}
        }
        let answer = self.arrive(request, &operation, &body).await?;
        match fate {
            Fate::Lost => Err(cut_off()),
            _ => Ok(answer),
        }
    }

    /// What the table does with a call that reached it.
    async fn arrive(
        &self,
        request: HttpRequest,
        operation: &str,
        body: &Value,
    ) -> Result<HttpResponse, Fault> {
        match operation {
            "TransactWriteItems" => self.transact(request, body).await,
            _ if body["IndexName"] == "by-owner" => self.index(request, body).await,
            _ => HttpConnector::call(&self.0.engine, request).await,
        }
    }

    /// A transaction, once for each token.
    async fn transact(&self, request: HttpRequest, body: &Value) -> Result<HttpResponse, Fault> {
        self.hold(body).await;
        let token = body["ClientRequestToken"].as_str().unwrap_or_default();
        if self.0.done.lock().unwrap().contains(token) {
            return Ok(response(200, json!({}).to_string()));
        }
        let answer = HttpConnector::call(&self.0.engine, request).await?;
        if answer.status().is_success() {
            self.0.done.lock().unwrap().insert(token.to_owned());
        }
        Ok(answer)
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

fn cut_off() -> Fault {
    Fault::io("the connection ended".into())
}

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
