//! The tools that work in the cloud: Amazon's command line and cargo-lambda, pinned in
//! `.ci/python-tools-deploy.txt` and installed below `target/` at first use.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use sodium_app::aws::Access;

/// Where the functions' build looks for the commit that `health` tells.
const COMMIT: &str = "SODIUM_COMMIT";

/// Something in the cloud, or on the way there, did not work. The message says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CloudError(pub(super) String);

impl CloudError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// Which community, and where.
#[derive(Debug, Clone)]
pub struct Place {
    /// The project.
    pub root: PathBuf,
    /// The stack's name.
    pub stack: String,
    /// The region.
    pub region: String,
    /// A folder with the tools, instead of the pinned ones.
    pub tools: Option<PathBuf>,
}

impl Place {
    /// Checks that the names are names.
    ///
    /// # Errors
    /// When they are not.
    pub fn check(&self) -> Result<(), CloudError> {
        let is_name = self.stack.starts_with(|c: char| c.is_ascii_alphabetic())
            && self.stack.len() <= 32
            && self
                .stack
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !is_name {
            return Err(CloudError::new(format!(
                "‘{}’ is not a name for a stack: letters, digits and hyphens, a letter first, 32 at most",
                self.stack
            )));
        }
        let is_region = self.region.split('-').count() >= 3;
        if !is_region {
            return Err(CloudError::new(format!(
                "‘{}’ is not a region; they look like eu-central-1",
                self.region
            )));
        }
        Ok(())
    }

    /// The parameter with the community's keys.
    pub(super) fn keys_parameter(&self) -> String {
        format!("/sodium/{}/keys", self.stack)
    }

    /// Where this place's packages and requests lie on this machine.
    pub(super) fn folder(&self) -> Result<PathBuf, CloudError> {
        let folder = self.root.join("target/deploy").join(&self.stack);
        std::fs::create_dir_all(&folder)
            .map_err(|error| CloudError::new(format!("{}: {error}", folder.display())))?;
        Ok(folder)
    }

    fn command(&self, tool: &str) -> Command {
        let mut command = if let Some(tools) = &self.tools {
            Command::new(tools.join(tool))
        } else {
            let mut command = Command::new(self.root.join(".ci/python-tool"));
            command.args(["--set", "deploy"]);
            match tool {
                "credentials" => command.args(["python", "infra/credentials.py"]),
                tool => command.arg(tool),
            };
            command
        };
        command.current_dir(&self.root).stdin(Stdio::null());
        command
    }

    /// Asks Amazon's command line and reads its answer.
    pub(super) fn aws(&self, arguments: &[&str]) -> Result<Value, CloudError> {
        let text = self.aws_text(arguments)?;
        if text.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|error| {
            CloudError::new(format!(
                "aws {}: not JSON: {error}",
                arguments[..2].join(" ")
            ))
        })
    }

    /// Asks Amazon's command line for something that may not be there.
    pub(super) fn aws_if_there(
        &self,
        arguments: &[&str],
        missing: &[&str],
    ) -> Result<Option<Value>, CloudError> {
        match self.aws(arguments) {
            Ok(found) => Ok(Some(found)),
            Err(error) if missing.iter().any(|code| error.0.contains(code)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A parameter of the parameter store, decrypted; nothing if there is none.
    pub(super) fn secret(&self, name: &str) -> Result<Option<String>, CloudError> {
        let asked = ["ssm", "get-parameter", "--with-decryption", "--name", name];
        let found = self.aws_if_there(&asked, &["ParameterNotFound"])?;
        Ok(found.map(|found| {
            let value = found["Parameter"]["Value"].as_str();
            value.unwrap_or_default().to_owned()
        }))
    }

    /// Asks Amazon's command line for something that it answers in words.
    pub(super) fn aws_plain(&self, arguments: &[&str]) -> Result<(), CloudError> {
        self.aws_text(arguments).map(drop)
    }

    fn aws_text(&self, arguments: &[&str]) -> Result<String, CloudError> {
        let mut command = self.command("aws");
        command.args(arguments).args(["--region", &self.region]);
        command.args(["--output", "json"]).env("AWS_PAGER", "");
        let output = command.output().map_err(|error| {
            CloudError::new(format!("Amazon's command line cannot be started: {error}"))
        })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(CloudError::new(explain(
            &arguments[..2.min(arguments.len())].join(" "),
            &said,
        )))
    }

    /// Hands Amazon's command line a request that may hold secrets: in a file that only its owner
    /// reads, because arguments can be seen by everybody on the machine.
    pub(super) fn aws_with(&self, command: &[&str], request: &Value) -> Result<Value, CloudError> {
        let failed = |error: std::io::Error| CloudError::new(format!("a request: {error}"));
        // `tempfile` makes files that only their owner reads.
        let mut file = tempfile::NamedTempFile::new_in(self.folder()?).map_err(failed)?;
        file.write_all(request.to_string().as_bytes())
            .map_err(failed)?;
        let input = format!("file://{}", file.path().display());
        self.aws(&[command, &["--cli-input-json", &input]].concat())
    }

    /// Runs cargo-lambda, with its progress on this terminal.
    pub(super) fn cargo_lambda(&self, arguments: &[&str]) -> Result<(), CloudError> {
        let mut command = self.command("cargo-lambda");
        command.args(arguments);
        if std::env::var_os(COMMIT).is_none()
            && let Some(commit) = self.commit()
        {
            command.env(COMMIT, commit);
        }
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(CloudError::new(
                "the functions could not be built; for another processor than this machine's Rust needs \
                 `rustup target add aarch64-unknown-linux-gnu`, or choose --architecture x86_64",
            )),
            Err(error) => Err(CloudError::new(format!(
                "cargo-lambda cannot be started: {error}"
            ))),
        }
    }

    /// The last commit that changed what the functions are made of: so a commit to anything else makes no
    /// other program. Nothing where this is no checkout, or Git is not there.
    fn commit(&self) -> Option<String> {
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            git.arg("-C").arg(&self.root).args(arguments);
            let output = git.args(["--", "functions", "site", "Cargo.lock"]).output();
            let output = output.ok().filter(|output| output.status.success())?;
            Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let commit = git(&["log", "-1", "--format=%h"]).filter(|commit| !commit.is_empty())?;
        let unchanged = git(&["status", "--porcelain"])?.is_empty();
        Some(if unchanged {
            commit
        } else {
            format!("{commit}-changed")
        })
    }

    /// The credentials that the command line would use.
    pub(super) fn access(&self) -> Result<Access, CloudError> {
        let output = self.command("credentials").output();
        let output = output.map_err(|error| CloudError::new(format!("credentials: {error}")))?;
        let found: Value = serde_json::from_slice(&output.stdout).map_err(|_| no_credentials())?;
        let text = |name: &str| found[name].as_str().map(str::to_owned);
        let (Some(key_id), Some(secret_key)) = (text("key_id"), text("secret_key")) else {
            return Err(no_credentials());
        };
        Ok(Access {
            region: self.region.clone(),
            key_id,
            secret_key,
            session_token: text("session_token"),
        })
    }
}

fn no_credentials() -> CloudError {
    CloudError::new(
        "there are no AWS credentials; run `aws configure`, or set AWS_PROFILE to one that is configured",
    )
}

/// What the command line said, with the cure where there is one.
fn explain(what: &str, said: &str) -> String {
    if said.contains("Unable to locate credentials") || said.contains("NoCredentials") {
        return no_credentials().0;
    }
    if said.contains("ExpiredToken") {
        return "the AWS credentials have expired; sign in again".to_owned();
    }
    let said = said.trim();
    if said.contains("AccessDenied") || said.contains("UnauthorizedOperation") {
        return format!("aws {what}: your account may not do this; ask for the permission. {said}");
    }
    format!("aws {what}: {said}")
}

/// A file below the project as the tools take it.
pub(super) fn path_text(path: &Path) -> Result<&str, CloudError> {
    path.to_str()
        .ok_or_else(|| CloudError::new("the project's path is no text that tools understand"))
}
