//! Thanks for a correction that was made, by mail to whoever wrote it, if they want to hear of answers.

use sodium_domain::id::{CommentId, ThreadId};
use uuid::Uuid;

use super::RelayError;
use crate::mail::{Mailer, named_after, words};
use crate::signups::stops::What;
use crate::state::App;

/// The name of the one mail that a correction is thanked for with.
fn mail_of(comment: CommentId) -> Uuid {
    named_after(comment.into(), b"fixed")
}

impl App {
    /// Thanks the author of a comment that says that its page was corrected.
    pub(super) async fn thank(
        &self,
        mailer: &Mailer,
        thread: &ThreadId,
        comment: CommentId,
    ) -> Result<(), RelayError> {
        let comment = self.store.comment(thread, comment).await?;
        let comment = comment.filter(|comment| comment.is_public() && comment.fixed.is_some());
        let (Some(comment), Some(thread)) = (comment, self.store.thread(thread).await?) else {
            return Ok(());
        };
        let author = match &comment.author {
            Some(author) => self.store.member(author.id).await?,
            None => None,
        };
        let Some(author) = author.filter(|author| author.mails.answers) else {
            return Ok(());
        };
        let words = || words::fixed(&thread, &comment);
        self.send_once(mailer, mail_of(comment.id), author, What::Answers, words)
            .await
    }
}
