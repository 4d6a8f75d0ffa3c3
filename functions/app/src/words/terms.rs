//! What the terms of the domain are called. The domain has rules and no words.

use sodium_domain::board::Filter;
use sodium_domain::comment::Reason;
use sodium_domain::decision::{Act, LogEntry};
use sodium_domain::email::EmailError;
use sodium_domain::follow::Pace;
use sodium_domain::markdown::{MAX_CHARS, MAX_MARKS, SourceError};
use sodium_domain::member::Role;
use sodium_domain::name::{self, MAX_LETTERS, MIN_LETTERS, NameError};
use sodium_domain::policy::Held;
use sodium_domain::suggestion::{Decline, EditError, MAX_BYTES, MAX_LINES, State};
use sodium_domain::talk::{Kind, TITLE_MAX, TitleError};
use sodium_domain::waitlist::Interest;

use super::{say, say_with};

/// What a button says.
pub(crate) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Spam => say("reason-spam"),
        Reason::Unkind => say("reason-unkind"),
        Reason::OffTopic => say("reason-off-topic"),
        Reason::Private => say("reason-private"),
        Reason::Unlawful => say("reason-unlawful"),
    }
}

/// What people read after “because”.
pub(crate) fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::Spam => say("why-spam"),
        Reason::Unkind => say("why-unkind"),
        Reason::OffTopic => say("why-off-topic"),
        Reason::Private => say("why-private"),
        Reason::Unlawful => say("why-unlawful"),
    }
}

/// What people read where it is about a person: “because of …”.
pub(crate) fn cause(reason: Reason) -> &'static str {
    match reason {
        Reason::Spam => say("cause-spam"),
        Reason::Unkind => say("cause-unkind"),
        Reason::OffTopic => say("cause-off-topic"),
        Reason::Private => say("cause-private"),
        Reason::Unlawful => say("cause-unlawful"),
    }
}

/// What a button says that does not take a suggested edit.
pub(crate) fn decline(reason: Decline) -> &'static str {
    match reason {
        Decline::Done => say("decline-done"),
        Decline::Right => say("decline-right"),
        Decline::Discuss => say("decline-discuss"),
        Decline::Large => say("decline-large"),
        Decline::Unfit => say("decline-unfit"),
    }
}

/// What its author reads after “because”.
pub(crate) fn decline_why(reason: Decline) -> &'static str {
    match reason {
        Decline::Done => say("decline-why-done"),
        Decline::Right => say("decline-why-right"),
        Decline::Discuss => say("decline-why-discuss"),
        Decline::Large => say("decline-why-large"),
        Decline::Unfit => say("decline-why-unfit"),
    }
}

/// Where a suggested edit stands, for its author.
pub(crate) fn suggestion_state(state: State) -> String {
    match state {
        State::Waiting => say("suggestion-waits").into(),
        State::Taken => say("suggestion-is-taken").into(),
        State::Declined(why) => say_with("suggestion-is-declined", &[("why", &decline_why(why))]),
        State::Pulled => say("suggestion-is-pulled").into(),
    }
}

/// Why a text is no suggestion.
pub(crate) fn edit_error(error: &EditError) -> String {
    match error {
        EditError::Empty => say("edit-empty").into(),
        EditError::Same => say("edit-same").into(),
        EditError::TooLong(bytes) => {
            say_with("edit-too-long", &[("bytes", bytes), ("max", &MAX_BYTES)])
        }
        EditError::TooManyLines(lines) => say_with(
            "edit-too-many-lines",
            &[("lines", lines), ("max", &MAX_LINES)],
        ),
        EditError::TooMuch => say("edit-too-much").into(),
    }
}

/// What happened when a moderator decided.
pub(crate) fn act(act: Act) -> &'static str {
    match act {
        Act::Publish => say("act-publish"),
        Act::Reject => say("act-reject"),
        Act::Remove => say("act-remove"),
        Act::Keep => say("act-keep"),
        Act::Grant => say("act-grant"),
        Act::Uphold => say("act-uphold"),
        Act::Block => say("act-block"),
        Act::Open => say("act-open"),
        Act::Slow => say("act-slow"),
        Act::Close => say("act-close"),
    }
}

/// What a line of the public log says.
pub(crate) fn log_label(entry: &LogEntry) -> String {
    if entry.undone {
        say_with("act-taken-back", &[("what", &lower_first(act(entry.act)))])
    } else {
        act(entry.act).to_owned()
    }
}

/// Why, as the end of the sentence that [`log_label`] begins.
pub(crate) fn log_why(entry: &LogEntry) -> Option<String> {
    let reason = entry.reason?;
    Some(match entry.thread {
        Some(_) => say_with("log-because", &[("why", &why(reason))]),
        None => say_with("log-because-of", &[("cause", &cause(reason))]),
    })
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}

/// A kind of talk.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Comment => say("kind-comment"),
        Kind::Question => say("kind-question"),
        Kind::Correction => say("kind-correction"),
        Kind::Tip => say("kind-tip"),
    }
}

/// A way to see fewer discussions.
pub(crate) fn filter(filter: Filter) -> &'static str {
    match filter {
        Filter::All => say("filter-all"),
        Filter::Questions => say("filter-questions"),
        Filter::Unanswered => say("filter-unanswered"),
        Filter::Answered => say("filter-answered"),
        Filter::Open => say("filter-open"),
        Filter::Fixed => say("filter-fixed"),
    }
}

/// How often somebody is mailed.
pub(crate) fn pace(pace: Pace) -> &'static str {
    match pace {
        Pace::AtOnce => say("pace-at-once"),
        Pace::Daily => say("pace-daily"),
        Pace::Weekly => say("pace-weekly"),
    }
}

/// What somebody on the waitlist hopes for.
pub(crate) fn interest(interest: Interest) -> &'static str {
    match interest {
        Interest::Unsaid => say("interest-unsaid"),
        Interest::Learn => say("interest-learn"),
        Interest::Teach => say("interest-teach"),
        Interest::Company => say("interest-company"),
    }
}

/// What a member is here, as they are told.
pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Member => say("role-member"),
        Role::Mentor => say("role-mentor"),
        Role::Moderator => say("role-moderator"),
        Role::Operator => say("role-operator"),
    }
}

/// Why a text waits for a person.
pub(crate) fn held(held: Held) -> &'static str {
    match held {
        Held::SlowThread => say("held-slow"),
        Held::Newcomer => say("held-newcomer"),
        Held::ManyLinks => say("held-links"),
        Held::Word => say("held-word"),
    }
}

/// Why a text cannot be a comment.
pub(crate) fn source_error(error: &SourceError) -> String {
    match error {
        SourceError::Empty => say("text-empty").to_owned(),
        SourceError::TooLong { chars } => {
            say_with("text-too-long", &[("chars", chars), ("max", &MAX_CHARS)])
        }
        SourceError::TooManyMarks => say_with("text-marks", &[("max", &MAX_MARKS)]),
    }
}

/// Why a text cannot be a title.
pub(crate) fn title_error(error: &TitleError) -> String {
    match error {
        TitleError::TooShort => say("title-too-short").to_owned(),
        TitleError::TooLong { chars } => {
            say_with("title-too-long", &[("chars", chars), ("max", &TITLE_MAX)])
        }
    }
}

/// Why a text is no address that can be written to.
pub(crate) fn email_error(error: &EmailError) -> &'static str {
    match error {
        EmailError::Empty => say("email-empty"),
        EmailError::TooLong => say("email-too-long"),
        EmailError::NotOneAt => say("email-one-at"),
        EmailError::NotAscii => say("email-letters"),
        EmailError::Local => say("email-before-at"),
        EmailError::Domain => say("email-after-at"),
    }
}

/// Why a text cannot be a name.
pub(crate) fn name_error(error: &NameError) -> String {
    match error {
        NameError::TooShort => say_with("name-too-short", &[("min", &MIN_LETTERS)]),
        NameError::TooLong => say_with("name-too-long", &[("max", &MAX_LETTERS)]),
        NameError::Invisible => say("name-invisible").to_owned(),
        NameError::Address => say("name-address").to_owned(),
        NameError::WebAddress => say("name-web-address").to_owned(),
        NameError::Character(character) => say_with("name-character", &[("character", character)]),
        NameError::NoLetter => say("name-no-letter").to_owned(),
        NameError::TooManyMarks => say_with("name-marks", &[("max", &name::MAX_MARKS)]),
        NameError::MixedAlphabets => say("name-alphabets").to_owned(),
        NameError::MisleadingCapitals => say("name-capitals").to_owned(),
        NameError::Reserved => say("name-reserved").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The domain says in English what is wrong, for logs and tests; people read the same.
    #[test]
    fn what_the_domain_says_is_what_people_read() {
        for error in [
            SourceError::Empty,
            SourceError::TooLong { chars: 10_001 },
            SourceError::TooManyMarks,
        ] {
            assert_eq!(source_error(&error), error.to_string());
        }
        for error in [TitleError::TooShort, TitleError::TooLong { chars: 200 }] {
            assert_eq!(title_error(&error), error.to_string());
        }
        for error in [
            EmailError::Empty,
            EmailError::TooLong,
            EmailError::NotOneAt,
            EmailError::NotAscii,
            EmailError::Local,
            EmailError::Domain,
        ] {
            assert_eq!(email_error(&error), error.to_string());
        }
        for error in [
            NameError::TooShort,
            NameError::TooLong,
            NameError::Invisible,
            NameError::Address,
            NameError::WebAddress,
            NameError::Character('|'),
            NameError::NoLetter,
            NameError::TooManyMarks,
            NameError::MixedAlphabets,
            NameError::MisleadingCapitals,
            NameError::Reserved,
        ] {
            assert_eq!(name_error(&error), error.to_string());
        }
    }
}
