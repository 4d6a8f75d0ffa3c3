//! `trans` in the templates of the functions, as Zola has it in those of the site.

use std::collections::HashMap;

use tera::{Function, Value};

use super::{Language, fill, say, speaking_now};

/// `trans(key="…")`, in the language in force or in that of `lang`. What else is given stands for the
/// places of the sentence, which Zola's function does not know.
pub(crate) struct Trans;

impl Function for Trans {
    fn call(&self, given: &HashMap<String, Value>) -> tera::Result<Value> {
        let text = |name: &str| given.get(name).and_then(Value::as_str);
        let key = text("key").ok_or("trans needs a key")?;
        let sentence = match text("lang") {
            Some(tag) => speaking_now(Language::of_tag(tag).unwrap_or_default(), || say(key)),
            None => say(key),
        };
        let values: Vec<(&str, String)> = given
            .iter()
            .filter(|(name, _)| !["key", "lang"].contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), plain(value)))
            .collect();
        let values: Vec<(&str, &dyn std::fmt::Display)> = values
            .iter()
            .map(|(name, value)| (*name, value as _))
            .collect();
        Ok(fill(sentence, &values).into())
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
