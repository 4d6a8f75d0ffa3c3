//! A table in AWS, or behind another endpoint, for commands that need nothing else of a stack.

use std::path::PathBuf;

use sodium_app::aws::{Access, Clients};
use sodium_app::seal::Keys;
use sodium_app::store::Store;

use super::keys;
use super::tools::{CloudError, Place};

/// A table that is not on this machine.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// The project.
    pub root: PathBuf,
    /// The table's name.
    pub table: String,
    /// Its region.
    pub region: String,
    /// The stack whose keys it was written with.
    pub stack: Option<String>,
    /// The keys themselves, as `SODIUM_KEYS` holds them.
    pub keys: Option<String>,
}

/// Opens a table with the standard credentials, and finds the keys of its community.
///
/// # Errors
/// When there are no credentials or no keys.
pub fn open(elsewhere: &Elsewhere) -> Result<(Store, Keys), CloudError> {
    let place = elsewhere.place();
    let store = open_to_read(elsewhere)?;
    let keys = match (&elsewhere.keys, &elsewhere.stack) {
        (Some(keys), _) => Keys::from_text(keys).ok_or_else(|| {
            CloudError::new(
                "SODIUM_KEYS does not hold a community's keys; copy them from where they are kept",
            )
        })?,
        (None, Some(stack)) => keys::find(&place)?.ok_or_else(|| {
            CloudError::new(format!(
                "the stack {stack} has no keys; is it the right region?"
            ))
        })?,
        (None, None) => {
            return Err(CloudError::new(
                "whose table is it? Name the stack with --stack, or give its keys in SODIUM_KEYS",
            ));
        }
    };
    Ok((store, keys))
}

/// Opens a table with the standard credentials, for whoever only reads it and needs no keys.
///
/// # Errors
/// When there are no credentials.
pub fn open_to_read(elsewhere: &Elsewhere) -> Result<Store, CloudError> {
    let access = match from_environment(&elsewhere.region) {
        Some(access) => access,
        None => elsewhere.place().access()?,
    };
    let client = Clients::new(access).dynamodb();
    Ok(Store::new(client, &elsewhere.table))
}

impl Elsewhere {
    fn place(&self) -> Place {
        Place {
            root: self.root.clone(),
            stack: self.stack.clone().unwrap_or_default(),
            region: self.region.clone(),
            tools: None,
        }
    }
}

/// Credentials in the SDK's standard variables.
fn from_environment(region: &str) -> Option<Access> {
    let text = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    Some(Access {
        region: region.to_owned(),
        key_id: text("AWS_ACCESS_KEY_ID")?,
        secret_key: text("AWS_SECRET_ACCESS_KEY")?,
        session_token: text("AWS_SESSION_TOKEN"),
    })
}
