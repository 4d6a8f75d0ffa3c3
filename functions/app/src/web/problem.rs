//! Errors, and the one place that gives each its status. What people read is not what the log says.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use sodium_domain::email::EmailError;
use sodium_domain::markdown::SourceError;
use sodium_domain::member::Block;
use sodium_domain::name::NameError;
use sodium_domain::talk::TitleError;

use crate::files::FilesError;
use crate::seal::RandomError;
use crate::store::StoreError;
use crate::views::time::TimeView;
use crate::web::page::PageError;

/// Why a request did not get what it asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppError {
    #[error("nobody is signed in")]
    SignedOut,
    #[error("the member has no name yet")]
    Nameless,
    #[error("not allowed")]
    NotYours,
    #[error("one's own comment")]
    OwnComment,
    #[error("a passkey is needed")]
    PasskeyNeeded,
    #[error("the passkey was not accepted")]
    PasskeyRefused,
    #[error("the member has as many passkeys as there may be")]
    TooManyPasskeys,
    #[error("no passkey came")]
    PasskeysNotHere,
    #[error("a company's answer does not count")]
    CompanyRefused,
    #[error("a company does not answer")]
    CompanyAway,
    #[error("there is nothing here")]
    NotFound,
    #[error("the request comes from another site")]
    OtherSite,
    #[error("{0}")]
    Body(SourceError),
    #[error("{0}")]
    Title(TitleError),
    #[error("{0}")]
    Address(EmailError),
    #[error("{0}")]
    Name(NameError),
    #[error("the name is taken")]
    NameTaken,
    #[error("the name was changed lately")]
    NameStays(Timestamp),
    #[error("sent too fast after opening")]
    TooQuick,
    #[error("too many in this time")]
    TooMany,
    #[error("looks like a machine")]
    Machine,
    #[error("changed meanwhile")]
    Changed,
    #[error("a moderator keeps the member from writing")]
    Blocked(Block),
    #[error("the thread is closed")]
    Closed,
    #[error("too many comments of newcomers wait")]
    QueueFull,
    #[error("too late to be taken back")]
    TooLate,
    #[error("an appeal against one's own decision")]
    OwnDecision,
    #[error("the link does not work any more")]
    LinkUsed,
    #[error("not sent as a form")]
    NotAForm,
    #[error("more than a form holds")]
    TooLong,
    #[error("nothing is written for now")]
    ReadOnly,
    #[error("malformed request: {0}")]
    Malformed(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Page(#[from] PageError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Random(#[from] RandomError),
    #[error(transparent)]
    Mailbox(crate::mail::MailError),
}

/// An error as it is told: RFC 9457 problem details to programs, a page to people.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) title: String,
    pub(crate) detail: String,
}

impl AppError {
    /// What is told of it. The only place that chooses a status. Never 403 or 500: behind a CDN
    /// these mean that a page is not in the bucket or that a function broke down, and the CDN puts
    /// a page of its own in their place.
    pub(crate) fn problem(&self) -> Problem {
        use StatusCode as S;
        let (status, code, title, detail): (S, _, &str, String) = match self {
            Self::SignedOut => (S::UNAUTHORIZED, "sign-in", "Sign in first",
                "This needs to know who you are. Sign in, and you come back here.".into()),
            Self::Nameless => (S::CONFLICT, "name", "Choose a name first",
                "Others need a name to call you by. Choose one on your account page.".into()),
            // 404 is what RFC 9110, 15.5.4, allows in place of 403.
            Self::NotYours => (S::NOT_FOUND, "forbidden", "This is not yours to change",
                "Only the person who wrote it, or a moderator, can do this.".into()),
            Self::OwnComment => (S::CONFLICT, "own-comment", "This is your own comment",
                "Others say whether it helped them. Your mark would count for nothing.".into()),
            Self::PasskeyNeeded => (S::UNAUTHORIZED, "passkey", "This takes a passkey",
                "Moderators come in with a passkey, because a mailbox may be read by others.".into()),
            Self::PasskeyRefused => (S::UNPROCESSABLE_ENTITY, "passkey-refused", "This passkey was not accepted",
                "It may have been removed from your account here, or it took longer than five minutes. Try again, or ask for a link by mail.".into()),
            Self::TooManyPasskeys => (S::CONFLICT, "passkeys", "You have passkeys enough",
                "Remove one that you no longer use on your account page, then add this one.".into()),
            Self::PasskeysNotHere => (S::UNPROCESSABLE_ENTITY, "passkey-script", "No passkey came along",
                "Passkeys need JavaScript, and a browser and an address that know them. The link by mail works everywhere.".into()),
            Self::CompanyRefused => (S::UNPROCESSABLE_ENTITY, "company-refused", "You are not signed in",
                "Your company's answer came too late, for another browser, or not as it must be. Start again from our sign-in page.".into()),
            Self::CompanyAway => (S::SERVICE_UNAVAILABLE, "company-away", "Your company does not answer",
                "Its sign-in page cannot be reached at the moment. The link by mail works meanwhile.".into()),
            Self::NotFound => (S::NOT_FOUND, "not-found", "There is nothing here",
                "The address may be mistyped, or what was here has been taken away.".into()),
            Self::OtherSite => (S::BAD_REQUEST, "other-site", "This form was not sent from our pages",
                "Open the page again and send the form from there. Nothing was changed.".into()),
            Self::Body(error) => (S::UNPROCESSABLE_ENTITY, "text", "Please change your text",
                error.to_string()),
            Self::Title(error) => (S::UNPROCESSABLE_ENTITY, "title", "Please change the title",
                error.to_string()),
            Self::Address(error) => (S::UNPROCESSABLE_ENTITY, "address", "Please check the address",
                error.to_string()),
            Self::Name(error) => (S::UNPROCESSABLE_ENTITY, "name", "Please choose another name",
                error.to_string()),
            Self::NameTaken => (S::CONFLICT, "name-taken", "Please choose another name",
                "Somebody has this name, or one that looks like it.".into()),
            Self::NameStays(until) => (S::CONFLICT, "name-stays", "You changed your name lately",
                format!("Others have to know with whom they talk, so it stays for 30 days: until {}.", until.strftime("%-d %B %Y"))),
            Self::TooQuick => (S::TOO_MANY_REQUESTS, "too-quick", "That was very quick",
                "Machines fill in forms that fast. Your text is still here: please read it once more and send it again.".into()),
            Self::TooMany => (S::TOO_MANY_REQUESTS, "too-many", "Please wait a little",
                "There were many requests in a short time. Your text is still here: try again in ten minutes.".into()),
            Self::Machine => (S::UNPROCESSABLE_ENTITY, "machine", "Please leave one field empty",
                "The field “Leave this empty” was filled in; programs do that. Empty it and send the form again.".into()),
            Self::Changed => (S::CONFLICT, "changed", "It changed meanwhile",
                "Somebody changed this while you were looking at it. Open the page again to see how it is now.".into()),
            Self::Blocked(block) => (S::CONFLICT, "blocked", "You cannot write for a while",
                format!("A moderator decided so, because of {}. You can write again from {}; your account page says how to appeal. Copy your text if you want to keep it.",
                    block.reason.cause(), TimeView::from(block.until).text())),
            Self::Closed => (S::CONFLICT, "closed", "This discussion is closed",
                "New comments are not taken here any more. Copy your text if you want to keep it.".into()),
            Self::QueueFull => (S::TOO_MANY_REQUESTS, "queue-full", "Many first comments wait at the moment",
                "A person reads the first comments of everybody, and more wait now than can be read soon. Your text is still here: please try again in ten minutes.".into()),
            Self::TooLate => (S::GONE, "too-late", "This cannot be taken back any more",
                "A decision can be taken back once, and for thirty days. You can decide anew on the page of the comment, the member or the discussion.".into()),
            Self::OwnDecision => (S::CONFLICT, "own-decision", "Another moderator answers this",
                "Somebody appeals against what you decided, so it is for somebody else to read.".into()),
            Self::LinkUsed => (S::GONE, "link-used", "This link does not work any more",
                "It was used already, or it is too old. Ask for a new one.".into()),
            Self::NotAForm => (S::UNSUPPORTED_MEDIA_TYPE, "not-a-form", "This was not sent as a form",
                "Forms come as application/x-www-form-urlencoded, and not packed. Nothing was changed.".into()),
            Self::TooLong => (S::PAYLOAD_TOO_LARGE, "too-long", "This is too long",
                "A form holds a megabyte at most. Nothing was changed.".into()),
            Self::Malformed(why) => (S::BAD_REQUEST, "malformed", "This request cannot be read",
                format!("{why}. Open the page again and send the form from there.")),
            Self::ReadOnly => (S::SERVICE_UNAVAILABLE, "read-only", "We are mending something",
                "Reading works, and nothing can be written for a short while. Your text is still here: please send it again in ten minutes.".into()),
            Self::Store(StoreError::Contended) => (S::SERVICE_UNAVAILABLE, "busy",
                "Too many people at this moment",
                "Others were faster each time, and nothing was changed. Please try again in a minute.".into()),
            _ => (
                S::SERVICE_UNAVAILABLE, "unavailable", "This does not work at the moment",
                "The fault is ours, and nothing you sent was half done. Reading works; please try again in a few minutes.".into()),
        };
        Problem {
            status: status.as_u16(),
            code,
            title: title.into(),
            detail,
        }
    }

    fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Store(_) | Self::Page(_) | Self::Files(_) | Self::Random(_) | Self::Mailbox(_)
        )
    }
}

impl IntoResponse for AppError {
    /// Only marks the response; [`crate::web::reply::tell_problems`] writes it for whoever asked.
    fn into_response(self) -> Response {
        if self.is_ours() {
            tracing::error!(error = %self, "a request failed");
        }
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = status.into_response();
        response.extensions_mut().insert(problem);
        response
    }
}
