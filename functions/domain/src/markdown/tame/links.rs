//! Links and pictures.

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::{MAX_DEPTH, Open, Tamer, cleaned};
use crate::{characters, markdown::link};

/// The most bytes of addresses in one comment. One definition can be referred to thousands of
/// times; a comment that spells its links out cannot reach this.
const MAX_ADDRESS_BYTES: usize = 20_000;

#[derive(Default)]
pub(super) struct Links {
    /// Inside a link that was written: HTML has no links in links.
    inside: bool,
    spent: usize,
    /// The number of events before the last visible text, plus one.
    visible_until: usize,
}

pub(super) struct OpenLink<'a> {
    /// Where it leads; empty if nobody needs to be told.
    address: CowStr<'a>,
    written: bool,
    /// The number of events before its text.
    from: usize,
}

impl Links {
    /// Remembers that the event at `index` shows something.
    pub(super) fn note_text(&mut self, index: usize, text: &str) {
        if !text.chars().all(characters::is_invisible) {
            self.visible_until = index + 1;
        }
    }

    fn afford(&mut self, address: &str) -> bool {
        let spent = self.spent + address.len();
        let affordable = spent <= MAX_ADDRESS_BYTES;
        if affordable {
            self.spent = spent;
        }
        affordable
    }
}

impl<'a> Tamer<'a> {
    pub(super) fn start_link(&mut self, link_type: LinkType, address: &str) -> Open<'a> {
        let address = match link_type {
            // Its text is the address already, and it stays text.
            LinkType::Email => CowStr::Borrowed(""),
            _ => cleaned(address),
        };
        let written = link::is_allowed(&address) && self.open_link(&address);
        Open::Link(OpenLink {
            address,
            written,
            from: self.out.len(),
        })
    }

    /// Writes the start of a link if there is room for one.
    fn open_link(&mut self, address: &CowStr<'a>) -> bool {
        if self.links.inside || self.depth == MAX_DEPTH || !self.links.afford(address) {
            return false;
        }
        self.links.inside = true;
        self.depth += 1;
        self.out.push(Event::Start(Tag::Link {
            link_type: LinkType::Inline,
            dest_url: address.clone(),
            title: CowStr::Borrowed(""),
            id: CowStr::Borrowed(""),
        }));
        true
    }

    pub(super) fn end_link(&mut self, link: &OpenLink<'a>) {
        let readable = self.links.visible_until > link.from;
        if link.written {
            if !readable {
                self.text(&link.address);
            }
            self.close_link();
        } else if !link::is_allowed(&link.address) || !readable {
            self.tell(&link.address, readable);
        }
    }

    fn close_link(&mut self) {
        self.links.inside = false;
        self.depth -= 1;
        self.out.push(Event::End(TagEnd::Link));
    }

    /// Shows as text where a link wanted to go: nothing that was typed vanishes.
    fn tell(&mut self, address: &str, in_brackets: bool) {
        if address.is_empty() || !self.links.afford(address) {
            return;
        }
        if in_brackets {
            self.text(&format!(" ({address})"));
        } else {
            self.text(address);
        }
    }

    /// Text outside code, in which bare addresses become links.
    pub(super) fn prose(&mut self, text: &str) {
        let text = cleaned(text);
        let mut from = 0;
        for range in link::bare(&text) {
            self.text(&text[from..range.start]);
            from = range.end;
            let address = CowStr::from(text[range].to_owned());
            let written = self.open_link(&address);
            self.text(&address);
            if written {
                self.close_link();
            }
        }
        self.text(&text[from..]);
    }
}
