//! A double of the Lambda runtime for one invocation, with a table behind it that holds nothing but
//! the frame.
//! It shows what a function answers and how soon; it enforces none of the runtime's limits.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::{Value, json};
use sodium_app::seal::Keys;
use sodium_app::web::guard::ORIGIN_HEADER;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// How long a function may take; far more than it does on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone)]
struct Runtime {
    event: Arc<Mutex<Option<Value>>>,
    answers: mpsc::UnboundedSender<(Instant, Value)>,
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
    let answer = serde_json::from_slice(&body).unwrap();
    let _ = runtime.answers.send((Instant::now(), answer));
    StatusCode::ACCEPTED
}

/// A table with nothing but the frame: reads find nothing else, writes are taken.
async fn empty_table(asked: String) -> String {
    if asked.contains("\"FRAME#en\"") {
        let frame = "<title>%SODIUM_TITLE%</title><main><sodium-main></sodium-main></main>";
        let item = json!({ "pk": { "S": "SITE" }, "sk": { "S": "FRAME#en" }, "html": { "S": frame } });
        return json!({ "Item": item }).to_string();
    }
    "{}".to_owned()
}

/// A running function; it is killed when this is dropped.
pub(crate) struct Running {
    process: Child,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        self.server.abort();
    }
}

/// What a function answered.
pub(crate) struct Answered {
    /// The answer.
    pub(crate) answer: Value,
    /// The time from the start of the process to the answer.
    pub(crate) after: Duration,
    /// The function, which waits for the next event.
    pub(crate) running: Running,
}

/// Starts a function, hands it one event, and waits for its answer.
pub(crate) async fn answer_to(event: Value, keys: &Keys, binary: &Path) -> Answered {
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
    let server = tokio::spawn(std::future::IntoFuture::into_future(axum::serve(
        listener, api,
    )));

    let files = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let process = command(binary, keys, &address, files.path()).spawn();
    let running = Running {
        process: process.unwrap(),
        server,
    };
    let answered = tokio::time::timeout(PATIENCE, answered.recv()).await;
    let (at, answer) = answered.unwrap().unwrap();
    Answered {
        answer,
        after: at - began,
        running,
    }
}

fn command(binary: &Path, keys: &Keys, address: &str, files: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .env("AWS_LAMBDA_FUNCTION_NAME", "test")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{address}"))
        .env("SODIUM_TABLE", "sodium")
        .env("SODIUM_FILES", files)
        .env("SODIUM_BASE_URL", "https://learn.example.org")
        .env("SODIUM_MAIL_FROM", "community@learn.example.org")
        .env("SODIUM_SMTP", "smtp://127.0.0.1:1")
        .env("SODIUM_KEYS", keys.to_text())
        .env("SODIUM_NOTICES_TOPIC", "arn:aws:sns:eu-central-1:1:notices")
        .stdout(Stdio::null());
    command
}

/// A request as an HTTP API hands it to a function.
pub(crate) fn http(method: &str, path: &str) -> Value {
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

/// The same, through the CDN.
pub(crate) fn through_cdn(method: &str, path: &str, keys: &Keys) -> Value {
    let mut event = http(method, path);
    event["headers"][ORIGIN_HEADER] = keys.origin_secret().into();
    event
}
