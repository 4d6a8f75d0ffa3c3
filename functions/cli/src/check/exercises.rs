//! Exercises: shortcodes around a question, a list of answers where the kind has one, and what explains them. The
//! templates of `site/templates/shortcodes/` take the text apart in the same way; what they can't read is
//! simply not in the page, so it is found here.

use std::ops::Range;

use crate::content::{Findings, Kind, Page};

/// What an exercise of one kind consists of.
struct Form {
    name: &'static str,
    /// How an answer begins in the list; nothing where there is none.
    answers: Option<Answers>,
    /// The word before what explains the answer.
    end: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answers {
    /// `- [x]` and `- [ ]`.
    Boxes,
    /// `-`.
    Words,
    /// `1.`.
    Steps,
}

const FORMS: [Form; 4] = [
    Form {
        name: "choice",
        answers: Some(Answers::Boxes),
        end: "Why:",
    },
    Form {
        name: "short",
        answers: Some(Answers::Words),
        end: "Why:",
    },
    Form {
        name: "order",
        answers: Some(Answers::Steps),
        end: "Why:",
    },
    Form {
        name: "open",
        answers: None,
        end: "Answer:",
    },
];

/// Where the text of an exercise ends.
const END: &str = "{% end %}";

/// Whether a shortcode is an exercise.
pub(super) fn is_exercise(name: &str) -> bool {
    FORMS.iter().any(|form| form.name == name)
}

/// Checks an exercise whose call is at `span`.
pub(super) fn check(
    page: &Page,
    name: &str,
    arguments: &str,
    span: &Range<usize>,
    findings: &mut Findings<'_>,
) {
    let Some(form) = FORMS.iter().find(|form| form.name == name) else {
        return;
    };
    if page.kind != Some(Kind::Lesson) {
        findings.add(
            "exercise-place",
            span.clone(),
            "exercises belong into lessons: other pages have no script for them, and go into feeds",
            "move it to a lesson, and link there",
        );
    }
    let Some(text) = text(page, arguments, span) else {
        let cure =
            format!("write {{% {name}() %}}, the exercise from the next line on, and {END} below");
        findings.add(
            "exercise-form",
            span.clone(),
            "an exercise has no arguments, and its text stands between two lines",
            cure,
        );
        return;
    };
    if let Some((message, cure)) = fault(form, text) {
        findings.add("exercise-text", span.clone(), message, cure);
    }
}

/// What stands between the call and the end.
fn text<'p>(page: &'p Page, arguments: &str, span: &Range<usize>) -> Option<&'p str> {
    let rest = &page.source[span.end..page.body.end];
    let opens = page.source[span.clone()].starts_with("{%") && arguments.trim().is_empty();
    let (text, _) = rest.split_once(END)?;
    (opens && text.starts_with('\n') && !text.contains("{%")).then(|| text.trim())
}

fn fault(form: &Form, text: &str) -> Option<(String, String)> {
    let Some((task, why)) = text.split_once(&format!("\n{}", form.end)) else {
        return Some((
            "nothing explains the answer".to_owned(),
            format!(
                "begin the last paragraph with “{}”: it is what people learn from",
                form.end
            ),
        ));
    };
    let lines: Vec<&str> = task.lines().collect();
    let answers = form.answers.map(|kind| answers(kind, &lines));
    let first = answers.as_ref().and_then(|answers| answers.first());
    let question = &lines[..first.map_or(lines.len(), |(at, _)| *at)];
    if question.iter().all(|line| line.trim().is_empty()) || why.trim().is_empty() {
        return Some((
            "the question or its explanation is empty".to_owned(),
            "begin with the question, and end with what explains the answer".to_owned(),
        ));
    }
    let found: Vec<&str> = answers?.into_iter().map(|(_, text)| text).collect();
    missing(form.answers?, &found)
}

/// The answers, each with its line.
fn answers<'p>(kind: Answers, lines: &[&'p str]) -> Vec<(usize, &'p str)> {
    let text = |line: &'p str| match kind {
        Answers::Boxes => line.strip_prefix("- ["),
        Answers::Words => line.strip_prefix("- "),
        Answers::Steps => line
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .strip_prefix(". ")
            .filter(|_| line.starts_with(|c: char| c.is_ascii_digit())),
    };
    let numbered = lines.iter().enumerate();
    numbered
        .filter_map(|(at, line)| text(line).map(|text| (at, text)))
        .collect()
}

/// What a list of answers lacks.
fn missing(kind: Answers, answers: &[&str]) -> Option<(String, String)> {
    let problem = |message: &str, cure: &str| Some((message.to_owned(), cure.to_owned()));
    let is_box = |answer: &&str| answer.starts_with("x] ") || answer.starts_with(" ] ");
    match kind {
        Answers::Boxes if answers.len() < 2 || !answers.iter().all(is_box) => problem(
            "there is nothing to choose from",
            "write at least two answers as `- [ ] wrong` and `- [x] right`, each on a line of its own",
        ),
        Answers::Boxes if !answers.iter().any(|answer| answer.starts_with('x')) => problem(
            "no answer is right",
            "mark the right one with an x: `- [x] right`",
        ),
        Answers::Words if answers.is_empty() => problem(
            "no answer is accepted",
            "write each answer that counts as `- the answer`, the best one first",
        ),
        Answers::Steps if answers.len() < 3 => problem(
            "there is nothing to put in order",
            "write at least three steps as `1. the step`, in the right order: the page mixes them",
        ),
        _ => None,
    }
}
