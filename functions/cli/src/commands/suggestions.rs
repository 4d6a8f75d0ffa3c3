//! `sodium suggestions`.

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use sodium_cli::suggestions::git::Repository;
use sodium_cli::suggestions::github::GitHub;
use sodium_cli::suggestions::{self, Pull, To, Wish};

use super::{Chosen, Outcome, TableArgs, runtime};

#[derive(Debug, Subcommand)]
pub(super) enum SuggestionsCommand {
    /// Say which suggestions there are: what waits, what moderators took, what became a branch.
    List(TableArgs),
    /// Show the change of one, as a patch that `git apply` takes.
    Show {
        /// Its id, or the end of it.
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        table: TableArgs,
    },
    /// Make a branch of each suggestion that a moderator took. Doing it twice changes nothing.
    Pull(PullArgs),
}

#[derive(Debug, Args)]
pub(super) struct PullArgs {
    /// Their ids, or the ends of them [default: all that were taken].
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    #[command(flatten)]
    table: TableArgs,
    /// Push the branches.
    #[arg(long)]
    push: bool,
    /// Push the branches, and open a pull request for each at GitHub. Needs a token.
    #[arg(long)]
    pull_request: bool,
    /// Where to push.
    #[arg(long, value_name = "NAME", default_value = "origin")]
    remote: String,
    /// A token that may open pull requests.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "GITHUB_TOKEN",
        hide = true,
        hide_env_values = true
    )]
    token: Option<String>,
    /// The address of GitHub's API.
    #[arg(
        long,
        value_name = "URL",
        env = "GITHUB_API_URL",
        default_value = "https://api.github.com",
        hide = true
    )]
    api: String,
}

impl PullArgs {
    fn to(&self, root: &Path) -> Result<To, Box<dyn std::error::Error>> {
        if !self.pull_request {
            let remote = self.remote.clone();
            return Ok(if self.push {
                To::Remote(remote)
            } else {
                To::Here
            });
        }
        let missing = "put a token that may open pull requests into GITHUB_TOKEN, or use --push";
        let token = self.token.as_deref().ok_or(missing)?;
        let address = Repository::at(root)?.address_of(&self.remote)?;
        let github = GitHub::behind(&self.remote, &address, &self.api, token)?;
        Ok(To::PullRequests(self.remote.clone(), github))
    }
}

pub(super) fn run(root: &Path, command: SuggestionsCommand) -> Outcome {
    let (wish, table) = match command {
        SuggestionsCommand::List(table) => (Wish::List, table),
        SuggestionsCommand::Show { id, table } => (Wish::Show(id), table),
        SuggestionsCommand::Pull(args) => {
            let to = args.to(root)?;
            (Wish::Pull(Pull { ids: args.ids, to }), args.table)
        }
    };
    let told = runtime()?.block_on(async {
        match table.chosen(root) {
            Chosen::Stack(place) => suggestions::in_cloud(&place, &wish).await,
            Chosen::Folder(data) => suggestions::in_folder(root, &data, &wish).await,
        }
    })?;
    for line in told.lines {
        println!("{line}");
    }
    Ok(match told.failed {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}
