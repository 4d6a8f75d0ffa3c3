//! How a thread is laid out: in which page a comment stands, and under which comment.
//!
//! A comment gets its number when it is published and keeps it for ever; fifty numbers make a page.
//! So a new comment changes its own page and few others, and a permalink never moves. An answer
//! stands under the comment it answers where both are on one page, and says whom it answers
//! where they are not.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::comment::{Comment, State};
use crate::id::CommentId;

/// Comments on a page. Fifty of usual length stay below 100 KB compressed even if each is long.
pub const PAGE_SIZE: u32 = 50;

/// How deep answers are indented. Deeper ones stand at this depth and say whom they answer:
/// beyond four levels a phone has no room left.
pub const MAX_DEPTH: usize = 4;

/// Who may write in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Everybody, as the policy says.
    #[default]
    Open,
    /// Everybody, and a person reads each comment first.
    Slow,
    /// Nobody.
    Closed,
}

impl Mode {
    /// The word that the table and forms use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Slow => "slow",
            Self::Closed => "closed",
        }
    }
}

/// The page, from 1, on which the comment with this number stands.
pub fn page_of(number: u32) -> u32 {
    number.saturating_sub(1) / PAGE_SIZE + 1
}

/// The numbers that stand on a page, first and last.
pub fn numbers_on(page: u32) -> (u32, u32) {
    let last = page.max(1).saturating_mul(PAGE_SIZE);
    (last - PAGE_SIZE + 1, last)
}

/// How many pages a thread has in which `published` numbers were given. A thread without comments
/// has one.
pub fn page_count(published: u32) -> u32 {
    published.div_ceil(PAGE_SIZE).max(1)
}

/// A comment with the answers that stand under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The comment.
    pub comment: Comment,
    /// How deep it stands, from 0.
    pub depth: usize,
    /// Answers, oldest first.
    pub replies: Vec<Branch>,
}

/// Lays out the comments of one page, given in the order of their numbers. Comments that readers
/// may not see are left out, unless visible answers need them as a tombstone.
pub fn arrange(comments: Vec<Comment>) -> Vec<Branch> {
    let on_page: HashMap<CommentId, Option<CommentId>> = comments
        .iter()
        .map(|comment| (comment.id, comment.reply_to))
        .collect();
    let mut children: HashMap<Option<CommentId>, Vec<Comment>> = HashMap::new();
    for comment in comments {
        let parent = visible_parent(&comment, &on_page);
        children.entry(parent).or_default().push(comment);
    }
    grow(None, 0, &mut children)
}

/// The comment under which this one is shown: the one it answers, or that one's ancestor once the
/// depth is used up.
fn visible_parent(
    comment: &Comment,
    on_page: &HashMap<CommentId, Option<CommentId>>,
) -> Option<CommentId> {
    let mut chain = Vec::new();
    let mut next = comment.reply_to;
    while let Some(id) = next.filter(|id| on_page.contains_key(id) && *id < comment.id) {
        if chain.contains(&id) {
            break;
        }
        chain.push(id);
        next = on_page[&id];
    }
    let skip = chain.len().saturating_sub(MAX_DEPTH);
    chain.get(skip).copied()
}

fn grow(
    parent: Option<CommentId>,
    depth: usize,
    children: &mut HashMap<Option<CommentId>, Vec<Comment>>,
) -> Vec<Branch> {
    let Some(comments) = children.remove(&parent) else {
        return Vec::new();
    };
    comments
        .into_iter()
        .map(|comment| {
            let replies = grow(Some(comment.id), depth + 1, children);
            Branch {
                comment,
                depth,
                replies,
            }
        })
        .filter(|branch| branch.comment.state == State::Published || !branch.replies.is_empty())
        .collect()
}
