//! From what a page states to a picture: measure, set, draw.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Node, Options, Tree};
use serde::Deserialize;
use tera::{Context, Tera};

use super::encode::encode;
use super::fonts::{FontFiles, Fonts};
use super::layout::{KIND, Run, SITE, TITLE, TITLE_FROM_RIGHT, ordered, set};
use super::stated::Stated;
use super::words::{Piece, Word, words};
use super::{CardError, SIZE};
use crate::digest::sha256;

/// What the site's folder says of how cards look.
#[derive(Debug)]
pub(super) struct Design {
    template: (PathBuf, String),
    /// The values of the style sheet, by name.
    colours: BTreeMap<String, String>,
    /// The site's name.
    site: String,
    pub(super) fonts: Vec<String>,
}

#[derive(Deserialize)]
struct Config {
    title: String,
    extra: Extra,
}

#[derive(Deserialize)]
struct Extra {
    #[serde(default)]
    card_fonts: Vec<String>,
}

impl Design {
    pub(super) fn read(site: &Path) -> Result<Self, CardError> {
        let read = |name: &str| {
            let path = site.join(name);
            match std::fs::read_to_string(&path) {
                Ok(text) => Ok((path, text)),
                Err(error) => Err(CardError::Io(path, error)),
            }
        };
        let (path, config) = read("config.toml")?;
        let config: Config = toml::from_str(&config)
            .map_err(|error| CardError::Design(path.clone(), error.to_string()))?;
        if config.extra.card_fonts.is_empty() {
            return Err(CardError::NoFonts(path));
        }
        let (_, styles) = read("static/styles/base.css")?;
        Ok(Self {
            template: read("templates/card.svg")?,
            colours: colours(&styles),
            site: config.title,
            fonts: config.extra.card_fonts,
        })
    }

    pub(super) fn digest(&self) -> String {
        let drawn = format!("{:?} {:?} {}", self.template.1, self.colours, self.site);
        sha256(drawn.as_bytes())
    }
}

/// `--paper-1: #fcfaf5;` and its like.
fn colours(styles: &str) -> BTreeMap<String, String> {
    let colour = |line: &str| {
        let (name, rest) = line.trim().strip_prefix("--")?.split_once(": ")?;
        let value = rest.strip_suffix(';')?;
        value
            .starts_with('#')
            .then(|| (name.to_owned(), value.to_owned()))
    };
    styles.lines().filter_map(colour).collect()
}

/// Draws cards.
pub(super) struct Artist<'a> {
    design: &'a Design,
    fonts: Fonts,
    tera: Tera,
    options: Options<'static>,
}

const TEMPLATE: &str = "card.svg";

/// The size at which letters are measured.
const MEASURED: f32 = 100.0;

/// Stands behind what is cut off.
const END: &str = "…";

impl<'a> Artist<'a> {
    pub(super) fn new(design: &'a Design, files: &FontFiles) -> Result<Self, CardError> {
        let (path, template) = &design.template;
        let mut tera = Tera::default();
        tera.autoescape_on(vec![TEMPLATE]);
        tera.add_raw_template(TEMPLATE, template)
            .map_err(|error| CardError::Design(path.clone(), chain(&error)))?;
        let fonts = Fonts::load(files)?;
        let options = Options {
            fontdb: fonts.database.clone(),
            ..Options::default()
        };
        Ok(Self {
            design,
            fonts,
            tera,
            options,
        })
    }

    /// The bytes of a PNG file.
    pub(super) fn draw(&self, stated: &Stated) -> Result<Vec<u8>, CardError> {
        let failed = |what: String| CardError::Drawing(stated.page(), what);
        let tree = self.tree(stated)?;
        let picture = Pixmap::new(SIZE.0, SIZE.1);
        let mut picture = picture.ok_or_else(|| failed("there is no memory for it".to_owned()))?;
        resvg::render(&tree, Transform::identity(), &mut picture.as_mut());
        encode(&picture).map_err(|error| failed(error.to_string()))
    }

    /// The drawing, with every letter at its place.
    pub(super) fn tree(&self, stated: &Stated) -> Result<Tree, CardError> {
        let (path, _) = &self.design.template;
        let mut context = Context::new();
        context.insert("colours", &self.design.colours);
        context.insert("from_right", &stated.from_right);
        context.insert("runs", &self.runs(stated)?);
        let svg = self
            .tera
            .render(TEMPLATE, &context)
            .map_err(|error| CardError::Design(path.clone(), chain(&error)))?;
        self.parse(&svg, stated)
    }

    fn parse(&self, svg: &str, stated: &Stated) -> Result<Tree, CardError> {
        Tree::from_str(svg, &self.options)
            .map_err(|error| CardError::Drawing(stated.page(), error.to_string()))
    }

    fn runs(&self, stated: &Stated) -> Result<Vec<Run>, CardError> {
        let title = if stated.from_right {
            TITLE_FROM_RIGHT
        } else {
            TITLE
        };
        let site = self.design.site.as_str();
        let mut runs = Vec::new();
        for (style, text) in [
            (KIND, stated.kind.as_str()),
            (title, &stated.title),
            (SITE, site),
        ] {
            let mut words = self.words(text, stated)?;
            let mut end = self.words(END, stated)?;
            let all = words.iter_mut().chain(&mut end);
            self.measure(all.flat_map(|word| &mut word.pieces), stated)?;
            let end = end.first().and_then(|word| word.pieces.first());
            runs.extend(set(style, &words, end, stated.from_right, &self.fonts));
        }
        Ok(runs)
    }

    fn words(&self, text: &str, stated: &Stated) -> Result<Vec<Word>, CardError> {
        words(text, stated.from_right, &self.fonts).map_err(|letters| CardError::Letters {
            page: stated.page(),
            letters,
            text: text.to_owned(),
        })
    }

    /// Lets the renderer itself say how wide the pieces are.
    fn measure<'p>(
        &self,
        pieces: impl Iterator<Item = &'p mut Piece>,
        stated: &Stated,
    ) -> Result<(), CardError> {
        let mut svg =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\">".to_owned();
        let pieces: Vec<&mut Piece> = pieces.collect();
        for (number, piece) in pieces.iter().enumerate() {
            let (family, weight) = self.fonts.name(piece.font);
            let text = tera::escape_html(&ordered(&piece.text, piece.level));
            // Into a string, this does not fail.
            let _ = write!(
                svg,
                "<text id=\"{number}\" font-size=\"{MEASURED}\" font-family=\"'{family}'\" \
                 font-weight=\"{weight}\">{text}</text>"
            );
        }
        svg.push_str("</svg>");
        let tree = self.parse(&svg, stated)?;
        for (number, piece) in pieces.into_iter().enumerate() {
            if let Some(Node::Text(text)) = tree.node_by_id(&number.to_string()) {
                piece.width = text.bounding_box().width() / MEASURED;
            }
        }
        Ok(())
    }
}

/// Tera says what failed in the sources of its error.
fn chain(error: &tera::Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        said = format!("{said}: {cause}");
        next = cause.source();
    }
    said
}
