//! A certificate of a course, to be printed. It says what its owner says of themselves, and nothing else: nobody
//! examined them. It is made when it is looked at, is stored nowhere and can be seen by nobody else.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;
use sodium_domain::course::Progress;
use sodium_domain::id::CourseId;

use crate::mail::words::COMMUNITY;
use crate::state::App;
use crate::views::progress::progress_url;
use crate::web::form::At;
use crate::web::problem::AppError;
use crate::web::reply::Answer;
use crate::web::visitor::Member;
use crate::words::{count, dates, say, spoken};

/// `GET /api/progress/{course}/certificate`
pub(crate) async fn show(
    State(app): State<App>,
    Member { profile, name, .. }: Member,
    At(course): At<CourseId>,
) -> Answer {
    let course = app.store.course(&course).await?.ok_or(AppError::NotFound)?;
    let done = app.store.lessons_done(profile.id).await?;
    let edition = course.in_language(spoken().tag());
    let edition = edition.ok_or(AppError::NotFound)?;
    let progress = Progress::of(edition, &done);
    let Some(completed) = progress.completed() else {
        let title = say("certificate-not-yet");
        return app
            .progress_page(StatusCode::NOT_FOUND, title, &course, &done)
            .await;
    };
    let values = json!({
        "title": say("certificate"),
        "certificate": {
            "community": COMMUNITY,
            "name": name.as_str(),
            "course": edition.title,
            "lang": edition.language,
            "lessons": count("all-lessons", progress.lessons() as u64),
            "completed": {
                "iso": completed.strftime("%Y-%m-%d").to_string(),
                "text": dates::day(completed),
            },
        },
        "back_url": progress_url(&course.id),
    });
    app.page(StatusCode::OK, "certificate", &values).await
}
