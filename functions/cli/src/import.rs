//! Discussions that were held elsewhere: [`read`] takes the comments out of an export of WordPress,
//! Disqus or Isso, [`Plan`] makes comments of this community of them, and [`bring`] puts them into it.
//!
//! Names come along, marked as imported; addresses, networks and passwords are never looked at. What
//! is broken ends with an error that says where; nothing in a file makes it take more memory than its
//! comments need, and those are bounded.

mod bring;
mod disqus;
mod isso;
mod markdown;
mod pages;
mod plan;
mod report;
#[cfg(test)]
mod tests;
mod tree;
mod wordpress;
mod xml;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

pub use bring::{Brought, Foreign, bring, unmatched};
pub use pages::Pages;
pub use plan::{Left, Note, Plan, Planned};
pub use report::report;

/// Where the discussion was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Origin {
    /// A WordPress export (WXR): Tools, Export, All content.
    Wordpress,
    /// A Disqus export (XML), unpacked: Moderation, Export.
    Disqus,
    /// Isso's database: the file that dbpath in isso.cfg names.
    Isso,
}

impl Origin {
    fn word(self) -> &'static str {
        match self {
            Self::Wordpress => "wordpress",
            Self::Disqus => "disqus",
            Self::Isso => "isso",
        }
    }

    /// What leads to a comment on its old page.
    fn anchor(self) -> &'static str {
        match self {
            Self::Wordpress | Self::Disqus => "#comment-",
            Self::Isso => "#isso-",
        }
    }
}

/// A discussion cannot be brought along. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// It is not what it should be.
    #[error("{0}")]
    Wrong(String),
    /// A place in it is not.
    #[error("at byte {0}: {1}")]
    At(u64, String),
    /// The database cannot be read.
    #[error("this is no database of Isso, or it is damaged: {0}; copy it while Isso does not run")]
    Database(#[from] rusqlite::Error),
    /// Old pages have no thread here.
    #[error(
        "{0}\nNothing was imported. Say with --map FILE which thread these pages have here, or leave \
         their comments behind with --skip-unmatched"
    )]
    Unmatched(String),
}

/// A comment as it was found.
#[derive(Debug)]
struct Found {
    id: String,
    parent: Option<String>,
    /// The address of its page.
    page: Arc<str>,
    name: String,
    created: Option<Timestamp>,
    /// Markdown.
    body: String,
    /// Why it stays behind, if that is known from the file alone.
    left: Option<Left>,
}

/// The comments of a file; [`Plan`] says what becomes of them.
#[derive(Debug)]
pub struct Discussion {
    origin: Origin,
    found: Vec<Found>,
}

/// The most comments of one file, and the most text in all: what a laptop holds in memory.
const MOST_COMMENTS: usize = 1_000_000;
const MOST_TEXT: usize = 256 * 1024 * 1024;

/// Longer identifiers are none of these programs', and longer names are nobody's.
const LONGEST_ID: usize = 64;
const LONGEST_NAME: usize = 4096;

/// Collects what is found, within bounds.
#[derive(Debug, Default)]
struct Finds {
    found: Vec<Found>,
    text: usize,
}

impl Finds {
    fn add(&mut self, mut found: Found) -> Result<(), ImportError> {
        if found.name.len() > LONGEST_NAME {
            found.name.clear();
        }
        if found.id.len() > LONGEST_ID {
            found.id.clear();
        }
        found.parent = found.parent.filter(|id| id.len() <= LONGEST_ID);
        if found.left.is_some() {
            found.body = String::new();
        }
        self.count(found.body.len() + found.name.len() + found.id.len())?;
        if self.found.len() == MOST_COMMENTS {
            return Err(too_much());
        }
        self.found.push(found);
        Ok(())
    }

    /// Counts text that is kept.
    fn count(&mut self, bytes: usize) -> Result<(), ImportError> {
        self.text += bytes;
        if self.text > MOST_TEXT {
            return Err(too_much());
        }
        Ok(())
    }

    /// An address of a page, shared by its comments.
    fn page(&mut self, address: &str) -> Result<Arc<str>, ImportError> {
        self.count(address.len())?;
        Ok(Arc::from(address.trim()))
    }
}

fn too_much() -> ImportError {
    let what = "the file holds more than a million comments or 256 MB of text; export it in parts, by year or section";
    ImportError::Wrong(what.into())
}

/// Reads a file.
///
/// # Errors
/// When it is not what it should be.
pub fn read(origin: Origin, file: &Path) -> Result<Discussion, ImportError> {
    let mut finds = Finds::default();
    match origin {
        Origin::Isso => isso::read(file, &mut finds)?,
        Origin::Wordpress => wordpress::read(open(file)?, &mut finds)?,
        Origin::Disqus => disqus::read(open(file)?, &mut finds)?,
    }
    Ok(Discussion {
        origin,
        found: finds.found,
    })
}

/// How compressed files begin.
const PACKED: [&[u8]; 3] = [b"\x1f\x8b", b"PK\x03\x04", b"BZh"];

fn open(file: &Path) -> Result<BufReader<std::fs::File>, ImportError> {
    let mut source = BufReader::new(std::fs::File::open(file)?);
    let begin = source.fill_buf()?;
    if PACKED.iter().any(|packed| begin.starts_with(packed)) {
        let what = "the file is compressed; unpack it first (gunzip, unzip)";
        return Err(ImportError::Wrong(what.into()));
    }
    Ok(source)
}
