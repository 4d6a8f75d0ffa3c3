//! The text of a page at hand: what a form shows of it, and what the form's text changes.

use sodium_domain::id::ThreadId;
use sodium_domain::suggestion::{Page, Patch, Revision};

use crate::site::sources::PageSource;
use crate::state::App;
use crate::store::threads::Thread;
use crate::web::problem::AppError;

/// A page whose text a form can change.
pub(crate) struct OpenPage {
    pub(crate) thread: Thread,
    pub(crate) source: PageSource,
    /// Its text now.
    pub(crate) text: String,
}

/// The patch that a form's text is.
pub(crate) fn patch(file: &str, typed: &str) -> Result<Patch, AppError> {
    let page = Page::read(file).ok_or(AppError::NotFound)?;
    let after = page.with_body(typed).map_err(AppError::Edit)?;
    Patch::between(file, &after).map_err(AppError::Edit)
}

impl App {
    /// The page of a thread, if its text is at hand.
    pub(crate) async fn open_page(&self, thread: &ThreadId) -> Result<OpenPage, AppError> {
        let thread = self.open_thread(thread).await?;
        if thread.source.is_none() {
            return Err(AppError::NotFound);
        }
        let source = self.page_source(&thread.id).await?;
        let source = source.ok_or(AppError::NotFound)?;
        let text = self.source_text(&source.revision).await?;
        Ok(OpenPage {
            thread,
            source,
            text: text.ok_or(AppError::NotFound)?,
        })
    }

    /// The text that a form was made of: the page's own, or the one before its last change.
    pub(crate) async fn base_text(
        &self,
        open: &OpenPage,
        base: &str,
    ) -> Result<(Revision, String), AppError> {
        let base: Revision = base.parse().map_err(|_| AppError::PageChanged)?;
        if base == open.source.revision {
            return Ok((base, open.text.clone()));
        }
        if !open.source.had(&base) {
            return Err(AppError::PageChanged);
        }
        let text = self.source_text(&base).await?;
        text.map(|text| (base, text)).ok_or(AppError::PageChanged)
    }
}
