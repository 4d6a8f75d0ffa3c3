//! The community's keys in the parameter store. They are made once and never shown: whoever loses
//! them can recognise no address and open no link any more.

use serde_json::json;
use sodium_app::seal::Keys;

use super::tools::{CloudError, Place};

/// The keys, if there are any.
pub(super) fn find(place: &Place) -> Result<Option<Keys>, CloudError> {
    let name = place.keys_parameter();
    let Some(text) = place.secret(&name)? else {
        return Ok(None);
    };
    let keys = Keys::from_text(&text).ok_or_else(|| {
        CloudError::new(format!(
            "the parameter {name} does not hold a community's keys; restore an older version of it \
             (aws ssm get-parameter-history)"
        ))
    })?;
    Ok(Some(keys))
}

/// The keys, made if there are none. Returns whether they are new.
pub(super) fn ensure(place: &Place) -> Result<(Keys, bool), CloudError> {
    if let Some(keys) = find(place)? {
        return Ok((keys, false));
    }
    let keys = Keys::generate().map_err(|error| CloudError::new(error.to_string()))?;
    put(place, &keys, false)?;
    Ok((keys, true))
}

/// Renews the sealing key. The next deploy tells the CDN its new secret; until then the old one works.
///
/// # Errors
/// When there are no keys, or the parameter store does not take them.
pub fn rotate(place: &Place) -> Result<(), CloudError> {
    place.check()?;
    let keys = find(place)?.ok_or_else(|| {
        CloudError::new(format!(
            "the stack {} has no keys; deploy it first",
            place.stack
        ))
    })?;
    let keys = keys
        .rotated()
        .map_err(|error| CloudError::new(error.to_string()))?;
    put(place, &keys, true)
}

fn put(place: &Place, keys: &Keys, overwrite: bool) -> Result<(), CloudError> {
    let request = json!({
        "Name": place.keys_parameter(), "Type": "SecureString", "Overwrite": overwrite,
        "Value": keys.to_text(), "Description": "The keys of a Sodium Learn community",
    });
    place.aws_with(&["ssm", "put-parameter"], &request)?;
    Ok(())
}
