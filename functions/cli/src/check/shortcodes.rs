//! Zola's shortcodes: calls in double braces that run wherever they stand, in code as well.

use std::io;
use std::ops::Range;
use std::path::Path;

use sodium_domain::id::{CommentId, ThreadId};

use super::exercises;
use crate::content::{Findings, Page};

/// The shortcodes that the site's templates define.
pub(super) struct Shortcodes {
    names: Vec<String>,
}

/// A call: `{{ name(arguments) }}` or `{% name(arguments) %}`.
struct Call<'p> {
    name: &'p str,
    arguments: &'p str,
    span: Range<usize>,
}

impl Shortcodes {
    /// Reads the names from the folder of the templates.
    pub(super) fn read(templates: &Path) -> io::Result<Self> {
        let folder = templates.join("shortcodes");
        let mut names = vec!["quote".to_owned()];
        if folder.is_dir() {
            for file in crate::files::walk(&folder)? {
                names.extend(
                    file.file_stem()
                        .map(|stem| stem.to_string_lossy().into_owned()),
                );
            }
        }
        Ok(Self { names })
    }

    /// Checks the calls in a page.
    pub(super) fn check(&self, page: &Page, findings: &mut Findings<'_>) {
        for call in calls(page) {
            if call.name == "quote" {
                check_quote(&call, findings);
            } else if exercises::is_exercise(call.name) {
                exercises::check(page, call.name, call.arguments, &call.span, findings);
            } else if !self.names.iter().any(|name| name == call.name) {
                findings.add(
                    "shortcode-unknown",
                    call.span,
                    format!("there is no shortcode `{}`", call.name),
                    format!(
                        "to show it as text, also in code, write it as {{{{/* {}() */}}}}",
                        call.name
                    ),
                );
            }
        }
    }
}

/// The calls in a page's text.
fn calls(page: &Page) -> Vec<Call<'_>> {
    let body = &page.source[page.body.clone()];
    let openings = body.match_indices("{{").chain(body.match_indices("{%"));
    let mut found: Vec<_> = openings
        .filter_map(|(at, _)| call(body, at, page.body.start))
        .collect();
    found.sort_by_key(|call| call.span.start);
    found
}

fn call(body: &str, at: usize, offset: usize) -> Option<Call<'_>> {
    let inside = body[at + 2..].trim_start();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = &inside[..inside.find(|c| !is_name(c))?];
    let (arguments, _) = inside[name.len()..].strip_prefix('(')?.split_once(')')?;
    let closing = if body[at..].starts_with("{{") {
        "}}"
    } else {
        "%}"
    };
    let close = body[at..].find(closing)?;
    (!name.is_empty()).then(|| Call {
        name,
        arguments,
        span: offset + at..offset + at + close + 2,
    })
}

fn check_quote(call: &Call<'_>, findings: &mut Findings<'_>) {
    let cure =
        "write {{ quote(thread=\"…\", comment=\"…\") }} with the ids of the comment's permalink";
    let ids = (
        argument(call.arguments, "thread"),
        argument(call.arguments, "comment"),
    );
    let (Some(thread), Some(comment)) = ids else {
        findings.add(
            "quote",
            call.span.clone(),
            "a quote needs the thread's id and the comment's",
            cure,
        );
        return;
    };
    if let Err(error) = thread.parse::<ThreadId>() {
        findings.add("quote", call.span.clone(), error.to_string(), cure);
    }
    if let Err(error) = comment.parse::<CommentId>() {
        findings.add("quote", call.span.clone(), error.to_string(), cure);
    }
}

/// The text given for an argument.
fn argument<'p>(arguments: &'p str, name: &str) -> Option<&'p str> {
    let values = arguments
        .split(',')
        .filter_map(|argument| argument.split_once('='));
    let (_, value) = values.into_iter().find(|(key, _)| key.trim() == name)?;
    let value = value.trim();
    value
        .strip_prefix(['"', '\'', '`'])?
        .strip_suffix(['"', '\'', '`'])
}
