//! Comments that were written elsewhere. They come as an export does, so that all that holds for an
//! import holds for them; and they get their numbers at once, so that their addresses are known.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use aws_sdk_dynamodb::types::AttributeValue;
use sodium_domain::comment::Comment;
use sodium_domain::id::{CommentId, ThreadId};

use super::export::{Addresses, item_line, write};
use super::line::{End, Head, VERSION};
use super::{Listener, Progress, Transfer, TransferError, fingerprint};
use crate::clock::Ids;
use crate::store::item::{from_item, item};
use crate::store::kinds::{Kind, Moves};
use crate::store::outbox::{Outgoing, Work};
use crate::store::threads::Thread;
use crate::store::{StoreError, keys};
use crate::views::comment::comment_url;

/// Comments that are looked up, or numbered, in one go.
const AT_ONCE: usize = 500;

impl Transfer {
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

    /// Writes comments that belong to no member as an export of this community has them.
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
            let item = item(&keys::comment(&comment.thread, comment.id), comment)?;
            write(out, &item_line(kind, along, &item, &Addresses::new())?)?;
            end += 1;
        }
        write(out, &End { end })?;
        Ok(out.flush()?)
    }

    /// Numbers published comments that have no number yet, each thread's in the order of their
    /// identifiers. Doing it twice is doing it once.
    ///
    /// # Errors
    /// When the table does not answer; then importing again continues.
    pub async fn number(
        &self,
        comments: &[(ThreadId, CommentId)],
        hears: Listener<'_>,
    ) -> Result<(), TransferError> {
        let ids = Ids::new(self.clock.clone());
        // Nobody is told of what is no news; should one of these be, the relay does what it always does.
        let announce = |comment: &Comment| {
            let (thread, comment) = (comment.thread.clone(), comment.id);
            let after = None;
            let work = Work::Announce {
                thread,
                comment,
                after,
            };
            Outgoing::new(ids.next(), work)
        };
        let mut threads: BTreeMap<&ThreadId, Vec<CommentId>> = BTreeMap::new();
        for (thread, comment) in comments {
            threads.entry(thread).or_default().push(*comment);
        }
        let mut numbered = 0;
        for (thread, mut comments) in threads {
            comments.sort_unstable();
            for some in comments.chunks(AT_ONCE) {
                let now = self.clock.now();
                self.store.number(thread, some, &announce, now).await?;
                numbered += some.len() as u64;
                hears(Progress::Numbered(numbered));
            }
        }
        Ok(())
    }

    /// The addresses of comments, in the order in which they are given, or will get their numbers; nothing
    /// for one that readers do not see.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn addresses_of(
        &self,
        comments: &[(ThreadId, CommentId)],
    ) -> Result<Vec<Option<String>>, TransferError> {
        let mut given: HashMap<&ThreadId, u32> = HashMap::new();
        let mut addresses = Vec::with_capacity(comments.len());
        for some in comments.chunks(AT_ONCE) {
            let asked = some.iter().map(|(thread, id)| (thread, *id));
            let found = self.store.comments(asked).await?;
            for (thread, id) in some {
                let comment = found.get(id);
                if comment.is_some_and(|comment| !comment.is_public()) {
                    addresses.push(None);
                    continue;
                }
                let number = match comment.and_then(|comment| comment.number) {
                    Some(number) => number,
                    None => self.next_number(thread, &mut given).await?,
                };
                addresses.push(Some(comment_url(thread, Some(number), *id)));
            }
        }
        Ok(addresses)
    }

    async fn next_number<'a>(
        &self,
        thread: &'a ThreadId,
        given: &mut HashMap<&'a ThreadId, u32>,
    ) -> Result<u32, StoreError> {
        if !given.contains_key(thread) {
            let state = self.store.thread(thread).await?;
            given.insert(thread, state.map_or(0, |thread| thread.published));
        }
        let number = given.entry(thread).or_default();
        *number += 1;
        Ok(*number)
    }
}
