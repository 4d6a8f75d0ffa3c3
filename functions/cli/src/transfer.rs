//! The community as a file: [`export`] and [`import`], on a data folder or on a table elsewhere.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};

use sodium_app::clock::Clock;
use sodium_app::store::Store;
use sodium_app::transfer::{Exported, Imported, Progress, Replayed, Transfer, TransferError, Wish};

use crate::cloud::{self, CloudError, Elsewhere};
use crate::data::{DataError, DataFolder};
use crate::engine::{Engine, EngineError, TABLE};
use crate::import::ImportError;
use crate::progress::Told;

/// Where a community's table is.
#[derive(Debug, Clone)]
pub enum Where {
    /// In a data folder on this machine.
    Data(PathBuf),
    /// In AWS, or behind another endpoint.
    Table(Elsewhere),
}

/// A community cannot be moved. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The cloud.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// The content of the file or of the table.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// A discussion from elsewhere.
    #[error(transparent)]
    Foreign(#[from] ImportError),
    /// There is no community.
    #[error("there is no community in {0}; name the data folder with --data")]
    Nothing(PathBuf),
    /// The file.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
}

/// An open table, and the folder that holds it.
pub(crate) struct Open {
    pub(crate) transfer: Transfer,
    pub(crate) data: Option<DataFolder>,
}

impl Where {
    pub(crate) fn must_be_there(&self) -> Result<(), MoveError> {
        match self {
            Self::Data(path) if !path.join("table.sqlite").exists() => {
                Err(MoveError::Nothing(path.clone()))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn open(&self) -> Result<Open, MoveError> {
        let (store, keys, data) = match self {
            Self::Data(path) => {
                let data = DataFolder::take(path)?;
                let engine = Engine::open(&data.table())?;
                (Store::new(engine.client(), TABLE), data.keys()?, Some(data))
            }
            Self::Table(elsewhere) => {
                let (store, keys) = cloud::open_table(elsewhere)?;
                (store, keys, None)
            }
        };
        let transfer = Transfer {
            store,
            keys,
            clock: Clock::System,
        };
        Ok(Open { transfer, data })
    }
}

/// Writes the community into a file that only its owner can read, and that is not there before it is
/// whole.
///
/// # Errors
/// When the community cannot be read, or there is such a file already.
pub fn export(from: &Where, file: &Path) -> Result<Exported, MoveError> {
    from.must_be_there()?;
    let failed = |error| MoveError::File(file.to_owned(), error);
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    // `tempfile` makes files that only their owner reads.
    let part = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    if file.exists() {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    let open = from.open()?;
    let mut out = BufWriter::new(part);
    let mut told = Told::new();
    let exported = runtime().map_err(failed)?.block_on(
        open.transfer
            .export(&mut out, &mut |at| told.hears(|| so_far(at))),
    )?;
    let part = out
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    part.as_file().sync_all().map_err(failed)?;
    part.persist_noclobber(file)
        .map_err(|error| failed(error.error))?;
    Ok(exported)
}

/// Brings a file into a community.
///
/// # Errors
/// When the file is not as it must be, or the table does not take it.
pub fn import(to: &Where, file: &Path, wish: Wish) -> Result<Imported, MoveError> {
    let failed = |error| MoveError::File(file.to_owned(), error);
    let mut lines = BufReader::new(File::open(file).map_err(failed)?);
    let open = to.open()?;
    let mut told = Told::new();
    let imported = runtime().map_err(failed)?.block_on(open.transfer.import(
        &mut lines,
        wish,
        &mut |at| told.hears(|| so_far(at)),
    ))?;
    if let Some(data) = open.data.filter(|_| !wish.dry_run) {
        // A community that came along needs no sample discussion.
        data.set_unseeded(false).map_err(failed)?;
    }
    Ok(imported)
}

/// Deletes in a restored table what the table that it replaces remembers as deleted.
///
/// # Errors
/// When one of the tables cannot be opened, or fails.
pub fn replay_deletions(from: &Where, to: &Where) -> Result<Replayed, MoveError> {
    for place in [from, to] {
        place.must_be_there()?;
    }
    let (newer, restored) = (from.open()?, to.open()?);
    let mut told = Told::new();
    let runtime =
        runtime().map_err(|error| MoveError::File(PathBuf::from("this process"), error))?;
    let transfer = &restored.transfer;
    let mut hears = |at| told.hears(|| so_far(at));
    let replaying = transfer.replay_deletions(&newer.transfer.store, &mut hears);
    Ok(runtime.block_on(replaying)?)
}

pub(crate) fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

/// Counts by kind as a list for people: `2 members, 1 comment`.
#[must_use]
pub fn listed(counts: &BTreeMap<&'static str, u64>) -> String {
    let words = counts.iter().map(|(kind, count)| format!("{count} {kind}"));
    words.collect::<Vec<_>>().join(", ")
}

/// How far it is, in words.
pub(crate) fn so_far(progress: Progress) -> String {
    match progress {
        Progress::Exported(items) => format!("{items} items exported"),
        Progress::Checked(lines) => format!("{lines} lines checked"),
        Progress::Compared(lines) => format!("{lines} lines compared with the table"),
        Progress::Imported(lines) => format!("{lines} lines imported"),
        Progress::Numbered(comments) => format!("{comments} comments numbered"),
        Progress::Replayed(deletions) => format!("{deletions} deletions replayed"),
    }
}
