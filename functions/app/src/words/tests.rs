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

#[test]
fn what_is_filled_into_markup_is_escaped() {
    let mut tera = tera::Tera::default();
    tera.register_function("markup", Markup);
    let given =
        serde_json::json!({ "name": "<b>", "at": { "iso": "2026-11-23", "text": "today" } });
    let context = tera::Context::from_serialize(given).unwrap();
    let mut render = |text: &str| tera.render_str(text, &context).unwrap();
    assert_eq!(
        render("{{ markup(key='you-answer', name=name) }}"),
        r#"You answer <b dir="auto">&lt;b&gt;</b>."#
    );
    assert_eq!(
        render("{{ markup(key='until-time', time=at) }}"),
        r#"Until <time datetime="2026-11-23">today</time>"#
    );
    let sentence = speaking_now(arabic(), || render("{{ markup(key='account-no-seats') }}"));
    assert!(
        sentence.contains(r#"<a href="/ar/sessions/">"#),
        "{sentence}"
    );
}

#[test]
fn a_number_takes_the_form_of_its_language() {
    assert_eq!(count("comments", 1), "1 comment");
    assert_eq!(count("comments", 12), "12 comments");
    let said = |n| speaking_now(arabic(), || count("comments", n));
    assert_eq!(
        [1, 2, 3, 10, 11, 99, 100].map(said),
        [
            "تعليق واحد",
            "تعليقان",
            "3 تعليقات",
            "10 تعليقات",
            "11 تعليقًا",
            "99 تعليقًا",
            "100 تعليق"
        ]
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
                    catalogue.sentences.contains_key(key.as_str()),
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
            let counted = counted.filter(|other| own.sentences.contains_key(other.as_str()));
            // One, two or no thing may be said without the figure.
            let is_form = counted.is_some() && !key.ends_with("-other");
            let Some(ours) = own.sentences.get(counted.as_deref().unwrap_or(key)) else {
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

/// Keys that are put together: `nav-` and the key of an entry of the navigation, `month-` and a number.
const BUILT: [&str; 3] = ["nav-", "month-", "weekday-"];

#[test]
fn every_sentence_that_is_asked_for_is_there_and_every_other_is_gone() {
    let own = &CATALOGUES[0];
    let known = keys(own);
    let mut used = BTreeSet::new();
    let mut paths = Vec::new();
    files(&folder("site/templates"), &mut paths);
    files(&folder("functions/app/src"), &mut paths);
    // What the build writes beside the pages.
    let made = ["calendar.rs", "opml.rs"];
    paths.extend(made.map(|file| folder("functions/cli/src").join(file)));
    let texts: Vec<String> = paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for (path, text) in paths.iter().zip(&texts) {
        let starts = [
            "trans(key=",
            "markup(key=",
            "say(",
            "say_with(",
            "count(",
            "count_with(",
        ];
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

/// Files below `functions/app/src` with sentences that only the log tells, or that are no sentences.
const FOR_PROGRAMS: [&str; 8] = [
    "signups/carrier.rs",
    "signups/oidc.rs",
    "mail/mod.rs",
    "mail/ses.rs",
    "web/guard.rs",
    "web/page.rs",
    "web/signature/fields.rs",
    "web/signature/mod.rs",
];

/// Names that stand in the code.
const CODE_NAMES: [&str; 2] = ["Sodium Learn", "Mac OS X"];

#[test]
fn no_handler_has_words_of_its_own() {
    let source = folder("functions/app/src");
    let answers = [
        "comments",
        "jobs",
        "mail",
        "moderation",
        "relay",
        "signups",
        "views",
        "waitlist",
        "web",
    ];
    let mut paths = Vec::new();
    for part in answers {
        files(&source.join(part), &mut paths);
    }
    paths.retain(|path| FOR_PROGRAMS.iter().all(|other| !path.ends_with(other)));
    let mut found = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        for words in sentences_in_code(&text) {
            found.push(format!("{}: {words}", path.display()));
        }
    }
    assert!(found.is_empty(), "words in code:\n{}", found.join("\n"));
}

/// Literals in which two words follow each other, outside comments, attributes, tests and what goes
/// into the log.
fn sentences_in_code(code: &str) -> Vec<String> {
    let code = code.split("\n#[cfg(test)]").next().unwrap_or_default();
    let shown = code
        .lines()
        .map(|line| line.split("// ").next().unwrap_or_default())
        .map(|line| line.split("///").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let mut literals = Vec::new();
    let mut before = String::new();
    let mut rest = shown.as_str();
    while let Some((code, after)) = rest.split_once('"') {
        before.push_str(code);
        // A quotation mark as a character.
        if code.ends_with('\'') || code.ends_with('\\') {
            rest = after;
            continue;
        }
        let mut end = 0;
        let bytes = after.as_bytes();
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let end = end.min(after.len());
        if !is_for_the_log(&before) {
            literals.push(after[..end].to_owned());
        }
        before.push('_');
        rest = after.get(end + 1..).unwrap_or_default();
    }
    literals.retain(|literal| {
        !CODE_NAMES.contains(&literal.as_str())
            && literal.as_bytes().windows(3).any(|three| {
                three[0].is_ascii_alphabetic() && three[1] == b' ' && three[2].is_ascii_alphabetic()
            })
    });
    literals
}

/// Whether what is written at this place is an attribute, or goes into the log.
fn is_for_the_log(before: &str) -> bool {
    let open = before.rfind("#[");
    let in_attribute = open.is_some_and(|open| before.rfind(']') < Some(open));
    let calls = ["tracing::", "unreachable!(", "expect("];
    let call = calls.iter().filter_map(|call| before.rfind(call)).max();
    let in_call = call.is_some_and(|call| {
        let mut depth = 0;
        let mut ends = before[call..].chars().map(|letter| {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            letter == ')' && depth == 0
        });
        !ends.any(|end| end)
    });
    in_attribute || in_call
}

#[test]
fn sentences_in_code_are_found_wherever_they_stand() {
    assert_eq!(
        sentences_in_code("let a = \"Go home\"; // not \"this one\"\nlet b = '\"'; say(\"key\")"),
        ["Go home"]
    );
    assert!(sentences_in_code("tracing::error!(%error, \"a request failed\");").is_empty());
    assert!(sentences_in_code("#[error(\"nobody is here\")]\nName,").is_empty());
    assert_eq!(
        sentences_in_code("tracing::info!(\"for the log\"); answer(\"for a person\")"),
        ["for a person"]
    );
}

#[test]
fn no_script_has_words_of_its_own() {
    let mut paths = Vec::new();
    files(&folder("site/static/scripts"), &mut paths);
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        for line in text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            let quoted = line.split(['"', '`']).skip(1).step_by(2);
            for literal in quoted.filter(|literal| !literal.contains(['<', '[', '$', '.', ':'])) {
                let words = literal
                    .split(' ')
                    .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic()));
                assert!(words.count() < 2, "{}: {literal}", path.display());
            }
        }
    }
}

/// Names that are the same in every language.
const NAMES: [&str; 4] = ["Sodium Learn", "Zola", "UTC", "%SODIUM_TITLE%"];

/// Templates for programs, and the one that shows what is said of the API, which is English itself.
const NO_SENTENCES: [&str; 4] = [
    "robots.txt",
    "macros/linked_data.html",
    "fragments/head.html",
    "api-description.html",
];

#[test]
fn no_template_has_words_of_its_own() {
    let mut paths = Vec::new();
    files(&folder("site/templates"), &mut paths);
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| {
        path.extension()
            .is_some_and(|end| end == "html" || end == "txt")
    }) {
        if NO_SENTENCES.iter().any(|other| path.ends_with(other)) {
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
        ("{% block main_class %}", "{% endblock main_class %}"),
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
