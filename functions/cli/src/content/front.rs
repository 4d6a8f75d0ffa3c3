//! Front matter, typed: one struct for each kind of page, and the closed set of keys it may have.

use serde::Deserialize;
use sodium_domain::id::{BoardId, SessionId, ThreadId};
use sodium_domain::week::Week;
use toml::value::Datetime;

use super::fields::{Fields, Located};
use super::place::Kind;
use super::problem::Findings;
use super::session::{self, Session};

/// What every page says about itself.
#[derive(Debug, Clone)]
pub struct Common {
    /// The heading of the page.
    pub title: Located<String>,
    /// One sentence for lists, search engines and shared links.
    pub description: Located<String>,
    /// A draft is in no build.
    pub draft: bool,
    /// Old addresses that lead here.
    pub aliases: Vec<Located<String>>,
    /// Its place in a list that is sorted by weight.
    pub weight: Option<i64>,
    /// The day it was published.
    pub date: Option<Datetime>,
    /// What the list of a section is sorted by.
    pub sort_by: Option<SortBy>,
    /// Whether the list of a section has a feed.
    pub has_feed: bool,
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortBy {
    /// By the authors' own order.
    Weight,
    /// The newest first.
    Date,
    /// By the alphabet.
    Title,
}

/// What only one kind of page says.
#[derive(Debug, Clone)]
pub enum Front {
    /// A list of pages or of courses.
    Section,
    /// A course; its lessons are the pages in its folder.
    Course,
    /// A lesson, an article, a digest or a project: a page with a discussion.
    Discussed(Discussed),
    /// A live session.
    Session(Box<Session>),
    /// A section of the forum, with the id to which its topics belong.
    Forum(Located<BoardId>),
    /// Any other page.
    Plain,
}

/// The discussion of a page.
#[derive(Debug, Clone)]
pub struct Discussed {
    /// The id of its thread, which stays when the page moves.
    pub thread: Located<ThreadId>,
}

/// The most characters of a description: search engines and link previews cut longer ones.
const DESCRIPTION_MAX: usize = 160;

/// Reads the front matter of a page; `None` when a part that others need is missing or wrong.
pub(super) fn read(
    kind: Kind,
    toml: &str,
    offset: usize,
    findings: &mut Findings<'_>,
) -> Option<(Common, Front)> {
    let mut fields = Fields::parse(toml, offset, findings)?;
    let mut extra = fields.table("extra", "extra.", findings);
    let common = common(kind, &mut fields, findings);
    let front = match kind {
        Kind::Section => section(&mut fields, &mut extra, findings),
        Kind::List => list(&mut fields, &mut extra, findings),
        Kind::Course => course(&mut fields, &mut extra, findings),
        Kind::Lesson => discussed(&mut extra, findings),
        Kind::Article => article(&mut fields, &mut extra, findings),
        Kind::Digest => digest(&mut extra, findings),
        Kind::Session => session::read(&mut extra, findings),
        Kind::Project => project(&mut extra, findings),
        Kind::Forum => forum(&mut extra, findings),
        Kind::Plain => plain(&mut fields, findings),
    };
    fields.finish(findings);
    extra.finish(findings);
    Some((common?, front?))
}

fn common(kind: Kind, fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<Common> {
    let title = fields.required::<String>("title", findings);
    let description = fields.required::<String>("description", findings);
    let draft = fields
        .optional::<bool>("draft", findings)
        .is_some_and(|draft| draft.value);
    let aliases = fields.located_list("aliases", findings);
    let weight = match kind {
        Kind::Course | Kind::Lesson | Kind::Forum => fields.required::<i64>("weight", findings),
        _ => fields.optional::<i64>("weight", findings),
    };
    // Feeds list only pages with a date, so every page that somebody may follow has one.
    let date = match kind {
        Kind::Section | Kind::List | Kind::Course | Kind::Forum | Kind::Plain => None,
        _ => date(fields, findings),
    };
    let sort_by = match kind {
        Kind::Section => fields.optional::<SortBy>("sort_by", findings),
        Kind::List => fields.required::<SortBy>("sort_by", findings),
        Kind::Course => lesson_order(fields, findings),
        _ => None,
    };
    let has_feed = match kind {
        Kind::Section | Kind::List | Kind::Course => {
            fields.optional::<bool>("generate_feeds", findings)
        }
        _ => None,
    };
    if let Some(title) = &title {
        check_not_empty("title", title, findings);
    }
    if let Some(description) = &description {
        check_not_empty("description", description, findings);
        let length = description.value.chars().count();
        if length > DESCRIPTION_MAX {
            findings.add(
                "description-long",
                description.span.clone(),
                format!("the description has {length} characters; {DESCRIPTION_MAX} is the most"),
                "say it in one sentence: search results and link previews cut the rest off",
            );
        }
    }
    Some(Common {
        title: title?,
        description: description?,
        draft,
        aliases,
        weight: weight.map(|weight| weight.value),
        date,
        sort_by: sort_by.map(|sort_by| sort_by.value),
        has_feed: has_feed.is_some_and(|has_feed| has_feed.value),
    })
}

fn check_not_empty(key: &str, text: &Located<String>, findings: &mut Findings<'_>) {
    if text.value.trim().is_empty() {
        findings.add(
            "front-matter-empty",
            text.span.clone(),
            format!("the {key} is empty"),
            "write one",
        );
    }
}

/// A course is read in its lessons' order.
fn lesson_order(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<Located<SortBy>> {
    let sort_by = fields.required::<SortBy>("sort_by", findings)?;
    if sort_by.value != SortBy::Weight {
        findings.add(
            "course-order",
            sort_by.span.clone(),
            "the lessons of a course would not stand in the order of their weight",
            "write `sort_by = \"weight\"`",
        );
    }
    Some(sort_by)
}

fn section(
    fields: &mut Fields<'_>,
    extra: &mut Fields<'_>,
    findings: &mut Findings<'_>,
) -> Option<Front> {
    fields.optional::<String>("page_template", findings);
    list_keys(fields, findings);
    extra.optional::<String>("lead", findings);
    Some(Front::Section)
}

fn list(
    fields: &mut Fields<'_>,
    extra: &mut Fields<'_>,
    findings: &mut Findings<'_>,
) -> Option<Front> {
    fields.required::<String>("page_template", findings);
    list_keys(fields, findings);
    extra.optional::<String>("lead", findings);
    Some(Front::Section)
}

/// The keys by which a section says how its list is made. A list without a template of its own is shown,
/// without a word, as whatever Zola takes instead; so are pages, which then have no discussion.
fn list_keys(fields: &mut Fields<'_>, findings: &mut Findings<'_>) {
    fields.required::<String>("template", findings);
    fields.optional::<i64>("paginate_by", findings);
}

fn course(
    fields: &mut Fields<'_>,
    extra: &mut Fields<'_>,
    findings: &mut Findings<'_>,
) -> Option<Front> {
    fields.required::<String>("page_template", findings);
    list_keys(fields, findings);
    extra.required::<String>("level", findings);
    extra.required::<f64>("hours", findings);
    extra.required::<String>("audience", findings);
    extra.required::<Vec<String>>("outcomes", findings);
    Some(Front::Course)
}

fn article(
    fields: &mut Fields<'_>,
    extra: &mut Fields<'_>,
    findings: &mut Findings<'_>,
) -> Option<Front> {
    fields.required::<Vec<String>>("authors", findings);
    discussed(extra, findings)
}

fn digest(extra: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<Front> {
    if let Some(week) = extra.required::<String>("week", findings) {
        check_week(&week, findings);
    }
    discussed(extra, findings)
}

fn project(extra: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<Front> {
    for key in ["team_size", "effort", "starts_with"] {
        extra.required::<String>(key, findings);
    }
    discussed(extra, findings)
}

/// The boards that gather what was said on the whole site; those of other languages end in their tag.
const GATHERING: [&str; 2] = ["questions", "corrections"];

fn forum(extra: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<Front> {
    extra.optional::<bool>("needs", findings);
    let forum: Located<BoardId> = id(extra, "forum", findings)?;
    let id = forum.value.as_str();
    let first = id.split('-').next().unwrap_or(id);
    if let Some(taken) = GATHERING.into_iter().find(|gathering| *gathering == first) {
        findings.add(
            "id-double",
            forum.span.clone(),
            format!(
                "the list of all {taken} has the id ‘{taken}’, and ‘{taken}-…’ in other languages"
            ),
            "choose another forum id",
        );
    }
    Some(Front::Forum(forum))
}

fn plain(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<Front> {
    fields.required::<String>("template", findings);
    Some(Front::Plain)
}

fn discussed(extra: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<Front> {
    let thread = id(extra, "thread", findings)?;
    Some(Front::Discussed(Discussed { thread }))
}

/// An identifier that the author has chosen.
pub(super) fn id<T: std::str::FromStr<Err = sodium_domain::id::IdError>>(
    extra: &mut Fields<'_>,
    key: &'static str,
    findings: &mut Findings<'_>,
) -> Option<Located<T>> {
    let text = extra.required::<String>(key, findings)?;
    let span = text.span;
    match text.value.parse() {
        Ok(value) => Some(Located { value, span }),
        Err(error) => {
            let cure = "choose lower-case words joined by hyphens, for instance \"first-ten-posts\"; never change it later";
            findings.add("id-malformed", span, error.to_string(), cure);
            None
        }
    }
}

fn date(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<Datetime> {
    let date = fields.required::<Datetime>("date", findings)?;
    if date.value.date.is_none() {
        let cure = "write a day, for instance 2026-11-23";
        findings.add("date", date.span, "a time of day is not a date", cure);
        return None;
    }
    Some(date.value)
}

/// See [`Week`].
fn check_week(week: &Located<String>, findings: &mut Findings<'_>) {
    if week.value.parse::<Week>().is_err() {
        let message = format!("‘{}’ is no week of the calendar", week.value);
        findings.add(
            "date",
            week.span.clone(),
            message,
            "write year and week as ISO 8601 counts them, for instance \"2026-W46\"",
        );
    }
}

impl Front {
    /// The thread of the page, where it has one.
    #[must_use]
    pub fn thread(&self) -> Option<&Located<ThreadId>> {
        match self {
            Self::Discussed(page) => Some(&page.thread),
            Self::Session(session) => Some(&session.thread),
            Self::Section | Self::Course | Self::Forum(_) | Self::Plain => None,
        }
    }

    /// The forum id, where the page is a section of the forum.
    #[must_use]
    pub fn forum(&self) -> Option<&Located<BoardId>> {
        match self {
            Self::Forum(forum) => Some(forum),
            _ => None,
        }
    }

    /// The live session, where the page is one.
    #[must_use]
    pub fn session_id(&self) -> Option<&Located<SessionId>> {
        match self {
            Self::Session(session) => Some(&session.id),
            _ => None,
        }
    }
}
