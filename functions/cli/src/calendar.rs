//! Calendar files (RFC 5545): one for each live session, one for each course, one for all.
//!
//! Decisions, so that every calendar program shows the same thing and a build is the same on every day:
//! - `UID` is `<session id>@sodium-learn`. It does not contain the site's host, so it outlives a move.
//! - `DTSTART` and `DTEND` are in UTC: one instant, no zone table that a program may read in its own way.
//!   When a government moves its clocks, the next build writes the new instant under the same `UID`.
//! - `DTSTAMP` grows with `SEQUENCE` and knows no clock: programs that compare both take the higher revision.
//! - A calendar without an event is no calendar (RFC 5545, 3.6): where there is no session, there is no file.
//! - No `METHOD`: the files are subscribed to or imported; they invite nobody (RFC 5546).

use std::io;
use std::path::Path;

use icalendar::{Calendar, Component, Event, EventStatus, Property};
use jiff::{SignedDuration, Timestamp};
use sodium_app::words::{Language, say, speaking_now};

use crate::content::{Common, Content, Page, Session, Status, translated_from};
use crate::files;

/// Names the program that made the file, as RFC 5545 (3.7.3) asks.
const PRODUCT: &str = "-//Sodium Learn//Sessions//EN";
/// The list of sessions in the content folder.
const SESSIONS: &str = "sessions/_index.md";
/// What makes session ids unique among the world's events.
const UID_DOMAIN: &str = "sodium-learn";
/// 2026-01-01T00:00:00Z: revision 0 of every session.
const REVISION_ZERO: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// A session with its page.
type Entry<'c> = (&'c Page, &'c Common, &'c Session);

/// Writes a `session.ics` beside the page of each session, and a `calendar.ics` beside the list of sessions and
/// beside each course that has some: in every language in which there is that list or that course. A session that
/// is not translated stands in the calendars of other languages as it is.
///
/// `base_url` is the site's address without a slash at the end.
///
/// # Errors
/// When a file cannot be written.
pub fn write_calendars(content: &Content, out_dir: &Path, base_url: &str) -> io::Result<()> {
    let base_url = base_url.trim_end_matches('/');
    for entry in content.sessions() {
        let (page, common, _) = entry;
        let text = calendar(&common.title.value, &[entry], base_url);
        write(out_dir, &page.url, "session.ics", &text)?;
    }
    for language in Language::all() {
        let sessions = sessions_in(content, language);
        let is_listed = language == Language::default() || content.has(SESSIONS, language);
        if is_listed && !sessions.is_empty() {
            let name = speaking_now(language, || say("calendar-name"));
            let all = calendar(name, &sessions, base_url);
            let folder = format!("{}/sessions/", language.prefix());
            write(out_dir, &folder, "calendar.ics", &all)?;
        }
        for (page, common) in content.courses() {
            let (file, spoken) = translated_from(&page.file);
            let of_course = |(.., session): &&Entry<'_>| {
                let course = session.course.as_ref().map(|course| course.value.as_str());
                course == file.strip_suffix("/_index.md")
            };
            let sessions: Vec<_> = sessions.iter().filter(of_course).copied().collect();
            if spoken == language && !sessions.is_empty() {
                let text = calendar(&common.title.value, &sessions, base_url);
                write(out_dir, &page.url, "calendar.ics", &text)?;
            }
        }
    }
    Ok(())
}

/// Every session once, in this language where it is translated.
fn sessions_in(content: &Content, language: Language) -> Vec<Entry<'_>> {
    let is_in = |(page, ..): &Entry<'_>, wanted| translated_from(&page.file).1 == wanted;
    let own = content
        .sessions()
        .filter(|entry| is_in(entry, Language::default()));
    let translated = |entry: Entry<'_>| {
        let mut others = content.sessions().filter(|other| is_in(other, language));
        others.find(|(.., session)| session.id.value == entry.2.id.value)
    };
    own.map(|entry| translated(entry).unwrap_or(entry))
        .collect()
}

fn write(out_dir: &Path, url: &str, name: &str, text: &str) -> io::Result<()> {
    files::write(&out_dir.join(url.trim_matches('/')).join(name), text)
}

/// A calendar file.
fn calendar(name: &str, sessions: &[Entry<'_>], base_url: &str) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", PRODUCT));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    calendar.name(name);
    calendar.extend(sessions.iter().map(|entry| event(*entry, base_url)));
    calendar.to_string()
}

fn event((page, common, session): Entry<'_>, base_url: &str) -> Event {
    let url = format!("{base_url}{}", page.url);
    let revision = REVISION_ZERO + SignedDuration::from_secs(session.sequence.into());
    let mut event = Event::new();
    event
        .uid(&format!("{}@{UID_DOMAIN}", session.id.value))
        .summary(&common.title.value)
        .description(&format!("{}\n\n{url}", common.description.value))
        .url(&url)
        .sequence(session.sequence)
        .status(status(session.status))
        .add_property("DTSTAMP", utc(revision))
        .add_property("DTSTART", utc(session.time.instant()))
        .add_property("DTEND", utc(session.time.end()));
    if let Some(host) = &session.host {
        event.add_property("CONTACT", host);
    }
    event
}

fn status(status: Status) -> EventStatus {
    match status {
        Status::Planned | Status::Held => EventStatus::Confirmed,
        Status::Cancelled => EventStatus::Cancelled,
    }
}

/// "Form #2: date with UTC time" of RFC 5545 (3.3.5).
fn utc(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}
