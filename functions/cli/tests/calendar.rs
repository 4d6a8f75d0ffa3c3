//! The calendar files, read back by icalendar's parser. `validate_calendars.py` reads them with another one.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use icalendar::{Calendar, CalendarComponent, Component, Event, EventStatus};
use sodium_cli::calendar::write_calendars;
use sodium_cli::content::Content;
use tempfile::TempDir;

const COURSE: &str = r#"+++
title = "First steps"
description = "A course."
weight = 1
sort_by = "weight"
template = "course.html"
page_template = "lesson.html"

[extra]
level = "Beginners"
hours = 2
audience = "Everyone"
outcomes = ["One"]
+++
"#;

/// A content folder with one course, and the calendars made from it.
struct Calendars {
    content: TempDir,
    out: TempDir,
}

impl Calendars {
    fn new() -> Self {
        let calendars = Self {
            content: tempfile::tempdir().unwrap(),
            out: tempfile::tempdir().unwrap(),
        };
        calendars.page("courses/first/_index.md", COURSE);
        calendars
    }

    fn page(&self, file: &str, text: &str) {
        let path = self.content.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn session(self, slug: &str, title: &str, extra: &str) -> Self {
        let text = format!(
            "+++\ntitle = \"{title}\"\ndescription = \"Bring questions; answers, too.\"\ndate = 2026-11-23\n\n\
             [extra]\nsession = \"{slug}\"\nthread = \"{slug}\"\ncapacity = 30\n{extra}\n+++\n"
        );
        self.page(&format!("sessions/{slug}.md"), &text);
        self
    }

    fn write(self) -> Self {
        self.write_for("https://learn.example");
        self
    }

    fn write_for(&self, base_url: &str) {
        let (content, problems) = Content::load(self.content.path()).unwrap();
        assert_eq!(problems, [], "the content is wrong");
        write_calendars(&content, self.out.path(), base_url).unwrap();
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.out.path().join(file)).unwrap()
    }

    fn events(&self, file: &str) -> Vec<Event> {
        let calendar: Calendar = self.text(file).parse().unwrap();
        let event = |component| match component {
            CalendarComponent::Event(event) => event,
            other => panic!("{other:?} is no event"),
        };
        calendar.components.into_iter().map(event).collect()
    }
}

fn at(starts: &str, zone: &str) -> String {
    format!(
        "starts = \"{starts}\"\nzone = \"{zone}\"\nminutes = 90\nstatus = \"planned\"\nsequence = 0"
    )
}

fn times(event: &Event) -> (&str, &str) {
    (
        event.property_value("DTSTART").unwrap(),
        event.property_value("DTEND").unwrap(),
    )
}

#[test]
fn a_session_has_a_file_beside_its_page() {
    let calendars = Calendars::new()
        .session(
            "opening",
            "The opening",
            &at("2027-03-04T18:00", "Europe/Berlin"),
        )
        .write();
    insta::assert_snapshot!(calendars.text("sessions/opening/session.ics").replace('\r', ""), @r"
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//Sodium Learn//Sessions//EN
    CALSCALE:GREGORIAN
    NAME:The opening
    X-WR-CALNAME:The opening
    BEGIN:VEVENT
    DESCRIPTION:Bring questions\; answers\, too.\n\nhttps://learn.example/sessi
     ons/opening/
    DTEND:20270304T183000Z
    DTSTAMP:20260101T000000Z
    DTSTART:20270304T170000Z
    SEQUENCE:0
    STATUS:CONFIRMED
    SUMMARY:The opening
    UID:opening@sodium-learn
    URL:https://learn.example/sessions/opening/
    END:VEVENT
    END:VCALENDAR
    ");
}

#[test]
fn the_instant_follows_the_zones_clock_through_the_year() {
    let calendars = Calendars::new()
        .session("a-winter", "a", &at("2027-03-04T18:00", "Europe/Berlin"))
        .session("b-summer", "b", &at("2027-07-01T18:00", "Europe/Berlin"))
        .session("c-across", "c", &at("2027-03-28T01:30", "Europe/Berlin"))
        .session("d-half-hour", "d", &at("2027-07-01T18:00", "Asia/Kolkata"))
        .write();
    let events = calendars.events("sessions/calendar.ics");
    let times: Vec<_> = events.iter().map(times).collect();
    assert_eq!(
        times,
        [
            ("20270304T170000Z", "20270304T183000Z"),
            ("20270701T160000Z", "20270701T173000Z"),
            ("20270328T003000Z", "20270328T020000Z"),
            ("20270701T123000Z", "20270701T140000Z"),
        ]
    );
}

#[test]
fn a_course_has_the_calendar_of_its_own_sessions() {
    let in_course = at("2027-03-04T18:00", "UTC") + "\ncourse = \"courses/first\"";
    let calendars = Calendars::new()
        .session("in-it", "In the course", &in_course)
        .session("not-in-it", "On its own", &at("2027-03-05T18:00", "UTC"))
        .write();
    let titles = |file| -> Vec<String> {
        calendars
            .events(file)
            .iter()
            .map(|event| event.get_summary().unwrap().to_owned())
            .collect()
    };
    assert_eq!(titles("courses/first/calendar.ics"), ["In the course"]);
    assert_eq!(
        titles("sessions/calendar.ics"),
        ["In the course", "On its own"]
    );
}

#[test]
fn each_language_has_calendars_that_are_named_in_it() {
    let at = at("2027-03-04T18:00", "UTC");
    let in_course = format!("{at}\ncourse = \"courses/first\"");
    let calendars = Calendars::new()
        .session("in-it", "In the course", &in_course)
        .session("not-in-it", "On its own", &at);
    let course = COURSE.replace("First steps", "الخطوات الأولى");
    calendars.page("courses/first/_index.ar.md", &course);
    let list = "+++\ntitle = \"اللقاءات\"\ndescription = \"قائمة.\"\nsort_by = \"weight\"\n\
                template = \"sessions.html\"\npage_template = \"session.html\"\n+++\n";
    calendars.page("sessions/_index.ar.md", list);
    let own = fs::read_to_string(calendars.content.path().join("sessions/not-in-it.md")).unwrap();
    let translated = own.replace("On its own", "بمفرده");
    calendars.page("sessions/not-in-it.ar.md", &translated);
    let calendars = calendars.write();

    let shown = |file| -> (String, Vec<String>) {
        let calendar: Calendar = calendars.text(file).parse().unwrap();
        let titles = calendars.events(file);
        let titles = titles
            .iter()
            .map(|event| event.get_summary().unwrap().to_owned());
        (calendar.get_name().unwrap().to_owned(), titles.collect())
    };
    for (file, name, titles) in [
        (
            "courses/first/calendar.ics",
            "First steps",
            &["In the course"][..],
        ),
        (
            "ar/courses/first/calendar.ics",
            "الخطوات الأولى",
            &["In the course"],
        ),
        (
            "sessions/calendar.ics",
            "Sodium Learn: live sessions",
            &["In the course", "On its own"],
        ),
        (
            "ar/sessions/calendar.ics",
            "Sodium Learn: اللقاءات المباشرة",
            &["In the course", "بمفرده"],
        ),
        ("ar/sessions/not-in-it/session.ics", "بمفرده", &["بمفرده"]),
    ] {
        assert_eq!(
            shown(file),
            (name.into(), titles.iter().map(|&t| t.to_owned()).collect()),
            "{file}"
        );
    }
}

#[test]
fn where_there_is_no_session_there_is_no_calendar() {
    let without_any = Calendars::new().write();
    let of_no_course = Calendars::new()
        .session("opening", "On its own", &at("2027-03-04T18:00", "UTC"))
        .write();
    let has = |calendars: &Calendars, file| calendars.out.path().join(file).exists();

    assert!(!has(&without_any, "sessions/calendar.ics"));
    assert!(has(&of_no_course, "sessions/calendar.ics"));
    assert!(!has(&of_no_course, "courses/first/calendar.ics"));
}

#[test]
fn a_cancelled_session_keeps_its_uid_and_is_a_newer_revision() {
    let at = |status, sequence| {
        format!(
            "starts = \"2027-03-04T18:00\"\nzone = \"UTC\"\nminutes = 60\nstatus = \"{status}\"\nsequence = {sequence}"
        )
    };
    let event = |extra: String| {
        let calendars = Calendars::new()
            .session("opening", "The opening", &extra)
            .write();
        calendars.events("sessions/opening/session.ics").remove(0)
    };
    let (planned, cancelled) = (event(at("planned", 0)), event(at("cancelled", 1)));

    assert_eq!(cancelled.get_uid(), planned.get_uid());
    assert_eq!(planned.get_status(), Some(EventStatus::Confirmed));
    assert_eq!(cancelled.get_status(), Some(EventStatus::Cancelled));
    assert_eq!(
        (planned.get_sequence(), cancelled.get_sequence()),
        (Some(0), Some(1))
    );
    assert!(planned.get_timestamp() < cancelled.get_timestamp());
}

#[test]
fn the_uid_survives_a_move_of_the_site_and_of_the_page() {
    let old = Calendars::new()
        .session("opening", "The opening", &at("2027-03-04T18:00", "UTC"))
        .write();
    let uid = |calendars: &Calendars| {
        calendars.events("sessions/calendar.ics")[0]
            .get_uid()
            .unwrap()
            .to_owned()
    };
    let before = uid(&old);
    fs::rename(
        old.content.path().join("sessions/opening.md"),
        old.content.path().join("sessions/first.md"),
    )
    .unwrap();
    old.write_for("https://elsewhere.example");
    assert_eq!(uid(&old), before);
}

#[test]
fn long_lines_are_folded_and_special_characters_escaped() {
    let title = "Größe; Länge, Breite \\\\ und Höhe 🌱 ".repeat(4);
    let calendars = Calendars::new()
        .session("opening", title.trim(), &at("2027-03-04T18:00", "UTC"))
        .write();
    let text = calendars.text("sessions/opening/session.ics");

    assert!(
        text.split_inclusive('\n')
            .all(|line| line.ends_with("\r\n")),
        "a line ends without CRLF"
    );
    assert!(
        text.lines().all(|line| line.len() <= 75),
        "a line is longer than 75 octets"
    );
    let event = calendars.events("sessions/opening/session.ics").remove(0);
    assert_eq!(
        event.get_summary().unwrap(),
        title.trim().replace("\\\\", "\\")
    );
}

#[test]
fn two_builds_write_the_same_bytes() {
    let calendars = Calendars::new()
        .session("opening", "The opening", &at("2027-03-04T18:00", "UTC"))
        .write();
    let first = calendars.text("sessions/calendar.ics");
    calendars.write_for("https://learn.example/");
    assert_eq!(calendars.text("sessions/calendar.ics"), first);
}

#[test]
fn the_calendars_of_the_communitys_own_sessions_can_be_read() {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let (content, _) = Content::load(&content).unwrap();
    let out = tempfile::tempdir().unwrap();
    write_calendars(&content, out.path(), "https://learn.example").unwrap();
    let text = fs::read_to_string(out.path().join("sessions/calendar.ics")).unwrap();
    let calendar: Calendar = text.parse().unwrap();
    assert_eq!(calendar.components.len(), content.sessions().count());
}
