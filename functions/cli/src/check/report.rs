//! The outcome of a check, for people, for programs and for GitHub's pull requests.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use super::policy;
use crate::content::{Content, Problem};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// With the line and a mark under the place.
    #[default]
    Human,
    /// One array of objects.
    Json,
    /// Workflow commands, which GitHub shows in the pull request.
    Github,
}

/// Everything that is wrong with the content.
#[derive(Debug)]
pub struct Report {
    problems: Vec<Problem>,
    sources: HashMap<String, String>,
    pages: usize,
}

/// A place as people count: from 1, columns in characters.
#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct JsonProblem<'r> {
    file: String,
    #[serde(flatten)]
    place: Place,
    rule: &'r str,
    message: &'r str,
    cure: &'r str,
}

impl Report {
    pub(super) fn new(
        content: Content,
        policy: Option<String>,
        mut problems: Vec<Problem>,
    ) -> Self {
        problems
            .sort_by(|a, b| (&a.file, a.span.start, a.rule).cmp(&(&b.file, b.span.start, b.rule)));
        let pages = content.pages.len();
        let sources = content
            .pages
            .into_iter()
            .map(|page| (page.file, page.source))
            .chain(policy.map(|text| (policy::FILE.to_owned(), text)))
            .collect();
        Self {
            problems,
            sources,
            pages,
        }
    }

    /// The problems, by file and place.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// The report as text; `color` is for people at a terminal.
    #[must_use]
    pub fn render(&self, format: Format, color: bool) -> String {
        match format {
            Format::Human => self.human(color),
            Format::Json => self.json(),
            Format::Github => self.github(),
        }
    }

    fn human(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let mut text = String::new();
        for problem in &self.problems {
            let source = self.source(problem);
            let snippet = Snippet::source(source)
                .path(shown(problem))
                .annotation(AnnotationKind::Primary.span(within(source, &problem.span)));
            let group = Level::ERROR
                .primary_title(&problem.message)
                .id(problem.rule)
                .element(snippet)
                .element(Level::HELP.message(&problem.cure));
            let _ = writeln!(text, "{}\n", renderer.render(&[group]));
        }
        text + &self.summary()
    }

    fn summary(&self) -> String {
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let mut files: Vec<&str> = self
            .problems
            .iter()
            .map(|problem| problem.file.as_str())
            .collect();
        files.dedup();
        match self.problems.len() {
            0 => format!("{} checked, no problems\n", count(self.pages, "page")),
            n => format!(
                "{} in {}; {} checked\n",
                count(n, "problem"),
                count(files.len(), "file"),
                count(self.pages, "page")
            ),
        }
    }

    fn json(&self) -> String {
        let problems: Vec<_> = self
            .problems
            .iter()
            .map(|problem| self.json_problem(problem))
            .collect();
        serde_json::to_string_pretty(&problems).unwrap_or_default() + "\n"
    }

    fn json_problem<'r>(&'r self, problem: &'r Problem) -> JsonProblem<'r> {
        let Problem {
            rule,
            message,
            cure,
            ..
        } = problem;
        JsonProblem {
            file: shown(problem),
            place: self.place(problem),
            rule,
            message,
            cure,
        }
    }

    fn github(&self) -> String {
        let mut text = String::new();
        for problem in &self.problems {
            let Place {
                line,
                column,
                end_line,
                end_column,
            } = self.place(problem);
            let _ = writeln!(
                text,
                "::error file={},line={line},endLine={end_line},col={column},endColumn={end_column},title={}::{}%0A{}",
                escape(&shown(problem))
                    .replace(':', "%3A")
                    .replace(',', "%2C"),
                problem.rule,
                escape(&problem.message),
                escape(&problem.cure),
            );
        }
        text
    }

    fn source(&self, problem: &Problem) -> &str {
        self.sources.get(&problem.file).map_or("", String::as_str)
    }

    fn place(&self, problem: &Problem) -> Place {
        let source = self.source(problem);
        let span = within(source, &problem.span);
        let (line, column) = line_and_column(source, span.start);
        let (end_line, end_column) = line_and_column(source, span.end);
        Place {
            line,
            column,
            end_line,
            end_column,
        }
    }
}

/// A problem's file as the author sees it from the folder of the project.
fn shown(problem: &Problem) -> String {
    match problem.file.strip_prefix("../") {
        Some(beside) => beside.to_owned(),
        None => format!("content/{}", problem.file),
    }
}

/// A span without the line ends after it, and inside the text whatever happens.
fn within(source: &str, span: &Range<usize>) -> Range<usize> {
    let end = span.end.min(source.len());
    let start = span.start.min(end);
    let text = source.get(start..end).map_or("", str::trim_end);
    start..start + text.len()
}

fn line_and_column(source: &str, at: usize) -> (usize, usize) {
    let before = source.get(..at).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

/// As GitHub's workflow commands want it.
fn escape(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
