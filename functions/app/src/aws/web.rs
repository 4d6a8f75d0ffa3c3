//! Requests to services that are not Amazon's, by the HTTP client that is there already.

use std::sync::OnceLock;

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, Limited};

use super::public_connector;

/// The most bytes of an answer: what is asked for are a few thousand.
const MOST_BYTES: usize = 256 * 1024;

/// A service did not answer, or not as HTTP.
#[derive(Debug, thiserror::Error)]
#[error("the service does not answer: {0}")]
pub struct NoAnswer(&'static str);

/// Makes its client when it is first needed. It follows no redirects, so nobody leads elsewhere.
#[derive(Debug, Default)]
pub struct Web(OnceLock<Connector>);

impl Web {
    /// Sends a request.
    ///
    /// # Errors
    /// When no answer comes, or one that is too long.
    pub async fn ask(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, NoAnswer> {
        let connector = self.0.get_or_init(public_connector);
        let request = HttpRequest::try_from(request.map(SdkBody::from))
            .map_err(|_| NoAnswer("the request is none"))?;
        let answer = connector.call(request).await;
        let answer = answer.map_err(|_| NoAnswer("no connection"))?;
        let answer = answer.try_into_http1x().map_err(|_| NoAnswer("not HTTP"))?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, MOST_BYTES).collect().await;
        let body = body.map_err(|_| NoAnswer("too long, or cut off"))?;
        Ok(http::Response::from_parts(parts, body.to_bytes().to_vec()))
    }
}
