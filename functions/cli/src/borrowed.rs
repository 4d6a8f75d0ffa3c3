//! Whether words or names of members stand in a digest. What `sodium check` cannot know, the discussion
//! of the week does: the draft's own sentences are in nobody's comment.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use sodium_domain::digest::traces::{Text, Trace, What};
use sodium_domain::week::Week;

use crate::new::{self, NewError};
use crate::talk::{Origin, TalkError, each_comment};

/// The digest cannot be compared with its week. The message says why.
#[derive(Debug, thiserror::Error)]
pub enum BorrowedError {
    /// The discussion.
    #[error(transparent)]
    Talk(#[from] TalkError),
    /// The content.
    #[error(transparent)]
    Content(#[from] NewError),
    /// There is no digest.
    #[error("there is no digest of the week {0} in {1}; begin it with `sodium digest draft`")]
    Nothing(Week, String),
}

/// What was found, a line for each, without a word of it. Nothing, where nobody's words are in the digest.
///
/// # Errors
/// When there is no such digest, or the discussion cannot be read.
pub async fn find(root: &Path, from: &Origin, week: Week) -> Result<String, BorrowedError> {
    let content = new::content_of(root)?;
    let (file, _) = new::digest(&content, week);
    let page = content.page(&file);
    let page = page.ok_or_else(|| BorrowedError::Nothing(week, format!("content/{file}")))?;
    let text = Text::new(&page.source);
    let mut traces = BTreeSet::new();
    let mut look = |comment: &_| traces.extend(text.traces_of(comment));
    each_comment(from, week, &mut look).await?;
    Ok(told(&file, &traces))
}

fn told(file: &str, traces: &BTreeSet<Trace>) -> String {
    let mut text = String::new();
    for trace in traces {
        let what = match trace.what {
            What::Words => "words of a comment; say it in your own, or quote it by its id",
            What::Name => "the name of whoever wrote a comment; leave it out, a quote says it",
        };
        let _ = writeln!(
            text,
            "content/{file}:{}: {what} ({})",
            trace.line, trace.comment
        );
    }
    text
}
