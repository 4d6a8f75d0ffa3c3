//! `sodium cost`: what a community costs on AWS in a month. Everything comes from three files in
//! `infra/cost/`: what each operation was measured to consume, what Amazon asks for it, and how learners
//! are taken to behave. The result stands in `infra/README.md`, and a test holds it there.

mod input;
mod month;
mod words;

use std::path::Path;

pub use input::{After, CostError, Measured, Operation};
use input::{Learners, Prices, Template};

/// Where the section begins in `infra/README.md`.
pub const BEGIN: &str = "<!-- cost:begin -->\n";
/// Where it ends.
pub const END: &str = "<!-- cost:end -->";

/// What is measured, below the project's root.
pub const MEASURED: &str = "infra/cost/measured.toml";

/// Everything that the model computes with.
#[derive(Debug)]
struct Input {
    measured: Measured,
    prices: Prices,
    learners: Learners,
    template: Template,
}

/// The cost section of `infra/README.md`, as Markdown.
///
/// # Errors
/// When a file is missing, cannot be read, or names an operation that was not measured.
pub fn section(root: &Path) -> Result<String, CostError> {
    let input = Input {
        measured: Measured::read(root)?,
        prices: Prices::read(root)?,
        learners: Learners::read(root)?,
        template: Template::read(root)?,
    };
    words::section(&input)
}

/// A text with its cost section replaced.
///
/// # Errors
/// When the text has no place for it.
pub fn replaced(text: &str, section: &str) -> Result<String, CostError> {
    let (before, rest) = text.split_once(BEGIN).ok_or(CostError::NoPlace)?;
    let (_, after) = rest.split_once(END).ok_or(CostError::NoPlace)?;
    Ok(format!("{before}{BEGIN}{section}{END}{after}"))
}
