//! The report as a file of JSON Lines: a line for each comment of the old site, with where it is now, or
//! why it is not. It holds addresses of pages, and no name and no text.

use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use serde::Serialize;
use sodium_domain::id::{CommentId, ThreadId};

use super::{Note, Plan};

#[derive(Serialize)]
struct Line<'a> {
    old: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<&'a ThreadId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<CommentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<&'static str>,
}

/// Writes a report, which takes the place of an older one when it is whole. `addresses` are those of the
/// plan's comments.
///
/// # Errors
/// When the file cannot be written.
pub fn report(file: &Path, plan: &Plan, addresses: &[Option<String>]) -> io::Result<()> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let part = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    let mut out = BufWriter::new(part);
    let mut write = |line: &Line<'_>| {
        serde_json::to_writer(&mut out, line)?;
        out.write_all(b"\n")
    };
    for (planned, address) in plan.comments.iter().zip(addresses) {
        write(&Line {
            old: &planned.old,
            new: address.as_deref(),
            thread: Some(&planned.comment.thread),
            comment: Some(planned.comment.id),
            // It is in the table, and was taken away there.
            left: address.is_none().then_some("not shown here any more"),
            notes: planned
                .notes
                .iter()
                .map(|note| Note::words(*note))
                .collect(),
        })?;
    }
    for (old, left) in &plan.left {
        write(&Line {
            old,
            new: None,
            thread: None,
            comment: None,
            left: Some(left.words()),
            notes: Vec::new(),
        })?;
    }
    let part = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    part.as_file().sync_all()?;
    part.persist(file).map_err(|error| error.error)?;
    Ok(())
}
