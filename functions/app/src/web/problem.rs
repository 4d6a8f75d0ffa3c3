//! Errors, and the one place that gives each its status. What people read is not what the log says.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use sodium_domain::email::EmailError;
use sodium_domain::markdown::SourceError;
use sodium_domain::member::Block;
use sodium_domain::name::NameError;
use sodium_domain::suggestion::EditError;
use sodium_domain::talk::TitleError;

use crate::files::FilesError;
use crate::seal::RandomError;
use crate::store::StoreError;
use crate::views::time::TimeView;
use crate::web::page::PageError;
use crate::words::{dates, terms};
use crate::words::{say, say_with};

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
    Edit(EditError),
    #[error("the page is another one by now")]
    PageChanged,
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
            Self::SignedOut => (
                S::UNAUTHORIZED,
                "sign-in",
                say("sign-first"),
                say("needs-know-who-sign-come").into(),
            ),
            Self::Nameless => (
                S::CONFLICT,
                "name",
                say("choose-name-first"),
                say("others-need-name-call-choose").into(),
            ),
            // 404 is what RFC 9110, 15.5.4, allows in place of 403.
            Self::NotYours => (
                S::NOT_FOUND,
                "forbidden",
                say("not-yours-change"),
                say("only-person-who-wrote-moderator").into(),
            ),
            Self::OwnComment => (
                S::CONFLICT,
                "own-comment",
                say("own-comment"),
                say("others-say-whether-helped-mark").into(),
            ),
            Self::PasskeyNeeded => (
                S::UNAUTHORIZED,
                "passkey",
                say("takes-passkey"),
                say("moderators-come-passkey-because-mailbox").into(),
            ),
            Self::PasskeyRefused => (
                S::UNPROCESSABLE_ENTITY,
                "passkey-refused",
                say("passkey-not-accepted"),
                say("may-have-been-removed-account").into(),
            ),
            Self::TooManyPasskeys => (
                S::CONFLICT,
                "passkeys",
                say("have-passkeys-enough"),
                say("remove-one-no-longer-use").into(),
            ),
            Self::PasskeysNotHere => (
                S::UNPROCESSABLE_ENTITY,
                "passkey-script",
                say("no-passkey-came-along"),
                say("passkeys-need-javascript-browser-address").into(),
            ),
            Self::CompanyRefused => (
                S::UNPROCESSABLE_ENTITY,
                "company-refused",
                say("not-signed"),
                say("companys-answer-came-too-late").into(),
            ),
            Self::CompanyAway => (
                S::SERVICE_UNAVAILABLE,
                "company-away",
                say("company-does-not-answer"),
                say("sign-page-cannot-reached-moment").into(),
            ),
            Self::NotFound => (
                S::NOT_FOUND,
                "not-found",
                say("there-nothing-here"),
                say("address-may-mistyped-what-here").into(),
            ),
            Self::OtherSite => (
                S::BAD_REQUEST,
                "other-site",
                say("form-not-sent-our-pages"),
                say("open-page-again-send-form").into(),
            ),
            Self::Body(error) => (
                S::UNPROCESSABLE_ENTITY,
                "text",
                say("please-change-text"),
                terms::source_error(error),
            ),
            Self::Title(error) => (
                S::UNPROCESSABLE_ENTITY,
                "title",
                say("please-change-title"),
                terms::title_error(error),
            ),
            Self::Edit(error) => (
                S::UNPROCESSABLE_ENTITY,
                "edit",
                say("please-change-text"),
                terms::edit_error(error),
            ),
            Self::PageChanged => (
                S::CONFLICT,
                "page-changed",
                say("page-changed-meanwhile"),
                say("look-how-text-differs-now").into(),
            ),
            Self::Address(error) => (
                S::UNPROCESSABLE_ENTITY,
                "address",
                say("please-check-address"),
                terms::email_error(error).to_owned(),
            ),
            Self::Name(error) => (
                S::UNPROCESSABLE_ENTITY,
                "name",
                say("please-choose-another-name"),
                terms::name_error(error),
            ),
            Self::NameTaken => (
                S::CONFLICT,
                "name-taken",
                say("please-choose-another-name"),
                say("somebody-has-name-one-looks").into(),
            ),
            Self::NameStays(until) => (
                S::CONFLICT,
                "name-stays",
                say("changed-name-lately"),
                say_with(
                    "others-have-know-whom-talk",
                    &[("day", &dates::day(*until))],
                ),
            ),
            Self::TooQuick => (
                S::TOO_MANY_REQUESTS,
                "too-quick",
                say("very-quick"),
                say("machines-fill-forms-fast-text").into(),
            ),
            Self::TooMany => (
                S::TOO_MANY_REQUESTS,
                "too-many",
                say("please-wait-little"),
                say("there-were-many-requests-short").into(),
            ),
            Self::Machine => (
                S::UNPROCESSABLE_ENTITY,
                "machine",
                say("please-leave-one-field-empty"),
                say("field-leave-empty-filled-programs").into(),
            ),
            Self::Changed => (
                S::CONFLICT,
                "changed",
                say("changed-meanwhile"),
                say("somebody-changed-while-were-looking").into(),
            ),
            Self::Blocked(block) => (
                S::CONFLICT,
                "blocked",
                say("cannot-write-while"),
                say_with(
                    "moderator-decided-so-because-can",
                    &[
                        ("cause", &terms::cause(block.reason)),
                        ("time", &TimeView::from(block.until).text()),
                    ],
                ),
            ),
            Self::Closed => (
                S::CONFLICT,
                "closed",
                say("discussion-closed"),
                say("new-comments-not-taken-here").into(),
            ),
            Self::QueueFull => (
                S::TOO_MANY_REQUESTS,
                "queue-full",
                say("many-first-comments-wait-moment"),
                say("person-reads-first-comments-everybody").into(),
            ),
            Self::TooLate => (
                S::GONE,
                "too-late",
                say("cannot-taken-back-any-more"),
                say("decision-can-taken-back-once").into(),
            ),
            Self::OwnDecision => (
                S::CONFLICT,
                "own-decision",
                say("another-moderator-answers"),
                say("somebody-appeals-against-what-decided").into(),
            ),
            Self::LinkUsed => (
                S::GONE,
                "link-used",
                say("link-does-not-work-any"),
                say("used-already-too-old-ask").into(),
            ),
            Self::NotAForm => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "not-a-form",
                say("not-sent-form"),
                say("forms-come-application-x-www").into(),
            ),
            Self::TooLong => (
                S::PAYLOAD_TOO_LARGE,
                "too-long",
                say("too-long"),
                say("form-holds-megabyte-most-nothing").into(),
            ),
            Self::Malformed(why) => (
                S::BAD_REQUEST,
                "malformed",
                say("request-cannot-read"),
                say_with("malformed-detail", &[("why", &why)]),
            ),
            Self::ReadOnly => (
                S::SERVICE_UNAVAILABLE,
                "read-only",
                say("mending-something"),
                say("reading-works-nothing-can-written").into(),
            ),
            Self::Store(StoreError::Contended) => (
                S::SERVICE_UNAVAILABLE,
                "busy",
                say("too-many-people-moment"),
                say("others-were-faster-each-time").into(),
            ),
            _ => (
                S::SERVICE_UNAVAILABLE,
                "unavailable",
                say("does-not-work-moment"),
                say("fault-ours-nothing-sent-half").into(),
            ),
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
