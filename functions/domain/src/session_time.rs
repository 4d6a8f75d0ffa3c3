//! When a live session is.
//!
//! An author writes the wall clock of a place ("18:00 in Berlin"): that is what the session keeps
//! if a government moves its clocks. The instant follows from the time zone database that is
//! compiled in, so the same build gives the same page on every machine.

#[cfg(test)]
mod tests;

use jiff::{
    SignedDuration, Timestamp, Zoned,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};
use thiserror::Error;

/// The form of a start in front matter.
const STARTS_FORMAT: &str = "%Y-%m-%dT%H:%M";
/// The longest session in minutes: a day.
pub const MAX_MINUTES: u32 = 24 * 60;

/// The start and the length of a live session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionTime {
    start: Zoned,
    end: Timestamp,
    minutes: u32,
}

/// Why a session's time cannot be used, in words for its author.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SessionTimeError {
    /// Not a date and a time as `2027-03-04T18:00`.
    #[error(
        "starts = \"{0}\" is not a date and time. Write it like 2027-03-04T18:00, without a zone."
    )]
    Starts(String),
    /// Not a name of the IANA time zone database.
    #[error("zone = \"{0}\" is not a time zone of the IANA database. Write it like Europe/Berlin.")]
    Zone(String),
    /// The clocks jump over this time.
    #[error(
        "{starts} does not exist in {zone}: the clocks go forward then. Choose a time an hour earlier or later."
    )]
    Skipped {
        /// The start as written.
        starts: String,
        /// The zone's IANA name.
        zone: String,
    },
    /// Not 1 to [`MAX_MINUTES`].
    #[error("minutes = {0} is not a length for a session. Use 1 to {MAX_MINUTES}.")]
    Minutes(u32),
}

impl SessionTime {
    /// Reads a start (`2027-03-04T18:00`, local wall time), an IANA zone and a length in minutes.
    ///
    /// A time that comes twice, when the clocks go back, is the first of the two, as RFC 5545
    /// (3.3.5) has it for the calendar files.
    ///
    /// # Errors
    /// See [`SessionTimeError`].
    pub fn parse(starts: &str, zone: &str, minutes: u32) -> Result<Self, SessionTimeError> {
        let local =
            parse_local(starts).ok_or_else(|| SessionTimeError::Starts(starts.to_owned()))?;
        let zone = find_zone(zone).ok_or_else(|| SessionTimeError::Zone(zone.to_owned()))?;
        if !(1..=MAX_MINUTES).contains(&minutes) {
            return Err(SessionTimeError::Minutes(minutes));
        }
        let out_of_range = || SessionTimeError::Starts(starts.to_owned());
        let ambiguous = zone.to_ambiguous_zoned(local);
        if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
            let zone = zone.iana_name().unwrap_or_default().to_owned();
            return Err(SessionTimeError::Skipped {
                starts: starts.to_owned(),
                zone,
            });
        }
        let start = ambiguous.earlier().map_err(|_| out_of_range())?;
        let length = SignedDuration::from_mins(minutes.into());
        let end = start
            .timestamp()
            .checked_add(length)
            .map_err(|_| out_of_range())?;
        Ok(Self {
            start,
            end,
            minutes,
        })
    }

    /// When it starts.
    pub fn instant(&self) -> Timestamp {
        self.start.timestamp()
    }

    /// When it ends.
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// The length in minutes.
    pub fn minutes(&self) -> u32 {
        self.minutes
    }

    /// The start on the wall clock of [`zone`](Self::zone).
    pub fn local(&self) -> DateTime {
        self.start.datetime()
    }

    /// The zone's name in the IANA database, in its official spelling.
    pub fn zone(&self) -> &str {
        self.start.time_zone().iana_name().unwrap_or_default()
    }
}

/// Strict: `strptime` takes `2027-3-4T18:0` and years before the common era, too.
fn parse_local(starts: &str) -> Option<DateTime> {
    let local = DateTime::strptime(STARTS_FORMAT, starts).ok()?;
    (local.year() > 0 && local.strftime(STARTS_FORMAT).to_string() == starts).then_some(local)
}

fn find_zone(name: &str) -> Option<TimeZone> {
    let zone = TimeZoneDatabase::bundled().get(name).ok()?;
    zone.iana_name().is_some().then_some(zone)
}
