//! Routes that can be listed. A router tells nobody what it serves, so what each route is goes beside
//! it into a list: tests hold the permission matrix against it, and the description of the API is
//! made from it.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodRouter, get as answer_get, post as answer_post};

use crate::state::App;
use crate::web::signature::Described;
#[cfg(feature = "description")]
use crate::web::signature::Signature;

/// The routes of one function, or of several together.
#[derive(Debug)]
pub struct Routes {
    function: &'static str,
    router: Router<App>,
    listed: Vec<Route>,
}

/// One thing that can be asked for.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The function that answers.
    pub function: &'static str,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// What it takes and from whom.
    #[cfg(feature = "description")]
    pub signature: fn() -> Signature,
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl Routes {
    /// No routes yet of a function.
    pub(crate) fn of(function: &'static str) -> Self {
        Self {
            function,
            router: Router::new(),
            listed: Vec::new(),
        }
    }

    /// One more path.
    #[must_use]
    pub(crate) fn route(mut self, path: &'static str, handlers: Handlers) -> Self {
        let function = self.function;
        let listed = handlers.listed.into_iter();
        self.listed.extend(listed.map(|told| Route {
            function,
            path,
            method: told.method,
            #[cfg(feature = "description")]
            signature: told.signature,
        }));
        self.router = self.router.route(path, handlers.router);
        self
    }

    /// Those of another function too.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.listed.extend(other.listed);
        self
    }

    /// What is served.
    pub fn listed(&self) -> &[Route] {
        &self.listed
    }

    pub(crate) fn into_router(self) -> Router<App> {
        self.router
    }
}

/// What answers at one path, by method.
#[derive(Debug)]
pub(crate) struct Handlers {
    router: MethodRouter<App>,
    listed: Vec<Told>,
}

/// What a handler lets know of itself. The functions in the cloud carry none of the descriptions.
#[derive(Debug)]
struct Told {
    method: &'static str,
    #[cfg(feature = "description")]
    signature: fn() -> Signature,
}

fn told<T: Described>(method: &'static str) -> Told {
    Told {
        method,
        #[cfg(feature = "description")]
        signature: Signature::of::<T>,
    }
}

/// A path that can be read. Reading changes nothing.
pub(crate) fn get<H: Handler<T, App>, T: Described + 'static>(handler: H) -> Handlers {
    Handlers {
        router: answer_get(handler),
        listed: vec![told::<T>("GET")],
    }
}

/// A path to which a form is sent.
pub(crate) fn post<H: Handler<T, App>, T: Described + 'static>(handler: H) -> Handlers {
    Handlers {
        router: answer_post(handler),
        listed: vec![told::<T>("POST")],
    }
}

impl Handlers {
    /// The same path also takes a form.
    pub(crate) fn post<H: Handler<T, App>, T: Described + 'static>(mut self, handler: H) -> Self {
        self.router = self.router.post(handler);
        self.listed.push(told::<T>("POST"));
        self
    }
}
