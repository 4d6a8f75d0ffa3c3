//! Talk without end, for measurements: published comments of sample members in many discussions, as the
//! table has them after the relay has worked. They are written by the hundred and followed by nothing.

use std::collections::HashMap;

use jiff::Timestamp;
use sodium_domain::comment::{Author, Comment, State};
use sodium_domain::id::{CommentId, MemberId};
use sodium_domain::markdown::Source;
use sodium_domain::member::Profile;
use sodium_domain::name::DisplayName;
use sodium_domain::talk::Kind;
use uuid::Uuid;

use crate::store::threads::Recent;
use crate::store::transaction::Transaction;
use crate::store::{Store, StoreError, item, keys};

/// Discussions in which the comments stand in turn.
const THREADS: u32 = 500;
/// Members who write in turn. No divisor of the discussions, so that many write in each.
const MEMBERS: u32 = 97;
/// Comments in one transaction: each is two items, and a hundred is the most.
const AT_ONCE: u32 = 50;

const TEXT: &str = "A comment of the usual length, which says something about the page above it: what was \
    missing there, what helped somebody, or what they did instead and how that went in the end.";

/// Where the talk stands.
#[derive(Debug, Default)]
pub struct SampleTalk {
    written: u32,
    /// The last comment of each discussion, and its number.
    last: HashMap<u32, (CommentId, u32)>,
}

impl SampleTalk {
    /// The next comment.
    fn next(&mut self, at: Timestamp) -> Option<Comment> {
        let count = self.written;
        self.written += 1;
        let place = count % THREADS;
        let id = comment_id(at, count);
        let before = self.last.get(&place).copied();
        let number = before.map_or(1, |(_, number)| number + 1);
        self.last.insert(place, (id, number));
        let kind = match count % 23 {
            0 => Kind::Question,
            1 => Kind::Correction,
            _ => Kind::Comment,
        };
        let reply_to = before
            .map(|(id, _)| id)
            .filter(|_| !count.is_multiple_of(3));
        let thread = format!("sample-talk-{place}").parse().ok()?;
        let body = Source::parse(TEXT).ok()?;
        Some(Comment {
            author: Some(Author {
                id: member_id(count % MEMBERS),
                name: DisplayName::parse("Sample Writer").ok()?,
                sample: true,
            }),
            kind,
            reply_to,
            number: Some(number),
            accepted_for: reply_to.filter(|_| count.is_multiple_of(31)),
            helpful: (count % 11).saturating_sub(7),
            ..Comment::saying(id, thread, body, State::Published, at)
        })
    }
}

/// An identifier with a time and a number that no other has.
fn comment_id(at: Timestamp, count: u32) -> CommentId {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    let mut random = [0; 10];
    random[6..].copy_from_slice(&count.to_be_bytes());
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    id.into()
}

fn member_id(number: u32) -> MemberId {
    Uuid::from_u128((7 << 76) | u128::from(number)).into()
}

impl Store {
    /// Goes on with the talk: so many comments, evenly between two moments.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn load_talk(
        &self,
        talk: &mut SampleTalk,
        count: u32,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        for number in (0..MEMBERS).filter(|_| talk.written == 0) {
            let profile = Profile {
                sample: true,
                ..Profile::new(member_id(number), None, Timestamp::UNIX_EPOCH)
            };
            self.put_member(&profile).await?;
        }
        let length = until.as_millisecond() - from.as_millisecond();
        let mut done = 0;
        while done < count {
            let together = AT_ONCE.min(count - done);
            let mut transaction = Transaction::new();
            for number in done..done + together {
                let after = i128::from(length) * i128::from(number) / i128::from(count);
                let after = i64::try_from(after).unwrap_or(0);
                let at = Timestamp::from_millisecond(from.as_millisecond() + after);
                let Some(comment) = talk.next(at.unwrap_or(from)) else {
                    continue;
                };
                let recent = Recent {
                    thread: comment.thread.clone(),
                    comment: comment.id,
                };
                transaction = transaction
                    .put(item(&keys::comment(&comment.thread, comment.id), &comment)?)
                    .put(item(&keys::recent(comment.id), &recent)?);
            }
            transaction.commit(self).await?;
            done += together;
        }
        Ok(())
    }
}
