//! A feed, and the two forms in which readers get it: Atom (RFC 4287) and JSON Feed 1.1. Both are made
//! from the same items at once, so they never say different things.

use atom_syndication::{Content, Entry, FixedDateTime, Link, Person, Text};
use jiff::Timestamp;
use serde::Serialize;

use crate::config::BaseUrl;
use crate::words::{Language, spoken};

/// The names of a feed's files, in the order of [`Feed::forms`].
pub(crate) const FORMS: [&str; 2] = ["feed.xml", "feed.json"];

/// What a program knows a JSON Feed by.
const JSON_FEED: &str = "https://jsonfeed.org/version/1.1";

/// A feed, before it takes a form.
#[derive(Debug)]
pub(crate) struct Feed {
    title: String,
    /// The path of the page that shows the same, beside which the feed's files lie.
    page: String,
    language: Language,
    items: Vec<Item>,
}

/// Something new.
#[derive(Debug)]
pub(crate) struct Item {
    /// What it is known by, wherever the site may move.
    pub(crate) id: String,
    /// The full address at which it can be read.
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) authors: Vec<String>,
    pub(crate) published: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) body: Body,
}

/// What it says, under the name that JSON Feed has for it.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Body {
    /// Sanitized, and with full addresses.
    #[serde(rename = "content_html")]
    Html(String),
    #[serde(rename = "content_text")]
    Text(String),
}

impl Feed {
    /// A feed in the language in force.
    pub(crate) fn new(title: &str, page: &str, items: Vec<Item>) -> Self {
        Self {
            title: title.to_owned(),
            page: page.to_owned(),
            language: spoken(),
            items,
        }
    }

    /// What its files hold.
    pub(crate) fn forms(&self, base: &BaseUrl) -> Vec<String> {
        let [xml, json] = FORMS.map(|name| base.join(&format!("{}{name}", self.page)));
        let page = base.join(&self.page);
        vec![self.atom(&xml, &page), self.json(json, page)]
    }

    fn atom(&self, own: &str, page: &str) -> String {
        let updated = self.items.iter().map(|item| item.updated).max();
        let feed = atom_syndication::Feed {
            title: Text::plain(&self.title),
            id: own.to_owned(),
            // A feed without entries has changed never; the epoch says so and stays the same.
            updated: date(updated.unwrap_or(Timestamp::UNIX_EPOCH)),
            links: vec![
                link("self", "application/atom+xml", own),
                link("alternate", "text/html", page),
            ],
            lang: Some(self.language.tag().to_owned()),
            entries: self.items.iter().map(Item::entry).collect(),
            ..atom_syndication::Feed::default()
        };
        feed.to_string()
    }

    fn json(&self, feed_url: String, home_page_url: String) -> String {
        let feed = JsonFeed {
            version: JSON_FEED,
            title: &self.title,
            home_page_url,
            feed_url,
            language: self.language.tag(),
            items: self.items.iter().map(JsonItem::from).collect(),
        };
        serde_json::to_string(&feed).unwrap_or_default()
    }
}

impl Item {
    fn entry(&self) -> Entry {
        let (kind, text) = match &self.body {
            Body::Html(html) => ("html", html),
            Body::Text(text) => ("text", text),
        };
        Entry {
            title: Text::plain(&self.title),
            id: self.id.clone(),
            published: Some(date(self.published)),
            updated: date(self.updated),
            authors: self.authors.iter().map(|name| person(name)).collect(),
            links: vec![link("alternate", "text/html", &self.url)],
            content: Some(Content {
                value: Some(text.clone()),
                content_type: Some(kind.to_owned()),
                ..Content::default()
            }),
            ..Entry::default()
        }
    }
}

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        ..Person::default()
    }
}

fn link(rel: &str, kind: &str, href: &str) -> Link {
    Link {
        rel: rel.to_owned(),
        href: href.to_owned(),
        mime_type: Some(kind.to_owned()),
        ..Link::default()
    }
}

fn date(at: Timestamp) -> FixedDateTime {
    FixedDateTime::parse_from_rfc3339(&rfc3339(at)).unwrap_or_default()
}

fn rfc3339(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// <https://www.jsonfeed.org/version/1.1/>, as far as we fill it.
#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: String,
    feed_url: String,
    language: &'static str,
    items: Vec<JsonItem<'a>>,
}

#[derive(Serialize)]
struct JsonItem<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    #[serde(flatten)]
    body: &'a Body,
    date_published: String,
    date_modified: String,
    authors: Vec<JsonAuthor<'a>>,
}

#[derive(Serialize)]
struct JsonAuthor<'a> {
    name: &'a str,
}

impl<'a> From<&'a Item> for JsonItem<'a> {
    fn from(item: &'a Item) -> Self {
        Self {
            id: &item.id,
            url: &item.url,
            title: &item.title,
            body: &item.body,
            date_published: rfc3339(item.published),
            date_modified: rfc3339(item.updated),
            authors: item
                .authors
                .iter()
                .map(|name| JsonAuthor { name })
                .collect(),
        }
    }
}
