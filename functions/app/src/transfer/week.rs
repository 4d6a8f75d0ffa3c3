//! A week of discussion out of a file, for whoever writes the digest and has no way to the table.

use std::collections::BTreeSet;
use std::io::{BufRead, Seek};

use serde::Deserialize;
use serde_json::Value;
use sodium_domain::comment::Comment;
use sodium_domain::digest::{Choice, Gathered};
use sodium_domain::id::{CommentId, MemberId};
use sodium_domain::member::Quoting;
use sodium_domain::week::Week;

use super::TransferError;
use super::line::{ItemLine, Lines};
use crate::store::{from_item, keys};

/// What the choice has to know of a profile.
#[derive(Deserialize)]
struct Wishes {
    id: MemberId,
    #[serde(default)]
    quoting: Quoting,
}

/// Chooses what of a week goes into its digest, as [`crate::store::Store::choose_for_digest`] does of
/// a table.
///
/// # Errors
/// When the file is no export, or not whole.
pub fn choose_for_digest(
    file: &mut (impl BufRead + Seek),
    week: Week,
    hears: &mut dyn FnMut(usize),
) -> Result<Choice, TransferError> {
    let (mut gathered, mut never, mut read) = (Gathered::default(), BTreeSet::new(), 0);
    each_line(file, week, &mut |line| {
        match line {
            OfWeek::Comment(comment) => gathered.take(&comment),
            OfWeek::Member(line) => never.extend(who_is_never_quoted(line)),
            OfWeek::Other => {}
        }
        read += 1;
        hears(read);
    })?;
    Ok(gathered.choose(&never))
}

/// Hands over the comments in a file that were written in a week, in no order.
///
/// # Errors
/// When the file is no export, or not whole.
pub fn each_comment_of(
    file: &mut (impl BufRead + Seek),
    week: Week,
    take: &mut dyn FnMut(&Comment),
) -> Result<(), TransferError> {
    each_line(file, week, &mut |line| {
        if let OfWeek::Comment(comment) = line {
            take(&comment);
        }
    })
}

/// A line, as far as a week wants to know.
enum OfWeek<'a> {
    Comment(Box<Comment>),
    Member(&'a ItemLine),
    Other,
}

/// The file has no order, so every line is looked at, one at a time.
fn each_line(
    file: &mut (impl BufRead + Seek),
    week: Week,
    take: &mut dyn FnMut(OfWeek<'_>),
) -> Result<(), TransferError> {
    let (from, until) = keys::recent_between(week.span());
    let mut lines = Lines::open(file)?;
    while let Some((number, line)) = lines.next()? {
        match line.kind.as_str() {
            "member" => take(OfWeek::Member(&line)),
            "comment" if (&from..=&until).contains(&&id_on(&line)) => {
                take(OfWeek::Comment(Box::new(comment_on(number, &line)?)));
            }
            _ => take(OfWeek::Other),
        }
    }
    Ok(())
}

/// A comment's identifier, in the letters in which the table sorts it.
fn id_on(line: &ItemLine) -> String {
    let id = line.item.get("id").and_then(Value::as_str);
    let id = id.and_then(|id| id.parse::<CommentId>().ok());
    id.map(|id| id.to_string()).unwrap_or_default()
}

fn who_is_never_quoted(line: &ItemLine) -> Option<MemberId> {
    let profile = Value::Object(line.item.clone());
    let wishes: Wishes = serde_json::from_value(profile).ok()?;
    (wishes.quoting == Quoting::Never).then_some(wishes.id)
}

fn comment_on(number: u64, line: &ItemLine) -> Result<Comment, TransferError> {
    let item = line.item(number)?;
    from_item(item).map_err(|_| {
        let what = "this is no ‘comment’: a field is missing or wrong; export anew";
        TransferError::Line(number, what.into())
    })
}
