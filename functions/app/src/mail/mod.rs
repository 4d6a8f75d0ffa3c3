//! Mail: what is due ([`Letter`]), how it is worded ([`words`]), and how it goes out ([`Mailer`]).

pub mod mailbox;
pub mod notices;
pub mod pages;
mod ses;
pub(crate) mod words;

use jiff::Timestamp;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox as Address, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};
use sodium_domain::email::EmailAddress;
use sodium_domain::id::{DecisionId, MemberId, SessionId, SuggestionId};
use sodium_domain::seat::SeatState;
use uuid::Uuid;

use crate::words::Language;
use mailbox::Mailbox;
pub use ses::Ses;

/// A mail that is due. It names its reader; a member's address is looked up when it is sent, so
/// that somebody who left meanwhile gets none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "letter")]
pub(crate) enum Letter {
    /// The link that signs in.
    SignIn {
        address: EmailAddress,
        token: String,
        #[serde(default)]
        language: Language,
    },
    /// The link that confirms a waitlist entry.
    WaitlistConfirm {
        address: EmailAddress,
        token: String,
        #[serde(default)]
        language: Language,
    },
    /// The link to an own waitlist entry.
    WaitlistPlace {
        address: EmailAddress,
        token: String,
        #[serde(default)]
        language: Language,
    },
    /// A seat, or a place in the waiting list.
    Seat {
        member: MemberId,
        session: SessionId,
        state: SeatState,
    },
    /// Where a session takes place.
    JoinLink {
        member: MemberId,
        session: SessionId,
    },
    /// What a moderator decided about somebody or their comment, or that it was taken back.
    Decision { decision: DecisionId, undone: bool },
    /// That so many comments of somebody were not published; the decision about the last.
    DecidedMany { decision: DecisionId, count: usize },
    /// What a moderator decided about a suggested edit.
    Suggestion { suggestion: SuggestionId },
    /// Something waits for a moderator.
    Queue,
    /// Nothing is said to anybody: an address was entered that had mails enough, which is as much work as
    /// one that had not.
    Nobody,
}

impl Letter {
    /// Whether the reader asks for it at this moment, as for a link to sign in. Such a mail goes out
    /// even to somebody who wants no others.
    pub(crate) fn is_asked_for(&self) -> bool {
        matches!(self, Self::SignIn { .. } | Self::WaitlistConfirm { .. })
    }
}

/// A mail as it goes out.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The work item that it comes from; makes its Message-ID, so that programs recognise a double.
    pub id: Uuid,
    /// The reader.
    pub to: EmailAddress,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The address that stops mails like this one, for programs by one POST (RFC 8058) and for
    /// people as a page. Mails that the reader asked for have none.
    pub unsubscribe: Option<String>,
    /// The list that it belongs to, if it tells what others wrote.
    pub list: Option<List>,
}

/// A list of mails (RFC 2919), so that programs can sort them and show those of a thread together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its name in `List-Id`, below the community's host: words with dots and hyphens.
    pub id: String,
    /// Whether its mails are one conversation.
    pub stacks: bool,
}

/// The name of a mail that is due at a time, the same each time that it is asked for.
pub(crate) fn named_at(due: Timestamp, what: &str) -> Uuid {
    let millis = u64::try_from(due.as_millisecond()).unwrap_or(0);
    let time = uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid();
    named_after(time, what.as_bytes())
}

/// The name of something that follows from a piece of work, the same each time, and in the order of
/// time among other names.
pub(crate) fn named_after(work: Uuid, what: &[u8]) -> Uuid {
    let digest = *Uuid::new_v5(&work, what).as_bytes();
    let mut random = [0; 10];
    random.copy_from_slice(&digest[6..]);
    let (seconds, nanos) = work.get_timestamp().map_or((0, 0), |time| time.to_unix());
    let millis = seconds * 1000 + u64::from(nanos / 1_000_000);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// A mail could not be handed over.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The mail cannot be built.
    #[error("the mail cannot be built: {0}")]
    Message(String),
    /// The mail server refused it or does not answer.
    /// What it said may name the reader, so only its code is told.
    #[error("the mail server did not take it ({})", code(.0))]
    Smtp(lettre::transport::smtp::Error),
    /// Amazon's mail service refused it or does not answer.
    #[error("the mail service did not take it ({code})")]
    Ses {
        /// The error's code.
        code: String,
        /// Whether trying again will not help.
        permanent: bool,
    },
    /// The local mailbox cannot be written.
    #[error("the local mailbox: {0}")]
    Mailbox(#[from] std::io::Error),
}

impl MailError {
    /// Whether the reader's address will never take this mail, however often it is tried.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Smtp(error) => error.is_permanent(),
            Self::Ses { permanent, .. } => *permanent,
            Self::Message(_) | Self::Mailbox(_) => false,
        }
    }
}

/// How mail goes out.
#[derive(Debug, Clone)]
pub enum Mailer {
    /// To a mail server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// Through Amazon SES.
    Ses(Ses),
    /// Into a folder, where the local mailbox page shows it.
    Local(Mailbox),
}

impl From<lettre::transport::smtp::Error> for MailError {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        Self::Smtp(error)
    }
}

fn code(error: &lettre::transport::smtp::Error) -> String {
    error
        .status()
        .map_or_else(|| "no answer".to_owned(), |code| code.to_string())
}

impl Mailer {
    /// Sends through the server of this address: `smtps://user:password@host:465`.
    ///
    /// # Errors
    /// When the address is not one.
    pub fn smtp(url: &str) -> Result<Self, MailError> {
        Ok(Self::Smtp(
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.build(),
        ))
    }

    /// Hands a mail over.
    ///
    /// # Errors
    /// When it cannot be built or the next station does not take it.
    pub async fn send(
        &self,
        from: &EmailAddress,
        host: &str,
        mail: &Mail,
    ) -> Result<(), MailError> {
        let message = message(from, host, mail)?;
        match self {
            Self::Smtp(server) => {
                server.send(message).await?;
            }
            Self::Ses(service) => service.send(mail, &message).await?,
            Self::Local(mailbox) => mailbox.put(mail, &message)?,
        }
        Ok(())
    }
}

/// Headers of which lettre knows nothing.
macro_rules! header {
    ($(#[$about:meta])* $header:ident, $name:literal) => {
        $(#[$about])*
        #[derive(Debug, Clone)]
        struct $header(String);

        impl Header for $header {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}

header!(
    /// No program should answer these mails (RFC 3834).
    AutoSubmitted,
    "Auto-Submitted"
);
header!(
    /// Where mails like this are stopped (RFC 2369).
    ListUnsubscribe,
    "List-Unsubscribe"
);
header!(
    /// That one POST does it, without a page between (RFC 8058).
    ListUnsubscribePost,
    "List-Unsubscribe-Post"
);

header!(
    /// Which list a mail belongs to (RFC 2919).
    ListId,
    "List-Id"
);

fn message(from: &EmailAddress, host: &str, mail: &Mail) -> Result<Message, MailError> {
    let wrong = |error: &dyn std::fmt::Display| MailError::Message(error.to_string());
    let address = |address: &EmailAddress, name: Option<&str>| {
        let address = address
            .as_str()
            .parse()
            .map_err(|e: lettre::address::AddressError| wrong(&e))?;
        Ok::<_, MailError>(Address::new(name.map(str::to_owned), address))
    };
    let mut builder = Message::builder()
        .from(address(from, Some(words::COMMUNITY))?)
        .to(address(&mail.to, None)?)
        .subject(&mail.subject)
        .message_id(Some(format!("<{}@{host}>", mail.id)))
        .header(AutoSubmitted("auto-generated".into()));
    if let Some(url) = &mail.unsubscribe {
        builder = builder
            .header(ListUnsubscribe(format!("<{url}>")))
            .header(ListUnsubscribePost("List-Unsubscribe=One-Click".into()));
    }
    if let Some(list) = &mail.list {
        builder = builder.header(ListId(format!("<{}.{host}>", list.id)));
        if list.stacks {
            // The mail that began the conversation was never sent; programs stack by its name.
            let root = format!("<{}@{host}>", list.id);
            builder = builder.in_reply_to(root.clone()).references(root);
        }
    }
    builder
        .multipart(
            MultiPart::alternative()
                .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
                .singlepart(part(ContentType::TEXT_HTML, &mail.html)),
        )
        .map_err(|error| wrong(&error))
}

fn part(kind: ContentType, body: &str) -> SinglePart {
    SinglePart::builder().header(kind).body(body.to_owned())
}
