//! Isso: a `SQLite` database. A comment is Markdown already.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

use super::{Finds, Found, ImportError, Standing};

/// The longest text that is taken out of the database.
const LONGEST: u32 = 256 * 1024;

pub(super) fn read(file: &Path, finds: &mut Finds) -> Result<(), ImportError> {
    // `SQLite` would make a file that is not there, or see an empty database in it.
    std::fs::metadata(file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(file, flags)?;
    database.pragma_update(None, "trusted_schema", false)?;
    for table in ["threads", "comments"] {
        // A view could do anything, and go on for ever.
        let tables: u32 = database.query_row(
            "SELECT count(*) FROM sqlite_master WHERE name = ?1 AND type = 'table' \
             AND sql LIKE 'CREATE TABLE%'",
            [table],
            |row| row.get(0),
        )?;
        if tables != 1 {
            return Err(ImportError::Wrong(format!(
                "this is no database of Isso: it has no table ‘{table}’; name the file of dbpath in isso.cfg"
            )));
        }
    }
    let mut comments = database.prepare(
        "SELECT comments.id, comments.parent, substr(threads.uri, 1, 4096), substr(comments.author, 1, 512), \
         comments.created, substr(comments.text, 1, ?1), comments.mode \
         FROM comments JOIN threads ON threads.id = comments.tid ORDER BY comments.id",
    )?;
    let mut rows = comments.query([LONGEST])?;
    while let Some(row) = rows.next()? {
        let created: f64 = row.get(4)?;
        let standing = match row.get(6)? {
            1 => Standing::Approved,
            2 => Standing::Pending,
            _ => Standing::Left("deleted"),
        };
        finds.add(Found {
            id: row.get::<_, i64>(0)?.to_string(),
            parent: row.get::<_, Option<i64>>(1)?.map(|id| id.to_string()),
            page: row.get(2)?,
            name: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a time beyond all bounds is none"
            )]
            created: Timestamp::from_millisecond((created * 1000.0) as i64).ok(),
            body: match standing {
                Standing::Left(_) => String::new(),
                _ => row.get::<_, Option<String>>(5)?.unwrap_or_default(),
            },
            standing,
        })?;
    }
    Ok(())
}
