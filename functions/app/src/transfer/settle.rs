//! What becomes of a line: whose item it is, and under which key it belongs with these keys.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use sodium_domain::comment::State;
use sodium_domain::id::MemberId;

use super::line::{ItemLine, along_of, kind_of};
use super::{TransferError, address_hash};
use crate::seal::Keys;
use crate::store::Item;
use crate::store::kinds::{Hash, Kind, Site};

/// What is left of a comment that is nobody's any more.
const OF_A_TOMBSTONE: [&str; 8] = [
    "pk",
    "sk",
    "id",
    "thread",
    "reply_to",
    "created",
    "number",
    "answered_on",
];

/// An item on its way into the table.
#[derive(Debug)]
pub(super) struct Moving {
    pub(super) line: u64,
    pub(super) kind: &'static Kind,
    pub(super) site: Option<&'static Site>,
    pub(super) item: Item,
}

/// What becomes of a line.
pub(super) enum Settled {
    /// It goes into the table.
    Moving(Moving),
    /// Its place goes into the table: its author left while the export was made.
    Tombstone(Moving),
    /// It belonged to somebody who left while the export was made.
    Orphan(&'static Kind),
    /// It is known by a hash under other keys, and nobody knows of which address.
    Lost(&'static Kind),
}

/// What it takes to settle a line.
pub(super) struct Settling<'a> {
    pub(super) keys: &'a Keys,
    /// Whether the export was made with other keys.
    pub(super) keys_differ: bool,
    /// The members in the file.
    pub(super) members: HashSet<MemberId>,
}

impl Settling<'_> {
    pub(super) fn settle(&self, number: u64, line: &ItemLine) -> Result<Settled, TransferError> {
        let (kind, along) = (kind_of(number, line)?, along_of(number, line)?);
        let mut item = line.item(number)?;
        let moving = |item| Moving {
            line: number,
            kind,
            site: along.site.as_ref(),
            item,
        };
        if self.is_orphan(&item) {
            return Ok(if kind.name == "comment" {
                item.retain(|name, _| OF_A_TOMBSTONE.contains(&name.as_str()));
                let deleted = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(State::Deleted);
                item.insert(
                    "state".into(),
                    deleted.map_err(crate::store::StoreError::from)?,
                );
                Settled::Tombstone(moving(item))
            } else {
                Settled::Orphan(kind)
            });
        }
        let hash = line
            .address
            .as_ref()
            .map(|address| address_hash(self.keys, address));
        match (along.hash, hash) {
            (Hash::None, _) => {}
            (_, None) if self.keys_differ => return Ok(Settled::Lost(kind)),
            (_, None) => {}
            (Hash::Partition, Some(hash)) => {
                let before = line.key.0.split_once('#').map_or("", |(before, _)| before);
                item.insert("pk".into(), AttributeValue::S(format!("{before}#{hash}")));
            }
            (Hash::Attribute(name), Some(hash)) => {
                item.insert(name.into(), AttributeValue::S(hash));
            }
        }
        Ok(Settled::Moving(moving(item)))
    }

    fn is_orphan(&self, item: &Item) -> bool {
        let owner = item.get("owner").and_then(|owner| owner.as_s().ok());
        let owner = owner.and_then(|owner| owner.parse::<MemberId>().ok());
        owner.is_some_and(|owner| !self.members.contains(&owner))
    }
}
