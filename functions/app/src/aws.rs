//! Clients of Amazon's services: one way to make each, with one HTTP client and one TLS. The SDK's
//! own search for credentials would double a binary; whoever calls brings them.

use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Credentials, Region, SharedHttpClient};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::HttpConnectorSettings;

use crate::files::S3Options;

/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_secs(2);
/// How long one try may wait for the first byte of an answer.
const READ: Duration = Duration::from_secs(5);

/// Who asks, and in which region.
#[derive(Clone)]
pub struct Access {
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// The key's identifier.
    pub key_id: String,
    /// The key.
    pub secret_key: String,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Access({}, secret)", self.region)
    }
}

impl Access {
    fn credentials(&self) -> Credentials {
        Credentials::new(
            self.key_id.clone(),
            self.secret_key.clone(),
            self.session_token.clone(),
            None,
            "given",
        )
    }
}

/// Makes clients. Each asks Amazon, or the endpoint that the SDK's standard variable for its
/// service names (`AWS_ENDPOINT_URL_DYNAMODB` and so on).
#[derive(Debug, Clone)]
pub struct Clients {
    /// Who asks, and in which region.
    pub access: Access,
    http: SharedHttpClient,
}

/// The configuration that every service's client gets.
macro_rules! configured {
    ($sdk:ident, $clients:expr, $variable:literal) => {{
        let clients: &Clients = $clients;
        let mut config = $sdk::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::v2026_01_12())
            .region(Region::new(clients.access.region.clone()))
            .credentials_provider(clients.access.credentials())
            .timeout_config(timeouts())
            .http_client(clients.http.clone());
        if let Some(endpoint) = endpoint($variable) {
            config = config.endpoint_url(endpoint);
        }
        $sdk::Client::from_conf(config.build())
    }};
}

impl Clients {
    /// Clients for these credentials.
    pub fn new(access: Access) -> Self {
        let http = Builder::new().tls_provider(tls()).build_https();
        Self { access, http }
    }

    /// The table's client.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        configured!(aws_sdk_dynamodb, self, "AWS_ENDPOINT_URL_DYNAMODB")
    }

    /// A bucket, asked for with the same credentials.
    pub fn bucket(&self, name: impl Into<String>) -> S3Options {
        S3Options {
            bucket: name.into(),
            access: self.access.clone(),
            endpoint: endpoint("AWS_ENDPOINT_URL_S3"),
        }
    }

    /// The client of the mail service.
    pub fn ses(&self) -> aws_sdk_sesv2::Client {
        configured!(aws_sdk_sesv2, self, "AWS_ENDPOINT_URL_SESV2")
    }

    /// The client of the parameter store.
    pub fn ssm(&self) -> aws_sdk_ssm::Client {
        configured!(aws_sdk_ssm, self, "AWS_ENDPOINT_URL_SSM")
    }
}

/// Another place for a service, from the environment.
fn endpoint(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|url| !url.is_empty())
}

/// An HTTP client outside any of the SDK's own.
pub(crate) fn connector() -> Connector {
    let settings = HttpConnectorSettings::builder()
        .connect_timeout(CONNECT)
        .read_timeout(READ)
        .build();
    Connector::builder()
        .connector_settings(settings)
        .tls_provider(tls())
        .build()
}

fn tls() -> Provider {
    Provider::Rustls(CryptoMode::Ring)
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .read_timeout(READ)
        .build()
}
