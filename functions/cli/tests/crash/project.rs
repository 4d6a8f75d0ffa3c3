//! The project of this repository, copied, with its live sessions moved so far ahead that they
//! never go by.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Threads that people write to here.
pub(crate) const THREADS: [&str; 3] = [
    "community-purpose",
    "git-why-text",
    "article-social-learning",
];

/// A live session that takes sign-ups.
pub(crate) const SESSION: &str = "first-posts-2027-09";

/// Copies the project; returns its root.
pub(crate) fn copy_into(folder: &Path) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    let to = folder.join("project");
    copy(&from.join("site"), &to.join("site"));
    copy(&from.join("content"), &to.join("content"));
    std::os::unix::fs::symlink("../content", to.join("site/content")).unwrap();
    std::os::unix::fs::symlink(from.join("site/node_modules"), to.join("site/node_modules"))
        .unwrap();
    to
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        let target = to.join(name);
        if path.is_symlink() || name == "node_modules" || name == "public" {
            continue;
        } else if path.is_dir() {
            copy(&path, &target);
        } else if from.ends_with("sessions") {
            let text = fs::read_to_string(&path).unwrap();
            fs::write(target, text.replace("starts = \"20", "starts = \"30")).unwrap();
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Every page and feed below a folder.
pub(crate) fn pages(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path
            .extension()
            .is_some_and(|ending| ending == "html" || ending == "xml")
            || path.ends_with("feed.json")
        {
            let text = fs::read_to_string(&path).unwrap();
            found.insert(path, text);
        }
    }
    found
}

/// No page or feed ends in the middle.
pub(crate) fn assert_whole(folder: &Path) {
    let pages = pages(folder);
    assert!(!pages.is_empty());
    for (path, text) in pages {
        let text = text.trim_end();
        let whole = match text.get(..5) {
            Some("<?xml") => ["</feed>", "</urlset>"]
                .iter()
                .any(|end| text.ends_with(end)),
            Some("<feed") => text.ends_with("</feed>"),
            Some(start) if start.starts_with('{') => {
                serde_json::from_str::<serde_json::Value>(text).is_ok()
            }
            _ => text.ends_with("</html>"),
        };
        assert!(whole, "{} is not whole:\n{text}", path.display());
    }
}
