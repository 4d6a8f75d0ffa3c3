//! E-mail addresses as members type them.
//!
//! An address is a secret: it is never shown to others and never logged. [`EmailAddress`] has no
//! `Display`, and its `Debug` is empty, so that it takes a deliberate call to get at the text.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest address that mail systems carry, in bytes (RFC 5321 with erratum 1690).
pub const MAX_BYTES: usize = 254;
/// The longest part before the "@", in bytes (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;
/// The longest label of a domain, in bytes (RFC 1035, 2.3.4).
const MAX_LABEL_BYTES: usize = 63;
/// Punctuation of an RFC 5322 `dot-atom`, without "!" and "%", which old servers read as routes.
const LOCAL_PUNCTUATION: &str = "#$&'*+-/=?^_`{|}~.";

/// An address that can stand in a header and an SMTP envelope as it is: one mailbox in ASCII, the
/// domain in lower case. It may still not exist.
///
/// What is read from the table is taken as it is: it was checked when it was written, and a rule that
/// becomes stricter later must not make it unreadable.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// Why a text is not an address that can be written to, in words for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EmailError {
    /// Nothing was typed.
    #[error("Type your e-mail address.")]
    Empty,
    /// More than 254 bytes, or more than 64 before the "@".
    #[error("This e-mail address is too long. Check it for a slip.")]
    TooLong,
    /// Not exactly one "@".
    #[error("An e-mail address has one @ sign, as in name@example.org. Check yours.")]
    NotOneAt,
    /// A character outside ASCII.
    #[error(
        "This e-mail address has letters that our mail service cannot send to. Use an address in plain Latin letters."
    )]
    NotAscii,
    /// A character or an order of characters that the part before the "@" cannot have.
    #[error("The part of the e-mail address before the @ sign is not valid. Check it for a slip.")]
    Local,
    /// Not a domain name with at least two labels.
    #[error(
        "The part of the e-mail address after the @ sign is not valid. Check it for a slip, as in example.org."
    )]
    Domain,
}

impl EmailAddress {
    /// Checks an address, without the white space around it.
    ///
    /// # Errors
    /// See [`EmailError`]. Quoted local parts and address literals (`"a b"@[192.0.2.1]`) are valid
    /// in RFC 5321 and refused: people do not have them, attackers do.
    pub fn parse(raw: &str) -> Result<Self, EmailError> {
        let address = raw.trim_matches([' ', '\t', '\r', '\n', '\u{a0}']);
        if address.is_empty() {
            return Err(EmailError::Empty);
        }
        if address.len() > MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        if !address.is_ascii() {
            return Err(EmailError::NotAscii);
        }
        let (local, domain) = address.split_once('@').ok_or(EmailError::NotOneAt)?;
        if domain.contains('@') {
            return Err(EmailError::NotOneAt);
        }
        check_local(local)?;
        check_domain(domain)?;
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The address to write to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in lower case: equal for addresses that in practice reach the same mailbox. For
    /// hashing and uniqueness only; write to [`as_str`](Self::as_str).
    pub fn canonical(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The address as a reminder for its owner: `a•••@example.org`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or_default();
        let first = if local.len() > 1 { &local[..1] } else { "" };
        format!("{first}•••@{domain}")
    }
}

fn check_local(local: &str) -> Result<(), EmailError> {
    if local.len() > MAX_LOCAL_BYTES {
        return Err(EmailError::TooLong);
    }
    let known = |c: char| c.is_ascii_alphanumeric() || LOCAL_PUNCTUATION.contains(c);
    let dots_between_atoms = local.split('.').all(|atom| !atom.is_empty());
    if local.chars().all(known) && dots_between_atoms {
        Ok(())
    } else {
        Err(EmailError::Local)
    }
}

fn check_domain(domain: &str) -> Result<(), EmailError> {
    let labels: Vec<&str> = domain.split('.').collect();
    let top_is_a_name = labels
        .last()
        .is_some_and(|top| top.len() > 1 && !top.bytes().all(|b| b.is_ascii_digit()));
    if labels.len() > 1 && labels.iter().all(|label| is_label(label)) && top_is_a_name {
        Ok(())
    } else {
        Err(EmailError::Domain)
    }
}

fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL_BYTES).contains(&label.len())
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(redacted)")
    }
}
