//! WordPress: a feed (WXR) of items, which are pages, with their comments in them. A comment is HTML in
//! which the Enter key counts.

use std::io::BufRead;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::markdown::{self, Lines};
use super::plan::Left;
use super::xml::{Elements, Step};
use super::{Finds, Found, ImportError};

/// The page that is being read.
#[derive(Default)]
struct Item {
    address: String,
    is_hidden: bool,
    /// Where its comments begin among all that were found.
    first: usize,
}

#[derive(Default)]
struct Comment {
    id: String,
    parent: String,
    name: String,
    date: String,
    local_date: String,
    html: String,
    approved: String,
    kind: String,
}

pub(super) fn read(source: impl BufRead, finds: &mut Finds) -> Result<(), ImportError> {
    let mut elements = Elements::of(source);
    let mut is_export = false;
    let (mut item, mut comment) = (Item::default(), None::<Comment>);
    while let Some(step) = elements.next()? {
        match step {
            Step::Open(name, _) => match name.as_str() {
                "wp:wxr_version" => is_export = true,
                "item" => {
                    item = Item {
                        first: finds.found.len(),
                        ..Item::default()
                    };
                }
                "wp:comment" => comment = Some(Comment::default()),
                _ => {}
            },
            Step::Close(name, text) => match (name.as_str(), &mut comment) {
                ("wp:comment", _) => finds.add(comment.take().unwrap_or_default().found())?,
                ("item", _) => item.close(finds)?,
                (field, Some(comment)) if elements.parent() == "wp:comment" => {
                    comment.take_field(field, text);
                }
                (field, None) if elements.parent() == "item" => item.take_field(field, &text),
                _ => {}
            },
        }
    }
    if is_export {
        Ok(())
    } else {
        let what = "this is no WordPress export: it has no wp:wxr_version. In WordPress, choose Tools, Export, All content";
        Err(ImportError::Wrong(what.into()))
    }
}

impl Item {
    fn take_field(&mut self, field: &str, text: &str) {
        match field {
            "link" => text.trim().clone_into(&mut self.address),
            // An attachment inherits the state of its page, which nobody here knows.
            "wp:status" => self.is_hidden |= text.trim() != "publish",
            "wp:post_password" => self.is_hidden |= !text.trim().is_empty(),
            _ => {}
        }
    }

    /// Says of all its comments where they stood: an item may name its page after them.
    fn close(&mut self, finds: &mut Finds) -> Result<(), ImportError> {
        let page = finds.page(&self.address)?;
        for comment in finds.found.iter_mut().skip(self.first) {
            comment.page = Arc::clone(&page);
            if self.is_hidden && comment.left.is_none() {
                comment.left = Some(Left::HiddenPage);
                comment.body = String::new();
            }
        }
        Ok(())
    }
}

impl Comment {
    fn take_field(&mut self, field: &str, text: String) {
        match field {
            "wp:comment_id" => self.id = text,
            "wp:comment_parent" => self.parent = text,
            "wp:comment_author" => self.name = text,
            "wp:comment_date_gmt" => self.date = text,
            "wp:comment_date" => self.local_date = text,
            "wp:comment_content" => self.html = text,
            "wp:comment_approved" => self.approved = text,
            "wp:comment_type" => self.kind = text,
            // Addresses, networks and users are not looked at.
            _ => {}
        }
    }

    fn found(self) -> Found {
        let parent = Some(self.parent.trim()).filter(|id| !matches!(*id, "" | "0"));
        let (body, left) = match self.left() {
            None => markdown::from_html(&self.html, Lines::Count),
            left => (String::new(), left),
        };
        Found {
            parent: parent.map(str::to_owned),
            id: self.id.trim().to_owned(),
            page: Arc::default(),
            // WordPress stores names as HTML.
            name: markdown::plain(&self.name),
            created: time(&self.date).or_else(|| time(&self.local_date)),
            body,
            left,
        }
    }

    fn left(&self) -> Option<Left> {
        match (self.kind.trim(), self.approved.trim()) {
            ("" | "comment", "1") => None,
            ("" | "comment", "0" | "hold") => Some(Left::Unapproved),
            ("" | "comment", "spam") => Some(Left::Spam),
            ("" | "comment", _) => Some(Left::Deleted),
            _ => Some(Left::NoComment),
        }
    }
}

/// A time of WordPress, which has no zone. Without one in UTC (`0000-00-00 00:00:00` in old installations)
/// the site's own is hours wrong and better than none.
fn time(text: &str) -> Option<Timestamp> {
    let date: DateTime = text.trim().parse().ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
