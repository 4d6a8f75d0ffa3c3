//! Publishing: a build becomes what readers get. New files come first, pages next, and what is gone
//! goes last, so that a reader meets a whole site at every moment. Publishing the same build on the
//! same table twice changes no byte.
//!
//! The relay goes on baking meanwhile, perhaps with the index of before. It never writes over a file
//! that changed since it looked, and finds no shell any more for a page that is gone: shells that
//! are gone go before any page is touched.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sodium_domain::name::DisplayName;
use sodium_domain::seat::LiveSession;

use super::following::{Copies, Extent, Publication};
use super::slots::{self, Slot, SlotError, StatedSession, StatedThread};
use super::sources::Sources;
use super::{INDEX, Index, PUBLIC, SHELLS, SOURCES, Shell, log_folder, url_of};
use crate::files::kinds::is_fingerprinted;
use crate::files::{Files, FilesError, Inventory, Written};
use crate::relay::bake::BakeError;
use crate::state::App;
use crate::store::StoreError;
use crate::web::page::frame_page;
use crate::words::Language;

/// A build could not be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The build cannot be read.
    #[error("{0}: {1}")]
    Read(PathBuf, std::io::Error),
    /// A page has a marker that is not as it must be.
    #[error("{0}: {1}")]
    Slot(String, SlotError),
    /// Two pages claim the same thread.
    #[error("the thread ‘{0}’ stands on two pages, {1} and {2}; give one of them another id")]
    DoubleThread(String, String, String),
    /// The files cannot be written.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A page could not be baked.
    #[error(transparent)]
    Bake(#[from] BakeError),
}

/// What publishing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Files in the build.
    pub files: usize,
    /// Files that were written because they are new or changed.
    pub written: usize,
    /// Those of them that are pages.
    pub pages_written: usize,
    /// Files that were removed.
    pub removed: usize,
    /// Pages that show something from the table.
    pub shells: usize,
    /// Threads.
    pub threads: usize,
}

/// What publishing would upload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Files in the build.
    pub files: usize,
    /// The paths of those that are new or changed.
    pub changed: Vec<String>,
    /// Pages whose texts, for forms that change them, are new or changed.
    pub texts: usize,
}

/// Compares a build, and the texts in `content` that it was made of, with what is published, and changes
/// nothing. Pages that carry discussions are compared before they are baked.
///
/// # Errors
/// When the build is malformed, or the files cannot be read.
pub async fn differences(
    files: &Files,
    folder: &Path,
    content: &Path,
) -> Result<Differences, PublishError> {
    let build = sort(folder, files.has_siblings())?;
    let mut found = Differences::default();
    for (kind, below) in [
        (&build.assets, PUBLIC),
        (&build.pages, PUBLIC),
        (&build.shells, SHELLS),
    ] {
        let there = files.inventory(below).await?;
        for (path, file) in kind {
            let bytes =
                std::fs::read(file).map_err(|error| PublishError::Read(file.clone(), error))?;
            found.files += 1;
            if !files
                .is_there(&format!("{below}/{path}"), &bytes, &there)
                .await?
            {
                found.changed.push(path.clone());
            }
        }
    }
    let before = Index::load(files).await.unwrap_or_default();
    let texts = Sources::gather(content, &build.index, &before)?;
    let new = texts
        .pages
        .iter()
        .filter(|page| !before.sources.contains(page));
    found.texts = new.count();
    Ok(found)
}

/// The build, sorted by what happens to its files.
struct Build {
    index: Index,
    /// The people who wrote its articles.
    authors: BTreeSet<String>,
    shells: Vec<(String, PathBuf)>,
    assets: Vec<(String, PathBuf)>,
    pages: Vec<(String, PathBuf)>,
}

impl App {
    /// Publishes the build in `folder`, without the texts that it was made of: nobody can suggest an
    /// edit of its pages.
    ///
    /// # Errors
    /// When a page is malformed; then nothing was changed. Or when files or the table fail; then
    /// publishing again continues.
    pub async fn publish(&self, folder: &Path) -> Result<Report, PublishError> {
        let published = self.publish_all(folder, None, None).await?;
        Ok(published.report)
    }

    pub(super) async fn publish_all(
        &self,
        folder: &Path,
        content: Option<&Path>,
        last: Option<&Publication>,
    ) -> Result<Publication, PublishError> {
        let mut build = sort(folder, self.files.has_siblings())?;
        let mut report = Report {
            files: build.assets.len() + build.pages.len() + build.shells.len(),
            shells: build.index.shells.len(),
            threads: build.index.threads().count(),
            ..Report::default()
        };
        let before = Index::load(&self.files).await.unwrap_or_default();
        let sources = match content {
            Some(content) => Sources::gather(content, &build.index, &before)?,
            None => Sources::default(),
        };
        build.index.sources.clone_from(&sources.pages);
        let mut copies = Copies::after(last);
        // Each list is as new as what rests on it: a relay may be writing all the while.
        let public = self.files.inventory(PUBLIC).await?;
        report.written = self
            .copy(&build.assets, PUBLIC, &public, &mut copies)
            .await?;
        let shells = self.files.inventory(SHELLS).await?;
        self.remove_stale_shells(&build, &shells).await?;
        let public = self.files.inventory(PUBLIC).await?;
        report.pages_written = self
            .copy(&build.pages, PUBLIC, &public, &mut copies)
            .await?;
        report.pages_written += self
            .copy(&build.shells, SHELLS, &shells, &mut copies)
            .await?;
        report.written += report.pages_written;
        let texts = self.files.inventory(SOURCES).await?;
        sources.write(&self.files, &texts, last).await?;
        let extent = copies.extent(&build.index, &build.authors);
        if extent == Extent::Everything {
            self.forget_quotes(&before, &build.index).await?;
        }
        build.index.store(&self.files, &shells).await?;
        if extent == Extent::Everything {
            self.keep_frame(&build).await?;
            self.keep_authors_names(&build.authors).await?;
        }
        self.register(&build.index, &extent).await?;
        let touched = extent.touched(self, &build.index).await?;
        self.bake_for_good(&touched, &build.index).await?;
        report.removed = self.remove_stale(&before, &build).await?;
        sources.remove_others(&self.files, &texts).await?;
        if extent == Extent::Everything {
            self.digests_are_published(&build.index).await?;
        }
        Ok(copies.publication(report, build.index, build.authors))
    }

    /// Topics that a digest of before quoted, and none does now. First of all, so that a publication that
    /// ends early has forgotten none.
    async fn forget_quotes(&self, before: &Index, now: &Index) -> Result<(), StoreError> {
        let quoted = now.quoted_threads();
        for thread in before.quoted_threads().into_keys() {
            if !quoted.contains_key(thread) {
                self.store.note_digests(thread, &[]).await?;
            }
        }
        Ok(())
    }

    /// The functions that answer readers take the frame from the table.
    async fn keep_frame(&self, build: &Build) -> Result<(), PublishError> {
        for language in Language::all() {
            let page = frame_page(language);
            let Some((_, file)) = build.shells.iter().find(|(path, _)| *path == page) else {
                continue;
            };
            let html = std::fs::read_to_string(file);
            let html = html.map_err(|error| PublishError::Read(file.clone(), error))?;
            self.store.set_frame(language, html).await?;
        }
        self.pages.forget_frame();
        Ok(())
    }

    /// Nobody can call themselves what an author is called. A name that no member could have anyway
    /// needs no claim.
    async fn keep_authors_names(&self, authors: &BTreeSet<String>) -> Result<(), StoreError> {
        for author in authors {
            if let Ok(name) = DisplayName::parse(author) {
                self.store.claim_for_author(&name).await?;
            }
        }
        Ok(())
    }

    /// Copies what is new or changed. Returns how many files that were.
    async fn copy(
        &self,
        files: &[(String, PathBuf)],
        to: &str,
        there: &Inventory,
        copies: &mut Copies<'_>,
    ) -> Result<usize, PublishError> {
        let mut written = 0;
        for (path, file) in files {
            let bytes =
                std::fs::read(file).map_err(|error| PublishError::Read(file.clone(), error))?;
            let path = format!("{to}/{path}");
            if copies.had(&path, &bytes) {
                continue;
            }
            let copied = self.files.write_plain(&path, bytes, there).await?;
            written += usize::from(copied == Written::New);
        }
        Ok(written)
    }

    /// Tells the table what the pages say of themselves.
    pub(super) async fn register(
        &self,
        index: &Index,
        extent: &Extent,
    ) -> Result<(), PublishError> {
        let mut quoted = index.quoted_threads();
        for shell in index.shells.iter().filter(|shell| extent.has(shell)) {
            let page_url = url_of(&shell.path);
            for slot in &shell.slots {
                match slot {
                    Slot::Thread(stated) => {
                        let digests = quoted.remove(&stated.thread).unwrap_or_default();
                        self.store
                            .register_thread(stated, &page_url, &digests)
                            .await?;
                    }
                    Slot::Seats(stated) => self.register_session(stated, &page_url).await?,
                    Slot::Board(stated) => self.store.register_board(stated, &page_url).await?,
                    _ => {}
                }
            }
        }
        if *extent == Extent::Everything {
            self.store.keep_courses(&index.courses()).await?;
            for (thread, digests) in quoted {
                self.store.note_digests(thread, &digests).await?;
            }
        }
        Ok(())
    }

    async fn register_session(
        &self,
        stated: &StatedSession,
        page_url: &str,
    ) -> Result<(), StoreError> {
        let session = LiveSession {
            id: stated.session.clone(),
            title: stated.title.clone(),
            page_url: page_url.to_owned(),
            starts: stated.starts.clone(),
            zone: stated.zone.clone(),
            minutes: stated.minutes,
            capacity: stated.capacity,
            status: stated.status,
            confirmed: 0,
            waiting: 0,
            join_link: None,
        };
        self.store.register_session(&session).await?;
        self.store
            .fill_seats(&session.id, self.clock.now(), &|seat| {
                self.follow_seat(seat)
            })
            .await?;
        Ok(())
    }

    /// Removes shells of which the build knows nothing, so that nobody bakes them any more.
    async fn remove_stale_shells(
        &self,
        build: &Build,
        there: &Inventory,
    ) -> Result<(), PublishError> {
        let kept: BTreeSet<String> = build
            .shells
            .iter()
            .map(|(path, _)| format!("{SHELLS}/{path}"))
            .chain([INDEX.to_owned()])
            .collect();
        for path in there.paths().filter(|path| !kept.contains(*path)) {
            self.files.remove(path).await?;
        }
        Ok(())
    }

    /// Removes files of which neither the build knows nor, where their name carries a fingerprint, the
    /// one before. The pages of a board's lists stay with it. Discussion pages stay with their threads,
    /// which stay known when their page is gone, so a lesson can come back with its discussion.
    async fn remove_stale(&self, before: &Index, build: &Build) -> Result<usize, PublishError> {
        let mut kept: BTreeSet<&str> = before.assets.iter().map(String::as_str).collect();
        kept.extend(
            build
                .assets
                .iter()
                .chain(&build.pages)
                .map(|(path, _)| path.as_str()),
        );
        kept.extend(build.index.shells.iter().map(|shell| shell.path.as_str()));
        let boards = build.index.boards().map(|(shell, _)| shell.folder());
        let logs: Vec<String> = build.index.languages().map(log_folder).collect();
        let logs = logs.iter().map(String::as_str);
        let below: Vec<&str> = boards.chain(["discussions/"]).chain(logs).collect();
        let mut removed = 0;
        for path in self.files.inventory(PUBLIC).await?.paths() {
            let Some(page) = path.strip_prefix("public/") else {
                continue;
            };
            let original = page
                .strip_suffix(".br")
                .or_else(|| page.strip_suffix(".gz"));
            let is_kept = kept.contains(page) || original.is_some_and(|page| kept.contains(page));
            if !is_kept && !below.iter().any(|folder| page.starts_with(folder)) {
                self.files.remove(path).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

fn sort(folder: &Path, with_siblings: bool) -> Result<Build, PublishError> {
    let mut files = Vec::new();
    walk(folder, folder, &mut files)?;
    files.retain(|(path, _)| with_siblings || !(path.ends_with(".br") || path.ends_with(".gz")));
    files.sort();
    let mut build = Build {
        index: Index::default(),
        authors: BTreeSet::new(),
        shells: Vec::new(),
        assets: Vec::new(),
        pages: Vec::new(),
    };
    let mut shell_paths = BTreeSet::new();
    for (path, file) in &files {
        if !path.ends_with(".html") {
            continue;
        }
        let html = std::fs::read_to_string(file)
            .map_err(|error| PublishError::Read(file.clone(), error))?;
        if Language::all().any(|language| *path == frame_page(language)) {
            shell_paths.insert(path.clone());
            build.shells.push((path.clone(), file.clone()));
            continue;
        }
        build.authors.extend(slots::authors(&html));
        let slots = slots::find(&html).map_err(|error| PublishError::Slot(path.clone(), error))?;
        if !slots.is_empty() {
            shell_paths.insert(path.clone());
            build.shells.push((path.clone(), file.clone()));
            let slots = slots.into_iter().map(|(_, slot)| slot).collect();
            build.index.shells.push(Shell {
                path: path.clone(),
                slots,
            });
        }
    }
    for (path, file) in files {
        let original = path
            .strip_suffix(".br")
            .or_else(|| path.strip_suffix(".gz"));
        if shell_paths.contains(&path) || original.is_some_and(|path| shell_paths.contains(path)) {
            continue;
        }
        let pages = path.contains(".html");
        if pages {
            &mut build.pages
        } else {
            &mut build.assets
        }
        .push((path, file));
    }
    // A file that names others comes after them: the search index's first file after its pieces.
    build
        .assets
        .sort_by_key(|(path, _)| !is_fingerprinted(path));
    build.index.assets = build
        .assets
        .iter()
        .map(|(path, _)| path.clone())
        .filter(|path| is_fingerprinted(path))
        .collect();
    once_per_thread(&build.index)?;
    Ok(build)
}

fn once_per_thread(index: &Index) -> Result<(), PublishError> {
    let mut seen = std::collections::BTreeMap::new();
    for shell in &index.shells {
        for slot in &shell.slots {
            if let Slot::Thread(StatedThread { thread, .. }) = slot
                && let Some(other) = seen.insert(thread.as_str(), shell.path.as_str())
            {
                return Err(PublishError::DoubleThread(
                    thread.to_string(),
                    url_of(other),
                    url_of(&shell.path),
                ));
            }
        }
    }
    Ok(())
}

fn walk(root: &Path, folder: &Path, into: &mut Vec<(String, PathBuf)>) -> Result<(), PublishError> {
    let failed = |error| PublishError::Read(folder.to_owned(), error);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            walk(root, &path, into)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            into.push((relative.to_string_lossy().replace('\\', "/"), path));
        }
    }
    Ok(())
}
