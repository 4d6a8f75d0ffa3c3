//! Forms as they are sent, and the marks in them that tell people from machines.

use axum::RequestExt as _;
use axum::body::{Body, to_bytes};
use axum::extract::{Form, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::seal::{Purpose, RandomError};
use crate::state::App;
use crate::web::problem::AppError;
use crate::words::{say, say_with};

/// How long a form can lie open before it has to be made anew.
const FORM_LIFE_HOURS: i64 = 24;

/// Our longest paths hold a sealed address. What is longer is none of them, and would be no key of the
/// table either.
const LONGEST_PATH: usize = 2000;

/// A form that was sent; what cannot be read is told as a problem.
#[derive(Debug)]
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        let (parts, body) = request.with_limited_body().into_parts();
        let body = to_bytes(body, usize::MAX).await;
        let body = body.map_err(|_| AppError::TooLong)?;
        if !is_text(&body) {
            return Err(AppError::Malformed(say("holds-bytes-no-text").into()));
        }
        let request = Request::from_parts(parts, Body::from(body));
        match Form::<T>::from_request(request, app).await {
            Ok(Form(sent)) => Ok(Self(sent)),
            Err(rejection) => Err(AppError::Malformed(unreadable(&rejection.body_text()))),
        }
    }
}

/// What the reader of forms says is for programmers, and in English.
fn unreadable(why: &str) -> String {
    say_with("unreadable-because", &[("why", &why)])
}

/// Whether a form is UTF-8 once its escapes are read. The reader of forms would put a mark in the place
/// of what is not, and a text would be stored that nobody wrote.
fn is_text(form: &[u8]) -> bool {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut bytes = Vec::with_capacity(form.len());
    let mut rest = form;
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| (digit(after.first()), digit(after.get(1))));
        if let Some((Some(high), Some(low))) = escaped {
            bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// The parts of the path, parsed; a path that cannot be is nowhere.
#[derive(Debug)]
pub(crate) struct At<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        if parts.uri.path().len() > LONGEST_PATH {
            return Err(AppError::NotFound);
        }
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
            .map_err(|rejection| AppError::Malformed(unreadable(&rejection.body_text())))
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
    use super::{is_text, own_path};

    #[test]
    fn a_form_is_text() {
        for text in ["", "a=b&c=%C3%A9", "a=100%", "a=%4", "a=\u{e9}", "a=%zz"] {
            assert!(is_text(text.as_bytes()), "{text}");
        }
        for bytes in [
            &b"a=%FF"[..],
            b"a=%C3",
            b"a=\xFF",
            b"a=%ED%A0%80",
            b"%C0%AF=1",
        ] {
            assert!(!is_text(bytes), "{}", bytes.escape_ascii());
        }
    }

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
