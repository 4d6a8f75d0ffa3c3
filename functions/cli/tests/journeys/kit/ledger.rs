//! Somebody beside the embedded table who reads every item that was written and looks whether
//! `functions/DATA.md` knows it. So every journey holds the data map against what is stored.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, Mutex};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::{Map, Value, json};
use sodium_app::store::Store;
use sodium_cli::engine::{Engine, TABLE, client_over};

use super::roles::Guarded;

static MAP: LazyLock<DataMap> =
    LazyLock::new(|| DataMap::read(include_str!("../../../../DATA.md")));

/// An attribute of a kind of item: `("THREAD#id COMMENT#id", "author.name")`.
pub(crate) type Attribute = (String, String);

/// A table whose writes are looked at.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    engine: Engine,
    seen: Arc<Mutex<BTreeSet<Attribute>>>,
}

impl Ledger {
    pub(crate) fn over(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            seen: Arc::default(),
        }
    }

    /// The application's way to the table.
    pub(crate) fn store(&self) -> Store {
        let client = client_over(Guarded::new(self.clone()), RetryConfig::standard());
        Store::new(client, TABLE)
    }

    /// Every attribute that was written.
    pub(crate) fn written(&self) -> BTreeSet<Attribute> {
        self.seen.lock().unwrap().clone()
    }

    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default();
        let body: Value = serde_json::from_slice(body).unwrap();
        let answer = HttpConnector::call(&self.engine, request).await?;
        if answer.status().is_success() {
            for written in written(&operation, &body) {
                self.look_at(written).await;
            }
        }
        Ok(answer)
    }

    async fn look_at(&self, written: Written<'_>) {
        match written {
            Written::Whole(item) => self.note(item),
            Written::InPart(key) => {
                if let Some(item) = self.read(key).await["Item"].as_object() {
                    self.note(item);
                }
            }
        }
    }

    fn note(&self, item: &Map<String, Value>) {
        let key = |name: &str| item[name]["S"].as_str().unwrap_or_default();
        let kind = MAP.kind_of(key("pk"), key("sk"));
        for attribute in attributes(item, "") {
            if !matches!(attribute.as_str(), "pk" | "sk") {
                let attribute = MAP.known(kind, attribute);
                self.seen.lock().unwrap().insert(attribute);
            }
        }
    }

    /// What an item is now. Asks the engine itself: the SDK's client would be half of a journey's work.
    async fn read(&self, key: &Value) -> Value {
        let asked = json!({ "TableName": TABLE, "Key": key, "ConsistentRead": true });
        let mut request = HttpRequest::new(SdkBody::from(asked.to_string()));
        let headers = request.headers_mut();
        headers.insert("x-amz-target", "DynamoDB_20120810.GetItem");
        let answer = HttpConnector::call(&self.engine, request).await.unwrap();
        serde_json::from_slice(answer.body().bytes().unwrap()).unwrap()
    }
}

impl HttpConnector for Ledger {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().answer(request))
    }
}

/// An item that a request wrote.
enum Written<'a> {
    /// It stands in the request.
    Whole(&'a Map<String, Value>),
    /// Only its key and what changed stand there.
    InPart(&'a Value),
}

/// The items that a request puts or changes.
fn written<'a>(operation: &str, body: &'a Value) -> Vec<Written<'a>> {
    let steps: Vec<&Value> = match operation {
        "PutItem" | "UpdateItem" => vec![body],
        "TransactWriteItems" => {
            let steps = body["TransactItems"].as_array().unwrap().iter();
            steps
                .flat_map(|step| [&step["Put"], &step["Update"]])
                .collect()
        }
        "BatchWriteItem" => {
            let requests = body["RequestItems"][TABLE].as_array().unwrap().iter();
            requests.map(|request| &request["PutRequest"]).collect()
        }
        _ => Vec::new(),
    };
    let step = |step: &'a Value| {
        let whole = step["Item"].as_object().map(Written::Whole);
        whole.or_else(|| step.get("Key").map(Written::InPart))
    };
    steps.into_iter().filter_map(step).collect()
}

/// The names of all attributes, those in maps after a dot.
fn attributes(map: &Map<String, Value>, before: &str) -> Vec<String> {
    let names = map
        .iter()
        .flat_map(|(name, value)| match value["M"].as_object() {
            Some(inside) => attributes(inside, &format!("{before}{name}.")),
            None => vec![format!("{before}{name}")],
        });
    names.collect()
}

/// What `functions/DATA.md` lists.
pub(crate) struct DataMap(Vec<Kind>);

/// One kind of item there.
pub(crate) struct Kind {
    pk: String,
    sk: String,
    pub(crate) lead: String,
    pub(crate) attributes: Vec<Listed>,
}

/// One attribute there.
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) personal: String,
}

impl DataMap {
    /// The page, as it is now.
    pub(crate) fn now() -> &'static Self {
        &MAP
    }

    fn read(page: &str) -> Self {
        let mut kinds: Vec<Kind> = Vec::new();
        for line in page.lines() {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            if let Some(title) = line.strip_prefix("### ") {
                let mut key = title.split('`').skip(1).step_by(2);
                let mut part = || {
                    key.next()
                        .unwrap_or_else(|| panic!("DATA.md: {line}"))
                        .to_owned()
                };
                let (pk, sk) = (part(), part());
                let (lead, attributes) = (String::new(), Vec::new());
                kinds.push(Kind {
                    pk,
                    sk,
                    lead,
                    attributes,
                });
            } else if let (Some(kind), [_, name, _, personal, why, until, to, _]) =
                (kinds.last_mut(), cells.as_slice())
            {
                let Some(name) = name.strip_prefix('`').and_then(|n| n.strip_suffix('`')) else {
                    continue;
                };
                assert!(
                    matches!(*personal, "yes" | "no" | "reference" | "sealed"),
                    "DATA.md: {personal} in {line}"
                );
                let told = [why, until, to].iter().all(|cell| !cell.is_empty());
                assert!(told, "DATA.md leaves something open: {line}");
                let (name, personal) = (name.to_owned(), (*personal).to_owned());
                kind.attributes.push(Listed { name, personal });
            } else if let Some(kind) = kinds.last_mut().filter(|_| !line.starts_with('|')) {
                kind.lead.push_str(line);
            }
        }
        Self(kinds)
    }

    fn kind_of(&self, pk: &str, sk: &str) -> &Kind {
        let found = self
            .0
            .iter()
            .find(|kind| fits(&kind.pk, pk) && fits(&kind.sk, sk));
        let shape = |key: &str| key.split_inclusive('#').next().unwrap().to_owned();
        found.unwrap_or_else(|| {
            panic!(
                "functions/DATA.md has no kind for the key {}… {}…. Add a heading with the key as \
                 store/keys.rs has it, and a table with a row for each attribute.",
                shape(pk),
                shape(sk)
            )
        })
    }

    fn known(&self, kind: &Kind, attribute: String) -> Attribute {
        assert!(
            kind.attributes
                .iter()
                .any(|listed| listed.name == attribute),
            "functions/DATA.md has no row for `{attribute}` under `{}` `{}`: say there what it is, \
             whether it is personal, why it is kept, how long, and where it goes.",
            kind.pk,
            kind.sk
        );
        (kind.name(), attribute)
    }

    pub(crate) fn kinds(&self) -> &[Kind] {
        &self.0
    }

    /// Every attribute that is listed.
    pub(crate) fn listed(&self) -> BTreeSet<Attribute> {
        let kinds = self.0.iter();
        let all = kinds.flat_map(|kind| {
            let attributes = kind.attributes.iter();
            attributes.map(|attribute| (kind.name(), attribute.name.clone()))
        });
        all.collect()
    }
}

impl Kind {
    /// The key, as headings have it.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.pk, self.sk)
    }
}

/// Whether a key is one of a pattern: capitals and what stands between them are literal, and the
/// first small letter begins what differs.
fn fits(pattern: &str, key: &str) -> bool {
    match pattern.find(|c: char| c.is_ascii_lowercase()) {
        Some(end) => key.starts_with(&pattern[..end]),
        None => key == pattern,
    }
}
