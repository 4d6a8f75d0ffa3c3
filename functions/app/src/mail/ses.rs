//! Amazon SES: the mail as it is, by the service's API, with the function's own permission instead
//! of a mail server's password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::Message;
use serde_json::json;

use super::{Mail, MailError};
use crate::aws::{Refused, Service};

/// The service, and the configuration set that reports bounces and complaints.
#[derive(Debug, Clone)]
pub struct Ses {
    /// The service.
    pub service: Service,
    /// The configuration set.
    pub configuration_set: Option<String>,
}

impl Ses {
    pub(super) async fn send(&self, mail: &Mail, message: &Message) -> Result<(), MailError> {
        let mut asked = json!({
            "Destination": { "ToAddresses": [mail.to.as_str()] },
            "Content": { "Raw": { "Data": STANDARD.encode(message.formatted()) } },
        });
        if let Some(set) = &self.configuration_set {
            asked["ConfigurationSetName"] = set.as_str().into();
        }
        let sent = self
            .service
            .ask("SendEmail", "/v2/email/outbound-emails", &asked);
        sent.await.map_err(|error| refused(&error))?;
        Ok(())
    }
}

fn refused(error: &Refused) -> MailError {
    MailError::Ses {
        code: error.code().to_owned(),
        permanent: matches!(error.code(), "MessageRejected" | "BadRequestException"),
    }
}
