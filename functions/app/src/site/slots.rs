//! Slots: the marker elements in a shell, each replaced by what the table says. A page without
//! its slots filled is still a page; the markers are empty elements that browsers ignore.

use std::collections::HashMap;
use std::ops::Range;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sodium_domain::board::Filter;
use sodium_domain::comment::Comment;
use sodium_domain::course::Lesson;
use sodium_domain::id::{BoardId, CommentId, CourseId, SessionId, ThreadId};
use sodium_domain::seat::Status;
use sodium_domain::talk::{Heading, Kind};
use sodium_domain::week::Week;

/// What goes into a page at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "slot")]
pub enum Slot {
    /// The first page of a thread, with the form.
    Thread(StatedThread),
    /// How many seats of a live session are taken.
    Seats(StatedSession),
    /// The newest comments of the site.
    Recent,
    /// The threads in which something was said lately.
    Threads,
    /// The discussions of a board, with the form for a new one.
    Board(StatedBoard),
    /// The companies whose people may sign in with their account there.
    Companies,
    /// The way to one's progress in a course.
    Course(StatedCourse),
    /// That the page is a digest.
    Digest(StatedDigest),
    /// A comment that a digest quotes.
    Quote {
        /// Its thread.
        thread: ThreadId,
        /// The comment.
        comment: CommentId,
    },
}

/// What a page says of itself where it has a discussion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedThread {
    /// The thread.
    pub thread: ThreadId,
    /// The title of the page.
    pub title: String,
    /// The file in which the page is written, below the content folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The digest of its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Its headings, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headings: Vec<Heading>,
}

/// What the page of a board says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedBoard {
    /// The board.
    pub board: BoardId,
    /// The title of its page.
    pub title: String,
    /// The sentence below the title.
    pub lead: String,
    /// What it lists.
    pub lists: Lists,
    /// Where authors open issues, if the page says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
}

impl StatedBoard {
    /// Whether a comment that it lists is still of the kind that it gathers.
    pub(crate) fn shows(&self, comment: &Comment) -> bool {
        let gathered = self.lists.gathers();
        gathered.is_none_or(|kind| comment.kind == kind)
    }
}

/// What a board lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lists {
    /// Topics that members begin there.
    Topics,
    /// Topics that say what somebody wants to learn.
    Needs,
    /// The questions of the whole site, wherever they were asked.
    Questions,
    /// The corrections of the whole site, wherever they were written.
    Corrections,
}

impl Lists {
    /// The filters, in the order in which pages offer them. The first shows everything.
    pub fn filters(self) -> &'static [Filter] {
        match self {
            Self::Topics => &[
                Filter::All,
                Filter::Questions,
                Filter::Unanswered,
                Filter::Answered,
            ],
            // What somebody wants to learn is no question that one answer settles.
            Self::Needs => &[Filter::All],
            Self::Questions => &[Filter::All, Filter::Unanswered, Filter::Answered],
            Self::Corrections => &[Filter::All, Filter::Open, Filter::Fixed],
        }
    }

    /// The kind of talk that it gathers from other pages; none, where topics begin on it.
    pub fn gathers(self) -> Option<Kind> {
        match self {
            Self::Topics | Self::Needs => None,
            Self::Questions => Some(Kind::Question),
            Self::Corrections => Some(Kind::Correction),
        }
    }
}

/// What a session's page says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedSession {
    /// Its identifier.
    pub session: SessionId,
    /// Its title.
    pub title: String,
    /// Start on the wall clock of `zone`.
    pub starts: String,
    /// IANA time zone.
    pub zone: String,
    /// Length in minutes.
    pub minutes: u32,
    /// Seats.
    pub capacity: u32,
    /// Whether it takes place.
    pub status: Status,
}

/// What a course's page says of it, in the page's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedCourse {
    /// The course.
    pub course: CourseId,
    /// Its title.
    pub title: String,
    /// Its lessons, in order; what is not translated as it is elsewhere.
    pub lessons: Vec<Lesson>,
}

/// What a digest's page says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedDigest {
    /// Its week.
    pub week: Week,
    /// The title of the page.
    pub title: String,
    /// The sentence below it.
    pub description: String,
    /// The day on which it is published.
    pub date: Date,
}

/// A marker element is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlotError {
    /// It has no end, text in it, or an attribute without quotes.
    #[error(
        "the marker that begins “{0}” is not complete: markers are empty, with quoted attributes, on one line"
    )]
    Incomplete(String),
    /// It is none that is known.
    #[error("there is no marker <sodium-{0}>")]
    Unknown(String),
    /// An attribute is missing or wrong.
    #[error("<sodium-{0}>: the attribute {1} is missing or wrong")]
    Attribute(String, &'static str),
}

const BEGIN: &str = "<sodium-";

/// Every slot of a page with the place of its marker, in order.
///
/// # Errors
/// When a marker is not as it must be.
pub fn find(html: &str) -> Result<Vec<(Range<usize>, Slot)>, SlotError> {
    let mut slots = Vec::new();
    let mut from = 0;
    while let Some(at) = html[from..].find(BEGIN) {
        let start = from + at;
        let (end, slot) = marker(&html[start..])?;
        slots.push((start..start + end, slot));
        from = start + end;
    }
    Ok(slots)
}

const AUTHOR: &str = "<meta name=\"author\" content=\"";

/// The people whom a page's head names as its authors.
pub(crate) fn authors(html: &str) -> impl Iterator<Item = String> {
    let head = html.split("</head>").next().unwrap_or_default();
    let rests = head.split(AUTHOR).skip(1);
    rests.filter_map(|rest| Some(unescape(rest.split_once('"')?.0)))
}

/// Replaces each marker by the text for its slot.
pub(crate) fn fill(html: &str, filled: &[(Range<usize>, String)]) -> String {
    let mut page =
        String::with_capacity(html.len() + filled.iter().map(|f| f.1.len()).sum::<usize>());
    let mut from = 0;
    for (place, text) in filled {
        page.push_str(&html[from..place.start]);
        page.push_str(text);
        from = place.end;
    }
    page.push_str(&html[from..]);
    page
}

fn marker(html: &str) -> Result<(usize, Slot), SlotError> {
    let incomplete = || SlotError::Incomplete(html.chars().take(60).collect());
    let line = html.lines().next().unwrap_or_default();
    let name_end = line[BEGIN.len()..]
        .find([' ', '>'])
        .ok_or_else(incomplete)?
        + BEGIN.len();
    let name = &line[BEGIN.len()..name_end];
    let close = format!("></sodium-{name}>");
    let tag_end = line.find(&close).ok_or_else(incomplete)?;
    let attributes = attributes(&line[name_end..tag_end]).ok_or_else(incomplete)?;
    Ok((tag_end + close.len(), slot(name, &attributes)?))
}

/// The attributes of an element, with their values as they were before they were escaped. `None` where one has no quotes.
pub fn attributes(mut text: &str) -> Option<HashMap<&str, String>> {
    let mut found = HashMap::new();
    loop {
        text = text.trim_start();
        if text.is_empty() {
            return Some(found);
        }
        let (name, rest) = text.split_once("=\"")?;
        let (value, rest) = rest.split_once('"')?;
        found.insert(name, unescape(value));
        text = rest;
    }
}

fn unescape(value: &str) -> String {
    value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&#x2F;", "/")
        .replace("&amp;", "&")
}

fn slot(name: &str, attributes: &HashMap<&str, String>) -> Result<Slot, SlotError> {
    let read = Read { name, attributes };
    Ok(match name {
        "thread" => Slot::Thread(StatedThread {
            thread: read.parsed("thread")?,
            title: read.parsed("title")?,
            source: read.text("source"),
            revision: read.text("revision"),
            headings: read.headings()?,
        }),
        "quote" => Slot::Quote {
            thread: read.parsed("thread")?,
            comment: read.parsed("comment")?,
        },
        "digest" => Slot::Digest(StatedDigest {
            week: read.parsed("week")?,
            title: read.parsed("title")?,
            description: read.parsed("description")?,
            date: read.parsed("date")?,
        }),
        "board" => Slot::Board(StatedBoard {
            board: read.parsed("board")?,
            title: read.parsed("title")?,
            lead: read.parsed("lead")?,
            lists: match read.parsed::<String>("lists")?.as_str() {
                "topics" => Lists::Topics,
                "needs" => Lists::Needs,
                "questions" => Lists::Questions,
                "corrections" => Lists::Corrections,
                _ => return Err(SlotError::Attribute(name.to_owned(), "lists")),
            },
            repository: read.text("repository"),
        }),
        "recent" => Slot::Recent,
        "threads" => Slot::Threads,
        "companies" => Slot::Companies,
        "course" => Slot::Course(StatedCourse {
            course: read.parsed("course")?,
            title: read.parsed("title")?,
            lessons: read.lessons()?,
        }),
        "seats" => Slot::Seats(StatedSession {
            session: read.parsed("session")?,
            title: read.parsed("title")?,
            starts: read.parsed("starts")?,
            zone: read.parsed("zone")?,
            minutes: read.parsed("minutes")?,
            capacity: read.parsed("capacity")?,
            status: match read.parsed::<String>("status")?.as_str() {
                "planned" => Status::Planned,
                "held" => Status::Held,
                "cancelled" => Status::Cancelled,
                _ => return Err(SlotError::Attribute(name.to_owned(), "status")),
            },
        }),
        _ => return Err(SlotError::Unknown(name.to_owned())),
    })
}

struct Read<'a> {
    name: &'a str,
    attributes: &'a HashMap<&'a str, String>,
}

/// A heading in the table of contents that Zola makes of a page.
#[derive(Deserialize)]
struct Entry {
    id: String,
    title: String,
    #[serde(default)]
    children: Vec<Entry>,
}

/// The headings below a list of them, outermost first, in the order of the page.
fn flat(entries: Vec<Entry>) -> Vec<Heading> {
    let below = |entry: Entry| {
        let heading = Heading {
            anchor: entry.id,
            title: entry.title,
        };
        std::iter::once(heading).chain(flat(entry.children))
    };
    entries.into_iter().flat_map(below).collect()
}

impl Read<'_> {
    fn text(&self, attribute: &'static str) -> Option<String> {
        let text = self.attributes.get(attribute)?;
        (!text.is_empty()).then(|| text.clone())
    }

    fn headings(&self) -> Result<Vec<Heading>, SlotError> {
        let Some(text) = self.text("headings") else {
            return Ok(Vec::new());
        };
        let entries = serde_json::from_str(&text)
            .map_err(|_| SlotError::Attribute(self.name.to_owned(), "headings"))?;
        Ok(flat(entries))
    }

    fn lessons(&self) -> Result<Vec<Lesson>, SlotError> {
        let lessons = self.text("lessons").unwrap_or_default();
        serde_json::from_str(&lessons)
            .map_err(|_| SlotError::Attribute(self.name.to_owned(), "lessons"))
    }

    fn parsed<T: std::str::FromStr>(&self, attribute: &'static str) -> Result<T, SlotError> {
        self.attributes
            .get(attribute)
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| SlotError::Attribute(self.name.to_owned(), attribute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LESSON: &str = "<main><p>Text</p>\n<sodium-thread thread=\"first-posts\" title=\"It&#x27;s &lt;here&gt; &amp; now\"></sodium-thread>\n</main>";

    #[test]
    fn a_marker_is_replaced_and_nothing_else() {
        let slots = find(LESSON).unwrap();
        let [(place, Slot::Thread(stated))] = slots.as_slice() else {
            panic!("{slots:?}");
        };
        assert_eq!(stated.thread.as_str(), "first-posts");
        assert_eq!(stated.title, "It's <here> & now");
        let page = fill(LESSON, &[(place.clone(), "<p>Hi</p>".into())]);
        assert_eq!(page, "<main><p>Text</p>\n<p>Hi</p>\n</main>");
    }

    #[test]
    fn a_page_names_its_headings_as_zola_lists_them() {
        let marker = "<sodium-thread thread=\"first-posts\" title=\"T\" source=\"courses/a/b.md\" revision=\"0a1b\" \
            headings=\"[{&quot;level&quot;:2,&quot;id&quot;:&quot;try-it&quot;,&quot;title&quot;:&quot;Try &amp; see&quot;,\
            &quot;children&quot;:[{&quot;id&quot;:&quot;first&quot;,&quot;title&quot;:&quot;First&quot;}]}]\"></sodium-thread>";
        let slots = find(marker).unwrap();
        let [(_, Slot::Thread(stated))] = slots.as_slice() else {
            panic!("{slots:?}");
        };
        let headings: Vec<_> = stated
            .headings
            .iter()
            .map(|heading| (heading.anchor.as_str(), heading.title.as_str()))
            .collect();
        assert_eq!(headings, [("try-it", "Try & see"), ("first", "First")]);
        assert_eq!(stated.source.as_deref(), Some("courses/a/b.md"));
        assert_eq!(stated.revision.as_deref(), Some("0a1b"));
    }

    #[test]
    fn a_course_names_its_lessons_in_order() {
        let marker = "<sodium-course course=\"first-steps\" title=\"First steps\" lessons=\"[{&quot;id&quot;:&quot;two-words&quot;,\
            &quot;title&quot;:&quot;Say \\&quot;two\\&quot;&quot;,&quot;page_url&quot;:&quot;&#x2F;courses&#x2F;a&#x2F;&quot;,\
            &quot;language&quot;:&quot;en&quot;}]\"></sodium-course>";
        let slots = find(marker).unwrap();
        let [(_, Slot::Course(stated))] = slots.as_slice() else {
            panic!("{slots:?}");
        };
        let [lesson] = stated.lessons.as_slice() else {
            panic!("{stated:?}");
        };
        assert_eq!(stated.course.as_str(), "first-steps");
        assert_eq!(lesson.id.as_str(), "two-words");
        assert_eq!(lesson.title, "Say \"two\"");
        assert_eq!(lesson.page_url, "/courses/a/");
    }

    #[test]
    fn a_broken_marker_is_told_and_not_published() {
        for broken in [
            "<sodium-thread",
            "<sodium-thread thread=first title=\"x\"></sodium-thread>",
            "<sodium-thread thread=\"first\" title=\"x\">text</sodium-thread>",
            "<sodium-thread thread=\"Not An Id\" title=\"x\"></sodium-thread>",
            "<sodium-thread title=\"x\"></sodium-thread>",
            "<sodium-thread thread=\"first\" title=\"x\" headings=\"[1]\"></sodium-thread>",
            "<sodium-course course=\"first\" title=\"x\"></sodium-course>",
            "<sodium-course course=\"a\" title=\"x\" lessons=\"[]\"></sodium-course>",
            "<sodium-votes></sodium-votes>",
            "<sodium-quote thread=\"first\" comment=\"17\"></sodium-quote>",
            "<sodium-digest week=\"2026-W60\" title=\"x\" description=\"x\" date=\"2026-11-23\"></sodium-digest>",
            "<sodium-digest week=\"2026-W47\" title=\"x\" description=\"x\" date=\"soon\"></sodium-digest>",
        ] {
            assert!(find(broken).is_err(), "{broken}");
        }
    }
}
