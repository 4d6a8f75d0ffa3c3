//! Makes the catalogues of sentences from the site's configuration, so that no function has to read it
//! before its first sentence.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

/// Where the sentences stand.
const CONFIG: &str = "../../site/config.toml";

#[derive(Deserialize)]
struct Site {
    default_language: String,
    translations: BTreeMap<String, String>,
    #[serde(default)]
    languages: BTreeMap<String, Language>,
}

#[derive(Deserialize)]
struct Language {
    #[serde(default)]
    translations: BTreeMap<String, String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={CONFIG}");
    let site: Site = toml::from_str(&std::fs::read_to_string(CONFIG)?)?;
    let own = (site.default_language, site.translations);
    let others = site.languages.into_iter();
    let others = others.map(|(tag, language)| (tag, language.translations));
    let mut made = String::from("&[");
    for (tag, sentences) in std::iter::once(own).chain(others) {
        let sentences: Vec<(String, String)> = sentences.into_iter().collect();
        write!(made, "({tag:?}, &{sentences:?}),")?;
    }
    made.push(']');
    let out = std::env::var("OUT_DIR")?;
    Ok(std::fs::write(Path::new(&out).join("catalogues.rs"), made)?)
}
