//! What is wrong with a file: where it stands and how to mend it.

use std::ops::Range;

/// Something wrong in a content file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, relative to the content folder.
    pub file: String,
    /// Where in the file, in bytes.
    pub span: Range<usize>,
    /// A short name of the rule, the same in every output format.
    pub rule: &'static str,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What the author can do about it.
    pub cure: String,
}

/// The problems of one file, while it is read.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    file: &'a str,
    found: Vec<Problem>,
}

impl<'a> Findings<'a> {
    pub(crate) fn in_file(file: &'a str) -> Self {
        Self {
            file,
            found: Vec::new(),
        }
    }

    pub(crate) fn add(
        &mut self,
        rule: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
        cure: impl Into<String>,
    ) {
        let (message, cure) = (message.into(), cure.into());
        self.found.push(Problem {
            file: self.file.to_owned(),
            span,
            rule,
            message,
            cure,
        });
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.found
    }
}
