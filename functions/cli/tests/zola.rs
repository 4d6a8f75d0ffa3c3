//! Building small sites with the Zola that this machine has.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use sodium_cli::check::Format;
use sodium_cli::zola::{Warnings, Zola, ZolaError};
use tempfile::TempDir;

/// A site of one page, with the real one's tools.
fn site(page: &str) -> (TempDir, Zola) {
    let real = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../site")
        .canonicalize()
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "config.toml",
        "base_url = \"https://example.org\"\n[markdown]\nsmart_punctuation = true\n",
    );
    write("templates/index.html", "<h1>{{ section.title }}</h1>");
    write("templates/section.html", "");
    write("templates/page.html", "{{ page.content | safe }}");
    write(
        "content/_index.md",
        "+++\ntitle = \"Home\"\nsort_by = \"weight\"\n+++\n",
    );
    write("content/page.md", page);
    for link in ["node_modules", "tools"] {
        std::os::unix::fs::symlink(real.join(link), dir.path().join(link)).unwrap();
    }
    let zola = Zola::find(dir.path()).unwrap_or_else(|error| panic!("{error}"));
    (dir, zola)
}

#[test]
fn a_build_leaves_pages_and_no_warnings() {
    let (dir, zola) = site("+++\ntitle = \"A page\"\nweight = 1\n+++\n\n## Part\n");
    let out = dir.path().join("out");
    for _ in 0..2 {
        let report = zola.build(&out, "https://learn.example").unwrap();
        assert!(report.warnings.is_empty());
        assert!(out.join("page/index.html").is_file());
    }
}

#[test]
fn a_page_that_zola_leaves_out_is_a_failure_unless_asked_otherwise() {
    let (dir, zola) = site("+++\ntitle = \"A page\"\n+++\n");
    let out = dir.path().join("out");

    let error = zola.build(&out, "https://learn.example").unwrap_err();
    assert!(matches!(error, ZolaError::Warned(_)), "{error}");
    assert!(error.to_string().contains("- content/page.md"), "{error}");

    let report = zola
        .warnings(Warnings::Report)
        .build(&out, "https://learn.example")
        .unwrap();
    assert_eq!(report.warnings.len(), 2);
}

#[test]
fn corrupt_front_matter_is_shown_with_file_line_and_place() {
    let (dir, zola) = site("+++\ntitle = \"A page\nweight = 1\n+++\n");
    let error = zola
        .build(&dir.path().join("out"), "https://learn.example")
        .unwrap_err();
    insta::assert_snapshot!(error, @r#"
    Zola could not build the site:

    Failed to build the site
    Error when parsing front matter of section `content/page.md`
    Reason: TOML parse error at line 2, column 16
      |
    2 | title = "A page
      |                ^
    invalid basic string, expected `"`

    `sodium check` names file, line and cure of each problem in the content.
    "#);
}

/// `sodium check` computes anchors as Zola does; where the two differ, one of them refuses a link here.
#[test]
fn check_knows_the_anchors_that_zola_makes() {
    let headings = [
        ("What's new in “it”?", "what-s-new-in-it"),
        ("Code `x_y` & more", "code-x-y-more"),
        ("Größe und Café – und…", "grosse-und-cafe-und"),
        ("日本語", "ri-ben-yu"),
        (
            "*Big* **deal** [linked](https://example.org/)",
            "big-deal-linked",
        ),
        ("Named {#own}", "own"),
        ("Twice", "twice"),
        ("Twice", "twice-1"),
        ("Twice", "twice-2"),
        ("Own", "own-1"),
        ("1. First -- second", "1-first-second"),
    ];
    let parts: String = headings
        .iter()
        .map(|(text, anchor)| {
            format!("## {text}\n\n[there](#{anchor})\n[there](@/page.md#{anchor})\n\n")
        })
        .collect();
    let page = format!(
        "+++\ntitle = \"A page\"\ndescription = \"A page.\"\ntemplate = \"page.html\"\nweight = 1\n+++\n\n{parts}"
    );
    let (dir, zola) = site(&page);

    let report = sodium_cli::check::run(dir.path()).unwrap();
    assert!(
        report
            .problems()
            .iter()
            .all(|problem| problem.file != "page.md"),
        "{}",
        report.render(Format::Human, false)
    );
    zola.build(&dir.path().join("out"), "https://learn.example")
        .unwrap_or_else(|error| panic!("{error}"));
}
