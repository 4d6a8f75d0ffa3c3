//! A week of discussion, for the digest. Publishing a comment has written a line with its identifier,
//! in which its time stands first; so a week is one stretch of one partition, however much lies before
//! and behind it, and its comments are read by their keys.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use sodium_domain::comment::Comment;
use sodium_domain::digest::{Choice, Gathered};
use sodium_domain::id::MemberId;
use sodium_domain::member::Quoting;
use sodium_domain::week::Week;

use super::threads::Recent;
use super::{Item, Store, StoreError, keys, readable};

/// Lines of the list of comments that are looked at together, and so comments in memory.
const AT_A_TIME: i32 = 500;

/// What the choice has to know of a profile.
#[derive(Debug, Deserialize)]
struct Wishes {
    id: MemberId,
    #[serde(default)]
    quoting: Quoting,
}

impl Store {
    /// Chooses what of a week goes into its digest. Reads the comments of the week and the profiles of
    /// those who may be quoted, and nothing else.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn choose_for_digest(
        &self,
        week: Week,
        hears: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Choice, StoreError> {
        let (mut gathered, mut read) = (Gathered::default(), 0);
        let mut take = |comment: &Comment| {
            gathered.take(comment);
            read += 1;
            hears(read);
        };
        self.each_comment_of(week, &mut take).await?;
        let never = self.never_quoted(gathered.authors()).await?;
        Ok(gathered.choose(&never))
    }

    /// Hands over the comments that were written in a week, in no order.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn each_comment_of(
        &self,
        week: Week,
        take: &mut (dyn FnMut(&Comment) + Send),
    ) -> Result<(), StoreError> {
        let mut next = None;
        loop {
            let (lines, after) = self.recent_of(week, next).await?;
            let wanted = lines.iter().map(|line| (&line.thread, line.comment));
            let comments = self.readable_comments(wanted).await?;
            comments.values().for_each(&mut *take);
            next = after;
            if next.is_none() {
                return Ok(());
            }
        }
    }

    /// Some lines of the list of comments that were written in a week, and where the next begin.
    async fn recent_of(
        &self,
        week: Week,
        next: Option<Item>,
    ) -> Result<(Vec<Recent>, Option<Item>), StoreError> {
        let (from, until) = keys::recent_between(week.span());
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :until")
            .expression_attribute_values(":pk", AttributeValue::S(keys::RECENT.into()))
            .expression_attribute_values(":from", AttributeValue::S(from))
            .expression_attribute_values(":until", AttributeValue::S(until))
            .set_exclusive_start_key(next)
            .limit(AT_A_TIME)
            .consistent_read(true);
        let answer = self.patiently(|| request.clone().send()).await?;
        let items = answer.items.unwrap_or_default().into_iter();
        Ok((
            items.filter_map(readable).collect(),
            answer.last_evaluated_key,
        ))
    }

    /// Those who want no digest to quote them.
    async fn never_quoted(
        &self,
        authors: BTreeSet<MemberId>,
    ) -> Result<BTreeSet<MemberId>, StoreError> {
        let profiles: Vec<_> = authors.into_iter().map(keys::member).collect();
        let found = self.get_all(&profiles).await?.into_iter();
        let wishes = found.filter_map(readable::<Wishes>);
        let never = wishes.filter(|wishes| wishes.quoting == Quoting::Never);
        Ok(never.map(|wishes| wishes.id).collect())
    }
}
