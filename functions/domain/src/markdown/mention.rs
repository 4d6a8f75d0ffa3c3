//! Mentions: `@` and the name of somebody who takes part in the discussion. In prose only: what stands
//! in code or in a link is not meant for anybody.

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::tame::{MAX_DEPTH, levels};
use super::{Source, events};
use crate::name::DisplayName;

/// The most people that a text can mention. More are text: nobody calls out to a crowd.
pub const MAX_MENTIONS: usize = 10;

/// Those of `known` whom a text mentions, each once.
pub fn mentioned(source: &Source, known: &[DisplayName]) -> Vec<DisplayName> {
    let mut found: Vec<DisplayName> = Vec::new();
    if !source.as_str().contains('@') {
        return found;
    }
    let mut place = Place::default();
    for event in events(source.as_str()) {
        place.pass(&event);
        let Event::Text(text) = &event else { continue };
        if !place.is_prose() {
            continue;
        }
        for piece in pieces(text, known) {
            if let Piece::Mention(_, name) = piece
                && !found.contains(name)
                && found.len() < MAX_MENTIONS
            {
                found.push(name.clone());
            }
        }
    }
    found
}

/// The events of a text in which these people's mentions are strong.
pub(super) fn emphasised<'a>(events: Vec<Event<'a>>, names: &[DisplayName]) -> Vec<Event<'a>> {
    if names.is_empty() {
        return events;
    }
    let mut out = Vec::with_capacity(events.len());
    let mut place = Place::default();
    for event in events {
        place.pass(&event);
        match event {
            Event::Text(text) if place.is_prose() && place.depth < MAX_DEPTH => {
                for piece in pieces(&text, names) {
                    match piece {
                        Piece::Text(text) => out.push(Event::Text(owned(text))),
                        Piece::Mention(text, _) => out.extend([
                            Event::Start(Tag::Strong),
                            Event::Text(owned(text)),
                            Event::End(TagEnd::Strong),
                        ]),
                    }
                }
            }
            event => out.push(event),
        }
    }
    out
}

fn owned<'a>(text: &str) -> CowStr<'a> {
    text.to_owned().into()
}

/// Where in the text an event stands.
#[derive(Default)]
struct Place {
    depth: usize,
    not_prose: usize,
}

impl Place {
    fn pass(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => {
                self.depth += levels(&tag.to_end());
                self.not_prose += usize::from(matches!(tag, Tag::CodeBlock(_) | Tag::Link { .. }));
            }
            Event::End(end) => {
                self.depth -= levels(end);
                self.not_prose -= usize::from(matches!(end, TagEnd::CodeBlock | TagEnd::Link));
            }
            _ => {}
        }
    }

    fn is_prose(&self) -> bool {
        self.not_prose == 0
    }
}

enum Piece<'t, 'n> {
    Text(&'t str),
    Mention(&'t str, &'n DisplayName),
}

/// Cuts a text before and after each mention.
fn pieces<'t, 'n>(text: &'t str, names: &'n [DisplayName]) -> Vec<Piece<'t, 'n>> {
    let (mut pieces, mut done) = (Vec::new(), 0);
    for (at, _) in text.match_indices('@') {
        let inside = text[..at]
            .chars()
            .next_back()
            .is_some_and(char::is_alphanumeric);
        // The name before this one may have been longer.
        if inside || at < done {
            continue;
        }
        let rest = &text[at + 1..];
        let ends = |name: &&DisplayName| {
            let after = rest.strip_prefix(name.as_str());
            after.is_some_and(|after| !after.chars().next().is_some_and(char::is_alphanumeric))
        };
        let longest = names
            .iter()
            .filter(ends)
            .max_by_key(|name| name.as_str().len());
        if let Some(name) = longest {
            let end = at + 1 + name.as_str().len();
            if done < at {
                pieces.push(Piece::Text(&text[done..at]));
            }
            pieces.push(Piece::Mention(&text[at..end], name));
            done = end;
        }
    }
    if done < text.len() {
        pieces.push(Piece::Text(&text[done..]));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::render_mentioning;
    use super::*;

    fn names(names: &[&str]) -> Vec<DisplayName> {
        names
            .iter()
            .map(|name| DisplayName::parse(name).unwrap())
            .collect()
    }

    #[test]
    fn a_mention_is_a_name_of_the_discussion_in_prose() {
        let known = names(&["Ana Sand", "Ana", "Ben Hill"]);
        for (text, expected) in [
            ("@Ana Sand, look", &["Ana Sand"][..]),
            ("@Ana looks", &["Ana"]),
            ("(@Ben Hill)? @Ben Hill!", &["Ben Hill"]),
            ("**@Ben Hill** and\n\n> @Ana", &["Ben Hill", "Ana"]),
            ("@Anabel is somebody else, as is mail@Ana", &[]),
            ("@Cleo is nobody here", &[]),
            ("`@Ana` and [@Ana](https://example.org)", &[]),
            ("    @Ana in code", &[]),
            ("Ana without a sign", &[]),
        ] {
            let source = Source::parse(text).unwrap();
            assert_eq!(mentioned(&source, &known), names(expected), "{text}");
        }
    }

    #[test]
    fn a_mention_is_strong_and_everything_else_as_it_was() {
        let source = Source::parse("See @Ana Sand & `@Ana Sand` <b>@Ana Sand</b>").unwrap();
        let html = render_mentioning(&source, &names(&["Ana Sand"]));
        assert_eq!(
            html.as_str().trim(),
            "<p>See <strong>@Ana Sand</strong> &amp; <code>@Ana Sand</code> \
             &lt;b&gt;<strong>@Ana Sand</strong>&lt;/b&gt;</p>"
        );
        assert_eq!(
            render_mentioning(&source, &[]),
            super::super::render(&source)
        );
    }

    #[test]
    fn mentions_nest_no_deeper_and_grow_no_more_than_the_rest() {
        let known = names(&["Ab"]);
        for text in [
            "@Ab ".repeat(2500),
            format!("{}@Ab", "> ".repeat(60)),
            format!("{}@Ab", "*a **b ".repeat(40)),
        ] {
            let source = Source::parse(&text).unwrap();
            let html = render_mentioning(&source, &known);
            assert!(html.as_str().len() <= text.len() * 10 + 96 * 1024);
            let mut depth: usize = 0;
            for tag in html.as_str().split('<').skip(1) {
                match tag {
                    tag if tag.starts_with('/') => depth -= 1,
                    tag if tag.starts_with("br") || tag.starts_with("hr") => {}
                    _ => depth += 1,
                }
                assert!(depth <= MAX_DEPTH, "{depth}");
            }
        }
    }
}
