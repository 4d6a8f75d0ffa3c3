//! `sodium new`

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{ToSpan as _, Zoned};
use sodium_cli::content::Week;
use sodium_cli::new::{Wish, write};

use super::Outcome;

#[derive(Debug, Args)]
pub(super) struct NewArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A lesson, as the last of a course.
    Lesson {
        /// Its title; the address follows from it.
        title: String,
        /// The course: a folder in content/courses/.
        #[arg(long, value_name = "FOLDER")]
        course: String,
    },
    /// An article.
    Article {
        /// Its title; the address follows from it.
        title: String,
        /// Who writes it.
        #[arg(long = "author", value_name = "NAME", required = true)]
        authors: Vec<String>,
    },
    /// The digest of a week.
    Digest {
        /// The week, such as 2026-W46 [default: the last one that is over].
        week: Option<Week>,
    },
    /// A live session.
    Session {
        /// Its title; the address follows from it.
        title: String,
        /// When it begins, on the clocks of its time zone, such as 2027-03-04T18:00 [default: in four
        /// weeks at 18:00].
        #[arg(long, value_name = "TIME")]
        starts: Option<DateTime>,
        /// The time zone, such as Europe/Berlin [default: this machine's].
        #[arg(long, value_name = "ZONE")]
        zone: Option<String>,
        /// The course that it belongs to: a folder in content/courses/.
        #[arg(long, value_name = "FOLDER")]
        course: Option<String>,
    },
    /// A group project.
    Project {
        /// Its title; the address follows from it.
        title: String,
    },
}

pub(super) fn run(root: &Path, args: NewArgs) -> Outcome {
    let today = Zoned::now().date();
    let path = write(root, &wish(args.what, today), today)?;
    let path = path.strip_prefix(root).unwrap_or(&path);
    println!("{} is begun, as a draft.", path.display());
    println!(
        "Write it, say in one sentence what it is (`description`), and take out `draft = true`.\n\
         `make dev` shows it while you write; `make check` says what is wrong. See content/AUTHORING.md."
    );
    Ok(ExitCode::SUCCESS)
}

fn wish(what: What, today: Date) -> Wish {
    match what {
        What::Lesson { title, course } => Wish::Lesson { title, course },
        What::Article { title, authors } => Wish::Article { title, authors },
        What::Digest { week } => Wish::Digest {
            week: week.unwrap_or_else(|| Week::before(today)),
        },
        What::Session {
            title,
            starts,
            zone,
            course,
        } => Wish::Session {
            title,
            starts: starts.unwrap_or_else(|| (today + 4.weeks()).at(18, 0, 0, 0)),
            zone: zone.unwrap_or_else(own_zone),
            course,
        },
        What::Project { title } => Wish::Project { title },
    }
}

/// The name of this machine's time zone, or that of universal time.
fn own_zone() -> String {
    let own = TimeZone::system();
    own.iana_name().unwrap_or("Etc/UTC").to_owned()
}
