//! Branches of the repository, made with an index of their own: the working copy, and what is staged
//! in it, stay as they are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jiff::Timestamp;
use sodium_domain::id::ThreadId;
use sodium_domain::suggestion::{Patch, Revision};

/// Git does not do it. The message says why.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no such program.
    #[error("git cannot be started ({0}); install it, and try again")]
    Missing(std::io::Error),
    /// The project is in no repository.
    #[error("{0} is in no Git repository; the branches are made where the site's source is")]
    NoRepository(PathBuf),
    /// A command failed.
    #[error("git {0}: {1}")]
    Failed(String, String),
    /// The change does not fit the page, and the text that it was made for is in no commit.
    #[error(
        "{0} changed since in the same place, and no commit before HEAD has the page as its author saw it"
    )]
    Conflict(String),
    /// HEAD is on no branch, so nobody knows what a pull request is for.
    #[error("HEAD is on no branch; check out the branch that pull requests are for")]
    Detached,
    /// Files for Git cannot be written.
    #[error("a file for git cannot be written: {0}")]
    Io(#[from] std::io::Error),
}

/// What becomes a branch with one commit.
#[derive(Debug)]
pub struct Change {
    /// The branch.
    pub branch: String,
    /// The file, below the content folder.
    pub path: String,
    /// The thread of its page.
    pub thread: ThreadId,
    /// The text that it changes.
    pub base: Revision,
    /// How.
    pub patch: Patch,
    /// Name and address.
    pub author: (String, String),
    /// When it was made.
    pub made: Timestamp,
    /// The first line of the message.
    pub subject: String,
    /// The rest of it.
    pub body: String,
}

/// What became of a change.
#[derive(Debug, PartialEq, Eq)]
pub enum Branched {
    /// The branch is new.
    Made,
    /// The branch was there.
    There,
    /// The branch is new, and begins at this earlier commit.
    Since(String),
    /// The page says so already.
    Nothing,
}

/// The repository around a project.
#[derive(Debug)]
pub struct Repository {
    top: PathBuf,
    /// The way from there to the project, with a slash at its end; nothing where they are the same.
    prefix: String,
}

impl Change {
    /// The patch as Git takes it, for this file.
    pub fn patch_of(&self, path: &str) -> String {
        format!(
            "diff --git a/{path} b/{path}\nindex {}..{} 100644\n--- a/{path}\n+++ b/{path}\n{}",
            self.base.as_str(),
            "0".repeat(40),
            self.patch.as_str()
        )
    }
}

impl Repository {
    /// The repository in which a project lies.
    ///
    /// # Errors
    /// When there is none, or no Git.
    pub fn at(root: &Path) -> Result<Self, GitError> {
        let here = Self {
            top: root.to_owned(),
            prefix: String::new(),
        };
        let told = here.git(&["rev-parse", "--show-toplevel", "--show-prefix"])?;
        if !told.status.success() {
            return Err(GitError::NoRepository(root.to_owned()));
        }
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        let mut lines = told.lines();
        Ok(Self {
            top: PathBuf::from(lines.next().unwrap_or_default()),
            prefix: lines.next().unwrap_or_default().to_owned(),
        })
    }

    /// The file that a change is about: where it was, or where the page of its thread lies now.
    pub fn path_of(&self, change: &Change) -> String {
        let path = self.path_before(change);
        if self
            .says(&["cat-file", "-e", &format!("HEAD:{path}")])
            .is_ok()
        {
            return path;
        }
        let thread = format!("^thread = \"{}\"$", change.thread);
        let content = format!("{}content", self.prefix);
        let found = ["grep", "-l", "-e", &thread, "HEAD", "--", &content];
        let found = self.says(&found).unwrap_or_default();
        let moved = found
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("HEAD:"));
        moved.map_or(path, str::to_owned)
    }

    fn path_before(&self, change: &Change) -> String {
        format!("{}content/{}", self.prefix, change.path)
    }

    /// Makes the branch of a change.
    ///
    /// # Errors
    /// When it does not fit anywhere, or Git does not do it. Nothing is changed then.
    pub fn branch(&self, change: &Change) -> Result<Branched, GitError> {
        let reference = format!("refs/heads/{}", change.branch);
        if self
            .says(&["rev-parse", "--verify", "--quiet", &reference])
            .is_ok()
        {
            return Ok(Branched::There);
        }
        let head = self.says(&["rev-parse", "--verify", "HEAD^{commit}"])?;
        let path = self.path_of(change);
        if let Some(tree) = self.tree_with(&head, &path, change)? {
            if tree == self.says(&["rev-parse", "HEAD^{tree}"])? {
                return Ok(Branched::Nothing);
            }
            self.commit(&head, &tree, change)?;
            return Ok(Branched::Made);
        }
        let before = self.path_before(change);
        let since = self.last_with(&change.base, &before)?;
        let conflict = || GitError::Conflict(path.clone());
        let since = since.ok_or_else(conflict)?;
        let tree = self.tree_with(&since, &before, change)?;
        self.commit(&since, &tree.ok_or_else(conflict)?, change)?;
        let short = self.says(&["rev-parse", "--short", &since])?;
        Ok(Branched::Since(short))
    }

    /// The branch that HEAD is on.
    ///
    /// # Errors
    /// When it is on none.
    pub fn current_branch(&self) -> Result<String, GitError> {
        let branch = self.says(&["symbolic-ref", "--quiet", "--short", "HEAD"]);
        branch.map_err(|_| GitError::Detached)
    }

    /// The address of a remote as it is configured.
    ///
    /// # Errors
    /// When there is no such remote.
    pub fn address_of(&self, remote: &str) -> Result<String, GitError> {
        // Not what Git makes of it: which forge it is stands in what was configured.
        self.says(&["config", "--get", &format!("remote.{remote}.url")])
    }

    /// Pushes a branch.
    ///
    /// # Errors
    /// When Git does not do it.
    pub fn push(&self, remote: &str, branch: &str) -> Result<(), GitError> {
        let reference = format!("refs/heads/{branch}:refs/heads/{branch}");
        self.says(&["push", "--quiet", remote, &reference])?;
        Ok(())
    }

    /// The tree of a commit with the change in it; nothing where it does not fit. Git merges where the
    /// text that the change was made for is in the repository.
    fn tree_with(
        &self,
        commit: &str,
        path: &str,
        change: &Change,
    ) -> Result<Option<String>, GitError> {
        let folder = tempfile::tempdir()?;
        let patch = folder.path().join("patch");
        std::fs::write(&patch, change.patch_of(path))?;
        let index = folder.path().join("index");
        let with_index = |args: &[&OsStr]| {
            let mut command = self.command(args);
            command.env("GIT_INDEX_FILE", &index);
            output(command)
        };
        checked("read-tree", &with_index(&args(&["read-tree", commit]))?)?;
        let apply = ["apply", "--cached", "--3way", "--whitespace=nowarn"];
        let apply: Vec<&OsStr> = [&args(&apply)[..], &[patch.as_os_str()]].concat();
        if !with_index(&apply)?.status.success() {
            return Ok(None);
        }
        let tree = with_index(&args(&["write-tree"]))?;
        checked("write-tree", &tree).map(Some)
    }

    /// A commit of the tree, and the branch that is at it.
    fn commit(&self, parent: &str, tree: &str, change: &Change) -> Result<(), GitError> {
        let folder = tempfile::tempdir()?;
        let message = folder.path().join("message");
        std::fs::write(&message, format!("{}\n\n{}\n", change.subject, change.body))?;
        let start = args(&["commit-tree", tree, "-p", parent, "-F"]);
        let mut command = self.command(&[&start[..], &[message.as_os_str()]].concat());
        let (name, address) = &change.author;
        command
            .env("GIT_AUTHOR_NAME", name)
            .env("GIT_AUTHOR_EMAIL", address)
            .env(
                "GIT_AUTHOR_DATE",
                format!("{} +0000", change.made.as_second()),
            );
        let commit = checked("commit-tree", &output(command)?)?;
        self.says(&["branch", "--no-track", &change.branch, &commit])?;
        Ok(())
    }

    /// The newest commit before HEAD in which a file has this text.
    fn last_with(&self, base: &Revision, path: &str) -> Result<Option<String>, GitError> {
        let commits = self.says(&["log", "--format=%H", "HEAD", "--", path])?;
        let has = |commit: &&str| {
            let text = self.says(&[
                "rev-parse",
                "--verify",
                "--quiet",
                &format!("{commit}:{path}"),
            ]);
            text.is_ok_and(|text| text == base.as_str())
        };
        Ok(commits.lines().find(has).map(str::to_owned))
    }

    /// What a command says on success.
    fn says(&self, words: &[&str]) -> Result<String, GitError> {
        checked(words[0], &self.git(words)?)
    }

    fn git(&self, words: &[&str]) -> Result<Output, GitError> {
        output(self.command(&args(words)))
    }

    fn command(&self, args: &[&OsStr]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.top).args(args);
        // Those of a hook that calls this program would lead elsewhere.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        command
    }
}

fn args<'a>(words: &[&'a str]) -> Vec<&'a OsStr> {
    words.iter().map(|&word| OsStr::new(word)).collect()
}

fn output(mut command: Command) -> Result<Output, GitError> {
    command.output().map_err(GitError::Missing)
}

fn checked(name: &str, output: &Output) -> Result<String, GitError> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(GitError::Failed(name.to_owned(), said))
}
