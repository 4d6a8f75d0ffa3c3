//! Who may write in a discussion: everybody; everybody, and a person reads each comment first;
//! nobody.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use sodium_domain::decision::{Act, Decision, Effect};
use sodium_domain::id::ThreadId;
use sodium_domain::thread::Mode;

use crate::state::App;
use crate::store::outbox::Work;
use crate::views::thread::ThreadLink;
use crate::web::form::{At, Sent};
use crate::web::problem::AppError;
use crate::web::reply::{Answer, see_other};
use crate::web::visitor::Moderator;
use crate::words::say;

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    mode: Mode,
}

/// What a mode is called, what it means, and the button that chooses it.
fn choices() -> [(Mode, [&'static str; 3]); 3] {
    [
        (
            Mode::Open,
            [
                say("mode-open"),
                say("comments-appear-policy-says"),
                say("make-open"),
            ],
        ),
        (
            Mode::Slow,
            [
                say("mode-slow"),
                say("person-reads-each-comment-first"),
                say("make-slow"),
            ],
        ),
        (
            Mode::Closed,
            [
                say("mode-closed"),
                say("everything-stays-readable-new-comments"),
                say("make-closed"),
            ],
        ),
    ]
}

/// `GET /api/threads/{thread}/moderation`
pub(crate) async fn form(
    State(app): State<App>,
    _moderator: Moderator,
    At(id): At<ThreadId>,
) -> Answer {
    let thread = app.store.thread(&id).await?.ok_or(AppError::NotFound)?;
    let choices = choices().map(|(mode, [name, meaning, button])| {
        json!({
            "value": mode.word(), "name": name, "meaning": meaning, "button": button,
            "current": mode == thread.mode,
        })
    });
    let by_policy = app.config.policy.hold.slow_threads.contains(&id);
    let values = json!({
        "title": say("who-may-write-here"),
        "thread": ThreadLink::from(&thread),
        "action": format!("/api/threads/{id}/moderation"),
        "choices": choices,
        "note": by_policy.then_some(say("policy-file-lists-discussion-slow")),
    });
    app.page(StatusCode::OK, "thread_mode", &values).await
}

/// `POST /api/threads/{thread}/moderation`
pub(crate) async fn choose(
    State(app): State<App>,
    moderator: Moderator,
    At(id): At<ThreadId>,
    Sent(Wanted { mode }): Sent<Wanted>,
) -> Answer {
    let thread = app.store.thread(&id).await?.ok_or(AppError::NotFound)?;
    let back = format!("/api/threads/{id}/moderation");
    if thread.mode == mode {
        return Ok(see_other(&back));
    }
    let act = match mode {
        Mode::Open => Act::Open,
        Mode::Slow => Act::Slow,
        Mode::Closed => Act::Close,
    };
    let decision = Decision {
        id: app.ids.next().into(),
        act,
        reason: None,
        by: moderator.profile.id,
        at: app.clock.now(),
        effect: Effect::Thread {
            thread: id.clone(),
            before: thread.mode,
            after: mode,
        },
        member: None,
        previous: None,
        waited: None,
        appeal: None,
        undone: None,
    };
    let bake = Work::ThreadModeChanged { thread: id };
    let follows = app.follows(vec![app.outgoing(bake)]);
    app.committed(app.store.decide_thread(&decision, &follows).await?)?;
    Ok(see_other(&back))
}

impl App {
    /// Who may write in a thread, by a moderator's decision or by the policy file.
    pub(crate) async fn mode_of(&self, thread: &ThreadId) -> Result<Mode, AppError> {
        let stored = self.store.thread(thread).await?.map(|thread| thread.mode);
        Ok(self
            .config
            .policy
            .mode_of(thread, stored.unwrap_or_default()))
    }
}
