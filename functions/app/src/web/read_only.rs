//! A community that can be read only: while a backup is restored or something is being mended. Every
//! form says so at once and comes back with what was typed, to be sent again later.

use axum::extract::{Form, FromRequest as _, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::state::App;
use crate::web::problem::AppError;

/// A form that could not be taken, as it was sent.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Kept {
    action: String,
    fields: Vec<Field>,
}

#[derive(Debug, Clone, Serialize)]
struct Field {
    name: String,
    value: String,
    /// Whether a person typed it.
    typed: bool,
}

/// Fields that come from the page and not from a person.
const NOT_TYPED: [&str; 9] = [
    "form_key",
    "form_token",
    "intent",
    "interest",
    "reason",
    "reply_to",
    "return_to",
    "seen",
    "website",
];

/// Takes no form while the community can be read only.
pub(crate) async fn nothing_is_written(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || !app.config.read_only {
        return next.run(request).await;
    }
    let action = request.uri().path_and_query();
    let action = action.map_or_else(String::new, ToString::to_string);
    let sent = Form::<Vec<(String, String)>>::from_request(request, &()).await;
    let fields = sent.map(|Form(fields)| fields).unwrap_or_default();
    let field = |(name, value): (String, String)| Field {
        typed: !NOT_TYPED.contains(&name.as_str()),
        name,
        value,
    };
    let fields = fields.into_iter().map(field).collect();
    let mut response = AppError::ReadOnly.into_response();
    response.extensions_mut().insert(Kept { action, fields });
    response
}
