//! Discussions that were held elsewhere: [`read`] takes the comments out of an export of WordPress,
//! Disqus or Isso, and [`Plan`] makes comments of this community of them.
//!
//! Names come along, marked as imported; addresses, networks and passwords are never looked at. What
//! is broken ends with an error that says where; nothing in a file makes it take more memory than its
//! comments need.

mod disqus;
mod isso;
mod markdown;
mod pages;
mod plan;
mod wordpress;
mod xml;

use std::io::BufReader;
use std::path::Path;

use jiff::Timestamp;

pub use pages::Pages;
pub use plan::{Plan, Planned};

/// Where the discussion was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Origin {
    /// A WordPress export (WXR).
    Wordpress,
    /// A Disqus export (XML).
    Disqus,
    /// Isso's database.
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
    /// Comments answer one another in a circle.
    #[error(
        "comment {0} answers, by way of others, itself; mend its parent in the file and start again"
    )]
    Circle(String),
}

/// How a comment stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Approved,
    Pending,
    /// It stays behind, for this reason.
    Left(&'static str),
}

/// A comment as it was found.
#[derive(Debug)]
struct Found {
    id: String,
    parent: Option<String>,
    /// The address of its page.
    page: String,
    name: String,
    created: Option<Timestamp>,
    /// Markdown.
    body: String,
    standing: Standing,
}

/// The comments of a file; [`Plan`] says what becomes of them.
#[derive(Debug)]
pub struct Discussion {
    origin: Origin,
    found: Vec<Found>,
}

/// The most comments of one file, and the most text in all: what a machine holds in memory.
const MOST_COMMENTS: usize = 1_000_000;
const MOST_TEXT: usize = 512 * 1024 * 1024;

/// Collects what is found, within bounds.
#[derive(Default)]
struct Finds {
    found: Vec<Found>,
    text: usize,
}

impl Finds {
    fn add(&mut self, found: Found) -> Result<(), ImportError> {
        self.text += found.body.len() + found.name.len() + found.page.len() + found.id.len();
        if self.found.len() == MOST_COMMENTS || self.text > MOST_TEXT {
            return Err(ImportError::Wrong(
                "the file holds more than a million comments or 512 MB of text; export it in parts"
                    .into(),
            ));
        }
        self.found.push(found);
        Ok(())
    }
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

fn open(file: &Path) -> Result<BufReader<std::fs::File>, ImportError> {
    Ok(BufReader::new(std::fs::File::open(file)?))
}
