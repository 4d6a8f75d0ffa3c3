//! Isso: a `SQLite` database. A comment is Markdown already.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, Row};

use super::plan::Left;
use super::{Finds, Found, ImportError};

/// The longest text that is taken out of the database, in bytes. The engine itself looks, so that a longer
/// one is never in memory.
const LONGEST: u32 = 256 * 1024;

/// What is asked for. A value of another type, or a longer one, is none.
const COMMENTS: &str = "\
    SELECT id, parent, tid, mode, created, \
        CASE WHEN typeof(author) = 'text' AND octet_length(author) <= 4096 THEN author END, \
        CASE WHEN typeof(text) = 'text' AND octet_length(text) <= ?1 THEN text END \
    FROM comments ORDER BY rowid";

const THREADS: &str = "\
    SELECT id, CASE WHEN typeof(uri) = 'text' AND octet_length(uri) <= 4096 THEN uri END FROM threads";

pub(super) fn read(file: &Path, finds: &mut Finds) -> Result<(), ImportError> {
    // `SQLite` would make a file that is not there, or see an empty database in it.
    std::fs::File::open(file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(file, flags)?;
    database.pragma_update(None, "trusted_schema", false)?;
    database.pragma_update(None, "cell_size_check", true)?;
    for table in ["threads", "comments"] {
        must_be_there(&database, table)?;
    }
    must_be_whole(&database)?;
    let mut pages: HashMap<i64, Arc<str>> = HashMap::new();
    let mut threads = database.prepare(THREADS)?;
    let mut rows = threads.query([])?;
    while let Some(row) = rows.next()? {
        let uri: Option<String> = row.get(1)?;
        pages.insert(row.get(0)?, finds.page(&uri.unwrap_or_default())?);
    }
    let mut comments = database.prepare(COMMENTS)?;
    let mut rows = comments.query([LONGEST])?;
    while let Some(row) = rows.next()? {
        finds.add(found(row, &pages)?)?;
    }
    Ok(())
}

/// A view could do anything, and go on for ever; a virtual table could be any program's.
fn must_be_there(database: &Connection, table: &str) -> Result<(), ImportError> {
    let tables: u32 = database.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE name = ?1 AND type = 'table' AND sql LIKE 'CREATE TABLE%'",
        [table],
        |row| row.get(0),
    )?;
    if tables == 1 {
        return Ok(());
    }
    Err(ImportError::Wrong(format!(
        "this is no database of Isso: it has no table ‘{table}’; name the file of dbpath in isso.cfg"
    )))
}

/// A copy that was cut off can look whole where one happens to read.
fn must_be_whole(database: &Connection) -> Result<(), ImportError> {
    let found: String = database.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    let what =
        "the database is damaged, or was copied while Isso wrote; stop Isso and copy it anew";
    Err(ImportError::Wrong(what.into()))
}

fn found(row: &Row<'_>, pages: &HashMap<i64, Arc<str>>) -> Result<Found, ImportError> {
    let id: i64 = row.get(0)?;
    let parent: Option<i64> = row.get(1)?;
    let thread: Option<i64> = row.get(2)?;
    let name: Option<String> = row.get(5)?;
    let body: Option<String> = row.get(6)?;
    let left = match row.get::<_, Option<i64>>(3)? {
        Some(1) if body.is_none() => Some(Left::TooLong),
        Some(1) => None,
        Some(2) => Some(Left::Unapproved),
        _ => Some(Left::Deleted),
    };
    let page = thread.and_then(|thread| pages.get(&thread));
    Ok(Found {
        id: id.to_string(),
        parent: parent.map(|id| id.to_string()),
        page: page.map(Arc::clone).unwrap_or_default(),
        name: name.unwrap_or_default(),
        created: row.get::<_, Option<f64>>(4)?.and_then(time),
        body: body.unwrap_or_default(),
        left,
    })
}

/// Seconds since 1970, with a fraction.
fn time(seconds: f64) -> Option<Timestamp> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a time beyond all bounds becomes the last that there is, which is none here"
    )]
    Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()
}
