//! Reads a TOML table key by key and reports everything that is wrong with it, not only the first thing:
//! a deserializer stops at the first error, and an author would mend a page one run at a time.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::problem::Findings;

/// A value and where it stands in its file, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Range<usize>,
}

/// A table of front matter with a closed set of keys.
pub(super) struct Fields<'t> {
    table: DeTable<'t>,
    /// "" or "extra."
    prefix: &'static str,
    /// Where a missing key is reported.
    place: Range<usize>,
    /// Where the TOML begins in the file.
    offset: usize,
    known: Vec<&'static str>,
}

impl<'t> Fields<'t> {
    /// The top table. `offset` is where `toml` begins in its file. `None` when it is no TOML at all.
    pub(super) fn parse(toml: &'t str, offset: usize, findings: &mut Findings<'_>) -> Option<Self> {
        let (table, errors) = DeTable::parse_recoverable(toml);
        for error in &errors {
            let span = error.span().unwrap_or_default();
            findings.add(
                "toml",
                span.start + offset..span.end + offset,
                format!("the front matter is not valid TOML: {}", error.message()),
                "write `key = value`, texts in \"double quotes\", dates as 2026-11-23 without quotes",
            );
        }
        let table = table.into_inner();
        errors.is_empty().then(|| Self {
            table,
            prefix: "",
            place: 0..3,
            offset,
            known: Vec::new(),
        })
    }

    /// A table inside this one; empty when it is missing.
    pub(super) fn table(
        &mut self,
        key: &'static str,
        prefix: &'static str,
        findings: &mut Findings<'_>,
    ) -> Fields<'t> {
        let mut inner = Self {
            table: DeTable::new(),
            prefix,
            place: self.place.clone(),
            offset: self.offset,
            known: Vec::new(),
        };
        if let Some(found) = self.take(key) {
            let span = self.file_span(&found);
            match found.into_inner() {
                DeValue::Table(table) => {
                    inner = Self {
                        table,
                        place: span,
                        ..inner
                    }
                }
                _ => findings.add(
                    "front-matter-type",
                    span,
                    format!("`{key}` is not a table"),
                    format!("write [{key}] on a line of its own and its keys below it"),
                ),
            }
        }
        inner
    }

    /// The value of a key that must be there.
    pub(super) fn required<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        findings: &mut Findings<'_>,
    ) -> Option<Located<T>> {
        let missing = !self.table.contains_key(key);
        if missing {
            findings.add(
                "front-matter-missing",
                self.place.clone(),
                format!("the front matter lacks `{}{key}`", self.prefix),
                format!(
                    "add `{key} = …`{}",
                    if self.prefix.is_empty() {
                        ""
                    } else {
                        " below [extra]"
                    }
                ),
            );
        }
        self.optional(key, findings)
    }

    /// The value of a key that may be left out.
    pub(super) fn optional<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        findings: &mut Findings<'_>,
    ) -> Option<Located<T>> {
        let found = self.take(key)?;
        let span = self.file_span(&found);
        match T::deserialize(ValueDeserializer::from(found)) {
            Ok(value) => Some(Located { value, span }),
            Err(error) => {
                let message = format!("`{}{key}`: {}", self.prefix, error.message());
                findings.add(
                    "front-matter-type",
                    span,
                    message,
                    "correct the value; AUTHORING.md has a table of all keys",
                );
                None
            }
        }
    }

    /// A list of texts, each with its place; empty when the key is left out.
    pub(super) fn located_list(
        &mut self,
        key: &'static str,
        findings: &mut Findings<'_>,
    ) -> Vec<Located<String>> {
        let items = self.optional::<Vec<Spanned<String>>>(key, findings);
        let located = |item: Spanned<String>| {
            let span = self.file_span(&item);
            Located {
                value: item.into_inner(),
                span,
            }
        };
        items
            .map(|items| items.value.into_iter().map(located).collect())
            .unwrap_or_default()
    }

    /// Reports the keys that nobody asked for.
    pub(super) fn finish(self, findings: &mut Findings<'_>) {
        for key in self.table.keys() {
            let span = key.span().start + self.offset..key.span().end + self.offset;
            let allowed = self.known.join(", ");
            findings.add(
                "front-matter-unknown",
                span,
                format!(
                    "this kind of page has no key `{}{}`",
                    self.prefix,
                    key.get_ref()
                ),
                if allowed.is_empty() {
                    "remove it".to_owned()
                } else {
                    format!("remove it, or use one of: {allowed}")
                },
            );
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'t>>> {
        self.known.push(key);
        self.table.remove(key)
    }

    fn file_span<T>(&self, spanned: &Spanned<T>) -> Range<usize> {
        spanned.span().start + self.offset..spanned.span().end + self.offset
    }
}
