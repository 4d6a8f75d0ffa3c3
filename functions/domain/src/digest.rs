//! What of a week goes into a digest: chosen by signals that are counted and said, never by what
//! somebody's text looks like. A person reads the choice and writes the digest.
//!
//! Of each comment only its signals are kept, so a busy week takes little memory and no text.

pub mod traces;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::comment::Comment;
use crate::id::{CommentId, MemberId, ThreadId};
use crate::talk::Kind;

/// What each signal counts. An answer that settled a question counts most: it is what somebody who
/// missed the week can use at once.
pub const ACCEPTED: u32 = 5;
/// For a comment that says where a page is wrong.
pub const CORRECTION: u32 = 3;
/// For each member who replied to others.
pub const PERSON: u32 = 2;
/// For each mark “helpful”.
pub const MARK: u32 = 1;

/// Marks of one comment that count: one that everybody knows does not drown the others.
pub const MARKS_MOST: u32 = 10;
/// Members who replied that count: a quarrel of many is no better than a talk of five.
pub const PEOPLE_MOST: u32 = 5;

/// The most discussions in a draft. A digest is read in five minutes.
const THREADS: usize = 8;
/// The most quotes from one discussion.
const QUOTES: usize = 2;
/// Comments of a discussion that may be quoted, should the authors of the best not want it.
const CANDIDATES: usize = 5;
/// The most open questions.
const QUESTIONS: usize = 8;

/// How often each signal was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signals {
    /// Answers that settled a question.
    pub accepted: u32,
    /// Comments that said where the page was wrong, and by which it was mended.
    pub corrections: u32,
    /// Members who replied to somebody else.
    pub people: u32,
    /// Marks “helpful”, as far as they count.
    pub marks: u32,
}

impl Signals {
    /// What they count together.
    pub fn points(self) -> u32 {
        self.accepted * ACCEPTED
            + self.corrections * CORRECTION
            + self.people.min(PEOPLE_MOST) * PERSON
            + self.marks * MARK
    }
}

/// A comment that the draft points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointed {
    /// The comment.
    pub comment: CommentId,
    /// Its place in the thread, which decides its page.
    pub number: u32,
    /// What speaks for it.
    pub signals: Signals,
}

/// A discussion that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its thread.
    pub thread: ThreadId,
    /// What speaks for it.
    pub signals: Signals,
    /// What to quote, best first.
    pub quotes: Vec<Pointed>,
    /// Comments that were left out because their authors want not to be quoted.
    pub unquotable: usize,
}

/// A question that nobody replied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Its thread.
    pub thread: ThreadId,
    /// The question.
    pub question: Pointed,
}

/// The choice of a week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Published comments in the week.
    pub comments: usize,
    /// Discussions in which they stand.
    pub threads: usize,
    /// The discussions, best first.
    pub chosen: Vec<Chosen>,
    /// The questions that are open, those that most want answered first.
    pub open: Vec<Open>,
}

/// The signals of a week, comment by comment.
#[derive(Debug, Default)]
pub struct Gathered(BTreeMap<ThreadId, Vec<Said>>);

/// A comment without a word of it.
#[derive(Debug)]
struct Said {
    id: CommentId,
    number: u32,
    author: Option<MemberId>,
    reply_to: Option<CommentId>,
    opens: bool,
    kind: Kind,
    settled: bool,
    settles: bool,
    mended: bool,
    marks: u32,
}

impl Gathered {
    /// Takes the signals of a comment, if readers see it: it is published, and has its place.
    pub fn take(&mut self, comment: &Comment) {
        let Some(number) = comment.number.filter(|_| comment.is_public()) else {
            return;
        };
        let of_thread = self.0.entry(comment.thread.clone()).or_default();
        of_thread.push(Said {
            id: comment.id,
            number,
            author: comment.author.as_ref().map(|author| author.id),
            reply_to: comment.reply_to,
            opens: comment.title.is_some(),
            kind: comment.kind,
            settled: comment.accepted.is_some(),
            settles: comment.accepted_for.is_some(),
            mended: comment.fixed.is_some(),
            marks: comment.helpful.min(MARKS_MOST),
        });
    }

    /// The authors of what might be quoted: how they want to be quoted has to be asked.
    pub fn authors(&self) -> BTreeSet<MemberId> {
        let best = self.best();
        let candidates = best.iter().flat_map(|(talk, _)| talk.candidates());
        candidates.filter_map(|(said, _)| said.author).collect()
    }

    /// Chooses, without the words of those who are never to be quoted.
    pub fn choose(&self, never: &BTreeSet<MemberId>) -> Choice {
        let may = |said: &Said| said.author.is_none_or(|author| !never.contains(&author));
        let chosen = self.best().into_iter().map(|(talk, signals)| {
            let candidates = talk.candidates();
            let unquotable = candidates.iter().filter(|(said, _)| !may(said)).count();
            let quotes = candidates.into_iter().filter(|(said, _)| may(said));
            Chosen {
                thread: talk.thread.clone(),
                signals,
                quotes: quotes.take(QUOTES).map(Pointed::from).collect(),
                unquotable,
            }
        });
        Choice {
            comments: self.0.values().map(Vec::len).sum(),
            threads: self.0.len(),
            chosen: chosen.collect(),
            open: self.open(),
        }
    }

    fn talks(&self) -> impl Iterator<Item = Talk<'_>> {
        let all = self.0.iter();
        all.map(|(thread, said)| Talk::new(thread, said))
    }

    /// The discussions that anything speaks for, best first, and in the order of their names where
    /// they are equal.
    fn best(&self) -> Vec<(Talk<'_>, Signals)> {
        let all = self.talks().map(|talk| {
            let signals = talk.signals();
            (talk, signals)
        });
        let mut best: Vec<_> = all.filter(|(_, signals)| signals.points() > 0).collect();
        best.sort_by_key(|(_, signals)| Reverse(signals.points()));
        best.truncate(THREADS);
        best
    }

    /// Questions to which nobody else replied in the week. One that others marked comes first, then
    /// the one that waits longest.
    fn open(&self) -> Vec<Open> {
        let mut open: Vec<Open> = self.talks().flat_map(|talk| talk.open()).collect();
        open.sort_by_key(|open| (Reverse(open.question.signals.marks), open.question.comment));
        open.truncate(QUESTIONS);
        open
    }
}

impl From<(&Said, Signals)> for Pointed {
    fn from((said, signals): (&Said, Signals)) -> Self {
        Self {
            comment: said.id,
            number: said.number,
            signals,
        }
    }
}

/// A discussion, with who replied to what.
struct Talk<'a> {
    thread: &'a ThreadId,
    said: &'a [Said],
    /// Who wrote what they reply to.
    authors: BTreeMap<CommentId, Option<MemberId>>,
    repliers: BTreeMap<CommentId, BTreeSet<MemberId>>,
    writers: BTreeSet<MemberId>,
}

impl<'a> Talk<'a> {
    fn new(thread: &'a ThreadId, said: &'a [Said]) -> Self {
        let mut repliers: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for one in said {
            if let (Some(to), Some(author)) = (one.reply_to, one.author) {
                repliers.entry(to).or_default().insert(author);
            }
        }
        Self {
            thread,
            said,
            authors: said.iter().map(|said| (said.id, said.author)).collect(),
            repliers,
            writers: said.iter().filter_map(|said| said.author).collect(),
        }
    }

    fn signals(&self) -> Signals {
        let count =
            |of: fn(&Said) -> bool| number(self.said.iter().filter(|said| of(said)).count());
        let to_others = self
            .said
            .iter()
            .filter(|said| self.is_reply_to_another(said));
        let people: BTreeSet<_> = to_others.filter_map(|said| said.author).collect();
        Signals {
            accepted: count(|said| said.settles),
            corrections: count(|said| said.mended),
            people: number(people.len()),
            marks: self.said.iter().map(|said| said.marks).sum(),
        }
    }

    /// What was said before the week is taken for somebody else's.
    fn is_reply_to_another(&self, said: &Said) -> bool {
        said.reply_to.is_some_and(|to| {
            let author = self.authors.get(&to);
            author.is_none_or(|author| *author != said.author)
        })
    }

    fn signals_of(&self, said: &Said) -> Signals {
        Signals {
            accepted: said.settles.into(),
            corrections: said.mended.into(),
            people: number(self.people_after(said)),
            marks: said.marks,
        }
    }

    /// How many others replied to a comment; to what opens a topic, everything in it is a reply.
    fn people_after(&self, said: &Said) -> usize {
        let people = match said.opens {
            true => Some(&self.writers),
            false => self.repliers.get(&said.id),
        };
        let others = people.into_iter().flatten();
        others
            .filter(|person| said.author != Some(**person))
            .count()
    }

    /// The comments that anything speaks for, best first, the older first among equals.
    fn candidates(&self) -> Vec<(&'a Said, Signals)> {
        let all = self.said.iter();
        let mut found: Vec<_> = all
            .map(|said| (said, self.signals_of(said)))
            .filter(|(_, signals)| signals.points() > 0)
            .collect();
        found.sort_by_key(|(said, signals)| (Reverse(signals.points()), said.id));
        found.truncate(CANDIDATES);
        found
    }

    fn open(&self) -> Vec<Open> {
        let asks = |said: &&Said| said.kind == Kind::Question && !said.settled;
        let open = self.said.iter().filter(asks);
        let open = open.filter(|said| self.people_after(said) == 0);
        open.map(|said| Open {
            thread: self.thread.clone(),
            question: (said, self.signals_of(said)).into(),
        })
        .collect()
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
