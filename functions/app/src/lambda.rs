//! What the Lambda binaries share: everything that they need is in their environment.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use serde_json::json;
use sodium_domain::email::EmailAddress;
use tokio::sync::Notify;

use crate::aws::{Access, Clients};
use crate::clock::{Clock, Ids};
use crate::companies::Companies;
use crate::config::{ClientAddress, Config};
use crate::files::Files;
use crate::mail::{Mailer, Ses};
use crate::meter::Meter;
use crate::routes::{Routes, served};
use crate::seal::Keys;
use crate::state::{App, Inner};
use crate::store::Store;
use crate::web::guard;
use crate::web::health::LastHealth;
use crate::web::page::Pages;

/// The environment lacks something, or has it wrong. The message says what to set.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct EnvironmentError(String);

fn wrong(name: &str, why: impl std::fmt::Display) -> EnvironmentError {
    EnvironmentError(format!("the environment variable {name}: {why}"))
}

fn text(name: &str) -> Result<String, EnvironmentError> {
    std::env::var(name).map_err(|error| wrong(name, error))
}

fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn parsed<T>(name: &str) -> Result<T, EnvironmentError>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    text(name)?.parse().map_err(|error| wrong(name, error))
}

/// A switch: off where nothing is said.
fn switch(name: &str) -> Result<bool, EnvironmentError> {
    match optional(name).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(wrong(name, "neither ‘true’ nor ‘false’")),
    }
}

fn address(name: &str, value: &str) -> Result<EmailAddress, EnvironmentError> {
    EmailAddress::parse(value).map_err(|error| wrong(name, error))
}

/// The application for a function that answers readers: it has no files.
///
/// # Errors
/// When a variable is missing or wrong, or the keys cannot be had.
pub async fn answering() -> Result<App, EnvironmentError> {
    app(
        &Clients::new(access()?),
        Files::none(),
        Companies::default(),
    )
    .await
}

/// The same for the function that people send their texts to: it reads the texts of pages.
///
/// # Errors
/// When a variable is missing or wrong, or the keys cannot be had.
pub async fn editing() -> Result<App, EnvironmentError> {
    let clients = Clients::new(access()?);
    app(&clients, files(&clients)?, Companies::default()).await
}

/// The same for the function that signs people in, also with an account at a company.
///
/// # Errors
/// When a variable is missing or wrong, or the keys or the list of companies cannot be had.
pub async fn signing_in() -> Result<App, EnvironmentError> {
    let clients = Clients::new(access()?);
    let companies = companies(&clients).await?;
    app(&clients, Files::none(), companies).await
}

/// The application for a function that bakes pages, and the way its mail goes out.
///
/// # Errors
/// When a variable is missing or wrong, or the keys cannot be had.
pub async fn baking() -> Result<(App, Mailer), EnvironmentError> {
    let clients = Clients::new(access()?);
    let (files, mailer) = (files(&clients)?, mailer(&clients)?);
    Ok((app(&clients, files, Companies::default()).await?, mailer))
}

/// The application as the environment describes it. The first question to the table is asked here,
/// while the function starts: its connection is then open when the first request comes, and the frame
/// is there.
async fn app(
    clients: &Clients,
    files: Files,
    companies: Companies,
) -> Result<App, EnvironmentError> {
    let clock = Clock::System;
    let meter = optional("SODIUM_COMMUNITY").map(|name| Meter::for_cloudwatch(&name));
    let meter = meter.unwrap_or_default();
    let store = Store::new(clients.dynamodb(), text("SODIUM_TABLE")?).with_meter(meter.clone());
    let pages = Pages::default();
    let (keys, ()) = tokio::join!(keys(clients), pages.prepare(&store));
    Ok(App::new(Inner {
        store,
        files,
        keys: keys?,
        ids: Ids::new(clock.clone()),
        clock,
        pages,
        meter,
        last_health: LastHealth::default(),
        wake: Arc::new(Notify::new()),
        config: config(companies)?,
    }))
}

fn config(companies: Companies) -> Result<Config, EnvironmentError> {
    let moderators = std::env::var("SODIUM_MODERATORS").unwrap_or_default();
    let moderators = moderators
        .split(',')
        .filter(|part| !part.trim().is_empty())
        .map(|part| address("SODIUM_MODERATORS", part))
        .collect::<Result<_, _>>()?;
    Ok(Config {
        base_url: parsed("SODIUM_BASE_URL")?,
        policy: toml::from_str(crate::DEFAULT_POLICY).map_err(|error| wrong("policy", error))?,
        moderators,
        companies,
        client_address: ClientAddress::Header("cloudfront-viewer-address".into()),
        mail_from: address("SODIUM_MAIL_FROM", &text("SODIUM_MAIL_FROM")?)?,
        read_only: switch("SODIUM_READ_ONLY")?,
    })
}

/// Lambda puts its role's credentials into the environment.
fn access() -> Result<Access, EnvironmentError> {
    Ok(Access {
        region: text("AWS_REGION")?,
        key_id: text("AWS_ACCESS_KEY_ID")?,
        secret_key: text("AWS_SECRET_ACCESS_KEY")?,
        session_token: optional("AWS_SESSION_TOKEN"),
    })
}

fn files(clients: &Clients) -> Result<Files, EnvironmentError> {
    let place = text("SODIUM_FILES")?;
    let files = match place.strip_prefix("s3://") {
        Some(bucket) => Files::s3(&clients.bucket(bucket)),
        None => Files::local(std::path::Path::new(&place)),
    };
    files.map_err(|error| wrong("SODIUM_FILES", error))
}

/// The keys: in the environment, or in the parameter that it names.
async fn keys(clients: &Clients) -> Result<Keys, EnvironmentError> {
    const PARAMETER: &str = "SODIUM_KEYS_PARAMETER";
    let (name, keys) = match optional("SODIUM_KEYS") {
        Some(keys) => ("SODIUM_KEYS", keys),
        None => {
            let value = parameter(clients, &text(PARAMETER)?).await;
            (PARAMETER, value.map_err(|error| wrong(PARAMETER, error))?)
        }
    };
    let form = "not generations of 64 bytes in URL-safe Base64, with commas between";
    let keys = Keys::from_text(&keys).ok_or_else(|| wrong(name, form))?;
    // A deploy changes this variable when the keys were renewed, so that every function starts anew.
    if optional("SODIUM_KEYS_GENERATION").is_some_and(|deployed| deployed != keys.generation()) {
        tracing::warn!("the keys were renewed after the last deploy; deploy once more");
    }
    Ok(keys)
}

/// The companies whose people may sign in, where a parameter is named that lists them.
async fn companies(clients: &Clients) -> Result<Companies, EnvironmentError> {
    const PARAMETER: &str = "SODIUM_COMPANIES_PARAMETER";
    let Some(name) = optional(PARAMETER) else {
        return Ok(Companies::default());
    };
    let list = parameter(clients, &name).await;
    let list = list.map_err(|error| wrong(PARAMETER, error))?;
    list.parse().map_err(|error| wrong(PARAMETER, error))
}

/// A secret in the parameter store; or why it cannot be had, without anything that stands in it.
async fn parameter(clients: &Clients, name: &str) -> Result<String, String> {
    let asked = json!({ "Name": name, "WithDecryption": true });
    let answer = clients.parameters().ask("GetParameter", "/", &asked).await;
    let answer = answer.map_err(|error| format!("‘{name}’ cannot be read: {error}"))?;
    let value = answer["Parameter"]["Value"].as_str();
    Ok(value.unwrap_or_default().to_owned())
}

/// The way mail goes out: the mail server in `SODIUM_SMTP`, or Amazon SES.
fn mailer(clients: &Clients) -> Result<Mailer, EnvironmentError> {
    match optional("SODIUM_SMTP") {
        Some(server) => Mailer::smtp(&server).map_err(|error| wrong("SODIUM_SMTP", error)),
        None => Ok(Mailer::Ses(Ses {
            service: clients.mail(),
            configuration_set: optional("SODIUM_SES_CONFIGURATION_SET"),
        })),
    }
}

/// The routes of a function, for requests that come through the CDN and for no others.
pub fn behind_cdn(routes: Routes, app: &App) -> Router {
    served(routes, app).layer(from_fn_with_state(app.clone(), guard::through_cdn_only))
}

/// JSON lines, as CloudWatch reads them.
pub fn log_json() {
    tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::INFO)
        .with_current_span(true)
        .with_span_list(false)
        .with_ansi(false)
        .init();
}
