//! CloudFront and an HTTP API with payload format 2.0, as far as the functions can tell: requests
//! become events, answers become responses.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sodium_app::web::guard::ORIGIN_HEADER;
use tokio::net::TcpListener;

use crate::function::Function;

/// The most bytes of an event that Lambda takes: 6 MB.
const LARGEST_EVENT: usize = 6 * 1024 * 1024;
/// The most bytes of a body that an HTTP API takes: 10 MB.
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// The routes and the secret that shows the origin where a request came from.
pub(crate) struct Gateway {
    pub(crate) comments: Function,
    pub(crate) signups: Function,
    pub(crate) waitlist: Function,
    pub(crate) origin_secret: String,
}

/// Starts it on a free port and returns its address.
pub(crate) async fn serve(gateway: Arc<Gateway>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = Router::new().fallback(handle).with_state(gateway);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

impl Gateway {
    fn function(&self, path: &str) -> Option<&Function> {
        let is_below = |roots: &[&str]| roots.iter().any(|root| path.starts_with(root));
        if is_below(&["/api/threads", "/api/moderation"]) {
            Some(&self.comments)
        } else if is_below(&["/api/waitlist"]) {
            Some(&self.waitlist)
        } else if is_below(&["/api/"]) {
            Some(&self.signups)
        } else {
            None
        }
    }
}

async fn handle(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let Some(function) = gateway.function(request.uri().path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    through_cdn(&mut parts.headers, &gateway.origin_secret);
    let event = event(&parts, &body);
    if event.to_string().len() > LARGEST_EVENT {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let answer = function.invoke(&event).await;
    match serde_json::from_slice::<Value>(&answer.body) {
        Ok(answer) if answer["statusCode"].is_u64() => response(&answer),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, answer.text()).into_response(),
    }
}

/// What CloudFront adds. A client that sends these headers itself does not get through with them;
/// a test leaves the secret out by the header `x-test-directly`.
fn through_cdn(headers: &mut HeaderMap, secret: &str) {
    let viewer = HeaderValue::from_static("192.0.2.7:50123");
    headers.insert("cloudfront-viewer-address", viewer);
    headers.remove(ORIGIN_HEADER);
    if headers.remove("x-test-directly").is_none() {
        headers.insert(ORIGIN_HEADER, secret.parse().unwrap());
    }
}

fn event(parts: &axum::http::request::Parts, body: &[u8]) -> Value {
    let cookies: Vec<&str> = parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|value| value.to_str().unwrap().split("; "))
        .filter(|cookie| !cookie.is_empty())
        .collect();
    let is_text = is_text(&parts.headers);
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": parts.uri.path(),
        "rawQueryString": parts.uri.query().unwrap_or_default(),
        "headers": joined(&parts.headers),
        "requestContext": {
            "accountId": "123456789012", "apiId": "api", "domainPrefix": "api",
            "domainName": "api.execute-api.eu-central-1.amazonaws.com",
            "requestId": "one", "routeKey": "$default", "stage": "$default",
            "time": "02/Mar/2027:12:00:00 +0000", "timeEpoch": 1_803_988_800_000_i64,
            "http": { "method": parts.method.as_str(), "path": parts.uri.path(),
                "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9", "userAgent": "test" },
        },
        "isBase64Encoded": !is_text && !body.is_empty(),
    });
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !body.is_empty() {
        event["body"] = match std::str::from_utf8(body) {
            Ok(text) if is_text => text.into(),
            _ => STANDARD.encode(body).into(),
        };
    }
    event
}

/// An HTTP API takes few types for text; a form is not among them.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    kind.starts_with("text/") || kind.starts_with("application/json")
}

/// Headers in small letters, several values joined by commas, without cookies.
fn joined(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        if name == header::COOKIE {
            continue;
        }
        let value = value.to_str().unwrap();
        all.entry(name.to_string())
            .and_modify(|values| *values = format!("{values},{value}"))
            .or_insert_with(|| value.to_owned());
    }
    all
}

fn response(answer: &Value) -> Response {
    let status = u16::try_from(answer["statusCode"].as_u64().unwrap()).unwrap();
    let body = answer["body"].as_str().unwrap_or_default();
    let body = match answer["isBase64Encoded"].as_bool() {
        Some(true) => STANDARD.decode(body).unwrap(),
        _ => body.as_bytes().to_vec(),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    let headers = response.headers_mut();
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, value.as_str().unwrap().parse().unwrap());
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten() {
        headers.append(
            header::SET_COOKIE,
            cookie.as_str().unwrap().parse().unwrap(),
        );
    }
    response
}
