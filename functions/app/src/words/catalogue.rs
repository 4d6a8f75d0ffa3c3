//! The catalogues, which the build makes from the site's configuration.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules, PluralRulesOptions};

/// Sentences by their keys.
type Sentences = [(&'static str, &'static str)];

/// What the build found: the site's own language first.
static MADE: &[(&str, &Sentences)] = include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));

/// Every catalogue; the site's own language is the first.
pub(super) static CATALOGUES: LazyLock<Vec<Catalogue>> = LazyLock::new(|| {
    let catalogues = MADE.iter().map(|(tag, sentences)| Catalogue {
        tag,
        sentences: sentences.iter().copied().collect(),
    });
    catalogues.collect()
});

/// The sentences of one language.
#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) tag: &'static str,
    pub(super) sentences: BTreeMap<&'static str, &'static str>,
}

impl Catalogue {
    /// A sentence; its key where there is none, which a test does not let happen.
    pub(super) fn sentence(&'static self, key: &str) -> &'static str {
        if let Some(sentence) = self.sentences.get(key) {
            return sentence;
        }
        tracing::error!(
            key,
            language = self.tag,
            "a sentence is not in the catalogue"
        );
        // Better in another language than not at all.
        let own = CATALOGUES[0].sentences.get(key);
        own.copied().unwrap_or("…")
    }

    /// The form that goes with a number, as CLDR names it.
    pub(super) fn form(&self, n: u64) -> &'static str {
        self.plurals()
            .map_or("other", |rules| name(rules.category_for(n)))
    }

    fn plurals(&self) -> Option<PluralRules> {
        let locale: Locale = self.tag.parse().ok()?;
        PluralRules::try_new(locale.into(), PluralRulesOptions::default()).ok()
    }

    /// Every form that this language has.
    #[cfg(test)]
    pub(super) fn forms(&self) -> Vec<&'static str> {
        let rules = self.plurals();
        rules
            .iter()
            .flat_map(PluralRules::categories)
            .map(name)
            .collect()
    }
}

fn name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}
