//! The companies whose people may sign in with their account there (OpenID Connect). The list holds
//! secrets, so it is in no repository: a file on a laptop, a parameter in the cloud.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::CoreProviderMetadata;
use openidconnect::{ClientId, ClientSecret, IssuerUrl};
use serde::Deserialize;
use sodium_domain::email::EmailAddress;
use tokio::sync::Mutex;

use crate::signups::carrier::Carrier;

/// How long a provider's addresses and keys are used before they are read again.
const KNOWN_LIFE: SignedDuration = SignedDuration::from_hours(1);
/// How soon they may be read again because a key is missing: it was renewed, or somebody invents keys.
const ANEW_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// A company whose people may come in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// What stands in addresses: lower-case letters, digits and hyphens.
    pub id: String,
    /// What stands on the button.
    pub name: String,
    pub(crate) issuer: IssuerUrl,
    pub(crate) client_id: ClientId,
    #[serde(default)]
    pub(crate) client_secret: Option<ClientSecret>,
    /// The mail domains for which the company answers. An address of any other is not believed, even
    /// where the provider calls it verified.
    #[serde(default)]
    pub(crate) domains: Vec<String>,
}

/// The list cannot be used. The message says why, and never repeats what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the list of companies: {0}")]
pub struct CompaniesError(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    company: Vec<Company>,
}

/// The companies, and what is known of their providers. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Companies(Arc<Vec<Provider>>);

/// A company's provider.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) company: Company,
    pub(crate) carrier: Carrier,
    known: Mutex<Option<(Timestamp, CoreProviderMetadata)>>,
}

impl std::str::FromStr for Companies {
    type Err = CompaniesError;

    /// Reads the list: TOML with a `[[company]]` for each.
    fn from_str(text: &str) -> Result<Self, CompaniesError> {
        let list: List = toml::from_str(text)
            // Its own display shows the line, and with it perhaps a secret.
            .map_err(|error: toml::de::Error| CompaniesError(error.message().to_owned()))?;
        let mut providers: Vec<Provider> = Vec::new();
        for company in list.company {
            company.check().map_err(CompaniesError)?;
            if providers.iter().any(|other| other.company.id == company.id) {
                return Err(CompaniesError(format!("‘{}’ is there twice", company.id)));
            }
            providers.push(Provider {
                company,
                carrier: Carrier::default(),
                known: Mutex::default(),
            });
        }
        Ok(Self(Arc::new(providers)))
    }
}

impl Company {
    fn check(&self) -> Result<(), String> {
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || !self.id.chars().all(is_id) {
            return Err(format!(
                "‘{}’ is no id: lower-case letters, digits, hyphens",
                self.id
            ));
        }
        let url = self.issuer.url();
        let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !is_here {
            return Err(format!(
                "the issuer of ‘{}’ must begin with https://",
                self.id
            ));
        }
        Ok(())
    }

    /// Whether the company's word is enough for an address.
    pub(crate) fn answers_for(&self, address: &EmailAddress) -> bool {
        let domain = address.canonical();
        let domain = domain.rsplit('@').next().unwrap_or_default().to_owned();
        self.domains
            .iter()
            .any(|own| own.eq_ignore_ascii_case(&domain))
    }
}

impl Companies {
    /// Each company's id and name, for buttons.
    pub fn buttons(&self) -> impl Iterator<Item = (&str, &str)> {
        let companies = self.0.iter().map(|provider| &provider.company);
        companies.map(|company| (company.id.as_str(), company.name.as_str()))
    }

    pub(crate) fn provider(&self, id: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.company.id == id)
    }
}

impl Provider {
    /// The provider's addresses and keys. With `unless`, they are read again where that is what is
    /// known: a key was missing in it.
    pub(crate) async fn metadata(
        &self,
        now: Timestamp,
        a_key_is_missing: bool,
    ) -> Option<CoreProviderMetadata> {
        let life = if a_key_is_missing {
            ANEW_AFTER
        } else {
            KNOWN_LIFE
        };
        // Held while it is read, so that many who come at once ask the provider once.
        let mut known = self.known.lock().await;
        if let Some((read, metadata)) = &*known
            && now.duration_since(*read) < life
        {
            return Some(metadata.clone());
        }
        let issuer = self.company.issuer.clone();
        match CoreProviderMetadata::discover_async(issuer, &self.carrier).await {
            Ok(metadata) => {
                *known = Some((now, metadata.clone()));
                Some(metadata)
            }
            Err(_) => {
                // The error itself may repeat what the provider sent.
                tracing::warn!(company = self.company.id, "a provider could not be read");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: &str = "[[company]]\nid = \"acme\"\nname = \"Acme\"\nissuer = \"https://login.acme.example\"\n\
        client_id = \"sodium\"\nclient_secret = \"hush\"\ndomains = [\"acme.example\"]\n";

    #[test]
    fn a_list_is_read_and_a_wrong_one_is_refused_without_its_secrets() {
        let companies: Companies = ACME.parse().unwrap();
        assert_eq!(companies.buttons().collect::<Vec<_>>(), [("acme", "Acme")]);
        assert!(!format!("{companies:?}").contains("hush"));
        for (from, to) in [
            ("https://", "http://"),
            ("\"acme\"", "\"../acme\""),
            ("name", "nome"),
            ("client_secret = ", "client_secret = 1 # "),
        ] {
            let error = ACME.replace(from, to).parse::<Companies>().unwrap_err();
            assert!(!error.to_string().contains("hush"), "{error}");
        }
        assert!(format!("{ACME}{ACME}").parse::<Companies>().is_err());
        assert_eq!("".parse::<Companies>().unwrap().buttons().count(), 0);
    }

    #[test]
    fn a_company_answers_for_its_own_domains_only() {
        let companies: Companies = ACME.parse().unwrap();
        let company = &companies.provider("acme").unwrap().company;
        for (address, answers) in [
            ("ana@acme.example", true),
            ("ana@ACME.example", true),
            ("ana@mail.acme.example", false),
            ("ana@notacme.example", false),
            ("ana@example.org", false),
        ] {
            let address = EmailAddress::parse(address).unwrap();
            assert_eq!(company.answers_for(&address), answers, "{address:?}");
        }
    }
}
