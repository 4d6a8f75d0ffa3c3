//! Corrections that commits made: publishing is told which comments the commits of the site name, and
//! the table notes it.

use sodium_domain::comment::Comment;
use sodium_domain::correction::{Fix, Named};
use sodium_domain::id::ThreadId;

use super::Index;
use super::slots::Lists;
use crate::files::FilesError;
use crate::relay::Work;
use crate::state::App;
use crate::store::StoreError;
use crate::store::comments::rebake;
use crate::store::transaction::Commit;

/// The fixes could not be noted. Publishing again goes on.
#[derive(Debug, thiserror::Error)]
pub enum FixesError {
    /// The files cannot be read.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of the comments that commits name.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Comments that say now that they were followed.
    pub new: usize,
    /// Fixes whose comment cannot be found or read by anybody: never written here, or taken away.
    pub unknown: Vec<Fix>,
}

impl App {
    /// Notes under comments that a commit did what they asked for. What was noted before stays.
    ///
    /// # Errors
    /// When files or table do not answer.
    pub async fn note_fixes(&self, fixes: &[Fix]) -> Result<Noted, FixesError> {
        let mut noted = Noted::default();
        if fixes.is_empty() {
            return Ok(noted);
        }
        let index = Index::load(&self.files).await?;
        for fix in fixes {
            match self.comment_named(&fix.named, &index).await? {
                Some(comment) => noted.new += usize::from(self.note_fix(&comment, fix).await?),
                None => noted.unknown.push(fix.clone()),
            }
        }
        if noted.new > 0 {
            self.wake.notify_one();
        }
        Ok(noted)
    }

    async fn note_fix(&self, comment: &Comment, fix: &Fix) -> Result<bool, StoreError> {
        if comment.fixed.is_some() {
            return Ok(false);
        }
        let work = [
            rebake(comment),
            Work::Thank {
                thread: comment.thread.clone(),
                comment: comment.id,
            },
        ]
        .map(|work| self.outgoing(work));
        let done = self.store.mark_fixed(comment, &fix.fixed, &work).await?;
        Ok(done == Commit::Done)
    }

    async fn comment_named(
        &self,
        named: &Named,
        index: &Index,
    ) -> Result<Option<Comment>, StoreError> {
        let thread = match &named.thread {
            Some(thread) => Some(thread.clone()),
            None => self.thread_of_correction(named, index).await?,
        };
        let Some(thread) = thread else {
            return Ok(None);
        };
        let comment = self.store.comment(&thread, named.comment).await?;
        Ok(comment.filter(Comment::is_public))
    }

    /// The boards that gather corrections know where each was written.
    async fn thread_of_correction(
        &self,
        named: &Named,
        index: &Index,
    ) -> Result<Option<ThreadId>, StoreError> {
        let boards = index.boards().map(|(_, stated)| stated);
        for board in boards.filter(|stated| stated.lists == Lists::Corrections) {
            let listed = self.store.thread_of_listed(&board.board, named.comment);
            let found = listed.await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}
