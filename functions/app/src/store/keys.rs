//! Every key of the table, under the access patterns that it serves.
//!
//! | access pattern | partition (`pk`) | sort (`sk`) | index |
//! |---|---|---|---|
//! | the frame around pages that functions answer | `SITE` | `FRAME` | |
//! | the same in another language than the site's own | `SITE` | `FRAME#language` | |
//! | a member | `MEMBER#id` | `PROFILE` | |
//! | the passkeys of a member | `MEMBER#id` | `PASSKEY#hash` | |
//! | who has a role? | `ROLES` | member id | |
//! | whom does a company account sign in? | `COMPANY#keyed hash` | `ACCOUNT` | |
//! | was this passkey challenge answered, this way to a company gone? | `CHALLENGE#id` | `ANSWERED` | |
//! | the member of an address | `ADDRESS#keyed hash` | `MEMBER` | |
//! | does an address get mail? | `ADDRESS#keyed hash` | `MAIL` | |
//! | is a name free? | `NAME#skeleton` | `CLAIM` | |
//! | the member of a device's cookie | `DEVICE#hash` | `DEVICE` | |
//! | a sign-in link | `SIGNIN#hash` | `LINK` | |
//! | was this form sent before? | `ONCE#member#key` | `ONCE` | |
//! | a text kept for somebody who signs in | `DRAFT#id` | `DRAFT` | |
//! | how often in this window? | `LIMIT#kind#who` | window start | |
//! | a thread | `THREAD#id` | `THREAD` | |
//! | a comment | `THREAD#id` | `COMMENT#id` | |
//! | the earlier texts of a comment | `THREAD#id` | `EARLIER#comment#change` | |
//! | did a member find a comment helpful? | `HELPFUL#comment` | `HELPFUL#member` | |
//! | a page of a thread, the newest of a thread | `THREAD#id` | | `by-number`: `number` |
//! | a board: a forum section, or the questions of the site | `BOARD#id` | `BOARD` | |
//! | a list of a board, by activity or by beginning | `LIST#board#which` | opening comment | `by-number`: `number` |
//! | what waits for a moderator | `QUEUE` | id of what waits | |
//! | suggested edits of pages, the newest last | `SUGGESTIONS` | `SUGGESTION#id` | |
//! | decisions of moderators, the newest last | `DECISIONS` | `DECISION#id` | |
//! | decisions about a member, the newest last | | | `by-owner`: `owner`, `DECISION#id` |
//! | the public log of decisions | `LOG` | `ENTRY#number` | |
//! | how many lines it has | `LOG` | `COUNT` | |
//! | reports on a comment | `THREAD#id` | `REPORTS#comment id` | |
//! | was it reported from here, or by them? | `REPORTED#comment id` | keyed hash | |
//! | the newest comments of the site, those of a week | `RECENT` | comment id | |
//! | was this digest published, and when? | `DIGESTS` | week | |
//! | who is mailed each digest | `DIGEST-READERS` | member id | |
//! | what a member follows | `MEMBER#id` | `FOLLOW#thread` | |
//! | who follows a thread and is mailed at once | `FOLLOWERS#thread` | `AT-ONCE#00#member` | |
//! | whose turn it is to hear of a thread | `FOLLOWERS#thread` | `DAILY#turn#member`, `WEEKLY#turn#member` | |
//! | followed threads with news of the last days | `NEWS` | thread | |
//! | whose turn was it last? | `TURNS` | `TURNS` | |
//! | the courses of the site, one of them | `COURSES` | course id | |
//! | which lessons a member has done | `MEMBER#id` | `DONE#lesson` | |
//! | a live session and its seats | `SESSION#id` | `SESSION`, `SEAT#member` | |
//! | a waitlist entry | `WAITLIST#keyed hash` | `ENTRY` | |
//! | mails sent to an unconfirmed address | `WAITLIST#keyed hash` | `MAILS` | |
//! | the waitlist in order | `WAITLIST` | `PLACE#number` | |
//! | how many places were given | `WAITLIST` | `COUNT` | |
//! | sessions that are still to come | `SESSIONS` | session id | |
//! | work that follows from a write, in order | `OUTBOX#shard` | work id | |
//! | work that waits for its time | `LATER` | time, what | |
//! | what was deleted lately | `DELETIONS` | time, what | |
//! | was this mail sent? | `SENT#work id` | `SENT` | |
//! | everything that belongs to a member | | | `by-owner`: `owner`, `sk` |

use jiff::{SignedDuration, Timestamp};
use sodium_domain::follow::{Pace, turn};
use sodium_domain::id::{
    BoardId, CommentId, CourseId, DecisionId, FormKey, MemberId, SessionId, SuggestionId, ThreadId,
};
use sodium_domain::name::NameSkeleton;
use sodium_domain::week::Week;
use uuid::Uuid;

use crate::words::Language;

/// Local index over the numbers of a thread's comments.
pub(crate) const BY_NUMBER: &str = "by-number";
/// Global index over what belongs to a member.
pub(crate) const BY_OWNER: &str = "by-owner";

/// Partitions of the outbox. One partition takes 1,000 writes a second; four leave room, and a
/// laptop asks four times for nothing without noticing.
pub(crate) const OUTBOX_SHARDS: u8 = 4;

/// The partition of mail, after the others.
pub(crate) const OUTBOX_MAIL: u8 = OUTBOX_SHARDS;

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

fn key(pk: impl Into<String>, sk: impl Into<String>) -> Key {
    Key {
        pk: pk.into(),
        sk: sk.into(),
    }
}

pub(crate) fn frame(language: Language) -> Key {
    match language == Language::default() {
        true => key("SITE", "FRAME"),
        false => key("SITE", format!("FRAME#{}", language.tag())),
    }
}

pub(crate) fn member(id: MemberId) -> Key {
    key(format!("MEMBER#{id}"), "PROFILE")
}

pub(crate) const PASSKEY: &str = "PASSKEY#";

pub(crate) fn passkeys(member: MemberId) -> String {
    format!("MEMBER#{member}")
}

pub(crate) fn passkey(member: MemberId, hash: &str) -> Key {
    key(passkeys(member), format!("{PASSKEY}{hash}"))
}

pub(crate) const COMPANY_ACCOUNT: &str = "ACCOUNT";

pub(crate) fn company_account(id: &str) -> Key {
    key(format!("COMPANY#{id}"), COMPANY_ACCOUNT)
}

pub(crate) const ROLES: &str = "ROLES";

pub(crate) fn role(member: MemberId) -> Key {
    key(ROLES, member.to_string())
}

pub(crate) fn challenge(id: Uuid) -> Key {
    key(format!("CHALLENGE#{id}"), "ANSWERED")
}

pub(crate) fn address(hash: &str) -> Key {
    key(format!("ADDRESS#{hash}"), "MEMBER")
}

pub(crate) fn mail_stop(hash: &str) -> Key {
    key(format!("ADDRESS#{hash}"), "MAIL")
}

pub(crate) fn name(skeleton: &NameSkeleton) -> Key {
    key(format!("NAME#{}", skeleton.as_str()), "CLAIM")
}

pub(crate) fn device(hash: &str) -> Key {
    key(format!("DEVICE#{hash}"), "DEVICE")
}

pub(crate) fn sign_in(hash: &str) -> Key {
    key(format!("SIGNIN#{hash}"), "LINK")
}

pub(crate) fn once(member: MemberId, form: &FormKey) -> Key {
    key(format!("ONCE#{member}#{}", form.as_str()), "ONCE")
}

pub(crate) fn draft(id: Uuid) -> Key {
    key(format!("DRAFT#{id}"), "DRAFT")
}

pub(crate) fn limit(kind: &str, who: &str, window: Timestamp) -> Key {
    key(format!("LIMIT#{kind}#{who}"), window.to_string())
}

pub(crate) fn thread(id: &ThreadId) -> Key {
    key(format!("THREAD#{id}"), "THREAD")
}

pub(crate) fn comment(thread: &ThreadId, id: CommentId) -> Key {
    key(format!("THREAD#{thread}"), format!("COMMENT#{id}"))
}

pub(crate) const EARLIER: &str = "EARLIER#";

pub(crate) fn earlier(thread: &ThreadId, comment: CommentId, change: u32) -> Key {
    key(
        format!("THREAD#{thread}"),
        format!("{EARLIER}{comment}#{change:06}"),
    )
}

pub(crate) const HELPFUL: &str = "HELPFUL#";

pub(crate) fn helpful(comment: CommentId, member: MemberId) -> Key {
    key(format!("{HELPFUL}{comment}"), format!("{HELPFUL}{member}"))
}

pub(crate) fn board(id: &BoardId) -> Key {
    key(format!("BOARD#{id}"), "BOARD")
}

pub(crate) fn list(board: &BoardId, which: &str) -> String {
    format!("LIST#{board}#{which}")
}

pub(crate) fn listed(board: &BoardId, which: &str, opening: CommentId) -> Key {
    key(list(board, which), opening.to_string())
}

pub(crate) const QUEUE: &str = "QUEUE";

pub(crate) fn queue(id: CommentId) -> Key {
    key(QUEUE, id.to_string())
}

/// A decision about a member waits under its own id when they appeal.
pub(crate) fn queue_of_member(id: DecisionId) -> Key {
    key(QUEUE, id.to_string())
}

/// A suggestion waits under its own id.
pub(crate) fn queue_of_suggestion(id: SuggestionId) -> Key {
    key(QUEUE, id.to_string())
}

pub(crate) const SUGGESTIONS: &str = "SUGGESTIONS";
pub(crate) const SUGGESTION: &str = "SUGGESTION#";

pub(crate) fn suggestion(id: SuggestionId) -> Key {
    key(SUGGESTIONS, format!("{SUGGESTION}{id}"))
}

pub(crate) const DECISIONS: &str = "DECISIONS";
pub(crate) const DECISION: &str = "DECISION#";

pub(crate) fn decision(id: DecisionId) -> Key {
    key(DECISIONS, format!("{DECISION}{id}"))
}

pub(crate) const LOG: &str = "LOG";

pub(crate) fn log_entry(number: u32) -> Key {
    key(LOG, format!("ENTRY#{number:010}"))
}

pub(crate) fn log_count() -> Key {
    key(LOG, "COUNT")
}

pub(crate) fn reports(thread: &ThreadId, comment: CommentId) -> Key {
    key(format!("THREAD#{thread}"), format!("REPORTS#{comment}"))
}

pub(crate) fn reported(comment: CommentId, reporter: &str) -> Key {
    key(format!("REPORTED#{comment}"), reporter)
}

pub(crate) const RECENT: &str = "RECENT";

pub(crate) fn recent(id: CommentId) -> Key {
    key(RECENT, id.to_string())
}

/// The sort keys between which the comments lie that were written from one moment until before
/// another, both ends included: the time in an identifier comes first in its text.
pub(crate) fn recent_between((from, until): (Timestamp, Timestamp)) -> (String, String) {
    let of = |time: Timestamp, random: [u8; 10]| {
        let millis = u64::try_from(time.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    };
    let last = until - SignedDuration::from_millis(1);
    let (first, last) = (of(from, [0; 10]), of(last, [0xff; 10]));
    (first.to_string(), last.to_string())
}

pub(crate) fn digest(week: Week) -> Key {
    key("DIGESTS", week.to_string())
}

pub(crate) const DIGEST_READERS: &str = "DIGEST-READERS";

pub(crate) fn digest_reader(member: MemberId) -> Key {
    key(DIGEST_READERS, member.to_string())
}

pub(crate) fn is_digest_reader(key: &Key) -> bool {
    key.pk == DIGEST_READERS
}

pub(crate) const FOLLOW: &str = "FOLLOW#";

pub(crate) fn follow(member: MemberId, thread: &ThreadId) -> Key {
    key(format!("MEMBER#{member}"), format!("{FOLLOW}{thread}"))
}

/// The partition of the followers of a thread.
pub(crate) fn followers(thread: &ThreadId) -> String {
    format!("FOLLOWERS#{thread}")
}

pub(crate) fn follower(thread: &ThreadId, pace: Pace, member: MemberId) -> Key {
    let turn = turn(member, pace).unwrap_or_default();
    key(
        followers(thread),
        format!("{}{member}", turn_of(pace, turn)),
    )
}

pub(crate) fn is_follower(key: &Key) -> bool {
    key.pk.starts_with("FOLLOWERS#")
}

/// The member whose follower this key is.
pub(crate) fn follower_of(key: &Key) -> Option<MemberId> {
    key.sk
        .rsplit('#')
        .next()
        .and_then(|member| member.parse().ok())
}

/// The sort keys between which the followers lie whose turn is in a range, both ends included.
pub(crate) fn followers_between(pace: Pace, (first, last): (u16, u16)) -> (String, String) {
    // No identifier sorts after the tilde.
    (turn_of(pace, first), format!("{}~", turn_of(pace, last)))
}

fn turn_of(pace: Pace, turn: u16) -> String {
    match pace {
        Pace::AtOnce => format!("AT-ONCE#{turn:02}#"),
        Pace::Daily => format!("DAILY#{turn:02}#"),
        Pace::Weekly => format!("WEEKLY#{turn:03}#"),
    }
}

pub(crate) const NEWS: &str = "NEWS";

pub(crate) fn news(thread: &ThreadId) -> Key {
    key(NEWS, thread.as_str())
}

pub(crate) fn turns() -> Key {
    key("TURNS", "TURNS")
}

pub(crate) const COURSES: &str = "COURSES";

pub(crate) fn course(id: &CourseId) -> Key {
    key(COURSES, id.as_str())
}

pub(crate) const DONE: &str = "DONE#";

pub(crate) fn done(member: MemberId, lesson: &ThreadId) -> Key {
    key(format!("MEMBER#{member}"), format!("{DONE}{lesson}"))
}

pub(crate) fn session(id: &SessionId) -> Key {
    key(format!("SESSION#{id}"), "SESSION")
}

pub(crate) const SESSIONS: &str = "SESSIONS";

pub(crate) fn coming_session(id: &SessionId) -> Key {
    key(SESSIONS, id.as_str())
}

pub(crate) const SEAT: &str = "SEAT#";

pub(crate) fn seat(session: &SessionId, member: MemberId) -> Key {
    key(format!("SESSION#{session}"), format!("{SEAT}{member}"))
}

pub(crate) fn waitlist_entry(hash: &str) -> Key {
    key(format!("WAITLIST#{hash}"), "ENTRY")
}

pub(crate) fn waitlist_mails(hash: &str) -> Key {
    key(format!("WAITLIST#{hash}"), "MAILS")
}

pub(crate) const WAITLIST: &str = "WAITLIST";
pub(crate) const PLACE: &str = "PLACE#";

pub(crate) fn waitlist_place(place: u32) -> Key {
    key(WAITLIST, format!("{PLACE}{place:010}"))
}

pub(crate) fn waitlist_count() -> Key {
    key(WAITLIST, "COUNT")
}

pub(crate) fn outbox_shard(shard: u8) -> String {
    format!("OUTBOX#{shard}")
}

pub(crate) fn outbox(shard: u8, id: Uuid) -> Key {
    key(outbox_shard(shard), id.to_string())
}

pub(crate) const LATER: &str = "LATER";

/// Times are whole seconds, so that their texts sort as they do.
pub(crate) fn later(due: Timestamp, what: &str) -> Key {
    key(LATER, format!("{}#{what}", in_seconds(due)))
}

/// Follows the sort keys of everything that is due at `now`, and precedes all others.
pub(crate) fn later_than(now: Timestamp) -> String {
    // The character after the `#` that ends the time.
    format!("{}$", in_seconds(now))
}

fn in_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

pub(crate) const DELETIONS: &str = "DELETIONS";

pub(crate) fn deletion(at: Timestamp, what: &str) -> Key {
    key(DELETIONS, format!("{}#{what}", in_seconds(at)))
}

pub(crate) fn sent(work: Uuid) -> Key {
    key(format!("SENT#{work}"), "SENT")
}
