//! A correction that was made. The commit that makes it names the comment in its message, and the
//! site says so under the comment and beside the page.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{CommentId, IdError, ThreadId};

/// The line of a commit message that names a comment: a trailer, as `git interpret-trailers` reads them.
pub const TRAILER: &str = "Fixes-comment";

/// Hexadecimal digits of a commit's name that people are shown.
const SHORT: usize = 10;

/// The change that made a correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fixed {
    /// The beginning of the commit's name.
    pub commit: String,
    /// When it was committed.
    pub at: Timestamp,
}

impl Fixed {
    /// By a commit.
    pub fn by(commit: &str, at: Timestamp) -> Self {
        let commit = commit.chars().take(SHORT).collect();
        Self { commit, at }
    }
}

/// The comment that a commit names: by its address, or by its identifier alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its thread, where the address says it.
    pub thread: Option<ThreadId>,
    /// The comment.
    pub comment: CommentId,
}

impl FromStr for Named {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = text.trim();
        let Some((page, anchor)) = text.split_once("#c-") else {
            let comment = text.parse()?;
            return Ok(Self {
                thread: None,
                comment,
            });
        };
        let thread = match page.split_once("/discussions/") {
            Some((_, below)) => {
                let thread = below.split('/').next().unwrap_or(below);
                Some(thread.parse()?)
            }
            None => None,
        };
        let comment = anchor.parse()?;
        Ok(Self { thread, comment })
    }
}

/// A comment that a commit says it mends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Which one.
    pub named: Named,
    /// By which change.
    pub fixed: Fixed,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01939f5e-7c00-7000-8000-00000000000a";

    #[test]
    fn a_comment_is_named_by_its_address_or_its_identifier() {
        let comment: CommentId = ID.parse().unwrap();
        for (given, thread) in [
            (format!(" {ID} "), None),
            (
                format!("https://learn.example.org/discussions/git-why-text/#c-{ID}"),
                Some("git-why-text"),
            ),
            (
                format!("/discussions/git-why-text/12/#c-{ID}"),
                Some("git-why-text"),
            ),
            // On the page itself there is nothing that says which thread it is.
            (
                format!("https://learn.example.org/courses/git/why-text/#c-{ID}"),
                None,
            ),
        ] {
            let named: Named = given.parse().unwrap();
            assert_eq!(named.comment, comment, "{given}");
            let found = named.thread.as_ref().map(ThreadId::as_str);
            assert_eq!(found, thread, "{given}");
        }
        for wrong in ["", "17", "the typo", "https://x.example/discussions/#c-17"] {
            assert!(wrong.parse::<Named>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_commit_is_named_shortly() {
        let fixed = Fixed::by(&"0123456789abcdef".repeat(3), Timestamp::UNIX_EPOCH);
        assert_eq!(fixed.commit, "0123456789");
    }
}
