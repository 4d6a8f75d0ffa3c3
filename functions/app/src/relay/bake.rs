//! Baking: shells and the frame become the pages that readers get. Each page is looked at first,
//! then the table is asked, then the page is written only if nobody else wrote it meanwhile; so
//! whoever comes last wrote what the table said last.

use super::feed_forms::Feed;
use super::plan::{Baked, FeedOf, Undone, plan};
use super::touched::Touched;
use crate::files::{FilesError, Written};
use crate::site::{Index, SHELLS, Shell, slots};
use crate::state::App;
use crate::store::StoreError;
use crate::web::page::PageError;
use crate::words::{Language, speaking};

/// A page could not be baked.
#[derive(Debug, thiserror::Error)]
pub enum BakeError {
    /// The files cannot be read or written.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A template is wrong.
    #[error(transparent)]
    Page(#[from] PageError),
}

/// How often a page is baked again because somebody else wrote it meanwhile.
const ATTEMPTS: u32 = 20;

/// When a page is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// Once it is written. Enough for the relay: a change after it looked comes to it as well.
    Written,
    /// Once a further look finds nothing to change. A deploy needs that: between its look and its
    /// write the relay may have found an old page right, whose comment is taken away by then.
    Unchanged,
}

impl App {
    /// Bakes everything. Changes no byte when nothing changed.
    ///
    /// # Errors
    /// When files, table or templates fail.
    pub async fn bake_everything(&self, index: &Index) -> Result<(), BakeError> {
        let touched = Touched::everything(self, index).await?;
        self.bake_for_good(&touched, index).await
    }

    /// Bakes what a publication touched.
    ///
    /// # Errors
    /// When files, table or templates fail.
    pub(crate) async fn bake_for_good(
        &self,
        touched: &Touched,
        index: &Index,
    ) -> Result<(), BakeError> {
        let mut undone = Undone::default();
        self.bake(touched, index, Until::Unchanged, &mut undone)
            .await;
        undone.result()
    }

    /// Bakes what was touched: each page once. A page that fails keeps no other from being baked,
    /// unless the table or the files do not answer at all.
    pub(crate) async fn bake(
        &self,
        touched: &Touched,
        index: &Index,
        until: Until,
        undone: &mut Undone,
    ) {
        for (file, causes) in plan(touched, index) {
            if undone.is_an_outage() {
                return;
            }
            if let Err(error) = self.converge(file, until).await {
                undone.note(&causes, error);
            }
        }
    }

    /// Looks at a file, makes it anew from the table, and writes it if it is still as it was
    /// looked at; else starts again. The two forms of a feed are made at once.
    async fn converge(&self, file: Baked<'_>, until: Until) -> Result<(), BakeError> {
        let paths = file.paths();
        for _ in 0..ATTEMPTS {
            let mut seen = Vec::with_capacity(paths.len());
            for path in &paths {
                seen.push(self.files.look(path).await?);
            }
            let Some(made) = self.make(file).await? else {
                return Ok(());
            };
            let mut done = true;
            for ((path, seen), text) in paths.iter().zip(&seen).zip(made) {
                done &= match self.files.replace(path, seen, text.into_bytes()).await? {
                    Written::Same => true,
                    Written::New => until == Until::Written,
                    Written::Outrun => false,
                };
            }
            if done {
                return Ok(());
            }
        }
        Err(FilesError::Contended(paths.join(", ")).into())
    }

    /// A file, or the forms of a feed, as the table says it is now; nothing if its thread or shell is
    /// gone.
    async fn make(&self, file: Baked<'_>) -> Result<Option<Vec<String>>, BakeError> {
        let page = match file {
            Baked::Feed(of) => {
                let feed = self.make_feed(of).await?;
                return Ok(feed.map(|feed| feed.forms(&self.config.base_url)));
            }
            Baked::Shell(shell) => {
                speaking(Language::of_path(&shell.path), self.fill_shell(shell)).await?
            }
            Baked::ThreadPage(thread, number) => self.thread_page(thread, number).await?,
            Baked::List {
                shell,
                board,
                filter,
                number,
            } => {
                let page = self.list_page(shell, board, filter, number);
                speaking(Language::of_path(&shell.path), page).await?
            }
            Baked::Begun {
                board,
                number,
                shell,
            } => {
                let page = self.begun_page(board, number);
                speaking(Language::of_path(&shell.path), page).await?
            }
            Baked::NewestOfLog(language) => Some(speaking(language, self.newest_of_log()).await?),
            Baked::LogPage(language, number) => {
                Some(speaking(language, self.log_page(number)).await?)
            }
        };
        Ok(page.map(|page| vec![page]))
    }

    async fn make_feed(&self, of: FeedOf<'_>) -> Result<Option<Feed>, BakeError> {
        match of {
            FeedOf::Thread(thread) => self.thread_feed(thread).await,
            FeedOf::Site => self.site_feed().await.map(Some),
            FeedOf::Board { board, shell } => {
                speaking(Language::of_path(&shell.path), self.board_feed(board)).await
            }
            FeedOf::Answered { board, shell } => {
                speaking(Language::of_path(&shell.path), self.answered_feed(board)).await
            }
            FeedOf::Log(language) => speaking(language, self.log_feed()).await.map(Some),
        }
    }

    /// A shell with its slots filled. One that is gone was taken out by a newer publication, which
    /// bakes for itself.
    async fn fill_shell(&self, shell: &Shell) -> Result<Option<String>, BakeError> {
        let source = self.files.read(&format!("{SHELLS}/{}", shell.path)).await?;
        let Some(source) = source else {
            return Ok(None);
        };
        let source = String::from_utf8_lossy(&source);
        let Ok(places) = slots::find(&source) else {
            return Ok(None);
        };
        let mut filled = Vec::with_capacity(places.len());
        for (place, slot) in places {
            filled.push((place, self.fill(&slot).await?));
        }
        Ok(Some(slots::fill(&source, &filled)))
    }
}
