//! A week, as digests count them.

use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

/// A week as ISO 8601 counts them: `2026-W46`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Week(
    /// Its Monday, by which it is known, so that it is one value.
    Date,
);

/// A text names no week.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("‘{0}’ is no week of the calendar; write year and week, for instance 2026-W46")]
pub struct WeekError(String);

impl Week {
    /// The last week that is over.
    pub fn before(today: Date) -> Self {
        let since_monday = today.weekday().to_monday_zero_offset();
        Self(today.saturating_sub((i64::from(since_monday) + 7).days()))
    }

    /// The day after it, on which its digest is published.
    pub fn follows(self) -> Date {
        self.0.saturating_add(7.days())
    }

    /// Its Monday.
    pub fn begins(self) -> Date {
        self.0
    }

    /// When it begins, and when the next one does, in UTC.
    pub fn span(self) -> (Timestamp, Timestamp) {
        (midnight(self.begins()), midnight(self.follows()))
    }
}

/// When a day begins in UTC.
fn midnight(day: Date) -> Timestamp {
    let zoned = day.to_zoned(TimeZone::UTC);
    zoned.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

impl std::fmt::Display for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let week = self.0.iso_week_date();
        write!(f, "{:04}-W{:02}", week.year(), week.week())
    }
}

impl std::str::FromStr for Week {
    type Err = WeekError;

    fn from_str(text: &str) -> Result<Self, WeekError> {
        let week = text.split_once("-W").and_then(|(year, week)| {
            let shaped = year.len() == 4 && week.len() == 2;
            let (year, week) = (year.parse().ok()?, week.parse().ok()?);
            let week = ISOWeekDate::new(year, week, Weekday::Monday).ok()?;
            shaped.then(|| week.date())
        });
        week.map(Self).ok_or_else(|| WeekError(text.to_owned()))
    }
}

impl TryFrom<String> for Week {
    type Error = WeekError;

    fn try_from(text: String) -> Result<Self, WeekError> {
        text.parse()
    }
}

impl From<Week> for String {
    fn from(week: Week) -> Self {
        week.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_week_is_one_value_however_it_was_found() {
        let week: Week = "2026-W53".parse().unwrap();
        assert_eq!(Week::before(date(2027, 1, 4)), week);
        assert_eq!(Week::before(date(2027, 1, 10)), week);
        assert_eq!(serde_json::to_string(&week).unwrap(), "\"2026-W53\"");
        assert!("2025-W53".parse::<Week>().is_err());
    }

    #[test]
    fn a_week_begins_on_monday_in_utc_and_ends_where_the_next_begins() {
        let week: Week = "2026-W53".parse().unwrap();
        let (begins, ends) = week.span();
        assert_eq!(begins.to_string(), "2026-12-28T00:00:00Z");
        assert_eq!(ends.to_string(), "2027-01-04T00:00:00Z");
        assert_eq!(week.follows(), date(2027, 1, 4));
    }
}
