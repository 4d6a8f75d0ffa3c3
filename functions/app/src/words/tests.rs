//! The catalogues are whole: every sentence that is asked for is there, in every language, with the
//! same places and the same markup, and no text for people stands in a template itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::catalogue::{CATALOGUES, Catalogue};
use super::*;

/// Endings of the forms of a sentence about a number.
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

fn arabic() -> Language {
    Language::of_tag("ar").unwrap()
}

#[test]
fn a_sentence_is_said_in_the_language_in_force() {
    assert_eq!(say("home"), "Home");
    assert_eq!(speaking_now(arabic(), || say("home")), "الرئيسة");
    assert_eq!(say("home"), "Home");
}

#[test]
fn a_region_of_a_language_is_that_language() {
    assert_eq!(Language::of_tag("AR-eg"), Some(arabic()));
    assert_eq!(Language::of_tag("en-GB"), Some(Language::default()));
    assert_eq!(Language::of_tag("tlh"), None);
    assert_eq!(Language::of_path("/ar/courses/"), arabic());
    assert_eq!(
        Language::of_path("articles/index.html"),
        Language::default()
    );
}

#[test]
fn what_is_filled_in_is_text_and_nothing_else() {
    assert_eq!(
        fill("a {one} b {two} {three}", &[("one", &"{two}"), ("two", &2)]),
        "a {two} b 2 {three}"
    );
    assert_eq!(fill("{ {{one} {", &[("one", &1)]), "{ {1 {");
}

#[test]
fn templates_may_say_their_language_or_take_the_one_in_force() {
    let mut tera = tera::Tera::default();
    tera.register_function("trans", Trans);
    let mut render = |text: &str| tera.render_str(text, &tera::Context::new()).unwrap();
    assert_eq!(render("{{ trans(key='home') }}"), "Home");
    assert_eq!(render("{{ trans(key='home', lang='ar') }}"), "الرئيسة");
    assert_eq!(
        render("{{ trans(key='problem-kicker', status=404) }}"),
        "Problem 404"
    );
}

/// A key without the ending of a form.
fn base(key: &str) -> Option<&str> {
    let (base, form) = key.rsplit_once('-')?;
    FORMS.contains(&form).then_some(base)
}

/// The keys of sentences about numbers: those that have the form `other`.
fn counted(catalogue: &Catalogue) -> BTreeSet<&str> {
    let keys = catalogue.sentences.keys();
    keys.filter_map(|key| key.strip_suffix("-other")).collect()
}

/// The keys, with those of forms counted once.
fn keys(catalogue: &Catalogue) -> BTreeSet<&str> {
    let counted = counted(catalogue);
    let name = |key| {
        base(key)
            .filter(|base| counted.contains(base))
            .unwrap_or(key)
    };
    catalogue.sentences.keys().map(|key| name(key)).collect()
}

#[test]
fn every_language_has_every_sentence_in_every_form() {
    let own = &CATALOGUES[0];
    for catalogue in CATALOGUES.iter() {
        let missing: Vec<_> = keys(own)
            .symmetric_difference(&keys(catalogue))
            .copied()
            .collect();
        assert!(
            missing.is_empty(),
            "{}: only in one of two languages: {missing:?}",
            catalogue.tag
        );
        assert!(
            catalogue.forms().contains(&"other"),
            "{} has no plural rules",
            catalogue.tag
        );
        for key in counted(own) {
            for form in catalogue.forms() {
                let key = format!("{key}-{form}");
                assert!(
                    catalogue.sentences.contains_key(&key),
                    "{}: {key}",
                    catalogue.tag
                );
            }
        }
        for (key, sentence) in &catalogue.sentences {
            assert!(
                !sentence.trim().is_empty(),
                "{}: {key} is empty",
                catalogue.tag
            );
        }
    }
}

/// The places and the tags of a sentence, in no order.
fn skeleton(sentence: &str, open: char, close: char) -> BTreeSet<&str> {
    let parts = sentence.split(open).skip(1);
    parts
        .filter_map(|part| part.split_once(close).map(|(name, _)| name))
        .collect()
}

#[test]
fn every_language_fills_the_same_places_and_marks_up_the_same_words() {
    let own = &CATALOGUES[0];
    for catalogue in &CATALOGUES[1..] {
        for (key, sentence) in &catalogue.sentences {
            let counted = base(key).map(|base| format!("{base}-other"));
            let counted = counted.filter(|other| own.sentences.contains_key(other));
            // One, two or no thing may be said without the figure.
            let is_form = counted.is_some() && !key.ends_with("-other");
            let Some(ours) = own.sentences.get(counted.as_ref().unwrap_or(key)) else {
                continue;
            };
            let places = skeleton(sentence, '{', '}');
            let mut expected = skeleton(ours, '{', '}');
            if is_form && !places.contains("n") {
                expected.remove("n");
            }
            assert_eq!(places, expected, "{}: {key}", catalogue.tag);
            assert_eq!(
                skeleton(sentence, '<', '>'),
                skeleton(ours, '<', '>'),
                "{}: {key}",
                catalogue.tag
            );
        }
    }
}

fn folder(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(below)
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
}

/// What stands in quotes right after each of `starts`.
fn quoted_after<'a>(text: &'a str, starts: &[&str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    for start in starts {
        for (at, _) in text.match_indices(start) {
            // `say(` is not the end of another word.
            let joined = text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let rest = text[at + start.len()..].trim_start();
            if let (false, Some(rest)) = (joined, rest.strip_prefix('"')) {
                found.extend(rest.split_once('"').map(|(key, _)| key));
            }
        }
    }
    found
}

/// Keys that are put together: `nav-` and the key of an entry of the navigation.
const BUILT: [&str; 2] = ["nav-", "month-"];

#[test]
fn every_sentence_that_is_asked_for_is_there_and_every_other_is_gone() {
    let own = &CATALOGUES[0];
    let known = keys(own);
    let mut used = BTreeSet::new();
    let mut paths = Vec::new();
    files(&folder("site/templates"), &mut paths);
    files(&folder("functions/app/src"), &mut paths);
    let texts: Vec<String> = paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for (path, text) in paths.iter().zip(&texts) {
        let starts = ["trans(key=", "say(", "say_with(", "count(", "count_with("];
        for key in quoted_after(text, &starts) {
            if path.ends_with("words/tests.rs") || BUILT.contains(&key) {
                continue;
            }
            let plain = key.trim_end_matches('"');
            assert!(
                known.contains(plain),
                "{}: there is no sentence {plain}",
                path.display()
            );
            used.insert(plain);
        }
    }
    let unused: Vec<_> = known
        .iter()
        .filter(|key| !used.contains(*key) && !BUILT.iter().any(|built| key.starts_with(built)))
        .collect();
    assert!(unused.is_empty(), "nothing asks for {unused:?}");
}

/// Names that are the same in every language.
const NAMES: [&str; 2] = ["Sodium Learn", "Zola"];

#[test]
fn no_template_has_words_of_its_own() {
    let mut paths = Vec::new();
    files(&folder("site/templates"), &mut paths);
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| {
        path.extension()
            .is_some_and(|end| end == "html" || end == "txt")
    }) {
        if path.ends_with("robots.txt") {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        for words in own_words(&text) {
            found.push(format!("{}: {words}", path.display()));
        }
    }
    assert!(
        found.is_empty(),
        "words in templates:\n{}",
        found.join("\n")
    );
}

/// The words of a template that stand in neither a tag of the template language nor one of HTML, and
/// those in attributes that are read out.
fn own_words(template: &str) -> Vec<String> {
    let mut text = template.to_owned();
    for (open, close) in [
        ("{#", "#}"),
        ("{%", "%}"),
        ("{{", "}}"),
        ("<script", "</script>"),
        ("<code>", "</code>"),
    ] {
        while let Some(start) = text.find(open) {
            let Some(length) = text[start..].find(close) else {
                break;
            };
            text.replace_range(start..start + length + close.len(), "\u{0}");
        }
    }
    let mut words = Vec::new();
    for attribute in ["aria-label=\"", "alt=\"", "placeholder=\"", "title=\""] {
        for part in text.split(attribute).skip(1) {
            words.extend(part.split('"').next().map(str::to_owned));
        }
    }
    while let Some(start) = text.find('<') {
        let Some(length) = text[start..].find('>') else {
            break;
        };
        text.replace_range(start..=start + length, "\u{0}");
    }
    words.extend(text.split('\u{0}').map(str::to_owned));
    words.retain(|part| {
        let plain = NAMES
            .iter()
            .fold(part.clone(), |part, name| part.replace(name, ""));
        let plain = ["&amp;", "&nbsp;", "&gt;"]
            .iter()
            .fold(plain, |part, entity| part.replace(entity, ""));
        plain.chars().filter(|c| c.is_alphabetic()).count() > 1
    });
    words.iter().map(|part| part.trim().to_owned()).collect()
}

#[test]
fn words_in_a_template_are_found_wherever_they_stand() {
    assert_eq!(own_words("<p>{{ a }} Hello</p>"), ["Hello"]);
    assert_eq!(
        own_words("<p aria-label=\"Pages\">{{ trans(key=\"x\") }}</p>"),
        ["Pages"]
    );
    assert!(own_words("{# why #}<p class=\"x\">{% if a %}{{ b }}{% endif %} · 404</p>").is_empty());
}
