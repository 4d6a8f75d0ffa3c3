//! What became of a suggested edit. Its text is not in the mail.

use sodium_domain::suggestion::{State, Suggestion};

use super::{Worded, about, worded};
use crate::store::threads::Thread;
use crate::words::{say, say_with, terms};

/// What became of a suggested edit.
pub(crate) fn suggestion(suggestion: &Suggestion, thread: Option<&Thread>) -> Worded {
    let (subject, text) = match suggestion.state {
        State::Declined(why) => (
            say("suggestion-not-taken"),
            say_with(
                "moderator-read-suggestion-did-not",
                &[("why", &terms::decline_why(why))],
            ),
        ),
        // A decision that was changed meanwhile is told as it is now.
        _ => (
            say("suggestion-taken"),
            say("moderator-took-suggestion-thank-you").to_owned(),
        ),
    };
    let subject = match thread {
        Some(thread) => about(subject, &thread.title),
        None => subject.to_owned(),
    };
    worded(
        &subject,
        &[say("hello"), &text],
        Some((
            say("see-my-suggestion"),
            format!("/api/suggestions/{}", suggestion.id),
        )),
        say("get-because-suggested-edit"),
    )
}
