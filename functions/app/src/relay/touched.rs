//! Which pages a batch of work touches. A new comment touches its own page of the thread, the first
//! (which counts), the one before when it begins a page, and those of the comments it answers.

use std::collections::{BTreeMap, BTreeSet};

use sodium_domain::board::Filter;
use sodium_domain::comment::Comment;
use sodium_domain::id::{BoardId, CommentId, SessionId, ThreadId};
use sodium_domain::thread::{numbers_on, page_count, page_of};

use super::plan::{Cause, Undone};
use super::{Outgoing, Work};
use crate::site::Index;
use crate::site::slots::{Lists, Slot, StatedBoard, StatedThread};
use crate::state::App;
use crate::store::StoreError;
use crate::store::answers::Pair;

/// What has to be baked.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Touched {
    /// Pages of threads.
    pub(crate) threads: BTreeMap<ThreadId, BTreeSet<u32>>,
    /// Comments that changed, with their threads, for the pages that quote them.
    pub(crate) comments: BTreeMap<CommentId, ThreadId>,
    /// Lists of boards.
    pub(crate) lists: BTreeSet<TouchedList>,
    /// Live sessions.
    pub(crate) sessions: BTreeSet<SessionId>,
    /// Pages of the public log of decisions.
    pub(crate) log: BTreeSet<u32>,
    /// The paths of pages that changed themselves, whatever they show of the table.
    pub(crate) shells: BTreeSet<String>,
}

/// A list of a board, as far as it has to be baked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TouchedList {
    /// A list by activity, all its pages: what moves to the front moves everything before its old
    /// place.
    Filter(BoardId, Filter),
    /// A page of the list of all, in the order in which they began.
    Begun(BoardId, u32),
    /// The feed.
    Feed(BoardId),
    /// The feed of the answered questions.
    AnsweredFeed(BoardId),
}

impl Touched {
    /// What a batch touches; gives numbers to newly published comments on the way. A thread in which
    /// that fails is noted as undone, and not touched.
    pub(crate) async fn by(
        app: &App,
        batch: &[&Outgoing],
        index: &Index,
        undone: &mut Undone,
    ) -> Self {
        let mut touched = Self::default();
        let mut changed: BTreeMap<&ThreadId, BTreeSet<CommentId>> = BTreeMap::new();
        let mut modes = BTreeSet::new();
        for outgoing in batch {
            match &outgoing.work {
                Work::ThreadChanged { thread, comment } => {
                    changed.entry(thread).or_default().insert(*comment);
                }
                Work::SeatsChanged { session } => {
                    touched.sessions.insert(session.clone());
                }
                Work::ThreadModeChanged { thread } => drop(modes.insert(thread)),
                Work::QuotingChanged { .. } => touched.quotes(index),
                Work::LogChanged { number } => touched.log_line(*number),
                Work::Mail { .. }
                | Work::Announce { .. }
                | Work::Thank { .. }
                | Work::DigestPublished { .. }
                | Work::MemberLeft { .. } => {}
            }
        }
        for (thread, comments) in changed {
            if let Err(error) = touched.thread(app, thread, &comments, index).await {
                undone.note(&[Cause::Thread(thread)], error.into());
            }
        }
        for thread in modes {
            if let Err(error) = touched.whole_thread(app, thread).await {
                undone.note(&[Cause::Thread(thread)], error.into());
            }
        }
        touched
    }

    async fn thread(
        &mut self,
        app: &App,
        thread: &ThreadId,
        comments: &BTreeSet<CommentId>,
        index: &Index,
    ) -> Result<(), StoreError> {
        let ids: Vec<CommentId> = comments.iter().copied().collect();
        let mut pages = BTreeSet::from([1]);
        let announce = |comment: &Comment| app.announce(comment);
        let numbered = app.store.number(thread, &ids, &announce, app.clock.now());
        let numbered = numbered.await?;
        for comment in &numbered {
            app.settle(comment).await?;
            touch_comment(app, comment, &mut pages).await?;
        }
        self.lists
            .extend(app.relist(thread, &numbered, index).await?);
        self.comments
            .extend(ids.into_iter().map(|id| (id, thread.clone())));
        self.threads.insert(thread.clone(), pages);
        Ok(())
    }

    /// All pages of a thread: each says who may write in it.
    pub(crate) async fn whole_thread(
        &mut self,
        app: &App,
        thread: &ThreadId,
    ) -> Result<(), StoreError> {
        let published = app.store.thread(thread).await?.map_or(0, |t| t.published);
        let pages = self.threads.entry(thread.clone()).or_default();
        pages.extend(1..=page_count(published));
        Ok(())
    }

    /// Every comment that a page quotes. There are few, and a page that stays as it is is not written.
    fn quotes(&mut self, index: &Index) {
        for slot in index.shells.iter().flat_map(|shell| &shell.slots) {
            if let Slot::Quote { thread, comment } = slot {
                self.comments.insert(*comment, thread.clone());
            }
        }
    }

    /// A new line in the log touches its page, and the one before when it begins a page.
    fn log_line(&mut self, number: u32) {
        let page = page_of(number);
        self.log.insert(page);
        if number == numbers_on(page).0 {
            self.log.insert(page.saturating_sub(1).max(1));
        }
    }

    /// Everything that the site shows.
    pub(crate) async fn everything(app: &App, index: &Index) -> Result<Self, StoreError> {
        let mut touched = Self {
            log: (1..=page_count(app.store.log_size().await?)).collect(),
            shells: index.shells.iter().map(|s| s.path.clone()).collect(),
            ..Self::default()
        };
        for slot in index.shells.iter().flat_map(|shell| &shell.slots) {
            match slot {
                Slot::Thread(StatedThread { thread, .. }) => {
                    touched.whole_thread(app, thread).await?;
                }
                Slot::Seats(stated) => {
                    touched.sessions.insert(stated.session.clone());
                }
                Slot::Quote { thread, comment } => {
                    touched.comments.insert(*comment, thread.clone());
                }
                Slot::Board(stated) => touched.board(app, stated).await?,
                Slot::Recent
                | Slot::Threads
                | Slot::Companies
                | Slot::Course(_)
                | Slot::Digest(_) => {}
            }
        }
        Ok(touched)
    }

    /// Every list of a board, and the topics that began there.
    async fn board(&mut self, app: &App, stated: &StatedBoard) -> Result<(), StoreError> {
        let id = &stated.board;
        let filters = stated.lists.filters().iter();
        let filters = filters.map(|filter| TouchedList::Filter(id.clone(), *filter));
        self.lists.extend(filters);
        self.lists.insert(TouchedList::Feed(id.clone()));
        if stated.lists == Lists::Questions {
            self.lists.insert(TouchedList::AnsweredFeed(id.clone()));
        }
        let begun = app.store.board(id).await?.map_or(0, |board| board.begun);
        for page in 1..=page_count(begun) {
            self.lists.insert(TouchedList::Begun(id.clone(), page));
            if stated.lists.gathers().is_some() {
                continue;
            }
            let topics = app.store.begun(id, page).await?;
            let threads = app.store.threads(topics.iter().map(|topic| &topic.thread));
            for (thread, state) in threads.await? {
                let pages = (1..=page_count(state.published)).collect();
                self.threads.insert(thread, pages);
            }
        }
        Ok(())
    }
}

impl App {
    /// Ends an acceptance of which one half is gone, however it went: deleted, changed, or hidden. What
    /// shows it follows as after any other change.
    async fn settle(&self, comment: &Comment) -> Result<(), StoreError> {
        if let Some(pair) = Pair::outdated(comment) {
            let work = pair.rebake().map(|work| self.outgoing(work));
            // Refused when somebody else has ended it.
            self.store.reopen_question(pair, &work).await?;
        }
        Ok(())
    }
}

async fn touch_comment(
    app: &App,
    comment: &Comment,
    pages: &mut BTreeSet<u32>,
) -> Result<(), StoreError> {
    let Some(number) = comment.number else {
        return Ok(());
    };
    let page = page_of(number);
    pages.insert(page);
    pages.extend(&comment.answered_on);
    if number == numbers_on(page).0 {
        pages.insert(page.saturating_sub(1).max(1));
    }
    // A question links to its answer, and an answer says that it was accepted.
    for other in [comment.accepted, comment.accepted_for]
        .into_iter()
        .flatten()
    {
        let other = app.store.comment(&comment.thread, other).await?;
        pages.extend(other.and_then(|other| other.number).map(page_of));
    }
    if let Some(parent) = comment.reply_to
        && let Some(parent) = app.store.comment(&comment.thread, parent).await?
        && let Some(parent_page) = parent.number.map(page_of)
        && parent_page != page
    {
        app.store
            .note_answer_elsewhere(&comment.thread, &parent, page)
            .await?;
        pages.insert(parent_page);
    }
    Ok(())
}
