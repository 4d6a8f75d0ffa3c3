//! Items as the table has them, and the values in them.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use super::keys::Key;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// An item: the value's attributes with its key.
pub(crate) fn item(key: &Key, value: &impl Serialize) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::aws_sdk_dynamodb_1::to_item(value)?;
    item.extend(primary(key));
    Ok(item)
}

/// A key as an item of its two attributes.
pub(super) fn primary(key: &Key) -> Item {
    Item::from([
        ("pk".into(), AttributeValue::S(key.pk.clone())),
        ("sk".into(), AttributeValue::S(key.sk.clone())),
    ])
}

/// The key of an item.
pub(crate) fn key_of(item: &Item) -> Key {
    let text = |name: &str| {
        let value = item.get(name).and_then(|value| value.as_s().ok());
        value.cloned().unwrap_or_default()
    };
    Key {
        pk: text("pk"),
        sk: text("sk"),
    }
}

pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    Ok(serde_dynamo::aws_sdk_dynamodb_1::from_item(item)?)
}

/// An item for a list of many: one that cannot be read is told to the operator and left out.
pub(super) fn readable<T: DeserializeOwned>(item: Item) -> Option<T> {
    let key = key_of(&item);
    from_item(item)
        .inspect_err(|error| {
            tracing::error!(pk = key.pk, sk = key.sk, %error, "an item is left out of a list");
        })
        .ok()
}

pub(super) trait ItemExt: Sized {
    /// Marks the item as belonging to a member, so that export and leaving find it.
    fn owned_by(self, member: sodium_domain::id::MemberId) -> Self;
    /// The time after which the item may be removed (DynamoDB TTL, whole seconds). Removal can be
    /// days late, so readers check the time as well.
    fn expiring(self, at: jiff::Timestamp) -> Self;
}

impl ItemExt for Item {
    fn owned_by(mut self, member: sodium_domain::id::MemberId) -> Self {
        self.insert("owner".into(), AttributeValue::S(member.to_string()));
        self
    }

    fn expiring(mut self, at: jiff::Timestamp) -> Self {
        self.insert(
            "expires_at".into(),
            AttributeValue::N(at.as_second().to_string()),
        );
        self
    }
}
