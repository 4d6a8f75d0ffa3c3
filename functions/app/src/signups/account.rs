//! One's own page: who one is here, on which devices, and everything that is stored.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse as _};
use serde_json::{Value, json};
use sodium_domain::comment::Comment;
use sodium_domain::seat::{Seat, SeatState};
use sodium_domain::suggestion::Suggestion;

use crate::seal::Token;
use crate::signups::{language, quoting};
use crate::state::App;
use crate::store::members::Device;
use crate::store::transaction::Commit;
use crate::views::comment::{excerpt_of, manage_url, state_text};
use crate::views::suggestion::suggestion_url;
use crate::views::time::TimeView;
use crate::web::cookie::remember;
use crate::web::form::At;
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::SignedIn;
use crate::words::terms;
use crate::words::{count, say};

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
        let mut suggestions = Vec::new();
        let kept = belongings.suggestions.iter();
        for suggestion in kept.filter(|suggestion| !suggestion.is_over(now)) {
            suggestions.push(self.own_suggestion_line(suggestion).await?);
        }
        let passkeys = self.passkey_values(signed_in).await?;
        Ok(json!({
            "title": say("your-account"),
            "member": {
                "name": profile.name.as_ref().map(|name| name.as_str()),
                "email": profile.address.as_ref().map(|address| address.as_str()),
                "joined": TimeView::from(profile.joined),
                "role": (!profile.role.is_plain()).then(|| terms::role(profile.role)),
            },
            "passkeys": passkeys,
            "companies": self.company_values(&belongings.companies),
            "others_action": (shown.len() > 1).then_some("/api/account/sign-out-others"),
            "blocked": profile.block_at(now).map(|block| json!({
                "until": TimeView::from(block.until),
                "cause": terms::cause(block.reason),
                "url": format!("/api/decisions/{}", block.decision),
            })),
            "devices": shown,
            "comments": comments,
            "seats": seats,
            "lessons_text": lessons_text(belongings.lessons_done.len()),
            "suggestions": suggestions,
            "mails": self.mails_values(profile).await?,
            "languages": language::choices(profile),
            "quotings": quoting::choices(profile),
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
            "state_text": state_text(comment.state).unwrap_or_else(|| say("published").into()),
            "excerpt": excerpt_of(comment),
        }))
    }

    async fn own_suggestion_line(&self, suggestion: &Suggestion) -> Result<Value, AppError> {
        let thread = self.store.thread(&suggestion.thread).await?;
        Ok(json!({
            "title": thread.map_or_else(|| suggestion.path.clone(), |thread| thread.title),
            "url": suggestion_url(suggestion),
            "made": TimeView::from(suggestion.made),
            "state_text": terms::suggestion_state(suggestion.state),
        }))
    }

    async fn own_seat_line(&self, seat: &Seat) -> Result<Value, AppError> {
        let session = self.store.session(&seat.session).await?;
        let title = session.map_or_else(|| seat.session.to_string(), |session| session.title);
        let state = match seat.state {
            SeatState::Confirmed => say("have-seat"),
            SeatState::Waiting => say("on-waiting-list"),
        };
        Ok(json!({
            "title": title,
            "url": format!("/api/sessions/{}", seat.session),
            "state_text": state,
        }))
    }
}

fn lessons_text(done: usize) -> Option<String> {
    (done > 0).then(|| count("lessons-done", done as u64))
}

fn stored() -> Vec<Value> {
    let rows = stored_things().into_iter();
    rows.map(|(what, why, expires)| json!({ "what": what, "why": why, "expires": expires }))
        .collect()
}

/// How a member came in on a device.
fn way_in(device: &Device) -> &'static str {
    match (&device.passkey, &device.company) {
        (Some(_), _) => say("with-a-passkey"),
        (None, Some(_)) => say("company-account"),
        (None, None) => say("mail-link"),
    }
}

/// Everything that is stored of a member: what, why, and until when.
fn stored_things() -> [(&'static str, &'static str, &'static str); 24] {
    [
        (
            say("your-address"),
            say("send-sign-links-what-asked"),
            say("until-leave"),
        ),
        (
            say("your-name"),
            say("shown-beside-what-write"),
            say("until-leave"),
        ),
        (
            say("your-comments"),
            say("shown-pages-where-wrote"),
            say("until-delete-leave"),
        ),
        (
            say("earlier-texts-comments-changed-last"),
            say("moderators-who-must-able-see"),
            say("until-delete-comment-leave"),
        ),
        (
            say("which-comments-found-helpful"),
            say("count-each-member-once-readers"),
            say("until-take-mark-back-leave"),
        ),
        (
            say("edits-suggested"),
            say("until-page-changed-so-reviewed"),
            say("until-withdraw-or-decided"),
        ),
        (
            say("decisions-moderators-about-comments-appeals"),
            say("so-can-explained-taken-back"),
            say("one-year-until-leave"),
        ),
        (
            say("reported-comment"),
            say("scrambled-mark-different-each-comment"),
            say("thirty-days"),
        ),
        (
            say("seats-live-sessions"),
            say("keep-place-send-join-link"),
            say("until-give-back-leave"),
        ),
        (
            say("lessons-marked-done"),
            say("show-progress-go-on"),
            say("until-take-mark-back-leave"),
        ),
        (
            say("place-waitlist-if-joined"),
            say("write-when-turn"),
            say("until-leave-list-leave"),
        ),
        (
            say("your-passkeys"),
            say("public-half-each-name-last"),
            say("until-remove-leave"),
        ),
        (
            say("accounts-companies"),
            say("if-connected-one-hash-which"),
            say("until-disconnect-leave"),
        ),
        (
            say("role-here"),
            say("if-mentor-moderate-run-community"),
            say("until-taken-back-leave"),
        ),
        (
            say("which-passkey-questions-company-answers"),
            say("so-each-counts-once-without"),
            say("ten-minutes"),
        ),
        (
            say("discussions-follow"),
            say("mail-what-new-there-often"),
            say("until-stop-following-leave"),
        ),
        (
            say("what-decided-about-mails"),
            say("send-no-others"),
            say("until-leave"),
        ),
        (
            say("language-chosen"),
            say("to-write-in-language"),
            say("until-leave"),
        ),
        (
            say("devices-which-signed"),
            say("keep-signed-let-sign-out"),
            say("60-days-after-last-use"),
        ),
        (
            say("keys-forms-sent"),
            say("so-pressing-twice-does-not"),
            say("seven-days"),
        ),
        (
            say("sign-links-asked"),
            say("sign-when-press-button"),
            say("fifteen-minutes"),
        ),
        (
            say("texts-wrote-before-signing"),
            say("give-back-afterwards"),
            say("day-and-night"),
        ),
        (
            say("mails-their-way"),
            say("encrypted-until-handed-over"),
            say("some-minutes"),
        ),
        (
            say("counts-what-sent"),
            say("stop-floods"),
            say("two-hours-most"),
        ),
    ]
}
