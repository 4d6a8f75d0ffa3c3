//! The site in the cloud: built and published by the same code as on a laptop, onto the bucket and the
//! table of the stack.

use std::path::PathBuf;

use sodium_app::aws::Clients;
use sodium_app::clock::Clock;
use sodium_app::companies::Companies;
use sodium_app::config::{ClientAddress, Config};
use sodium_app::files::Files;
use sodium_app::seal::Keys;
use sodium_app::site::publish::{self as publishing, Differences, Report};
use sodium_app::state::App;
use sodium_app::store::Store;
use sodium_domain::email::EmailAddress;

use super::keys;
use super::stack::Stack;
use super::tools::{CloudError, Place};
use crate::build::{Build, Search, build};
use crate::community::assemble_on;
use crate::fixes;

fn told(error: &impl std::fmt::Display) -> CloudError {
    CloudError::new(error.to_string())
}

/// Builds the site, publishes it, and notes which corrections were made. Returns what is to be said of
/// those.
pub(super) fn publish(
    place: &Place,
    stack: &Stack,
    keys: Keys,
) -> Result<(Report, Vec<String>), CloudError> {
    let built = build_site(place, stack)?;
    let app = open(place, stack, keys)?;
    let content = place.root.join("content");
    runtime()?.block_on(async {
        let report = app.publish_with_sources(&built, &content).await;
        let report = report.map_err(|error| told(&error))?;
        let lines = fixes::note(&app, &place.root).await;
        Ok((report, lines.map_err(|error| told(&error))?))
    })
}

/// Builds the site and compares it with what is there.
pub(super) fn differences(place: &Place, stack: &Stack) -> Result<Differences, CloudError> {
    let built = build_site(place, stack)?;
    let files = files(&Clients::new(place.access()?), stack)?;
    let found = runtime()?.block_on(publishing::differences(
        &files,
        &built,
        &place.root.join("content"),
    ));
    found.map_err(|error| told(&error))
}

/// Without compressed siblings: the CDN compresses.
fn build_site(place: &Place, stack: &Stack) -> Result<PathBuf, CloudError> {
    let out = place.folder()?.join("site");
    let what = Build {
        root: &place.root,
        out: &out,
        cache: &place.root.join("target/sodium-cache"),
        base_url: stack.output("SiteUrl")?,
        siblings: false,
        search: Search::Anew,
    };
    build(&what, |_| ()).map_err(|error| told(&error))?;
    Ok(out)
}

fn files(clients: &Clients, stack: &Stack) -> Result<Files, CloudError> {
    let bucket = clients.bucket(stack.output("BucketName")?);
    Files::s3(&bucket).map_err(|error| told(&error))
}

/// The companies whose buttons stand on the sign-in page: those that the functions know.
fn companies(place: &Place, stack: &Stack) -> Result<Companies, CloudError> {
    let Ok(name) = stack.output("CompaniesParameter") else {
        return Ok(Companies::default());
    };
    let list = place.secret(name)?.unwrap_or_default();
    list.parse().map_err(|error| told(&error))
}

/// The table of a stack, and the community's keys.
///
/// # Errors
/// When there is no such stack, or its keys cannot be read.
pub fn table(place: &Place) -> Result<(Store, Keys), CloudError> {
    place.check()?;
    let stack = Stack::look(place)?;
    let store = Store::new(
        Clients::new(place.access()?).dynamodb(),
        stack.output("TableName")?,
    );
    let missing = || {
        CloudError::new(format!(
            "the stack {} has no keys; deploy it first",
            place.stack
        ))
    };
    Ok((store, keys::find(place)?.ok_or_else(missing)?))
}

/// The table of a stack, for whoever only reads it and needs no keys.
///
/// # Errors
/// When there is no such stack.
pub fn table_to_read(place: &Place) -> Result<Store, CloudError> {
    place.check()?;
    let stack = Stack::look(place)?;
    let client = Clients::new(place.access()?).dynamodb();
    Ok(Store::new(client, stack.output("TableName")?))
}

fn open(place: &Place, stack: &Stack, keys: Keys) -> Result<App, CloudError> {
    let clients = Clients::new(place.access()?);
    // Publishing writes no mail and judges no comment: policy and sender are the functions'.
    let config = Config {
        base_url: stack
            .output("SiteUrl")?
            .parse()
            .map_err(|error| told(&error))?,
        policy: toml::from_str(sodium_app::DEFAULT_POLICY).map_err(|error| told(&error))?,
        moderators: Vec::new(),
        companies: companies(place, stack)?,
        client_address: ClientAddress::Peer,
        read_only: false,
        mail_from: EmailAddress::parse("nobody@sodium-learn.example")
            .map_err(|error| told(&error))?,
    };
    let store = Store::new(clients.dynamodb(), stack.output("TableName")?);
    let files = files(&clients, stack)?;
    Ok(assemble_on(store, files, config, keys, Clock::System))
}

fn runtime() -> Result<tokio::runtime::Runtime, CloudError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| told(&error))
}
