//! What a file's path says: which kind of page it is, and its address.

use sodium_app::words::Language;
use sodium_domain::id::CourseId;

use super::problem::Findings;

/// The kinds of pages. The path alone decides, so that one look at a folder tells what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `_index.md` at the top and in each first-level folder but those of a list.
    Section,
    /// `articles/_index.md` and those of digests, sessions, projects and the forum.
    List,
    /// `courses/<course>/_index.md`
    Course,
    /// `courses/<course>/<lesson>.md`
    Lesson,
    /// `articles/<article>.md`
    Article,
    /// `digests/<week>.md`
    Digest,
    /// `sessions/<session>.md`
    Session,
    /// `projects/<project>.md`
    Project,
    /// `forums/<section>.md`
    Forum,
    /// `<page>.md`
    Plain,
}

/// Files for authors, which are no pages (`ignored_content` in the site's configuration).
const NOT_PAGES: [&str; 2] = ["AUTHORING.md", "README.md"];

/// Whether a path, relative to the content folder, is a page's.
pub(super) fn is_page(path: &str) -> bool {
    path.ends_with(".md") && !NOT_PAGES.contains(&path)
}

/// The path of a page in the site's own language, and the language: `courses/_index.ar.md` is
/// `courses/_index.md` in Arabic.
pub(crate) fn translated_from(path: &str) -> (String, Language) {
    let other = Language::all().skip(1).find_map(|language| {
        let stem = path.strip_suffix(&format!(".{}.md", language.tag()))?;
        Some((format!("{stem}.md"), language))
    });
    other.unwrap_or_else(|| (path.to_owned(), Language::default()))
}

/// The parts of a path that make its address: folders, and the file's name unless it is an index.
fn address_parts(path: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = path.split('/').collect();
    let stem = parts.pop().unwrap_or_default().trim_end_matches(".md");
    if stem != "_index" && stem != "index" {
        parts.push(stem);
    }
    parts
}

/// The address of a page, from the site's root: `/courses/first/a-lesson/`.
pub(super) fn address(path: &str) -> String {
    let (path, language) = translated_from(path);
    address_parts(&path)
        .iter()
        .fold(language.prefix() + "/", |url, part| url + part + "/")
}

/// The kind of the page at a path, or `None` where no page belongs.
pub(super) fn kind(path: &str) -> Option<Kind> {
    let (path, _) = translated_from(path);
    let parts = address_parts(&path);
    if path.ends_with("_index.md") {
        return match parts[..] {
            ["articles" | "digests" | "sessions" | "projects" | "forums"] => Some(Kind::List),
            [] | [_] => Some(Kind::Section),
            ["courses", _] => Some(Kind::Course),
            _ => None,
        };
    }
    match parts[..] {
        ["courses", _, _] => Some(Kind::Lesson),
        ["articles", _] => Some(Kind::Article),
        ["digests", _] => Some(Kind::Digest),
        ["sessions", _] => Some(Kind::Session),
        ["projects", _] => Some(Kind::Project),
        ["forums", _] => Some(Kind::Forum),
        [_] => Some(Kind::Plain),
        _ => None,
    }
}

/// Checks what the path itself can have wrong.
pub(super) fn check_path(path: &str, findings: &mut Findings<'_>) {
    if kind(path).is_none() {
        findings.add(
            "page-place",
            0..0,
            "no page belongs here",
            "pages are courses/<course>/<lesson>.md, articles/…, digests/…, sessions/…, projects/…, forums/… and <page>.md at the top",
        );
    }
    let (path, _) = translated_from(path);
    for part in address_parts(&path) {
        check_name(part, findings);
    }
    if let (Some(Kind::Course), ["courses", course]) = (kind(&path), &address_parts(&path)[..]) {
        check_course(course, findings);
    }
}

/// The progress of learners goes by the name of a course's folder.
fn check_course(folder: &str, findings: &mut Findings<'_>) {
    let length = folder.len();
    if folder.parse::<CourseId>().is_err() && !(3..=64).contains(&length) {
        findings.add(
            "name",
            0..0,
            format!("the name of this course's folder has {length} characters"),
            "choose one of 3 to 64 characters: it is also the address of a learner's progress",
        );
    }
}

fn check_name(name: &str, findings: &mut Findings<'_>) {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    if name.contains('.') {
        findings.add(
            "name-with-dot",
            0..0,
            format!("Zola reads the part after the first dot of `{name}.md` as a language"),
            format!("name it `{}.md`", name.replace('.', "-")),
        );
    } else if !name
        .split('-')
        .all(|word| !word.is_empty() && word.bytes().all(plain))
    {
        findings.add(
            "name",
            0..0,
            format!("`{name}` does not make a plain address"),
            "use lower-case letters a–z and digits, joined by single hyphens",
        );
    } else if starts_with_date(name) {
        findings.add(
            "name-with-date",
            0..0,
            format!("Zola cuts the date off `{name}`, so the address differs from the name"),
            "leave the date out of the name and put `date = …` into the front matter",
        );
    }
}

/// Zola reads `2026-11-23-some-name` as a date and a name.
fn starts_with_date(name: &str) -> bool {
    let shape = |(i, b): (usize, u8)| {
        if [4, 7, 10].contains(&i) {
            b == b'-'
        } else {
            b.is_ascii_digit()
        }
    };
    name.len() > 11 && name.bytes().take(11).enumerate().all(shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_in_another_language_lies_below_its_tag() {
        assert_eq!(address("courses/_index.ar.md"), "/ar/courses/");
        assert_eq!(address("_index.ar.md"), "/ar/");
        assert_eq!(address("sign-in.ar.md"), "/ar/sign-in/");
        assert_eq!(address("courses/one/first.md"), "/courses/one/first/");
        assert_eq!(kind("courses/one/first.ar.md"), Some(Kind::Lesson));
        assert_eq!(kind("articles/_index.ar.md"), Some(Kind::List));
    }
}
