//! What stands before every handler: the other-site check, security headers, and the log line.

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, ORIGIN};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use lambda_http::Context;
use lambda_http::request::RequestContext;

use crate::cause::for_request;
use crate::meter::Measure;
use crate::signups::mails;
use crate::state::App;
use crate::web::problem::AppError;
use crate::words::Language;

/// The content security policy of every page, static or not. `'self'` alone: no inline script or
/// style, nothing from elsewhere, no framing.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of the pages that [`is_search`] knows, and of no other: they may also compile WebAssembly, in which
/// Pagefind is written. That runs no JavaScript from a string; such code still comes from our own files alone.
pub const SEARCH_CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; font-src 'self'; \
connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The address of the search page in the site's own language; its index lies below.
const SEARCH: &str = "/search/";

/// Whether this is the path of the search page in one of the site's languages, or lies below.
pub fn is_search(path: &str) -> bool {
    Language::all().any(|language| {
        path.strip_prefix(language.prefix().as_str())
            .is_some_and(|rest| rest.starts_with(SEARCH))
    })
}

/// The security headers of every answer, static or not. The search page has a policy of its own.
pub const SECURITY_HEADERS: [(HeaderName, HeaderValue); 5] = [
    (
        axum::http::header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CONTENT_SECURITY_POLICY),
    ),
    (
        axum::http::header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        axum::http::header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), browsing-topics=()"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Refuses forms that another site sent with a member's cookie (OWASP ASVS 5.0, 3.5). Browsers say
/// where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`.
pub(crate) async fn same_site_only(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let route = request.extensions().get::<MatchedPath>();
    let from_anywhere = route.is_some_and(|route| route.as_str() == mails::ROUTE);
    if reads || from_anywhere || is_ours(request.headers(), app.config.base_url.as_str()) {
        next.run(request).await
    } else {
        AppError::OtherSite.into_response()
    }
}

fn is_ours(headers: &HeaderMap, base_url: &str) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (header("sec-fetch-site"), header(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin == base_url,
        (None, None) => false,
    }
}

/// Refuses what is sent as anything but a form, and what is packed: nobody here unpacks a request.
/// Mail programs may send their one click as `multipart/form-data` (RFC 8058, 3.1).
pub(crate) async fn forms_only(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let route = request.extensions().get::<MatchedPath>();
    let from_mail = route.is_some_and(|route| route.as_str() == mails::ROUTE);
    if reads || is_form(request.headers(), from_mail) {
        next.run(request).await
    } else {
        AppError::NotAForm.into_response()
    }
}

fn is_form(headers: &HeaderMap, from_mail: bool) -> bool {
    let value = |name: HeaderName| headers.get(name).map(HeaderValue::as_bytes);
    let packed = value(CONTENT_ENCODING).is_some_and(|how| !how.eq_ignore_ascii_case(b"identity"));
    // A button without fields sends nothing, and programs then name no type.
    let form = value(CONTENT_TYPE).is_none_or(|kind| {
        let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default();
        let kind = kind.trim_ascii();
        kind.eq_ignore_ascii_case(FORM) || from_mail && kind.eq_ignore_ascii_case(PARTS)
    });
    !packed && form
}

const FORM: &[u8] = b"application/x-www-form-urlencoded";
const PARTS: &[u8] = b"multipart/form-data";

/// The header in which the CDN shows that a request came through it.
pub const ORIGIN_HEADER: &str = "x-sodium-origin";

/// Refuses what did not come through the CDN, whose limits and network address the rest relies on.
pub(crate) async fn through_cdn_only(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let secret = request.headers().get(ORIGIN_HEADER);
    let secret = secret.and_then(|value| value.to_str().ok());
    if secret.is_some_and(|secret| app.keys.knows_origin(secret)) {
        next.run(request).await
    } else {
        StatusCode::MISDIRECTED_REQUEST.into_response()
    }
}

/// Sets the security headers. No other site learns an address of ours, some of which hold a token; our
/// own forms still say where they come from, which browsers without Fetch Metadata need.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(name, value);
    }
    response
}

/// Names a request in the log and, when something failed, on the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestId(pub(crate) uuid::Uuid);

impl RequestId {
    /// The name that Lambda gave it, under which its own log lines stand too; else a new one.
    fn of(extensions: &Extensions) -> Self {
        let context = extensions.get::<Context>();
        let given = context.and_then(|context| context.request_id.parse().ok());
        Self(given.unwrap_or_else(uuid::Uuid::now_v7))
    }
}

/// The name that the HTTP API gave a request, for its access log.
fn name_at_gateway(extensions: &Extensions) -> Option<&str> {
    match extensions.get::<RequestContext>()? {
        RequestContext::ApiGatewayV2(context) => context.request_id.as_deref(),
        _ => None,
    }
}

/// One line for each request: route, status, time. The route, not the path, which may hold a token.
pub(crate) async fn log(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let gateway = name_at_gateway(request.extensions()).map(str::to_owned);
    let id = RequestId::of(request.extensions());
    request.extensions_mut().insert(id);
    let started = std::time::Instant::now();
    let span = tracing::info_span!("request", id = %id.0);
    let answering = for_request(Some(id.0), next.run(request));
    let response = tracing::Instrument::instrument(answering, span).await;
    let status = response.status();
    debug_assert!(
        !matches!(status.as_u16(), 403 | 500),
        "the CDN would replace this answer; see AppError::problem"
    );
    match status {
        StatusCode::TOO_MANY_REQUESTS => app.meter.count(Measure::LimitsHit),
        _ if status.is_server_error() => app.meter.count(Measure::Faults),
        _ => {}
    }
    tracing::info!(
        request = %id.0,
        gateway,
        %method,
        route = route.as_ref().map_or("none", MatchedPath::as_str),
        status = status.as_u16(),
        micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        "answered"
    );
    response
}
