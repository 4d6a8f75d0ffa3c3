//! Who asks. A permission is an argument: a handler that takes a [`Member`] cannot run without one.

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use sodium_domain::member::{DEVICE_LIFE, Profile, SIGN_IN_LINK_LIFE};
use sodium_domain::name::DisplayName;

use crate::config::BaseUrl;
use crate::seal::Token;
use crate::state::App;
use crate::store::members::Device;
use crate::web::problem::AppError;

/// Somebody who is signed in; perhaps without a name yet.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    pub(crate) profile: Profile,
    pub(crate) device: Device,
}

/// Somebody who is signed in and has a name, so may write.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) profile: Profile,
    pub(crate) name: DisplayName,
}

/// Somebody who may decide what others wrote.
#[derive(Debug, Clone)]
pub(crate) struct Moderator;

impl FromRequestParts<App> for SignedIn {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let token = cookie(&parts.headers, session_cookie(&app.config.base_url))
            .ok_or(AppError::SignedOut)?;
        let found = app
            .store
            .signed_in(&Token::presented(token), app.clock.now())
            .await?;
        let (device, profile) = found.ok_or(AppError::SignedOut)?;
        Ok(Self { profile, device })
    }
}

impl FromRequestParts<App> for Member {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let SignedIn { profile, .. } =
            <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let name = profile.name.clone().ok_or(AppError::Nameless)?;
        Ok(Self { profile, name })
    }
}

impl FromRequestParts<App> for Moderator {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let signed_in = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        app.moderates(&signed_in.profile)
            .then_some(Self)
            .ok_or(AppError::NotYours)
    }
}

macro_rules! optional {
    ($name:ident) => {
        impl OptionalFromRequestParts<App> for $name {
            type Rejection = AppError;

            async fn from_request_parts(
                parts: &mut Parts,
                app: &App,
            ) -> Result<Option<Self>, AppError> {
                match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
                    Ok(found) => Ok(Some(found)),
                    Err(AppError::SignedOut | AppError::Nameless | AppError::NotYours) => Ok(None),
                    Err(error) => Err(error),
                }
            }
        }
    };
}

optional!(SignedIn);
optional!(Member);
optional!(Moderator);

impl App {
    /// Whether a member moderates: the installation lists their addresses.
    pub(crate) fn moderates(&self, profile: &Profile) -> bool {
        profile.address.as_ref().is_some_and(|address| {
            self.config
                .moderators
                .iter()
                .any(|m| m.canonical() == address.canonical())
        })
    }
}

/// The name of the cookie that holds a device's token. The `__Host-` prefix (RFC 6265bis) binds it
/// to this host over HTTPS; a laptop without HTTPS has to do without.
fn session_cookie(base: &BaseUrl) -> &'static str {
    if base.is_https() {
        "__Host-sodium"
    } else {
        "sodium"
    }
}

/// The name of the cookie that tells which browser asked for a sign-in link.
fn asking_cookie(base: &BaseUrl) -> &'static str {
    if base.is_https() {
        "__Host-sodium-asked"
    } else {
        "sodium-asked"
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

fn set(base: &BaseUrl, name: &str, value: &str, seconds: i64) -> HeaderValue {
    let secure = if base.is_https() { " Secure;" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly;{secure} SameSite=Lax; Max-Age={seconds}");
    HeaderValue::try_from(text)
        .unwrap_or_else(|_| unreachable!("names are constant and tokens are Base64"))
}

/// Signs this browser in.
pub(crate) fn remember(base: &BaseUrl, token: &Token) -> HeaderValue {
    set(
        base,
        session_cookie(base),
        token.reveal(),
        DEVICE_LIFE.as_secs(),
    )
}

/// Signs this browser out.
pub(crate) fn forget(base: &BaseUrl) -> HeaderValue {
    set(base, session_cookie(base), "", 0)
}

/// Lets this browser be recognised when the sign-in link is opened.
pub(crate) fn remember_asking(base: &BaseUrl, token: &Token) -> HeaderValue {
    set(
        base,
        asking_cookie(base),
        token.reveal(),
        SIGN_IN_LINK_LIFE.as_secs(),
    )
}

/// The token of a browser that asked for a sign-in link.
#[derive(Debug)]
pub(crate) struct Asked(pub(crate) Option<Token>);

impl<S> FromRequestParts<S> for Asked
where
    App: FromRef<S>,
    S: Sync,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let app = App::from_ref(state);
        let name = asking_cookie(&app.config.base_url);
        Ok(Self(cookie(&parts.headers, name).map(Token::presented)))
    }
}
