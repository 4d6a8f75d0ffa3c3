//! Rules that compare pages with each other.

use std::collections::HashMap;
use std::ops::Range;

use sodium_app::words::Language;

use super::addresses::address_of;
use crate::content::{Content, Findings, Front, Kind, Page, Problem, SortBy, translated_from};

/// Checks what has to be right between pages.
pub(super) fn check(content: &Content) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_unique(
        content,
        "thread",
        |front| front.thread().map(|id| (id.value.as_str(), &id.span)),
        &mut problems,
    );
    check_unique(
        content,
        "session",
        |front| front.session_id().map(|id| (id.value.as_str(), &id.span)),
        &mut problems,
    );
    check_unique(
        content,
        "forum",
        |front| front.forum().map(|id| (id.value.as_str(), &id.span)),
        &mut problems,
    );
    check_aliases(content, &mut problems);
    check_courses(content, &mut problems);
    check_weights(content, &mut problems);
    problems
}

/// Two pages with one id would share, or fight over, what belongs to it.
fn check_unique<'c>(
    content: &'c Content,
    key: &str,
    id_of: impl Fn(&'c Front) -> Option<(&'c str, &'c Range<usize>)>,
    problems: &mut Vec<Problem>,
) {
    let mut first: HashMap<&str, &str> = HashMap::new();
    for page in &content.pages {
        let Some((id, span)) = page.front.as_ref().and_then(|(_, front)| id_of(front)) else {
            continue;
        };
        let Some(other) = first.insert(id, &page.file) else {
            continue;
        };
        first.insert(id, other);
        let mut findings = Findings::in_file(&page.file);
        findings.add(
            "id-double",
            span.clone(),
            format!("the {key} id ‘{id}’ is taken by {other}"),
            format!("choose another {key} id for the newer page; the older one must keep it"),
        );
        problems.extend(findings.into_problems());
    }
}

/// Zola writes an alias over a page without a word.
fn check_aliases(content: &Content, problems: &mut Vec<Problem>) {
    let mut owners: HashMap<String, &str> = content
        .pages
        .iter()
        .map(|page| (page.url.clone(), page.file.as_str()))
        .collect();
    for page in &content.pages {
        let Some((common, _)) = &page.front else {
            continue;
        };
        let mut findings = Findings::in_file(&page.file);
        for alias in &common.aliases {
            let url = address_of(&alias.value);
            let Some(owner) = owners.insert(url.clone(), &page.file) else {
                continue;
            };
            let message = format!("the alias {url} is the address of {owner}");
            findings.add(
                "alias-taken",
                alias.span.clone(),
                message,
                "remove the alias, or move the other page",
            );
            owners.insert(url, owner);
        }
        problems.extend(findings.into_problems());
    }
}

/// A session may name its course.
fn check_courses(content: &Content, problems: &mut Vec<Problem>) {
    for (page, _, session) in content.sessions() {
        let Some(course) = &session.course else {
            continue;
        };
        let there = content
            .page(&format!("{}/_index.md", course.value))
            .is_some_and(|p| p.kind == Some(Kind::Course));
        if !there {
            let mut findings = Findings::in_file(&page.file);
            let message = format!("there is no course ‘{}’", course.value);
            findings.add(
                "session-course",
                course.span.clone(),
                message,
                "write its folder, for instance \"courses/first-steps\", or remove the key",
            );
            problems.extend(findings.into_problems());
        }
    }
}

/// Zola leaves a page without weight out of a section that is sorted by it, and exits with 0.
///
/// Lessons have a weight and articles and digests a date by their schema; this is about the other kinds.
fn check_weights(content: &Content, problems: &mut Vec<Problem>) {
    let optional =
        |page: &&Page| matches!(page.kind, Some(Kind::Session | Kind::Project | Kind::Plain));
    for page in content.pages.iter().filter(optional) {
        let Some((common, _)) = &page.front else {
            continue;
        };
        let by_weight = section_of(content, page).and_then(sorted_by) == Some(SortBy::Weight);
        if common.weight.is_some() || !by_weight {
            continue;
        }
        let mut findings = Findings::in_file(&page.file);
        findings.add(
            "front-matter-missing",
            0..3,
            "the section is sorted by weight, and Zola leaves out a page without it",
            "add `weight = …`",
        );
        problems.extend(findings.into_problems());
    }
}

fn sorted_by(section: &Page) -> Option<SortBy> {
    let (common, _) = section.front.as_ref()?;
    common.sort_by
}

/// The section in whose list a page stands.
fn section_of<'c>(content: &'c Content, page: &Page) -> Option<&'c Page> {
    let (file, language) = translated_from(&page.file);
    let mut folders: Vec<&str> = file.split('/').collect();
    let name = folders.pop()?;
    if name == "_index.md" {
        return None; // Zola sorts sections by weight too, but leaves none out.
    }
    if name == "index.md" {
        folders.pop();
    }
    let index = match language == Language::default() {
        true => "_index.md".to_owned(),
        false => format!("_index.{}.md", language.tag()),
    };
    folders.push(&index);
    content.page(&folders.join("/"))
}
