//! `sodium check`: everything that is wrong with the content and the policy, all at once, with file, line
//! and cure.
//!
//! Zola is silent about much of it (a page without weight is not rendered, an unknown key does nothing, an
//! image without text is an image without text), and stops at the first thing that it does not like.

mod addresses;
mod exercises;
mod links;
mod markdown;
mod pages;
mod policy;
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
    let policy = match std::fs::read_to_string(site.join("policy.toml")) {
        Ok(text) => Some(text),
        // The program carries one, which it was built with.
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if let Some(text) = &policy {
        let threads = content.threads().into_iter().map(|thread| thread.id);
        problems.extend(policy::check(text, &threads.collect()));
    }
    Ok(Report::new(content, policy, problems))
}
