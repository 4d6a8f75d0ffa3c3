//! A text that was kept while its writer signed in: the way back names it.

use serde::Deserialize;
use uuid::Uuid;

use crate::state::App;
use crate::store::StoreError;
use crate::store::drafts::Draft;

/// The question of the way back.
#[derive(Debug, Deserialize)]
pub(crate) struct Kept {
    pub(crate) draft: Option<Uuid>,
}

impl App {
    /// The text, if one was kept and is still there.
    pub(crate) async fn kept(&self, draft: Option<Uuid>) -> Result<Option<Draft>, StoreError> {
        match draft {
            Some(id) => self.store.draft(id, self.clock.now()).await,
            None => Ok(None),
        }
    }
}
