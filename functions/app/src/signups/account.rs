//! One's own page: who one is here, on which devices, and everything that is stored.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse as _};
use serde_json::{Value, json};
use sodium_domain::comment::Comment;
use sodium_domain::seat::{Seat, SeatState};

use crate::seal::Token;
use crate::state::App;
use crate::store::members::Device;
use crate::store::transaction::Commit;
use crate::views::comment::{excerpt_of, manage_url, state_text};
use crate::views::time::TimeView;
use crate::web::cookie::remember;
use crate::web::form::At;
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::SignedIn;

/// `GET /api/account`
pub(crate) async fn show(State(app): State<App>, signed_in: SignedIn) -> Answer {
    let values = app.account_values(&signed_in).await?;
    app.page(StatusCode::OK, "account", &values).await
}

/// `POST /api/account/devices/{device}/revoke`
pub(crate) async fn revoke(
    State(app): State<App>,
    SignedIn { profile, .. }: SignedIn,
    At(device): At<String>,
) -> Answer {
    match app.store.forget_device(&device, profile.id).await? {
        Commit::Done => Ok(see_other("/api/account")),
        Commit::Refused(_) => Err(AppError::NotFound),
    }
}

/// `POST /api/account/sign-out-others`: signs out everywhere else.
pub(crate) async fn revoke_others(
    State(app): State<App>,
    SignedIn { device, .. }: SignedIn,
) -> Answer {
    let token = Token::generate()?;
    let signed_out = app.store.sign_out_others(&device, &token, app.clock.now());
    if signed_out.await? != Commit::Done {
        return Err(AppError::SignedOut);
    }
    let cookie = remember(&app.config.base_url, &token);
    let back = see_other("/api/account#my-devices");
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), back).into_response())
}

impl App {
    async fn account_values(&self, signed_in: &SignedIn) -> Result<Value, AppError> {
        let SignedIn {
            profile,
            device: current,
        } = signed_in;
        let now = self.clock.now();
        let devices = self.store.devices(profile.id, now).await?;
        let mut shown = Vec::new();
        for device in &devices {
            let expires = jiff::Timestamp::from_second(device.expires).unwrap_or(now);
            shown.push(json!({
                "label": device.label,
                "created": TimeView::from(device.created),
                "last_seen": TimeView::from(device.seen),
                "expires": TimeView::from(expires),
                "current": device.id == current.id,
                "by": way_in(device),
                "action": format!("/api/account/devices/{}/revoke", device.id),
            }));
        }
        let belongings = self.store.own_things(profile.id).await?;
        let mut comments = Vec::new();
        for comment in &belongings.comments {
            comments.push(self.own_comment_line(comment).await?);
        }
        let mut seats = Vec::new();
        for seat in &belongings.seats {
            seats.push(self.own_seat_line(seat).await?);
        }
        let passkeys = self.passkey_values(signed_in).await?;
        Ok(json!({
            "title": "Your account",
            "member": {
                "name": profile.name.as_ref().map(|name| name.as_str()),
                "email": profile.address.as_ref().map(|address| address.as_str()),
                "joined": TimeView::from(profile.joined),
                "role": (!profile.role.is_plain()).then(|| profile.role.name()),
            },
            "passkeys": passkeys,
            "companies": self.company_values(&belongings.companies),
            "others_action": (shown.len() > 1).then_some("/api/account/sign-out-others"),
            "blocked": profile.block_at(now).map(|block| json!({
                "until": TimeView::from(block.until),
                "cause": block.reason.cause(),
                "url": format!("/api/decisions/{}", block.decision),
            })),
            "devices": shown,
            "comments": comments,
            "seats": seats,
            "mails": self.mails_values(profile).await?,
            "stored": stored(),
            "export_url": "/api/account/export",
            "delete_url": "/api/account/delete",
            "sign_out_action": "/api/sign-out",
            "moderation_url": self.moderates(profile).then_some("/api/moderation"),
        }))
    }

    async fn own_comment_line(&self, comment: &Comment) -> Result<Value, AppError> {
        let thread = self.store.thread(&comment.thread).await?;
        Ok(json!({
            "thread_title": thread.map_or_else(|| comment.thread.to_string(), |t| t.title),
            "url": manage_url(comment),
            "created": TimeView::from(comment.created),
            "state_text": state_text(comment.state).unwrap_or_else(|| "Published.".into()),
            "excerpt": excerpt_of(comment),
        }))
    }

    async fn own_seat_line(&self, seat: &Seat) -> Result<Value, AppError> {
        let session = self.store.session(&seat.session).await?;
        let title = session.map_or_else(|| seat.session.to_string(), |session| session.title);
        let state = match seat.state {
            SeatState::Confirmed => "You have a seat.",
            SeatState::Waiting => "You are on the waiting list.",
        };
        Ok(json!({
            "title": title,
            "url": format!("/api/sessions/{}", seat.session),
            "state_text": state,
        }))
    }
}

fn stored() -> Vec<Value> {
    let rows = STORED.iter();
    rows.map(|(what, why, expires)| json!({ "what": what, "why": why, "expires": expires }))
        .collect()
}

/// How a member came in on a device.
fn way_in(device: &Device) -> &'static str {
    match (&device.passkey, &device.company) {
        (Some(_), _) => "with a passkey",
        (None, Some(_)) => "with a company account",
        (None, None) => "by mail link",
    }
}

/// Everything that is stored of a member: what, why, and until when.
const STORED: &[(&str, &str, &str)] = &[
    (
        "Your e-mail address",
        "To send you sign-in links and what you asked to hear of. Nobody else sees it.",
        "Until you leave",
    ),
    (
        "Your name",
        "Shown beside what you write.",
        "Until you leave",
    ),
    (
        "Your comments",
        "Shown on the pages where you wrote them.",
        "Until you delete them or leave",
    ),
    (
        "Earlier texts of comments that you changed, the last twenty of each",
        "For moderators, who must be able to see what was answered. Nobody else sees them.",
        "Until you delete the comment or leave",
    ),
    (
        "Which comments you found helpful",
        "To count each member once. Readers see the number, never who.",
        "Until you take the mark back or leave",
    ),
    (
        "Decisions of moderators about you and your comments, with your appeals",
        "So that they can be explained and taken back, and that a moderator sees what happened before.",
        "One year, or until you leave",
    ),
    (
        "That you reported a comment",
        "As a scrambled mark, different for each comment, so that each report counts once.",
        "30 days",
    ),
    (
        "Your seats in live sessions",
        "To keep your place and send you the join link.",
        "Until you give them back or leave",
    ),
    (
        "Your place on the waitlist, if you joined it",
        "To write to you when it is your turn.",
        "Until you leave the list or leave",
    ),
    (
        "Your passkeys",
        "The public half of each, its name and its last use, to let you in without mail.",
        "Until you remove them or leave",
    ),
    (
        "Your accounts at companies",
        "If you connected one, a hash of which it is, to let you in with it.",
        "Until you disconnect it or leave",
    ),
    (
        "Your role here",
        "If you mentor, moderate or run this community.",
        "Until it is taken back or you leave",
    ),
    (
        "Which passkey questions and company answers were used",
        "So that each counts once. Without your name.",
        "10 minutes",
    ),
    (
        "The discussions that you follow",
        "To mail you what is new there, as often as you chose, and nothing twice.",
        "Until you stop following them or leave",
    ),
    (
        "What you decided about mails",
        "To send no others.",
        "Until you leave",
    ),
    (
        "The devices on which you are signed in",
        "To keep you signed in, and to let you sign them out.",
        "60 days after the last use",
    ),
    (
        "Keys of forms that you sent",
        "So that pressing twice does not post twice.",
        "7 days",
    ),
    (
        "Sign-in links that you asked for",
        "To sign you in when you press the button.",
        "15 minutes",
    ),
    (
        "Texts that you wrote before signing in",
        "To give them back to you afterwards.",
        "24 hours",
    ),
    (
        "Mails to you that are on their way",
        "Encrypted, until they are handed over.",
        "Minutes",
    ),
    (
        "Counts of what you sent",
        "To stop floods.",
        "Two hours at most",
    ),
];
