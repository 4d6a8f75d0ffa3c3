//! Carries the requests of the OpenID Connect crate.

use std::future::Future;
use std::pin::Pin;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

use crate::aws::web::{NoAnswer, Web};

/// Follows no redirects, so a provider leads nowhere.
#[derive(Debug, Default)]
pub(crate) struct Carrier(Web);

impl<'c> AsyncHttpClient<'c> for Carrier {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.ask(request))
    }
}
