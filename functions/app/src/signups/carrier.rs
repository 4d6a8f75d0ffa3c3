//! Carries the requests of the OpenID Connect crate by the HTTP client that is there already.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest as Carried;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, Limited};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

use crate::aws::public_connector;

/// The most bytes of an answer: a provider's description and its keys are a few thousand.
const MOST_BYTES: usize = 256 * 1024;

/// A provider did not answer, or not as HTTP.
#[derive(Debug, thiserror::Error)]
#[error("the provider does not answer: {0}")]
pub(crate) struct CarrierError(&'static str);

/// Makes its client when it is first needed. It follows no redirects, so a provider leads nowhere.
#[derive(Debug, Default)]
pub(crate) struct Carrier(OnceLock<Connector>);

impl<'c> AsyncHttpClient<'c> for Carrier {
    type Error = CarrierError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, CarrierError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let connector = self.0.get_or_init(public_connector);
        Box::pin(async move {
            let request = Carried::try_from(request.map(SdkBody::from))
                .map_err(|_| CarrierError("the request is none"))?;
            let answer = connector.call(request).await;
            let answer = answer.map_err(|_| CarrierError("no connection"))?;
            let answer = answer
                .try_into_http1x()
                .map_err(|_| CarrierError("not HTTP"))?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, MOST_BYTES).collect().await;
            let body = body.map_err(|_| CarrierError("too long, or cut off"))?;
            Ok(http::Response::from_parts(parts, body.to_bytes().to_vec()))
        })
    }
}
