//! A decision of a moderator: what it changed, why, and how it is taken back.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::comment::{Reason, State};
use crate::id::{CommentId, DecisionId, MemberId, ThreadId};
use crate::markdown::Source;
use crate::member::Block;
use crate::thread::Mode;

/// How long any moderator can take a decision back.
pub const UNDO_FOR: SignedDuration = SignedDuration::from_hours(24 * 30);

/// How long a decision is kept: long enough to see that somebody does the same again, and no longer.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 365);

/// For how many days a member can be kept from writing. A longer time would not be a pause.
pub const BLOCK_DAYS: [u8; 3] = [1, 7, 30];

/// What a moderator did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Published a comment that waited.
    Publish,
    /// Did not publish a comment that waited.
    Reject,
    /// Took a published comment off the page.
    Remove,
    /// Left a comment that readers had reported.
    Keep,
    /// Followed an appeal.
    Grant,
    /// Did not follow an appeal.
    Uphold,
    /// Kept a member from writing for a while.
    Block,
    /// Opened a discussion again.
    Open,
    /// Let everything in a discussion wait for a person.
    Slow,
    /// Closed a discussion for new comments.
    Close,
}

impl Act {
    /// Whether it stands in the public log: whatever takes something from somebody or gives it back.
    /// Publishing and leaving as it was do not, or nobody would find the others among them.
    pub fn is_logged(self) -> bool {
        !matches!(self, Self::Publish | Self::Keep)
    }
}

/// What a moderator chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// For the comment, or for whoever appealed.
    For,
    /// Against the comment, for this reason.
    Against(Reason),
    /// That the decision stands against which somebody appealed.
    Stands,
}

impl Choice {
    /// What the choice means for a comment in this state that waits for this cause; nothing where it
    /// makes no sense.
    pub fn act(self, state: State, cause: Option<Cause>) -> Option<(Act, State, Option<Reason>)> {
        Some(match (state, cause, self) {
            (State::Pending, _, Self::For) => (Act::Publish, State::Published, None),
            (State::Pending, _, Self::Against(why)) => {
                (Act::Reject, State::Rejected(why), Some(why))
            }
            (State::Published, Some(Cause::Reported), Self::For) => (Act::Keep, state, None),
            (State::Published, _, Self::Against(why)) => {
                (Act::Remove, State::Rejected(why), Some(why))
            }
            (State::Rejected(_), Some(Cause::Appealed), Self::For) => {
                (Act::Grant, State::Published, None)
            }
            (State::Rejected(why), Some(Cause::Appealed), Self::Stands) => {
                (Act::Uphold, state, Some(why))
            }
            _ => return None,
        })
    }
}

/// What a decision changed: how it was before, and how it was afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "about")]
pub enum Effect {
    /// A comment.
    Comment {
        /// The thread in which it stands.
        thread: ThreadId,
        /// The comment.
        comment: CommentId,
        /// Its state before.
        before: State,
        /// Its state afterwards.
        after: State,
    },
    /// Whether a member may write.
    Member {
        /// The member.
        member: MemberId,
        /// The block before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Block>,
        /// The block afterwards.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Block>,
    },
    /// Who may write in a thread.
    Thread {
        /// The thread.
        thread: ThreadId,
        /// How it was.
        before: Mode,
        /// How it is.
        after: Mode,
    },
}

/// Why something waits for a moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The policy held it.
    #[default]
    Held,
    /// Readers reported it.
    Reported,
    /// Somebody appealed against a decision about it.
    Appealed,
}

/// What somebody said against a decision about them. Once for each decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// Their words, as Markdown.
    pub text: Source,
    /// When.
    pub at: Timestamp,
}

/// Who took a decision back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The moderator.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}

/// A decision as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Its identifier.
    pub id: DecisionId,
    /// What was done.
    pub act: Act,
    /// Why, where something was taken from somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The moderator.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
    /// What it changed.
    pub effect: Effect,
    /// Whom it concerns: the author, or the member who may not write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The decision before it about the same comment, or the one that the appeal was against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<DecisionId>,
    /// Why it had waited, if it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited: Option<Cause>,
    /// What the person whom it concerns said against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<Appeal>,
    /// That it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Undone>,
}

impl Decision {
    /// Whether a moderator can take it back at `now`.
    pub fn can_be_undone(&self, now: Timestamp) -> bool {
        self.undone.is_none() && now.duration_since(self.at) < UNDO_FOR
    }

    /// Whether the person whom it concerns can still appeal against it. An answer to an appeal is
    /// the last word.
    pub fn can_be_appealed(&self) -> bool {
        self.appeal.is_none()
            && self.undone.is_none()
            && matches!(self.act, Act::Reject | Act::Remove | Act::Block)
    }

    /// The thread, if it is about one or about a comment in one.
    pub fn thread(&self) -> Option<&ThreadId> {
        match &self.effect {
            Effect::Comment { thread, .. } | Effect::Thread { thread, .. } => Some(thread),
            Effect::Member { .. } => None,
        }
    }
}

/// A line of the public log. It names nobody and quotes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Its place in the log, from 1, without gaps. It decides the page.
    pub number: u32,
    /// The hour: the minute would tell whose comment it was.
    pub hour: Timestamp,
    /// What was done.
    pub act: Act,
    /// Whether that was taken back.
    #[serde(default)]
    pub undone: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// In which thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<ThreadId>,
}

const HOUR_SECONDS: i64 = 3600;

impl LogEntry {
    /// The line for a decision, or for taking it back at `at`.
    pub fn new(number: u32, decision: &Decision, at: Timestamp) -> Self {
        let hour = at.as_second().div_euclid(HOUR_SECONDS) * HOUR_SECONDS;
        Self {
            number,
            hour: Timestamp::from_second(hour).unwrap_or(at),
            act: decision.act,
            undone: decision.undone.is_some(),
            reason: decision.reason,
            thread: decision.thread().cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(act: Act) -> Decision {
        let at = "2027-03-02T12:34:56Z".parse().unwrap();
        Decision {
            id: uuid::Uuid::from_u128(7).into(),
            act,
            reason: Some(Reason::Spam),
            by: uuid::Uuid::from_u128(1).into(),
            at,
            effect: Effect::Comment {
                thread: "first-lesson".parse().unwrap(),
                comment: uuid::Uuid::from_u128(2).into(),
                before: State::Published,
                after: State::Rejected(Reason::Spam),
            },
            member: Some(uuid::Uuid::from_u128(3).into()),
            previous: None,
            waited: None,
            appeal: None,
            undone: None,
        }
    }

    #[test]
    fn a_decision_can_be_taken_back_once_and_for_thirty_days() {
        let mut removal = decision(Act::Remove);
        let last = removal.at + UNDO_FOR - SignedDuration::from_secs(1);
        assert!(removal.can_be_undone(last));
        assert!(!removal.can_be_undone(removal.at + UNDO_FOR));
        removal.undone = Some(Undone {
            by: removal.by,
            at: removal.at,
        });
        assert!(!removal.can_be_undone(removal.at));
    }

    #[test]
    fn only_what_takes_something_away_can_be_appealed_against() {
        for (act, expected) in [
            (Act::Reject, true),
            (Act::Remove, true),
            (Act::Block, true),
            (Act::Publish, false),
            (Act::Keep, false),
            (Act::Uphold, false),
            (Act::Grant, false),
            (Act::Close, false),
        ] {
            assert_eq!(decision(act).can_be_appealed(), expected, "{act:?}");
        }
    }

    #[test]
    fn a_line_of_the_log_holds_the_hour_and_nobody() {
        let removal = decision(Act::Remove);
        let line = serde_json::to_string(&LogEntry::new(9, &removal, removal.at)).unwrap();
        assert_eq!(
            line,
            r#"{"number":9,"hour":"2027-03-02T12:00:00Z","act":"remove","undone":false,"reason":"spam","thread":"first-lesson"}"#
        );
    }
}
