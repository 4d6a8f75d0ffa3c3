//! Building and publishing what is served, and by themselves the pages that somebody is writing and the search
//! index.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use sodium_app::site::following::Publication;

use super::{Serve, ServeError};
use crate::build::{Build, Built, Phase, Search, build_unless, index_again};
use crate::community::Community;
use crate::preview;
use crate::zola::Zola;

/// What is built, for a thread that may wait for files.
struct Project {
    root: PathBuf,
    cache: PathBuf,
    out: PathBuf,
    base_url: String,
}

impl Project {
    fn of(community: &Community, serve: &Serve) -> Self {
        let cache = community.data.cache();
        Self {
            root: serve.options.root.clone(),
            out: cache.join("site"),
            cache,
            base_url: serve.options.base_url.as_str().to_owned(),
        }
    }

    fn to_build(&self, search: Search) -> Build<'_> {
        Build {
            root: &self.root,
            out: &self.out,
            cache: &self.cache,
            base_url: &self.base_url,
            siblings: true,
            search,
        }
    }

    /// Works on it where waiting holds nobody up.
    async fn work<Done: Send + 'static>(
        self,
        work: impl FnOnce(&Self) -> Result<Done, ServeError> + Send + 'static,
    ) -> Result<Done, ServeError> {
        let done = tokio::task::spawn_blocking(move || work(&self)).await;
        done.map_err(|error| ServeError::Stopped(std::io::Error::other(error)))?
    }
}

/// Builds and publishes the site, after the publication before where the templates are the same. `tell`
/// hears of each phase of building. Nothing when it was stopped.
pub(super) async fn rebuild(
    community: &Arc<Community>,
    serve: &Serve,
    search: Search,
    stop: &Arc<AtomicBool>,
    last: Option<&Publication>,
    tell: impl FnMut(&Phase) + Send + 'static,
) -> Result<Option<(Built, Publication)>, ServeError> {
    let project = Project::of(community, serve);
    let (out, content) = (project.out.clone(), project.root.join("content"));
    let stop = stop.clone();
    let built = project.work(move |project| {
        let built = build_unless(&project.to_build(search), &stop, tell);
        built.map_err(ServeError::from)
    });
    let Some(mut built) = built.await? else {
        return Ok(None);
    };
    let began = Instant::now();
    let published = community.app.publish_after(last, &out, &content).await?;
    let did = format!("{} files changed", published.report.written);
    built.0.push(Phase::since(began, "baking", did));
    Ok(Some((built, published)))
}

/// Brings the search index up to the pages, and publishes it. Nothing when it was stopped.
pub(super) async fn renew_index(
    community: &Arc<Community>,
    serve: &Serve,
    stop: &Arc<AtomicBool>,
    last: Option<&Publication>,
) -> Result<Option<Publication>, ServeError> {
    let project = Project::of(community, serve);
    let (out, content) = (project.out.clone(), project.root.join("content"));
    let stop = stop.clone();
    let indexed = project.work(move |project| {
        let indexed = index_again(&project.to_build(Search::Anew), &stop);
        indexed.map_err(ServeError::from)
    });
    if !indexed.await? {
        return Ok(None);
    }
    let published = community.app.publish_after(last, &out, &content).await?;
    Ok(Some(published))
}

/// Pages to look at before the others, by their files below the content folder and their paths in a build.
pub(super) type Wanted = BTreeMap<String, String>;

/// Makes and publishes some pages by themselves. Nothing where the site has to be built as a whole to show them.
pub(super) async fn preview(
    community: &Arc<Community>,
    serve: &Serve,
    zola: &Zola,
    last: &Publication,
    wanted: &Wanted,
) -> Result<Option<Built>, ServeError> {
    let began = Instant::now();
    let project = Project::of(community, serve);
    let (zola, files) = (zola.clone(), wanted.keys().cloned().collect());
    let made = project.work(move |project| {
        let Project {
            root,
            cache,
            base_url,
            ..
        } = project;
        Ok(preview::make(
            &zola,
            root,
            &cache.join("preview"),
            base_url,
            &files,
        )?)
    });
    let folder = made.await?;
    let zola = Phase::since(began, "Zola", String::new());
    let began = Instant::now();
    let paths: BTreeSet<String> = wanted.values().cloned().collect();
    let published = community.app.publish_pages(last, &folder, &paths).await?;
    let baking = Phase::since(began, "baking", String::new());
    Ok(published.then(|| Built(vec![zola, baking])))
}
