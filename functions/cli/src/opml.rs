//! `feeds.opml` (OPML 2.0): the feeds of the site in one file, for feed readers that take a list. Those of single
//! discussions are not in it: whoever wants one finds it there.

use std::io;
use std::path::Path;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use sodium_app::words::{Language, say, speaking_now};

use crate::content::{Content, Front, translated_from};

const FILE: &str = "feeds.opml";
/// What Zola calls a feed in Atom, and what the relay does.
const OF_PAGES: &str = "atom.xml";
const OF_TALK: &str = "feed.xml";

/// A feed, as the list names it.
#[derive(Debug)]
struct Feed {
    name: String,
    /// The page beside which it lies.
    page: String,
    file: &'static str,
    language: Language,
}

/// Writes the list of feeds.
///
/// # Errors
/// When the file cannot be written.
pub fn write_list(content: &Content, out_dir: &Path, base_url: &str) -> io::Result<()> {
    let list = list(content, base_url.trim_end_matches('/'))?;
    std::fs::write(out_dir.join(FILE), list)
}

fn list(content: &Content, base_url: &str) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let opml = writer
        .create_element("opml")
        .with_attribute(("version", "2.0"));
    opml.write_inner_content(|writer| {
        writer
            .create_element("head")
            .write_inner_content(|writer| {
                let title = writer.create_element("title");
                title.write_text_content(BytesText::new(say("opml-name")))?;
                Ok(())
            })?;
        writer
            .create_element("body")
            .write_inner_content(|writer| {
                write_group(writer, say("feeds-pages"), &of_pages(content), base_url)?;
                write_group(writer, say("feeds-talk"), &of_talk(content), base_url)
            })?;
        Ok(())
    })?;
    Ok(writer.into_inner())
}

fn write_group(
    writer: &mut Writer<Vec<u8>>,
    name: &str,
    feeds: &[Feed],
    base_url: &str,
) -> io::Result<()> {
    let group = writer
        .create_element("outline")
        .with_attribute(("text", name));
    group.write_inner_content(|writer| {
        for feed in feeds {
            let page = format!("{base_url}{}", feed.page);
            let file = format!("{page}{}", feed.file);
            // "rss" is what OPML calls every feed.
            let attributes = [
                ("type", "rss"),
                ("text", &feed.name),
                ("xmlUrl", &file),
                ("htmlUrl", &page),
                ("language", feed.language.tag()),
            ];
            let outline = writer.create_element("outline");
            outline.with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The feeds that Zola makes: in each language that of the site, and those of its sections and courses.
fn of_pages(content: &Content) -> Vec<Feed> {
    let mut feeds = Vec::new();
    for language in Language::all() {
        feeds.push(Feed {
            name: speaking_now(language, || say("feeds-site")).to_owned(),
            page: format!("{}/", language.prefix()),
            file: OF_PAGES,
            language,
        });
        for (page, common, _) in content.published() {
            if common.has_feed && translated_from(&page.file).1 == language {
                feeds.push(Feed {
                    name: common.title.value.clone(),
                    page: page.url.clone(),
                    file: OF_PAGES,
                    language,
                });
            }
        }
    }
    feeds
}

/// The feeds that the relay makes of what people write: all comments, and in each language those of its boards
/// and its log.
fn of_talk(content: &Content) -> Vec<Feed> {
    let mut feeds = vec![talk(Language::default(), "feed-comments", "/discussions/")];
    for language in Language::all() {
        if content.has("questions/_index.md", language) {
            feeds.push(talk(language, "feeds-questions", "/questions/"));
            feeds.push(talk(language, "feeds-answered", "/questions/answered/"));
        }
        if content.has("corrections/_index.md", language) {
            feeds.push(talk(language, "feeds-corrections", "/corrections/"));
        }
        let forums = content.published().filter(|(page, _, front)| {
            matches!(front, Front::Forum(_)) && translated_from(&page.file).1 == language
        });
        feeds.extend(forums.map(|(page, common, _)| Feed {
            name: common.title.value.clone(),
            page: page.url.clone(),
            file: OF_TALK,
            language,
        }));
        feeds.push(talk(language, "moderation-log", "/moderation/"));
    }
    feeds
}

/// A feed whose name is a sentence of the catalogue.
fn talk(language: Language, name: &'static str, page: &str) -> Feed {
    Feed {
        name: speaking_now(language, || say(name)).to_owned(),
        page: format!("{}{page}", language.prefix()),
        file: OF_TALK,
        language,
    }
}
