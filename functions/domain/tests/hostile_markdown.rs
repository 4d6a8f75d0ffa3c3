//! Hostile comments do no harm: every payload of the corpus is rendered and read by a strict parser
//! that knows nothing of the renderer. The browser tests render the same corpus in Chromium.

mod strict_html;

use std::collections::HashSet;

use serde::Deserialize;
use sodium_domain::markdown::{Source, SourceError, excerpt, render};

#[derive(Deserialize)]
struct Payload {
    name: String,
    markdown: String,
}

fn corpus() -> Vec<Payload> {
    serde_json::from_str(include_str!("corpus/hostile.json")).expect("the corpus is JSON")
}

#[test]
fn every_payload_renders_to_harmless_html() {
    let failures: Vec<String> = corpus()
        .iter()
        .filter_map(|payload| {
            let html = render(&Source::parse(&payload.markdown).ok()?);
            let problem = strict_html::read(html.as_str()).err()?;
            Some(format!(
                "{}: {problem}\n  {:?}\n  {html}",
                payload.name, payload.markdown
            ))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn payloads_have_names_of_their_own_and_are_many() {
    let corpus = corpus();
    let names: HashSet<&str> = corpus.iter().map(|payload| payload.name.as_str()).collect();
    assert_eq!(names.len(), corpus.len());
    assert!(corpus.len() >= 150, "{}", corpus.len());
}

#[test]
fn only_payloads_without_any_text_are_refused() {
    let refused: Vec<String> = corpus()
        .into_iter()
        .filter_map(|payload| match Source::parse(&payload.markdown) {
            Ok(_) => None,
            Err(SourceError::Empty) => Some(payload.name),
            Err(other) => Some(format!("{}: {other}", payload.name)),
        })
        .collect();
    assert_eq!(refused, Vec::<String>::new());
}

/// Raw HTML is not dropped: its author, and a moderator, see what was typed.
#[test]
fn html_is_shown_as_it_was_typed() {
    for typed in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<!-- a comment -->",
        "<svg><style><img src=x></style></svg>",
        "before <b onclick=\"x\">bold</b> after",
    ] {
        let page = strict_html::read(render(&Source::parse(typed).unwrap()).as_str()).unwrap();
        assert_eq!(page.text.trim(), typed);
    }
}

#[test]
fn no_link_leads_where_it_does_not_say() {
    for (typed, links) in [
        ("[x](javascript:alert(1))", &[][..]),
        ("[x](https://bank.example@evil.example)", &[]),
        ("[x](//evil.example)", &[]),
        ("[x](/courses/)", &["/courses/"]),
        (
            "![x](https://a.example/i.png)",
            &["https://a.example/i.png"],
        ),
        (
            "[a <https://b.example>](https://a.example)",
            &["https://a.example"],
        ),
        (
            "[![i](https://i.example)](https://a.example)",
            &["https://a.example"],
        ),
    ] {
        let page = strict_html::read(render(&Source::parse(typed).unwrap()).as_str()).unwrap();
        assert_eq!(page.links, links, "{typed}");
    }
}

#[test]
fn excerpts_of_payloads_are_one_line_without_controls() {
    for payload in corpus() {
        let Ok(source) = Source::parse(&payload.markdown) else {
            continue;
        };
        let line = excerpt(&source, 80);
        assert!(line.chars().count() <= 80, "{}", payload.name);
        assert!(
            !line.chars().any(char::is_control),
            "{}: {line:?}",
            payload.name
        );
    }
}
