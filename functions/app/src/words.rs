//! What people read, in every language of the site. The catalogues are the translations in
//! `site/config.toml`, which Zola's `trans` reads as well: one place for every sentence.
//!
//! The language in force belongs to what is being done: a request is answered in its reader's, a page
//! is baked in its own, a mail is worded in its reader's. So it is not handed from function to
//! function; [`speaking`] sets it, and [`say`] asks for it.

mod catalogue;
pub(crate) mod dates;
mod negotiation;
mod template;
pub(crate) mod terms;

use std::cell::Cell;
use std::fmt::Display;

use serde::{Deserialize, Serialize};

use sodium_domain::member::{LanguageTag, Profile};

use catalogue::CATALOGUES;
pub(crate) use negotiation::{in_readers_language, prefer};
pub(crate) use template::{Markup, Trans};

tokio::task_local! {
    static SPOKEN: Cell<Language>;
}

/// A language that the site has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "std::borrow::Cow<'_, str>")]
pub struct Language(usize);

impl Default for Language {
    /// The site's own language.
    fn default() -> Self {
        Self(0)
    }
}

impl From<Language> for &'static str {
    fn from(language: Language) -> Self {
        language.tag()
    }
}

impl TryFrom<std::borrow::Cow<'_, str>> for Language {
    type Error = String;

    fn try_from(tag: std::borrow::Cow<'_, str>) -> Result<Self, String> {
        Self::of_tag(&tag).ok_or_else(|| format!("the site has no language ‘{tag}’"))
    }
}

impl Language {
    /// Every language of the site, its own first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..CATALOGUES.len()).map(Self)
    }

    /// The language with this tag (BCP 47), also for a regional variety of it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or(tag);
        Self::all().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The language of a page, by its path: those that are not in the site's own language are below
    /// the tag of theirs.
    pub fn of_path(path: &str) -> Self {
        let first = path
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default();
        Self::all()
            .find(|language| language.tag() == first)
            .unwrap_or_default()
    }

    /// The language that a member chose, if the site has it.
    pub(crate) fn chosen_by(member: &Profile) -> Option<Self> {
        Self::of_tag(member.language.as_ref()?.as_str())
    }

    /// The language in which somebody new is written to, from the one that their browser asks for. The
    /// site's own needs no note.
    pub(crate) fn noted(self) -> Option<LanguageTag> {
        (self != Self::default()).then(|| LanguageTag::new(self.tag()))
    }

    /// Its tag, as it stands in `lang`.
    pub fn tag(self) -> &'static str {
        CATALOGUES[self.0].tag
    }

    /// Where its pages begin: nothing for the site's own language, else `/ar`.
    pub fn prefix(self) -> String {
        match self.0 {
            0 => String::new(),
            _ => format!("/{}", self.tag()),
        }
    }
}

/// The language in force.
pub fn spoken() -> Language {
    SPOKEN.try_with(Cell::get).unwrap_or_default()
}

/// Does something in a language.
pub async fn speaking<F: Future>(language: Language, what: F) -> F::Output {
    SPOKEN.scope(Cell::new(language), what).await
}

/// The same for what waits for nothing.
pub fn speaking_now<T>(language: Language, what: impl FnOnce() -> T) -> T {
    SPOKEN.sync_scope(Cell::new(language), what)
}

/// A sentence in the language in force.
pub fn say(key: &str) -> &'static str {
    CATALOGUES[spoken().0].sentence(key)
}

/// A sentence in this language.
pub(crate) fn say_in(language: Language, key: &str) -> &'static str {
    speaking_now(language, || say(key))
}

/// A sentence with something in it: `{name}` stands for the value that is given with `name`.
pub fn say_with(key: &str, values: &[(&str, &dyn Display)]) -> String {
    fill(say(key), values)
}

/// A sentence about a number of things, which stands for `{n}`. Languages have between one form and
/// six (Unicode CLDR plural rules); they are the keys `key-one`, `key-few` …
pub fn count(key: &str, n: u64) -> String {
    count_with(key, n, &[])
}

/// The same with something else in it as well.
pub fn count_with(key: &str, n: u64, values: &[(&str, &dyn Display)]) -> String {
    let catalogue = &CATALOGUES[spoken().0];
    let sentence = catalogue.sentence(&format!("{key}-{}", catalogue.form(n)));
    fill(&fill(sentence, &[("n", &n)]), values)
}

/// The address of a page of the site that there is in every language.
pub(crate) fn own_page(path: &str) -> String {
    format!("{}{path}", spoken().prefix())
}

/// Fills the places of a sentence. What is filled in is not searched for places again.
fn fill(sentence: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(sentence.len() + 32);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after.split_once('}').and_then(|(name, after)| {
            let value = values.iter().find(|(given, _)| *given == name)?;
            Some((value.1, after))
        });
        match known {
            Some((value, after)) => {
                filled.push_str(&value.to_string());
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests;
