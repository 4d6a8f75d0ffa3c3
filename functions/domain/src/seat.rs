//! Seats in a live session: exactly as many confirmed as there are, the rest in order of arrival.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{MemberId, SessionId};
use crate::session_time::SessionTime;

/// Whether a session takes place, as its page's front matter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It will take place.
    Planned,
    /// It took place; its page has notes.
    Held,
    /// It was called off.
    Cancelled,
}

/// A live session as the functions know it: what its page says, and how full it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveSession {
    /// Its identifier.
    pub id: SessionId,
    /// Its title.
    pub title: String,
    /// The path of its page.
    pub page_url: String,
    /// The start as a wall clock in `zone` shows it: `2027-03-04T18:00`.
    pub starts: String,
    /// The IANA time zone of the event.
    pub zone: String,
    /// Its length in minutes.
    pub minutes: u32,
    /// How many can take part.
    pub capacity: u32,
    /// Whether it takes place.
    pub status: Status,
    /// How many have a seat.
    #[serde(default)]
    pub confirmed: u32,
    /// How many wait for one.
    #[serde(default)]
    pub waiting: u32,
    /// Where to go at the start. Only people with a seat ever read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join_link: Option<String>,
}

impl LiveSession {
    /// When it ends; nothing if its page says no time that exists.
    pub fn ends(&self) -> Option<Timestamp> {
        SessionTime::parse(&self.starts, &self.zone, self.minutes)
            .ok()
            .map(|time| time.end())
    }

    /// Whether seats are still given: it will take place, and is not over.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == Status::Planned && self.ends().is_none_or(|end| now < end)
    }

    /// How many seats are left. None where the capacity was lowered below what is taken.
    pub fn seats_left(&self) -> u32 {
        self.capacity.saturating_sub(self.confirmed)
    }

    /// Whether a seat that is given back goes to somebody who waits. Where more seats are taken
    /// than there are now, it goes to nobody.
    pub fn passes_seats_on(&self, now: Timestamp) -> bool {
        self.is_open(now) && self.confirmed <= self.capacity
    }
}

/// What a member has in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SeatState {
    /// A seat.
    Confirmed,
    /// A place in the waiting list.
    Waiting,
}

/// A member's sign-up for a session, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The session.
    pub session: SessionId,
    /// The member.
    pub member: MemberId,
    /// A seat, or a place in the waiting list.
    pub state: SeatState,
    /// Time-ordered; the waiting list follows it.
    pub ticket: String,
    /// When the member signed up.
    pub created: Timestamp,
}

/// Those who wait for a seat, the longest waiting first.
pub fn in_line(seats: &[Seat]) -> Vec<&Seat> {
    let mut line: Vec<&Seat> = seats
        .iter()
        .filter(|seat| seat.state == SeatState::Waiting)
        .collect();
    line.sort_by(|a, b| a.ticket.cmp(&b.ticket));
    line
}

/// How many wait before this member, or nothing if the member does not wait.
pub fn waiting_before(seats: &[Seat], member: MemberId) -> Option<usize> {
    let own = seats
        .iter()
        .find(|seat| seat.member == member && seat.state == SeatState::Waiting)?;
    Some(
        seats
            .iter()
            .filter(|seat| seat.state == SeatState::Waiting && seat.ticket < own.ticket)
            .count(),
    )
}
