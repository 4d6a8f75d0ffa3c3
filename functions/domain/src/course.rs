//! A course as the site lists its lessons, and how far a learner says they have come in it.
//!
//! What somebody has done names a lesson by the id of its discussion, never by its address or its course: so it
//! stays when a lesson is renamed, or moves to another course. A lesson in another language is the same lesson,
//! and goes by the id of the one that it was translated from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{CourseId, MemberId, ThreadId};
use crate::member::LanguageTag;

/// A course, in every language in which the site has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Its identifier.
    pub id: CourseId,
    /// What its pages say of it, the site's own language first.
    pub editions: Vec<Edition>,
}

/// A course in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// The language.
    pub language: LanguageTag,
    /// The title of the course.
    pub title: String,
    /// The path of its page.
    pub page_url: String,
    /// Its lessons, in their order.
    pub lessons: Vec<Lesson>,
}

/// A lesson of a course, as readers of one language find it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// What is the same in every language.
    pub id: ThreadId,
    /// Its title.
    pub title: String,
    /// The path of its page.
    pub page_url: String,
    /// The language of that page: another one than the edition's until it is translated.
    pub language: LanguageTag,
}

/// That a member says they have done a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Who says so.
    pub member: MemberId,
    /// The lesson.
    pub lesson: ThreadId,
    /// When they said so.
    pub at: Timestamp,
}

impl Course {
    /// The course in a language, or else in the one that it was written in.
    pub fn in_language(&self, tag: &str) -> Option<&Edition> {
        let own = self
            .editions
            .iter()
            .find(|edition| edition.language.as_str() == tag);
        own.or_else(|| self.editions.first())
    }

    /// A lesson of the course in a language, or in another one if it is only there.
    pub fn lesson(&self, id: &ThreadId, tag: &str) -> Option<&Lesson> {
        let editions = self.in_language(tag).into_iter().chain(&self.editions);
        let mut lessons = editions.flat_map(|edition| &edition.lessons);
        lessons.find(|lesson| lesson.id == *id)
    }
}

/// How far somebody has come in a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress<'a> {
    edition: &'a Edition,
    done: Vec<Option<Timestamp>>,
}

impl<'a> Progress<'a> {
    /// In the course as it is now, by everything that somebody has done, in whichever course.
    pub fn of(edition: &'a Edition, all_done: &[Done]) -> Self {
        let when = |lesson: &Lesson| {
            let found = all_done.iter().find(|done| done.lesson == lesson.id);
            found.map(|done| done.at)
        };
        Self {
            edition,
            done: edition.lessons.iter().map(when).collect(),
        }
    }

    /// The lessons in order, each with the time since which it is done.
    pub fn steps(&self) -> impl Iterator<Item = (&'a Lesson, Option<Timestamp>)> {
        self.edition.lessons.iter().zip(self.done.iter().copied())
    }

    /// How many lessons there are.
    pub fn lessons(&self) -> usize {
        self.done.len()
    }

    /// How many of them are done.
    pub fn done(&self) -> usize {
        self.done.iter().flatten().count()
    }

    /// When something was done last.
    pub fn last(&self) -> Option<Timestamp> {
        self.done.iter().copied().flatten().max()
    }

    /// The lesson to go on with: the next that is not done after the one that was done last, else the first
    /// that was left out. Who begins in the middle is not sent back before the end.
    pub fn next(&self) -> Option<&'a Lesson> {
        let last = self.last();
        let place = self
            .done
            .iter()
            .rposition(|done| done.is_some() && *done == last);
        let start = place.map_or(0, |place| place + 1);
        let open = |at: &usize| self.done[*at].is_none();
        let mut places = (start..self.done.len()).chain(0..start);
        places.find(open).map(|at| &self.edition.lessons[at])
    }

    /// When the last of the lessons was done, if all are that the course has now. A lesson that is added leaves a
    /// course unfinished until it is done too; one that goes may finish it, and the time is that of the others.
    pub fn completed(&self) -> Option<Timestamp> {
        let all = self.done() == self.lessons();
        self.last().filter(|_| all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edition(lessons: &[&str]) -> Edition {
        let language = LanguageTag::new("en");
        let lesson = |id: &&str| Lesson {
            id: id.parse().unwrap(),
            title: id.to_uppercase(),
            page_url: format!("/courses/one/{id}/"),
            language: language.clone(),
        };
        Edition {
            language: language.clone(),
            title: "One".into(),
            page_url: "/courses/one/".into(),
            lessons: lessons.iter().map(lesson).collect(),
        }
    }

    /// The lessons that were done, in this order.
    fn done(lessons: &[&str]) -> Vec<Done> {
        let one = |(minute, lesson): (usize, &&str)| Done {
            member: uuid::Uuid::nil().into(),
            lesson: lesson.parse().unwrap(),
            at: Timestamp::from_second(60 * i64::try_from(minute).unwrap()).unwrap(),
        };
        lessons.iter().enumerate().map(one).collect()
    }

    #[test]
    fn one_goes_on_after_what_was_done_last_and_then_with_what_was_left_out() {
        for (marked, next) in [
            (&[][..], Some("aaa")),
            (&["aaa"], Some("bbb")),
            (&["bbb"], Some("ccc")),
            (&["bbb", "ddd"], Some("aaa")),
            (&["ddd", "bbb"], Some("ccc")),
            (&["ccc", "aaa"], Some("bbb")),
            (&["aaa", "bbb", "ddd"], Some("ccc")),
            (&["elsewhere"], Some("aaa")),
            (&["ddd", "ccc", "bbb", "aaa"], None),
        ] {
            let edition = edition(&["aaa", "bbb", "ccc", "ddd"]);
            let marked = done(marked);
            let progress = Progress::of(&edition, &marked);
            let found = progress.next().map(|lesson| lesson.id.as_str());
            assert_eq!(found, next, "{marked:?}");
        }
    }

    #[test]
    fn a_course_is_finished_when_all_it_has_now_is_done() {
        let minute = |n: i64| Timestamp::from_second(60 * n).unwrap();
        let marked = done(&["bbb", "aaa", "gone", "ccc"]);
        for (lessons, count, completed) in [
            (&["aaa", "bbb"][..], 2, Some(minute(1))),
            (&["bbb", "aaa", "ccc"], 3, Some(minute(3))),
            (&["aaa", "added", "bbb"], 2, None),
            (&["bbb"], 1, Some(minute(0))),
            (&["added"], 0, None),
            (&[], 0, None),
        ] {
            let edition = edition(lessons);
            let progress = Progress::of(&edition, &marked);
            assert_eq!(progress.lessons(), lessons.len());
            assert_eq!(progress.done(), count, "{lessons:?}");
            assert_eq!(progress.completed(), completed, "{lessons:?}");
        }
    }

    #[test]
    fn a_course_is_read_in_the_language_asked_for_or_in_its_own() {
        let arabic = Edition {
            language: LanguageTag::new("ar"),
            title: "واحد".into(),
            ..edition(&["aaa", "only-there"])
        };
        let course = Course {
            id: "one".parse().unwrap(),
            editions: vec![edition(&["aaa", "bbb"]), arabic],
        };
        assert_eq!(course.in_language("ar").unwrap().title, "واحد");
        assert_eq!(course.in_language("tlh").unwrap().title, "One");
        for (lesson, there) in [("aaa", true), ("only-there", true), ("other", false)] {
            let found = course.lesson(&lesson.parse().unwrap(), "en");
            assert_eq!(found.is_some(), there, "{lesson}");
        }
    }
}
