//! Files that nobody means well with: each ends with an error that says what to do, and none is
//! read further, or kept longer, than it must be.

use std::cell::Cell;
use std::io::{self, BufReader, Cursor, Read};
use std::path::PathBuf;

use super::*;

const BEGIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss><channel><wp:wxr_version>1.2</wp:wxr_version>\
                     <item><link>https://old.example.org/a/</link><wp:status>publish</wp:status>\n";
const END: &str = "</item></channel></rss>\n";

fn comment(id: u32, parent: u32, html: &str) -> String {
    format!(
        "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author>Sample</wp:comment_author>\
         <wp:comment_date_gmt>2020-04-01 10:00:00</wp:comment_date_gmt>\
         <wp:comment_content><![CDATA[{html}]]></wp:comment_content>\
         <wp:comment_approved>1</wp:comment_approved><wp:comment_parent>{parent}</wp:comment_parent></wp:comment>\n"
    )
}

fn whole(comments: &str) -> String {
    format!("{BEGIN}{comments}{END}")
}

fn wordpress(file: impl Read) -> Result<Discussion, ImportError> {
    let mut finds = Finds::default();
    wordpress::read(BufReader::new(file), &mut finds)?;
    Ok(Discussion {
        origin: Origin::Wordpress,
        found: finds.found,
    })
}

fn plan(discussion: Discussion) -> Plan {
    let pages = Pages::known(vec![("first-lesson".parse().unwrap(), "/a/".into())]);
    Plan::of(discussion, &pages, "2027-01-01T00:00:00Z".parse().unwrap())
}

/// A file of a gigabyte in the middle of which one thing never ends, and how much of it was read.
struct Endless<'a> {
    begin: Cursor<Vec<u8>>,
    filler: &'a [u8],
    written: usize,
    read: &'a Cell<usize>,
}

impl Read for Endless<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut count = self.begin.read(into)?;
        if count == 0 {
            count = into.len().min((1 << 30) - self.written);
            let filler = self.filler.iter().cycle();
            let filler = filler.skip(self.written % self.filler.len());
            let into = into[..count].iter_mut();
            into.zip(filler).for_each(|(to, from)| *to = *from);
            self.written += count;
        }
        self.read.set(self.read.get() + count);
        Ok(count)
    }
}

#[test]
fn a_gigabyte_that_never_ends_is_read_for_a_few_megabytes() {
    for (begin, filler, why) in [
        ("<!DOCTYPE rss [<!ENTITY a \"", "a", "four megabytes"),
        (
            "<!DOCTYPE rss [",
            "<!ENTITY a \"&a;&a;\">",
            "four megabytes",
        ),
        ("<rss a=\"", "a", "four megabytes"),
        ("<rss ", "a=\"b\" ", "four megabytes"),
        ("<", "a", "four megabytes"),
        ("<rss><!--", "- ", "four megabytes"),
        ("<rss><?", "a ", "four megabytes"),
        ("<rss><![CDATA[", "]", "four megabytes"),
        ("<rss>", "text", "four megabytes"),
        ("<rss>", "&amp;", "four megabytes"),
        ("<rss>", "<b/>text", "four megabytes"),
        ("<rss>", "<deep>", "too deep"),
    ] {
        let read = Cell::new(0);
        let error = wordpress(Endless {
            begin: Cursor::new(begin.into()),
            filler: filler.as_bytes(),
            written: 0,
            read: &read,
        });
        let error = error.unwrap_err().to_string();
        assert!(
            error.starts_with("at byte ") && error.contains(why),
            "{begin}: {error}"
        );
        assert!(error.len() < 300, "{begin}: {error}");
        // Of `&amp;`, one byte in five is kept.
        assert!(read.get() < 24 << 20, "{begin}: {} bytes read", read.get());
    }
}

#[test]
fn what_no_export_has_is_refused_with_the_cure() {
    let good = whole(&comment(1, 0, "Words"));
    assert_eq!(plan(wordpress(good.as_bytes()).unwrap()).comments.len(), 1);
    let bomb = "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><rss>";
    let external = "<!DOCTYPE rss [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><rss>";
    let attribute = format!("<rss a=\"{}\">", "x".repeat(10 << 20));
    let bytes = |from: &str, to: &str| good.replacen(from, to, 1).into_bytes();
    let mut latin = good.clone().into_bytes();
    latin[good.find("Words").unwrap()] = 0xF6;
    let wide: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (wrong, why) in [
        (bytes("<rss>", bomb), "entities of its own"),
        (bytes("<rss>", external), "entities of its own"),
        (bytes("Sample", "&b;"), "an entity is used"),
        (bytes("Sample", "&#xFFFFFFFF;"), "an entity is used"),
        (bytes("<rss>", &attribute), "four megabytes"),
        (bytes("<item>", &"<d>".repeat(100_000)), "too deep"),
        (bytes("UTF-8", "ISO-8859-1"), "another encoding"),
        (latin, "not UTF-8"),
        (wide, "at byte"),
        (bytes("</item>", "</channel>"), "no well-formed XML"),
        (bytes("</item>", "</item></item>"), "no well-formed XML"),
        (Vec::new(), "no XML"),
        (b"{\"sodium-export\":1}".to_vec(), "no XML"),
        (b"<html></html>".to_vec(), "no WordPress export"),
        (b"<disqus></disqus>".to_vec(), "no WordPress export"),
    ] {
        let error = wordpress(wrong.as_slice()).unwrap_err().to_string();
        assert!(error.contains(why) && error.len() < 300, "{why}: {error}");
    }
    let mut finds = Finds::default();
    let error = disqus::read(good.as_bytes(), &mut finds).unwrap_err();
    assert!(error.to_string().contains("no Disqus export"), "{error}");
}

fn fixture(name: &str) -> PathBuf {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import");
    fixtures.join(name)
}

fn isso(made: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let database = rusqlite::Connection::open(file.path()).unwrap();
    database.execute_batch(made).unwrap();
    file
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_told_as_such() {
    let made = std::fs::read_to_string(fixture("isso.sql")).unwrap();
    let database = std::fs::read(isso(&made).path()).unwrap();
    for (origin, whole) in [
        (
            Origin::Wordpress,
            std::fs::read(fixture("wordpress.xml")).unwrap(),
        ),
        (
            Origin::Disqus,
            std::fs::read(fixture("disqus.xml")).unwrap(),
        ),
        (Origin::Isso, database),
    ] {
        for part in 0..20 {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &whole[..whole.len() * part / 20]).unwrap();
            let error = read(origin, file.path()).unwrap_err().to_string();
            let says = ["anew", "no XML", "no database of Isso"];
            assert!(
                says.iter().any(|s| error.contains(s)),
                "{origin:?} {part}: {error}"
            );
            assert!(error.len() < 300, "{origin:?} {part}: {error}");
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &whole).unwrap();
        assert!(!read(origin, file.path()).unwrap().found.is_empty());
    }
}

#[test]
fn packed_files_and_missing_ones_are_told_from_broken_ones() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), b"\x1f\x8b\x08\x00rest").unwrap();
    let error = read(Origin::Disqus, file.path()).unwrap_err().to_string();
    assert!(error.contains("gunzip"), "{error}");
    for origin in [Origin::Wordpress, Origin::Isso] {
        let missing = read(origin, &file.path().join("nowhere"));
        assert!(matches!(missing, Err(ImportError::Read(_))), "{missing:?}");
    }
}

#[test]
fn a_database_that_is_a_trap_is_refused() {
    let text = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(text.path(), "no database".repeat(1000)).unwrap();
    let error = read(Origin::Isso, text.path()).unwrap_err();
    assert!(matches!(error, ImportError::Database(_)), "{error}");
    let endless = "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR);
        CREATE VIEW comments AS WITH RECURSIVE c(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM c)
        SELECT id, 7 AS tid, NULL AS parent, '' AS author, 1.0 AS created, '' AS text, 1 AS mode FROM c;";
    let error = read(Origin::Isso, isso(endless).path()).unwrap_err();
    assert!(error.to_string().contains("no table ‘comments’"), "{error}");

    let made = std::fs::read_to_string(fixture("isso.sql")).unwrap();
    let huge = format!(
        "PRAGMA foreign_keys = OFF; {made} INSERT INTO comments (tid, id, created, mode, text, voters) VALUES
         (7, 10, 1.0, 1, CAST(zeroblob(50000000) AS TEXT), x''), (7, 11, 1.0, 1, x'00', x''),
         (8, 12, 9e300, 1, 'Words', x'');"
    );
    let found = read(Origin::Isso, isso(&huge).path()).unwrap().found;
    let of = |id: &str| found.iter().find(|one| one.id == id).unwrap();
    assert_eq!(of("10").left, Some(Left::TooLong));
    assert_eq!(of("11").left, Some(Left::TooLong));
    assert_eq!((&*of("12").page, of("12").created), ("", None));
}

#[test]
fn long_chains_of_answers_and_long_circles_end() {
    const LONG: u32 = 3_000;
    let chain: String = (1..=LONG).map(|id| comment(id, id - 1, "x")).collect();
    let plan = plan(wordpress(whole(&chain).as_bytes()).unwrap());
    assert_eq!(plan.comments.len(), LONG as usize);
    let in_order = |two: &[Planned]| two[1].comment.reply_to == Some(two[0].comment.id);
    assert!(plan.comments.windows(2).all(in_order));

    let circle: String = (1..=LONG)
        .map(|id| comment(id, id % LONG + 1, "x"))
        .collect();
    let circle = self::plan(wordpress(whole(&circle).as_bytes()).unwrap());
    assert_eq!(circle.comments.len(), LONG as usize);
    let told = circle.comments.iter();
    let told = told.filter(|planned| planned.notes == [Note::Circular]);
    assert_eq!(told.count(), 1);
}

#[test]
fn nothing_is_kept_without_a_bound() {
    let mut finds = Finds::default();
    let found = |text: usize| Found {
        id: "1".into(),
        parent: None,
        page: Arc::default(),
        name: "x".repeat(text),
        created: None,
        body: "x".repeat(text),
        left: None,
    };
    finds.add(found(5000)).unwrap();
    assert_eq!(finds.text, 5001, "a name of five thousand letters was kept");
    finds.text = MOST_TEXT;
    let error = finds.add(found(1)).unwrap_err().to_string();
    assert!(error.contains("export it in parts"), "{error}");
}

#[test]
fn a_text_is_cut_and_a_comment_is_known_again_wherever_its_page_is() {
    let long = "ä".repeat(20_000);
    let comments =
        comment(1, 0, &long) + &comment(2, 1, "a") + &comment(2, 1, "twice") + &comment(3, 0, " ");
    let file = whole(&comments);
    let first = plan(wordpress(file.as_bytes()).unwrap());
    assert_eq!(first.comments[0].notes, [Note::Cut]);
    let body = first.comments[0].comment.body.as_ref().unwrap();
    assert!(body.as_str().chars().count() <= 10_000 && body.as_str().ends_with("[…]"));
    let left: Vec<Left> = first.left.iter().map(|(_, left)| *left).collect();
    assert_eq!(left, [Left::Twice, Left::NoText]);

    let moved = file.replace(
        "https://old.example.org/a/",
        "http://OLD.example.org/b/../a/?x=1",
    );
    let pages = Pages::known(vec![("first-lesson".parse().unwrap(), "/b/../a/".into())]);
    let later = "2028-01-01T00:00:00Z".parse().unwrap();
    let moved = Plan::of(wordpress(moved.as_bytes()).unwrap(), &pages, later);
    let ids = |plan: &Plan| -> Vec<_> { plan.comments.iter().map(|p| p.comment.id).collect() };
    assert_eq!(ids(&first), ids(&moved));
    let early = "2020-01-01T00:00:00Z".parse().unwrap();
    let early = Plan::of(wordpress(file.as_bytes()).unwrap(), &pages, early);
    assert!(
        early
            .left
            .iter()
            .filter(|(_, left)| *left == Left::NoTime)
            .count()
            >= 2
    );
}
