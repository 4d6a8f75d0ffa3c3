//! `sodium import --from`: comments that were written in another program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use sodium_app::transfer::Wish;
use sodium_cli::import::{Brought, Foreign, Left, Note, Origin, Plan, bring, unmatched};
use sodium_cli::transfer::Where;

use super::Outcome;
use super::transfer::report;

/// Old and new addresses that are printed; the report has all.
const SHOWN: usize = 20;

/// What a file of another program needs to be said of it.
#[derive(Debug, Args)]
pub(super) struct ElsewhereArgs {
    /// The program in which the discussion was held until now.
    #[arg(
        long,
        value_enum,
        value_name = "PROGRAM",
        conflicts_with = "keep_existing"
    )]
    pub(super) from: Option<Origin>,
    /// With --from: which old page is which thread here, where neither the path nor an alias in the front
    /// matter says it. On each line an old address or path, a space, and the thread or the path of its page here.
    #[arg(long, value_name = "FILE", requires = "from")]
    map: Option<PathBuf>,
    /// With --from: where to write what became of each comment, as JSON Lines: its old address and the new
    /// one, or why it stays behind.
    #[arg(long, value_name = "FILE", requires = "from")]
    report: Option<PathBuf>,
    /// With --from: leave comments behind whose page has no thread here.
    #[arg(long, requires = "from")]
    skip_unmatched: bool,
}

impl ElsewhereArgs {
    pub(super) fn bring(
        &self,
        root: &Path,
        to: &Where,
        origin: Origin,
        file: &Path,
        dry_run: bool,
    ) -> Outcome {
        let brought = bring(
            to,
            &Foreign {
                origin,
                file,
                content: Some(root.join("content")),
                map: self.map.as_deref(),
                report: self.report.as_deref(),
                skip_unmatched: self.skip_unmatched,
                dry_run,
            },
        )?;
        say_what_happens(&brought);
        self.say_what_is_unmatched(&brought.plan);
        say_where(&brought);
        let wish = Wish {
            dry_run,
            ..Wish::default()
        };
        report(&brought.imported, wish);
        Ok(ExitCode::SUCCESS)
    }

    fn say_what_is_unmatched(&self, plan: &Plan) {
        if plan.unmatched.is_empty() {
            return;
        }
        println!("{}", unmatched(plan));
        if !self.skip_unmatched {
            println!(
                "The import will refuse this. Say with --map FILE which thread these pages have here, or leave \
                 their comments behind with --skip-unmatched."
            );
        }
    }
}

fn say_what_happens(brought: &Brought) {
    let plan = &brought.plan;
    println!("comments that come along: {}", plan.comments.len());
    let mut notes: BTreeMap<Note, u64> = BTreeMap::new();
    for note in plan.comments.iter().flat_map(|planned| &planned.notes) {
        *notes.entry(*note).or_default() += 1;
    }
    for (note, count) in notes {
        println!("  {count} of these: {}", note.words());
    }
    let mut left: BTreeMap<Left, u64> = BTreeMap::new();
    for (_, reason) in &plan.left {
        *left.entry(*reason).or_default() += 1;
    }
    println!("comments that stay behind: {}", plan.left.len());
    for (reason, count) in left {
        println!("  {count} {}", reason.words());
    }
}

/// The first old addresses with the new ones.
fn say_where(brought: &Brought) {
    let comments = brought.plan.comments.iter().zip(&brought.addresses);
    let mut moved = comments.filter_map(|(planned, new)| Some((&planned.old, new.as_ref()?)));
    for (old, new) in moved.by_ref().take(SHOWN) {
        println!("  {old:?} → {new}");
    }
    let more = moved.count();
    if more > 0 {
        println!("  and {more} more; --report FILE has all");
    }
}
