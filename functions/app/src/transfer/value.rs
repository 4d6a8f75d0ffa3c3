//! Attributes of items as JSON, and back, without loss: texts, numbers, truth values, lists and
//! maps are what they are in JSON; a set is an object with one field that no attribute is called by.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Number, Value, json};

use crate::store::Item;

/// A set of texts.
const TEXTS: &str = "$texts";
/// A set of numbers.
const NUMBERS: &str = "$numbers";

/// How deep lists and maps lie in one another at most: what DynamoDB takes.
const DEEPEST: usize = 32;

/// The attributes of an item but its key; nothing if JSON has no word for one of them.
pub(super) fn to_json(item: &Item) -> Option<Map<String, Value>> {
    let mut fields = Map::new();
    for (name, value) in item {
        if !matches!(name.as_str(), "pk" | "sk") {
            fields.insert(name.clone(), value_to_json(value)?);
        }
    }
    Some(fields)
}

/// An item from its attributes in JSON, still without a key.
pub(super) fn from_json(fields: &Map<String, Value>) -> Option<Item> {
    attributes(fields, 0)
}

fn value_to_json(value: &AttributeValue) -> Option<Value> {
    Some(match value {
        AttributeValue::S(text) => json!(text),
        AttributeValue::N(number) => number_to_json(number)?,
        AttributeValue::Bool(truth) => json!(truth),
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::L(list) => list.iter().map(value_to_json).collect::<Option<_>>()?,
        AttributeValue::M(map) => {
            let fields = map
                .iter()
                .map(|(name, value)| Some((name.clone(), value_to_json(value)?)));
            Value::Object(fields.collect::<Option<_>>()?)
        }
        AttributeValue::Ss(texts) => json!({ TEXTS: sorted(texts) }),
        AttributeValue::Ns(numbers) => json!({ NUMBERS: sorted(numbers) }),
        _ => return None,
    })
}

fn sorted(texts: &[String]) -> Vec<&String> {
    let mut texts: Vec<&String> = texts.iter().collect();
    texts.sort();
    texts
}

/// Whole numbers up to 64 bits: the table holds no others.
fn number_to_json(number: &str) -> Option<Value> {
    let whole = number.parse::<i64>().map(Number::from).ok();
    let number = whole.or_else(|| number.parse::<u64>().map(Number::from).ok());
    number.map(Value::Number)
}

fn attributes(fields: &Map<String, Value>, depth: usize) -> Option<Item> {
    let values = fields
        .iter()
        .map(|(name, value)| Some((name.clone(), value_from_json(value, depth)?)));
    values.collect()
}

fn value_from_json(value: &Value, depth: usize) -> Option<AttributeValue> {
    if depth > DEEPEST {
        return None;
    }
    Some(match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(truth) => AttributeValue::Bool(*truth),
        Value::Number(number) if number.is_f64() => return None,
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text.clone()),
        Value::Array(list) => {
            let values = list.iter().map(|value| value_from_json(value, depth + 1));
            AttributeValue::L(values.collect::<Option<_>>()?)
        }
        Value::Object(fields) => match (fields.get(TEXTS), fields.get(NUMBERS)) {
            (Some(texts), None) => AttributeValue::Ss(texts_of(texts)?),
            (None, Some(numbers)) => AttributeValue::Ns(texts_of(numbers)?),
            _ => AttributeValue::M(attributes(fields, depth + 1)?),
        },
    })
}

fn texts_of(list: &Value) -> Option<Vec<String>> {
    let texts = list.as_array()?.iter();
    texts.map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Whether every attribute of `part` is in `whole` with the same value, but for those in `aside`.
pub(super) fn is_within(part: &Item, whole: &Item, aside: &[&str]) -> bool {
    part.iter()
        .filter(|(name, _)| !aside.contains(&name.as_str()))
        .all(|(name, value)| whole.get(name).is_some_and(|other| same(value, other)))
}

/// Whether two values are the same; sets have no order.
fn same(one: &AttributeValue, other: &AttributeValue) -> bool {
    match (one, other) {
        (AttributeValue::Ss(one), AttributeValue::Ss(other))
        | (AttributeValue::Ns(one), AttributeValue::Ns(other)) => sorted(one) == sorted(other),
        (AttributeValue::M(one), AttributeValue::M(other)) => {
            one.len() == other.len() && is_within_map(one, other)
        }
        (AttributeValue::L(one), AttributeValue::L(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| same(a, b))
        }
        _ => one == other,
    }
}

fn is_within_map(
    part: &HashMap<String, AttributeValue>,
    whole: &HashMap<String, AttributeValue>,
) -> bool {
    part.iter()
        .all(|(name, value)| whole.get(name).is_some_and(|other| same(value, other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_survive_the_way_to_json_and_back() {
        let text = |text: &str| AttributeValue::S(text.into());
        let number = |number: &str| AttributeValue::N(number.into());
        let item = Item::from([
            ("text".into(), text("a “quoted”\nline \u{1F600}")),
            ("empty".into(), text("")),
            (
                "numbers".into(),
                AttributeValue::L(vec![
                    number("0"),
                    number("-7"),
                    number("18446744073709551615"),
                ]),
            ),
            ("truth".into(), AttributeValue::Bool(false)),
            ("nothing".into(), AttributeValue::Null(true)),
            (
                "map".into(),
                AttributeValue::M([("in".to_owned(), text("side"))].into()),
            ),
            (
                "set".into(),
                AttributeValue::Ss(vec!["a".into(), "b".into()]),
            ),
            (
                "counted".into(),
                AttributeValue::Ns(vec!["1".into(), "2".into()]),
            ),
        ]);
        let json = serde_json::to_string(&to_json(&item).unwrap()).unwrap();
        let back = from_json(&serde_json::from_str(&json).unwrap()).unwrap();
        assert_eq!(back, item);
        assert!(is_within(&item, &back, &[]) && is_within(&back, &item, &[]));
    }

    #[test]
    fn what_has_no_place_in_the_format_is_refused() {
        let bytes = AttributeValue::B(aws_sdk_dynamodb::primitives::Blob::new([1]));
        assert!(to_json(&Item::from([("bytes".into(), bytes)])).is_none());
        let deep = format!("{{\"deep\":{}1{}}}", "[".repeat(40), "]".repeat(40));
        for bad in [
            deep.as_str(),
            "{\"half\":0.5}",
            "{\"set\":{\"$texts\":[1]}}",
        ] {
            assert!(
                from_json(&serde_json::from_str(bad).unwrap()).is_none(),
                "{bad}"
            );
        }
    }
}
