//! `sodium new`: what it begins is in its place, complete, and a draft.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "crash/project.rs"]
#[allow(dead_code, reason = "the kill -9 test uses the rest")]
mod project;

use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use sodium_cli::check;
use sodium_cli::content::{Content, Front, Week};
use sodium_cli::new::{NewError, Wish, write};

const TODAY: Date = date(2026, 11, 25);
const COURSE: &str = "start-a-learning-community";

/// The project, to be added to.
struct Copy {
    root: PathBuf,
    _folder: tempfile::TempDir,
}

impl Copy {
    fn path(&self) -> &Path {
        &self.root
    }
}

fn project() -> Copy {
    let folder = tempfile::tempdir().unwrap();
    let root = project::copy_into(folder.path());
    Copy {
        root,
        _folder: folder,
    }
}

fn lesson(title: &str) -> Wish {
    Wish::Lesson {
        title: title.into(),
        course: COURSE.into(),
    }
}

fn wishes() -> Vec<Wish> {
    vec![
        lesson("How to \"listen\" – and why"),
        Wish::Article {
            title: "On asking".into(),
            authors: vec!["Sodium Learn".into()],
        },
        Wish::Digest {
            week: "2026-W48".parse().unwrap(),
        },
        Wish::Session {
            title: "Read aloud together".into(),
            starts: date(2027, 3, 4).at(18, 0, 0, 0),
            zone: "Asia/Kolkata".into(),
            course: Some(COURSE.into()),
        },
        Wish::Project {
            title: "A map of words".into(),
        },
    ]
}

fn begun(project: &Path, wish: &Wish) -> PathBuf {
    let path = write(project, wish, TODAY).unwrap();
    path.strip_prefix(project.join("content"))
        .unwrap()
        .to_owned()
}

#[test]
fn each_kind_of_page_is_a_draft_with_which_the_check_is_content() {
    let project = project();
    let before = Content::load(&project.path().join("content")).unwrap().0;
    let files: Vec<PathBuf> = wishes()
        .iter()
        .map(|wish| begun(project.path(), wish))
        .collect();
    let expected = [
        "courses/start-a-learning-community/how-to-listen-and-why.md",
        "articles/on-asking.md",
        "digests/2026-w48.md",
        "sessions/read-aloud-together.md",
        "projects/a-map-of-words.md",
    ];
    assert_eq!(files, expected.map(PathBuf::from));
    let (after, problems) = Content::load(&project.path().join("content")).unwrap();
    assert_eq!(problems.len(), 0, "{problems:?}");
    for file in expected {
        assert!(after.page(file).unwrap().is_draft(), "{file}");
    }
    assert_eq!(after.threads(), before.threads(), "a draft opens nothing");
    let report = check::run(project.path()).unwrap();
    assert!(report.is_clean(), "{:?}", report.problems());
}

#[test]
fn what_is_no_draft_any_more_is_content_too() {
    let project = project();
    for wish in wishes() {
        let path = project
            .path()
            .join("content")
            .join(begun(project.path(), &wish));
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches("draft = true\n").count(), 1);
        std::fs::write(&path, text.replace("draft = true\n", "")).unwrap();
    }
    let report = check::run(project.path()).unwrap();
    assert!(report.is_clean(), "{:?}", report.problems());
}

#[test]
fn a_lesson_is_the_last_of_its_course_and_has_an_id_that_nobody_has() {
    let project = project();
    let first = begun(project.path(), &lesson("Community purpose"));
    let content = Content::load(&project.path().join("content")).unwrap().0;
    let (common, front) = content
        .page(first.to_str().unwrap())
        .unwrap()
        .front
        .clone()
        .unwrap();
    let Front::Discussed(page) = front else {
        panic!("a lesson has a discussion")
    };
    // A lesson of the course has the id that its title would make.
    assert_eq!(page.thread.value.as_str(), "community-purpose-2");
    let others = content.pages.iter().filter(|page| {
        page.file.starts_with("courses/start-a-learning-community/")
            && page.file != first.to_str().unwrap()
    });
    let heaviest = others
        .filter_map(|page| page.front.as_ref()?.0.weight)
        .max();
    assert!(common.weight > heaviest, "{:?} {heaviest:?}", common.weight);
}

#[test]
fn nothing_is_written_over_or_guessed() {
    let project = project();
    let path = write(project.path(), &lesson("Twice"), TODAY).unwrap();
    std::fs::write(&path, "mine").unwrap();
    let again = write(project.path(), &lesson("Twice"), TODAY);
    assert!(matches!(again, Err(NewError::Exists(_))), "{again:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");

    let nowhere = Wish::Lesson {
        title: "Lost".into(),
        course: "no-such-course".into(),
    };
    let error = write(project.path(), &nowhere, TODAY)
        .unwrap_err()
        .to_string();
    assert!(error.contains(COURSE), "{error}");
    assert!(
        !project
            .path()
            .join("content/courses/no-such-course")
            .exists()
    );

    let error = write(project.path(), &lesson("؟"), TODAY);
    assert!(matches!(error, Err(NewError::NoAddress(_))), "{error:?}");
    let session = Wish::Session {
        title: "Nowhere".into(),
        starts: TODAY.at(18, 0, 0, 0),
        zone: "Mars/Olympus".into(),
        course: None,
    };
    let error = write(project.path(), &session, TODAY);
    assert!(matches!(error, Err(NewError::NoZone(_))), "{error:?}");
}

#[test]
fn weeks_are_those_of_iso_8601() {
    assert_eq!(Week::before(TODAY).to_string(), "2026-W47");
    assert_eq!(Week::before(date(2027, 1, 4)).to_string(), "2026-W53");
    for wrong in ["2026-W54", "2026-48", "26-W48", "2026-W4", "soon"] {
        assert!(wrong.parse::<Week>().is_err(), "{wrong}");
    }
}
