//! What an installation decides: its address, its table, its policy, its moderators.

use sodium_domain::email::EmailAddress;
use sodium_domain::policy::Policy;

use crate::companies::Companies;

/// The address under which readers reach the community, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

/// A base address is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("‘{0}’ is not a base address; it looks like https://learn.example.org, without a path")]
pub struct BaseUrlError(String);

impl std::str::FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let trimmed = text.trim_end_matches('/');
        let rest = trimmed
            .strip_prefix("https://")
            .or_else(|| trimmed.strip_prefix("http://"));
        match rest {
            Some(host)
                if !host.is_empty()
                    && host
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b)) =>
            {
                Ok(Self(trimmed.to_owned()))
            }
            _ => Err(BaseUrlError(text.to_owned())),
        }
    }
}

impl BaseUrl {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The full address of a path of this site.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Whether browsers reach the site encrypted.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The host, for names that only need one (message ids, sender addresses).
    pub fn host(&self) -> &str {
        let host = self.0.split("://").nth(1).unwrap_or("localhost");
        host.split(':').next().unwrap_or(host)
    }
}

/// Where a request's network address is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAddress {
    /// The other end of the connection. Right where nothing stands between.
    Peer,
    /// A header that the one proxy in front always sets itself, such as
    /// `cloudfront-viewer-address`. Never a header that a client could send through.
    Header(String),
}

/// What an installation decides.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address under which readers reach the community.
    pub base_url: BaseUrl,
    /// What waits for a person, and how much anyone may send.
    pub policy: Policy,
    /// The addresses of the people who moderate.
    pub moderators: Vec<EmailAddress>,
    /// The companies whose people may sign in with their account there.
    pub companies: Companies,
    /// Where a request's network address is found.
    pub client_address: ClientAddress,
    /// The sender of mails.
    pub mail_from: EmailAddress,
    /// Whether nothing may be written for now.
    pub read_only: bool,
}
