//! The draft of a digest: what of a week is worth a look, and why. It says which comments it means and
//! nothing of what they say: no text, name or address of a member comes into the file, nor the title of
//! a topic that a member began. Whoever writes the digest reads the comments where they stand.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sodium_app::site::{comment_address, thread_address};
use sodium_domain::digest::{
    ACCEPTED, CORRECTION, Choice, Chosen, MARK, MARKS_MOST, Open, PEOPLE_MOST, PERSON, Signals,
};
use sodium_domain::id::ThreadId;
use sodium_domain::week::Week;

use crate::content::Content;
use crate::new::{self, NewError};

/// How a note to the curator begins. `sodium check` asks for each to be gone before publication.
pub(crate) const NOTE: &str = "> **For the curator:**";

/// Writes the draft of a week into its place in the project at `root`, or into another file that is not
/// there yet, and says into which. Nothing, where nothing speaks for anything.
///
/// # Errors
/// When the content cannot be read, or the file is there or cannot be written.
pub fn write(
    root: &Path,
    week: Week,
    choice: &Choice,
    out: Option<PathBuf>,
) -> Result<Option<PathBuf>, NewError> {
    if choice.chosen.is_empty() && choice.open.is_empty() {
        return Ok(None);
    }
    let content = new::content_of(root)?;
    let (file, head) = new::digest(&content, week);
    let path = out.unwrap_or_else(|| root.join("content").join(file));
    let body = Draft { content: &content }.body(week, choice);
    new::put(&path, &head, &body)?;
    Ok(Some(path))
}

struct Draft<'a> {
    content: &'a Content,
}

impl Draft<'_> {
    fn body(&self, week: Week, choice: &Choice) -> String {
        let mut text = String::new();
        let notes = [introduction(week, choice), how_it_was_chosen()];
        let _ = write!(text, "{}", notes.concat());
        for chosen in &choice.chosen {
            self.discussion(&mut text, chosen);
        }
        if !choice.open.is_empty() {
            let _ = write!(
                text,
                "\n## Still open\n\n{NOTE} nobody else replied to these within the week. Look whether somebody did \
                 since, and say in your own words what is asked.\n\n"
            );
            for open in &choice.open {
                self.question(&mut text, open);
            }
        }
        text
    }

    fn discussion(&self, text: &mut String, chosen: &Chosen) {
        let (title, page) = self.place(&chosen.thread);
        let _ = write!(text, "\n## {title}\n\n{NOTE} {}", counted(chosen.signals));
        if chosen.unquotable > 0 {
            let _ = write!(
                text,
                " Left out, because their authors want not to be quoted: {}.",
                chosen.unquotable
            );
        }
        text.push_str(
            " Say in your own words what it was about, so that it makes sense without a quote.\n",
        );
        for quote in &chosen.quotes {
            let _ = write!(
                text,
                "\n{NOTE} this quote has {}\n\n{{{{ quote(thread=\"{}\", comment=\"{}\") }}}}\n",
                counted(quote.signals),
                chosen.thread,
                quote.comment
            );
        }
        let _ = write!(
            text,
            "\nRead on in [the discussion]({})",
            thread_address(&chosen.thread)
        );
        if let Some(page) = page {
            let _ = write!(text, " below [{title}]({page})");
        }
        text.push_str(".\n");
    }

    fn question(&self, text: &mut String, open: &Open) {
        let (title, page) = self.place(&open.thread);
        let address = comment_address(&open.thread, open.question.number, open.question.comment);
        let _ = match page {
            Some(page) => writeln!(text, "- [A question]({address}) below [{title}]({page})"),
            None => writeln!(text, "- [A question in the forum]({address})"),
        };
        if open.question.signals.marks > 0 {
            let _ = writeln!(
                text,
                "  ({} marked it)",
                members(open.question.signals.marks)
            );
        }
    }

    /// What a discussion stands below: the title that its authors gave the page, with the page. What a
    /// member began has a title of theirs, so it is called what it is.
    fn place(&self, thread: &ThreadId) -> (String, Option<String>) {
        let threads = self.content.threads();
        match threads.into_iter().find(|known| known.id == *thread) {
            Some(known) => (plain(&known.title), Some(format!("@/{}", known.file))),
            None => ("A topic in the forum".to_owned(), None),
        }
    }
}

fn introduction(week: Week, choice: &Choice) -> String {
    format!(
        "{NOTE} chosen from {} comments in {} discussions, written from {} until before {} (UTC). Begin with what \
         somebody should know who reads nothing else, and write all of it in your own words. Take out what you don't \
         want, then each note like this one: `sodium check` asks for that once `draft = true` is gone.\n\n",
        choice.comments,
        choice.threads,
        week.begins(),
        week.follows(),
    )
}

fn how_it_was_chosen() -> String {
    format!(
        "{NOTE} an accepted answer counts {ACCEPTED}, a correction that was made {CORRECTION}, each member who replied to others \
         {PERSON} (up to {PEOPLE_MOST} members), each mark “helpful” {MARK} (up to {MARKS_MOST} for a comment).\n"
    )
}

/// What speaks for something, in words: `12 points: 1 accepted answer (5), …`
fn counted(signals: Signals) -> String {
    let people = signals.people.min(PEOPLE_MOST);
    let parts = [
        (
            signals.accepted,
            ACCEPTED,
            "accepted answer",
            "accepted answers",
        ),
        (
            signals.corrections,
            CORRECTION,
            "correction that was made",
            "corrections that were made",
        ),
        (
            people,
            PERSON,
            "member who replied to others",
            "members who replied to others",
        ),
        (signals.marks, MARK, "mark “helpful”", "marks “helpful”"),
    ];
    let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, each, one, many)| {
            format!("{} ({})", numbered(count, one, many), count * each)
        })
        .collect();
    let points = numbered(signals.points(), "point", "points");
    format!("{points}: {}.", parts.join(", "))
}

fn members(count: u32) -> String {
    numbered(count, "member", "members")
}

fn numbered(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// A title as Markdown that says the same.
fn plain(title: &str) -> String {
    let mut text = String::with_capacity(title.len());
    for c in title.chars() {
        if "\\`*_[]<>#{}~|".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}
