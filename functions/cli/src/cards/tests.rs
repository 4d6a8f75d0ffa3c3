//! What is on a card, letter by letter, with the fonts of the site.

use std::collections::BTreeSet;
use std::path::PathBuf;

use resvg::usvg::{Node, Rect};

use super::fonts::FontFiles;
use super::picture::{Artist, Design};
use super::stated::Stated;
use super::{CardError, SIZE};

const WORDY: &str = "What a community that begins with five people, one question and no budget can learn from every \
    larger one that came before it, and what it had better not copy from any of them under any circumstances";

fn site() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../site"))
}

/// A card on which the text is at its place.
struct Card {
    texts: Vec<Drawn>,
    png: Vec<u8>,
}

struct Drawn {
    place: Rect,
    /// The numbers of the letters' forms in their font; 0 is the form of what a font has not.
    forms: Vec<u32>,
    text: String,
}

fn try_draw(title: &str, kind: &str, from_right: bool) -> Result<Card, CardError> {
    let design = Design::read(&site())?;
    let files = FontFiles::read(&site(), &design.fonts)?;
    let artist = Artist::new(&design, &files)?;
    let stated = Stated {
        file: "cards/courses/a/b.png".to_owned(),
        title: title.to_owned(),
        kind: kind.to_owned(),
        from_right,
    };
    let tree = artist.tree(&stated)?;
    let drawn = |node: &Node| {
        let Node::Text(text) = node else { return None };
        let glyphs = text
            .layouted()
            .iter()
            .flat_map(|span| &span.positioned_glyphs);
        let chunks = text.chunks().iter().map(|chunk| chunk.text());
        Some(Drawn {
            place: text.abs_bounding_box(),
            forms: glyphs.map(|glyph| glyph.id.0).collect(),
            text: chunks.collect(),
        })
    };
    Ok(Card {
        texts: tree.root().children().iter().filter_map(drawn).collect(),
        png: artist.draw(&stated)?,
    })
}

fn draw(title: &str, kind: &str, from_right: bool) -> Card {
    try_draw(title, kind, from_right).unwrap()
}

impl Card {
    fn text(&self) -> String {
        let texts = self.texts.iter().map(|drawn| drawn.text.as_str());
        texts.collect::<Vec<_>>().join(" ")
    }

    fn of(&self, text: &str) -> &Drawn {
        let found = self.texts.iter().find(|drawn| drawn.text.contains(text));
        found.unwrap_or_else(|| panic!("{text} is not on the card: {}", self.text()))
    }

    /// Every letter has a form, and stands on the card with some space around it.
    fn assert_whole(&self) {
        for drawn in &self.texts {
            assert!(!drawn.forms.is_empty(), "{} has no form", drawn.text);
            assert!(
                !drawn.forms.contains(&0),
                "no font has all of {}",
                drawn.text
            );
            let (left, right) = (drawn.place.left(), drawn.place.right());
            assert!(
                left >= 80.0 && right <= SIZE.0 as f32 - 80.0,
                "{}: {left}–{right}",
                drawn.text
            );
            assert!(
                drawn.place.bottom() < SIZE.1 as f32 - 40.0,
                "{}",
                drawn.text
            );
        }
    }

    /// The upper edges of the lines between which of the title are drawn.
    fn lines(&self, first_word: &str) -> usize {
        let height = self.of(first_word).place.height();
        let mut tops: Vec<i32> = self
            .texts
            .iter()
            .filter(|drawn| (drawn.place.height() - height).abs() < 1.0)
            .map(|drawn| drawn.place.top() as i32)
            .collect();
        tops.sort_unstable();
        tops.dedup();
        tops.len()
    }
}

#[test]
fn a_card_is_a_png_of_the_size_that_pages_say() {
    let png = draw("First steps", "Course", false).png;
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20)), SIZE);
    assert!(png.len() < 40_000, "{} bytes", png.len());
}

#[test]
fn the_same_words_are_the_same_bytes() {
    let once = || draw("First steps & <more>", "Course", false).png;
    assert_eq!(once(), once());
    assert_ne!(once(), draw("First steps", "Course", false).png);
}

#[test]
fn title_kind_and_site_are_on_it() {
    let card = draw("First steps & <more>", "Lesson 3 of 7 · A course", false);
    card.assert_whole();
    assert_eq!(
        card.text(),
        "Lesson 3 of 7 · A course First steps & <more> Sodium Learn"
    );
    assert_eq!(card.lines("First"), 1);
}

#[test]
fn lines_are_balanced() {
    let card = draw("Purpose and the first members of a community", "", false);
    card.assert_whole();
    assert_eq!(card.lines("Purpose"), 2);
    let wide = |word: &str| card.of(word).place.right();
    assert!((wide("first") - wide("community")).abs() < 300.0);
}

#[test]
fn a_long_title_is_smaller_and_then_cut() {
    let short = draw("What a community can learn", "", false);
    let cut = draw(WORDY, "", false);
    cut.assert_whole();
    assert!(cut.of("What").place.height() < short.of("What").place.height());
    assert!(cut.text().contains('…') && !cut.text().contains("circumstances"));
    assert_eq!(cut.lines("What"), 4);
}

#[test]
fn a_word_without_an_end_is_broken() {
    let card = draw(&"Donaudampfschifffahrt".repeat(5), &"x".repeat(200), false);
    card.assert_whole();
}

#[test]
fn arabic_letters_are_joined() {
    let forms = |title: &str| {
        let card = draw(title, "", true);
        card.assert_whole();
        card.of(title).forms.clone()
    };
    let alone = forms("ب");
    let three = forms("ببب");
    let joined: BTreeSet<_> = three.iter().filter(|form| !alone.contains(form)).collect();
    assert!(
        joined.len() >= 3,
        "a first, a middle and a last form: {three:?}, alone {alone:?}"
    );
}

#[test]
fn arabic_is_read_from_the_right_and_other_words_inside_it_from_the_left() {
    let card = draw("كيف تكتب: Git و Zola معًا؟", "الدرس 3 من 7 · دورة", true);
    card.assert_whole();
    let x = |word: &str| card.of(word).place.left();
    let order = ["كيف", "تكتب", "Git", "Zola", "معًا"].map(x);
    assert!(
        order.is_sorted_by(|earlier, later| earlier > later),
        "{order:?}"
    );
    let edge = SIZE.0 as f32 - 88.0;
    assert!((card.of("كيف").place.right() - edge).abs() < 4.0);
    assert!(x("الدرس") > x("3") && x("3") > x("7"));
}

#[test]
fn little_pictures_are_left_out_and_letters_never() {
    let card = draw("Welcome 🎉 all 👩‍👩‍👧", "", false);
    card.assert_whole();
    assert_eq!(card.text(), "Welcome all Sodium Learn");

    let error = try_draw("Learn 日本 here", "", false)
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.starts_with("/courses/a/b/: no font has the letters 日 本"),
        "{error}"
    );
    assert!(error.contains("card_fonts"), "{error}");
}
