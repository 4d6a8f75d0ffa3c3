//! Atom feeds (RFC 4287) of comments: one for each thread and one for the site.

use atom_syndication::{Content, Entry, Feed, FixedDateTime, Link, Person, Text};
use jiff::Timestamp;
use sodium_domain::comment::Comment;
use sodium_domain::id::{BoardId, ThreadId};
use sodium_domain::markdown::render_mentioning;

use super::bake::BakeError;
use crate::state::App;
use crate::store::threads::Thread;
use crate::views::comment::{name_of, permalink, thread_url};
use crate::words::{Language, say_with, speaking_now, spoken};

/// Entries in a feed.
const ENTRIES: usize = 50;

impl App {
    /// The feed of a thread.
    pub(super) async fn thread_feed(&self, id: &ThreadId) -> Result<Option<String>, BakeError> {
        let thread = self.store.thread(id).await?;
        let Some(thread) = thread.filter(|thread| !thread.waits()) else {
            return Ok(None);
        };
        let newest = self.store.newest(id, ENTRIES).await?;
        let language = Language::of_path(&thread.page_url);
        Ok(Some(speaking_now(language, || {
            self.feed_of(&thread, &newest)
        })))
    }

    fn feed_of(&self, thread: &Thread, newest: &[Comment]) -> String {
        let entries = newest
            .iter()
            .filter(|comment| comment.is_public())
            .map(|comment| self.entry(comment, thread))
            .collect();
        let title = say_with("comments-on", &[("title", &thread.title)]);
        let page = thread_url(&thread.id, 1);
        self.feed(&title, &page, &format!("{page}feed.xml"), entries)
    }

    /// The feed of the newest comments of the site.
    pub(super) async fn site_feed(&self) -> Result<String, BakeError> {
        let lately = self.lately().await?;
        let entries = lately
            .iter()
            .take(ENTRIES)
            .map(|(c, thread)| self.entry(c, thread))
            .collect();
        let title = say_with(
            "all-comments",
            &[("community", &crate::mail::words::COMMUNITY)],
        );
        Ok(self.feed(&title, "/discussions/", "/discussions/feed.xml", entries))
    }

    /// The feed of what begins on a board.
    pub(super) async fn board_feed(&self, id: &BoardId) -> Result<Option<String>, BakeError> {
        let Some(board) = self.store.board(id).await? else {
            return Ok(None);
        };
        let newest = self.newest_on(&board, ENTRIES).await?;
        let entries = newest
            .iter()
            .map(|(comment, thread)| self.entry(comment, thread))
            .collect();
        let page = &board.page_url;
        let feed = self.feed(
            &board.stated.title,
            page,
            &format!("{page}feed.xml"),
            entries,
        );
        Ok(Some(feed))
    }

    pub(super) fn feed(&self, title: &str, page: &str, own: &str, entries: Vec<Entry>) -> String {
        let base = &self.config.base_url;
        let updated = entries.iter().map(|entry| entry.updated).max();
        let feed = Feed {
            title: Text::plain(title),
            id: base.join(own),
            // A feed without entries has changed never; the epoch says so and stays the same.
            updated: updated.unwrap_or_else(|| date(Timestamp::UNIX_EPOCH)),
            links: vec![
                link("self", &base.join(own)),
                link("alternate", &base.join(page)),
            ],
            lang: Some(spoken().tag().to_owned()),
            entries,
            ..Feed::default()
        };
        feed.to_string()
    }

    fn entry(&self, comment: &Comment, thread: &Thread) -> Entry {
        let name = name_of(comment).unwrap_or_default();
        let url = self.config.base_url.join(&permalink(comment));
        Entry {
            title: Text::plain(say_with(
                "on-3",
                &[("name", &name), ("title", &thread.title)],
            )),
            id: format!("urn:uuid:{}", comment.id),
            published: Some(date(comment.created)),
            updated: date(comment.edited.unwrap_or(comment.created)),
            authors: vec![Person {
                name,
                ..Person::default()
            }],
            links: vec![link("alternate", &url)],
            content: comment.body.as_ref().map(|body| Content {
                value: Some(render_mentioning(body, &comment.mentions).to_string()),
                content_type: Some("html".into()),
                ..Content::default()
            }),
            ..Entry::default()
        }
    }
}

pub(super) fn link(rel: &str, href: &str) -> Link {
    Link {
        rel: rel.into(),
        href: href.into(),
        ..Link::default()
    }
}

pub(super) fn date(at: Timestamp) -> FixedDateTime {
    let text = at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string();
    FixedDateTime::parse_from_rfc3339(&text).unwrap_or_default()
}
