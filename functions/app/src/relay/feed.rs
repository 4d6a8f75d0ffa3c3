//! The feeds of what people write: one for each thread, one for each board, one for the site, and one of
//! the answered questions.

use std::cmp::Reverse;

use serde_json::{Value, json};
use sodium_domain::board::Filter;
use sodium_domain::comment::Comment;
use sodium_domain::id::{BoardId, CommentId, ThreadId};
use sodium_domain::markdown::{Html, render_mentioning};

use super::bake::BakeError;
use super::feed_forms::{Body, Feed, Item};
use crate::mail::words::COMMUNITY;
use crate::state::App;
use crate::store::threads::Thread;
use crate::views::board::answered_page;
use crate::views::comment::{name_of, permalink, thread_url, title_of};
use crate::words::{say, say_with, speaking_now};

/// Entries in a feed.
const ENTRIES: usize = 50;

impl App {
    /// The feed of a thread.
    pub(super) async fn thread_feed(&self, id: &ThreadId) -> Result<Option<Feed>, BakeError> {
        let thread = self.store.thread(id).await?;
        let Some(thread) = thread.filter(|thread| !thread.waits()) else {
            return Ok(None);
        };
        let newest = self.store.newest(id, ENTRIES).await?;
        Ok(Some(speaking_now(thread.language(), || {
            let public = newest.iter().filter(|comment| comment.is_public());
            let items = public.map(|comment| self.item(comment, &thread)).collect();
            let title = say_with("comments-on", &[("title", &thread.title)]);
            Feed::new(&title, &thread_url(&thread.id, 1), items)
        })))
    }

    /// The feed of the newest comments of the site.
    pub(super) async fn site_feed(&self) -> Result<Feed, BakeError> {
        let lately = self.lately().await?;
        let newest = lately.iter().take(ENTRIES);
        let items = newest.map(|(c, thread)| self.item(c, thread)).collect();
        let title = say_with("all-comments", &[("community", &COMMUNITY)]);
        Ok(Feed::new(&title, "/discussions/", items))
    }

    /// The feed of what begins on a board.
    pub(super) async fn board_feed(&self, id: &BoardId) -> Result<Option<Feed>, BakeError> {
        let Some(board) = self.store.board(id).await? else {
            return Ok(None);
        };
        let newest = self.newest_on(&board, ENTRIES).await?;
        let items = newest.iter().map(|(c, thread)| self.item(c, thread));
        let feed = Feed::new(&board.stated.title, &board.page_url, items.collect());
        Ok(Some(feed))
    }

    /// The feed of the questions with an answer that helped, the newest answer first. Whatever ends an
    /// acceptance takes its entry away.
    pub(super) async fn answered_feed(&self, id: &BoardId) -> Result<Option<Feed>, BakeError> {
        let Some(board) = self.store.board(id).await? else {
            return Ok(None);
        };
        let listed = self.store.all_listed(id, Filter::Answered).await?;
        let keys = listed.iter().map(|entry| (&entry.thread, entry.opening));
        let questions = self.store.readable_comments(keys).await?;
        let mut asked: Vec<(&Comment, CommentId)> = questions
            .values()
            .filter(|question| Filter::Answered.shows(question))
            .filter_map(|question| Some((question, question.accepted?)))
            .collect();
        // Identifiers are in the order of time.
        asked.sort_by_key(|(_, answer)| Reverse(*answer));
        asked.truncate(ENTRIES);
        let keys = asked.iter().map(|(question, id)| (&question.thread, *id));
        let answers = self.store.readable_comments(keys).await?;
        let threads = asked.iter().map(|(question, _)| &question.thread);
        let threads = self.store.threads(threads).await?;
        let mut items = Vec::new();
        for (question, answer) in asked {
            let answer = answers.get(&answer).filter(|answer| answer.is_public());
            if let (Some(answer), Some(thread)) = (answer, threads.get(&question.thread)) {
                items.push(self.answered_item(question, answer, thread)?);
            }
        }
        let title = say_with("answered-questions", &[("community", &COMMUNITY)]);
        Ok(Some(Feed::new(&title, &answered_page(&board), items)))
    }

    fn item(&self, comment: &Comment, thread: &Thread) -> Item {
        let name = author_of(comment);
        Item {
            id: format!("urn:uuid:{}", comment.id),
            url: self.config.base_url.join(&permalink(comment)),
            title: say_with("on-3", &[("name", &name), ("title", &thread.title)]),
            authors: vec![name],
            published: comment.created,
            updated: comment.edited.unwrap_or(comment.created),
            body: Body::Html(
                self.html_of(comment)
                    .map(|html| html.to_string())
                    .unwrap_or_default(),
            ),
        }
    }

    fn answered_item(
        &self,
        question: &Comment,
        answer: &Comment,
        thread: &Thread,
    ) -> Result<Item, BakeError> {
        let base = &self.config.base_url;
        let values = json!({
            "question": self.said(question),
            "answer": self.said(answer),
            "page": { "title": thread.title, "url": base.join(&thread.page_url) },
        });
        let html = self.pages.fragment("fragments/answered.html", &values)?;
        let mut authors = vec![author_of(question), author_of(answer)];
        authors.dedup();
        let changed = |comment: &Comment| comment.edited.unwrap_or(comment.created);
        Ok(Item {
            // Not the answer's own: what is accepted is another entry than what is said.
            id: format!("urn:uuid:{}#accepted", answer.id),
            url: base.join(&permalink(answer)),
            title: title_of(question),
            authors,
            published: answer.created,
            updated: changed(question).max(changed(answer)),
            body: Body::Html(html.trim().to_owned()),
        })
    }

    fn said(&self, comment: &Comment) -> Value {
        json!({ "author": author_of(comment), "html": self.html_of(comment) })
    }

    fn html_of(&self, comment: &Comment) -> Option<Html> {
        let html = render_mentioning(comment.body.as_ref()?, &comment.mentions);
        Some(html.with_full_addresses(self.config.base_url.as_str()))
    }
}

/// Who wrote a comment, as readers of a feed see it: sample data is marked wherever it shows.
fn author_of(comment: &Comment) -> String {
    match &comment.author {
        Some(author) if author.sample => {
            say_with("feed-sample", &[("name", &author.name.as_str())])
        }
        _ => name_of(comment).unwrap_or_else(|| say("somebody").to_owned()),
    }
}
