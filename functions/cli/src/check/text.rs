//! Rules for the text of one page, whatever else is in the site.

use crate::content::{Findings, Kind, Page};
use crate::draft::NOTE;

use super::markdown::Document;

/// Checks the text of a page.
pub(super) fn check(page: &Page, document: &Document, findings: &mut Findings<'_>) {
    check_headings(document, findings);
    check_images(document, findings);
    for span in &document.html {
        findings.add(
            "raw-html",
            span.clone(),
            "raw HTML in the text",
            "write it in Markdown, or as code between backticks; scripts and styles belong to the site's templates",
        );
    }
    for span in &document.aligned_tables {
        let delimiter = line(&page.source, span.start, 1);
        findings.add(
            "table-alignment",
            delimiter,
            "aligned columns need inline styles, which the site's content security policy blocks",
            "take the colons out of this line",
        );
    }
    for reference in &document.undefined_references {
        findings.add(
            "link-reference",
            reference.span.clone(),
            format!("nothing says where `[{}]` leads", reference.address),
            format!(
                "add a line `[{}]: address`, or write the address as `[text](address)`",
                reference.address
            ),
        );
    }
    if page.kind == Some(Kind::Digest) {
        check_for_mail_addresses(page, findings);
        check_quotations(page, document, findings);
    }
}

fn check_headings(document: &Document, findings: &mut Findings<'_>) {
    let mut above = 1;
    for heading in &document.headings {
        if heading.level == 1 {
            let message = "a heading of the first level: the page's title is that already";
            findings.add(
                "heading-first",
                heading.span.clone(),
                message,
                "begin it with `##`",
            );
        } else if heading.level > above + 1 {
            let message = format!(
                "the heading jumps from level {above} to level {}",
                heading.level
            );
            let cure = format!("begin it with `{}`", "#".repeat(usize::from(above) + 1));
            findings.add("heading-level", heading.span.clone(), message, cure);
        }
        above = heading.level;
    }
}

fn check_images(document: &Document, findings: &mut Findings<'_>) {
    for image in document
        .images
        .iter()
        .filter(|image| image.alt.trim().is_empty())
    {
        findings.add(
            "image-alt",
            image.target.span.clone(),
            "the image has no text for people who cannot see it",
            "say between the square brackets what the image shows",
        );
    }
}

/// People are not content: a digest quotes comments by their ids, and no address enters Git.
fn check_for_mail_addresses(page: &Page, findings: &mut Findings<'_>) {
    for (at, _) in page.source.match_indices('@') {
        let (before, after) = (&page.source[..at], &page.source[at + 1..]);
        let part_of_address = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
        let start = before.rfind(|c| !part_of_address(c)).map_or(0, |i| {
            i + before[i..].chars().next().map_or(1, char::len_utf8)
        });
        let domain = &after[..after.find(|c| !part_of_address(c)).unwrap_or(after.len())];
        let domain = domain.trim_end_matches(['.', '-']);
        if start < at && domain.contains('.') {
            findings.add(
                "mail-address",
                start..at + 1 + domain.len(),
                "a mail address in a digest",
                "remove it; quote a comment by its id with the `quote` shortcode",
            );
        }
    }
}

/// Nobody's words stand in a digest, and what its draft says to the curator is not for readers.
fn check_quotations(page: &Page, document: &Document, findings: &mut Findings<'_>) {
    for span in &document.quotations {
        let is_note = page.source[span.clone()].starts_with(NOTE);
        if is_note && !page.is_draft() {
            findings.add(
                "curator-note",
                span.clone(),
                "a note of the draft, which readers would see",
                "do what it says, and take it out",
            );
        } else if !is_note {
            findings.add(
                "quotation",
                span.clone(),
                "a quotation whose words stand in the file: their author could never take them back",
                "quote the comment by its id with the `quote` shortcode, or say it in your own words",
            );
        }
    }
}

/// The place of the line that is `below` lines below the one at `at`.
fn line(source: &str, at: usize, below: usize) -> std::ops::Range<usize> {
    let mut start = at;
    for _ in 0..below {
        start += source[start..].find('\n').map_or(0, |end| end + 1);
    }
    let end = source[start..]
        .find('\n')
        .map_or(source.len(), |end| start + end);
    start..end
}
