//! What people said in a week, wherever the community is: for whoever writes its digest. It is only read.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::PathBuf;

use sodium_app::store::{Store, StoreError};
use sodium_app::transfer::{self, TransferError};
use sodium_domain::comment::Comment;
use sodium_domain::digest::Choice;
use sodium_domain::week::Week;

use crate::cloud::{self, CloudError, Elsewhere, Place};
use crate::data::{DataError, DataFolder};
use crate::engine::{Engine, EngineError, TABLE};

/// Where the discussion is.
#[derive(Debug, Clone)]
pub enum Origin {
    /// In a data folder that no server is using.
    Data(PathBuf),
    /// In the table of a stack.
    Stack(Place),
    /// In a table in AWS, or behind another endpoint.
    Table(Elsewhere),
    /// In a file that `sodium export` wrote.
    Export(PathBuf),
}

/// The discussion cannot be read. The message says why.
#[derive(Debug, thiserror::Error)]
pub enum TalkError {
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The cloud.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// The export.
    #[error(transparent)]
    Export(#[from] TransferError),
    /// There is no community.
    #[error("there is no community in {0}; name the data folder with --data")]
    Nothing(PathBuf),
    /// A file cannot be read.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
}

/// Chooses what of a week goes into its digest. `hears` how many comments or lines were looked at.
///
/// # Errors
/// When the discussion cannot be read.
pub async fn choose(
    from: &Origin,
    week: Week,
    hears: &mut (dyn FnMut(usize) + Send),
) -> Result<Choice, TalkError> {
    match from.open()? {
        Open::Table(store, _folder) => Ok(store.choose_for_digest(week, hears).await?),
        Open::Export(mut file) => Ok(transfer::choose_for_digest(&mut file, week, hears)?),
    }
}

/// Hands over the comments that were written in a week, in no order.
///
/// # Errors
/// When the discussion cannot be read.
pub async fn each_comment(
    from: &Origin,
    week: Week,
    take: &mut (dyn FnMut(&Comment) + Send),
) -> Result<(), TalkError> {
    match from.open()? {
        Open::Table(store, _folder) => Ok(store.each_comment_of(week, take).await?),
        Open::Export(mut file) => Ok(transfer::each_comment_of(&mut file, week, take)?),
    }
}

enum Open {
    /// With the folder that holds it, where it is on this machine.
    Table(Store, Option<DataFolder>),
    Export(BufReader<File>),
}

impl Origin {
    fn open(&self) -> Result<Open, TalkError> {
        Ok(match self {
            Self::Data(path) if !path.join("table.sqlite").exists() => {
                return Err(TalkError::Nothing(path.clone()));
            }
            Self::Data(path) => {
                let data = DataFolder::take(path)?;
                let engine = Engine::open(&data.table())?;
                Open::Table(Store::new(engine.client(), TABLE), Some(data))
            }
            Self::Stack(place) => Open::Table(cloud::table_to_read(place)?, None),
            Self::Table(elsewhere) => Open::Table(cloud::open_table_to_read(elsewhere)?, None),
            Self::Export(file) => {
                let opened = File::open(file);
                let opened = opened.map_err(|error| TalkError::File(file.clone(), error))?;
                Open::Export(BufReader::new(opened))
            }
        })
    }
}
