//! The texts of pages as their authors wrote them, for forms that change them. They lie beside the
//! shells, where functions can read them and readers cannot: one file for each text, called as Git
//! calls it, and one for each thread, which says what its page's text is now and was before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};
use sodium_domain::id::ThreadId;
use sodium_domain::suggestion::{Page, Revision};

use super::following::Publication;
use super::publish::{PublishError, Report};
use super::{Index, SOURCES};
use crate::files::{Files, FilesError, Inventory};
use crate::state::App;

/// Where the text of a page is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSource {
    /// The thread of the page.
    pub thread: ThreadId,
    /// Its file, below the content folder.
    pub path: String,
    /// Its text.
    pub revision: Revision,
    /// The text before the last change. Somebody may be writing about it still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Revision>,
}

impl PageSource {
    /// Whether this is, or was until the last change, the text of the page.
    pub(crate) fn had(&self, revision: &Revision) -> bool {
        self.revision == *revision || self.before.as_ref() == Some(revision)
    }
}

/// The texts of a publication.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub(super) pages: Vec<PageSource>,
    texts: BTreeMap<Revision, Vec<u8>>,
}

/// The name that Git has for a text.
pub fn revision_of(text: &[u8]) -> Revision {
    let mut sha = Sha1::new();
    sha.update(format!("blob {}\0", text.len()));
    sha.update(text);
    let digits: String = sha.finalize().iter().map(|b| format!("{b:02x}")).collect();
    digits
        .parse()
        .unwrap_or_else(|_| unreachable!("20 bytes are 40 digits"))
}

fn text_path(revision: &Revision) -> String {
    format!("{SOURCES}/{}.md", revision.as_str())
}

fn page_path(thread: &ThreadId) -> String {
    format!("{SOURCES}/{thread}.json")
}

impl Sources {
    /// The texts of the pages that have a thread and say in which file they are written. `before` is
    /// the publication that this one follows.
    pub(super) fn gather(
        content: &Path,
        index: &Index,
        before: &Index,
    ) -> Result<Self, PublishError> {
        let mut sources = Self::default();
        for stated in index.threads() {
            let Some(path) = &stated.source else { continue };
            let file = content.join(path);
            if !file.is_file() {
                continue;
            }
            let text =
                std::fs::read(&file).map_err(|error| PublishError::Read(file.clone(), error))?;
            // What no form can show is not for forms.
            if std::str::from_utf8(&text)
                .ok()
                .and_then(Page::read)
                .is_none()
            {
                continue;
            }
            let revision = revision_of(&text);
            let mut known = before.sources.iter();
            let known = known.find(|source| source.thread == stated.thread);
            let before = known.and_then(|known| match known.revision == revision {
                true => known.before.clone(),
                false => Some(known.revision.clone()),
            });
            sources.pages.push(PageSource {
                thread: stated.thread.clone(),
                path: path.clone(),
                revision: revision.clone(),
                before,
            });
            sources.texts.insert(revision, text);
        }
        Ok(sources)
    }

    /// Writes what is new since `last`: texts first, and then what names them.
    pub(super) async fn write(
        &self,
        files: &Files,
        there: &Inventory,
        last: Option<&Publication>,
    ) -> Result<(), FilesError> {
        let known = last.map_or(&[][..], |last| &last.index.sources);
        let known: BTreeMap<_, _> = known.iter().map(|page| (&page.thread, page)).collect();
        let is_new = |page: &&PageSource| known.get(&page.thread) != Some(page);
        let new: Vec<&PageSource> = self.pages.iter().filter(is_new).collect();
        for page in &new {
            let Some(text) = self.texts.get(&page.revision) else {
                continue;
            };
            let path = text_path(&page.revision);
            files.write_plain(&path, text.clone(), there).await?;
        }
        for page in new {
            let bytes = serde_json::to_vec(page).unwrap_or_default();
            let path = page_path(&page.thread);
            files.write_plain(&path, bytes, there).await?;
        }
        Ok(())
    }

    /// Removes texts and pages of which this publication knows nothing.
    pub(super) async fn remove_others(
        &self,
        files: &Files,
        there: &Inventory,
    ) -> Result<(), FilesError> {
        let names = |page: &PageSource| {
            let before = page.before.as_ref().map(text_path);
            [page_path(&page.thread), text_path(&page.revision)]
                .into_iter()
                .chain(before)
        };
        let kept: BTreeSet<String> = self.pages.iter().flat_map(names).collect();
        for path in there.paths().filter(|path| !kept.contains(*path)) {
            files.remove(path).await?;
        }
        Ok(())
    }
}

impl App {
    /// Publishes the build in `folder`, with the texts in `content` that it was made of.
    ///
    /// # Errors
    /// As for [`App::publish`].
    pub async fn publish_with_sources(
        &self,
        folder: &Path,
        content: &Path,
    ) -> Result<Report, PublishError> {
        let published = self.publish_after(None, folder, content).await?;
        Ok(published.report)
    }

    /// Where the text of a thread's page is; nothing where no form can change it.
    pub(crate) async fn page_source(
        &self,
        thread: &ThreadId,
    ) -> Result<Option<PageSource>, FilesError> {
        let path = page_path(thread);
        match self.files.read(&path).await? {
            Some(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|_| FilesError::Unreadable(path)),
            None => Ok(None),
        }
    }

    /// A text.
    pub(crate) async fn source_text(
        &self,
        revision: &Revision,
    ) -> Result<Option<String>, FilesError> {
        let path = text_path(revision);
        match self.files.read(&path).await? {
            Some(bytes) => String::from_utf8(bytes.to_vec())
                .map(Some)
                .map_err(|_| FilesError::Unreadable(path)),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_called_as_git_calls_it() {
        // `printf 'hello\n' | git hash-object --stdin`
        assert_eq!(
            revision_of(b"hello\n").as_str(),
            "ce013625030ba8dba906f756967f9e9ca394464a"
        );
    }
}
