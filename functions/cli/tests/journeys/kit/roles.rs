//! Who asks the table: each request of the journeys runs as one of the five functions, and may ask for
//! what `infra/permissions.toml` gives that function and for nothing else, as on AWS. The template's
//! roles are held to the same file by the tests in `infra/`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use serde_json::Value;
use sodium_app::routes::{self, Route};

tokio::task_local! {
    static FUNCTION: &'static str;
}

/// A function, an index or the table itself, and an action as IAM calls it.
pub(crate) type Ask = (String, String, String);

static ALLOWED: LazyLock<BTreeSet<Ask>> = LazyLock::new(|| {
    let text = include_str!("../../../../../infra/permissions.toml");
    let functions: BTreeMap<String, BTreeMap<String, Vec<String>>> = toml::from_str(text).unwrap();
    let places = functions.into_iter().flat_map(|(function, places)| {
        let place = move |(place, actions): (String, Vec<String>)| {
            let function = function.clone();
            let ask = move |action| (function.clone(), place.clone(), action);
            actions.into_iter().map(ask)
        };
        places.into_iter().flat_map(place)
    });
    places.collect()
});

/// Everything that the functions may ask for.
pub(crate) fn allowed() -> &'static BTreeSet<Ask> {
    &ALLOWED
}

/// Has each request run as the function that serves its route.
pub(crate) fn guarded(router: Router) -> Router {
    router.layer(from_fn(
        async |request: Request, next: Next| match function_of(request.uri().path()) {
            Some(function) => run_as(function, next.run(request)).await,
            None => next.run(request).await,
        },
    ))
}

/// The function whose route fits a path, by most words.
fn function_of(path: &str) -> Option<&'static str> {
    static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| routes::all().listed().to_vec());
    let parts: Vec<&str> = path.split('/').collect();
    let words_alike = |route: &Route| {
        let names: Vec<&str> = route.path.split('/').collect();
        let pairs = || names.iter().zip(&parts);
        let fits = names.len() == parts.len()
            && pairs().all(|(name, part)| name.starts_with('{') || name == part);
        fits.then(|| pairs().filter(|(name, part)| name == part).count())
    };
    let fitting = ROUTES
        .iter()
        .filter_map(|route| Some((words_alike(route)?, route.function)));
    fitting.max().map(|(_, function)| function)
}

/// Does work as a function.
pub(crate) async fn run_as<T>(function: &'static str, work: impl Future<Output = T>) -> T {
    FUNCTION.scope(function, work).await
}

/// What stands before a table and lets through what a function may ask. What no function asks – a
/// deploy, or a test that looks for itself – passes.
#[derive(Debug, Clone)]
pub(crate) struct Guarded<C> {
    table: C,
    asked: Arc<Mutex<BTreeSet<Ask>>>,
}

impl<C> Guarded<C> {
    pub(crate) fn new(table: C) -> Self {
        Self {
            table,
            asked: Arc::default(),
        }
    }

    /// What was asked for until now.
    pub(crate) fn asked(&self) -> BTreeSet<Ask> {
        self.asked.lock().unwrap().clone()
    }

    fn check(&self, request: &HttpRequest) {
        let Ok(function) = FUNCTION.try_with(|function| *function) else {
            return;
        };
        for (place, action) in asks(request) {
            let ask = (function.to_owned(), place, action);
            assert!(
                ALLOWED.contains(&ask),
                "the function {} asks for {} on {}, which AWS would refuse: infra/permissions.toml \
                 and its role in infra/template.yaml do not allow it",
                ask.0,
                ask.2,
                ask.1
            );
            self.asked.lock().unwrap().insert(ask);
        }
    }
}

/// The permissions that IAM looks for. A transaction is allowed by its steps.
fn asks(request: &HttpRequest) -> Vec<(String, String)> {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default();
    let body = request.body().bytes().unwrap_or_default();
    let body: Value = serde_json::from_slice(body).unwrap();
    let on_table = |action: &str| ("table".to_owned(), action.to_owned());
    match operation {
        "TransactWriteItems" => {
            let steps = body["TransactItems"].as_array().unwrap();
            let kinds = steps
                .iter()
                .map(|step| step.as_object().unwrap().keys().next().unwrap());
            kinds.map(|kind| on_table(&format!("{kind}Item"))).collect()
        }
        "TransactGetItems" => vec![on_table("GetItem")],
        "Query" => {
            let index = body["IndexName"].as_str().unwrap_or("table");
            vec![(index.to_owned(), operation.to_owned())]
        }
        _ => vec![on_table(operation)],
    }
}

impl<C: HttpConnector> HttpConnector for Guarded<C> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.check(&request);
        self.table.call(request)
    }
}
