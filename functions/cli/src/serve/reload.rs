//! Live reload for authors: pages get a small script that listens for new builds, and for what is wrong.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures_util::StreamExt as _;
use serde::Serialize;
use tokio::sync::watch;

const SCRIPT: &str = include_str!("reload.js");

const TAG: &[u8] = b"<script src=\"/_dev/reload.js\" defer></script>";

/// What open pages are told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct News {
    /// The number of the newest build.
    pub(crate) build: u64,
    /// What is wrong with what was saved, if something is.
    pub(crate) problems: Option<String>,
}

/// The newest news, for whoever listens.
#[derive(Debug, Clone)]
pub(crate) struct Reload(watch::Sender<News>);

impl Reload {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(News::default()))
    }

    /// Tells every open page what is wrong, and whether there is a new build. Who knows all that already hears
    /// nothing.
    pub(crate) fn tell(&self, is_new: bool, problems: Option<String>) {
        self.0.send_if_modified(|news| {
            let before = news.clone();
            news.build += u64::from(is_new);
            news.problems = problems;
            *news != before
        });
    }

    /// Tells every open page that there is a new build, with what was wrong before.
    pub(crate) fn tell_of_a_build(&self) {
        self.0.send_modify(|news| news.build += 1);
    }

    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/_dev/builds", get(builds))
            .route("/_dev/reload.js", get(script))
            .with_state(self)
    }
}

async fn builds(State(reload): State<Reload>) -> impl IntoResponse {
    let news = futures_util::stream::unfold(
        (reload.0.subscribe(), true),
        |(mut news, is_first)| async move {
            if !is_first {
                news.changed().await.ok()?;
            }
            let newest = news.borrow_and_update().clone();
            Some((newest, (news, false)))
        },
    );
    let events = news.map(|news| Event::default().json_data(news));
    Sse::new(events).keep_alive(KeepAlive::default())
}

async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)
}

/// Puts the script at the end of a page's head.
pub(crate) fn add_script(page: &mut Vec<u8>) {
    let end = b"</head>";
    if let Some(at) = page.windows(end.len()).position(|window| window == end) {
        page.splice(at..at, TAG.iter().copied());
    }
}
