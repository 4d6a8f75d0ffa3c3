//! The data folder: everything that a local community keeps, in one place that one process owns.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sodium_app::seal::Keys;

/// The data folder cannot be used. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Another process has it.
    #[error(
        "the data folder {0} is in use by another sodium process; stop that one, or choose another \
         folder with --data"
    )]
    Locked(PathBuf),
    /// It cannot be read or written.
    #[error("the data folder {0}: {1}")]
    Io(PathBuf, io::Error),
    /// The keys are broken.
    #[error(
        "the file {0} does not hold this community's keys; restore it from a backup (without it, \
         links in mails that are on their way do not work, and addresses are not recognised)"
    )]
    Keys(PathBuf),
}

/// An owned data folder; it is free again when this is dropped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if it is not there, and takes it.
    ///
    /// # Errors
    /// When another process has it, or it cannot be written.
    pub fn take(path: &Path) -> Result<Self, DataError> {
        let failed = |error| DataError::Io(path.to_owned(), error);
        let is_new = !path.join("table.sqlite").exists();
        for folder in ["files/public", "files/shells", "cache"] {
            fs::create_dir_all(path.join(folder)).map_err(failed)?;
        }
        let path = path.canonicalize().map_err(failed)?;
        let lock = File::create(path.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataError::Locked(path)),
            Err(TryLockError::Error(error)) => return Err(DataError::Io(path, error)),
        }
        let folder = Self { path, _lock: lock };
        if is_new {
            folder
                .set_unseeded(true)
                .map_err(|error| DataError::Io(folder.path.clone(), error))?;
        }
        Ok(folder)
    }

    /// The database.
    pub fn table(&self) -> PathBuf {
        self.path.join("table.sqlite")
    }

    /// The files: what readers get, and the shells.
    pub fn files(&self) -> PathBuf {
        self.path.join("files")
    }

    /// The mails that would have gone out.
    pub fn mailbox(&self) -> PathBuf {
        self.path.join("mailbox")
    }

    /// What can be made again.
    pub fn cache(&self) -> PathBuf {
        self.path.join("cache")
    }

    /// Whether the store is new, so that sample data may go into it. It stays so until sample data
    /// was loaded in full or was not wanted.
    pub fn is_unseeded(&self) -> bool {
        self.unseeded().exists()
    }

    /// Notes whether sample data may still go into the store.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn set_unseeded(&self, unseeded: bool) -> io::Result<()> {
        if unseeded {
            File::create(self.unseeded()).map(drop)
        } else if self.is_unseeded() {
            fs::remove_file(self.unseeded())
        } else {
            Ok(())
        }
    }

    fn unseeded(&self) -> PathBuf {
        self.path.join("unseeded")
    }

    /// The community's keys, made when there are none. Only the owner of the folder can read them.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds something else.
    pub fn keys(&self) -> Result<Keys, DataError> {
        let path = self.path.join("keys");
        let failed = |error| DataError::Io(path.clone(), error);
        match fs::read_to_string(&path) {
            Ok(text) => Keys::from_text(&text).ok_or(DataError::Keys(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let keys = Keys::generate().map_err(|error| failed(io::Error::other(error)))?;
                write_secret(&path, &keys.to_text()).map_err(failed)?;
                Ok(keys)
            }
            Err(error) => Err(failed(error)),
        }
    }
}

fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    fs::rename(part, path)
}
