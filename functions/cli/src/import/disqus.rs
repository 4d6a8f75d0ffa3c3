//! Disqus: threads, which are pages, and posts that name their thread. A post is HTML.

use std::collections::HashMap;
use std::io::BufRead;

use super::xml::{Elements, Step};
use super::{Finds, Found, ImportError, Standing, markdown};

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
    let (mut is_export, mut post, mut thread) = (false, None::<Post>, String::new());
    let mut pages: HashMap<String, String> = HashMap::new();
    let mut posts = Vec::new();
    let mut text_of_posts = 0;
    while let Some(step) = elements.next()? {
        match step {
            Step::Open(name, id) => match (name.as_str(), &mut post) {
                ("disqus", _) => is_export = true,
                ("post", _) => {
                    post = Some(Post {
                        id: id.unwrap_or_default(),
                        ..Post::default()
                    });
                }
                ("thread", None) => thread = id.unwrap_or_default(),
                ("thread", Some(post)) => post.thread = id.unwrap_or_default(),
                ("parent", Some(post)) => post.parent = id,
                _ => {}
            },
            Step::Close(name, text) => match (name.as_str(), &mut post) {
                ("post", _) => {
                    let post = post.take().unwrap_or_default();
                    text_of_posts += post.html.len();
                    if text_of_posts > super::MOST_TEXT || posts.len() == super::MOST_COMMENTS {
                        return Err(ImportError::Wrong(
                            "the file holds more than a million posts or 512 MB of text; export it in parts".into(),
                        ));
                    }
                    posts.push(post);
                }
                ("link", None) if elements.parent() == "thread" => {
                    pages.insert(thread.clone(), text.trim().to_owned());
                }
                ("name", Some(post)) if elements.parent() == "author" => post.name = text,
                (field, Some(post)) if elements.parent() == "post" => post.take(field, text),
                _ => {}
            },
        }
    }
    if !is_export {
        return Err(ImportError::Wrong(
            "this is no Disqus export: its root is not <disqus>. In Disqus, ask for one under Moderation, Export".into(),
        ));
    }
    for post in posts {
        let page = pages.get(&post.thread).cloned().unwrap_or_default();
        finds.add(post.found(page))?;
    }
    Ok(())
}

impl Post {
    fn take(&mut self, field: &str, text: String) {
        let is_true = text.trim() == "true";
        match field {
            "message" => self.html = markdown::from_html(&text),
            "createdAt" => self.created = text,
            "isSpam" => self.is_spam = is_true,
            "isDeleted" => self.is_deleted = is_true,
            "isApproved" => self.is_unapproved = text.trim() == "false",
            // Addresses and networks are not looked at.
            _ => {}
        }
    }

    fn found(self, page: String) -> Found {
        let standing = match self {
            Self { is_spam: true, .. } => Standing::Left("spam"),
            Self {
                is_deleted: true, ..
            } => Standing::Left("deleted"),
            Self {
                is_unapproved: true,
                ..
            } => Standing::Pending,
            _ => Standing::Approved,
        };
        Found {
            id: self.id,
            parent: self.parent,
            page,
            name: self.name,
            created: self.created.trim().parse().ok(),
            body: self.html,
            standing,
        }
    }
}
