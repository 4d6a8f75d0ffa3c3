//! Cards beside a built site.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use sodium_cli::build::{Build, Search, build};
use sodium_cli::cards::{CardError, Cards, SIZE, draw};
use sodium_cli::files;
use tempfile::TempDir;

const BASE: &str = "https://learn.example";

fn real() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap()
}

/// A built site of some pages.
struct Site {
    folder: TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(site.at("site")).unwrap();
        for part in ["static", "templates", "node_modules"] {
            symlink(real().join("site").join(part), site.at("site").join(part)).unwrap();
        }
        let config = fs::read_to_string(real().join("site/config.toml")).unwrap();
        fs::write(site.at("site/config.toml"), config).unwrap();
        site
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn page(&self, path: &str, title: &str) {
        let html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta property=\"og:image\" \
             content=\"{BASE}/cards/{path}.png\" data-title=\"{title}\" data-kind=\"Article\">\n</head>\n"
        );
        fs::create_dir_all(self.at("out").join(path)).unwrap();
        fs::write(self.at("out").join(path).join("index.html"), html).unwrap();
    }

    fn configure(&self, from: &str, to: &str) {
        let file = self.at("site/config.toml");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from));
        fs::write(file, text.replace(from, to)).unwrap();
    }

    fn draw(&self) -> Result<Cards, CardError> {
        draw(&self.at("site"), &self.at("out"), &self.at("cache"), BASE)
    }

    fn card(&self, path: &str) -> Vec<u8> {
        fs::read(self.at("out/cards").join(format!("{path}.png"))).unwrap()
    }
}

fn cards(drawn: usize, kept: usize) -> Cards {
    Cards { drawn, kept }
}

#[test]
fn only_what_changed_is_drawn_again() {
    let site = Site::new();
    site.page("articles/one", "One");
    site.page("articles/two", "Two");
    assert_eq!(site.draw().unwrap(), cards(2, 0));
    let (one, two) = (site.card("articles/one"), site.card("articles/two"));
    assert_ne!(one, two);

    fs::remove_dir_all(site.at("out/cards")).unwrap();
    assert_eq!(site.draw().unwrap(), cards(0, 2));
    assert_eq!(site.card("articles/one"), one);

    site.page("articles/two", "Two, and more");
    assert_eq!(site.draw().unwrap(), cards(1, 1));
    assert_eq!(site.card("articles/one"), one);
    assert_ne!(site.card("articles/two"), two);

    // A page that moved has its card as before.
    fs::rename(site.at("out/articles/one"), site.at("out/articles/first")).unwrap();
    site.page("articles/first", "One");
    assert_eq!(site.draw().unwrap(), cards(0, 2));
    assert_eq!(site.card("articles/first"), one);
}

#[test]
fn another_name_of_the_site_draws_all_again() {
    let site = Site::new();
    site.page("articles/one", "One");
    site.draw().unwrap();
    let before = site.card("articles/one");
    site.configure("title = \"Sodium Learn\"", "title = \"Another\"");
    assert_eq!(site.draw().unwrap(), cards(1, 0));
    assert_ne!(site.card("articles/one"), before);
}

#[test]
fn a_font_that_is_not_there_is_named_with_the_cure() {
    let site = Site::new();
    site.page("articles/one", "One");
    site.configure("SourceSerif4_600SemiBold.ttf", "Nothing.ttf");
    let error = site.draw().unwrap_err().to_string();
    assert!(
        error.contains("Nothing.ttf") && error.contains("make setup"),
        "{error}"
    );

    site.configure("Nothing.ttf", "index.js");
    let error = site.draw().unwrap_err().to_string();
    assert!(error.contains("index.js is no font"), "{error}");

    site.configure("card_fonts", "no_fonts");
    let error = site.draw().unwrap_err().to_string();
    assert!(error.contains("card_fonts"), "{error}");
}

#[test]
fn every_page_with_an_address_names_a_card_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let root = real();
    let what = Build {
        root: &root,
        out: &out,
        cache: &folder.path().join("cache"),
        base_url: BASE,
        siblings: false,
        search: Search::Anew,
    };
    let mut said = Vec::new();
    build(&what, |phase| said.push(phase.to_string())).unwrap();

    let mut pages = 0;
    for path in files::walk(&out).unwrap() {
        if path.extension().is_none_or(|ending| ending != "html") {
            continue;
        }
        let html = fs::read_to_string(out.join(&path)).unwrap();
        if !html.contains("rel=\"canonical\"") || html.contains("http-equiv=\"refresh\"") {
            continue;
        }
        let said = |name: &str| {
            let from = format!("<meta property=\"og:image{name}\" content=\"");
            let rest = html
                .split_once(&from)
                .unwrap_or_else(|| panic!("{}: no {from}", path.display()));
            rest.1.split_once('"').unwrap().0.to_owned()
        };
        let file = said("")
            .strip_prefix(BASE)
            .unwrap()
            .trim_start_matches('/')
            .to_owned();
        let png =
            fs::read(out.join(&file)).unwrap_or_else(|_| panic!("{}: {file}", path.display()));
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        assert_eq!((number(16), number(20)), SIZE, "{file}");
        assert_eq!(
            (said(":width"), said(":height")),
            (SIZE.0.to_string(), SIZE.1.to_string())
        );
        assert!(!said(":alt").is_empty());
        pages += 1;
    }
    assert!(pages > 60, "{pages} pages have a canonical address");
    let drawn = said
        .iter()
        .find(|phase| phase.starts_with("cards"))
        .unwrap();
    assert!(drawn.contains("drawn, 0 as before"), "{drawn}");

    let before = fs::read(out.join("cards.png")).unwrap();
    let again = build(&what, |_| ()).unwrap();
    let cards = again.0.iter().find(|phase| phase.name == "cards").unwrap();
    assert!(cards.did.starts_with("0 drawn"), "{}", cards.did);
    assert_eq!(fs::read(out.join("cards.png")).unwrap(), before);
}
