//! A suggested edit as it is shown.

use serde::Serialize;
use serde_json::{Value, json};
use sodium_domain::suggestion::{Credit, Line, Patch, Suggestion};

use crate::views::time::TimeView;
use crate::words::say;
use crate::words::{say_with, terms};

/// A line of the change, for `fragments/diff.html`.
#[derive(Debug, Serialize)]
pub(crate) struct LineView<'a> {
    is: &'static str,
    text: &'a str,
    /// Where it stands in the page, before lines that follow others.
    place: Option<String>,
}

/// The change, line for line.
pub(crate) fn diff_view(patch: &Patch) -> Vec<LineView<'_>> {
    let line = |is, text| LineView {
        is,
        text,
        place: None,
    };
    patch
        .lines()
        .map(|shown| match shown {
            Line::Gap(number) => LineView {
                place: Some(say_with("from-line", &[("n", &number)])),
                ..line("gap", "")
            },
            Line::Same(text) => line("same", text),
            Line::Gone(text) => line("gone", text),
            Line::New(text) => line("new", text),
        })
        .collect()
}

/// The page of a suggestion, for its author and for moderators.
pub(crate) fn suggestion_url(suggestion: &Suggestion) -> String {
    format!("/api/suggestions/{}", suggestion.id)
}

/// What is said of a suggestion wherever it is shown.
pub(crate) fn suggestion_view(suggestion: &Suggestion) -> Value {
    json!({
        "state": suggestion.state.word(),
        "state_text": terms::suggestion_state(suggestion.state),
        "diff": diff_view(&suggestion.patch),
        "why": suggestion.why.as_ref().map(|why| why.as_str()),
        "path": suggestion.path,
        "credit": match suggestion.credit {
            Credit::Named => say("change-names-member"),
            Credit::Nameless => say("change-names-nobody"),
        },
        "made": TimeView::from(suggestion.made),
        "url": suggestion_url(suggestion),
    })
}
