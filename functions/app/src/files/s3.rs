//! A bucket on Amazon S3, or on what speaks its protocol with conditional writes.
//!
//! `object_store` knows the protocol; the requests travel over the HTTP client of the AWS SDK, so
//! there is one TLS in a binary.

use std::sync::Arc;

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use object_store::aws::AmazonS3Builder;
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};

use super::{Files, FilesError};
use crate::aws::{Access, connector};

/// A bucket, and where it is.
#[derive(Debug, Clone)]
pub struct S3Options {
    /// The bucket's name.
    pub bucket: String,
    /// Who asks, and in which region.
    pub access: Access,
    /// Another place than Amazon's: `http://127.0.0.1:5000`.
    pub endpoint: Option<String>,
}

impl Files {
    /// A bucket. Nothing is asked of it yet.
    ///
    /// # Errors
    /// When the options make no address.
    pub fn s3(options: &S3Options) -> Result<Self, FilesError> {
        let access = &options.access;
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&options.bucket)
            .with_region(&access.region)
            .with_access_key_id(&access.key_id)
            .with_secret_access_key(&access.secret_key)
            .with_virtual_hosted_style_request(options.endpoint.is_none())
            .with_http_connector(Connector);
        if let Some(token) = &access.session_token {
            builder = builder.with_token(token);
        }
        if let Some(endpoint) = &options.endpoint {
            builder = builder.with_endpoint(endpoint).with_allow_http(true);
        }
        Ok(Self::remote(Arc::new(builder.build()?)))
    }
}

/// Makes the client that carries the requests of `object_store`.
#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Carrier(connector())))
    }
}

#[derive(Debug)]
struct Carrier(aws_smithy_http_client::Connector);

#[async_trait]
impl HttpService for Carrier {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        // Files are pages and pictures: they are in memory already.
        let request = http::Request::from_parts(parts, SdkBody::from(whole(body).await?));
        let request = Request::try_from(request)
            .map_err(|error| HttpError::new(HttpErrorKind::Request, error))?;
        let answer = self.0.call(request).await.map_err(failed)?;
        let answer = answer
            .try_into_http1x()
            .map_err(|error| HttpError::new(HttpErrorKind::Decode, error))?;
        let (parts, body) = answer.into_parts();
        let body = http_body_util::BodyExt::collect(body)
            .await
            .map_err(|error| HttpError::new_boxed(HttpErrorKind::Interrupted, error))?
            .to_bytes();
        Ok(http::Response::from_parts(
            parts,
            HttpResponseBody::from(body),
        ))
    }
}

async fn whole(body: object_store::client::HttpRequestBody) -> Result<Bytes, HttpError> {
    Ok(http_body_util::BodyExt::collect(body).await?.to_bytes())
}

/// Tells `object_store` which failures it may try again.
fn failed(error: aws_smithy_runtime_api::client::result::ConnectorError) -> HttpError {
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_io() {
        HttpErrorKind::Interrupted
    } else {
        HttpErrorKind::Unknown
    };
    HttpError::new(kind, error)
}
