//! Watching content and templates: a change is built and published, and open pages are told.

#![expect(
    clippy::print_stdout,
    reason = "this is what the program says to the person who started it"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use super::reload::Reload;
use super::{Serve, rebuild, since};
use crate::community::Community;

/// How long to wait for more changes: an editor saves in several steps.
const SETTLE: Duration = Duration::from_millis(60);

/// What is watched, below the project. The output and `node_modules` are not.
const WATCHED: [&str; 6] = [
    "content",
    "site/templates",
    "site/static",
    "site/styles",
    "site/scripts",
    "site/config.toml",
];

/// Watches for as long as the returned watcher lives.
pub(super) fn watch(
    community: Arc<Community>,
    serve: Serve,
    reload: Option<Reload>,
) -> Option<RecommendedWatcher> {
    let (tell, changes) = mpsc::channel(1);
    let watcher = start(&serve.options.root, tell);
    match watcher {
        Ok(watcher) => {
            tokio::spawn(follow(community, serve, reload, changes));
            Some(watcher)
        }
        Err(error) => {
            tracing::warn!(%error, "changes of content are not noticed; start again to see them");
            None
        }
    }
}

fn start(root: &Path, tell: mpsc::Sender<()>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // A full channel already says that something changed.
            let _ = tell.try_send(());
        }
    })?;
    for path in WATCHED
        .map(|path| root.join(path))
        .iter()
        .filter(|path| path.exists())
    {
        watcher.watch(path, RecursiveMode::Recursive)?;
    }
    Ok(watcher)
}

async fn follow(
    community: Arc<Community>,
    serve: Serve,
    reload: Option<Reload>,
    mut changes: mpsc::Receiver<()>,
) {
    while changes.recv().await.is_some() {
        while tokio::time::timeout(SETTLE, changes.recv())
            .await
            .is_ok_and(|more| more.is_some())
        {}
        let began = Instant::now();
        let templates = serve.options.root.join("site/templates");
        if let Err(error) = community.app.pages.read_from(&templates) {
            println!("\n{error}\nThe page is served as it was before.\n");
            continue;
        }
        match rebuild(&community, &serve, |_| ()).await {
            Ok((built, _)) => {
                println!("  [{:>7}] built again: {built}", since(began));
                if let Some(reload) = &reload {
                    reload.tell();
                }
            }
            Err(error) => println!("\n{error}\nThe site is served as it was before.\n"),
        }
    }
}
