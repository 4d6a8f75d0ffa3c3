//! From the table to the file, a page of the table at a time.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use sodium_domain::email::EmailAddress;
use sodium_domain::member::Profile;
use sodium_domain::waitlist::Entry;

use super::line::{End, Head, ItemLine, VERSION};
use super::{
    Exported, Listener, Progress, Transfer, TransferError, address_hash, fingerprint, value,
};
use crate::store::item::from_item;
use crate::store::keys::{self, Key};
use crate::store::kinds::{Along, Hash, Kind, Moves};
use crate::store::members::MemberRef;
use crate::store::{Item, Store, StoreError, key_of};

/// The addresses behind keyed hashes.
pub(super) type Addresses = HashMap<String, EmailAddress>;

impl Transfer {
    /// Writes everything that goes along.
    ///
    /// # Errors
    /// When the table does not answer or holds what nobody knows, or the file cannot be written.
    pub async fn export(
        &self,
        out: &mut (dyn Write + Send),
        hears: Listener<'_>,
    ) -> Result<Exported, TransferError> {
        let now = self.clock.now();
        let head = Head {
            version: VERSION,
            made: now,
            keys: fingerprint(&self.keys),
        };
        write(out, &head)?;
        let mut exported = Exported::default();
        let mut written = 0;
        let mut next = None;
        loop {
            let (items, after) = page(&self.store, next).await?;
            let items = self.going(items, now.as_second(), &mut exported)?;
            let addresses = self.addresses(&items).await?;
            for (kind, along, item) in items {
                write(out, &item_line(kind, along, &item, &addresses)?)?;
                *exported.items.entry(kind.name).or_default() += 1;
                written += 1;
            }
            hears(Progress::Exported(written));
            next = after;
            if next.is_none() {
                break;
            }
        }
        write(out, &End { end: written })?;
        out.flush()?;
        Ok(exported)
    }

    /// The items that go along, with their kinds. What has expired is as good as gone.
    fn going(
        &self,
        items: Vec<Item>,
        now: i64,
        exported: &mut Exported,
    ) -> Result<Vec<(&'static Kind, &'static Along, Item)>, TransferError> {
        let mut going = Vec::with_capacity(items.len());
        for item in items {
            let key = key_of(&item);
            let Some(kind) = Kind::of(&key) else {
                return Err(TransferError::Unknown(key.pk, key.sk));
            };
            match &kind.moves {
                Moves::Along(along) if !has_expired(&item, now) => going.push((kind, along, item)),
                _ => *exported.left.entry(kind.name).or_default() += 1,
            }
        }
        Ok(going)
    }

    /// The addresses behind the keyed hashes in these items, as far as a member or an entry of the
    /// waitlist tells them.
    async fn addresses(&self, items: &[(&Kind, &Along, Item)]) -> Result<Addresses, TransferError> {
        let hashes: BTreeSet<String> = items
            .iter()
            .filter_map(|(_, along, item)| hash_of(along, item))
            .collect();
        let entries: Vec<Key> = hashes.iter().map(|h| keys::waitlist_entry(h)).collect();
        let members: Vec<Key> = hashes.iter().map(|h| keys::address(h)).collect();
        let mut found = Addresses::new();
        for item in self.store.get_all(&entries).await? {
            let hash = after_mark(&key_of(&item).pk);
            found.insert(hash, from_item::<Entry>(item)?.address);
        }
        let mut owners = HashMap::new();
        for item in self.store.get_all(&members).await? {
            let hash = after_mark(&key_of(&item).pk);
            owners.insert(from_item::<MemberRef>(item)?.member, hash);
        }
        let profiles: Vec<Key> = owners.keys().map(|id| keys::member(*id)).collect();
        for item in self.store.get_all(&profiles).await? {
            let profile: Profile = from_item(item)?;
            if let (Some(hash), Some(address)) = (owners.remove(&profile.id), profile.address) {
                found.insert(hash, address);
            }
        }
        let fits = |(hash, address): (&String, _)| address_hash(&self.keys, address) == *hash;
        if found.iter().all(fits) {
            Ok(found)
        } else {
            Err(TransferError::WrongKeys)
        }
    }
}

/// A page of the table, and where the next begins.
async fn page(store: &Store, next: Option<Item>) -> Result<(Vec<Item>, Option<Item>), StoreError> {
    let request = store.client.scan().table_name(&store.table);
    let request = request.consistent_read(true).set_exclusive_start_key(next);
    let answer = store.patiently(|| request.clone().send()).await?;
    Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
}

fn has_expired(item: &Item, now: i64) -> bool {
    let expires = item.get("expires_at").and_then(|value| value.as_n().ok());
    expires
        .and_then(|second| second.parse::<i64>().ok())
        .is_some_and(|second| second <= now)
}

pub(super) fn item_line(
    kind: &Kind,
    along: &Along,
    item: &Item,
    addresses: &Addresses,
) -> Result<ItemLine, TransferError> {
    let Key { pk, sk } = key_of(item);
    let Some(fields) = value::to_json(item) else {
        return Err(TransferError::Unwritable(pk, sk));
    };
    let address = hash_of(along, item).and_then(|hash| addresses.get(&hash).cloned());
    Ok(ItemLine {
        kind: kind.name.to_owned(),
        key: (pk, sk),
        address,
        item: fields,
    })
}

/// The keyed hash of an address in an item.
fn hash_of(along: &Along, item: &Item) -> Option<String> {
    match along.hash {
        Hash::None => None,
        Hash::Partition => Some(after_mark(&key_of(item).pk)),
        Hash::Attribute(name) => match item.get(name) {
            Some(AttributeValue::S(hash)) => Some(hash.clone()),
            _ => None,
        },
    }
}

fn after_mark(pk: &str) -> String {
    pk.split_once('#')
        .map_or_else(String::new, |(_, hash)| hash.to_owned())
}

pub(super) fn write(
    out: &mut (dyn Write + Send),
    line: &impl Serialize,
) -> Result<(), TransferError> {
    let mut text = serde_json::to_vec(line).map_err(std::io::Error::from)?;
    text.push(b'\n');
    out.write_all(&text)?;
    Ok(())
}
