//! Suggested edits, for whoever has the repository: what waits, and what moderators took as branches,
//! on this machine's data folder or on the table of a stack.

pub mod git;
pub mod github;

use std::path::Path;

use jiff::Timestamp;
use sodium_app::store::{Store, StoreError};
use sodium_domain::suggestion::{Credit, State, Suggestion};

use crate::cloud::{self, CloudError, Place};
use crate::data::{DataError, DataFolder};
use crate::engine::{Engine, EngineError, TABLE};
use git::{Branched, Change, GitError, Repository};
use github::{GitHub, GitHubError, Opened, PullRequest};

/// What is wanted.
#[derive(Debug)]
pub enum Wish {
    /// Say what there is.
    List,
    /// Show the change of one, as a patch.
    Show(String),
    /// Make branches.
    Pull(Pull),
}

/// Which suggestions become branches, and what happens to the branches.
#[derive(Debug)]
pub struct Pull {
    /// The ends of their identifiers; all that were taken, where none is named.
    pub ids: Vec<String>,
    /// Where the branches go.
    pub to: To,
}

/// Where branches go.
#[derive(Debug)]
pub enum To {
    /// They stay here.
    Here,
    /// They are pushed to this remote.
    Remote(String),
    /// They are pushed to this remote, and become pull requests there.
    PullRequests(String, GitHub),
}

/// What was done, a line for each.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The lines.
    pub lines: Vec<String>,
    /// Whether something could not be done.
    pub failed: bool,
}

/// A wish cannot be done. The message says why.
#[derive(Debug, thiserror::Error)]
pub enum SuggestionError {
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The cloud.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// Git.
    #[error(transparent)]
    Git(#[from] GitError),
    /// GitHub.
    #[error(transparent)]
    GitHub(#[from] GitHubError),
    /// None is called so, or more than one.
    #[error("there is no one suggestion ‘{0}’; `sodium suggestions list` names all of them")]
    Nothing(String),
}

/// Does it for a data folder that no server is using.
///
/// # Errors
/// When it cannot be done.
pub async fn in_folder(root: &Path, data: &Path, wish: &Wish) -> Result<Told, SuggestionError> {
    let data = DataFolder::take(data)?;
    let engine = Engine::open(&data.table())?;
    let store = Store::new(engine.client(), TABLE);
    fulfil(&store, root, wish, Timestamp::now()).await
}

/// Does it for the table of a stack.
///
/// # Errors
/// When it cannot be done.
pub async fn in_cloud(place: &Place, wish: &Wish) -> Result<Told, SuggestionError> {
    let (store, _) = cloud::table(place)?;
    fulfil(&store, &place.root, wish, Timestamp::now()).await
}

/// Does it with the repository around `root`.
///
/// # Errors
/// When it cannot be done.
pub async fn fulfil(
    store: &Store,
    root: &Path,
    wish: &Wish,
    now: Timestamp,
) -> Result<Told, SuggestionError> {
    let all = store.suggestions(now).await?;
    match wish {
        Wish::List => Ok(list(&all)),
        Wish::Show(id) => {
            let suggestion = named(&all, id)?;
            let change = change(store, suggestion).await?;
            let path = Repository::at(root)?.path_of(&change);
            let lines = change.patch_of(&path).lines().map(str::to_owned).collect();
            Ok(Told {
                lines,
                failed: false,
            })
        }
        Wish::Pull(pull) => {
            let repository = Repository::at(root)?;
            let mut told = Told::default();
            for suggestion in wanted(&all, pull)? {
                pull_one(store, &repository, suggestion, &pull.to, now, &mut told).await?;
            }
            if told.lines.is_empty() {
                let nothing = "no suggestion was taken that is not a branch yet";
                told.lines.push(nothing.to_owned());
            }
            Ok(told)
        }
    }
}

fn list(all: &[Suggestion]) -> Told {
    let line = |suggestion: &Suggestion| {
        let day = suggestion.made.strftime("%Y-%m-%d");
        let why = suggestion.why.as_ref().map_or("", |why| why.as_str());
        format!(
            "{}\t{}\t{day}\t{}\t{why}",
            suggestion.short(),
            suggestion.state.word(),
            suggestion.path
        )
    };
    let mut lines: Vec<String> = all.iter().map(line).collect();
    if lines.is_empty() {
        lines.push("there are no suggestions".to_owned());
    }
    Told {
        lines,
        failed: false,
    }
}

/// The one suggestion whose identifier ends so.
fn named<'a>(all: &'a [Suggestion], end: &str) -> Result<&'a Suggestion, SuggestionError> {
    let mut found = all.iter().filter(|s| s.id.to_string().ends_with(end));
    match (found.next(), found.next()) {
        (Some(one), None) if !end.is_empty() => Ok(one),
        _ => Err(SuggestionError::Nothing(end.to_owned())),
    }
}

fn wanted<'a>(all: &'a [Suggestion], pull: &Pull) -> Result<Vec<&'a Suggestion>, SuggestionError> {
    if pull.ids.is_empty() {
        return Ok(all.iter().filter(|s| s.state == State::Taken).collect());
    }
    pull.ids.iter().map(|id| named(all, id)).collect()
}

async fn pull_one(
    store: &Store,
    repository: &Repository,
    suggestion: &Suggestion,
    to: &To,
    now: Timestamp,
    told: &mut Told,
) -> Result<(), SuggestionError> {
    let short = suggestion.short();
    let mut fails = |line: String| {
        told.lines.push(line);
        told.failed = true;
    };
    match suggestion.state {
        State::Taken | State::Pulled => {}
        State::Waiting => {
            fails(format!(
                "{short}: waits for a moderator, at /api/moderation"
            ));
            return Ok(());
        }
        State::Declined(_) => {
            fails(format!("{short}: a moderator did not take it"));
            return Ok(());
        }
    }
    let change = change(store, suggestion).await?;
    let branch = &change.branch;
    let is_branch = match repository.branch(&change) {
        Ok(Branched::Made) => {
            told.lines.push(format!("{branch}: made"));
            true
        }
        Ok(Branched::There) => {
            told.lines
                .push(format!("{branch}: exists already, and stays as it is"));
            true
        }
        Ok(Branched::Since(commit)) => {
            told.lines.push(format!(
                "{branch}: made from {commit}, where the page was as its author saw it, because the page \
                 changed since in the same place; `git merge {branch}` shows where"
            ));
            true
        }
        Ok(Branched::Nothing) => {
            told.lines
                .push(format!("{short}: the page says so already; no branch"));
            false
        }
        Err(error @ GitError::Conflict(_)) => {
            fails(format!(
                "{short}: {error}; nothing was changed. `sodium suggestions show {short}` prints the change"
            ));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    if suggestion.state == State::Taken {
        store.suggestion_is_pulled(suggestion, now).await?;
    }
    match to {
        To::Remote(remote) | To::PullRequests(remote, _) if is_branch => {
            repository.push(remote, branch)?;
            told.lines.push(format!("{branch}: pushed to {remote}"));
        }
        _ => {}
    }
    if let (To::PullRequests(_, github), true) = (to, is_branch) {
        let opened = github.open(&pull_request(&change, repository)?).await?;
        told.lines.push(match opened {
            Opened::New(url) => format!("{branch}: {url}"),
            Opened::There => format!("{branch}: has a pull request already"),
        });
    }
    Ok(())
}

fn pull_request(change: &Change, repository: &Repository) -> Result<PullRequest, GitError> {
    Ok(PullRequest {
        title: change.subject.clone(),
        body: change.body.clone(),
        head: change.branch.clone(),
        base: repository.current_branch()?,
    })
}

/// What Git gets: of the member nothing but the name, and that only as they wish.
async fn change(store: &Store, suggestion: &Suggestion) -> Result<Change, StoreError> {
    let name = match suggestion.credit {
        Credit::Named => store.profile(suggestion.author).await?,
        Credit::Nameless => None,
    };
    let name = name.and_then(|profile| profile.name);
    let author = match name {
        Some(name) => (
            name.as_str().to_owned(),
            format!("{}@members.invalid", suggestion.author),
        ),
        None => ("A member".into(), "a-member@members.invalid".into()),
    };
    let why = suggestion.why.as_ref().map(|why| quoted(why.as_str()));
    let trailer = format!("Suggestion: {}", suggestion.id);
    Ok(Change {
        branch: format!("suggestion/{}", suggestion.short()),
        path: suggestion.path.clone(),
        thread: suggestion.thread.clone(),
        base: suggestion.base.clone(),
        patch: suggestion.patch.clone(),
        author,
        made: suggestion.made,
        subject: format!("content: take a suggested edit of {}", suggestion.path),
        body: why
            .into_iter()
            .chain([trailer])
            .collect::<Vec<_>>()
            .join("\n\n"),
    })
}

/// One line that is somebody's words: no trailer, and nothing that a forge would act on, as a name to
/// call or an issue to close.
fn quoted(why: &str) -> String {
    let mut line = String::from("> ");
    for letter in why.chars() {
        line.push(letter);
        if matches!(letter, '@' | '#') {
            line.push(' ');
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_somebody_typed_calls_nobody_and_closes_nothing() {
        assert_eq!(
            quoted("Fixes #12, thanks @octocat"),
            "> Fixes # 12, thanks @ octocat"
        );
    }
}
