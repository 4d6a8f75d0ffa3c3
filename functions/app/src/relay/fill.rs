//! What goes into the slots of a page, and the discussion pages.

use std::collections::HashMap;

use serde_json::{Value, json};
use sodium_domain::comment::Comment;
use sodium_domain::id::{CommentId, ThreadId};
use sodium_domain::markdown::render;
use sodium_domain::member::Quoting;
use sodium_domain::thread::arrange;

use super::bake::BakeError;
use crate::site::slots::Slot;
use crate::state::App;
use crate::store::StoreError;
use crate::store::threads::Thread;
use crate::views::comment::{Known, excerpt_of, name_of, permalink, thread_url};
use crate::views::posting::Posting;
use crate::views::progress::progress_url;
use crate::views::session::SessionView;
use crate::views::thread::{ThreadView, count_text};
use crate::views::time::TimeView;
use crate::web::page::{Head, PublicHead};
use crate::words::{say_with, speaking};

/// Comments in the list of the newest on the home page.
const RECENT: usize = 5;

/// Corrections whose authors a page thanks.
const THANKED: usize = 50;

/// Comments that are looked at for the list of lively threads, and in the site's feed.
pub(super) const LATELY: i32 = 100;

impl App {
    /// What goes into a slot.
    pub(super) async fn fill(&self, slot: &Slot) -> Result<String, BakeError> {
        match slot {
            Slot::Thread(stated) => self.fill_thread(&stated.thread).await,
            Slot::Seats(stated) => match self.store.session(&stated.session).await? {
                Some(session) => {
                    let values = json!({ "session": SessionView::from(&session) });
                    Ok(self.pages.fragment("fragments/seats.html", &values)?)
                }
                None => Ok(String::new()),
            },
            Slot::Recent => self.fill_recent().await,
            Slot::Threads => self.fill_threads().await,
            Slot::Board(stated) => self.fill_board(stated).await,
            Slot::Companies => {
                let values = json!({ "companies": self.company_buttons("/api/account") });
                Ok(self.pages.fragment("fragments/companies.html", &values)?)
            }
            Slot::Course(stated) => {
                let values = json!({ "url": progress_url(&stated.course) });
                Ok(self.pages.fragment("fragments/course.html", &values)?)
            }
            Slot::Quote { thread, comment } => self.fill_quote(thread, *comment).await,
            // It says what the page is, and nothing stands there.
            Slot::Digest(_) => Ok(String::new()),
        }
    }

    async fn fill_thread(&self, thread: &ThreadId) -> Result<String, BakeError> {
        let Some(thread) = self.store.thread(thread).await? else {
            return Ok(String::new());
        };
        let view = self.thread_view(&thread, 1).await?;
        Ok(self
            .pages
            .fragment("fragments/thread.html", &json!({ "thread": view }))?)
    }

    /// A page of a thread by itself, in the site's frame.
    pub(super) async fn thread_page(
        &self,
        thread: &ThreadId,
        number: u32,
    ) -> Result<Option<String>, BakeError> {
        let thread = self.store.thread(thread).await?;
        let Some(thread) = thread.filter(|thread| !thread.waits()) else {
            return Ok(None);
        };
        let page = speaking(thread.language(), self.page_of_thread(&thread, number));
        page.await.map(Some)
    }

    async fn page_of_thread(&self, thread: &Thread, number: u32) -> Result<String, BakeError> {
        let view = self.thread_view(thread, number).await?;
        let named = match &thread.topic {
            Some(_) => thread.title.clone(),
            None => say_with("discussion-3", &[("title", &thread.title)]),
        };
        let title = match number {
            1 => named,
            _ => say_with("named-page", &[("named", &named), ("number", &number)]),
        };
        let board = match &thread.topic {
            Some(topic) => self.store.board(&topic.board).await?,
            None => None,
        };
        let values = json!({
            "title": title,
            "thread": view,
            "lesson": { "title": thread.title, "url": thread.page_url },
            "board": board.map(|board| {
                json!({ "title": board.stated.title, "url": board.page_url })
            }),
        });
        let main = self
            .pages
            .fragment("fragments/pages/thread.html", &values)?;
        let base = &self.config.base_url;
        let head = Head::Public(PublicHead {
            title: title.clone(),
            description: match &thread.topic {
                Some(_) => say_with("what-people-say-about", &[("title", &thread.title)]),
                None => say_with("what-people-who-learn-ask", &[("title", &thread.title)]),
            },
            canonical: base.join(&thread_url(&thread.id, number)),
            feeds: base.join(&thread_url(&thread.id, 1)),
            // Only the first page counts, so that the others stay as they are.
            comments: (number == 1).then_some(thread.visible),
            posting: view.posting.clone(),
            about: Some((thread.title.clone(), base.join(&thread.page_url))),
        });
        Ok(self
            .pages
            .page_to_keep(&self.files, &title, &head, &main)
            .await?)
    }

    async fn thread_view(&self, thread: &Thread, number: u32) -> Result<ThreadView, StoreError> {
        let comments = self.store.page(&thread.id, number).await?;
        let all: HashMap<CommentId, Comment> = comments.iter().map(|c| (c.id, c.clone())).collect();
        let mut elsewhere = HashMap::new();
        for named in comments.iter().flat_map(named_in) {
            if !all.contains_key(&named)
                && !elsewhere.contains_key(&named)
                && let Some(comment) = self.store.comment(&thread.id, named).await?
            {
                elsewhere.insert(named, comment);
            }
        }
        let known = Known {
            thread,
            all: &all,
            elsewhere: &elsewhere,
        };
        let mode = self.config.policy.mode_of(&thread.id, thread.mode);
        let tree = known.tree(&arrange(comments));
        let view = ThreadView::new(thread, number, tree).in_mode(mode);
        Ok(match number {
            1 => view
                .with_posting(Posting::of(thread, &all))
                .thanking(self.thanks(thread).await?),
            _ => view,
        })
    }

    /// The people whose corrections are in the page of a thread, each once, in the order in which the
    /// corrections were made; the latest of them, where there are many.
    async fn thanks(&self, thread: &Thread) -> Result<Vec<String>, StoreError> {
        let latest = &thread.fixed[thread.fixed.len().saturating_sub(THANKED)..];
        let mut comments = self
            .store
            .readable_comments(latest.iter().map(|id| (&thread.id, *id)))
            .await?;
        let mut names: Vec<String> = Vec::new();
        for id in latest {
            let comment = comments.remove(id).filter(Comment::is_public);
            let Some(author) = comment.and_then(|comment| comment.author) else {
                continue;
            };
            if !names.iter().any(|name| name == author.name.as_str()) {
                names.push(author.name.as_str().to_owned());
            }
        }
        Ok(names)
    }

    /// The newest comments that readers can see, with their threads.
    pub(super) async fn lately(&self) -> Result<Vec<(Comment, Thread)>, StoreError> {
        let mut threads: HashMap<ThreadId, Option<Thread>> = HashMap::new();
        let mut found = Vec::new();
        let recent = self.store.recent(LATELY).await?;
        let mut comments = self
            .store
            .readable_comments(recent.iter().map(|r| (&r.thread, r.comment)))
            .await?;
        for recent in recent {
            if !threads.contains_key(&recent.thread) {
                let thread = shown(self.store.thread(&recent.thread).await)?;
                threads.insert(recent.thread.clone(), thread);
            }
            let comment = comments.remove(&recent.comment);
            if let (Some(comment), Some(Some(thread))) = (comment, threads.get(&recent.thread))
                && comment.is_public()
            {
                found.push((comment, thread.clone()));
            }
        }
        Ok(found)
    }

    async fn fill_recent(&self) -> Result<String, BakeError> {
        let recent: Vec<Value> = self
            .lately()
            .await?
            .iter()
            .take(RECENT)
            .map(|(comment, thread)| {
                json!({
                    "author": name_of(comment),
                    "thread_title": thread.title,
                    "url": permalink(comment),
                    "created": TimeView::from(comment.created),
                    "excerpt": excerpt_of(comment),
                })
            })
            .collect();
        Ok(self
            .pages
            .fragment("fragments/recent.html", &json!({ "recent": recent }))?)
    }

    async fn fill_threads(&self) -> Result<String, BakeError> {
        let mut seen = Vec::new();
        let mut threads: Vec<Value> = Vec::new();
        for (_, thread) in self.lately().await? {
            if seen.contains(&thread.id) {
                continue;
            }
            threads.push(json!({
                "title": thread.title,
                "url": thread_url(&thread.id, 1),
                "page_url": thread.page_url,
                "count": thread.visible,
                "count_text": count_text(thread.visible),
                "last": thread.last.map(TimeView::from),
            }));
            seen.push(thread.id);
        }
        Ok(self
            .pages
            .fragment("fragments/threads.html", &json!({ "threads": threads }))?)
    }

    async fn fill_quote(&self, thread: &ThreadId, id: CommentId) -> Result<String, BakeError> {
        let comment = shown(self.store.comment(thread, id).await)?;
        let quote = match comment.filter(Comment::is_public) {
            Some(comment) => self.quote(&comment).await?,
            None => None,
        };
        let quote = quote.unwrap_or_else(
            || json!({ "shown": false, "author": null, "html": null, "url": null, "created": null }),
        );
        Ok(self
            .pages
            .fragment("fragments/quote.html", &json!({ "quote": quote }))?)
    }

    /// A comment as its author lets it be quoted. Who wrote elsewhere could not say so.
    async fn quote(&self, comment: &Comment) -> Result<Option<Value>, BakeError> {
        if comment.imported.is_some() {
            return Ok(None);
        }
        let quoting = match &comment.author {
            Some(author) => self.store.member(author.id).await?,
            None => None,
        };
        let quoting = quoting.map(|author| author.quoting).unwrap_or_default();
        let author = comment.author.as_ref().map(|author| author.name.as_str());
        Ok((quoting != Quoting::Never).then(|| {
            json!({
                "shown": true,
                "author": author.filter(|_| quoting == Quoting::Named),
                "left": comment.author.is_none(),
                "html": comment.body.as_ref().map(render),
                "url": permalink(comment),
                "created": TimeView::from(comment.created),
            })
        }))
    }
}

/// The other comments that a comment names: the one it answers, and the answer that it accepted.
fn named_in(comment: &Comment) -> impl Iterator<Item = CommentId> {
    [comment.reply_to, comment.accepted].into_iter().flatten()
}

/// Something of another thread that a page shows among other things. If it cannot be read, the page
/// goes without it.
pub(super) fn shown<T>(found: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Err(error @ StoreError::Malformed(_)) => {
            tracing::error!(%error, "something is left out of a page");
            Ok(None)
        }
        found => found,
    }
}
