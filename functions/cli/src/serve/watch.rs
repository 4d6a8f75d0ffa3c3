//! Watching content and templates: a change is built and published, and open pages are told.

#![expect(
    clippy::print_stdout,
    reason = "this is what the program says to the person who started it"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use super::rebuild::{rebuild, renew_index};
use super::reload::Reload;
use super::{Serve, since};
use crate::build::Search;
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

/// How long nothing is saved until the search index is made anew: whoever writes wants to see the page first.
const PAUSE: Duration = Duration::from_millis(1500);

/// What happens next.
enum Next {
    Saved,
    Paused,
    Over,
}

async fn next(changes: &mut mpsc::Receiver<()>, is_index_old: bool) -> Next {
    let patience = if is_index_old { PAUSE } else { Duration::MAX };
    match tokio::time::timeout(patience, changes.recv()).await {
        Ok(Some(())) => Next::Saved,
        Ok(None) => Next::Over,
        Err(_) => Next::Paused,
    }
}

async fn follow(
    community: Arc<Community>,
    serve: Serve,
    reload: Option<Reload>,
    mut changes: mpsc::Receiver<()>,
) {
    let mut is_index_old = false;
    loop {
        match next(&mut changes, is_index_old).await {
            Next::Over => return,
            Next::Paused if renew(&community, &serve, &mut changes).await => {
                is_index_old = false;
                continue;
            }
            Next::Paused | Next::Saved => {}
        }
        while tokio::time::timeout(SETTLE, changes.recv())
            .await
            .is_ok_and(|more| more.is_some())
        {}
        if build_again(&community, &serve).await {
            is_index_old = true;
            if let Some(reload) = &reload {
                reload.tell();
            }
        }
    }
}

/// Builds with what was saved. Whether there is something new to see.
async fn build_again(community: &Arc<Community>, serve: &Serve) -> bool {
    let began = Instant::now();
    let templates = serve.options.root.join("site/templates");
    if let Err(error) = community.app.pages.read_from(&templates) {
        println!("\n{error}\nThe page is served as it was before.\n");
        return false;
    }
    match rebuild(community, serve, Search::AsBefore, |_| ()).await {
        Ok((built, _)) => println!("  [{:>7}] built again: {built}", since(began)),
        Err(error) => {
            println!("\n{error}\nThe site is served as it was before.\n");
            return false;
        }
    }
    true
}

/// Makes the search index anew. `false` when something was saved meanwhile: then it can wait.
async fn renew(
    community: &Arc<Community>,
    serve: &Serve,
    changes: &mut mpsc::Receiver<()>,
) -> bool {
    let began = Instant::now();
    let stop = Arc::new(AtomicBool::new(false));
    let work = renew_index(community, serve, &stop);
    tokio::pin!(work);
    let done = tokio::select! {
        done = &mut work => done,
        _ = changes.recv() => {
            stop.store(true, Ordering::Relaxed);
            // No build begins beside it.
            let _ = work.await;
            return false;
        }
    };
    match done {
        Ok(_) => println!("  [{:>7}] the search knows it", since(began)),
        Err(error) => println!("\n{error}\nThe search finds what it found before.\n"),
    }
    true
}
