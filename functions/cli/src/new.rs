//! New pages: a file in its place with a head that says everything a page of its kind must say. What only
//! its author can know stands there as a suggestion, and the page is a draft until they take that out.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, DateTime};

use crate::content::{Content, Front, Kind, SortBy, Week};

/// What to begin.
#[derive(Debug, Clone)]
pub enum Wish {
    /// A lesson, as the last of a course.
    Lesson {
        /// Its title.
        title: String,
        /// The folder of the course below `content/courses/`.
        course: String,
    },
    /// An article.
    Article {
        /// Its title.
        title: String,
        /// Who writes it.
        authors: Vec<String>,
    },
    /// The digest of a week.
    Digest {
        /// The week (ISO 8601).
        week: Week,
    },
    /// A live session.
    Session {
        /// Its title.
        title: String,
        /// When it begins, on the clocks of its time zone.
        starts: DateTime,
        /// The time zone, by its name in the IANA database.
        zone: String,
        /// The folder of the course that it belongs to.
        course: Option<String>,
    },
    /// A group project.
    Project {
        /// Its title.
        title: String,
    },
}

/// A page could not be begun. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    /// The content cannot be read, or the page cannot be written.
    #[error("{0}: {1}")]
    Files(PathBuf, io::Error),
    /// There is a page already.
    #[error("{0} is there already; choose another title, or go on writing in it")]
    Exists(PathBuf),
    /// There is no such course.
    #[error("there is no course ‘{0}’ in content/courses/; there are {1}")]
    NoCourse(String, String),
    /// The title has no letter or digit that an address could have.
    #[error(
        "no address can be made of the title ‘{0}’; use a few words with Latin letters, and translate it in the file"
    )]
    NoAddress(String),
    /// The database knows no such time zone.
    #[error("‘{0}’ is no time zone; write one of the IANA database, for instance Europe/Berlin")]
    NoZone(String),
}

/// Begins a page in the project at `root`, and says in which file.
///
/// # Errors
/// See [`NewError`].
pub fn write(root: &Path, wish: &Wish, today: Date) -> Result<PathBuf, NewError> {
    let content = content_of(root)?;
    let (file, head, body) = page(&content, wish, today)?;
    let path = root.join("content").join(&file);
    put(&path, &head, body)?;
    Ok(path)
}

/// What authors wrote.
pub(crate) fn content_of(root: &Path) -> Result<Content, NewError> {
    let folder = root.join("content");
    let loaded = Content::load(&folder);
    let (content, _) = loaded.map_err(|error| NewError::Files(folder, error))?;
    Ok(content)
}

/// Makes a page's file, where none may be.
pub(crate) fn put(path: &Path, head: &str, body: &str) -> Result<(), NewError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => NewError::Exists(path.to_owned()),
        _ => NewError::Files(path.to_owned(), error),
    };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    let text = format!("+++\n{head}+++\n\n{body}");
    let mut written = std::fs::File::create_new(path).map_err(failed)?;
    io::Write::write_all(&mut written, text.as_bytes()).map_err(failed)
}

fn page(
    content: &Content,
    wish: &Wish,
    today: Date,
) -> Result<(String, String, &'static str), NewError> {
    Ok(match wish {
        Wish::Lesson { title, course } => {
            known_course(content, course)?;
            let name = address(title)?;
            let mut head = Head::new(title, "What a learner can do after this lesson.", today);
            head.weight(content, &format!("courses/{course}"));
            head.extra(&[("thread", text(&free_id(content, &name)))]);
            let file = format!("courses/{course}/{name}.md");
            (file, head.0, LESSON)
        }
        Wish::Article { title, authors } => {
            let name = address(title)?;
            let mut head = Head::new(title, "What a reader learns here.", today);
            head.weight(content, "articles");
            head.line("authors", &list(authors));
            let thread = free_id(content, &format!("article-{name}"));
            head.extra(&[("thread", text(&thread))]);
            (format!("articles/{name}.md"), head.0, ARTICLE)
        }
        Wish::Digest { week } => {
            let (file, head) = digest(content, *week);
            (file, head, DIGEST)
        }
        Wish::Session {
            title,
            starts,
            zone,
            course,
        } => {
            let (name, head) = session(content, title, (*starts, zone), course.as_deref(), today)?;
            (format!("sessions/{name}.md"), head, SESSION)
        }
        Wish::Project { title } => {
            let name = address(title)?;
            let mut head = Head::new(title, "What the group makes, and for whom.", today);
            head.weight(content, "projects");
            let thread = free_id(content, &format!("project-{name}"));
            head.extra(&[
                ("thread", text(&thread)),
                ("team_size", text("3–5 people")),
                ("effort", text("about two hours a week for four weeks")),
                ("starts_with", text("what the group needs to begin")),
            ]);
            (format!("projects/{name}.md"), head.0, PROJECT)
        }
    })
}

/// The file and the head of a week's digest. They are the same however often it is begun.
pub(crate) fn digest(content: &Content, week: Week) -> (String, String) {
    let name = week.to_string().to_lowercase();
    let file = format!("digests/{name}.md");
    let title = format!("What the week {week} taught us");
    let what = format!("The discussions of the week {week} that are worth reading.");
    let mut head = Head::new(&title, &what, week.follows());
    head.weight(content, "digests");
    let wished = format!("digest-{name}");
    let own = content.page(&file).and_then(|page| page.front.as_ref());
    let has_it = own
        .and_then(|(_, front)| front.thread())
        .is_some_and(|id| id.value.as_str() == wished);
    let thread = if has_it {
        wished
    } else {
        free_id(content, &wished)
    };
    head.extra(&[("week", text(&week.to_string())), ("thread", text(&thread))]);
    (file, head.0)
}

fn session(
    content: &Content,
    title: &str,
    (starts, zone): (DateTime, &str),
    course: Option<&str>,
    today: Date,
) -> Result<(String, String), NewError> {
    let name = address(title)?;
    if let Some(course) = course {
        known_course(content, course)?;
    }
    if jiff::tz::TimeZone::get(zone).is_err() {
        return Err(NewError::NoZone(zone.to_owned()));
    }
    let mut head = Head::new(
        title,
        "With what people come, and with what they leave.",
        today,
    );
    head.weight(content, "sessions");
    let id = free_id(content, &format!("{name}-{}", starts.strftime("%Y-%m")));
    let thread = free_id(content, &format!("session-{name}"));
    let mut more = vec![
        ("session", text(&id)),
        ("thread", text(&thread)),
        (
            "starts",
            text(&starts.strftime("%Y-%m-%dT%H:%M").to_string()),
        ),
        ("zone", text(zone)),
        ("minutes", "60".to_owned()),
        ("capacity", "12".to_owned()),
        ("status", text("planned")),
        ("sequence", "0".to_owned()),
    ];
    if let Some(course) = course {
        more.push(("course", text(&format!("courses/{course}"))));
    }
    head.extra(&more);
    Ok((name, head.0))
}

/// Front matter in the order of the other pages.
struct Head(String);

impl Head {
    fn new(title: &str, description: &str, date: Date) -> Self {
        let mut head = Self(String::new());
        head.line("title", &text(title));
        head.line("description", &text(description));
        head.line("date", &date.to_string());
        head.line("draft", "true");
        head
    }

    fn line(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.0, "{key} = {value}");
    }

    /// The last place in a list, where the authors' own order is that of the list.
    fn weight(&mut self, content: &Content, section: &str) {
        let index = content.page(&format!("{section}/_index.md"));
        let sorted = index.and_then(|page| page.front.as_ref()?.0.sort_by);
        if sorted == Some(SortBy::Weight) {
            self.line("weight", &next_weight(content, section).to_string());
        }
    }

    fn extra(&mut self, lines: &[(&str, String)]) {
        self.0.push_str("\n[extra]\n");
        for (key, value) in lines {
            self.line(key, value);
        }
    }
}

fn text(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn list(texts: &[String]) -> String {
    let all: Vec<String> = texts.iter().map(|each| text(each)).collect();
    format!("[{}]", all.join(", "))
}

/// The end of an address that a title makes.
fn address(title: &str) -> Result<String, NewError> {
    let name = slug::slugify(title);
    if name.is_empty() {
        return Err(NewError::NoAddress(title.to_owned()));
    }
    Ok(name)
}

fn known_course(content: &Content, course: &str) -> Result<(), NewError> {
    let index = format!("courses/{course}/_index.md");
    if content.page(&index).is_some() {
        return Ok(());
    }
    let courses = content.pages.iter();
    let courses = courses.filter(|page| page.kind == Some(Kind::Course));
    let names = courses.filter_map(|page| page.file.split('/').nth(1));
    let mut names: Vec<&str> = names.collect();
    names.dedup();
    Err(NewError::NoCourse(course.to_owned(), names.join(", ")))
}

/// Behind the last page of a section, with room before it for another.
fn next_weight(content: &Content, section: &str) -> i64 {
    let beside = content.pages.iter().filter(|page| {
        let name = page.file.strip_prefix(section);
        name.is_some_and(|name| name.starts_with('/') && !name.contains("_index"))
    });
    let weights = beside.filter_map(|page| page.front.as_ref()?.0.weight);
    weights.max().unwrap_or(0) + 10
}

/// An id that no page has, drafts included: the wished one, or that with a number behind it.
fn free_id(content: &Content, wished: &str) -> String {
    let taken = |id: &str| {
        content.pages.iter().any(|page| {
            let front = page.front.as_ref().map(|(_, front)| front);
            let thread = front.and_then(Front::thread).map(|id| id.value.as_str());
            let session = match front {
                Some(Front::Session(session)) => Some(session.id.value.as_str()),
                _ => None,
            };
            thread == Some(id) || session == Some(id)
        })
    };
    let numbered = (2..).map(|number| format!("{wished}-{number}"));
    let mut candidates = std::iter::once(wished.to_owned()).chain(numbered);
    candidates.find(|id| !taken(id)).unwrap_or_default()
}

const LESSON: &str = "\
Begin with the situation in which a learner needs this.

## Try it out

One thing to do before reading on.

## What to take along

The one sentence to remember.
";

const ARTICLE: &str = "\
Begin with the question that the article answers.

## What follows from it

What a reader can do with the answer.
";

const DIGEST: &str = "\
Begin with what somebody should know who reads nothing else. Quote by reference, with the shortcode `quote`: no
name and no text of a member belongs in this file.

## Worth knowing

## Still open
";

const SESSION: &str = "\
At the end, everybody has something that they did not have before: say what.

## Bring along

## What we do
";

const PROJECT: &str = "\
Begin with who needs what the group makes.

## What exists in the end

## How the group works

## How it is reviewed
";
