//! `trans` in the templates of the functions, as Zola has it in those of the site, and `markup` for
//! sentences with elements in them.

use std::collections::HashMap;
use std::fmt::Display;

use tera::{Function, Value};

use super::{Language, fill, say, speaking_now, spoken};

/// `trans`, with the `key` of a sentence, in the language in force or in that of `lang`. What else is given stands for the
/// places of the sentence, which Zola's function does not know.
pub(crate) struct Trans;

impl Function for Trans {
    fn call(&self, given: &HashMap<String, Value>) -> tera::Result<Value> {
        filled(given, plain)
    }
}

/// `markup`: a sentence of the catalogue that is HTML. What is filled in is text, and
/// escaped here; a time becomes an element. `{prefix}` is where the pages of the language begin.
pub(crate) struct Markup;

impl Function for Markup {
    fn call(&self, given: &HashMap<String, Value>) -> tera::Result<Value> {
        let mut given = given.clone();
        given.insert("prefix".to_owned(), spoken().prefix().into());
        filled(&given, element)
    }

    fn is_safe(&self) -> bool {
        true
    }
}

fn filled(given: &HashMap<String, Value>, write: fn(&Value) -> String) -> tera::Result<Value> {
    let text = |name: &str| given.get(name).and_then(Value::as_str);
    let key = text("key").ok_or("a sentence needs a key")?;
    let sentence = match text("lang") {
        Some(tag) => speaking_now(Language::of_tag(tag).unwrap_or_default(), || say(key)),
        None => say(key),
    };
    let values: Vec<(&str, String)> = given
        .iter()
        .filter(|(name, _)| !["key", "lang"].contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), write(value)))
        .collect();
    let values: Vec<(&str, &dyn Display)> = values
        .iter()
        .map(|(name, value)| (*name, value as _))
        .collect();
    Ok(fill(sentence, &values).into())
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn element(value: &Value) -> String {
    match (value["iso"].as_str(), value["text"].as_str()) {
        (Some(iso), Some(text)) => format!(
            "<time datetime=\"{}\">{}</time>",
            escaped(iso),
            escaped(text)
        ),
        _ => escaped(&plain(value)),
    }
}

/// Text for an element or an attribute in quotation marks. Addresses keep their slashes, which Tera's
/// own function would write as references.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
}
