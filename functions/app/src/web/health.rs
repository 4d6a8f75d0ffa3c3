//! How a function is: which version, whether its table answers, and how old the oldest work is that
//! waits for the relay. Anybody may ask, so it is no way to make work: an answer is kept for some
//! seconds, and whoever asks meanwhile gets the same.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use tokio::sync::Mutex;

use crate::state::App;

/// How long an answer is the same.
const KEPT: Duration = Duration::from_secs(5);

/// How long the table may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Work that is older than this waits for something that does not come by itself.
const LATE_SECONDS: i64 = 10 * 60;

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Health {
    /// `ok`; `late` when work waits for too long; `down` when the table does not answer.
    status: &'static str,
    version: &'static str,
    /// The commit of the code, where whoever built it said so.
    commit: Option<&'static str>,
    read_only: bool,
    table_answers: bool,
    /// The age of the oldest work that waits; nothing when none does.
    oldest_work_seconds: Option<i64>,
}

/// The answer of the last seconds.
#[derive(Debug, Default)]
pub struct LastHealth(Mutex<Option<(Instant, Health)>>);

/// `GET /api/health/…`
pub(crate) async fn show(State(app): State<App>) -> Response {
    let health = app.health().await;
    let status = match health.table_answers {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let caching = format!("public, max-age={}", KEPT.as_secs());
    (status, [(CACHE_CONTROL, caching)], Json(health)).into_response()
}

impl App {
    /// How it is, as it was some seconds ago at most. Many who ask at once are one question.
    pub(crate) async fn health(&self) -> Health {
        let mut last = self.last_health.0.lock().await;
        if let Some((_, health)) = last.as_ref().filter(|(asked, _)| asked.elapsed() < KEPT) {
            return health.clone();
        }
        let health = self.look_at_health().await;
        *last = Some((Instant::now(), health.clone()));
        health
    }

    async fn look_at_health(&self) -> Health {
        let asked = tokio::time::timeout(PATIENCE, self.store.oldest_work()).await;
        let answer = asked.ok().and_then(Result::ok);
        let oldest = answer.flatten();
        let age = oldest.map(|since| self.clock.now().duration_since(since).as_secs());
        Health {
            status: match (&answer, age) {
                (None, _) => "down",
                (_, Some(LATE_SECONDS..)) => "late",
                _ => "ok",
            },
            version: env!("CARGO_PKG_VERSION"),
            commit: option_env!("SODIUM_COMMIT"),
            read_only: self.config.read_only,
            table_answers: answer.is_some(),
            oldest_work_seconds: age,
        }
    }
}
