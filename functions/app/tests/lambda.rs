//! The Lambda binaries start, take an event from a runtime and answer it. The runtime here speaks
//! the Runtime API as far as one invocation needs; a table that is always empty stands behind it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::{Value, json};
use sodium_app::seal::{Keys, Purpose};
use sodium_app::web::guard::ORIGIN_HEADER;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// How long a binary may take; far more than it does on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone)]
struct Runtime {
    event: Arc<Mutex<Option<Value>>>,
    answers: mpsc::UnboundedSender<Value>,
}

async fn next(State(runtime): State<Runtime>) -> impl IntoResponse {
    let event = runtime.event.lock().unwrap().take();
    let Some(event) = event else {
        // Like the real one, it answers the second call only when there is a second event.
        return std::future::pending().await;
    };
    let mut headers = HeaderMap::new();
    headers.insert("lambda-runtime-aws-request-id", "one".parse().unwrap());
    headers.insert(
        "lambda-runtime-deadline-ms",
        "99999999999999".parse().unwrap(),
    );
    let arn = "arn:aws:lambda:eu-central-1:1:function:test"
        .parse()
        .unwrap();
    headers.insert("lambda-runtime-invoked-function-arn", arn);
    (headers, event.to_string())
}

async fn respond(State(runtime): State<Runtime>, body: Bytes) -> StatusCode {
    let _ = runtime.answers.send(serde_json::from_slice(&body).unwrap());
    StatusCode::ACCEPTED
}

/// A table without items: reads find nothing, writes are taken.
async fn empty_table() -> &'static str {
    "{}"
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a binary, hands it one event, and returns its answer.
async fn answer_of(binary: &str, mut event: Value) -> Value {
    let keys = Keys::generate().unwrap();
    event["headers"][ORIGIN_HEADER] = keys.origin_secret().into();
    answer_with(&keys, binary, event).await
}

async fn answer_with(keys: &Keys, binary: &str, event: Value) -> Value {
    let (answers, mut answered) = mpsc::unbounded_channel();
    let runtime = Runtime {
        event: Arc::new(Mutex::new(Some(event))),
        answers,
    };
    let api = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/one/response", post(respond))
        .route("/2018-06-01/runtime/invocation/one/error", post(respond))
        .with_state(runtime)
        .route("/", post(empty_table));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, api).await });

    let files = tempfile::tempdir().unwrap();
    write_frame(files.path());
    let _running = Running(
        Command::new(binary)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", &address)
            .env("AWS_LAMBDA_FUNCTION_NAME", "test")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{address}"))
            .env("SODIUM_TABLE", "sodium")
            .env("SODIUM_FILES", files.path())
            .env("SODIUM_BASE_URL", "https://learn.example.org")
            .env("SODIUM_MAIL_FROM", "community@learn.example.org")
            .env("SODIUM_SMTP", "smtp://127.0.0.1:1")
            .env("SODIUM_KEYS", keys.to_text())
            .stdout(Stdio::null())
            .spawn()
            .unwrap(),
    );
    tokio::time::timeout(PATIENCE, answered.recv())
        .await
        .unwrap()
        .unwrap()
}

fn write_frame(files: &Path) {
    std::fs::create_dir_all(files.join("shells/frame")).unwrap();
    let frame = "<title>%SODIUM_TITLE%</title><main><sodium-main></sodium-main></main>";
    std::fs::write(files.join("shells/frame/index.html"), frame).unwrap();
}

fn http(method: &str, path: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "",
        "headers": { "host": "learn.example.org" },
        "requestContext": {
            "accountId": "1", "apiId": "api", "domainName": "learn.example.org",
            "domainPrefix": "learn", "requestId": "one", "routeKey": "$default",
            "stage": "$default", "time": "02/Mar/2027:12:00:00 +0000", "timeEpoch": 1_804_075_200_000_i64,
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "test" },
        },
        "isBase64Encoded": false,
    })
}

#[tokio::test]
async fn comments_answers_for_its_routes_and_no_other() {
    let binary = env!("CARGO_BIN_EXE_comments");
    let form = answer_of(binary, http("GET", "/api/threads/first-lesson/form")).await;
    assert_eq!(form["statusCode"], 200, "{form}");
    assert!(
        form["body"].as_str().unwrap().contains("\"token\""),
        "{form}"
    );
    let other = answer_of(binary, http("GET", "/api/account")).await;
    assert_eq!(other["statusCode"], 404, "{other}");
}

#[tokio::test]
async fn what_did_not_come_through_the_cdn_gets_no_answer() {
    let keys = Keys::generate().unwrap();
    let stranger = Keys::generate().unwrap().origin_secret();
    for secret in [None, Some(stranger)] {
        let mut event = http("GET", "/api/waitlist/sent");
        if let Some(secret) = secret {
            event["headers"][ORIGIN_HEADER] = secret.into();
        }
        let answer = answer_with(&keys, env!("CARGO_BIN_EXE_waitlist"), event).await;
        assert_eq!(answer["statusCode"], 421, "{answer}");
        let body = answer["body"].as_str().unwrap_or_default();
        assert!(body.is_empty(), "{answer}");
    }
}

#[tokio::test]
async fn signups_answers_with_a_page_in_the_frame() {
    let page = answer_of(env!("CARGO_BIN_EXE_signups"), http("GET", "/api/account")).await;
    assert_eq!(page["statusCode"], 401, "{page}");
    assert!(
        page["body"]
            .as_str()
            .unwrap()
            .contains("<title>Sign in first</title>"),
        "{page}"
    );
}

#[tokio::test]
async fn waitlist_answers_with_a_page_in_the_frame() {
    let page = answer_of(
        env!("CARGO_BIN_EXE_waitlist"),
        http("GET", "/api/waitlist/sent"),
    )
    .await;
    assert_eq!(page["statusCode"], 200, "{page}");
    assert_eq!(page["headers"]["cache-control"], "no-store", "{page}");
}

#[tokio::test]
async fn relay_works_new_outbox_items_and_names_the_ones_that_stay() {
    let record = |sequence: &str, name: &str, work: Value| {
        json!({
            "eventID": sequence, "eventName": name, "eventVersion": "1.1", "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1", "eventSourceARN": "arn:aws:dynamodb:eu-central-1:1:table/sodium",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_804_075_200, "SequenceNumber": sequence,
                "SizeBytes": 100, "StreamViewType": "NEW_IMAGE", "Keys": {},
                "NewImage": {
                    "pk": { "S": "OUTBOX#0" },
                    "sk": { "S": format!("018f0000-0000-7000-8000-{sequence:0>12}") },
                    "id": { "S": format!("018f0000-0000-7000-8000-{sequence:0>12}") },
                    "work": { "M": work },
                },
            },
        })
    };
    let seats =
        json!({ "follow": { "S": "seats-changed" }, "session": { "S": "no-such-session" } });
    let keys = Keys::generate().unwrap();
    let letter = json!({ "letter": "sign-in", "address": "ana@example.org", "token": "t" });
    let sealed = keys.seal(Purpose::Mail, &letter).unwrap();
    // No mail server listens, so this one stays.
    let mail = json!({ "follow": { "S": "mail" }, "sealed": { "S": sealed } });
    let event = json!({ "Records": [
        record("1", "INSERT", seats.clone()),
        record("2", "INSERT", mail),
        record("3", "REMOVE", seats),
    ] });

    let answer = answer_with(&keys, env!("CARGO_BIN_EXE_relay"), event).await;
    assert_eq!(
        answer,
        json!({ "batchItemFailures": [{ "itemIdentifier": "2" }] })
    );
}
