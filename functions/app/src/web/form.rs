//! Forms as they are sent, and the marks in them that tell people from machines.

use axum::extract::{Form, FromRequest, Path, Request};
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::seal::{Purpose, RandomError};
use crate::state::App;
use crate::web::problem::AppError;

/// How long a form can lie open before it has to be made anew.
const FORM_LIFE_HOURS: i64 = 24;

/// A form that was sent; what cannot be read is told as a problem.
#[derive(Debug)]
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        match Form::<T>::from_request(request, app).await {
            Ok(Form(sent)) => Ok(Self(sent)),
            Err(rejection) => Err(AppError::Malformed(rejection.body_text())),
        }
    }
}

/// The parts of the path, parsed; a path that cannot be is nowhere.
#[derive(Debug)]
pub(crate) struct At<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let found = Path::<T>::from_request_parts(parts, app).await;
        found
            .map(|Path(at)| Self(at))
            .map_err(|_| AppError::NotFound)
    }
}

/// The query of the address; what cannot be read is told as a problem.
#[derive(Debug)]
pub(crate) struct Asking<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Asking<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let found = Query::<T>::from_request_parts(parts, app).await;
        found
            .map(|Query(asking)| Self(asking))
            .map_err(|rejection| AppError::Malformed(rejection.body_text()))
    }
}

#[derive(Serialize, Deserialize)]
struct Made {
    at: Timestamp,
}

/// What the marks of a form say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// The form carries a mark of ours that is old enough to have been read by a person.
    Read,
    /// It carries none, or one that has expired: it was sent from a static page.
    None,
    /// It came back faster than anyone can read.
    TooQuick,
}

impl App {
    /// The mark of a form that is made now.
    pub(crate) fn form_token(&self) -> Result<String, RandomError> {
        self.keys.seal(
            Purpose::Form,
            &Made {
                at: self.clock.now(),
            },
        )
    }

    /// What a form's mark says.
    pub(crate) fn evidence(&self, token: Option<&str>) -> Evidence {
        let made: Option<Made> = token.and_then(|token| self.keys.open(Purpose::Form, token));
        let Some(made) = made else {
            return Evidence::None;
        };
        let age = self.clock.now().duration_since(made.at);
        if age < self.config.policy.form_time() {
            Evidence::TooQuick
        } else if age.as_hours() >= FORM_LIFE_HOURS {
            Evidence::None
        } else {
            Evidence::Read
        }
    }
}

/// A field that people do not see and programs fill in.
pub(crate) fn honeypot(website: Option<&str>) -> Result<(), AppError> {
    match website {
        None | Some("") => Ok(()),
        Some(_) => Err(AppError::Machine),
    }
}

/// A path of this site to go to after a form; anything else is the home page.
pub(crate) fn own_path(path: Option<&str>) -> &str {
    path.filter(|path| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains('\\')
            && path.bytes().all(|b| b.is_ascii_graphic())
            && path.len() <= 500
    })
    .unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for away in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "evil",
            "/a\r\nb",
            "",
        ] {
            assert_eq!(own_path(Some(away)), "/", "{away}");
        }
        assert_eq!(own_path(Some("/courses/a/b/#c-1")), "/courses/a/b/#c-1");
        assert_eq!(own_path(None), "/");
    }
}
