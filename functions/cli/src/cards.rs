//! Cards: the pictures that messengers and the Fediverse show of a shared link. A page's head says what is on its card
//! (`site/templates/macros/cards.html`), so nothing here knows of courses and lessons, and no page names a card that
//! is not drawn.
//!
//! A card is kept under a digest of everything that is drawn. The same page has the same bytes in every build, and a
//! deploy uploads only what changed.

mod encode;
mod fonts;
mod layout;
mod lines;
mod picture;
mod stated;
mod words;

use std::io;
use std::path::{Path, PathBuf};

use crate::cache::Cache;
use crate::digest::sha256;
use crate::{files, threads};
use fonts::FontFiles;
use picture::{Artist, Design};
use stated::Stated;

/// Width and height, as the pages say them: what every service shows without cutting.
pub const SIZE: (u32, u32) = (1200, 630);

/// Goes up when the same words would be drawn in another way by what is written here.
const VERSION: &str = "1";

/// A card cannot be drawn. The message says of which page, and the cure.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The configuration has no fonts.
    #[error(
        "{0} names no fonts for cards, the pictures of shared links: put a list `card_fonts` into [extra]"
    )]
    NoFonts(PathBuf),
    /// A font is missing.
    #[error(
        "the font {0} draws cards, the pictures of shared links, and cannot be read: {1}. Run `make setup` (or \
         `npm install` in the folder site), or mend `card_fonts` in site/config.toml."
    )]
    Font(PathBuf, io::Error),
    /// A font is something else.
    #[error(
        "{0} is no font in the format TrueType or OpenType; mend `card_fonts` in site/config.toml"
    )]
    NotAFont(PathBuf),
    /// A title in letters that no font has.
    #[error(
        "{page}: no font has the letters {letters} of “{text}”, so its card, the picture of its link, cannot be drawn. Add a \
         font that has them to `card_fonts` in site/config.toml."
    )]
    Letters {
        /// The page's address.
        page: String,
        /// What is missing.
        letters: String,
        /// Where.
        text: String,
    },
    /// The page says something of its card that makes no sense.
    #[error("{page}: the card {address} does not lie at the page's own address below /cards/")]
    Address {
        /// The page's file.
        page: String,
        /// What it says.
        address: String,
    },
    /// The template or the configuration.
    #[error("{0}: {1}")]
    Design(PathBuf, String),
    /// The renderer.
    #[error("the card of {0} could not be drawn: {1}")]
    Drawing(String, String),
    /// A file.
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
}

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cards {
    /// Cards that were drawn.
    pub drawn: usize,
    /// Cards that were in the cache.
    pub kept: usize,
}

/// Puts a card beside the built site in `out` for each page that names one. `base_url` is the site's address, with
/// which the pages name them.
///
/// # Errors
/// When a font is missing, or a page's card cannot be drawn.
pub fn draw(site: &Path, out: &Path, cache: &Path, base_url: &str) -> Result<Cards, CardError> {
    let cache = Cache::open(cache).map_err(|error| CardError::Io(cache.to_owned(), error))?;
    let failed = |error| CardError::Io(out.to_owned(), error);
    let design = Design::read(site)?;
    let fonts = FontFiles::read(site, &design.fonts)?;
    let drawing = format!("{VERSION} {} {}", design.digest(), fonts.digest());
    let name = |card: &Stated| sha256(format!("{drawing} {:?}", card.drawn()).as_bytes()) + ".png";

    let cards = stated(out, base_url)?;
    let keep = |card: &Stated| match cache.get(&name(card)) {
        Some(png) => files::write(&out.join(&card.file), &png).map(|()| true),
        None => Ok(false),
    };
    let mut missing = Vec::new();
    for card in &cards {
        if !keep(card).map_err(failed)? {
            missing.push(card);
        }
    }
    if !missing.is_empty() {
        let artist = Artist::new(&design, &fonts)?;
        threads::each(&missing, |card: &&Stated| {
            let png = artist.draw(card)?;
            cache.put(&name(card), &png).map_err(failed)?;
            files::write(&out.join(&card.file), &png).map_err(failed)
        })?;
    }
    cache.forget_old().map_err(failed)?;
    Ok(Cards {
        drawn: missing.len(),
        kept: cards.len() - missing.len(),
    })
}

/// What the pages of a built site say of their cards.
fn stated(out: &Path, base_url: &str) -> Result<Vec<Stated>, CardError> {
    let failed = |path: &Path, error| CardError::Io(path.to_owned(), error);
    let mut pages = files::walk(out).map_err(|error| failed(out, error))?;
    pages.retain(|path| path.extension().is_some_and(|ending| ending == "html"));
    let cards = threads::each(&pages, |page: &PathBuf| {
        let html = std::fs::read_to_string(out.join(page)).map_err(|error| failed(page, error))?;
        Stated::of(&html, &files::slashed(page), base_url)
    })?;
    Ok(cards.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests;
