//! Routes that can be listed. A router tells nobody what it serves, so what each route is goes beside
//! it into a list: tests hold the permission matrix against it, and the description of the API is
//! made from it.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodRouter, get as answer_get, post as answer_post};

use crate::state::App;

/// The routes of one function, or of several together.
#[derive(Debug)]
pub struct Routes {
    function: &'static str,
    router: Router<App>,
    listed: Vec<Route>,
}

/// One thing that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The function that answers.
    pub function: &'static str,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// The handler, with its module.
    pub handler: &'static str,
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
        self.listed.extend(listed.map(|(method, handler)| Route {
            function,
            method,
            path,
            handler,
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
    listed: Vec<(&'static str, &'static str)>,
}

/// A path that can be read. Reading changes nothing.
pub(crate) fn get<H: Handler<T, App>, T: 'static>(handler: H) -> Handlers {
    Handlers {
        router: answer_get(handler),
        listed: vec![("GET", std::any::type_name::<H>())],
    }
}

/// A path to which a form is sent.
pub(crate) fn post<H: Handler<T, App>, T: 'static>(handler: H) -> Handlers {
    Handlers {
        router: answer_post(handler),
        listed: vec![("POST", std::any::type_name::<H>())],
    }
}

impl Handlers {
    /// The same path also takes a form.
    pub(crate) fn post<H: Handler<T, App>, T: 'static>(mut self, handler: H) -> Self {
        self.router = self.router.post(handler);
        self.listed.push(("POST", std::any::type_name::<H>()));
        self
    }
}
