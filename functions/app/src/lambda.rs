//! What the Lambda binaries share: everything that they need is in their environment.

use std::sync::Arc;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use sodium_domain::email::EmailAddress;
use tokio::sync::Notify;

use crate::clock::{Clock, Ids};
use crate::config::{ClientAddress, Config};
use crate::files::Files;
use crate::mail::Mailer;
use crate::seal::Keys;
use crate::state::{App, Inner};
use crate::store::Store;
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

fn parsed<T>(name: &str) -> Result<T, EnvironmentError>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    text(name)?.parse().map_err(|error| wrong(name, error))
}

fn address(name: &str, value: &str) -> Result<EmailAddress, EnvironmentError> {
    EmailAddress::parse(value).map_err(|error| wrong(name, error))
}

/// The application as the environment describes it.
///
/// # Errors
/// When a variable is missing or wrong.
pub fn app() -> Result<App, EnvironmentError> {
    let clock = Clock::System;
    let moderators = std::env::var("SODIUM_MODERATORS").unwrap_or_default();
    let moderators = moderators
        .split(',')
        .filter(|part| !part.trim().is_empty())
        .map(|part| address("SODIUM_MODERATORS", part))
        .collect::<Result<_, _>>()?;
    let policy = toml::from_str(crate::DEFAULT_POLICY).map_err(|error| wrong("policy", error))?;
    let config = Config {
        base_url: parsed("SODIUM_BASE_URL")?,
        policy,
        moderators,
        client_address: ClientAddress::Header("cloudfront-viewer-address".into()),
        mail_from: address("SODIUM_MAIL_FROM", &text("SODIUM_MAIL_FROM")?)?,
    };
    let keys = Keys::from_text(&text("SODIUM_KEYS")?)
        .ok_or_else(|| wrong("SODIUM_KEYS", "not 64 bytes in URL-safe Base64"))?;
    let folder = std::path::PathBuf::from(text("SODIUM_FILES")?);
    Ok(App::new(Inner {
        store: Store::new(client()?, text("SODIUM_TABLE")?),
        files: Files::local(&folder).map_err(|error| wrong("SODIUM_FILES", error))?,
        keys,
        ids: Ids::new(clock.clone()),
        clock,
        pages: Pages::embedded().map_err(|error| wrong("templates", error))?,
        wake: Arc::new(Notify::new()),
        config,
    }))
}

/// The way mail goes out.
///
/// # Errors
/// When `SODIUM_SMTP` is missing or not an address.
pub fn mailer() -> Result<Mailer, EnvironmentError> {
    Mailer::smtp(&text("SODIUM_SMTP")?).map_err(|error| wrong("SODIUM_SMTP", error))
}

/// A client for DynamoDB: Lambda's own credentials, and the SDK's standard variable for another
/// endpoint. The SDK's own way to find them would double the size of a binary.
fn client() -> Result<aws_sdk_dynamodb::Client, EnvironmentError> {
    let credentials = Credentials::new(
        text("AWS_ACCESS_KEY_ID")?,
        text("AWS_SECRET_ACCESS_KEY")?,
        std::env::var("AWS_SESSION_TOKEN").ok(),
        None,
        "environment",
    );
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let mut config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(text("AWS_REGION")?))
        .credentials_provider(credentials)
        .http_client(http);
    if let Ok(endpoint) = std::env::var("AWS_ENDPOINT_URL_DYNAMODB") {
        config = config.endpoint_url(endpoint);
    }
    Ok(aws_sdk_dynamodb::Client::from_conf(config.build()))
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
