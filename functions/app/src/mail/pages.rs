//! The local mailbox as pages: what would have been mailed.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::{Value, json};
use uuid::Uuid;

use super::MailError;
use super::mailbox::{Kept, Mailbox};
use crate::state::App;
use crate::views::time::TimeView;
use crate::web::form::At;
use crate::web::problem::AppError;
use crate::web::reply::Answer;
use crate::words::say;

/// The mailbox's routes.
pub fn routes(mailbox: Mailbox, app: &App) -> Router<App> {
    let list = {
        let mailbox = mailbox.clone();
        async move |State(app): State<App>| list(&app, &mailbox).await
    };
    let show = async move |State(app): State<App>, At(id): At<Uuid>| show(&app, &mailbox, id).await;
    Router::new()
        .route("/_mailbox/", get(list))
        .route("/_mailbox/{id}", get(show))
        .layer(from_fn_with_state(app.clone(), only_here))
}

/// Sign-in links are in here. A page of another site whose name was made to point at this machine
/// (DNS rebinding) says that name in `Host`, and gets nothing.
async fn only_here(State(app): State<App>, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    let name = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
    let here = [
        app.config.base_url.host(),
        "localhost",
        "127.0.0.1",
        "[::1]",
    ];
    if name.is_some_and(|name| here.contains(&name)) {
        next.run(request).await
    } else {
        AppError::NotFound.into_response()
    }
}

async fn list(app: &App, mailbox: &Mailbox) -> Answer {
    let mails: Vec<Value> = mailbox
        .list()
        .map_err(failed)?
        .iter()
        .map(|mail| {
            json!({
                "id": mail.id,
                "url": format!("/_mailbox/{}", mail.id),
                "to": mail.to,
                "subject": mail.subject,
                "time": TimeView::from(mail.arrived),
            })
        })
        .collect();
    app.page(
        StatusCode::OK,
        "mailbox",
        &json!({ "title": say("mailbox"), "mails": mails }),
    )
    .await
}

async fn show(app: &App, mailbox: &Mailbox, id: Uuid) -> Answer {
    let mail = mailbox.get(id).map_err(failed)?.ok_or(AppError::NotFound)?;
    let values = json!({
        "title": mail.subject,
        "mail": {
            "to": mail.to,
            "subject": mail.subject,
            "time": TimeView::from(mail.arrived),
            "text": mail.text,
            "headers": headers(&mail),
            "links": links(&mail, app.config.base_url.as_str()),
        },
    });
    app.page(StatusCode::OK, "mail", &values).await
}

fn failed(error: std::io::Error) -> AppError {
    AppError::Mailbox(MailError::Mailbox(error))
}

fn headers(mail: &Kept) -> Vec<Value> {
    mail.source
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

/// The links of this site in a mail, each with the line before it as its label.
fn links(mail: &Kept, base_url: &str) -> Vec<Value> {
    let mut before = "";
    let mut links = Vec::new();
    for line in mail.text.lines() {
        if line.starts_with(base_url) {
            links.push(json!({ "label": before.trim_end_matches(':'), "url": line }));
        }
        before = line;
    }
    links
}
