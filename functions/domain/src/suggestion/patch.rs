//! The change between two texts, in the form that Git reads.

use serde::{Deserialize, Serialize};
use similar::{Algorithm, TextDiff};

use super::EditError;

/// The most bytes of a patch: what is larger is no suggestion that somebody can look through.
pub const MAX_PATCH: usize = 100_000;

/// Lines around each change, as Git shows them.
const AROUND: usize = 3;

/// The hunks of a unified diff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Patch(String);

/// A line of a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// Lines are left out, up to this one of the old text.
    Gap(u32),
    /// It is in both texts.
    Same(&'a str),
    /// It goes.
    Gone(&'a str),
    /// It is new.
    New(&'a str),
}

impl Patch {
    /// What makes `after` of `before`.
    ///
    /// # Errors
    /// When it is nothing, or too much.
    pub fn between(before: &str, after: &str) -> Result<Self, EditError> {
        let diff = TextDiff::configure()
            .algorithm(Algorithm::Myers)
            .diff_lines(before, after);
        let hunks = diff.unified_diff().context_radius(AROUND).to_string();
        match hunks.len() {
            0 => Err(EditError::Same),
            1..=MAX_PATCH => Ok(Self(hunks)),
            _ => Err(EditError::TooMuch),
        }
    }

    /// The hunks, as Git reads them.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The lines, to be shown.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.0.lines().filter_map(|line| {
            let rest = line.get(1..).unwrap_or_default();
            match line.as_bytes().first() {
                Some(b'@') => Some(Line::Gap(first_line(line))),
                Some(b'+') => Some(Line::New(rest)),
                Some(b'-') => Some(Line::Gone(rest)),
                Some(b' ') => Some(Line::Same(rest)),
                // “No newline at end of file”.
                _ => None,
            }
        })
    }
}

/// The line of the old text at which a hunk begins: `@@ -12,7 +12,8 @@`.
fn first_line(hunk: &str) -> u32 {
    let after = hunk.split_once('-').map_or("", |(_, rest)| rest);
    let digits = after.split(|c: char| !c.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_says_what_changes_and_where() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let patch = Patch::between(before, &before.replace('7', "seven")).unwrap();
        assert_eq!(
            patch.as_str(),
            "@@ -4,6 +4,6 @@\n 4\n 5\n 6\n-7\n+seven\n 8\n 9\n"
        );
        let lines: Vec<_> = patch.lines().collect();
        assert_eq!(lines[0], Line::Gap(4));
        assert_eq!(
            lines[4..6],
            [Line::Gone("7"), Line::New("seven")],
            "{lines:?}"
        );
    }

    #[test]
    fn text_that_looks_like_a_patch_is_text() {
        let patch = Patch::between("a\n", "a\n@@ -1 +1 @@\n--- a/x\n+++ b/x\n").unwrap();
        let new: Vec<_> = patch
            .lines()
            .filter(|line| matches!(line, Line::New(_)))
            .collect();
        assert_eq!(
            new,
            [
                Line::New("@@ -1 +1 @@"),
                Line::New("--- a/x"),
                Line::New("+++ b/x")
            ]
        );
    }

    #[test]
    fn nothing_and_too_much_are_no_patch() {
        assert_eq!(Patch::between("a\n", "a\n"), Err(EditError::Same));
        let (old, new) = ("old\n".repeat(2_900), "new words\n".repeat(2_900));
        assert!(Patch::between(&old, &new).is_ok());
        let new = format!("{}\n", "n".repeat(40)).repeat(2_900);
        assert_eq!(Patch::between(&old, &new), Err(EditError::TooMuch));
    }
}
