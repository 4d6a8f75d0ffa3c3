//! Which files a bake makes, what each of them is for, and what stays undone when one of them fails.
//! A thread with an item that cannot be read stays as it is; the others must not wait for it.

use std::collections::{BTreeMap, BTreeSet};

use sodium_domain::board::{Filter, PAGES, place, place_begun};
use sodium_domain::id::{BoardId, SessionId, ThreadId};

use super::Work;
use super::bake::BakeError;
use super::feed_forms::FORMS;
use super::touched::{Touched, TouchedList};
use crate::files::FilesError;
use crate::site::{Index, PUBLIC, Shell, log_folder, slots::Slot};
use crate::store::StoreError;
use crate::words::Language;

/// What a file is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause<'a> {
    /// A change in this thread.
    Thread(&'a ThreadId),
    /// A change in the seats of this session.
    Session(&'a SessionId),
    /// A change in whichever thread: the lists of the site.
    AnyThread,
    /// A new line in the public log of decisions.
    Log,
}

/// The files to make, in order, each once and with all that it is made for.
pub(crate) fn plan<'a>(touched: &'a Touched, index: &'a Index) -> Vec<(Baked<'a>, Vec<Cause<'a>>)> {
    let mut files = Vec::new();
    for (thread, pages) in &touched.threads {
        let own = || vec![Cause::Thread(thread)];
        files.extend(
            pages
                .iter()
                .map(|page| (Baked::ThreadPage(thread, *page), own())),
        );
        files.push((Baked::Feed(FeedOf::Thread(thread)), own()));
    }
    files.extend(lists(touched, index).map(|list| (list, vec![Cause::AnyThread])));
    if !touched.threads.is_empty() {
        files.push((Baked::Feed(FeedOf::Site), vec![Cause::AnyThread]));
    }
    if !touched.log.is_empty() {
        let log = index
            .languages()
            .flat_map(|language| log(touched, language));
        files.extend(log.map(|file| (file, vec![Cause::Log])));
    }
    let shells = shells(touched, index).into_values();
    files.extend(shells.map(|(shell, causes)| (Baked::Shell(shell), causes)));
    files
}

/// The files of the log in a language.
fn log<'a>(touched: &Touched, language: Language) -> impl Iterator<Item = Baked<'a>> {
    let pages = touched.log.iter();
    let pages = pages.map(move |page| Baked::LogPage(language, *page));
    pages.chain([
        Baked::NewestOfLog(language),
        Baked::Feed(FeedOf::Log(language)),
    ])
}

/// The files of lists, without the boards' own pages. A board without a page has none.
fn lists<'a>(touched: &'a Touched, index: &'a Index) -> impl Iterator<Item = Baked<'a>> {
    touched.lists.iter().flat_map(move |list| {
        let (TouchedList::Filter(id, _)
        | TouchedList::Begun(id, _)
        | TouchedList::Feed(id)
        | TouchedList::AnsweredFeed(id)) = list;
        let Some((shell, _)) = index.board(id) else {
            return Vec::new();
        };
        match list {
            TouchedList::Filter(board, filter) => {
                let first = if *filter == Filter::All { 2 } else { 1 };
                let page = |number| Baked::List {
                    shell,
                    board,
                    filter: *filter,
                    number,
                };
                (first..=PAGES).map(page).collect()
            }
            TouchedList::Begun(board, number) => vec![Baked::Begun {
                shell,
                board,
                number: *number,
            }],
            TouchedList::Feed(board) => vec![Baked::Feed(FeedOf::Board { shell, board })],
            TouchedList::AnsweredFeed(board) => {
                vec![Baked::Feed(FeedOf::Answered { shell, board })]
            }
        }
    })
}

type Shells<'a> = BTreeMap<&'a str, (&'a Shell, Vec<Cause<'a>>)>;

fn shells<'a>(touched: &'a Touched, index: &'a Index) -> Shells<'a> {
    let mut shells = Shells::new();
    let changed = index.shells.iter();
    for shell in changed.filter(|shell| touched.shells.contains(&shell.path)) {
        shells.insert(&shell.path, (shell, Vec::new()));
    }
    let mut add = |shell: &'a Shell, cause| {
        let (_, causes) = shells.entry(&shell.path).or_insert((shell, Vec::new()));
        causes.push(cause);
    };
    for thread in touched.threads.keys() {
        for shell in index.showing_thread(thread) {
            add(shell, Cause::Thread(thread));
        }
    }
    if !touched.threads.is_empty() {
        for shell in index.showing(|slot| matches!(slot, Slot::Recent | Slot::Threads)) {
            add(shell, Cause::AnyThread);
        }
    }
    for list in &touched.lists {
        if let TouchedList::Filter(board, Filter::All) = list
            && let Some((shell, _)) = index.board(board)
        {
            add(shell, Cause::AnyThread);
        }
    }
    for (comment, thread) in &touched.comments {
        for shell in index.quoting(*comment) {
            add(shell, Cause::Thread(thread));
        }
    }
    for session in &touched.sessions {
        for shell in index.showing_session(session) {
            add(shell, Cause::Session(session));
        }
    }
    shells
}

/// A file that is made from the table, or a feed with its two.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Baked<'a> {
    Shell(&'a Shell),
    ThreadPage(&'a ThreadId, u32),
    List {
        shell: &'a Shell,
        board: &'a BoardId,
        filter: Filter,
        number: u32,
    },
    Begun {
        shell: &'a Shell,
        board: &'a BoardId,
        number: u32,
    },
    NewestOfLog(Language),
    LogPage(Language, u32),
    Feed(FeedOf<'a>),
}

/// What a feed tells of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FeedOf<'a> {
    Thread(&'a ThreadId),
    Site,
    Board {
        shell: &'a Shell,
        board: &'a BoardId,
    },
    /// The answered questions of the board that lists all of the site.
    Answered {
        shell: &'a Shell,
        board: &'a BoardId,
    },
    Log(Language),
}

impl Baked<'_> {
    /// Its files: one, or the forms of a feed.
    pub(crate) fn paths(self) -> Vec<String> {
        let folder = match self {
            Self::Shell(shell) => return vec![format!("{PUBLIC}/{}", shell.path)],
            Self::ThreadPage(thread, 1) | Self::Feed(FeedOf::Thread(thread)) => {
                format!("discussions/{thread}/")
            }
            Self::ThreadPage(thread, number) => format!("discussions/{thread}/{number}/"),
            Self::Feed(FeedOf::Site) => "discussions/".to_owned(),
            Self::List {
                shell,
                filter,
                number,
                ..
            } => format!("{}{}", shell.folder(), place(filter, number)),
            Self::Begun { shell, number, .. } => {
                format!("{}{}", shell.folder(), place_begun(number))
            }
            Self::Feed(FeedOf::Board { shell, .. }) => shell.folder().to_owned(),
            Self::Feed(FeedOf::Answered { shell, .. }) => {
                format!("{}{}", shell.folder(), place(Filter::Answered, 1))
            }
            Self::NewestOfLog(language) | Self::Feed(FeedOf::Log(language)) => log_folder(language),
            Self::LogPage(language, number) => format!("{}{number}/", log_folder(language)),
        };
        let names: &[&str] = match self {
            Self::Feed(_) => &FORMS,
            _ => &["index.html"],
        };
        let path = |name| format!("{PUBLIC}/{folder}{name}");
        names.iter().map(path).collect()
    }
}

/// After so many failures that say nothing of the page itself, the others would fail as well, each
/// after a wait.
const OUTAGE: usize = 3;

/// What a bake left as it was.
#[derive(Debug, Default)]
pub(crate) struct Undone {
    threads: BTreeSet<ThreadId>,
    sessions: BTreeSet<SessionId>,
    lists: bool,
    log: bool,
    failures: usize,
    first: Option<BakeError>,
}

impl Undone {
    /// Notes that a file was not made.
    pub(crate) fn note(&mut self, causes: &[Cause<'_>], error: BakeError) {
        tracing::warn!(%error, "a page stays as it was for now");
        for cause in causes {
            match cause {
                Cause::Thread(thread) => drop(self.threads.insert((*thread).clone())),
                Cause::Session(session) => drop(self.sessions.insert((*session).clone())),
                Cause::AnyThread => self.lists = true,
                Cause::Log => self.log = true,
            }
        }
        let of_the_page = matches!(
            error,
            BakeError::Page(_)
                | BakeError::Store(StoreError::Malformed(_))
                | BakeError::Files(FilesError::Contended(_))
        );
        self.failures += usize::from(!of_the_page);
        self.first.get_or_insert(error);
    }

    /// Notes that nothing at all could be made.
    pub(crate) fn note_outage(&mut self, error: BakeError) {
        self.note(&[], error);
        self.failures = OUTAGE;
    }

    /// Whether going on is of no use.
    pub(crate) fn is_an_outage(&self) -> bool {
        self.failures >= OUTAGE
    }

    /// Whether this work has to be done again.
    pub(crate) fn covers(&self, work: &Work) -> bool {
        self.is_an_outage()
            || match work {
                Work::ThreadChanged { thread, .. } | Work::ThreadModeChanged { thread } => {
                    self.lists || self.threads.contains(thread)
                }
                Work::LogChanged { .. } => self.log,
                Work::SeatsChanged { session } => self.sessions.contains(session),
                // Its pages are those of any thread that somebody quotes.
                Work::QuotingChanged { .. } => self.first.is_some(),
                Work::Mail { .. }
                | Work::Announce { .. }
                | Work::Thank { .. }
                | Work::DigestPublished { .. }
                | Work::MemberLeft { .. } => false,
            }
    }

    /// The first failure, if there was one.
    pub(crate) fn result(self) -> Result<(), BakeError> {
        self.first.map_or(Ok(()), Err)
    }
}
