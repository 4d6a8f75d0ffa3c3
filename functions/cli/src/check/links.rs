//! Whether links and images lead somewhere.

use crate::content::{Findings, Page};

use super::addresses::{Addresses, Found};
use super::markdown::{Document, Target};

/// What a link may begin with to leave the site.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// Checks the links and images of a page.
pub(super) fn check(
    page: &Page,
    document: &Document,
    addresses: &Addresses<'_>,
    findings: &mut Findings<'_>,
) {
    for link in &document.links {
        check_link(page, link, addresses, findings);
    }
    for image in &document.images {
        check_image(page, &image.target, addresses, findings);
    }
}

fn check_link(page: &Page, link: &Target, addresses: &Addresses<'_>, findings: &mut Findings<'_>) {
    let address = link.address.as_str();
    let (path, anchor) = address
        .split_once('#')
        .map_or((address, None), |(path, anchor)| (path, Some(anchor)));
    if address.is_empty() {
        let cure = "write an address between the round brackets";
        findings.add(
            "link-empty",
            link.span.clone(),
            "the link leads nowhere",
            cure,
        );
    } else if let Some(file) = path.strip_prefix("@/") {
        check_page_link(page, file, anchor, link, addresses, findings);
    } else if path.is_empty() {
        check_anchor(page, anchor, link, addresses, findings);
    } else if leaves_the_site(address) {
        check_scheme(link, findings);
    } else {
        check_address(page, path, link, addresses, findings);
    }
}

/// A link to a page by its file, as it should be.
fn check_page_link(
    page: &Page,
    file: &str,
    anchor: Option<&str>,
    link: &Target,
    addresses: &Addresses<'_>,
    findings: &mut Findings<'_>,
) {
    if let Some(target) = addresses.page(file) {
        if target.is_draft() && !page.is_draft() {
            let cure = "take `draft = true` out of that page, or remove the link until then";
            findings.add(
                "link-draft",
                link.span.clone(),
                format!("{file} is a draft, which is in no build"),
                cure,
            );
        }
        return check_anchor(target, anchor, link, addresses, findings);
    }
    let cure = addresses.namesake(file).map_or_else(
        || "write the path of its file in the content folder after `@/`".to_owned(),
        |page| format!("did you mean `@/{}`?", page.file),
    );
    findings.add(
        "link-broken",
        link.span.clone(),
        format!("there is no page {file}"),
        cure,
    );
}

/// A link to a place of this site that is not written as `@/…`: right for what is no page.
fn check_address(
    page: &Page,
    path: &str,
    link: &Target,
    addresses: &Addresses<'_>,
    findings: &mut Findings<'_>,
) {
    match addresses.seen_from(page, path) {
        (_, Found::File) => {}
        (_, Found::Page(target)) => findings.add(
            "link-form",
            link.span.clone(),
            format!(
                "`{path}` leads to a page by its address, which nobody checks when the page moves"
            ),
            format!("write `@/{}`", target.file),
        ),
        (url, Found::Nothing) => findings.add(
            "link-broken",
            link.span.clone(),
            format!("there is nothing at {url}"),
            "link to a page as `@/folder/page.md`, or correct the address",
        ),
    }
}

fn check_anchor(
    target: &Page,
    anchor: Option<&str>,
    link: &Target,
    addresses: &Addresses<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(anchor) = anchor else { return };
    let there: Vec<&str> = addresses
        .headings(target)
        .iter()
        .map(|heading| heading.id.as_str())
        .collect();
    if there.contains(&anchor) {
        return;
    }
    let cure = match there[..] {
        [] => "remove the part from `#` on".to_owned(),
        _ => format!("use one of its anchors: {}", there.join(", ")),
    };
    let message = format!("{} has no heading with the anchor `#{anchor}`", target.file);
    findings.add("link-anchor", link.span.clone(), message, cure);
}

fn check_scheme(link: &Target, findings: &mut Findings<'_>) {
    if !SCHEMES
        .iter()
        .any(|scheme| link.address.starts_with(scheme))
    {
        let message = format!("`{}` is no address that a page may link to", link.address);
        let cure = "begin it with https://, or write a page of this site as `@/…`";
        findings.add("link-scheme", link.span.clone(), message, cure);
    }
}

fn check_image(
    page: &Page,
    image: &Target,
    addresses: &Addresses<'_>,
    findings: &mut Findings<'_>,
) {
    if leaves_the_site(&image.address) {
        return findings.add(
            "image-foreign",
            image.span.clone(),
            "the image would be fetched from another site, which learns who reads",
            "put a copy of the image into the content folder, with its licence in the text",
        );
    }
    let (url, found) = addresses.seen_from(page, &image.address);
    if !matches!(found, Found::File) {
        findings.add(
            "image-missing",
            image.span.clone(),
            format!("there is no image at {url}"),
            "put the file beside an `index.md` or `_index.md`, and write its path as seen from the page's address",
        );
    }
}

/// Whether an address has a scheme or a host.
fn leaves_the_site(address: &str) -> bool {
    let beginning = address.split(['/', '?', '#']).next().unwrap_or_default();
    address.starts_with("//") || beginning.contains(':')
}
