//! The time, and identifiers made from it. Handlers ask here, so tests can pin both.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use uuid::{ContextV7, Uuid};

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until a test moves it: milliseconds since the epoch.
    Pinned(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that shows `at` until it is moved.
    pub fn pinned(at: Timestamp) -> Self {
        Self::Pinned(Arc::new(AtomicI64::new(at.as_millisecond())))
    }

    /// The time now, in whole milliseconds, which is what identifiers and the table keep.
    pub fn now(&self) -> Timestamp {
        let millis = match self {
            Self::System => Timestamp::now().as_millisecond(),
            Self::Pinned(millis) => millis.load(Ordering::SeqCst),
        };
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
    }

    /// Moves a pinned clock; the machine's own cannot be moved.
    pub fn advance(&self, by: SignedDuration) {
        if let Self::Pinned(millis) = self {
            let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            millis.fetch_add(by, Ordering::SeqCst);
        }
    }
}

/// Makes time-ordered identifiers (UUID version 7, RFC 9562). Within one process each is greater
/// than the one before, also in the same millisecond.
#[derive(Debug)]
pub struct Ids {
    context: std::sync::Mutex<ContextV7>,
    clock: Clock,
}

impl Ids {
    /// Identifiers that carry this clock's time.
    pub fn new(clock: Clock) -> Self {
        Self {
            context: std::sync::Mutex::new(ContextV7::new()),
            clock,
        }
    }

    /// The next identifier.
    pub fn next(&self) -> Uuid {
        let now = self.clock.now();
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
        let context = self
            .context
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(uuid::Timestamp::from_unix(&*context, seconds, nanos))
    }
}
