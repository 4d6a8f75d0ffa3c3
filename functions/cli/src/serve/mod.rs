//! `sodium serve`: the whole community in one process. Files are answered from the first moment if
//! there are any from an earlier run; the site is built and published beside that.

pub mod files;
mod progress;
mod rebuild;
mod reload;
mod watch;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use sodium_app::routes;
use sodium_app::sample::Sample;
use sodium_app::site::fixes::FixesError;
use sodium_app::site::following::Publication;
use sodium_app::site::publish::PublishError;
use sodium_app::web::page::PageError;
use tokio::net::TcpListener;
use tower::{ServiceExt as _, service_fn};

use crate::build::{BuildError, Search};
use crate::community::{Community, OpenError, Options};
use crate::fixes;
use crate::preview::PreviewError;
use files::StaticFiles;
use progress::Progress;
use rebuild::rebuild;
use reload::Reload;

/// Whether sample data goes into the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seed {
    /// If the store is new.
    IfNew,
    /// In any case.
    Always,
    /// Never.
    Never,
}

/// What to serve, and how.
#[derive(Debug, Clone)]
pub struct Serve {
    /// The community.
    pub options: Options,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Whether sample data goes into the store.
    pub seed: Seed,
    /// Whether pages reload themselves when content or templates change.
    pub reload: bool,
}

/// The community cannot be served. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The site cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A template of the functions is wrong.
    #[error(transparent)]
    Templates(#[from] PageError),
    /// A page cannot be built by itself.
    #[error(transparent)]
    Preview(#[from] PreviewError),
    /// The content cannot be read.
    #[error("the content cannot be read: {0}")]
    Content(std::io::Error),
    /// The site cannot be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// What commits mended cannot be noted.
    #[error(transparent)]
    Fixes(#[from] FixesError),
    /// The port is taken, or not allowed.
    #[error("cannot listen on {0}: {1}; choose another port with --port")]
    Listen(SocketAddr, std::io::Error),
    /// The mailbox would be open to others.
    #[error(
        "{0} can be reached from other machines, and so could the local mailbox with everybody's \
         sign-in links; name a mail server with --smtp, or listen on 127.0.0.1"
    )]
    OpenMailbox(SocketAddr),
    /// The sample data is broken.
    #[error("the sample data: {0}")]
    Sample(String),
    /// The server stopped.
    #[error("the server stopped: {0}")]
    Stopped(std::io::Error),
}

const SAMPLE: &str = include_str!("../../sample/discussion.json");

/// How long requests may still take when the program is told to stop.
const GRACE: Duration = Duration::from_secs(2);

/// How often expired items are removed from the engine, as DynamoDB does by itself.
const SWEEP: Duration = Duration::from_secs(15 * 60);

/// Serves until the process is told to stop.
///
/// # Errors
/// When it cannot start; then nothing is left half done.
pub async fn serve(serve: Serve) -> Result<(), ServeError> {
    if serve.options.smtp.is_none() && !serve.listen.ip().is_loopback() {
        return Err(ServeError::OpenMailbox(serve.listen));
    }
    let progress = Progress::begin();
    let listener = TcpListener::bind(serve.listen)
        .await
        .map_err(|error| ServeError::Listen(serve.listen, error))?;
    let community = Arc::new(Community::open(&serve.options)?);
    let public = community.data.files().join("public");
    let reload = serve.reload.then(Reload::new);
    let files = StaticFiles::new(public.clone(), reload.is_some());
    let router = router(&community, files.clone(), reload.clone());
    tokio::spawn(leave_soon());
    let server = tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service)
            .with_graceful_shutdown(stop_signal())
            .await
    });
    let published = if public.join("index.html").is_file() {
        progress.ready(&serve, "from the last build; looking for changes");
        tokio::spawn(community.app.clone().run_relay(community.mailer.clone()));
        let prepared = prepare(&community, &serve, &progress).await;
        if let Err(error) = &prepared {
            progress.step(&format!(
                "{error}\n\n  The site is served as it was before."
            ));
        }
        prepared.ok()
    } else {
        let published = prepare(&community, &serve, &progress).await?;
        progress.ready(&serve, "the community is served");
        tokio::spawn(community.app.clone().run_relay(community.mailer.clone()));
        Some(published)
    };
    tokio::spawn(sweep(community.clone()));
    let _watching = watch::watch(community.clone(), serve.clone(), reload, published);
    match server.await {
        Ok(stopped) => stopped.map_err(ServeError::Stopped),
        Err(error) => Err(ServeError::Stopped(std::io::Error::other(error))),
    }
}

/// Builds, publishes, and puts sample data into a new store.
async fn prepare(
    community: &Arc<Community>,
    serve: &Serve,
    progress: &Progress,
) -> Result<Publication, ServeError> {
    progress.step("building the site");
    if serve.reload {
        let templates = serve.options.root.join("site/templates");
        community.app.pages.read_from(&templates)?;
    }
    // Nobody stops it.
    let stop = Arc::default();
    let phases = progress.phases();
    let built = rebuild(community, serve, Search::Anew, &stop, None, phases);
    let Some((_, published)) = built.await? else {
        return Err(ServeError::Stopped(std::io::ErrorKind::Interrupted.into()));
    };
    let report = published.report;
    progress.step(&format!(
        "published {} files, {} of them new, with {} discussions",
        report.files, report.written, report.threads
    ));
    let wanted = match serve.seed {
        Seed::Always => true,
        Seed::IfNew => community.data.is_unseeded(),
        Seed::Never => false,
    };
    if wanted {
        let sample: Sample =
            serde_json::from_str(SAMPLE).map_err(|error| ServeError::Sample(error.to_string()))?;
        let count = community
            .app
            .load_sample(&sample)
            .await
            .map_err(PublishError::from)?;
        // Pages show the samples before the first reader comes.
        community
            .app
            .work_off(&community.mailer)
            .await
            .map_err(|error| ServeError::Sample(error.to_string()))?;
        progress.step(&format!(
            "loaded {count} sample comments, marked as samples (--empty does without)"
        ));
    }
    for line in fixes::note(&community.app, &serve.options.root).await? {
        progress.step(&line);
    }
    let noted = community.data.set_unseeded(false);
    noted.map_err(ServeError::Stopped)?;
    Ok(published)
}

async fn sweep(community: Arc<Community>) {
    loop {
        let engine = community.engine.clone();
        let swept = tokio::task::spawn_blocking(move || engine.sweep()).await;
        if let Ok(count @ 1..) = swept {
            tracing::info!(count, "removed expired items");
        }
        tokio::time::sleep(SWEEP).await;
    }
}

/// Functions, mailbox, live reload and files.
fn router(community: &Community, files: StaticFiles, reload: Option<Reload>) -> Router {
    let app = &community.app;
    let functions = routes::served(routes::all(), app);
    let mut router = Router::new().fallback_service(service_fn(move |request: Request| {
        let (functions, files) = (functions.clone(), files.clone());
        async move {
            let response: Response = if request.uri().path().starts_with("/api/") {
                functions.oneshot(request).await?
            } else {
                files.answer(&request)
            };
            Ok::<_, Infallible>(response)
        }
    }));
    if let Some(mailbox) = &community.mailbox {
        let pages = sodium_app::mail::pages::routes(mailbox.clone(), app);
        router = router.merge(routes::decorated(pages, app));
    }
    if let Some(reload) = reload {
        router = router.merge(reload.routes());
    }
    router
}

/// A page that listens for new builds never ends its request, and a build may take a while; whoever
/// stops the program does not wait for them. Nothing is lost: what was acknowledged is on disk.
async fn leave_soon() {
    stop_signal().await;
    tokio::time::sleep(GRACE).await;
    std::process::exit(0);
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

/// Where a local community listens unless told otherwise.
pub const DEFAULT_PORT: u16 = 8111;

/// The data folder unless told otherwise, below the project.
pub fn default_data(root: &std::path::Path) -> PathBuf {
    root.join("data")
}

/// The time since the process started, for the first line that is printed.
pub(crate) fn since(began: Instant) -> String {
    let millis = began.elapsed().as_millis();
    if millis < 1000 {
        format!("{millis} ms")
    } else {
        format!("{:.1} s", millis as f64 / 1000.0)
    }
}
