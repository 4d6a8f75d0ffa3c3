//! Pages that somebody is writing, by themselves. Zola makes every page when one changes, and on a large site
//! most of its time goes into the others. Here it gets a copy of the site in which theirs are made with an
//! empty template. What they say of themselves is still there for the page that is asked for, which is therefore
//! the same, byte for byte, as in a whole build.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::files;
use crate::zola::{Zola, ZolaError};

/// The template of the pages that nobody asked for.
const EMPTY: &str = "preview-empty.html";

/// What Zola makes of all pages, by the names of its templates. Nobody looks at it in a preview.
const OF_ALL_PAGES: [&str; 5] = [
    "404.html",
    "atom.xml",
    "feed.json",
    "robots.txt",
    "sitemap.xml",
];

/// The folders of a site that Zola reads, beside the content.
const PARTS: [&str; 4] = ["static", "templates", "themes", "sass"];

/// There is no preview.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// Zola found something wrong.
    #[error(transparent)]
    Zola(#[from] ZolaError),
    /// The copy cannot be made.
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
}

/// Makes these pages of a project, named by their files below the content folder. Returns the folder in which
/// they lie, at their paths in a build. `folder` is emptied before.
///
/// # Errors
/// When Zola fails or warns, or the copy cannot be made.
pub fn make(
    zola: &Zola,
    root: &Path,
    folder: &Path,
    base_url: &str,
    pages: &BTreeSet<String>,
) -> Result<PathBuf, PreviewError> {
    copy(root, folder, pages).map_err(|error| PreviewError::Io(folder.to_owned(), error))?;
    let out = folder.join("out");
    zola.of(&folder.join("site"))?.build(&out, base_url)?;
    Ok(out)
}

/// Copies what Zola reads. What stays as it is, is linked: the copy is there in a moment.
fn copy(root: &Path, folder: &Path, pages: &BTreeSet<String>) -> io::Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    let (from, to) = (root.join("site"), folder.join("site"));
    for part in PARTS.into_iter().filter(|part| from.join(part).is_dir()) {
        for file in files::walk(&from.join(part))? {
            link(&from.join(part).join(&file), &to.join(part).join(&file))?;
        }
    }
    std::fs::copy(from.join("config.toml"), to.join("config.toml"))?;
    let templates = to.join("templates");
    for name in OF_ALL_PAGES.into_iter().chain([EMPTY]) {
        // Not written through a link.
        let file = templates.join(name);
        if file.exists() {
            std::fs::remove_file(&file)?;
        }
        std::fs::write(file, "")?;
    }
    let (from, to) = (root.join("content"), to.join("content"));
    for file in files::walk(&from)? {
        let (source, copy) = (from.join(&file), to.join(&file));
        let is_page = file.extension().is_some_and(|ending| ending == "md");
        let text = match is_page && !pages.contains(&files::slashed(&file)) {
            true => without_template(&std::fs::read_to_string(&source)?),
            false => None,
        };
        match text {
            Some(text) => files::write(&copy, text)?,
            None => link(&source, &copy)?,
        }
    }
    Ok(())
}

/// Links a file, or copies it to where it cannot be linked.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    files::make_way(to)?;
    std::fs::hard_link(from, to).or_else(|_| std::fs::copy(from, to).map(drop))
}

/// A page with the empty template; nothing where its front matter is in no form that we know.
fn without_template(page: &str) -> Option<String> {
    let (front, rest) = page.strip_prefix("+++\n")?.split_once("\n+++")?;
    let mut text = format!("+++\ntemplate = \"{EMPTY}\"\n");
    // Only before the first table: in a table it would be another key.
    let mut in_table = false;
    for line in front.lines() {
        in_table |= line.starts_with('[');
        let key = line.split('=').next().unwrap_or_default().trim();
        if in_table || key != "template" {
            text.push_str(line);
            text.push('\n');
        }
    }
    Some(text + "+++" + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gets_the_empty_template_in_place_of_its_own() {
        let page = "+++\ntitle = \"A\"\ntemplate = \"page.html\"\n[extra]\ntemplate = \"of mine\"\n+++\nText\n+++\n";
        let made = without_template(page).unwrap();
        assert_eq!(
            made,
            "+++\ntemplate = \"preview-empty.html\"\ntitle = \"A\"\n[extra]\ntemplate = \"of mine\"\n+++\nText\n+++\n"
        );
        assert_eq!(without_template("---\ntitle: A\n---\n"), None);
        assert_eq!(without_template("Text"), None);
    }
}
