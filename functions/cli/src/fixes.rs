//! Which commits say that they follow a reader's correction: the trailers `Fixes-comment:` in the history
//! of the project.

use std::path::Path;
use std::process::{Command, Stdio};

use sodium_app::site::fixes::{FixesError, Noted};
use sodium_app::state::App;
use sodium_domain::correction::{Fix, Fixed, TRAILER};

/// What the history says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct History {
    /// The fixes, oldest first.
    pub fixes: Vec<Fix>,
    /// Trailers that name no comment, with the commits that have them, in words for their author.
    pub unclear: Vec<String>,
}

/// Between the fields of a commit, the trailers of one, and commits.
const FIELD: char = '\u{1f}';
const TRAILERS: char = '\u{1e}';
const COMMIT: char = '\u{1d}';

/// Reads the history of the project. A folder that is no Git repository, or a machine without Git, has none.
pub fn read(root: &Path) -> History {
    let format =
        format!("%H{FIELD}%cI{FIELD}%(trailers:key={TRAILER},valueonly,separator=%x1e){COMMIT}");
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["log", "--reverse", "--regexp-ignore-case"])
        .arg(format!("--grep=^{TRAILER}:"))
        .arg(format!("--format={format}"))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    match output {
        Ok(output) if output.status.success() => parse(&String::from_utf8_lossy(&output.stdout)),
        _ => History::default(),
    }
}

fn parse(log: &str) -> History {
    let mut history = History::default();
    for commit in log.split(COMMIT) {
        let mut fields = commit.trim_start().split(FIELD);
        let (Some(name), Some(at), Some(trailers)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let Ok(at) = at.parse() else {
            continue;
        };
        let fixed = Fixed::by(name, at);
        for trailer in trailers.split(TRAILERS).map(str::trim) {
            match trailer.parse() {
                Ok(named) => history.fixes.push(Fix {
                    named,
                    fixed: fixed.clone(),
                }),
                Err(_) if trailer.is_empty() => {}
                Err(_) => history.unclear.push(format!(
                    "commit {}: “{TRAILER}: {trailer}” names no comment; give its address, which the page Corrections shows",
                    fixed.commit
                )),
            }
        }
    }
    history
}

/// Notes in the community what the history says. Returns lines for whoever publishes.
///
/// # Errors
/// When files or table do not answer.
pub async fn note(app: &App, root: &Path) -> Result<Vec<String>, FixesError> {
    let history = read(root);
    let noted = app.note_fixes(&history.fixes).await?;
    Ok(told(&history, &noted))
}

/// What noting the history came to, in lines for whoever publishes.
pub fn told(history: &History, noted: &Noted) -> Vec<String> {
    let mut lines = Vec::new();
    match noted.new {
        0 => {}
        1 => lines.push("1 correction is noted as made".to_owned()),
        many => lines.push(format!("{many} corrections are noted as made")),
    }
    lines.extend(history.unclear.iter().cloned());
    lines.extend(noted.unknown.iter().map(|fix| {
        format!(
            "commit {}: there is no public comment {}; was it taken away, or written elsewhere?",
            fix.fixed.commit, fix.named.comment
        )
    }));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01939f5e-7c00-7000-8000-00000000000a";

    #[test]
    fn a_commit_names_any_number_of_comments() {
        let log = format!(
            "{a}{FIELD}2026-11-23T10:00:00+01:00{FIELD}{ID}{TRAILERS}/discussions/git-why-text/#c-{ID}{COMMIT}\n\
             {b}{FIELD}2026-11-24T10:00:00Z{FIELD}the typo{COMMIT}\n\
             {b}{FIELD}2026-11-24T10:00:00Z{FIELD}{COMMIT}\n",
            a = "a".repeat(40),
            b = "b".repeat(40),
        );
        let history = parse(&log);
        let threads: Vec<_> = history
            .fixes
            .iter()
            .map(|fix| fix.named.thread.as_ref().map(ToString::to_string))
            .collect();
        assert_eq!(threads, [None, Some("git-why-text".to_owned())]);
        assert_eq!(history.fixes[0].fixed.commit, "aaaaaaaaaa");
        assert_eq!(
            history.fixes[0].fixed.at,
            "2026-11-23T09:00:00Z".parse().unwrap()
        );
        assert_eq!(history.unclear.len(), 1);
        assert!(history.unclear[0].contains("bbbbbbbbbb"));
        assert!(history.unclear[0].contains("the typo"));
    }
}
