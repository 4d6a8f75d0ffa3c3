//! The compressed siblings of files in a folder: `page.html.br` beside `page.html`. A file server hands
//! them out in its place, so none may ever say what its file does not say any more.

use object_store::path::Path;
use object_store::{ObjectStoreExt as _, PutMode};

use super::{Files, FilesError, Seen, Written};

/// How the names of compressed siblings end.
pub(super) const SIBLINGS: [&str; 2] = [".br", ".gz"];

pub(super) fn sibling(path: &str, ending: &str) -> Path {
    Path::from(format!("{path}{ending}"))
}

impl Files {
    /// Old siblings go first and new ones come last: whatever fails in between, none ever says what
    /// its file does not say any more. Readers get the file itself meanwhile.
    pub(super) async fn write(
        &self,
        path: &str,
        bytes: Vec<u8>,
        mode: PutMode,
    ) -> Result<Written, FilesError> {
        let Some(compress) = &self.compress else {
            return self.put(path, bytes, mode).await;
        };
        for ending in SIBLINGS {
            self.delete(&sibling(path, ending)).await?;
        }
        let packed = compress(path, &bytes);
        let written = self.put(path, bytes, mode).await?;
        if written == Written::New {
            for (ending, bytes) in packed {
                self.put_sibling(path, ending, bytes).await?;
            }
        }
        Ok(written)
    }

    /// Gives a file its siblings where a writer did not come so far.
    pub(super) async fn add_missing_siblings(
        &self,
        path: &str,
        seen: &Seen,
        bytes: &[u8],
    ) -> Result<(), FilesError> {
        let Some(compress) = &self.compress else {
            return Ok(());
        };
        let _one_at_a_time = self.alone().await;
        let mut missing = Vec::new();
        for ending in SIBLINGS {
            if self.tag(&format!("{path}{ending}")).await?.is_none() {
                missing.push(ending);
            }
        }
        if missing.is_empty() || self.tag(path).await? != seen.tag {
            return Ok(());
        }
        for (ending, bytes) in compress(path, bytes) {
            if missing.contains(&ending) {
                self.put_sibling(path, ending, bytes).await?;
            }
        }
        Ok(())
    }

    async fn put_sibling(
        &self,
        path: &str,
        ending: &str,
        bytes: Vec<u8>,
    ) -> Result<(), FilesError> {
        let at = sibling(path, ending);
        self.store()?.put(&at, bytes.into()).await?;
        Ok(())
    }
}
