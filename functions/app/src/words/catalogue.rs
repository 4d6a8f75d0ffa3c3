//! The catalogues, read from the site's configuration when the first sentence is asked for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules, PluralRulesOptions};
use serde::Deserialize;

/// The configuration in this binary.
const CONFIG: &str = include_str!("../../../../site/config.toml");

/// Every catalogue; the site's own language is the first.
pub(super) static CATALOGUES: LazyLock<Vec<Catalogue>> = LazyLock::new(|| match read(CONFIG) {
    Ok(catalogues) => catalogues,
    Err(error) => unreachable!("site/config.toml is held to be readable by a test: {error}"),
});

/// The sentences of one language.
#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) tag: String,
    pub(super) sentences: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct SiteConfig {
    default_language: String,
    translations: BTreeMap<String, String>,
    #[serde(default)]
    languages: BTreeMap<String, LanguageConfig>,
}

#[derive(Deserialize)]
struct LanguageConfig {
    #[serde(default)]
    translations: BTreeMap<String, String>,
}

fn read(config: &str) -> Result<Vec<Catalogue>, toml::de::Error> {
    let config: SiteConfig = toml::from_str(config)?;
    let others = config.languages.into_iter();
    let others = others.map(|(tag, language)| (tag, language.translations));
    let own = (config.default_language, config.translations);
    Ok(std::iter::once(own)
        .chain(others)
        .map(|(tag, sentences)| Catalogue { tag, sentences })
        .collect())
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
        own.map_or("…", String::as_str)
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
