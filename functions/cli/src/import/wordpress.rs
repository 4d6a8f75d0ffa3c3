//! WordPress: a feed (WXR) of items, which are pages, with their comments in them. A comment is HTML in
//! which a blank line ends a paragraph.

use std::io::BufRead;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::xml::{Elements, Step};
use super::{Finds, Found, ImportError, Standing, markdown};

#[derive(Default)]
struct Comment {
    id: String,
    parent: String,
    name: String,
    date: String,
    html: String,
    approved: String,
    kind: String,
}

pub(super) fn read(source: impl BufRead, finds: &mut Finds) -> Result<(), ImportError> {
    let mut elements = Elements::of(source);
    let mut is_export = false;
    let (mut page, mut comment) = (String::new(), None);
    // An item may name its page after its comments.
    let mut of_item = Vec::new();
    while let Some(step) = elements.next()? {
        match step {
            Step::Open(name, _) => match name.as_str() {
                "wp:wxr_version" => is_export = true,
                "item" => page.clear(),
                "wp:comment" => comment = Some(Comment::default()),
                _ => {}
            },
            Step::Close(name, text) => match (name.as_str(), &mut comment) {
                ("wp:comment", _) => of_item.extend(comment.take()),
                ("item", _) => {
                    for comment in of_item.drain(..) {
                        finds.add(comment.found(&page))?;
                    }
                }
                ("link", None) if elements.parent() == "item" => text.trim().clone_into(&mut page),
                (field, Some(comment)) => comment.take(field, text),
                _ => {}
            },
        }
    }
    if is_export {
        Ok(())
    } else {
        Err(ImportError::Wrong(
            "this is no WordPress export: it has no wp:wxr_version. In WordPress, choose Tools, Export, All content"
                .into(),
        ))
    }
}

impl Comment {
    fn take(&mut self, field: &str, text: String) {
        match field {
            "wp:comment_id" => self.id = text,
            "wp:comment_parent" => self.parent = text,
            "wp:comment_author" => self.name = text,
            "wp:comment_date_gmt" => self.date = text,
            "wp:comment_content" => self.html = text,
            "wp:comment_approved" => self.approved = text,
            "wp:comment_type" => self.kind = text,
            // Addresses, networks and users are not looked at.
            _ => {}
        }
    }

    fn found(self, page: &str) -> Found {
        let standing = match (self.kind.trim(), self.approved.trim()) {
            ("" | "comment", "1") => Standing::Approved,
            ("" | "comment", "0" | "hold") => Standing::Pending,
            ("" | "comment", "spam") => Standing::Left("spam"),
            ("" | "comment", _) => Standing::Left("in the trash"),
            _ => Standing::Left("a pingback or something else that is no comment"),
        };
        let date: Result<DateTime, _> = self.date.trim().parse();
        let created = date.ok().and_then(|date| date.to_zoned(TimeZone::UTC).ok());
        let parent = Some(self.parent.trim()).filter(|id| !matches!(*id, "" | "0"));
        Found {
            parent: parent.map(str::to_owned),
            id: self.id.trim().to_owned(),
            page: page.to_owned(),
            name: self.name,
            created: created.map(|date| date.timestamp()),
            body: match standing {
                Standing::Left(_) => String::new(),
                _ => markdown::from_html(&self.html),
            },
            standing,
        }
    }
}
