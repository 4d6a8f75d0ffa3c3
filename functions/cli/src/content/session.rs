//! The front matter of a live session.

use serde::Deserialize;
use sodium_domain::id::{SessionId, ThreadId};
use sodium_domain::session_time::{SessionTime, SessionTimeError};

use super::fields::{Fields, Located};
use super::front::{Front, id};
use super::problem::Findings;

/// A live session as its author describes it.
#[derive(Debug, Clone)]
pub struct Session {
    /// The id that sign-ups and calendars know it by.
    pub id: Located<SessionId>,
    /// Its discussion.
    pub thread: Located<ThreadId>,
    /// When it is.
    pub time: SessionTime,
    /// How many can take part.
    pub capacity: u32,
    /// Whether it is still to come.
    pub status: Status,
    /// Raised by one with each change of time or state, so that calendars take the new version.
    pub sequence: u32,
    /// The course it belongs to: "courses/<course>".
    pub course: Option<Located<String>>,
    /// Who leads it.
    pub host: Option<String>,
}

/// Decided by the author, not by comparing with today: builds stay the same on every day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is to come.
    Planned,
    /// It has taken place.
    Held,
    /// It will not take place.
    Cancelled,
}

pub(super) fn read(extra: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<Front> {
    let id = id(extra, "session", findings);
    let thread = self::id(extra, "thread", findings);
    let starts = extra.required::<String>("starts", findings);
    let zone = extra.required::<String>("zone", findings);
    let minutes = extra.required::<u32>("minutes", findings);
    let capacity = capacity(extra, findings);
    let status = extra.required::<Status>("status", findings);
    let sequence = extra.required::<u32>("sequence", findings);
    let course = extra.optional::<String>("course", findings);
    let host = extra.optional::<String>("host", findings);

    if let (Some(status), Some(sequence)) = (&status, &sequence) {
        check_sequence(status.value, sequence, findings);
    }
    let time = time(&starts?, &zone?, &minutes?, findings);
    Some(Front::Session(Box::new(Session {
        id: id?,
        thread: thread?,
        time: time?,
        capacity: capacity?.value,
        status: status?.value,
        sequence: sequence?.value,
        course,
        host: host.map(|host| host.value),
    })))
}

fn capacity(extra: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<Located<u32>> {
    let capacity = extra.required::<u32>("capacity", findings)?;
    if capacity.value > 0 {
        return Some(capacity);
    }
    findings.add(
        "session-capacity",
        capacity.span,
        "nobody could take part",
        "write how many people can, at least 1",
    );
    None
}

/// Calendars ignore a change that does not raise the sequence.
fn check_sequence(status: Status, sequence: &Located<u32>, findings: &mut Findings<'_>) {
    if status == Status::Cancelled && sequence.value == 0 {
        findings.add(
            "session-sequence",
            sequence.span.clone(),
            "calendars do not see a cancellation whose sequence is 0",
            "raise `sequence` by one with each change of time or state",
        );
    }
}

/// The time, with each of its faults at the key that has it.
fn time(
    starts: &Located<String>,
    zone: &Located<String>,
    minutes: &Located<u32>,
    findings: &mut Findings<'_>,
) -> Option<SessionTime> {
    let error = match SessionTime::parse(&starts.value, &zone.value, minutes.value) {
        Ok(time) => return Some(time),
        Err(error) => error,
    };
    let (rule, place, cure) = match &error {
        SessionTimeError::Starts(_) => (
            "session-time",
            &starts.span,
            "write a day and a time as the clock on the wall shows them, for instance \"2027-03-04T18:00\"",
        ),
        SessionTimeError::Skipped { .. } => (
            "session-time",
            &starts.span,
            "choose a time outside the hour that is skipped",
        ),
        SessionTimeError::Zone(_) => (
            "session-zone",
            &zone.span,
            "use a name from the IANA time zone database, for instance \"Europe/Berlin\" or \"Asia/Kolkata\"",
        ),
        SessionTimeError::Minutes(_) => (
            "session-minutes",
            &minutes.span,
            "write its length in minutes, a day at most",
        ),
    };
    // The domain's sentence on what is wrong; its second one, on what to do, is said better above.
    let message = error.to_string();
    let what = message
        .split_once(". ")
        .map_or(message.as_str(), |(what, _)| what);
    findings.add(rule, place.clone(), what, cure);
    None
}
