//! The fonts of cards: files that the site names, never those of the machine.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use resvg::usvg::fontdb::{Database, Source};
use skrifa::{FontRef, MetadataProvider as _};

use super::CardError;
use crate::digest::sha256;

/// Font files, read and not yet understood: for a build whose cards are all in the cache.
#[derive(Debug)]
pub(super) struct FontFiles(Vec<(PathBuf, Arc<Vec<u8>>)>);

impl FontFiles {
    pub(super) fn read(site: &Path, names: &[String]) -> Result<Self, CardError> {
        let read = |name: &String| {
            let path = site.join(name);
            match std::fs::read(&path) {
                Ok(bytes) => Ok((path, Arc::new(bytes))),
                Err(error) => Err(CardError::Font(path, error)),
            }
        };
        names.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn digest(&self) -> String {
        let each = |(_, bytes): &(PathBuf, Arc<Vec<u8>>)| sha256(bytes);
        self.0.iter().map(each).collect()
    }
}

/// Fonts that can be drawn with. The first that has a letter draws it.
#[derive(Debug)]
pub(super) struct Fonts {
    pub(super) database: Arc<Database>,
    faces: Vec<Face>,
}

#[derive(Debug)]
struct Face {
    bytes: Arc<Vec<u8>>,
    family: String,
    weight: u16,
}

impl Fonts {
    pub(super) fn load(files: &FontFiles) -> Result<Self, CardError> {
        let mut database = Database::new();
        let mut faces = Vec::new();
        for (path, bytes) in &files.0 {
            let not_a_font = || CardError::NotAFont(path.clone());
            let ids = database.load_font_source(Source::Binary(bytes.clone()));
            let info = ids.first().and_then(|id| database.face(*id));
            let info = info.ok_or_else(not_a_font)?;
            FontRef::new(bytes).map_err(|_| not_a_font())?;
            let (family, _) = info.families.first().ok_or_else(not_a_font)?;
            faces.push(Face {
                bytes: bytes.clone(),
                family: family.clone(),
                weight: info.weight.0,
            });
        }
        Ok(Self {
            database: Arc::new(database),
            faces,
        })
    }

    /// Which font draws a letter; `near` is the one of the letter before, which keeps its signs.
    pub(super) fn choose(&self, letter: char, near: usize) -> Option<usize> {
        let has = |font: &usize| self.has(*font, letter);
        let kept = Some(near).filter(|near| !letter.is_alphanumeric() && has(near));
        kept.or_else(|| (0..self.faces.len()).find(has))
    }

    /// The family and the weight by which a drawing names a font.
    pub(super) fn name(&self, font: usize) -> (&str, u16) {
        let face = &self.faces[font];
        (&face.family, face.weight)
    }

    fn has(&self, font: usize, letter: char) -> bool {
        let face = self.faces.get(font);
        let font = face.and_then(|face| FontRef::new(&face.bytes).ok());
        font.is_some_and(|font| {
            let glyph = font.charmap().map(letter);
            glyph.is_some_and(|glyph| glyph.to_u32() != 0)
        })
    }
}
