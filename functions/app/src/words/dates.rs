//! Days and hours in words. Nobody has to guess the order of day and month, and there is no 12-hour
//! clock.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use sodium_domain::session_time::SessionTime;

use super::{say, say_with};

/// `23 November 2026`.
pub(crate) fn day(at: Timestamp) -> String {
    let at = in_utc(at);
    say_with(
        "date-day",
        &[
            ("day", &at.day()),
            ("month", &month(at.month())),
            ("year", &at.year()),
        ],
    )
}

/// `23 November 2026, 17:49 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    let clock = in_utc(at).strftime("%H:%M").to_string();
    say_with("date-moment", &[("day", &day(at)), ("clock", &clock)])
}

/// When a session starts, on the clock of its place: `Thursday 4 March 2027, 18:00 (Europe/Berlin)`.
pub(crate) fn session(time: &SessionTime) -> String {
    let start = weekday_and_clock(time.local());
    say_with("date-in-zone", &[("start", &start), ("zone", &time.zone())])
}

/// The same for people elsewhere: `Thursday 4 March 2027, 17:00 UTC`.
pub(crate) fn session_utc(time: &SessionTime) -> String {
    let start = weekday_and_clock(in_utc(time.instant()).datetime());
    say_with("date-in-utc", &[("start", &start)])
}

fn weekday_and_clock(at: DateTime) -> String {
    say_with(
        "date-weekday",
        &[
            ("weekday", &weekday(at)),
            ("day", &at.day()),
            ("month", &month(at.month())),
            ("year", &at.year()),
            ("clock", &at.strftime("%H:%M")),
        ],
    )
}

fn in_utc(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::UTC)
}

fn month(number: i8) -> &'static str {
    say(&format!("month-{number}"))
}

fn weekday(at: DateTime) -> &'static str {
    say(&format!("weekday-{}", at.weekday().to_monday_one_offset()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Language, speaking_now};

    #[test]
    fn a_session_is_at_its_place_and_elsewhere() {
        let time = SessionTime::parse("2027-03-04T18:00", "Europe/Berlin", 60).unwrap();
        assert_eq!(
            session(&time),
            "Thursday 4 March 2027, 18:00 (Europe/Berlin)"
        );
        assert_eq!(session_utc(&time), "Thursday 4 March 2027, 17:00 UTC");
        let time = SessionTime::parse("2027-01-01T09:30", "Pacific/Auckland", 60).unwrap();
        assert_eq!(session_utc(&time), "Thursday 31 December 2026, 20:30 UTC");
    }

    #[test]
    fn a_day_has_the_months_name_of_the_language() {
        let at = "2026-11-23T17:49:30Z".parse().unwrap();
        assert_eq!(moment(at), "23 November 2026, 17:49 UTC");
        let arabic = Language::of_tag("ar").unwrap();
        assert_eq!(speaking_now(arabic, || day(at)), "23 نوفمبر 2026");
    }
}
