//! Every route, on one screen. Each function of `src/bin/` serves one of the three groups; `sodium
//! serve` serves all. A new route needs its rows in the permission matrix
//! (`functions/cli/tests/journeys/matrix.rs`) and its place in `infra/template.yaml`; tests say so.

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::{Router, response::IntoResponse as _};

use crate::comments::{
    answer, compose, delete, edit, helpful, post as posting, report, show, suggest, suggestion,
    topic,
};
use crate::moderation::{appeal, decide, decided, member, mode, queue, suggestion as suggested};
use crate::signups::{
    account, certificate, company, export, follow, language, leave, mails, name, passkey_entry,
    passkeys, progress, quoting, seat, sign_in,
};
use crate::state::App;
use crate::waitlist;
use crate::web::problem::AppError;
pub use crate::web::routing::{Route, Routes};
use crate::web::routing::{get, post};
use crate::web::{cookie, guard, health, read_only, reply};
use crate::words;

/// The most bytes of a form. A comment of 10,000 characters has 120 KB at most when it is
/// percent-encoded; a longer paste is still read, to come back with the reason.
const FORM_BYTES: usize = 1024 * 1024;

/// The `comments` function.
pub fn comments() -> Routes {
    Routes::of("comments")
        .route("/api/health/comments", get(health::show))
        .route("/api/threads/{thread}/form", get(compose::marks))
        .route("/api/threads/{thread}/comments", post(posting::post))
        .route("/api/threads/{thread}/comments/new", get(compose::new))
        .route("/api/threads/{thread}/comments/{comment}", get(show::show))
        .route(
            "/api/threads/{thread}/comments/{comment}/edit",
            get(edit::form).post(edit::edit),
        )
        .route(
            "/api/threads/{thread}/comments/{comment}/delete",
            get(delete::ask).post(delete::delete),
        )
        .route(
            "/api/threads/{thread}/comments/{comment}/answer",
            get(answer::choose).post(answer::accept),
        )
        .route(
            "/api/threads/{thread}/comments/{comment}/helpful",
            get(helpful::ask).post(helpful::mark),
        )
        .route("/api/boards/{board}/topics", post(topic::begin))
        .route("/api/boards/{board}/topics/new", get(topic::form))
        .route(
            "/api/threads/{thread}/comments/{comment}/report",
            get(report::form).post(report::report),
        )
        .route("/api/threads/{thread}/suggestions/new", get(suggest::form))
        .route("/api/threads/{thread}/suggestions", post(suggest::send))
        .route("/api/suggestions/{suggestion}", get(suggestion::show))
        .route(
            "/api/suggestions/{suggestion}/withdraw",
            post(suggestion::withdraw),
        )
        .route(
            "/api/suggestions/{suggestion}/decide",
            post(suggested::decide),
        )
        .route("/api/moderation", get(queue::queue))
        .route(
            "/api/moderation/{thread}/{comment}",
            get(decide::form).post(decide::decide),
        )
        .route(
            "/api/threads/{thread}/moderation",
            get(mode::form).post(mode::choose),
        )
        .route("/api/members/{member}/moderation", get(member::show))
        .route("/api/members/{member}/block", post(member::block))
        .route("/api/members/{member}/reject", post(member::reject))
        .route("/api/decisions", get(decided::list))
        .route("/api/decisions/{decision}", get(appeal::show))
        .route("/api/decisions/{decision}/undo", post(decided::undo))
        .route("/api/decisions/{decision}/appeal", post(appeal::appeal))
        .route("/api/decisions/{decision}/answer", post(appeal::answer))
}

/// The `signups` function.
pub fn signups() -> Routes {
    Routes::of("signups")
        .route("/api/health/signups", get(health::show))
        .route("/api/sign-in", get(sign_in::form).post(sign_in::send))
        .route("/api/sign-in/sent", get(sign_in::sent))
        .route(
            "/api/sign-in/{token}",
            get(sign_in::open).post(sign_in::enter),
        )
        .route("/api/sign-in/passkey", post(passkey_entry::enter))
        .route("/api/sign-in/passkey/challenge", post(passkey_entry::ask))
        .route("/api/sign-in/company/{company}", get(company::go))
        .route("/api/sign-in/company/{company}/back", get(company::back))
        .route("/api/sign-out", post(sign_in::leave))
        .route("/api/account", get(account::show))
        .route("/api/account/name", get(name::form).post(name::choose))
        .route(
            "/api/account/passkeys",
            get(passkeys::show).post(passkeys::add),
        )
        .route("/api/account/passkeys/challenge", post(passkeys::ask))
        .route(
            "/api/account/passkeys/{passkey}/name",
            post(passkeys::rename),
        )
        .route(
            "/api/account/passkeys/{passkey}/remove",
            post(passkeys::remove),
        )
        .route("/api/account/companies", post(company::connect))
        .route(
            "/api/account/companies/{account}/remove",
            post(company::remove),
        )
        .route("/api/account/export", get(export::download))
        .route("/api/account/delete", get(leave::ask).post(leave::leave))
        .route("/api/account/sign-out-others", post(account::revoke_others))
        .route(
            "/api/account/devices/{device}/revoke",
            post(account::revoke),
        )
        .route("/api/account/mails", post(follow::choose))
        .route("/api/account/language", post(language::choose))
        .route("/api/account/quotes", post(quoting::choose))
        .route(
            "/api/threads/{thread}/follow",
            get(follow::ask).post(follow::follow),
        )
        .route("/api/progress", get(progress::list))
        .route("/api/progress/{course}", get(progress::show))
        .route("/api/progress/{course}/certificate", get(certificate::show))
        .route(
            "/api/progress/{course}/lessons/{lesson}",
            get(progress::ask).post(progress::mark),
        )
        .route(mails::ROUTE, get(mails::ask).post(mails::choose))
        .route("/api/sessions/{session}", get(seat::show))
        .route("/api/sessions/{session}/seat", post(seat::take))
        .route("/api/sessions/{session}/seat/cancel", post(seat::give_back))
        .route("/api/sessions/{session}/link", post(seat::set_link))
}

/// The `waitlist` function.
pub fn waitlist() -> Routes {
    Routes::of("waitlist")
        .route("/api/health/waitlist", get(health::show))
        .route("/api/waitlist", post(waitlist::join))
        .route("/api/waitlist/sent", get(waitlist::sent))
        .route(
            "/api/waitlist/confirm/{token}",
            get(waitlist::ask).post(waitlist::confirm),
        )
        .route("/api/waitlist/place/{token}", get(waitlist::place))
        .route("/api/waitlist/leave/{token}", post(waitlist::leave))
}

/// All of them together.
pub fn all() -> Routes {
    comments().merge(signups()).merge(waitlist())
}

/// Local pages beside the functions: in the same dress, with the same headers.
pub fn decorated(routes: Router<App>, app: &App) -> Router {
    routes
        .layer(from_fn_with_state(app.clone(), reply::tell_problems))
        .layer(from_fn(reply::keep_private))
        .layer(from_fn(words::in_readers_language))
        .layer(from_fn(guard::secure))
        .with_state(app.clone())
}

/// A router as it is served: with what stands before every handler.
pub fn served(routes: Routes, app: &App) -> Router {
    routes
        .into_router()
        .fallback(async || AppError::NotFound.into_response())
        .method_not_allowed_fallback(async || AppError::NotFound.into_response())
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(from_fn(guard::forms_only))
        .layer(from_fn_with_state(
            app.clone(),
            read_only::nothing_is_written,
        ))
        .layer(from_fn_with_state(app.clone(), guard::same_site_only))
        .layer(from_fn_with_state(app.clone(), reply::tell_problems))
        .layer(from_fn(reply::keep_private))
        .layer(from_fn(cookie::renew))
        .layer(from_fn(words::in_readers_language))
        .layer(from_fn(guard::secure))
        .layer(from_fn_with_state(app.clone(), guard::log))
        .with_state(app.clone())
}
