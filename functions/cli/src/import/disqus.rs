//! Disqus: threads, which are pages, and posts that name their thread. A post is HTML.

use std::collections::HashMap;
use std::io::BufRead;
use std::sync::Arc;

use super::markdown::{self, Lines};
use super::plan::Left;
use super::xml::{Elements, Step};
use super::{Finds, Found, ImportError, LONGEST_ID};

/// A page.
#[derive(Default)]
struct Thread {
    id: String,
    address: String,
    is_deleted: bool,
}

#[derive(Default)]
struct Post {
    id: String,
    thread: String,
    parent: Option<String>,
    name: String,
    created: String,
    html: String,
    is_spam: bool,
    is_deleted: bool,
    is_unapproved: bool,
}

pub(super) fn read(source: impl BufRead, finds: &mut Finds) -> Result<(), ImportError> {
    let mut elements = Elements::of(source);
    let mut is_export = false;
    let (mut thread, mut post) = (Thread::default(), None::<Post>);
    // The pages by the identifiers of their threads, and whether they were deleted.
    let mut pages: HashMap<String, (Arc<str>, bool)> = HashMap::new();
    while let Some(step) = elements.next()? {
        match step {
            Step::Open(name, id) => match (name.as_str(), &mut post) {
                ("disqus", _) => is_export = true,
                ("post", _) => post = Some(Post::named(id)),
                ("thread", None) => thread = Thread::named(id),
                ("thread", Some(post)) => post.thread = id.unwrap_or_default(),
                ("parent", Some(post)) => post.parent = id,
                _ => {}
            },
            Step::Close(name, text) => match (name.as_str(), &mut post) {
                ("post", _) => finds.add(post.take().unwrap_or_default().found())?,
                ("thread", None) => {
                    finds.count(thread.id.len())?;
                    let page = finds.page(&thread.address)?;
                    let Thread { id, is_deleted, .. } = std::mem::take(&mut thread);
                    pages.insert(id, (page, is_deleted));
                }
                ("name", Some(post)) if elements.parent() == "author" => post.name = text,
                (field, Some(post)) if elements.parent() == "post" => post.take_field(field, &text),
                (field, None) if elements.parent() == "thread" => thread.take_field(field, &text),
                _ => {}
            },
        }
    }
    if !is_export {
        let what = "this is no Disqus export: its root is not <disqus>. In Disqus, ask for one under Moderation, Export";
        return Err(ImportError::Wrong(what.into()));
    }
    settle(finds, &pages);
    Ok(())
}

/// Says of each post on which page it stood. Until now, that is the identifier of its thread.
fn settle(finds: &mut Finds, pages: &HashMap<String, (Arc<str>, bool)>) {
    for post in &mut finds.found {
        let (page, is_deleted) = match pages.get(&*post.page) {
            Some((page, is_deleted)) => (Arc::clone(page), *is_deleted),
            None => (Arc::default(), false),
        };
        post.page = page;
        if is_deleted && post.left.is_none() {
            post.left = Some(Left::HiddenPage);
            post.body = String::new();
        }
    }
}

impl Thread {
    fn named(id: Option<String>) -> Self {
        Self {
            id: short(id),
            ..Self::default()
        }
    }

    fn take_field(&mut self, field: &str, text: &str) {
        match field {
            "link" => text.trim().clone_into(&mut self.address),
            "isDeleted" => self.is_deleted = text.trim() == "true",
            _ => {}
        }
    }
}

impl Post {
    fn named(id: Option<String>) -> Self {
        Self {
            id: short(id),
            ..Self::default()
        }
    }

    fn take_field(&mut self, field: &str, text: &str) {
        let is_true = text.trim() == "true";
        match field {
            "message" => text.clone_into(&mut self.html),
            "createdAt" => text.trim().clone_into(&mut self.created),
            "isSpam" => self.is_spam = is_true,
            "isDeleted" => self.is_deleted = is_true,
            "isApproved" => self.is_unapproved = text.trim() == "false",
            // Addresses and networks are not looked at.
            _ => {}
        }
    }

    fn left(&self) -> Option<Left> {
        match self {
            Self { is_spam: true, .. } => Some(Left::Spam),
            Self {
                is_deleted: true, ..
            } => Some(Left::Deleted),
            Self {
                is_unapproved: true,
                ..
            } => Some(Left::Unapproved),
            _ => None,
        }
    }

    fn found(self) -> Found {
        let (body, left) = match self.left() {
            None => markdown::from_html(&self.html, Lines::Flow),
            left => (String::new(), left),
        };
        Found {
            id: self.id,
            parent: self.parent,
            page: Arc::from(short(Some(self.thread))),
            name: self.name,
            created: self.created.parse().ok(),
            body,
            left,
        }
    }
}

/// An identifier, if it is of a length that one can have.
fn short(id: Option<String>) -> String {
    id.filter(|id| id.len() <= LONGEST_ID).unwrap_or_default()
}
