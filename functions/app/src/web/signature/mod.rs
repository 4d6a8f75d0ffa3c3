//! What a route takes and from whom. The signature of its handler says so already; here it is read
//! off the types, for the description of the API. An extractor that is new says its part below.

#![cfg_attr(
    not(feature = "description"),
    allow(dead_code, reason = "only the program that describes the API asks")
)]

mod fields;

use axum::extract::State;
use axum::http::HeaderMap;
use serde::de::DeserializeOwned;

use fields::fields_of;
pub use fields::{Field, Value};

use crate::state::App;
use crate::web::cookie::{Asked, OnWay};
use crate::web::form::{Asking, At, Sent};
use crate::web::network::Network;
use crate::web::reply::Wants;
use crate::web::visitor::{Member, Moderator, SignedIn, Writer};

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Who {
    /// Anybody.
    #[default]
    Anybody,
    /// Anybody; somebody who is signed in gets more.
    BetterSignedIn,
    /// Somebody who is signed in.
    SignedIn,
    /// Somebody who is signed in and has a name.
    Named,
    /// A moderator.
    Moderator,
}

/// What a handler takes from a request.
#[derive(Debug, Clone, Default)]
pub struct Signature {
    /// Who may ask.
    pub who: Who,
    /// The fields of the query.
    pub query: Vec<Field>,
    /// The fields of the form; nothing where it has none.
    pub form: Option<Vec<Field>>,
    /// Whether the answer is JSON for whoever accepts that.
    pub answers_programs: bool,
    /// Whether there is a limit for a network.
    pub limited: bool,
}

impl Signature {
    /// The signature of a handler with these extractors.
    pub(crate) fn of<T: Described>() -> Self {
        let mut signature = Self::default();
        T::describe(&mut signature);
        signature
    }

    fn needs(&mut self, who: Who) {
        self.who = self.who.max(who);
    }
}

/// Something that a handler takes from a request, or all that it takes.
#[diagnostic::on_unimplemented(
    message = "what does `{Self}` take from a request?",
    note = "a new extractor says it in functions/app/src/web/signature/mod.rs, for the description of the API"
)]
pub(crate) trait Described {
    fn describe(signature: &mut Signature);
}

macro_rules! described {
    ($($extractor:ty => $what:expr;)*) => {
        $(impl Described for $extractor {
            fn describe(signature: &mut Signature) {
                let what: fn(&mut Signature) = $what;
                what(signature);
            }
        })*
    };
}

described! {
    State<App> => |_| {};
    Writer => |signature| signature.needs(Who::BetterSignedIn);
    OnWay => |_| {};
    HeaderMap => |_| {};
    Asked => |_| {};
    Wants => |signature| signature.answers_programs = true;
    Network => |signature| signature.limited = true;
    SignedIn => |signature| signature.needs(Who::SignedIn);
    Member => |signature| signature.needs(Who::Named);
    Moderator => |signature| signature.needs(Who::Moderator);
    crate::signups::mails::Wish => Sent::<crate::signups::mails::Wish>::describe;
}

/// What is there for some makes no demand on others.
impl<T: Described> Described for Option<T> {
    fn describe(signature: &mut Signature) {
        let who = signature.who;
        T::describe(signature);
        signature.who = who.max(Who::BetterSignedIn);
    }
}

/// The path itself names what is in it.
impl<T> Described for At<T> {
    fn describe(_: &mut Signature) {}
}

impl<T: DeserializeOwned> Described for Asking<T> {
    fn describe(signature: &mut Signature) {
        signature.query.extend(fields_of::<T>());
    }
}

impl<T: DeserializeOwned> Described for Sent<T> {
    fn describe(signature: &mut Signature) {
        signature.form = Some(fields_of::<T>());
    }
}

impl Described for ((),) {
    fn describe(_: &mut Signature) {}
}

/// All extractors of a handler, after a mark that axum puts before them.
macro_rules! handler {
    ($($extractor:ident)*) => {
        impl<Mark, $($extractor: Described),*> Described for (Mark, $($extractor,)*) {
            fn describe(signature: &mut Signature) {
                $($extractor::describe(signature);)*
            }
        }
    };
}

handler!(A);
handler!(A B);
handler!(A B C);
handler!(A B C D);
handler!(A B C D E);
handler!(A B C D E F);
handler!(A B C D E F G);
handler!(A B C D E F G H);
