//! Comments from elsewhere, as the file that an import takes; and what such an import has to ask.

use std::io::Write;

use aws_sdk_dynamodb::types::AttributeValue;
use sodium_domain::comment::Comment;
use sodium_domain::id::{CommentId, ThreadId};

use super::export::{item_line, write};
use super::line::{End, Head, VERSION};
use super::{Transfer, TransferError, fingerprint};
use crate::store::item::{from_item, item};
use crate::store::kinds::{Kind, Moves};
use crate::store::threads::Thread;
use crate::store::{StoreError, keys};
use crate::views::comment::permalink;

impl Transfer {
    /// Writes comments that belong to no member as an export has them.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_comments<'a>(
        &self,
        comments: impl Iterator<Item = &'a Comment>,
        out: &mut (dyn Write + Send),
    ) -> Result<(), TransferError> {
        let head = Head {
            version: VERSION,
            made: self.clock.now(),
            keys: fingerprint(&self.keys),
        };
        write(out, &head)?;
        let Some((kind, Moves::Along(along))) =
            Kind::named("comment").map(|kind| (kind, &kind.moves))
        else {
            unreachable!("comments go along");
        };
        let mut end = 0;
        for comment in comments {
            let key = keys::comment(&comment.thread, comment.id);
            let item = item(&key, comment)?;
            write(
                out,
                &item_line(kind, along, &item, &std::collections::HashMap::new())?,
            )?;
            end += 1;
        }
        write(out, &End { end })
    }

    /// Every thread with the path of its page. Reads the table from end to end.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn threads(&self) -> Result<Vec<(ThreadId, String)>, TransferError> {
        let mut threads = Vec::new();
        let mut next = None;
        loop {
            let request = self.store.client.scan().table_name(&self.store.table);
            let request = request
                .filter_expression("sk = :thread")
                .expression_attribute_values(":thread", AttributeValue::S("THREAD".into()))
                .set_exclusive_start_key(next);
            let answer = self.store.patiently(|| request.clone().send()).await?;
            for item in answer.items.unwrap_or_default() {
                let thread: Thread = from_item(item)?;
                threads.push((thread.id, thread.page_url));
            }
            next = answer.last_evaluated_key;
            if next.is_none() {
                return Ok(threads);
            }
        }
    }

    /// The permalinks of comments, in the same order; nothing for one that readers do not see yet,
    /// because its page is not known before it is published.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn permalinks(
        &self,
        comments: &[(&ThreadId, CommentId)],
    ) -> Result<Vec<Option<String>>, StoreError> {
        let found = self.store.comments(comments.iter().copied()).await?;
        let links = comments.iter().map(|(_, id)| {
            let comment = found.get(id).filter(|comment| comment.number.is_some());
            comment.map(permalink)
        });
        Ok(links.collect())
    }
}
