//! Building and publishing what is served, and the search index by itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use sodium_app::site::publish::Report;

use super::{Serve, ServeError};
use crate::build::{Build, BuildError, Built, Phase, Search, build, index_again};
use crate::community::Community;

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
        work: impl FnOnce(&Self) -> Result<Done, BuildError> + Send + 'static,
    ) -> Result<Done, ServeError> {
        let done = tokio::task::spawn_blocking(move || work(&self)).await;
        Ok(done.map_err(|error| ServeError::Stopped(std::io::Error::other(error)))??)
    }
}

/// Builds and publishes the site. `tell` hears of each phase of building.
pub(super) async fn rebuild(
    community: &Arc<Community>,
    serve: &Serve,
    search: Search,
    tell: impl FnMut(&Phase) + Send + 'static,
) -> Result<(Built, Report), ServeError> {
    let project = Project::of(community, serve);
    let (out, content) = (project.out.clone(), project.root.join("content"));
    let built = project.work(move |project| build(&project.to_build(search), tell));
    let mut built = built.await?;
    let began = Instant::now();
    let report = community.app.publish_with_sources(&out, &content).await?;
    built.0.push(Phase {
        name: "baking",
        did: format!("{} files changed", report.written),
        took: began.elapsed(),
    });
    Ok((built, report))
}

/// Brings the search index up to the pages, and publishes it. `false` when it was stopped.
pub(super) async fn renew_index(
    community: &Arc<Community>,
    serve: &Serve,
    stop: &Arc<AtomicBool>,
) -> Result<bool, ServeError> {
    let project = Project::of(community, serve);
    let (out, content) = (project.out.clone(), project.root.join("content"));
    let stop = stop.clone();
    let indexed = project.work(move |project| index_again(&project.to_build(Search::Anew), &stop));
    let indexed = indexed.await?;
    if indexed {
        community.app.publish_with_sources(&out, &content).await?;
    }
    Ok(indexed)
}
