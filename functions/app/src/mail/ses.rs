//! Amazon SES: the mail as it is, by the service's API, with the function's own permission instead
//! of a mail server's password.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, RawMessage};
use lettre::Message;

use super::{Mail, MailError};

/// The service, and the configuration set that reports bounces and complaints.
#[derive(Debug, Clone)]
pub struct Ses {
    /// The service.
    pub client: Client,
    /// The configuration set.
    pub configuration_set: Option<String>,
}

impl Ses {
    pub(super) async fn send(&self, mail: &Mail, message: &Message) -> Result<(), MailError> {
        let raw = RawMessage::builder()
            .data(Blob::new(message.formatted()))
            .build()
            .map_err(|error| MailError::Message(error.to_string()))?;
        let to = Destination::builder().to_addresses(mail.to.as_str());
        self.client
            .send_email()
            .destination(to.build())
            .content(EmailContent::builder().raw(raw).build())
            .set_configuration_set_name(self.configuration_set.clone())
            .send()
            .await
            .map_err(|error| refused(&error))?;
        Ok(())
    }
}

/// What the service says may name the reader, so only its code is kept.
fn refused(error: &SdkError<SendEmailError>) -> MailError {
    let service = error.as_service_error();
    MailError::Ses {
        code: service
            .and_then(|said| said.code())
            .unwrap_or("no answer")
            .to_owned(),
        permanent: service
            .is_some_and(|said| said.is_message_rejected() || said.is_bad_request_exception()),
    }
}
