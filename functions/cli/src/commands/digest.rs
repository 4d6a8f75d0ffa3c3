//! `sodium digest`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sodium_cli::cloud::{Elsewhere, Place};
use sodium_cli::content::Week;
use sodium_cli::progress::Told;
use sodium_cli::serve::default_data;
use sodium_cli::talk::{Origin, choose};
use sodium_cli::{borrowed, draft};

use super::{Outcome, runtime};

#[derive(Debug, Subcommand)]
pub(super) enum DigestCommand {
    /// Begin the digest of a week: a draft that points to what is worth a look, and says why. It
    /// holds no text, name or address of a member.
    Draft {
        #[command(flatten)]
        of: OfWeek,
        /// The file to make [default: content/digests/WEEK.md in the project].
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Find words and names of members in the digest of a week, which are to stay theirs.
    Check(OfWeek),
}

#[derive(Debug, Args)]
pub(super) struct OfWeek {
    /// The week, such as 2026-W47 [default: the last one that is over, in UTC].
    #[arg(long, value_name = "WEEK")]
    week: Option<Week>,
    /// The data folder [default: data/ in the project]; no server may be using it.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["stack", "from_table", "from_export"])]
    data: Option<PathBuf>,
    /// The stack in AWS, instead of a data folder.
    #[arg(long, value_name = "NAME", requires = "region", conflicts_with_all = ["from_table", "from_export"])]
    stack: Option<String>,
    /// A table in AWS, or where AWS_ENDPOINT_URL_DYNAMODB says. It is only read, and needs no keys.
    #[arg(
        long,
        value_name = "NAME",
        requires = "region",
        conflicts_with = "from_export"
    )]
    from_table: Option<String>,
    /// What `sodium export` wrote.
    #[arg(long, value_name = "FILE")]
    from_export: Option<PathBuf>,
    /// The region, such as eu-central-1.
    #[arg(long, value_name = "REGION", env = "AWS_REGION")]
    region: Option<String>,
    /// A folder with the programs aws and credentials, instead of the pinned ones.
    #[arg(long, value_name = "FOLDER", env = "SODIUM_TOOLS", hide = true)]
    tools: Option<PathBuf>,
}

impl OfWeek {
    fn week(&self) -> Week {
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        self.week.unwrap_or_else(|| Week::before(today))
    }

    fn origin(self, root: &Path) -> Origin {
        let root = root.to_owned();
        let region = self.region.unwrap_or_default();
        match (self.from_export, self.from_table, self.stack) {
            (Some(file), ..) => Origin::Export(file),
            (_, Some(table), _) => Origin::Table(Elsewhere {
                root,
                table,
                region,
                stack: None,
                keys: None,
            }),
            (_, _, Some(stack)) => Origin::Stack(Place {
                root,
                stack,
                region,
                tools: self.tools,
            }),
            _ => Origin::Data(self.data.unwrap_or_else(|| default_data(&root))),
        }
    }
}

pub(super) fn run(root: &Path, command: DigestCommand) -> Outcome {
    match command {
        DigestCommand::Draft { of, out } => run_draft(root, of, out),
        DigestCommand::Check(of) => run_check(root, of),
    }
}

fn run_draft(root: &Path, of: OfWeek, out: Option<PathBuf>) -> Outcome {
    let (week, from) = (of.week(), of.origin(root));
    let mut told = Told::new();
    let mut hears = |read: usize| told.hears(|| format!("{read} looked at"));
    let choice = runtime()?.block_on(choose(&from, week, &mut hears))?;
    drop(told);
    let Some(path) = draft::write(root, week, &choice, out)? else {
        println!(
            "Nothing in the week {week} speaks for a digest ({} comments); no draft was made.",
            choice.comments
        );
        return Ok(ExitCode::SUCCESS);
    };
    println!(
        "{}: {} discussions and {} open questions, of {} comments in the week {week}",
        path.strip_prefix(root).unwrap_or(&path).display(),
        choice.chosen.len(),
        choice.open.len(),
        choice.comments
    );
    println!(
        "It is a draft. Write it in your own words, take the notes out, then `draft = true`; see content/AUTHORING.md."
    );
    Ok(ExitCode::SUCCESS)
}

fn run_check(root: &Path, of: OfWeek) -> Outcome {
    let (week, from) = (of.week(), of.origin(root));
    let found = runtime()?.block_on(borrowed::find(root, &from, week))?;
    if found.is_empty() {
        println!("Nobody's words of the week {week} are in its digest.");
        return Ok(ExitCode::SUCCESS);
    }
    print!("{found}");
    Ok(ExitCode::FAILURE)
}
