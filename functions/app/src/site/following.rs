//! Publishing again what is nearly the same: a member of a team writes, and looks at the page after each
//! saving. What the last publication of this process did need not be done again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::publish::{PublishError, Report};
use super::slots::{self, Slot, StatedThread};
use super::{Index, SHELLS, Shell};
use crate::files::Inventory;
use crate::relay::touched::Touched;
use crate::state::App;

/// A publication that was made to its end. It holds for this process alone, and for as long as nobody
/// reads other templates: what functions would fill in otherwise, it does not know.
#[derive(Debug, Clone)]
pub struct Publication {
    /// What was done.
    pub report: Report,
    pub(super) index: Index,
    pub(super) authors: BTreeSet<String>,
    pub(super) files: Fingerprints,
}

/// The files of a build by their paths in the storage, each with the SHA-256 digest of its bytes.
type Fingerprints = BTreeMap<String, [u8; 32]>;

impl Publication {
    /// The page of this file below the content folder, if it has a discussion: its path in a build.
    pub fn page_of(&self, source: &str) -> Option<&str> {
        let is_of = |slot: &Slot| matches!(slot, Slot::Thread(stated) if stated.source.as_deref() == Some(source));
        let mut shells = self.index.showing(is_of);
        shells.next().map(|shell| shell.path.as_str())
    }
}

/// What becomes of the files of a build, beside those of the publication before.
#[derive(Debug)]
pub(super) struct Copies<'a> {
    last: Option<&'a Publication>,
    files: Fingerprints,
    changed: BTreeSet<String>,
}

impl<'a> Copies<'a> {
    pub(super) fn after(last: Option<&'a Publication>) -> Self {
        Self {
            last,
            files: Fingerprints::new(),
            changed: BTreeSet::new(),
        }
    }

    /// Notes a file. Whether the publication before had the same at this place.
    pub(super) fn had(&mut self, path: &str, bytes: &[u8]) -> bool {
        let fingerprint: [u8; 32] = Sha256::digest(bytes).into();
        let had = self
            .last
            .is_some_and(|last| last.files.get(path) == Some(&fingerprint));
        if !had {
            self.changed.insert(path.to_owned());
        }
        self.files.insert(path.to_owned(), fingerprint);
        had
    }

    /// How much there is to do beside copying.
    pub(super) fn extent(&self, index: &Index, authors: &BTreeSet<String>) -> Extent {
        let texts_changed = |last: &&Publication| {
            last.authors == *authors && is_same_but_for_texts(&last.index, index)
        };
        if self.last.filter(texts_changed).is_none() {
            return Extent::Everything;
        }
        let below = format!("{SHELLS}/");
        let changed = self.changed.iter();
        let changed: BTreeSet<String> = changed
            .filter_map(|path| path.strip_prefix(&below))
            .map(str::to_owned)
            .collect();
        let known: BTreeSet<&str> = index.shells.iter().map(|s| s.path.as_str()).collect();
        // A frame is around the pages of functions, too.
        match changed.iter().all(|path| known.contains(path.as_str())) {
            true => Extent::Pages(changed),
            false => Extent::Everything,
        }
    }

    pub(super) fn publication(
        self,
        report: Report,
        index: Index,
        authors: BTreeSet<String>,
    ) -> Publication {
        Publication {
            report,
            index,
            authors,
            files: self.files,
        }
    }
}

/// How much of a publication differs from the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Extent {
    /// Nobody knows.
    Everything,
    /// What is written on these pages, and nothing by which other pages know them.
    Pages(BTreeSet<String>),
}

impl Extent {
    pub(super) fn has(&self, shell: &Shell) -> bool {
        match self {
            Self::Everything => true,
            Self::Pages(paths) => paths.contains(&shell.path),
        }
    }

    /// What has to be baked.
    pub(super) async fn touched(&self, app: &App, index: &Index) -> Result<Touched, PublishError> {
        let Self::Pages(paths) = self else {
            return Ok(Touched::everything(app, index).await?);
        };
        let mut touched = Touched {
            shells: paths.clone(),
            ..Touched::default()
        };
        let changed = index.shells.iter().filter(|shell| self.has(shell));
        for slot in changed.flat_map(|shell| &shell.slots) {
            if let Slot::Thread(stated) = slot {
                touched.whole_thread(app, &stated.thread).await?;
            }
        }
        Ok(touched)
    }
}

/// Whether two builds have the same pages with the same places, whatever is written on them.
fn is_same_but_for_texts(one: &Index, other: &Index) -> bool {
    let is_same = |(one, other): (&Shell, &Shell)| {
        let (left, right) = (one.slots.iter(), other.slots.iter());
        one.path == other.path && left.map(without_text).eq(right.map(without_text))
    };
    one.shells.len() == other.shells.len() && one.shells.iter().zip(&other.shells).all(is_same)
}

fn without_text(slot: &Slot) -> Slot {
    match slot {
        Slot::Thread(stated) => Slot::Thread(StatedThread {
            revision: None,
            headings: Vec::new(),
            ..stated.clone()
        }),
        other => other.clone(),
    }
}

fn without_title(slot: &Slot) -> Slot {
    match without_text(slot) {
        Slot::Thread(stated) => Slot::Thread(StatedThread {
            title: String::new(),
            ..stated
        }),
        other => other,
    }
}

impl App {
    /// Publishes the build in `folder`, with the texts in `content` that it was made of. After `last`,
    /// which this process published before with the same templates, only what differs is looked at.
    ///
    /// # Errors
    /// As for [`App::publish`]. Then nothing is known of what was published last.
    pub async fn publish_after(
        &self,
        last: Option<&Publication>,
        folder: &Path,
        content: &Path,
    ) -> Result<Publication, PublishError> {
        self.publish_all(folder, Some(content), last).await
    }

    /// Publishes pages that somebody is writing, and nothing else: `folder` has them, at their paths in a
    /// build. What others show of them, and their own texts for forms, follow with the next publication, for
    /// which `last` is still what was published last. `false`, and nothing done, where a page has other
    /// places than it had then.
    ///
    /// # Errors
    /// When a page is malformed, or files or the table fail.
    pub async fn publish_pages(
        &self,
        last: &Publication,
        folder: &Path,
        paths: &BTreeSet<String>,
    ) -> Result<bool, PublishError> {
        let mut index = last.index.clone();
        let mut pages = Vec::with_capacity(paths.len());
        for path in paths {
            let Some(shell) = index.shells.iter_mut().find(|shell| shell.path == *path) else {
                return Ok(false);
            };
            let file = folder.join(path);
            let html =
                std::fs::read_to_string(&file).map_err(|error| PublishError::Read(file, error))?;
            let slots =
                slots::find(&html).map_err(|error| PublishError::Slot(path.clone(), error))?;
            let slots: Vec<Slot> = slots.into_iter().map(|(_, slot)| slot).collect();
            let (left, right) = (shell.slots.iter(), slots.iter());
            if !left.map(without_title).eq(right.map(without_title)) {
                return Ok(false);
            }
            shell.slots = slots;
            pages.push((path, html));
        }
        for (path, html) in pages {
            let path = format!("{SHELLS}/{path}");
            let nobody_knows = Inventory::default();
            self.files
                .write_plain(&path, html.into_bytes(), &nobody_knows)
                .await?;
        }
        let extent = Extent::Pages(paths.clone());
        self.register(&index, &extent).await?;
        let touched = extent.touched(self, &index).await?;
        self.bake_for_good(&touched, &index).await?;
        Ok(true)
    }
}
