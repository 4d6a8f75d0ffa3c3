//! Clients of Amazon's services: one way to make each, with one HTTP client and one TLS. The SDK's
//! own search for credentials would double a binary; whoever calls brings them.

mod service;
mod trust;
pub mod web;

use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedHttpClient};
use aws_smithy_http_client::tls::{Provider, TlsContext, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::HttpConnectorSettings;

use crate::files::S3Options;
pub use service::{Refused, Service};

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

impl Clients {
    /// Clients for these credentials.
    pub fn new(access: Access) -> Self {
        let http = Builder::new()
            .tls_provider(tls())
            .tls_context(trust::amazon())
            .build_https();
        Self { access, http }
    }

    /// The table's client.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(self.access.region.clone()))
            .credentials_provider(self.access.credentials())
            .timeout_config(timeouts())
            .http_client(self.http.clone());
        if let Some(endpoint) = endpoint("AWS_ENDPOINT_URL_DYNAMODB") {
            config = config.endpoint_url(endpoint);
        }
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// A bucket, asked for with the same credentials.
    pub fn bucket(&self, name: impl Into<String>) -> S3Options {
        S3Options {
            bucket: name.into(),
            access: self.access.clone(),
            endpoint: endpoint("AWS_ENDPOINT_URL_S3"),
        }
    }

    /// The mail service, SES by its second API.
    pub fn mail(&self) -> Service {
        self.service("ses", "email", None, "AWS_ENDPOINT_URL_SESV2")
    }

    /// The parameter store of Systems Manager.
    pub fn parameters(&self) -> Service {
        self.service("ssm", "ssm", Some("AmazonSSM"), "AWS_ENDPOINT_URL_SSM")
    }

    fn service(
        &self,
        name: &'static str,
        host: &str,
        target: Option<&'static str>,
        variable: &str,
    ) -> Service {
        let amazons = || format!("https://{host}.{}.amazonaws.com", self.access.region);
        Service {
            access: self.access.clone(),
            http: self.http.clone(),
            endpoint: endpoint(variable).unwrap_or_else(amazons),
            name,
            target,
        }
    }
}

/// Another place for a service, from the environment.
fn endpoint(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|url| !url.is_empty())
}

/// An HTTP client for Amazon's services outside any of the SDK's own.
pub(crate) fn connector() -> Connector {
    connecting(trust::amazon())
}

/// An HTTP client for anybody's servers: it trusts whom the machine trusts.
pub(crate) fn public_connector() -> Connector {
    connecting(TlsContext::default())
}

fn connecting(trusted: TlsContext) -> Connector {
    let settings = HttpConnectorSettings::builder()
        .connect_timeout(CONNECT)
        .read_timeout(READ)
        .build();
    Connector::builder()
        .connector_settings(settings)
        .tls_provider(tls())
        .tls_context(trusted)
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
