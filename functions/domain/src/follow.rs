//! Following a thread: how often its news are mailed, and when in the day or week somebody's turn is.
//!
//! Everybody has a quarter of an hour of their own, in the week and so in the day: ten thousand
//! followers of one thread are a hundred mails in each quarter, and never ten thousand at midnight.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{MemberId, ThreadId};

/// How often news of a thread are mailed to somebody who follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// A mail for each comment.
    AtOnce,
    /// One mail a day at most, for all threads together.
    #[default]
    Daily,
    /// One mail a week at most.
    Weekly,
}

impl Pace {
    /// Every pace, in the order in which forms offer them.
    pub const ALL: [Self; 3] = [Self::AtOnce, Self::Daily, Self::Weekly];

    /// The word that forms and the table use.
    pub fn word(self) -> &'static str {
        match self {
            Self::AtOnce => "at-once",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    /// The pace that a form sent.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pace| pace.word() == word)
    }

    /// How many quarters of an hour lie between two mails; none, where each comment is one.
    fn quarters(self) -> Option<i64> {
        match self {
            Self::AtOnce => None,
            Self::Daily => Some(QUARTERS_OF_DAY),
            Self::Weekly => Some(QUARTERS_OF_WEEK),
        }
    }
}

/// That a member follows a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    /// Who follows.
    pub member: MemberId,
    /// What they follow.
    pub thread: ThreadId,
    /// How often they are mailed.
    pub pace: Pace,
    /// Since when.
    pub since: Timestamp,
}

/// What a member decided about mails that come without being asked for each time. Nothing is on
/// that they did not switch on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MailChoices {
    /// Whether somebody who answers or mentions them is a mail.
    #[serde(default)]
    pub answers: bool,
    /// The pace that forms suggest for a thread that is followed anew.
    #[serde(default)]
    pub usual: Pace,
    /// Whether they stopped the daily and weekly mails without unfollowing anything.
    #[serde(default)]
    pub roll_ups_stopped: bool,
}

const QUARTER_SECONDS: i64 = 15 * 60;
/// Quarters of an hour in a day.
pub const QUARTERS_OF_DAY: i64 = 24 * 4;
/// Quarters of an hour in a week.
pub const QUARTERS_OF_WEEK: i64 = 7 * QUARTERS_OF_DAY;

/// A quarter of an hour, counted from the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quarter(pub i64);

impl Quarter {
    /// The quarter in which this moment lies.
    pub fn of(time: Timestamp) -> Self {
        Self(time.as_second().div_euclid(QUARTER_SECONDS))
    }

    /// When it begins.
    pub fn start(self) -> Timestamp {
        Timestamp::from_second(self.0.saturating_mul(QUARTER_SECONDS)).unwrap_or(Timestamp::MAX)
    }

    /// When it was a member's turn last, up to this quarter: the name of the one mail of that day or
    /// week, however late it goes out. None for who is mailed at once.
    pub fn last_turn(self, member: MemberId, pace: Pace) -> Option<Self> {
        let period = pace.quarters()?;
        let place = i64::from(turn(member, pace)?);
        Some(Self(self.0 - (self.0 - place).rem_euclid(period)))
    }
}

/// The place of a member's turn in the day or week, in quarters. It follows from the random part of
/// the identifier, so nothing has to be kept, and everybody's daily turn lies within their weekly one.
pub fn turn(member: MemberId, pace: Pace) -> Option<u16> {
    let bytes = *Uuid::from(member).as_bytes();
    let random = u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
    let place = i64::from(random) % QUARTERS_OF_WEEK;
    u16::try_from(place % pace.quarters()?).ok()
}

/// The places in a day or week that a span of quarters covers, as ranges without a turn of the
/// period in them.
pub fn places(from: Quarter, to: Quarter, pace: Pace) -> Vec<(u16, u16)> {
    let Some(period) = pace.quarters() else {
        return Vec::new();
    };
    let place = |quarter: i64| u16::try_from(quarter.rem_euclid(period)).unwrap_or_default();
    let last = place(period - 1);
    if to < from {
        Vec::new()
    } else if to.0 - from.0 >= period - 1 {
        vec![(0, last)]
    } else if place(from.0) <= place(to.0) {
        vec![(place(from.0), place(to.0))]
    } else {
        vec![(place(from.0), last), (0, place(to.0))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(random: u32) -> MemberId {
        let mut bytes = [0x71; 16];
        bytes[12..].copy_from_slice(&random.to_be_bytes());
        Uuid::from_bytes(bytes).into()
    }

    #[test]
    fn a_daily_turn_comes_once_a_day_and_within_the_weekly_one() {
        for random in [0, 1, 95, 96, 671, 672, 4_000_000_000] {
            let who = member(random);
            let now = Quarter(3_000_000);
            let turns: Vec<_> = (0..QUARTERS_OF_WEEK)
                .map(|i| Quarter(now.0 + i))
                .filter(|quarter| quarter.last_turn(who, Pace::Daily) == Some(*quarter))
                .collect();
            assert_eq!(turns.len(), 7, "{random}");
            let weekly = now.last_turn(who, Pace::Weekly).unwrap();
            assert_eq!(weekly.last_turn(who, Pace::Daily), Some(weekly));
            assert_eq!(now.last_turn(who, Pace::AtOnce), None);
        }
    }

    #[test]
    fn ten_thousand_members_are_spread_evenly() {
        let mut counts = [0_u32; QUARTERS_OF_DAY as usize];
        let mut random = 1_u32;
        for _ in 0..10_000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            counts[usize::from(turn(member(random >> 3), Pace::Daily).unwrap())] += 1;
        }
        let most = counts.iter().max().unwrap();
        assert!(
            *most < 160,
            "{most} in one quarter of an hour, about 104 expected"
        );
    }

    #[test]
    fn a_span_covers_each_of_its_places_once() {
        for (from, to, expected) in [
            (96, 96, vec![(0, 0)]),
            (97, 100, vec![(1, 4)]),
            (190, 193, vec![(94, 95), (0, 1)]),
            (10, 105, vec![(0, 95)]),
            (10, 5000, vec![(0, 95)]),
            (10, 9, vec![]),
        ] {
            let found = places(Quarter(from), Quarter(to), Pace::Daily);
            assert_eq!(found, expected, "{from} to {to}");
        }
        assert!(places(Quarter(1), Quarter(9), Pace::AtOnce).is_empty());
    }
}
