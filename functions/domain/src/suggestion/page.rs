//! A page's file as people change it: its head stays, and its body is theirs.

use crate::characters;

/// The most bytes of a body. The longest page of a course has a tenth of it.
pub const MAX_BYTES: usize = 100_000;

/// The most lines. Comparing takes time with the lines of both texts.
pub const MAX_LINES: usize = 3_000;

const MARK: &str = "+++\n";

/// Why a text is no suggestion.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Nothing is left of the page.
    #[error("nothing is left of the page")]
    Empty,
    /// It is as it was.
    #[error("nothing is changed")]
    Same,
    /// More than [`MAX_BYTES`] bytes.
    #[error("a text of {0} bytes")]
    TooLong(usize),
    /// More than [`MAX_LINES`] lines.
    #[error("a text of {0} lines")]
    TooManyLines(usize),
    /// The patch is longer than [`super::MAX_PATCH`].
    #[error("too much changes at once")]
    TooMuch,
}

/// The text of a page's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page<'a> {
    head: &'a str,
    body: &'a str,
}

impl<'a> Page<'a> {
    /// Takes a file apart. None where there is no head, or where lines do not end as everywhere here:
    /// a form would change every one of them.
    pub fn read(file: &'a str) -> Option<Self> {
        let rest = file.strip_prefix(MARK)?;
        let end = rest.find("\n+++\n")?;
        let (head, body) = file.split_at(MARK.len() + end + 1 + MARK.len());
        (!file.contains('\r')).then_some(Self { head, body })
    }

    /// The Markdown of the page.
    pub fn body(&self) -> &'a str {
        self.body
    }

    /// The file with another body. Blank lines at both ends stay as they were: browsers lose them.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn with_body(&self, typed: &str) -> Result<String, EditError> {
        let typed = self.cleaned(typed);
        let (before, inner, after) = ends(self.body);
        let (_, typed, _) = ends(&typed);
        match typed {
            "" => return Err(EditError::Empty),
            typed if typed == inner => return Err(EditError::Same),
            typed if typed.len() > MAX_BYTES => return Err(EditError::TooLong(typed.len())),
            _ => {}
        }
        let lines = typed.lines().count();
        if lines > MAX_LINES {
            return Err(EditError::TooManyLines(lines));
        }
        let after = if after.contains('\n') { after } else { "\n" };
        Ok([self.head, before, typed, after].concat())
    }

    /// What was typed, without what nobody can see: unless the page itself has such characters.
    fn cleaned(&self, typed: &str) -> String {
        if characters::strip(self.body) == self.body {
            characters::strip(typed)
        } else {
            typed.replace("\r\n", "\n").replace('\r', "\n")
        }
    }
}

/// Blank lines, the text between them, and white space.
fn ends(text: &str) -> (&str, &str, &str) {
    let inner = text.trim_end();
    let start = inner.len() - inner.trim_start_matches('\n').len();
    (&text[..start], &inner[start..], &text[inner.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "+++\ntitle = \"One\"\n+++\n\nFirst line.\n\nSecond.\n";

    fn page() -> Page<'static> {
        Page::read(FILE).unwrap()
    }

    #[test]
    fn the_head_is_not_shown_and_stays() {
        assert_eq!(page().body(), "\nFirst line.\n\nSecond.\n");
        assert_eq!(
            page().with_body("First line.\r\n\r\nThird.").unwrap(),
            "+++\ntitle = \"One\"\n+++\n\nFirst line.\n\nThird.\n"
        );
        assert_eq!(
            page().with_body("+++\ntitle = \"Two\"\n+++\n").unwrap(),
            "+++\ntitle = \"One\"\n+++\n\n+++\ntitle = \"Two\"\n+++\n",
            "a second head is text"
        );
    }

    #[test]
    fn what_a_browser_does_to_line_ends_is_no_change() {
        for same in [
            "First line.\r\n\r\nSecond.",
            "\r\n\r\nFirst line.\n\nSecond.  \r\n",
        ] {
            assert_eq!(page().with_body(same), Err(EditError::Same), "{same:?}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused_for_its_reason() {
        assert_eq!(page().with_body(" \r\n "), Err(EditError::Empty));
        let long = "x".repeat(MAX_BYTES + 1);
        assert_eq!(
            page().with_body(&long),
            Err(EditError::TooLong(MAX_BYTES + 1))
        );
        let lines = "x\n".repeat(MAX_LINES + 1);
        assert_eq!(
            page().with_body(&lines),
            Err(EditError::TooManyLines(MAX_LINES + 1))
        );
    }

    #[test]
    fn what_nobody_sees_is_dropped_unless_the_page_has_it() {
        let changed = page().with_body("First\u{202e} line!").unwrap();
        assert!(changed.ends_with("First line!\n"), "{changed:?}");
        let arabic = "+++\n+++\n";
        assert_eq!(Page::read(arabic), None, "no line between the marks");
        let file = "+++\nt = 1\n+++\nA \u{2067}word\u{2069}.\n";
        let kept = Page::read(file)
            .unwrap()
            .with_body("A \u{2067}word\u{2069}!");
        assert_eq!(kept.unwrap(), "+++\nt = 1\n+++\nA \u{2067}word\u{2069}!\n");
    }

    #[test]
    fn a_file_without_a_head_or_with_other_line_ends_is_not_for_forms() {
        for file in ["", "No head.\n", "+++\r\nt = 1\r\n+++\r\nText\r\n"] {
            assert_eq!(Page::read(file), None, "{file:?}");
        }
    }
}
