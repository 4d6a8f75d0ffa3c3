//! `sodium export`, `sodium import` and `sodium replay-deletions`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use sodium_app::transfer::{Imported, Wish};
use sodium_cli::cloud::Elsewhere;
use sodium_cli::serve::default_data;
use sodium_cli::transfer::{self, Where, listed};

use super::Outcome;
use super::elsewhere::ElsewhereArgs;

/// Where the community is.
#[derive(Debug, Args)]
pub(super) struct WhereArgs {
    /// The data folder [default: data/ in the project].
    #[arg(long, value_name = "FOLDER", conflicts_with = "table")]
    data: Option<PathBuf>,
    /// A table in AWS, or where AWS_ENDPOINT_URL_DYNAMODB says, instead of a data folder.
    #[arg(long, value_name = "NAME", requires = "region")]
    table: Option<String>,
    /// The table's region, such as eu-central-1.
    #[arg(long, value_name = "REGION", env = "AWS_REGION")]
    region: Option<String>,
    /// The stack with whose keys the table was written.
    #[arg(long, value_name = "NAME", env = "STACK")]
    stack: Option<String>,
    /// The community's keys, instead of those of a stack.
    #[arg(
        long,
        value_name = "KEYS",
        env = "SODIUM_KEYS",
        hide = true,
        hide_env_values = true
    )]
    keys: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    place: WhereArgs,
    /// The file to make. It holds people's addresses; only you can read it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    place: WhereArgs,
    /// What `sodium export` wrote, or with --from the file of another program.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    elsewhere: ElsewhereArgs,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Leave what is in the table as it is where the file has something else.
    #[arg(long)]
    keep_existing: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// The restored table.
    #[command(flatten)]
    place: WhereArgs,
    /// The data folder that the restored one replaces.
    #[arg(long, value_name = "FOLDER", required_unless_present = "from_table")]
    from_data: Option<PathBuf>,
    /// The table that the restored one replaces, in the same region.
    #[arg(
        long,
        value_name = "NAME",
        requires = "table",
        conflicts_with = "from_data"
    )]
    from_table: Option<String>,
}

impl WhereArgs {
    pub(super) fn place(self, root: &Path) -> Where {
        match (self.table, self.region) {
            (Some(table), Some(region)) => Where::Table(Elsewhere {
                root: root.to_owned(),
                table,
                region,
                stack: self.stack,
                keys: self.keys,
            }),
            _ => Where::Data(self.data.unwrap_or_else(|| default_data(root))),
        }
    }
}

pub(super) fn export(root: &Path, args: ExportArgs) -> Outcome {
    let exported = transfer::export(&args.place.place(root), &args.file)?;
    println!("{}: {}", args.file.display(), listed(&exported.items));
    if !exported.left.is_empty() {
        println!(
            "not in it, as functions/EXPORT.md says why: {}",
            listed(&exported.left)
        );
    }
    println!(
        "It holds addresses. Keep it as you keep the table, and delete it when it has done its work."
    );
    Ok(ExitCode::SUCCESS)
}

pub(super) fn replay(root: &Path, args: ReplayArgs) -> Outcome {
    let to = args.place.place(root);
    let from = match (args.from_data, args.from_table, &to) {
        (_, Some(table), Where::Table(restored)) => Where::Table(Elsewhere {
            table,
            ..restored.clone()
        }),
        (Some(folder), ..) => Where::Data(folder),
        _ => {
            return Err(
                "name the table that the restored one replaces: --from-data or --from-table".into(),
            );
        }
    };
    let replayed = transfer::replay_deletions(&from, &to)?;
    println!(
        "{} deletions are remembered; again gone are {} comments, {} suggested edits, {} members and {} places on the waitlist",
        replayed.remembered,
        replayed.comments,
        replayed.suggestions,
        replayed.members,
        replayed.places
    );
    println!("Pages follow when the relay works: serve, publish or deploy on the restored table.");
    Ok(ExitCode::SUCCESS)
}

pub(super) fn import(root: &Path, args: ImportArgs) -> Outcome {
    if let Some(origin) = args.elsewhere.from {
        let place = args.place.place(root);
        return args
            .elsewhere
            .bring(root, &place, origin, &args.file, args.dry_run);
    }
    let wish = Wish {
        dry_run: args.dry_run,
        keep_existing: args.keep_existing,
    };
    let imported = transfer::import(&args.place.place(root), &args.file, wish)?;
    report(&imported, wish);
    Ok(ExitCode::SUCCESS)
}

pub(super) fn report(imported: &Imported, wish: Wish) {
    let (written, verb) = (
        imported.written(),
        if wish.dry_run {
            "would be written"
        } else {
            "written"
        },
    );
    println!(
        "{written} items {verb}; {} are there already",
        imported.same
    );
    for (what, counts) in [
        ("new", &imported.new),
        (
            "left out, because only a hash under other keys is known of the address",
            &imported.lost,
        ),
        (
            "of members who left while the export was made",
            &imported.orphans,
        ),
    ] {
        if !counts.is_empty() {
            println!("  {what}: {}", listed(counts));
        }
    }
    if imported.different > 0 {
        println!(
            "  different in the table, and kept: {} ({})",
            imported.different,
            imported.examples.join("; ")
        );
    }
    if wish.dry_run {
        println!("Nothing was changed.");
    } else if written > 0 {
        println!("Now publish the site: its pages show what came along.");
    }
}
