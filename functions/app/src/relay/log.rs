//! The public log of moderators' decisions: its pages and its feed. It names nobody.

use std::collections::HashMap;

use serde_json::{Value, json};
use sodium_domain::decision::LogEntry;
use sodium_domain::id::ThreadId;
use sodium_domain::thread::{PAGE_SIZE, page_count};

use super::bake::BakeError;
use super::feed_forms::{Body, Feed, Item};
use super::fill::shown;
use crate::mail::words::COMMUNITY;
use crate::site::log_folder;
use crate::state::App;
use crate::store::StoreError;
use crate::store::threads::Thread;
use crate::views::comment::thread_url;
use crate::views::time::TimeView;
use crate::web::page::{Head, PublicHead};
use crate::words::terms;
use crate::words::{say, say_with, spoken};

type Threads = HashMap<ThreadId, Option<Thread>>;

impl App {
    /// The newest lines, with links to all others.
    pub(super) async fn newest_of_log(&self) -> Result<String, BakeError> {
        let size = self.store.log_size().await?;
        let lines = self.newest_lines(size).await?;
        let pages: Vec<Value> = (1..=page_count(size))
            .filter(|_| size > PAGE_SIZE)
            .map(|number| json!({ "number": number, "url": page_url(number) }))
            .collect();
        let values = json!({
            "title": say("moderation-log"),
            "newest": true,
            "lines": self.shown_lines(&lines).await?,
            "pages": pages,
        });
        self.log_file(say("moderation-log"), &home(), &values).await
    }

    /// Fifty lines; once they are full, they never change.
    pub(super) async fn log_page(&self, number: u32) -> Result<String, BakeError> {
        let lines = self.store.log_page(number).await?;
        let pages = page_count(self.store.log_size().await?);
        let title = say_with("moderation-log-page", &[("number", &number)]);
        let values = json!({
            "title": title,
            "newest": false,
            "lines": self.shown_lines(&lines).await?,
            "older_url": (number > 1).then(|| page_url(number - 1)),
            "newer_url": (number < pages).then(|| page_url(number + 1)),
        });
        self.log_file(&title, &page_url(number), &values).await
    }

    /// The newest lines as a feed.
    pub(super) async fn log_feed(&self) -> Result<Feed, BakeError> {
        let size = self.store.log_size().await?;
        let mut threads = Threads::new();
        let mut items = Vec::new();
        for line in self.newest_lines(size).await?.iter().rev() {
            let thread = self.thread_of(line, &mut threads).await?;
            items.push(self.log_item(line, thread));
        }
        let title = say_with("moderation-log-3", &[("community", &COMMUNITY)]);
        Ok(Feed::new(&title, &home(), items))
    }

    async fn newest_lines(&self, size: u32) -> Result<Vec<LogEntry>, StoreError> {
        let first = size.saturating_sub(PAGE_SIZE) + 1;
        self.store.log_lines(first, size.max(first)).await
    }

    /// Lines for the page, newest first.
    async fn shown_lines(&self, lines: &[LogEntry]) -> Result<Vec<Value>, StoreError> {
        let mut threads = Threads::new();
        let mut shown = Vec::new();
        for line in lines.iter().rev() {
            let thread = self.thread_of(line, &mut threads).await?;
            shown.push(json!({
                "number": line.number,
                "what": terms::log_label(line),
                "why": terms::log_why(line),
                "at": TimeView::from(line.hour),
                "thread": thread.map(|t| json!({ "title": t.title, "url": thread_url(&t.id, 1) })),
            }));
        }
        Ok(shown)
    }

    async fn thread_of<'a>(
        &self,
        line: &LogEntry,
        known: &'a mut Threads,
    ) -> Result<Option<&'a Thread>, StoreError> {
        let Some(id) = &line.thread else {
            return Ok(None);
        };
        if !known.contains_key(id) {
            let thread = shown(self.store.thread(id).await)?;
            known.insert(id.clone(), thread);
        }
        Ok(known[id].as_ref())
    }

    fn log_item(&self, line: &LogEntry, thread: Option<&Thread>) -> Item {
        let base = &self.config.base_url;
        let mut text = match terms::log_why(line) {
            Some(why) => say_with(
                "log-entry-why",
                &[("what", &terms::log_label(line)), ("why", &why)],
            ),
            None => say_with("log-entry", &[("what", &terms::log_label(line))]),
        };
        if let Some(thread) = thread {
            text.push(' ');
            text.push_str(&say_with("log-entry-thread", &[("title", &thread.title)]));
        }
        Item {
            id: base.join(&format!("{}{}", home(), line.number)),
            url: base.join(&format!("{}#line-{}", home(), line.number)),
            title: terms::log_label(line),
            authors: vec![COMMUNITY.to_owned()],
            published: line.hour,
            updated: line.hour,
            body: Body::Text(text),
        }
    }

    async fn log_file(&self, title: &str, url: &str, values: &Value) -> Result<String, BakeError> {
        let main = self
            .pages
            .fragment("fragments/pages/moderation_log.html", values)?;
        let base = &self.config.base_url;
        let head = Head::Log(PublicHead {
            title: title.to_owned(),
            description: say("what-moderators-decided-here-why").to_owned(),
            canonical: base.join(url),
            feeds: base.join(&home()),
            comments: None,
            posting: None,
            about: None,
        });
        Ok(self
            .pages
            .page_to_keep(&self.files, title, &head, &main)
            .await?)
    }
}

/// The address of the log in the language in force.
fn home() -> String {
    format!("/{}", log_folder(spoken()))
}

fn page_url(number: u32) -> String {
    format!("{}{number}/", home())
}
