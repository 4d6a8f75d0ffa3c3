//! What a write changes, and what must hold for it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Item, StoreError};

/// An update or condition expression with what it names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expression {
    pub(super) change: Option<String>,
    pub(super) condition: Option<String>,
    values: Item,
}

impl Expression {
    pub(crate) fn change(text: &str) -> Self {
        Self {
            change: Some(text.into()),
            ..Self::default()
        }
    }

    pub(crate) fn when(text: &str) -> Self {
        Self::default().and_when(text)
    }

    pub(crate) fn and_when(mut self, text: &str) -> Self {
        self.condition = Some(text.into());
        self
    }

    pub(crate) fn text(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values
            .insert(name.into(), AttributeValue::S(value.into()));
        self
    }

    pub(crate) fn number(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.values
            .insert(name.into(), AttributeValue::N(value.to_string()));
        self
    }

    /// A value as the table has it.
    pub(crate) fn attribute(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.into(), value);
        self
    }

    pub(crate) fn boolean(mut self, name: &str, value: bool) -> Self {
        self.values.insert(name.into(), AttributeValue::Bool(value));
        self
    }

    pub(crate) fn value(
        mut self,
        name: &str,
        value: &impl serde::Serialize,
    ) -> Result<Self, StoreError> {
        let value = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value)?;
        self.values.insert(name.into(), value);
        Ok(self)
    }

    /// The attribute names behind `#name` in the expressions. Names always go this way, because
    /// DynamoDB reserves hundreds of words (`state`, `number`, `count` …).
    pub(super) fn names(&self) -> Option<HashMap<String, String>> {
        let text =
            [self.change.as_deref(), self.condition.as_deref()].map(Option::unwrap_or_default);
        let names: HashMap<String, String> = text
            .iter()
            .flat_map(|text| text.split('#').skip(1))
            .map(|rest| {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                &rest[..end.unwrap_or(rest.len())]
            })
            .map(|name| (format!("#{name}"), name.to_owned()))
            .collect();
        (!names.is_empty()).then_some(names)
    }

    pub(super) fn values(&self) -> Option<Item> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}
