//! Watching content and templates: what is saved is built and published, and open pages are told, also of what
//! is wrong. Whoever saves a page sees that page first; the others, and the search index, follow when nothing is
//! saved for a moment.

#![expect(
    clippy::print_stdout,
    reason = "this is what the program says to the person who started it"
)]

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use sodium_app::site::following::Publication;
use tokio::sync::mpsc;

use super::rebuild::{Wanted, preview, rebuild, renew_index};
use super::reload::Reload;
use super::{Serve, ServeError, since};
use crate::build::Search;
use crate::check::{self, Format, Report};
use crate::community::Community;
use crate::files;
use crate::zola::Zola;

/// How long to wait for more changes: an editor saves in several steps.
const SETTLE: Duration = Duration::from_millis(60);

/// How long nothing is saved until the rest follows: whoever writes wants to see the page first.
const PAUSE: Duration = Duration::from_millis(1500);

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
    published: Option<Publication>,
) -> Option<RecommendedWatcher> {
    let (tell, news) = mpsc::channel(1);
    let saved = Arc::default();
    match start(&serve.options.root, tell, Arc::clone(&saved)) {
        Ok(watcher) => {
            let site = Site {
                zola: Zola::find(&serve.options.root.join("site")).ok(),
                community,
                serve,
                reload,
                published,
                old: Old::default(),
                was_wrong: false,
            };
            tokio::spawn(site.follow(Changes { news, saved }));
            Some(watcher)
        }
        Err(error) => {
            tracing::warn!(%error, "changes of content are not noticed; start again to see them");
            None
        }
    }
}

type Paths = Arc<Mutex<BTreeSet<PathBuf>>>;

fn start(root: &Path, tell: mpsc::Sender<()>, saved: Paths) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if let Ok(event) = event
            && !event.kind.is_access()
        {
            let mut saved = saved.lock().unwrap_or_else(PoisonError::into_inner);
            saved.extend(event.paths);
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

/// What is saved while the program runs.
struct Changes {
    news: mpsc::Receiver<()>,
    saved: Paths,
}

/// What happens next.
enum Next {
    Saved,
    Paused,
    Over,
}

impl Changes {
    async fn next(&mut self, is_something_old: bool) -> Next {
        let patience = if is_something_old {
            PAUSE
        } else {
            Duration::MAX
        };
        match tokio::time::timeout(patience, self.news.recv()).await {
            Ok(Some(())) => Next::Saved,
            Ok(None) => Next::Over,
            Err(_) => Next::Paused,
        }
    }

    /// The paths that were saved, when no more come.
    async fn settled(&mut self) -> BTreeSet<PathBuf> {
        while tokio::time::timeout(SETTLE, self.news.recv())
            .await
            .is_ok_and(|more| more.is_some())
        {}
        std::mem::take(&mut self.saved.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Works until something is saved. Whether that happened; then no more is done of the work than must be.
    async fn unless_saved<Done>(
        &mut self,
        stop: &AtomicBool,
        work: impl Future<Output = Done>,
    ) -> (Done, bool) {
        tokio::pin!(work);
        tokio::select! {
            done = &mut work => (done, false),
            _ = self.news.recv() => {
                stop.store(true, Ordering::Relaxed);
                // Nothing begins beside it.
                (work.await, true)
            }
        }
    }
}

/// What is older than what was saved.
#[derive(Debug, Clone, Copy, Default)]
struct Old {
    pages: bool,
    index: bool,
}

/// What is served, and what was published of it last; nothing, where that failed.
struct Site {
    community: Arc<Community>,
    serve: Serve,
    reload: Option<Reload>,
    zola: Option<Zola>,
    published: Option<Publication>,
    old: Old,
    was_wrong: bool,
}

impl Site {
    async fn follow(mut self, mut changes: Changes) {
        let problems = self.look_through().await;
        self.tell(false, problems);
        let mut was_saved = false;
        loop {
            if !was_saved {
                match changes.next(self.old.pages || self.old.index).await {
                    Next::Over => return,
                    Next::Saved => {}
                    Next::Paused => {
                        was_saved = self.catch_up(&mut changes).await;
                        continue;
                    }
                }
            }
            was_saved = false;
            let saved = changes.settled().await;
            self.show(&saved).await;
        }
    }

    /// Shows what was saved, and says what is wrong with it.
    async fn show(&mut self, saved: &BTreeSet<PathBuf>) {
        let began = Instant::now();
        let problems = self.look_through().await;
        let shown = match self.wanted(saved) {
            Some(wanted) => self.show_pages(&wanted, began).await,
            None => self.show_all(began).await,
        };
        let problems = match &shown {
            Ok(_) => problems,
            Err(error) => {
                println!("\n{error}\nThe site is served as it was before.\n");
                Some(problems.unwrap_or_else(|| error.to_string()))
            }
        };
        self.tell(shown.is_ok(), problems);
    }

    fn tell(&self, is_new: bool, problems: Option<String>) {
        if let Some(reload) = &self.reload {
            reload.tell(is_new, problems);
        }
    }

    /// Checks the content, as `sodium check` does, and says what it finds.
    async fn look_through(&mut self) -> Option<String> {
        let root = self.serve.options.root.clone();
        let checked = tokio::task::spawn_blocking(move || check::run(&root)).await;
        let report = match checked.map_err(std::io::Error::other).flatten() {
            Ok(report) => report,
            Err(error) => return Some(ServeError::Content(error).to_string()),
        };
        if report.is_clean() {
            if std::mem::take(&mut self.was_wrong) {
                println!("\n{}", human(&report, false));
            }
            return None;
        }
        self.was_wrong = true;
        println!("\n{}", human(&report, std::io::stdout().is_terminal()));
        Some(human(&report, false))
    }

    /// The pages that were saved, if nothing else was.
    fn wanted(&self, saved: &BTreeSet<PathBuf>) -> Option<Wanted> {
        let published = self.published.as_ref()?;
        self.zola.as_ref()?;
        let content = self.serve.options.root.join("content");
        let mut wanted = Wanted::new();
        for path in saved.iter().filter(|path| !is_beside(path)) {
            let file = files::slashed(path.strip_prefix(&content).ok()?);
            let page = published.page_of(&file).filter(|_| path.is_file())?;
            wanted.insert(file, page.to_owned());
        }
        (!wanted.is_empty()).then_some(wanted)
    }

    async fn show_pages(&mut self, wanted: &Wanted, began: Instant) -> Result<(), ServeError> {
        if let (Some(zola), Some(last)) = (&self.zola, &self.published) {
            let (community, serve) = (&self.community, &self.serve);
            if let Some(built) = preview(community, serve, zola, last, wanted).await? {
                let pages: Vec<&str> = wanted.keys().map(String::as_str).collect();
                let took = since(began);
                println!("  [{took:>7}] built again: {built}; {}", pages.join(", "));
                self.old.pages = true;
                return Ok(());
            }
        }
        self.show_all(began).await
    }

    async fn show_all(&mut self, began: Instant) -> Result<(), ServeError> {
        let stop = Arc::default();
        self.build(&stop, began).await?;
        Ok(())
    }

    /// Builds everything with what was saved, with the search index of before. Whether any page is another one
    /// now; nothing when it was stopped.
    async fn build(
        &mut self,
        stop: &Arc<AtomicBool>,
        began: Instant,
    ) -> Result<Option<bool>, ServeError> {
        let templates = self.serve.options.root.join("site/templates");
        if self.community.app.pages.read_from(&templates)? {
            self.published = None;
        }
        let last = self.published.take();
        let how = Search::AsBefore;
        let built = rebuild(
            &self.community,
            &self.serve,
            how,
            stop,
            last.as_ref(),
            |_| (),
        );
        let Some((built, published)) = built.await? else {
            self.published = last;
            return Ok(None);
        };
        println!("  [{:>7}] built again: {built}", since(began));
        let is_new = published.report.pages_written > 0;
        self.published = Some(published);
        self.old = Old {
            pages: false,
            index: true,
        };
        Ok(Some(is_new))
    }

    /// Builds what is older than what was saved, until something is saved. Whether that happened.
    async fn catch_up(&mut self, changes: &mut Changes) -> bool {
        let began = Instant::now();
        let stop = Arc::new(AtomicBool::new(false));
        if !self.old.pages {
            return self.renew_index(changes).await;
        }
        let work = self.build(&stop, began);
        let (done, was_saved) = changes.unless_saved(&stop, work).await;
        match done {
            Ok(Some(true)) => {
                if let Some(reload) = &self.reload {
                    reload.tell_of_a_build();
                }
            }
            Ok(_) => {}
            Err(error) => {
                println!("\n{error}\nThe site is served as it was before.\n");
                self.tell(false, Some(error.to_string()));
                self.old = Old::default();
            }
        }
        was_saved
    }

    /// Makes the search index anew, until something is saved. Whether that happened.
    async fn renew_index(&mut self, changes: &mut Changes) -> bool {
        let began = Instant::now();
        let stop = Arc::new(AtomicBool::new(false));
        let last = self.published.take();
        let work = renew_index(&self.community, &self.serve, &stop, last.as_ref());
        let (done, was_saved) = changes.unless_saved(&stop, work).await;
        match done {
            Ok(None) => self.published = last,
            Ok(published) => {
                self.published = published;
                self.old.index = false;
                println!("  [{:>7}] the search knows it", since(began));
            }
            Err(error) => {
                self.old.index = false;
                println!("\n{error}\nThe search finds what it found before.\n");
            }
        }
        was_saved
    }
}

fn human(report: &Report, color: bool) -> String {
    report.render(Format::Human, color)
}

/// Whether a path is what editors and systems put beside what they save.
fn is_beside(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Vim tries with a file of this name whether it may write.
    let is_trial = name == "4913";
    is_trial
        || name.starts_with('.')
        || name.starts_with('#')
        || name.ends_with('~')
        || path.is_dir()
}
