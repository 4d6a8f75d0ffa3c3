//! Notices of the mail service: what bounced, and who complained. They come from Amazon SES through
//! an SNS topic. A forged one could silence anybody's mail, so only what the topic signed counts.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde::Deserialize;
use sodium_domain::email::EmailAddress;

use crate::aws::connector;
use crate::state::App;
use crate::store::StoreError;
use crate::store::mail_stops::StopReason;

/// A notice was not believed or could not be noted.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// It comes from another topic.
    #[error("the notice comes from another topic")]
    OtherTopic,
    /// Its signature is of an old kind; the topic must sign with version 2 (SHA-256).
    #[error("the notice is signed with version {0}; set the topic's SignatureVersion to 2")]
    OldSignature(String),
    /// Its certificate lies somewhere else than with the service.
    #[error("the notice names a certificate that is not the service's")]
    ForeignCertificate,
    /// The certificate could not be had.
    #[error("the service's certificate cannot be read: {0}")]
    Certificate(String),
    /// The signature does not fit.
    #[error("the notice is not signed by the topic")]
    Forged,
    /// The message inside cannot be read.
    #[error("the notice cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A notification of SNS as a function gets it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Notice {
    #[serde(rename = "Type")]
    kind: String,
    message_id: String,
    topic_arn: String,
    subject: Option<String>,
    message: String,
    timestamp: String,
    signature_version: String,
    signature: String,
    #[serde(alias = "SigningCertURL")]
    signing_cert_url: String,
}

impl Notice {
    /// What is signed: names and values, each on its line, in this order.
    /// (Amazon SNS Developer Guide, “Verifying the signatures of Amazon SNS messages”.)
    fn signed_text(&self) -> String {
        let parts = [
            ("Message", Some(&self.message)),
            ("MessageId", Some(&self.message_id)),
            ("Subject", self.subject.as_ref()),
            ("Timestamp", Some(&self.timestamp)),
            ("TopicArn", Some(&self.topic_arn)),
            ("Type", Some(&self.kind)),
        ];
        let lines = parts
            .iter()
            .filter_map(|(name, value)| Some((name, (*value)?)));
        lines
            .map(|(name, value)| format!("{name}\n{value}\n"))
            .collect()
    }
}

/// The topic that is believed, and the certificates that it signs with.
#[derive(Debug)]
pub struct Topic {
    arn: String,
    certificates: Mutex<HashMap<String, Vec<u8>>>,
}

impl Topic {
    /// The topic with this ARN.
    pub fn new(arn: impl Into<String>) -> Self {
        Self {
            arn: arn.into(),
            certificates: Mutex::default(),
        }
    }

    /// Knows a certificate (PEM) beforehand, so that it is not fetched.
    #[must_use]
    pub fn knowing(self, url: &str, pem: &[u8]) -> Self {
        self.remember(url, pem.to_vec());
        self
    }

    /// Whether the topic signed this.
    ///
    /// # Errors
    /// When it did not, or its certificate cannot be had.
    pub async fn check(&self, notice: &Notice) -> Result<(), NoticeError> {
        if notice.topic_arn != self.arn {
            return Err(NoticeError::OtherTopic);
        }
        if notice.signature_version != "2" {
            return Err(NoticeError::OldSignature(notice.signature_version.clone()));
        }
        let pem = self.certificate(&notice.signing_cert_url).await?;
        let unreadable =
            |error: &dyn std::fmt::Display| NoticeError::Certificate(error.to_string());
        let der = CertificateDer::from_pem_slice(&pem).map_err(|error| unreadable(&error))?;
        let certificate =
            webpki::EndEntityCert::try_from(&der).map_err(|error| unreadable(&error))?;
        let signature = STANDARD.decode(&notice.signature);
        let signature = signature.map_err(|_| NoticeError::Forged)?;
        certificate
            .verify_signature(
                webpki::ring::RSA_PKCS1_2048_8192_SHA256,
                notice.signed_text().as_bytes(),
                &signature,
            )
            .map_err(|_| NoticeError::Forged)
    }

    async fn certificate(&self, url: &str) -> Result<Vec<u8>, NoticeError> {
        if !self.is_the_services(url) {
            return Err(NoticeError::ForeignCertificate);
        }
        let known = self.certificates.lock();
        let known = known
            .unwrap_or_else(PoisonError::into_inner)
            .get(url)
            .cloned();
        if let Some(pem) = known {
            return Ok(pem);
        }
        let pem = fetch(url).await.map_err(NoticeError::Certificate)?;
        self.remember(url, pem.clone());
        Ok(pem)
    }

    fn remember(&self, url: &str, pem: Vec<u8>) {
        let certificates = self.certificates.lock();
        let mut certificates = certificates.unwrap_or_else(PoisonError::into_inner);
        certificates.insert(url.to_owned(), pem);
    }

    /// Certificates are believed because they lie with the service: on its host in the topic's
    /// region, fetched over TLS.
    fn is_the_services(&self, url: &str) -> bool {
        let Some(region) = self.arn.split(':').nth(3) else {
            return false;
        };
        let ending = if region.starts_with("cn-") { ".cn" } else { "" };
        let host = format!("https://sns.{region}.amazonaws.com{ending}/");
        url.strip_prefix(&host).is_some_and(|path| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
            path.ends_with(".pem") && path.bytes().all(plain)
        })
    }
}

async fn fetch(url: &str) -> Result<Vec<u8>, String> {
    let request = http::Request::get(url).body(SdkBody::empty());
    let request = request.map_err(|error| error.to_string())?;
    let request = Request::try_from(request).map_err(|error| error.to_string())?;
    let answer = connector().call(request).await;
    let answer = answer.map_err(|error| error.to_string())?;
    if !answer.status().is_success() {
        return Err(format!("status {}", answer.status()));
    }
    let body = http_body_util::BodyExt::collect(answer.into_body()).await;
    Ok(body.map_err(|error| error.to_string())?.to_bytes().into())
}

/// What SES says of a mail; other events are not asked for and do nothing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default)]
    bounce: Option<Bounce>,
    #[serde(default)]
    complaint: Option<Complaint>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounced_recipients: Vec<Recipient>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Recipient>,
    complaint_feedback_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
}

impl Recipient {
    /// The address: it may come with a name around it.
    fn address(&self) -> Option<EmailAddress> {
        let text = self.email_address.trim();
        let text = text
            .rsplit_once('<')
            .map_or(text, |(_, rest)| rest.trim_end_matches('>'));
        EmailAddress::parse(text).ok()
    }
}

impl Event {
    /// Who must get no more mail, and why. A full mailbox is emptied some day, and “this is not
    /// spam” is no complaint.
    fn stopped(self) -> Vec<(StopReason, Recipient)> {
        let bounced = self
            .bounce
            .filter(|bounce| bounce.bounce_type == "Permanent");
        let complained = self
            .complaint
            .filter(|complaint| complaint.complaint_feedback_type.as_deref() != Some("not-spam"));
        let bounced = bounced
            .into_iter()
            .flat_map(|bounce| bounce.bounced_recipients);
        let complained = complained
            .into_iter()
            .flat_map(|complaint| complaint.complained_recipients);
        bounced
            .map(|recipient| (StopReason::Bounced, recipient))
            .chain(complained.map(|recipient| (StopReason::Complained, recipient)))
            .collect()
    }
}

impl App {
    /// Stops mail to whoever a notice names, if the topic signed it.
    ///
    /// # Errors
    /// When the notice is not believed, cannot be read, or cannot be noted.
    pub async fn note_notice(&self, topic: &Topic, notice: &Notice) -> Result<(), NoticeError> {
        topic.check(notice).await?;
        let event: Event = serde_json::from_str(&notice.message)?;
        for (reason, recipient) in event.stopped() {
            let Some(address) = recipient.address() else {
                tracing::warn!("a notice names an address that is none");
                continue;
            };
            let hash = self.address_hash(&address);
            self.store
                .stop_mail(&hash, reason, self.clock.now())
                .await?;
            tracing::info!(?reason, "no more mail goes to an address");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:learn-notices";
    const CERTIFICATE: &[u8] = include_bytes!("../../tests/fixtures/notices/certificate.pem");
    const BOUNCE: &str = include_str!("../../tests/fixtures/notices/bounce.json");

    fn topic(notice: &Notice) -> Topic {
        Topic::new(TOPIC).knowing(&notice.signing_cert_url, CERTIFICATE)
    }

    fn bounce() -> Notice {
        serde_json::from_str(BOUNCE).unwrap()
    }

    #[tokio::test]
    async fn only_what_the_topic_signed_is_believed() {
        let real = bounce();
        topic(&real).check(&real).await.unwrap();
        let forgeries: [fn(&mut Notice); 6] = [
            |notice| notice.message = notice.message.replace("gone@", "boss@"),
            |notice| notice.subject = None,
            |notice| notice.timestamp = "2027-01-01T00:00:00.000Z".into(),
            |notice| notice.message_id.push('1'),
            |notice| notice.kind = "SubscriptionConfirmation".into(),
            |notice| notice.signature = STANDARD.encode([0; 256]),
        ];
        for (number, forge) in forgeries.into_iter().enumerate() {
            let mut forged = bounce();
            forge(&mut forged);
            let checked = topic(&forged).check(&forged).await;
            assert!(
                matches!(checked, Err(NoticeError::Forged)),
                "{number}: {checked:?}"
            );
        }
    }

    #[tokio::test]
    async fn another_topic_and_an_old_signature_are_refused() {
        let mut other = bounce();
        other.topic_arn.push('2');
        let checked = topic(&other).check(&other).await;
        assert!(
            matches!(checked, Err(NoticeError::OtherTopic)),
            "{checked:?}"
        );

        let mut old = bounce();
        old.signature_version = "1".into();
        let checked = topic(&old).check(&old).await;
        assert!(
            matches!(checked, Err(NoticeError::OldSignature(_))),
            "{checked:?}"
        );
    }

    #[tokio::test]
    async fn a_certificate_from_elsewhere_is_not_even_fetched() {
        for url in [
            "http://sns.eu-central-1.amazonaws.com/a.pem",
            "https://sns.eu-central-1.amazonaws.com.example.org/a.pem",
            "https://sns.us-east-1.amazonaws.com/a.pem",
            "https://example.org/sns.eu-central-1.amazonaws.com/a.pem",
            "https://sns.eu-central-1.amazonaws.com@example.org/a.pem",
            "https://sns.eu-central-1.amazonaws.com/a.pem?to=b.pem",
            "https://sns.eu-central-1.amazonaws.com/bucket/a.pem",
            "https://sns.eu-central-1.amazonaws.com/a.txt",
        ] {
            let mut notice = bounce();
            notice.signing_cert_url = url.into();
            let checked = Topic::new(TOPIC).check(&notice).await;
            assert!(
                matches!(checked, Err(NoticeError::ForeignCertificate)),
                "{url}: {checked:?}"
            );
        }
    }

    #[test]
    fn only_lasting_bounces_and_real_complaints_stop_mail() {
        for (notice, stopped) in [
            (BOUNCE, Some((StopReason::Bounced, "gone@example.org"))),
            (
                include_str!("../../tests/fixtures/notices/complaint.json"),
                Some((StopReason::Complained, "annoyed@example.org")),
            ),
            (include_str!("../../tests/fixtures/notices/full.json"), None),
            (
                include_str!("../../tests/fixtures/notices/mistake.json"),
                None,
            ),
        ] {
            let notice: Notice = serde_json::from_str(notice).unwrap();
            let event: Event = serde_json::from_str(&notice.message).unwrap();
            let found = event.stopped();
            let found = found
                .first()
                .map(|(reason, who)| (*reason, who.address().unwrap().as_str().to_owned()));
            let stopped = stopped.map(|(reason, who)| (reason, who.to_owned()));
            assert_eq!(found, stopped);
        }
    }
}
