//! `sodium check`: everything that is wrong with the content, all at once, with file, line and cure.
//!
//! Zola is silent about much of it (a page without weight is not rendered, an unknown key does nothing, an
//! image without text is an image without text), and stops at the first thing that it does not like.

mod addresses;
mod links;
mod markdown;
mod pages;
mod report;
mod shortcodes;
mod text;

use std::io;
use std::path::Path;

use crate::content::{Content, Findings};
use addresses::Addresses;
use markdown::Document;
pub use report::{Format, Report};
use shortcodes::Shortcodes;

/// Checks `content/` in a project's folder, against the static files and the templates in its `site/`.
///
/// # Errors
/// When a file cannot be read.
pub fn run(root: &Path) -> io::Result<Report> {
    let (content, mut problems) = Content::load(&root.join("content"))?;
    let site = root.join("site");
    let shortcodes = Shortcodes::read(&site.join("templates"))?;
    let documents: Vec<Document> = content.pages.iter().map(Document::of).collect();
    let addresses = Addresses::of(&content, &documents, &site.join("static"))?;

    problems.extend(pages::check(&content));
    for (page, document) in content.pages.iter().zip(&documents) {
        let mut findings = Findings::in_file(&page.file);
        text::check(page, document, &mut findings);
        shortcodes.check(page, &mut findings);
        links::check(page, document, &addresses, &mut findings);
        problems.extend(findings.into_problems());
    }
    Ok(Report::new(content, problems))
}
