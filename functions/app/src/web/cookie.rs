//! The cookies: none for readers, one for a device that is signed in, one for a browser that is about
//! to sign in.

use std::sync::{Arc, OnceLock};

use axum::extract::{FromRef, FromRequestParts, Request};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use jiff::SignedDuration;
use sodium_domain::member::{DEVICE_LIFE, SIGN_IN_LINK_LIFE};

use crate::config::BaseUrl;
use crate::seal::Token;
use crate::state::App;

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

/// The name of the cookie of a browser that is at its company's sign-in page.
fn way_cookie(base: &BaseUrl) -> &'static str {
    if base.is_https() {
        "__Host-sodium-company"
    } else {
        "sodium-company"
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

/// The token of the device that a request comes from.
pub(crate) fn session(base: &BaseUrl, headers: &HeaderMap) -> Option<Token> {
    cookie(headers, session_cookie(base)).map(Token::presented)
}

/// The cookie of a device that was used after a while: a place where the extractor leaves it, and
/// from which the answer takes it along.
#[derive(Debug, Clone, Default)]
pub(crate) struct Renewed(Arc<OnceLock<HeaderValue>>);

impl Renewed {
    pub(crate) fn keep(&self, base: &BaseUrl, token: &Token) {
        self.0.get_or_init(|| remember(base, token));
    }
}

/// Lets a browser's cookie live as long as the table keeps its device. An answer that sets a cookie
/// itself (signing in or out) knows better.
pub(crate) async fn renew(mut request: Request, next: Next) -> Response {
    let renewed = Renewed::default();
    request.extensions_mut().insert(renewed.clone());
    let mut response = next.run(request).await;
    if let (Some(cookie), false) = (renewed.0.get(), response.headers().contains_key(SET_COOKIE)) {
        response.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    response
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

/// Lets this browser be recognised when it comes back from its company.
pub(crate) fn remember_way(base: &BaseUrl, sealed: &str, life: SignedDuration) -> HeaderValue {
    set(base, way_cookie(base), sealed, life.as_secs())
}

/// Forgets the way to a company: it was gone.
pub(crate) fn forget_way(base: &BaseUrl) -> HeaderValue {
    set(base, way_cookie(base), "", 0)
}

/// What a browser took along to its company, sealed.
#[derive(Debug)]
pub(crate) struct OnWay(pub(crate) Option<String>);

impl FromRequestParts<App> for OnWay {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let name = way_cookie(&app.config.base_url);
        Ok(Self(cookie(&parts.headers, name).map(str::to_owned)))
    }
}
