//! Every kind of item in the table, and whether it goes along when a community moves. A row for each
//! row of the table of access patterns in [`super::keys`]; a test holds the two together, so that
//! nothing is forgotten in an export without somebody having decided so.

use serde::de::DeserializeOwned;
use sodium_domain::comment::Comment;
use sodium_domain::course::Done;
use sodium_domain::decision::{Decision, LogEntry};
use sodium_domain::follow::Follow;
use sodium_domain::member::Profile;
use sodium_domain::seat::{LiveSession, Seat};
use sodium_domain::suggestion::Suggestion;
use sodium_domain::waitlist::Entry;

use super::boards::{Board, Listed};
use super::deletions::Deletion;
use super::digests::{DigestReader, PublishedDigest};
use super::earlier::Earlier;
use super::follows::{Follower, News};
use super::keys::{self, Key};
use super::marks::Mark;
use super::members::{Claim, MemberRef};
use super::passkeys::StoredPasskey;
use super::queue::Waiting;
use super::roles::Holder;
use super::threads::{Recent, Thread};
use super::{Item, StoreError, from_item};

/// A kind of item.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Its name in an export.
    pub(crate) name: &'static str,
    /// Its partition and sort key, as the table of access patterns writes them: capitals stand for
    /// themselves, and from the first small letter on it may be anything.
    pub(crate) key: (&'static str, &'static str),
    /// Whether it goes along.
    pub(crate) moves: Moves,
}

/// What happens to a kind when a community moves.
#[derive(Debug)]
pub(crate) enum Moves {
    /// It goes along.
    Along(Along),
    /// It stays behind, for this reason.
    Stays(&'static str),
}

/// How a kind goes along.
#[derive(Debug)]
pub(crate) struct Along {
    /// Where it holds the keyed hash of an address, which other keys make anew.
    pub(crate) hash: Hash,
    /// Reads an item as the application does, and says under which key it belongs; nothing, where
    /// the key cannot be known from the item.
    pub(crate) check: fn(Item) -> Result<Option<Key>, StoreError>,
    /// What publishing the site states of it by itself.
    pub(crate) site: Option<Site>,
}

/// Where an item holds the keyed hash of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    /// Nowhere.
    None,
    /// Behind the `#` of its partition.
    Partition,
    /// In this attribute.
    Attribute(&'static str),
}

/// An item that a publication makes before anything happened to it.
#[derive(Debug)]
pub(crate) struct Site {
    /// The attributes that the site states; they are right in the table and may be old in an export.
    pub(crate) states: &'static [&'static str],
    /// The attributes that count, which are missing or 0 before anything happened.
    pub(crate) counts: &'static [&'static str],
}

const fn along(check: fn(Item) -> Result<Option<Key>, StoreError>) -> Along {
    Along {
        hash: Hash::None,
        check,
        site: None,
    }
}

impl Along {
    const fn hashed(self, hash: Hash) -> Self {
        Self { hash, ..self }
    }

    const fn of_site(
        self,
        states: &'static [&'static str],
        counts: &'static [&'static str],
    ) -> Self {
        Self {
            site: Some(Site { states, counts }),
            ..self
        }
    }
}

const fn kind(name: &'static str, pk: &'static str, sk: &'static str, along: Along) -> Kind {
    Kind {
        name,
        key: (pk, sk),
        moves: Moves::Along(along),
    }
}

const fn stays(name: &'static str, pk: &'static str, sk: &'static str, why: &'static str) -> Kind {
    Kind {
        name,
        key: (pk, sk),
        moves: Moves::Stays(why),
    }
}

/// Every kind of item.
pub(crate) const KINDS: &[Kind] = &[
    stays("frame", "SITE", "FRAME", "publishing makes it anew"),
    stays(
        "frame-in-language",
        "SITE",
        "FRAME#language",
        "publishing makes it anew",
    ),
    kind(
        "member",
        "MEMBER#id",
        "PROFILE",
        along(|item| reads(item, |member: &Profile| keys::member(member.id))),
    ),
    kind(
        "passkey",
        "MEMBER#id",
        "PASSKEY#hash",
        along(readable::<StoredPasskey>),
    ),
    kind(
        "role",
        "ROLES",
        "member id",
        along(|item| reads(item, |holder: &Holder| keys::role(holder.member))),
    ),
    stays(
        "answered-challenge",
        "CHALLENGE#id",
        "ANSWERED",
        "it counts for minutes",
    ),
    kind(
        "address",
        "ADDRESS#keyed hash",
        "MEMBER",
        along(readable::<MemberRef>).hashed(Hash::Partition),
    ),
    kind(
        "mail-stop",
        "ADDRESS#keyed hash",
        "MAIL",
        along(anything).hashed(Hash::Partition),
    ),
    kind("name", "NAME#skeleton", "CLAIM", along(readable::<Claim>)),
    stays(
        "company-account",
        "COMPANY#keyed hash",
        "ACCOUNT",
        "its hash cannot be made anew; people connect it again",
    ),
    stays("device", "DEVICE#hash", "DEVICE", "people sign in again"),
    stays(
        "sign-in-link",
        "SIGNIN#hash",
        "LINK",
        "it works for minutes",
    ),
    stays(
        "form",
        "ONCE#member#key",
        "ONCE",
        "a form is not sent again after a move",
    ),
    stays(
        "draft",
        "DRAFT#id",
        "DRAFT",
        "it is kept for a day, for who is about to sign in",
    ),
    stays(
        "limit",
        "LIMIT#kind#who",
        "window start",
        "it counts for hours",
    ),
    kind(
        "thread",
        "THREAD#id",
        "THREAD",
        along(|item| reads(item, |thread: &Thread| keys::thread(&thread.id))).of_site(
            &[
                "title", "page_url", "source", "revision", "headings", "digests",
            ],
            &["published", "visible"],
        ),
    ),
    kind(
        "comment",
        "THREAD#id",
        "COMMENT#id",
        along(|item| reads(item, |c: &Comment| keys::comment(&c.thread, c.id))),
    ),
    kind(
        "earlier-text",
        "THREAD#id",
        "EARLIER#comment#change",
        along(readable::<Earlier>),
    ),
    kind(
        "helpful-mark",
        "HELPFUL#comment",
        "HELPFUL#member",
        along(readable::<Mark>),
    ),
    kind(
        "board",
        "BOARD#id",
        "BOARD",
        along(|item| reads(item, |board: &Board| keys::board(&board.stated.board)))
            .of_site(&["board", "title", "lead", "lists", "page_url"], &["begun"]),
    ),
    kind(
        "listed-discussion",
        "LIST#board#which",
        "opening comment",
        along(readable::<Listed>),
    ),
    kind(
        "waiting",
        "QUEUE",
        "id of what waits",
        along(|item| reads(item, Waiting::key)),
    ),
    kind(
        "suggestion",
        "SUGGESTIONS",
        "SUGGESTION#id",
        along(|item| reads(item, |s: &Suggestion| keys::suggestion(s.id))),
    ),
    kind(
        "decision",
        "DECISIONS",
        "DECISION#id",
        along(|item| reads(item, |decision: &Decision| keys::decision(decision.id))),
    ),
    kind(
        "log-line",
        "LOG",
        "ENTRY#number",
        along(|item| reads(item, |line: &LogEntry| keys::log_entry(line.number))),
    ),
    kind("log-count", "LOG", "COUNT", along(anything)),
    stays(
        "reports",
        "THREAD#id",
        "REPORTS#comment id",
        "who reported cannot be known with other keys, so counting begins anew",
    ),
    stays(
        "report",
        "REPORTED#comment id",
        "keyed hash",
        "it cannot be recognised with other keys",
    ),
    kind(
        "recent-comment",
        "RECENT",
        "comment id",
        along(|item| reads(item, |recent: &Recent| keys::recent(recent.comment))),
    ),
    kind(
        "digest",
        "DIGESTS",
        "week",
        along(|item| reads(item, |digest: &PublishedDigest| keys::digest(digest.week)))
            .of_site(&["week", "at"], &[]),
    ),
    kind(
        "digest-reader",
        "DIGEST-READERS",
        "member id",
        along(|item| reads(item, |r: &DigestReader| keys::digest_reader(r.member))),
    ),
    kind(
        "follow",
        "MEMBER#id",
        "FOLLOW#thread",
        along(|item| reads(item, |f: &Follow| keys::follow(f.member, &f.thread))),
    ),
    kind(
        "follower-at-once",
        "FOLLOWERS#thread",
        "AT-ONCE#00#member",
        along(|item| reads(item, Follower::key)),
    ),
    kind(
        "follower-daily",
        "FOLLOWERS#thread",
        "DAILY#turn#member",
        along(|item| reads(item, Follower::key)),
    ),
    kind(
        "follower-weekly",
        "FOLLOWERS#thread",
        "WEEKLY#turn#member",
        along(|item| reads(item, Follower::key)),
    ),
    kind(
        "news",
        "NEWS",
        "thread",
        along(|item| reads(item, |news: &News| keys::news(&news.thread))),
    ),
    stays(
        "turns",
        "TURNS",
        "TURNS",
        "the first sweep begins where it is",
    ),
    stays("course", "COURSES", "course id", "publishing makes it anew"),
    kind(
        "lesson-done",
        "MEMBER#id",
        "DONE#lesson",
        along(|item| reads(item, |done: &Done| keys::done(done.member, &done.lesson))),
    ),
    kind(
        "session",
        "SESSION#id",
        "SESSION",
        along(|item| reads(item, |session: &LiveSession| keys::session(&session.id))).of_site(
            &[
                "title", "page_url", "starts", "zone", "minutes", "capacity", "status",
            ],
            &["confirmed", "waiting"],
        ),
    ),
    kind(
        "seat",
        "SESSION#id",
        "SEAT#member",
        along(|item| reads(item, |seat: &Seat| keys::seat(&seat.session, seat.member))),
    ),
    kind(
        "waitlist-entry",
        "WAITLIST#keyed hash",
        "ENTRY",
        along(readable::<Entry>).hashed(Hash::Partition),
    ),
    kind(
        "waitlist-mails",
        "WAITLIST#keyed hash",
        "MAILS",
        along(anything).hashed(Hash::Partition),
    ),
    kind(
        "waitlist-place",
        "WAITLIST",
        "PLACE#number",
        along(anything).hashed(Hash::Attribute("entry")),
    ),
    kind("waitlist-count", "WAITLIST", "COUNT", along(anything)),
    stays(
        "coming-session",
        "SESSIONS",
        "session id",
        "publishing makes it anew",
    ),
    stays(
        "work",
        "OUTBOX#shard",
        "work id",
        "what follows is done within seconds",
    ),
    stays(
        "errand",
        "LATER",
        "time, what",
        "what waits for its time is done within a day",
    ),
    kind(
        "deletion",
        "DELETIONS",
        "time, what",
        along(readable::<Deletion>),
    ),
    stays(
        "sent-mail",
        "SENT#work id",
        "SENT",
        "it belongs to work that stays",
    ),
];

/// Reads an item as the application does, and says the key that belongs to it.
fn reads<T: DeserializeOwned>(
    item: Item,
    key: impl Fn(&T) -> Key,
) -> Result<Option<Key>, StoreError> {
    from_item(item).map(|value| Some(key(&value)))
}

/// Reads an item of which the key cannot be known from what it holds.
fn readable<T: DeserializeOwned>(item: Item) -> Result<Option<Key>, StoreError> {
    from_item::<T>(item).map(|_| None)
}

/// Takes an item as it is.
#[expect(clippy::unnecessary_wraps, reason = "one of several ways to check")]
fn anything(_: Item) -> Result<Option<Key>, StoreError> {
    Ok(None)
}

impl Kind {
    /// The kind of the item with this key.
    pub(crate) fn of(key: &Key) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.matches(key))
    }

    /// The kind with this name in an export.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    fn matches(&self, key: &Key) -> bool {
        fits(self.key.0, &key.pk) && fits(self.key.1, &key.sk)
    }
}

/// Whether a part of a key is as its pattern says.
fn fits(pattern: &str, part: &str) -> bool {
    match pattern.find(|c: char| c.is_lowercase()) {
        Some(free) => part.starts_with(&pattern[..free]),
        None => part == pattern,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SOURCE: &str = include_str!("keys.rs");

    /// The rows of the table of access patterns: partition and sort keys.
    fn documented() -> BTreeSet<(String, String)> {
        let rows = SOURCE.lines().filter_map(|line| line.strip_prefix("//! |"));
        let mut found = BTreeSet::new();
        for row in rows.skip(2) {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            for sk in in_backticks(cells[2]) {
                for pk in in_backticks(cells[1]) {
                    found.insert((pk.to_owned(), sk.to_owned()));
                }
            }
        }
        found
    }

    fn in_backticks(cell: &str) -> Vec<&str> {
        if cell.contains('`') {
            cell.split('`').skip(1).step_by(2).collect()
        } else {
            [cell].into_iter().filter(|cell| !cell.is_empty()).collect()
        }
    }

    #[test]
    fn every_access_pattern_is_exported_or_left_out_for_a_reason() {
        let listed: BTreeSet<_> = KINDS
            .iter()
            .map(|kind| (kind.key.0.to_owned(), kind.key.1.to_owned()))
            .collect();
        let documented = documented();
        let forgotten: Vec<_> = documented.difference(&listed).collect();
        assert!(
            forgotten.is_empty(),
            "{forgotten:?} stand in the table of store/keys.rs and not in KINDS of store/kinds.rs: \
             say there whether they go along in an export, or why not, and add what goes along to \
             the format in functions/EXPORT.md"
        );
        let gone: Vec<_> = listed.difference(&documented).collect();
        assert!(
            gone.is_empty(),
            "{gone:?} do not stand in store/keys.rs any more"
        );
    }

    #[test]
    fn every_key_that_is_made_stands_in_the_table_of_access_patterns() {
        let code = SOURCE.split("use jiff").nth(1).unwrap();
        let literals = code.split('"').skip(1).step_by(2);
        let partitions = KINDS.iter().flat_map(|kind| [kind.key.0, kind.key.1]);
        let partitions: Vec<&str> = partitions.collect();
        for literal in literals {
            let fixed = literal.split('{').next().unwrap();
            let is_key = fixed.starts_with(|c: char| c.is_ascii_uppercase());
            let known = partitions.iter().any(|pattern| pattern.starts_with(fixed));
            assert!(
                !is_key || known,
                "‘{literal}’ stands in no row of store/keys.rs"
            );
        }
    }

    #[test]
    fn every_item_is_of_one_kind() {
        for kind in KINDS {
            let example = |pattern: &str| pattern.replace("keyed hash", "aB-c");
            let key = Key {
                pk: example(kind.key.0),
                sk: example(kind.key.1),
            };
            let fitting = KINDS.iter().filter(|kind| kind.matches(&key));
            let names: BTreeSet<&str> = fitting.map(|kind| kind.name).collect();
            assert_eq!(
                names,
                BTreeSet::from([kind.name]),
                "{key:?} is of more than one kind"
            );
        }
    }

    #[test]
    fn the_format_is_described_kind_for_kind() {
        let description = include_str!("../../../EXPORT.md");
        for kind in KINDS {
            let described = description.contains(&format!("| `{}` |", kind.name));
            assert!(
                described,
                "functions/EXPORT.md says nothing of ‘{}’",
                kind.name
            );
        }
    }
}
