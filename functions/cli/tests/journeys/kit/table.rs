//! The whole table at one moment, to see what a request changed and to take it back.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;
use sodium_cli::engine::{Engine, TABLE};

/// Every item of a table, by its key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture(BTreeMap<(String, String), Value>);

impl Picture {
    /// The table as it is now.
    pub(crate) fn of(engine: &Engine) -> Self {
        let items = engine.items().unwrap().into_iter();
        let text = |item: &Value, name: &str| item[name]["S"].as_str().unwrap().to_owned();
        Self(
            items
                .map(|item| ((text(&item, "pk"), text(&item, "sk")), item))
                .collect(),
        )
    }

    /// The keys of what differs.
    pub(crate) fn differs_from(&self, other: &Self) -> Vec<(String, String)> {
        let mut keys: Vec<_> = self.0.keys().chain(other.0.keys()).cloned().collect();
        keys.sort();
        keys.dedup();
        keys.retain(|key| self.0.get(key) != other.0.get(key));
        keys
    }

    /// Makes the table what it was in this picture.
    pub(crate) async fn comes_back(&self, engine: &Engine) {
        let client = engine.client();
        for key in self.differs_from(&Self::of(engine)) {
            if let Some(item) = self.0.get(&key) {
                let put = client.put_item().table_name(TABLE);
                put.set_item(Some(attributes(item))).send().await.unwrap();
            } else {
                let (pk, sk) = key;
                let delete = client.delete_item().table_name(TABLE);
                let delete = delete.key("pk", AttributeValue::S(pk));
                let delete = delete.key("sk", AttributeValue::S(sk));
                delete.send().await.unwrap();
            }
        }
    }
}

fn attributes(map: &Value) -> HashMap<String, AttributeValue> {
    let map = map.as_object().unwrap().iter();
    map.map(|(name, value)| (name.clone(), attribute(value)))
        .collect()
}

fn attribute(value: &Value) -> AttributeValue {
    let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
    let text = || value.as_str().unwrap().to_owned();
    let texts = || serde_json::from_value(value.clone()).unwrap();
    match kind.as_str() {
        "S" => AttributeValue::S(text()),
        "N" => AttributeValue::N(text()),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
        "NULL" => AttributeValue::Null(true),
        "SS" => AttributeValue::Ss(texts()),
        "NS" => AttributeValue::Ns(texts()),
        "L" => AttributeValue::L(value.as_array().unwrap().iter().map(attribute).collect()),
        "M" => AttributeValue::M(attributes(value)),
        other => panic!("no item has an attribute of kind {other}"),
    }
}

/// Every item as text, with whatever is in it.
pub(crate) fn raw(engine: &Engine) -> Vec<String> {
    let items = engine.items().unwrap().into_iter();
    items.map(|item| item.to_string()).collect()
}

/// Removes what has expired, as DynamoDB does by itself.
pub(crate) async fn expire(engine: &Engine, now: jiff::Timestamp) {
    let mut left = Picture::of(engine);
    left.0.retain(|_, item| {
        let end = item["expires_at"]["N"].as_str();
        end.is_none_or(|end| end.parse::<i64>().unwrap() > now.as_second())
    });
    left.comes_back(engine).await;
}
