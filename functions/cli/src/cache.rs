//! What was made from something is kept under a digest of it: made once, whatever builds come.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What no build has written for this long goes; at worst it is made again.
const AGE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// A folder of results.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    pub(crate) fn get(&self, name: &str) -> Option<Vec<u8>> {
        std::fs::read(self.folder.join(name)).ok()
    }

    /// Written aside and moved: another build may be reading.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut unfinished = tempfile::NamedTempFile::new_in(&self.folder)?;
        unfinished.write_all(bytes)?;
        unfinished.persist(self.folder.join(name))?;
        Ok(())
    }

    pub(crate) fn forget_old(&self) -> io::Result<()> {
        let oldest = SystemTime::now() - AGE;
        for entry in self.folder.read_dir()? {
            let entry = entry?;
            if entry.metadata()?.modified()? < oldest {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}
