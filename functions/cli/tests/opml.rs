//! The list of feeds, read back by an XML parser.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::Event;
use sodium_cli::content::Content;
use sodium_cli::opml::write_list;

/// The lines of the list that name a feed: text, address and language.
fn listed(opml: &str) -> Vec<[String; 3]> {
    let mut reader = Reader::from_str(opml);
    let mut found = Vec::new();
    let mut open = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(start) => open.push(start.name().as_ref().to_vec()),
            Event::End(end) => assert_eq!(open.pop().unwrap(), end.name().as_ref()),
            Event::Empty(outline) => {
                assert_eq!(outline.name().as_ref(), b"outline");
                let value = |name: &str| {
                    let value = outline.try_get_attribute(name).unwrap().unwrap();
                    value
                        .normalized_value(XmlVersion::Explicit1_0)
                        .unwrap()
                        .into_owned()
                };
                assert_eq!(value("type"), "rss");
                assert!(value("xmlUrl").starts_with(&value("htmlUrl")));
                found.push([value("text"), value("xmlUrl"), value("language")]);
            }
            _ => {}
        }
    }
    assert!(open.is_empty());
    found
}

fn list_of(content: &Path) -> String {
    let (content, _) = Content::load(content).unwrap();
    let out = tempfile::tempdir().unwrap();
    write_list(&content, out.path(), "https://learn.example/").unwrap();
    fs::read_to_string(out.path().join("feeds.opml")).unwrap()
}

#[test]
fn the_list_names_each_feed_once_in_its_language() {
    let opml = list_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content"));
    assert!(
        opml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">"),
        "{opml}"
    );
    let listed = listed(&opml);
    for (url, language) in [
        ("/atom.xml", "en"),
        ("/ar/atom.xml", "ar"),
        ("/courses/atom.xml", "en"),
        ("/courses/start-a-learning-community/atom.xml", "en"),
        ("/ar/courses/start-a-learning-community/atom.xml", "ar"),
        ("/digests/atom.xml", "en"),
        ("/discussions/feed.xml", "en"),
        ("/questions/feed.xml", "en"),
        ("/questions/answered/feed.xml", "en"),
        ("/forums/general/feed.xml", "en"),
        ("/moderation/feed.xml", "en"),
        ("/corrections/feed.xml", "en"),
        ("/ar/questions/answered/feed.xml", "ar"),
        ("/ar/forums/general/feed.xml", "ar"),
        ("/ar/moderation/feed.xml", "ar"),
    ] {
        let url = format!("https://learn.example{url}");
        let of_url = listed.iter().filter(|[_, its, _]| *its == url);
        let languages: Vec<&String> = of_url.map(|[.., language]| language).collect();
        assert_eq!(languages, [language], "{url}");
    }
    let mut urls: Vec<&String> = listed.iter().map(|[_, url, _]| url).collect();
    urls.sort();
    urls.dedup();
    assert_eq!(urls.len(), listed.len(), "a feed comes twice");
}

#[test]
fn drafts_and_lists_without_a_feed_are_not_in_it_and_titles_are_escaped() {
    let content = tempfile::tempdir().unwrap();
    let section = |name: &str, keys: &str| {
        let text = format!(
            "+++\ntitle = \"{name} & <more> “of it”\"\ndescription = \"A list.\"\ntemplate = \"section.html\"\n{keys}+++\n"
        );
        fs::create_dir_all(content.path().join(name)).unwrap();
        fs::write(content.path().join(name).join("_index.md"), text).unwrap();
    };
    section("followed", "generate_feeds = true\n");
    section("later", "generate_feeds = true\ndraft = true\n");
    section("plain", "");
    let listed = listed(&list_of(content.path()));
    let texts: Vec<&str> = listed.iter().map(|[text, ..]| text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "Everything new on the site",
            "followed & <more> “of it”",
            "كل جديد في الموقع",
            "All comments",
            "Moderation log",
            "سجلّ الإشراف"
        ]
    );
}
