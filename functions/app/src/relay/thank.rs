//! Thanks for a correction that was made, by mail to whoever wrote it, if they want to hear of answers.

use sodium_domain::id::{CommentId, ThreadId};
use uuid::Uuid;

use super::RelayError;
use crate::mail::{Mailer, named_after, words};
use crate::signups::stops::{Kind, What};
use crate::state::App;
use crate::words::{Language, speaking_now};

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
        let language = Language::chosen_by(&author).unwrap_or_default();
        let Some(address) = author.address.clone() else {
            return Ok(());
        };
        if self.gets_no_news(&address).await? {
            return Ok(());
        }
        let id = mail_of(comment.id);
        if !self.may_send(mailer, id).await? {
            return Ok(());
        }
        let words = speaking_now(language, || words::fixed(&thread, &comment));
        let kind = Kind {
            member: author.id,
            what: What::Answers,
        };
        self.send_news(mailer, id, address, words, kind).await?;
        self.store.mail_is_sent(id).await?;
        Ok(())
    }
}
