//! Answers: a page for people, JSON for the script that upgrades a form, and problems for both.

use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
use serde_json::{Value, json};

use crate::signups::sign_in::encode;
use crate::state::App;
use crate::web::guard::RequestId;
use crate::web::page::{Head, PageError};
use crate::web::problem::{AppError, Problem};
use crate::web::read_only::Kept;
use crate::words::own_page;
use crate::words::say;

/// What a handler answers.
pub(crate) type Answer = Result<Response, AppError>;

/// In which form the answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// A page: the browser itself asks.
    Page,
    /// JSON: the page's script asks.
    Json,
}

impl Wants {
    fn of(headers: &HeaderMap) -> Self {
        let accept = headers
            .get(ACCEPT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if accept.contains("application/json") {
            Self::Json
        } else {
            Self::Page
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Wants {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}

/// After a form: the browser goes on to `path` with GET, so a reload sends nothing twice.
pub(crate) fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}

impl App {
    /// A page around a fragment of `fragments/pages/`.
    pub(crate) async fn page(
        &self,
        status: StatusCode,
        fragment: &str,
        values: &impl Serialize,
    ) -> Answer {
        let html = self.page_html(fragment, values).await?;
        Ok((status, Html(html)).into_response())
    }

    async fn page_html(
        &self,
        fragment: &str,
        values: &impl Serialize,
    ) -> Result<String, PageError> {
        let values = serde_json::to_value(values).unwrap_or_default();
        let title = values["title"]
            .as_str()
            .unwrap_or("Sodium Learn")
            .to_owned();
        let main = self
            .pages
            .fragment(&format!("fragments/pages/{fragment}.html"), &values)?;
        self.pages
            .page(&self.store, &title, &Head::Private, &main)
            .await
    }
}

/// Writes the problem that a handler or extractor left, in the form in which the answer is wanted.
pub(crate) async fn tell_problems(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let wants = Wants::of(request.headers());
    let came_from = way_back(&request);
    let id = request.extensions().get::<RequestId>().copied();
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>().cloned() else {
        return response;
    };
    let kept = response.extensions().get::<Kept>().cloned();
    let status = response.status();
    let mut response = match wants {
        Wants::Json => as_json(status, &problem),
        Wants::Page => {
            let id = id.filter(|_| status.is_server_error());
            as_page(&app, status, &problem, &came_from, id, kept).await
        }
    };
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = HeaderValue::from_static(RETRY_AFTER_SECONDS);
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    response
}

/// When a program may ask again for what could not be done.
const RETRY_AFTER_SECONDS: &str = "300";

fn as_json(status: StatusCode, problem: &Problem) -> Response {
    let mut response = (status, Json(problem)).into_response();
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

async fn as_page(
    app: &App,
    status: StatusCode,
    problem: &Problem,
    back: &str,
    id: Option<RequestId>,
    kept: Option<Kept>,
) -> Response {
    let (fragment, mut values) = match problem.code {
        "sign-in" => ("sign_in", app.sign_in_values(back)),
        _ => ("problem", problem_values(problem, id, back)),
    };
    values["kept"] = json!(kept);
    match app.page_html(fragment, &values).await {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "not even the problem page could be made");
            let text = format!("{}\n\n{}\n", problem.title, problem.detail);
            (status, [(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
        }
    }
}

impl App {
    /// Who has to sign in gets the form at once, and comes back to where they were.
    fn sign_in_values(&self, back: &str) -> Value {
        json!({
            "title": say("sign-first"),
            "lead": say("needs-know-who-mail-link"),
            "form": { "action": "/api/sign-in", "email": "", "return_to": back, "error": null },
            "companies": self.company_buttons(back),
            "kept_text": null,
        })
    }
}

fn problem_values(problem: &Problem, id: Option<RequestId>, back: &str) -> Value {
    let prove = format!("/api/account/passkeys?return_to={}", encode(back));
    let (label, url, primary): (_, String, _) = match problem.code {
        "passkey" => (say("use-passkey"), prove, true),
        "passkey-refused" | "passkey-script" | "company-refused" | "company-away" => {
            (say("go-signing"), own_page("/sign-in/"), true)
        }
        "passkeys" => (say("go-account"), "/api/account".into(), true),
        "name" => (say("choose-a-name"), "/api/account/name".into(), true),
        "link-used" => (say("ask-new-link"), own_page("/sign-in/"), true),
        _ => (say("go-home-page"), own_page("/"), false),
    };
    json!({
        "status": problem.status, "title": problem.title, "detail": problem.detail, "cure": null,
        "actions": [{ "label": label, "url": url, "primary": primary }], "request_id": id.map(|id| id.0),
    })
}

/// The page to come back to after signing in: the one that was asked for, or the one whose form
/// was sent.
fn way_back(request: &Request) -> String {
    let path = request.uri().path();
    if request.method() == Method::GET {
        let query = request
            .uri()
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        return format!("{path}{query}");
    }
    let forms = ["/seat", "/link", "/devices/", "/moderation/"];
    match forms.iter().find_map(|form| path.find(form)) {
        Some(at) if path.contains("/moderation/") => path[..at + "/moderation".len()].to_owned(),
        Some(at) => path[..at].to_owned(),
        None => path.to_owned(),
    }
}

/// Answers of functions are for one person at one moment: nobody keeps them.
pub(crate) async fn keep_private(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
