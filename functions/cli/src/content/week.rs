//! The week of a digest.

use jiff::ToSpan as _;
use jiff::civil::{Date, ISOWeekDate, Weekday};

/// A week as ISO 8601 counts them: `2026-W46`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week(ISOWeekDate);

/// A text names no week.
#[derive(Debug, thiserror::Error)]
#[error("‘{0}’ is no week of the calendar; write year and week, for instance 2026-W46")]
pub struct WeekError(String);

impl Week {
    /// The last week that is over.
    pub fn before(today: Date) -> Self {
        let week = today.iso_week_date();
        let monday = ISOWeekDate::new(week.year(), week.week(), Weekday::Monday);
        let monday = monday.map_or(today, |monday| monday.date());
        Self((monday - 1.day()).iso_week_date())
    }

    /// The day after it, on which its digest is published.
    pub(crate) fn follows(self) -> Date {
        let sunday = ISOWeekDate::new(self.0.year(), self.0.week(), Weekday::Sunday);
        sunday.unwrap_or(self.0).date() + 1.day()
    }
}

impl std::fmt::Display for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-W{:02}", self.0.year(), self.0.week())
    }
}

impl std::str::FromStr for Week {
    type Err = WeekError;

    fn from_str(text: &str) -> Result<Self, WeekError> {
        let week = text.split_once("-W").and_then(|(year, week)| {
            let shaped = year.len() == 4 && week.len() == 2;
            let (year, week) = (year.parse().ok()?, week.parse().ok()?);
            let week = ISOWeekDate::new(year, week, Weekday::Monday).ok()?;
            shaped.then_some(week)
        });
        week.map(Self).ok_or_else(|| WeekError(text.to_owned()))
    }
}
