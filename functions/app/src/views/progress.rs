//! How far a member has come in a course, as only they see it.

use serde::Serialize;
use sodium_domain::course::{Course, Done, Edition, Lesson, Progress};
use sodium_domain::id::{CourseId, ThreadId};

use super::time::TimeView;
use crate::words::{say_with, spoken};

/// A member's progress in a course.
#[derive(Debug, Serialize)]
pub(crate) struct ProgressView<'a> {
    /// Where it stands by itself.
    url: String,
    course: CourseLink<'a>,
    text: String,
    done: usize,
    all: usize,
    next: Option<LessonLink<'a>>,
    certificate_url: Option<String>,
    steps: Vec<Step<'a>>,
}

/// A link to a course.
#[derive(Debug, Serialize)]
pub(crate) struct CourseLink<'a> {
    title: &'a str,
    page_url: &'a str,
    lang: &'a str,
}

/// A link to a lesson.
#[derive(Debug, Serialize)]
struct LessonLink<'a> {
    title: &'a str,
    url: &'a str,
    lang: &'a str,
}

#[derive(Debug, Serialize)]
struct Step<'a> {
    lesson: LessonLink<'a>,
    done: Option<TimeView>,
    action: String,
}

impl<'a> From<&'a Edition> for CourseLink<'a> {
    fn from(edition: &'a Edition) -> Self {
        Self {
            title: &edition.title,
            page_url: &edition.page_url,
            lang: edition.language.as_str(),
        }
    }
}

impl<'a> From<&'a Lesson> for LessonLink<'a> {
    fn from(lesson: &'a Lesson) -> Self {
        Self {
            title: &lesson.title,
            url: &lesson.page_url,
            lang: lesson.language.as_str(),
        }
    }
}

impl<'a> ProgressView<'a> {
    /// In the language in force; nothing for a course that no page states.
    pub(crate) fn new(course: &'a Course, all_done: &[Done]) -> Option<Self> {
        let edition = course.in_language(spoken().tag())?;
        let progress = Progress::of(edition, all_done);
        let (done, all) = (progress.done(), progress.lessons());
        let step = |(lesson, done): (&'a Lesson, Option<_>)| Step {
            lesson: lesson.into(),
            done: done.map(TimeView::from),
            action: lesson_url(&course.id, &lesson.id),
        };
        Some(Self {
            url: progress_url(&course.id),
            course: edition.into(),
            text: say_with("lessons-done-of", &[("n", &done), ("all", &all)]),
            done,
            all,
            next: progress.next().map(LessonLink::from),
            certificate_url: progress.completed().map(|_| certificate_url(&course.id)),
            steps: progress.steps().map(step).collect(),
        })
    }
}

/// The page of one's progress in a course.
pub(crate) fn progress_url(course: &CourseId) -> String {
    format!("/api/progress/{course}")
}

/// Where a lesson is marked as done.
pub(crate) fn lesson_url(course: &CourseId, lesson: &ThreadId) -> String {
    format!("/api/progress/{course}/lessons/{lesson}")
}

fn certificate_url(course: &CourseId) -> String {
    format!("/api/progress/{course}/certificate")
}
