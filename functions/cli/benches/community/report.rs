//! The table that is printed and kept.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

/// A promise.
#[derive(Clone, Copy)]
pub(crate) enum Bar {
    /// Measured, promised, unit.
    AtLeast(f64, f64, &'static str),
    /// Measured, promised, unit.
    AtMost(f64, f64, &'static str),
}

pub(crate) struct Report {
    head: String,
    rows: String,
    missed: Vec<String>,
}

impl Report {
    pub(crate) fn begin(program: &Path) -> Self {
        let first = |command: &str, arguments: &[&str]| {
            let output = Command::new(command).args(arguments).output();
            let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
            text.unwrap_or_default().trim().to_owned()
        };
        let model = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = model
            .lines()
            .find_map(|line| line.strip_prefix("model name"));
        let model = model
            .unwrap_or_default()
            .trim_start_matches(['\t', ' ', ':'])
            .to_owned();
        let build = program
            .parent()
            .and_then(Path::file_name)
            .unwrap_or_default();
        let head = format!(
            "# make bench\n\n{} processors ({model}), Linux {}, {}, commit {}, build profile {}. The load runs on \
             the same processors as the server.\n\n",
            std::thread::available_parallelism().map_or(1, usize::from),
            first("uname", &["-r"]),
            first("rustc", &["--version"]),
            first("git", &["rev-parse", "--short", "HEAD"]),
            build.display(),
        );
        Self {
            head,
            rows: "| what | measured | bar | |\n|---|---|---|---|\n".into(),
            missed: Vec::new(),
        }
    }

    /// Something to know.
    pub(crate) fn tell(&mut self, what: &str, measured: &str) {
        self.row(what, measured, "", "");
    }

    /// Something that could not be measured here.
    pub(crate) fn skip(&mut self, what: &str, why: &str) {
        self.row(what, "not measured", "", why);
    }

    /// Something that was promised.
    pub(crate) fn bar(&mut self, what: &str, measured: &str, bar: Bar, goal: Option<f64>) {
        let (value, sign, limit, unit, met) = match bar {
            Bar::AtLeast(value, limit, unit) => (value, '≥', limit, unit, value >= limit),
            Bar::AtMost(value, limit, unit) => (value, '≤', limit, unit, value <= limit),
        };
        let goal_text = goal.map_or(String::new(), |goal| format!(" (goal {goal})"));
        let reached = goal.is_some_and(|goal| value >= goal);
        let verdict = match (met, reached) {
            (false, _) => format!("**missed** ({value:.2})"),
            (true, true) => "pass, goal reached".into(),
            (true, false) => "pass".into(),
        };
        if !met {
            self.missed.push(what.to_owned());
        }
        self.row(
            what,
            measured,
            &format!("{sign} {limit} {unit}{goal_text}"),
            &verdict,
        );
    }

    fn row(&mut self, what: &str, measured: &str, bar: &str, verdict: &str) {
        eprintln!("bench:   {what}: {measured} {verdict}");
        writeln!(self.rows, "| {what} | {measured} | {bar} | {verdict} |").unwrap();
    }

    /// Prints and keeps it. Fails when a promise was not kept.
    pub(crate) fn end(self, file: &Path) -> ExitCode {
        let verdict = if self.missed.is_empty() {
            "\nEvery bar is met.\n".to_owned()
        } else {
            format!("\nMissed: {}.\n", self.missed.join("; "))
        };
        let text = format!("{}{}{verdict}", self.head, self.rows);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, &text).unwrap();
        println!("{text}");
        println!("Kept in {}", file.display());
        ExitCode::from(u8::from(!self.missed.is_empty()))
    }
}
