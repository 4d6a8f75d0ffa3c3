//! Live reload for authors: pages get a small script that listens for a new build.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures_util::StreamExt as _;
use tokio::sync::watch;

const SCRIPT: &str = "const news = new EventSource(\"/_dev/builds\");\n\
let first = null;\n\
news.onmessage = (event) => {\n\
  if (first === null) first = event.data;\n\
  else if (event.data !== first) location.reload();\n\
};\n";

const TAG: &[u8] = b"<script src=\"/_dev/reload.js\" defer></script>";

/// The number of the newest build, for whoever listens.
#[derive(Debug, Clone)]
pub(crate) struct Reload(watch::Sender<u64>);

impl Reload {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Tells every open page that there is a new build.
    pub(crate) fn tell(&self) {
        self.0.send_modify(|number| *number += 1);
    }

    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/_dev/builds", get(builds))
            .route("/_dev/reload.js", get(script))
            .with_state(self)
    }
}

async fn builds(State(reload): State<Reload>) -> impl IntoResponse {
    let numbers = futures_util::stream::unfold(
        (reload.0.subscribe(), true),
        |(mut numbers, is_first)| async move {
            if !is_first {
                numbers.changed().await.ok()?;
            }
            let number = *numbers.borrow_and_update();
            Some((number, (numbers, false)))
        },
    );
    let events = numbers
        .map(|number| Ok::<_, std::convert::Infallible>(Event::default().data(number.to_string())));
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
