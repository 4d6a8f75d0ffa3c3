//! Counters, counted anew. An export is no photograph: people write while it is made, and a counter
//! may be in it from before the thing that it counts, or from after.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use sodium_domain::comment::Comment;
use sodium_domain::decision::LogEntry;
use sodium_domain::id::{CommentId, SessionId, ThreadId};
use sodium_domain::seat::{LiveSession, Seat, SeatState};

use crate::store::item::from_item;
use crate::store::keys;
use crate::store::marks::Mark;
use crate::store::threads::Thread;
use crate::store::{Item, StoreError, key_of};

/// What the items of a file come to: a little for each thread, session and marked comment.
#[derive(Debug, Default)]
pub(super) struct Counts {
    threads: HashMap<ThreadId, Talk>,
    sessions: HashMap<SessionId, (u32, u32)>,
    marks: HashMap<CommentId, u32>,
    places: u32,
    log_lines: u32,
}

#[derive(Debug, Default, Clone, Copy)]
struct Talk {
    numbers: u32,
    visible: u32,
    last: Option<Timestamp>,
}

impl Counts {
    /// Counts an item.
    pub(super) fn count(&mut self, kind: &str, item: &Item) -> Result<(), StoreError> {
        match kind {
            "comment" => self.comment(&from_item(item.clone())?),
            "seat" => {
                let seat: Seat = from_item(item.clone())?;
                let (confirmed, waiting) = self.sessions.entry(seat.session).or_default();
                match seat.state {
                    SeatState::Confirmed => *confirmed += 1,
                    SeatState::Waiting => *waiting += 1,
                }
            }
            "helpful-mark" => {
                let mark: Mark = from_item(item.clone())?;
                *self.marks.entry(mark.comment).or_default() += 1;
            }
            "log-line" => {
                let line: LogEntry = from_item(item.clone())?;
                self.log_lines = self.log_lines.max(line.number);
            }
            "waitlist-place" => {
                let sk = key_of(item).sk;
                let place = sk.strip_prefix(keys::PLACE).and_then(|n| n.parse().ok());
                self.places = self.places.max(place.unwrap_or(0));
            }
            _ => {}
        }
        Ok(())
    }

    fn comment(&mut self, comment: &Comment) {
        let talk = self.threads.entry(comment.thread.clone()).or_default();
        let Some(number) = comment.number else { return };
        talk.numbers = talk.numbers.max(number);
        talk.visible += u32::from(comment.is_public());
        talk.last = talk.last.max(Some(comment.created));
    }

    /// Puts what was counted into an item that counts.
    pub(super) fn correct(&self, kind: &str, item: &mut Item) -> Result<(), StoreError> {
        match kind {
            "thread" => self.correct_thread(item)?,
            "comment" => {
                let comment: Comment = from_item(item.clone())?;
                let marks = self.marks.get(&comment.id).copied().unwrap_or_default();
                if marks != comment.helpful && comment.body.is_some() {
                    set(item, "helpful", marks);
                }
            }
            "session" => {
                let session: LiveSession = from_item(item.clone())?;
                let counted = self.sessions.get(&session.id).copied();
                let (confirmed, waiting) = counted.unwrap_or_default();
                set(item, "confirmed", confirmed);
                set(item, "waiting", waiting);
            }
            "log-count" => {
                let count = item.get("count").and_then(|count| count.as_n().ok());
                let count: u32 = count.and_then(|count| count.parse().ok()).unwrap_or(0);
                set(item, "count", count.max(self.log_lines));
            }
            "waitlist-count" => {
                let given = item.get("given").and_then(|given| given.as_n().ok());
                let given: u32 = given.and_then(|given| given.parse().ok()).unwrap_or(0);
                set(item, "given", given.max(self.places));
            }
            _ => {}
        }
        Ok(())
    }

    fn correct_thread(&self, item: &mut Item) -> Result<(), StoreError> {
        let thread: Thread = from_item(item.clone())?;
        let talk = self.threads.get(&thread.id).copied().unwrap_or_default();
        let published = thread.published.max(talk.numbers);
        if published > 0 {
            set(item, "published", published);
            set(item, "visible", talk.visible);
        }
        if let Some(last) = thread.last.max(talk.last) {
            item.insert("last".into(), AttributeValue::S(last.to_string()));
        }
        Ok(())
    }
}

fn set(item: &mut Item, name: &str, number: u32) {
    item.insert(name.into(), AttributeValue::N(number.to_string()));
}
