//! A whole community as a file of JSON Lines, and back. `functions/EXPORT.md` describes the format;
//! which kinds of items go along says [`crate::store::kinds`].
//!
//! This is the only code that reads the table from end to end. It runs in the operator's program;
//! no function may do it.

mod counts;
mod elsewhere;
mod export;
mod import;
mod line;
mod replay;
mod settle;
mod value;
mod week;

use std::collections::BTreeMap;
use std::io;

use crate::clock::Clock;
use crate::seal::Keys;
use crate::store::{Store, StoreError};

pub use line::VERSION;
pub use replay::Replayed;
pub use week::{choose_for_digest, each_comment_of};

/// The table of a community, with what it takes to move it.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// The table.
    pub store: Store,
    /// The community's keys.
    pub keys: Keys,
    /// The time.
    pub clock: Clock,
}

/// Something cannot be moved. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read or written.
    #[error("the file: {0}")]
    File(#[from] io::Error),
    /// The table holds what this version does not know.
    #[error(
        "the table holds an item that this version of sodium does not know ({0}, {1}); export with the \
         version that wrote it, so that nothing is forgotten"
    )]
    Unknown(String, String),
    /// An item has an attribute for which the format has no place.
    #[error("the item {0}, {1} holds what the format has no place for; nothing was exported")]
    Unwritable(String, String),
    /// The keys are another community's.
    #[error(
        "these are not the keys of this table: the addresses in it do not fit them; give the keys with \
         which the community runs"
    )]
    WrongKeys,
    /// A line is not as it must be.
    #[error("line {0}: {1}")]
    Line(u64, String),
    /// The table has other items in place of some.
    #[error(
        "{} of the items are in the table already and differ ({}); nothing was changed. Import into a \
         table without them, or keep those of the table with --keep-existing",
        .0.different, .0.examples.join("; ")
    )]
    Differs(Box<Imported>),
}

/// What an export wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// Items by kind.
    pub items: BTreeMap<&'static str, u64>,
    /// Items that stay behind, by kind.
    pub left: BTreeMap<&'static str, u64>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Items that are new in the table, by kind.
    pub new: BTreeMap<&'static str, u64>,
    /// Items that are there already.
    pub same: u64,
    /// Items in place of which the table has others.
    pub different: u64,
    /// The first of them.
    pub examples: Vec<String>,
    /// Items of addresses that nobody knows, under other keys than these, by kind.
    pub lost: BTreeMap<&'static str, u64>,
    /// Items of members who left while the export was made, by kind.
    pub orphans: BTreeMap<&'static str, u64>,
}

impl Imported {
    /// How many items are new.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.new.values().sum()
    }
}

/// How an import goes about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish {
    /// To say what would happen, and change nothing.
    pub dry_run: bool,
    /// To leave what is in the table as it is where the file has something else.
    pub keep_existing: bool,
}

/// How far long work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Items written to the file.
    Exported(u64),
    /// Lines that were looked at.
    Checked(u64),
    /// Lines that were compared with the table.
    Compared(u64),
    /// Lines that are in the table.
    Imported(u64),
    /// Comments that have their numbers.
    Numbered(u64),
    /// Deletions that were done once more.
    Replayed(u64),
}

/// Hears how far it is.
pub type Listener<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// The keyed hash under which the table knows an address.
fn address_hash(keys: &Keys, address: &sodium_domain::email::EmailAddress) -> String {
    keys.hash("address", &address.canonical())
}

/// What tells keys apart and gives nothing of them away.
fn fingerprint(keys: &Keys) -> String {
    keys.hash("export", "whose keys")
}
