//! Who asks. A permission is an argument: a handler that takes a [`Member`] cannot run without one.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use sodium_domain::member::Profile;
use sodium_domain::name::DisplayName;
use sodium_domain::passkey::CameIn;

use crate::state::App;
use crate::store::members::Device;
use crate::web::cookie::{Renewed, session};
use crate::web::problem::AppError;
use crate::words::{Language, prefer};

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
    pub(crate) device: Device,
    pub(crate) name: DisplayName,
}

/// Whoever sends a text: anybody may, and what they lack decides what they are asked for.
#[derive(Debug, Clone)]
pub(crate) enum Writer {
    /// Nobody is signed in.
    Stranger,
    /// Somebody who has no name yet.
    Nameless,
    /// A member.
    Member(Box<Member>),
}

impl Writer {
    /// The member, or what is missing.
    pub(crate) fn member(&self) -> Result<&Member, AppError> {
        match self {
            Self::Stranger => Err(AppError::SignedOut),
            Self::Nameless => Err(AppError::Nameless),
            Self::Member(member) => Ok(member),
        }
    }
}

/// Somebody who may decide what others wrote, and came in with a passkey: a mail link is not enough
/// for that (OWASP ASVS 5.0, 6.3.6). A decision names the person who took it.
#[derive(Debug, Clone)]
pub(crate) struct Moderator {
    pub(crate) profile: Profile,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let base = &app.config.base_url;
        let token = session(base, &parts.headers).ok_or(AppError::SignedOut)?;
        let found = app.store.signed_in(&token, app.clock.now()).await?;
        let found = found.ok_or(AppError::SignedOut)?;
        if let (true, Some(renewed)) = (found.renewed, parts.extensions.get::<Renewed>()) {
            renewed.keep(base, &token);
        }
        prefer(Language::chosen_by(&found.profile));
        Ok(Self {
            profile: found.profile,
            device: found.device,
        })
    }
}

impl FromRequestParts<App> for Member {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let SignedIn { profile, device } =
            <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let name = profile.name.clone().ok_or(AppError::Nameless)?;
        Ok(Self {
            profile,
            device,
            name,
        })
    }
}

impl FromRequestParts<App> for Writer {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        match <Member as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(member) => Ok(Self::Member(Box::new(member))),
            Err(AppError::SignedOut) => Ok(Self::Stranger),
            Err(AppError::Nameless) => Ok(Self::Nameless),
            Err(error) => Err(error),
        }
    }
}

impl FromRequestParts<App> for Moderator {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let signed_in = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        app.may_moderate(&signed_in.profile, &signed_in.device)
            .await?;
        Ok(Self {
            profile: signed_in.profile,
        })
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
                    Err(
                        AppError::SignedOut
                        | AppError::Nameless
                        | AppError::NotYours
                        | AppError::PasskeyNeeded,
                    ) => Ok(None),
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
    /// Whether a member moderates: the operator gave them the role, or the installation lists their
    /// address, which is how a community gets its first moderator.
    pub(crate) fn moderates(&self, profile: &Profile) -> bool {
        let listed = profile.address.as_ref().is_some_and(|address| {
            self.config
                .moderators
                .iter()
                .any(|m| m.canonical() == address.canonical())
        });
        listed || profile.role.moderates()
    }

    /// Whether a member moderates here and now: with the role, and in by a passkey.
    pub(crate) async fn may_moderate(
        &self,
        profile: &Profile,
        device: &Device,
    ) -> Result<(), AppError> {
        if !self.moderates(profile) {
            return Err(AppError::NotYours);
        }
        match self.came_in(profile, device).await? {
            CameIn::ByPasskey => Ok(()),
            CameIn::Otherwise => Err(AppError::PasskeyNeeded),
        }
    }
}
