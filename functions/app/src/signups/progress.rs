//! What a member says they have learned: lessons that they marked as done, course by course. Only they see it, and
//! reading marks nothing: a lesson is done when its reader says so.

use std::cmp::Reverse;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use sodium_domain::course::{Course, Done, Progress};
use sodium_domain::id::{CourseId, MemberId, ThreadId};

use crate::state::App;
use crate::store::transaction::{Commit, Rule};
use crate::views::progress::{ProgressView, lesson_url, progress_url};
use crate::web::form::{At, Sent};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::SignedIn;
use crate::words::{say, say_with, spoken};

/// What the button asks for. A lesson's page knows nobody's marks, so a button says what it sets: pressed twice, it
/// does the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Intent {
    Done,
    NotDone,
}

#[derive(Debug, Deserialize)]
pub(crate) struct DoneSent {
    intent: Intent,
}

/// `GET /api/progress`: the courses that somebody began, the latest first.
pub(crate) async fn list(State(app): State<App>, SignedIn { profile, .. }: SignedIn) -> Answer {
    let done = app.store.lessons_done(profile.id).await?;
    let courses = match done.is_empty() {
        true => Vec::new(),
        false => app.store.courses().await?,
    };
    let mut begun: Vec<_> = courses
        .iter()
        .filter_map(|course| Some((course, last_done(course, &done)?)))
        .collect();
    begun.sort_by_key(|(_, last)| Reverse(*last));
    let begun = begun
        .iter()
        .filter_map(|(course, _)| ProgressView::new(course, &done));
    let values = json!({
        "title": say("my-progress"),
        "courses": begun.collect::<Vec<_>>(),
    });
    app.page(StatusCode::OK, "progress", &values).await
}

/// `GET /api/progress/{course}`
pub(crate) async fn show(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    At(course): At<CourseId>,
) -> Answer {
    let course = app.store.course(&course).await?.ok_or(AppError::NotFound)?;
    let done = app.store.lessons_done(profile.id).await?;
    app.progress_page(StatusCode::OK, say("my-progress-in-course"), &course, &done)
        .await
}

/// `GET /api/progress/{course}/lessons/{lesson}`: the button again, for who had to sign in first.
pub(crate) async fn ask(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    At((id, lesson)): At<(CourseId, ThreadId)>,
) -> Answer {
    let course = app.store.course(&id).await?.ok_or(AppError::NotFound)?;
    let done = app.store.lessons_done(profile.id).await?;
    if done.iter().any(|done| done.lesson == lesson) {
        return Ok(see_other(&progress_url(&id)));
    }
    let found = course.lesson(&lesson, spoken().tag());
    let found = found.ok_or(AppError::NotFound)?;
    let values = json!({
        "title": say("done-with-lesson"),
        "lead": say_with("mark-lesson-named", &[("title", &found.title)]),
        "notes": [say("only-you-see-progress")],
        "action": lesson_url(&id, &lesson),
        "fields": [{ "name": "intent", "value": "done" }],
        "button": say("lesson-done-button"),
        "danger": false,
        "cancel_url": found.page_url,
    });
    app.page(StatusCode::OK, "confirm", &values).await
}

/// `POST /api/progress/{course}/lessons/{lesson}`
pub(crate) async fn mark(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    At((course, lesson)): At<(CourseId, ThreadId)>,
    Sent(sent): Sent<DoneSent>,
) -> Answer {
    let known = app.store.course(&course).await?.ok_or(AppError::NotFound)?;
    match sent.intent {
        Intent::Done => {
            known
                .lesson(&lesson, spoken().tag())
                .ok_or(AppError::NotFound)?;
            app.note_done(profile.id, lesson).await?;
        }
        // A lesson that is gone from the course can still be taken back.
        Intent::NotDone => app.store.forget_done(profile.id, &lesson).await?,
    }
    Ok(see_other(&progress_url(&course)))
}

/// When somebody last did a lesson of this course, as it is now.
fn last_done(course: &Course, done: &[Done]) -> Option<jiff::Timestamp> {
    let edition = course.in_language(spoken().tag())?;
    Progress::of(edition, done).last()
}

impl App {
    async fn note_done(&self, member: MemberId, lesson: ThreadId) -> Result<(), AppError> {
        let at = self.clock.now();
        let done = Done { member, lesson, at };
        match self
            .store
            .note_done(&done, &self.done_limit(member))
            .await?
        {
            Commit::Done | Commit::Refused(Rule::NotMarked) => Ok(()),
            Commit::Refused(Rule::MemberPace) => Err(AppError::TooMany),
            Commit::Refused(Rule::MemberStays) => Err(AppError::SignedOut),
            Commit::Refused(_) => Err(AppError::Changed),
        }
    }

    /// The lessons of a course, with what is done of them.
    pub(super) async fn progress_page(
        &self,
        status: StatusCode,
        title: &str,
        course: &Course,
        done: &[Done],
    ) -> Answer {
        let progress = ProgressView::new(course, done).ok_or(AppError::NotFound)?;
        let values = json!({ "title": title, "progress": progress, "all_url": "/api/progress" });
        self.page(status, "progress_course", &values).await
    }
}
