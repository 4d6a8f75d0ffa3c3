//! Whether a member's words or name stand in a text that is to be its author's alone.

use std::collections::HashMap;

use crate::comment::Comment;
use crate::id::CommentId;

/// So many words in a row are somebody's; fewer are anybody's.
const IN_A_ROW: usize = 6;

/// What of a comment was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Words of its text.
    Words,
    /// The name of its author.
    Name,
}

/// Something of a comment in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trace {
    /// The line, from 1.
    pub line: usize,
    /// What it is.
    pub what: What,
    /// Whose.
    pub comment: CommentId,
}

/// A text in which traces are looked for.
#[derive(Debug)]
pub struct Text<'t> {
    words: Vec<(usize, &'t str)>,
    /// Where words stand in a row, whatever is between them, in small letters.
    runs: HashMap<Vec<String>, usize>,
}

impl<'t> Text<'t> {
    /// Takes a text apart.
    pub fn new(text: &'t str) -> Self {
        let lines = text.lines().zip(1..);
        let words: Vec<_> = lines
            .flat_map(|(line, number)| words_of(line).map(move |word| (number, word)))
            .collect();
        let runs = words.windows(IN_A_ROW).map(|run| {
            let small = run.iter().map(|(_, word)| word.to_lowercase());
            (small.collect(), run[0].0)
        });
        Self {
            runs: runs.collect(),
            words,
        }
    }

    /// What of a comment stands in the text.
    pub fn traces_of(&self, comment: &Comment) -> Vec<Trace> {
        let trace = |what, line| Trace {
            line,
            what,
            comment: comment.id,
        };
        let words = self.words_in(comment).map(|line| trace(What::Words, line));
        let name = self.name_in(comment).map(|line| trace(What::Name, line));
        words.into_iter().chain(name).collect()
    }

    fn words_in(&self, comment: &Comment) -> Option<usize> {
        let body = comment.body.as_ref().map_or("", |body| body.as_str());
        let title = comment.title.as_ref().map_or("", |title| title.as_str());
        [title, body].into_iter().find_map(|text| {
            let words: Vec<String> = words_of(text).map(str::to_lowercase).collect();
            let mut runs = words.windows(IN_A_ROW);
            runs.find_map(|run| self.runs.get(run).copied())
        })
    }

    /// As it is written: a name may be a word as well.
    fn name_in(&self, comment: &Comment) -> Option<usize> {
        let author = comment.author.as_ref()?;
        let name: Vec<&str> = words_of(author.name.as_str()).collect();
        if name.is_empty() {
            return None;
        }
        let mut runs = self.words.windows(name.len());
        let found = runs.find(|run| run.iter().map(|(_, word)| *word).eq(name.iter().copied()));
        found.map(|run| run[0].0)
    }
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}
