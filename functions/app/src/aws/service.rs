//! Services of which the community needs an operation or two. Their generated clients were a fifth of a
//! build and know hundreds of operations; retries, timeouts and signatures are the SDK's own all the same.

use std::borrow::Cow;

use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_types::retry::RetryConfig;
use serde_json::Value;

use super::{Access, timeouts};

/// A service that takes JSON and answers with it.
#[derive(Debug, Clone)]
pub struct Service {
    pub(super) access: Access,
    pub(super) http: SharedHttpClient,
    pub(super) endpoint: String,
    /// As signatures call it.
    pub(super) name: &'static str,
    /// What stands before an operation's name in `X-Amz-Target`, where the protocol has that (AWS JSON 1.1).
    pub(super) target: Option<&'static str>,
}

/// A service refused a request, or gave no answer. What it said may name people or secrets, so nothing but
/// its code is kept.
#[derive(Debug, Clone, Default, thiserror::Error)]
#[error("{}", self.code())]
pub struct Refused(ErrorMetadata);

impl Refused {
    /// The error's code, or that there was none.
    pub fn code(&self) -> &str {
        self.0.code().unwrap_or("no answer")
    }

    /// What an answer says of itself: in a header, or in its body before which a namespace may stand.
    fn told_by(response: &HttpResponse) -> Self {
        let header = response.headers().get("x-amzn-errortype");
        let body: Value = body_of(response);
        let code = header.or_else(|| body["__type"].as_str());
        let code = code.map(|code| code.split(':').next().unwrap_or(code));
        let code = code.map(|code| code.rsplit('#').next().unwrap_or(code));
        let status = || Cow::from(format!("HTTP {}", response.status().as_u16()));
        let code = code.map_or_else(status, |code| code.to_owned().into());
        Self(ErrorMetadata::builder().code(code).build())
    }
}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

impl Service {
    /// Asks for an operation.
    ///
    /// # Errors
    /// When the service refuses, or does not answer however often it is asked.
    pub async fn ask(
        &self,
        operation: &'static str,
        path: &'static str,
        body: &Value,
    ) -> Result<Value, Refused> {
        let target = self.target.map(|target| format!("{target}.{operation}"));
        let operation = Operation::builder()
            .service_name(self.name)
            .operation_name(operation)
            .endpoint_url(&self.endpoint)
            .http_client(self.http.clone())
            .timeout_config(timeouts())
            .standard_retry(&RetryConfig::standard())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(TransientErrorClassifier::<Refused>::new())
            .retry_classifier(AwsErrorCodeClassifier::<Refused>::new())
            .sleep_impl(TokioSleep::new())
            .no_auth()
            .interceptor(Signature {
                access: self.access.clone(),
                service: self.name,
            })
            .serializer(move |body: String| request(path, target.as_deref(), body))
            .deserializer(answer)
            .build();
        let answer = operation.invoke(body.to_string()).await;
        answer.map_err(|error| match error {
            SdkError::ServiceError(refused) => refused.into_err(),
            _ => Refused::default(),
        })
    }
}

fn request(path: &str, target: Option<&str>, body: String) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST")?;
    request.set_uri(path)?;
    let headers = request.headers_mut();
    headers.insert(
        "content-type",
        match target {
            Some(_) => "application/x-amz-json-1.1",
            None => "application/json",
        },
    );
    if let Some(target) = target {
        headers.insert("x-amz-target", target.to_owned());
    }
    Ok(request)
}

fn answer(response: &HttpResponse) -> Result<Value, OrchestratorError<Refused>> {
    if response.status().is_success() {
        Ok(body_of(response))
    } else {
        Err(OrchestratorError::operation(Refused::told_by(response)))
    }
}

/// A body, or nothing where it is no JSON.
fn body_of(response: &HttpResponse) -> Value {
    let bytes = response.body().bytes().unwrap_or_default();
    serde_json::from_slice(bytes).unwrap_or_default()
}

/// Signs each try anew, as its time is signed too (Signature Version 4).
#[derive(Debug)]
struct Signature {
    access: Access,
    service: &'static str,
}

impl Intercept for Signature {
    fn name(&self) -> &'static str {
        "Signature"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        components: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let identity = self.access.credentials().into();
        let now = components.time_source().ok_or("there is no clock")?.now();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.access.region)
            .name(self.service)
            .time(now)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let body = request.body().bytes().unwrap_or_default();
        let signable = SignableRequest::new(
            request.method(),
            request.uri(),
            request.headers().iter(),
            SignableBody::Bytes(body),
        )?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let (headers, _) = instructions.into_parts();
        for header in headers {
            let (name, value) = (header.name(), header.value().to_owned());
            request.headers_mut().insert(name, value);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::body::Bytes;
    use axum::http::{HeaderMap, StatusCode, Uri};
    use axum::response::{IntoResponse as _, Response};
    use serde_json::json;

    use super::*;
    use crate::aws::Clients;

    #[tokio::test]
    async fn a_request_is_signed_and_says_what_it_asks_for() {
        let (service, seen) = answering(vec![(StatusCode::OK, json!({ "Parameter": 1 }))]).await;
        let asked = json!({ "Name": "keys" });
        let answer = service.ask("GetParameter", "/", &asked).await.unwrap();
        assert_eq!(answer["Parameter"], 1);
        let seen = seen.lock().unwrap();
        let (path, headers, body) = &seen[0];
        assert_eq!((path.as_str(), body), ("/", &asked));
        assert_eq!(headers["x-amz-target"], "AmazonSSM.GetParameter");
        assert_eq!(headers["x-amz-security-token"], "token");
        let signature = headers["authorization"].to_str().unwrap();
        assert!(signature.starts_with("AWS4-HMAC-SHA256 Credential=key/"));
        assert!(signature.contains("/eu-central-1/ssm/aws4_request"));
        assert!(signature.contains("x-amz-target"), "{signature}");
    }

    #[tokio::test]
    async fn a_service_that_has_too_much_to_do_is_asked_again() {
        let busy = json!({ "__type": "com.amazonaws.ssm#ThrottlingException" });
        let answers = vec![(StatusCode::BAD_REQUEST, busy), (StatusCode::OK, json!({}))];
        let (service, seen) = answering(answers).await;
        service.ask("GetParameter", "/", &json!({})).await.unwrap();
        assert_eq!(seen.lock().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_refusal_keeps_its_code_and_nothing_else() {
        let refused = json!({ "message": "Email address is not verified: somebody@example.org" });
        let (service, seen) = answering(vec![(StatusCode::BAD_REQUEST, refused)]).await;
        let error = service.ask("SendEmail", "/", &json!({})).await.unwrap_err();
        assert_eq!(error.code(), "MessageRejected");
        assert!(!format!("{error:?}{error}").contains("somebody"));
        assert_eq!(seen.lock().unwrap().len(), 1, "it would be refused again");
    }

    #[tokio::test]
    async fn no_answer_is_an_error_without_a_code() {
        let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let service = at(nobody.local_addr().unwrap());
        drop(nobody);
        let error = service.ask("GetParameter", "/", &json!({})).await;
        assert_eq!(error.unwrap_err().code(), "no answer");
    }

    type Seen = Arc<Mutex<Vec<(String, HeaderMap, Value)>>>;

    /// A service that gives these answers, one after the other.
    async fn answering(answers: Vec<(StatusCode, Value)>) -> (Service, Seen) {
        let seen = Seen::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let service = at(listener.local_addr().unwrap());
        let (noted, answers) = (seen.clone(), Arc::new(answers));
        let router =
            Router::new().fallback(async move |uri: Uri, headers: HeaderMap, body: Bytes| {
                let mut noted = noted.lock().unwrap();
                let (status, answer) = &answers[noted.len()];
                noted.push((
                    uri.path().to_owned(),
                    headers,
                    serde_json::from_slice(&body).unwrap(),
                ));
                let kind = ("x-amzn-errortype", "MessageRejected:http://example.org/");
                let answer = answer.to_string();
                if answer.contains("message") {
                    (*status, [kind], answer).into_response()
                } else {
                    (*status, answer).into_response() as Response
                }
            });
        tokio::spawn(async move { axum::serve(listener, router).await });
        (service, seen)
    }

    fn at(address: std::net::SocketAddr) -> Service {
        let clients = Clients::new(Access {
            region: "eu-central-1".into(),
            key_id: "key".into(),
            secret_key: "secret".into(),
            session_token: Some("token".into()),
        });
        Service {
            endpoint: format!("http://{address}"),
            ..clients.parameters()
        }
    }
}
