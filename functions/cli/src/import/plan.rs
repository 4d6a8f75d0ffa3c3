//! What becomes of the comments of a file: which thread each belongs to, which it answers, and under
//! which identifier it is known here. The same file gives the same plan, so importing it twice is
//! importing it once.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use sodium_domain::comment::{Comment, Imported, State};
use sodium_domain::id::{CommentId, ThreadId};
use sodium_domain::markdown::{MAX_CHARS, Source, SourceError};
use sodium_domain::name::DisplayName;
use uuid::{Builder, Uuid};

use super::tree::Tree;
use super::{Discussion, Found, Origin, Pages};

/// Where identifiers of imported comments come from.
const SPACE: Uuid = Uuid::from_u128(0x6d1b_9f0e_53c4_5a8e_9b57_2f9a_7c40_e1d3);

/// What a text that is too long ends with.
const CUT: &str = "\n\n[…]";

/// Normal form C makes at most three characters of one.
const GROWTH: usize = 3;

/// Why a comment stays behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    /// It was spam there.
    Spam,
    /// It was in the trash, or deleted.
    Deleted,
    /// Nobody had approved it.
    Unapproved,
    /// It is a pingback, an order, or the like.
    NoComment,
    /// Readers could not see its page.
    HiddenPage,
    /// It is longer than any comment.
    TooLong,
    /// There is nothing to read in it.
    NoText,
    /// It has no identifier.
    NoId,
    /// It has the identifier of another.
    Twice,
    /// It says no time, or one that is still to come.
    NoTime,
    /// Its page has no thread here.
    NoThread,
}

impl Left {
    /// The reason, as the report has it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Spam => "spam",
            Self::Deleted => "deleted, or in the trash",
            Self::Unapproved => "not approved",
            Self::NoComment => "a pingback, or something else that is no comment",
            Self::HiddenPage => "on a page that was not public",
            Self::TooLong => "longer than any comment",
            Self::NoText => "without text that can be shown",
            Self::NoId => "without an identifier",
            Self::Twice => "with the identifier of another comment",
            Self::NoTime => "without a time in the past",
            Self::NoThread => "on a page that has no thread here",
        }
    }
}

/// What is different about a comment here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// Its text was cut.
    Cut,
    /// Its name could not be taken along.
    Nameless,
    /// What it answered stays behind.
    Raised,
    /// What it answered is not in the file, or on another page.
    Orphaned,
    /// It answered, by way of others, itself.
    Circular,
}

impl Note {
    /// What is different, as the report has it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Cut => "the text was longer than a comment may be, and is cut",
            Self::Nameless => "the name cannot be shown here, and is left out",
            Self::Raised => {
                "what it answered stays behind; it answers what that answered, or the page"
            }
            Self::Orphaned => {
                "what it answered is not on its page in the file; it answers the page"
            }
            Self::Circular => "it answered itself by way of others; it answers the page",
        }
    }
}

/// What becomes of a file.
#[derive(Debug, Default)]
pub struct Plan {
    /// The comments that come along, the oldest first.
    pub comments: Vec<Planned>,
    /// The old addresses of comments that stay behind, and why.
    pub left: Vec<(String, Left)>,
    /// Pages of which the thread is not known, with the number of their comments.
    pub unmatched: BTreeMap<String, u64>,
}

/// A comment as it will be here.
#[derive(Debug)]
pub struct Planned {
    /// Where it was.
    pub old: String,
    /// What it will be.
    pub comment: Comment,
    /// What is different.
    pub notes: Vec<Note>,
}

/// Where an answer finds what it answers.
#[derive(Clone)]
struct Above {
    id: CommentId,
    thread: ThreadId,
}

impl Plan {
    /// Plans what becomes of a discussion.
    #[must_use]
    pub fn of(discussion: Discussion, pages: &Pages, now: Timestamp) -> Self {
        let Discussion { origin, found } = discussion;
        let tree = Tree::of(&found);
        let order = tree.ancestors_first();
        let times = times(&found, &tree, &order, now);
        let mut plan = Self::default();
        let mut planned: Vec<Option<Above>> = vec![None; found.len()];
        // The nearest comment above each that comes along.
        let mut above = planned.clone();
        for at in order {
            let one = &found[at];
            let parent = tree.parents[at];
            above[at] = parent.and_then(|p| planned[p].clone().or_else(|| above[p].clone()));
            let old = format!("{}{}{}", one.page, origin.anchor(), one.id);
            let (thread, body) = match can_come(one, tree.twice[at], pages, now) {
                Ok(come) => come,
                Err(left) => {
                    plan.leave(one, old, left);
                    continue;
                }
            };
            let mut notes = Vec::new();
            if tree.circular[at] {
                notes.push(Note::Circular);
            } else if let Some(note) = moved(one, parent, &planned, &above[at], thread) {
                notes.push(note);
            }
            let reply_to = above[at].as_ref().filter(|above| above.thread == *thread);
            let (body, is_cut) = body;
            let name = DisplayName::parse(&one.name).ok();
            notes.extend(is_cut.then_some(Note::Cut));
            notes.extend(name.is_none().then_some(Note::Nameless));
            let comment = Comment {
                reply_to: reply_to.map(|above| above.id),
                ..comment(
                    id(origin, one, times[at]),
                    thread,
                    one,
                    body,
                    Imported { name },
                )
            };
            planned[at] = Some(Above {
                id: comment.id,
                thread: thread.clone(),
            });
            plan.comments.push(Planned {
                old,
                comment,
                notes,
            });
        }
        plan.comments.sort_by_key(|planned| planned.comment.id);
        plan
    }

    fn leave(&mut self, one: &Found, old: String, left: Left) {
        if left == Left::NoThread {
            let page: String = one.page.chars().take(200).collect();
            *self.unmatched.entry(page).or_default() += 1;
        }
        self.left.push((old, left));
    }
}

/// The thread and the text of a comment that comes along, or why it does not.
fn can_come<'a>(
    one: &Found,
    is_twice: bool,
    pages: &'a Pages,
    now: Timestamp,
) -> Result<(&'a ThreadId, (Source, bool)), Left> {
    if let Some(left) = one.left {
        return Err(left);
    }
    if one.id.is_empty() {
        return Err(Left::NoId);
    }
    if is_twice {
        return Err(Left::Twice);
    }
    if time(one, now).is_none() {
        return Err(Left::NoTime);
    }
    let thread = pages.thread(&one.page).ok_or(Left::NoThread)?;
    Ok((thread, text(&one.body).ok_or(Left::NoText)?))
}

/// When a comment was written. Identifiers of version 7 know no time before 1970.
fn time(one: &Found, now: Timestamp) -> Option<i64> {
    let past = one.created.filter(|created| *created <= now)?;
    Some(past.as_millisecond()).filter(|millis| *millis >= 0)
}

/// The times for identifiers: an answer is younger than what it answers, whatever the clocks said.
/// They follow from the file alone, so that a page that is known later changes none.
fn times(found: &[Found], tree: &Tree, order: &[usize], now: Timestamp) -> Vec<i64> {
    let mut times = vec![0; found.len()];
    for &at in order {
        let after = tree.parents[at].map_or(0, |parent| times[parent] + 1);
        times[at] = time(&found[at], now).unwrap_or(0).max(after);
    }
    times
}

/// What is different about whom a comment answers.
fn moved(
    one: &Found,
    parent: Option<usize>,
    planned: &[Option<Above>],
    above: &Option<Above>,
    thread: &ThreadId,
) -> Option<Note> {
    one.parent.as_ref()?;
    let elsewhere = above.as_ref().is_some_and(|above| above.thread != *thread);
    match parent {
        None => Some(Note::Orphaned),
        Some(_) if elsewhere => Some(Note::Orphaned),
        Some(parent) => planned[parent].is_none().then_some(Note::Raised),
    }
}

/// The text of a comment, and whether it was cut.
fn text(body: &str) -> Option<(Source, bool)> {
    match Source::parse(body) {
        Ok(body) => Some((body, false)),
        Err(SourceError::TooLong { .. }) => {
            let most = MAX_CHARS - CUT.chars().count();
            let cut = |kept: usize| {
                let kept = body.chars().take(kept);
                Source::parse(&kept.chain(CUT.chars()).collect::<String>()).ok()
            };
            let body = cut(most).or_else(|| cut(most / GROWTH))?;
            Some((body, true))
        }
        Err(SourceError::TooManyMarks | SourceError::Empty) => None,
    }
}

fn comment(
    id: CommentId,
    thread: &ThreadId,
    one: &Found,
    body: Source,
    imported: Imported,
) -> Comment {
    let created = one.created.unwrap_or_default();
    Comment {
        imported: Some(imported),
        ..Comment::saying(id, thread.clone(), body, State::Published, created)
    }
}

/// A UUID of version 7 that is the same whenever it is made: the time, and a digest of where the comment
/// comes from. The page is no part of that, because pages move and comments stay.
fn id(origin: Origin, one: &Found, millis: i64) -> CommentId {
    let name = format!("{}\0{}\0{}", origin.word(), host(&one.page), one.id);
    let digest = Uuid::new_v5(&SPACE, name.as_bytes());
    let mut random = [0; 10];
    random.copy_from_slice(&digest.as_bytes()[..10]);
    let millis = u64::try_from(millis).unwrap_or(0);
    CommentId::from(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// The host of an address in small letters; nothing of a path.
fn host(page: &Arc<str>) -> String {
    let after = page.split_once("://").map_or("", |(_, rest)| rest);
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    after[..end].to_ascii_lowercase()
}
