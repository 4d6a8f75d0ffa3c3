//! The lines of the file: the head, an item on each, and the end.

use std::io::{BufRead, Read as _, Seek};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sodium_domain::email::EmailAddress;

use super::{TransferError, value};
use crate::store::kinds::{Along, Kind, Moves};
use crate::store::{Item, key_of};

/// The version of the format. A file of another is refused.
pub const VERSION: u32 = 1;

/// The longest line: an item of DynamoDB has 400 KB, and JSON writes some characters with six.
const LONGEST: u64 = 3 * 1024 * 1024;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    #[serde(rename = "sodium-export")]
    pub(super) version: u32,
    /// When the export was begun.
    pub(super) made: jiff::Timestamp,
    /// What tells the keys of the community apart.
    pub(super) keys: String,
}

/// A line with an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ItemLine {
    pub(super) kind: String,
    pub(super) key: (String, String),
    /// The address behind the keyed hash, where the community knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<EmailAddress>,
    pub(super) item: Map<String, Value>,
}

/// The last line: without it, the file was cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    pub(super) end: u64,
}

/// A line after the head.
enum Line {
    Item(ItemLine),
    End(u64),
}

/// Reads the head.
fn head(text: &[u8]) -> Result<Head, TransferError> {
    let wrong = |what: String| TransferError::Line(1, what);
    let head: Map<String, Value> = serde_json::from_slice(text)
        .map_err(|_| wrong("this is no export of a Sodium Learn community; its first line is {\"sodium-export\":…}".into()))?;
    match head.get("sodium-export").and_then(Value::as_u64) {
        Some(version) if version == u64::from(VERSION) => {}
        Some(version) => {
            return Err(wrong(format!(
                "this file is of version {version} of the format, and this sodium reads version \
                 {VERSION}; import it with the sodium that wrote it, and export from there anew"
            )));
        }
        None => {
            return Err(wrong(
                "there is no version in “sodium-export”; export anew".into(),
            ));
        }
    }
    serde_json::from_value(Value::Object(head))
        .map_err(|error| wrong(format!("the head is not as it must be: {error}")))
}

/// Reads a line after the head.
fn line(number: u64, text: &[u8]) -> Result<Line, TransferError> {
    let wrong = |what: String| TransferError::Line(number, what);
    let text = text.trim_ascii_end();
    if let Ok(End { end }) = serde_json::from_slice(text) {
        return Ok(Line::End(end));
    }
    let line: ItemLine = serde_json::from_slice(text).map_err(|error| {
        let column = error.column();
        wrong(format!(
            "this is no item ({}, column {column}); export anew, or mend the line as functions/EXPORT.md \
             describes it",
            reason(&error)
        ))
    })?;
    Ok(Line::Item(line))
}

/// What is wrong, without what the line holds: it may be an address.
fn reason(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Syntax => "no valid JSON",
        serde_json::error::Category::Eof => "the line ends too early",
        _ => "a field is missing, unknown, or of another type",
    }
}

/// The kind of the item on a line.
pub(super) fn kind_of(number: u64, line: &ItemLine) -> Result<&'static Kind, TransferError> {
    Kind::named(&line.kind).ok_or_else(|| {
        let name: String = line.kind.chars().take(40).collect();
        let cure = "import with the sodium that exported it";
        TransferError::Line(number, format!("no item is of the kind ‘{name}’; {cure}"))
    })
}

/// How the item on a line goes along.
pub(super) fn along_of(number: u64, line: &ItemLine) -> Result<&'static Along, TransferError> {
    match &kind_of(number, line)?.moves {
        Moves::Along(along) => Ok(along),
        Moves::Stays(why) => Err(TransferError::Line(
            number,
            format!(
                "a ‘{}’ does not go along ({why}); take the line out",
                line.kind
            ),
        )),
    }
}

impl ItemLine {
    /// The item with its key.
    pub(super) fn item(&self, number: u64) -> Result<Item, TransferError> {
        let mut item = value::from_json(&self.item).ok_or_else(|| {
            let what = "a value of the item is none that a table can hold; export anew";
            TransferError::Line(number, what.into())
        })?;
        item.insert("pk".into(), AttributeValue::S(self.key.0.clone()));
        item.insert("sk".into(), AttributeValue::S(self.key.1.clone()));
        Ok(item)
    }

    /// The item, which the application can read, and which is under the key where it looks for it.
    pub(super) fn checked(&self, number: u64, along: &Along) -> Result<Item, TransferError> {
        let wrong = |what: String| TransferError::Line(number, what);
        let item = self.item(number)?;
        let key = key_of(&item);
        let belongs = (along.check)(item.clone()).map_err(|_| {
            wrong(format!(
                "this is no ‘{}’: a field is missing or wrong; export anew, or \
                mend the line as functions/EXPORT.md describes it",
                self.kind
            ))
        })?;
        let is_kind = Kind::of(&key).is_some_and(|kind| kind.name == self.kind);
        if is_kind && belongs.is_none_or(|belongs| belongs == key) {
            Ok(item)
        } else {
            Err(wrong(format!(
                "the key does not fit the ‘{}’ under it; export anew, or take the line out",
                self.kind
            )))
        }
    }
}

/// The lines of a file, one at a time.
pub(super) struct Lines<'a, F> {
    file: &'a mut F,
    /// The first line.
    pub(super) head: Head,
    /// How many bytes the last line had.
    pub(super) length: usize,
    number: u64,
    items: u64,
}

impl<'a, F: BufRead + Seek> Lines<'a, F> {
    /// The lines from the first on.
    pub(super) fn open(file: &'a mut F) -> Result<Self, TransferError> {
        file.rewind()?;
        let first = read_line(file, 1)?;
        Ok(Self {
            head: head(&first)?,
            file,
            length: 0,
            number: 1,
            items: 0,
        })
    }

    /// The next item with the number of its line; nothing at the end, which must be there.
    pub(super) fn next(&mut self) -> Result<Option<(u64, ItemLine)>, TransferError> {
        self.number += 1;
        let text = read_line(self.file, self.number)?;
        if text.is_empty() {
            let what =
                "the file ends here without its last line, so something is missing; export anew";
            return Err(TransferError::Line(self.number, what.into()));
        }
        self.length = text.len();
        match line(self.number, &text)? {
            Line::Item(item) => {
                self.items += 1;
                Ok(Some((self.number, item)))
            }
            Line::End(items) if items == self.items => self.nothing_more(),
            Line::End(items) => {
                let what = format!(
                    "the file was made with {items} items and has {}; export anew",
                    self.items
                );
                Err(TransferError::Line(self.number, what))
            }
        }
    }

    fn nothing_more(&mut self) -> Result<Option<(u64, ItemLine)>, TransferError> {
        if read_line(self.file, self.number + 1)?.is_empty() {
            return Ok(None);
        }
        let what = "there is something after the end; take it out";
        Err(TransferError::Line(self.number + 1, what.into()))
    }
}

fn read_line(file: &mut impl BufRead, number: u64) -> Result<Vec<u8>, TransferError> {
    let mut text = Vec::new();
    file.take(LONGEST).read_until(b'\n', &mut text)?;
    if text.len() as u64 == LONGEST {
        let what = "this line is longer than any item can be; export anew";
        return Err(TransferError::Line(number, what.into()));
    }
    Ok(text)
}
