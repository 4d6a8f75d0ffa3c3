//! Times for readers: exact for machines, plain for people, always in UTC, since a file that
//! everybody reads knows nobody's zone.

use jiff::Timestamp;
use serde::Serialize;

use crate::words::dates;

/// A time in both forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct TimeView {
    /// RFC 3339, for `<time datetime>`.
    iso: String,
    /// As people read it: `23 November 2026, 17:49 UTC`.
    pub(crate) text: String,
}

impl TimeView {
    /// As people read it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl From<Timestamp> for TimeView {
    fn from(at: Timestamp) -> Self {
        Self {
            iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            text: dates::moment(at),
        }
    }
}
