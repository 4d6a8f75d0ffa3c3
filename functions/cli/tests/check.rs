//! `sodium check` on a folder of wrong pages, each named after the rule that finds its fault; a course is
//! named by its folder.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use sodium_cli::check::{self, Format, Report};

fn manifest() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn wrong() -> Report {
    check::run(&manifest().join("tests/fixtures/check/wrong")).unwrap()
}

fn name_of(file: &str) -> &str {
    let file = file.strip_suffix("/_index.md").unwrap_or(file);
    file.rsplit('/').next().unwrap()
}

#[test]
fn each_wrong_page_has_one_problem_found_by_the_rule_it_is_named_after() {
    let report = wrong();
    let mut files: Vec<&str> = Vec::new();
    for problem in report.problems() {
        // Some rules are about the name itself: there the rule is part of it.
        let name = name_of(&problem.file).replace('_', "-");
        assert!(
            name.contains(problem.rule),
            "{}: {} ({})",
            problem.file,
            problem.rule,
            problem.message
        );
        files.push(&problem.file);
    }
    let all = files.len();
    files.dedup();
    assert_eq!(files.len(), all, "a page has two problems");
    assert!(all >= 72, "only {all} problems");
}

#[test]
fn every_page_that_is_not_named_after_a_rule_is_clean() {
    let clean = [
        "content",
        "articles",
        "sessions",
        "first",
        "right.md",
        "target.md",
        "unfinished.md",
    ];
    let report = wrong();
    let found = report
        .problems()
        .iter()
        .find(|problem| clean.contains(&name_of(&problem.file)));
    assert!(found.is_none(), "{found:?}");
}

#[test]
fn for_people() {
    insta::assert_snapshot!(wrong().render(Format::Human, false));
}

#[test]
fn for_github() {
    insta::assert_snapshot!(wrong().render(Format::Github, false));
}

#[test]
fn for_programs() {
    let json = wrong().render(Format::Json, false);
    let problems: serde_json::Value = serde_json::from_str(&json).unwrap();
    let of = |file: &str| {
        problems
            .as_array()
            .unwrap()
            .iter()
            .find(|p| p["file"] == file)
            .unwrap()
            .clone()
    };
    let problem = serde_json::to_string_pretty(&of("content/articles/link-anchor.md")).unwrap();
    insta::assert_snapshot!(problem, @r#"
    {
      "column": 5,
      "cure": "use one of its anchors: a-part",
      "end_column": 46,
      "end_line": 13,
      "file": "content/articles/link-anchor.md",
      "line": 13,
      "message": "articles/target.md has no heading with the anchor `#another-part`",
      "rule": "link-anchor"
    }
    "#);
}

#[test]
fn a_missing_content_folder_is_an_error_and_not_a_clean_report() {
    assert!(check::run(Path::new("/nowhere/at/all")).is_err());
}

#[test]
fn the_communitys_own_content_is_clean() {
    let root: PathBuf = manifest().join("../..");
    let report = check::run(&root).unwrap();
    assert!(report.is_clean(), "{}", report.render(Format::Human, false));
}
