//! The benchmark of the whole: the program as it is shipped, on a fresh data folder, over HTTP.
//! `make bench` runs it; functions/bench/README.md says how to read what it prints.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark that cannot go on stops and says where"
)]

#[path = "../../tests/crash/browser.rs"]
#[allow(dead_code, reason = "the kill -9 test uses the rest")]
mod browser;
mod building;
mod capacity;
mod digest;
#[path = "../../../app/tests/double/mod.rs"]
#[allow(dead_code, reason = "the tests of the Lambda functions use the rest")]
mod double;
mod followers;
#[path = "../../tests/journeys/kit/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the journeys use the rest")]
mod kit;
mod lambdas;
mod lessons;
mod marks;
#[path = "../../tests/journeys/measuring/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the journeys use the rest")]
mod measuring;
mod members;
mod nginx;
mod process;
#[path = "../../tests/crash/project.rs"]
#[allow(dead_code, reason = "the kill -9 test uses the rest")]
mod project;
mod reading;
mod report;
mod saving;
#[path = "../../tests/crash/server.rs"]
#[allow(dead_code, reason = "the kill -9 test uses the rest")]
mod server;
mod sizes;
mod starting;
mod strangers;
mod threads;
mod writing;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use members::{Members, Until};
use report::{Bar, Report};
use server::Server;

/// A lesson, and the thread in it, which gets fifty comments.
const LESSON: &str = "/courses/start-a-learning-community/purpose-and-first-members/";
const LESSON_THREAD: &str = "community-purpose";

/// The thread that takes the most.
const BUSY_THREAD: &str = "git-why-text";

/// Threads for writing here and there.
const THREADS: [&str; 8] = [
    "community-first-posts",
    "community-moderation",
    "community-questions",
    "community-newcomers",
    "git-reviewing",
    "git-writing-a-lesson",
    "git-first-pull-request",
    "git-corrections",
];

/// Comments in the store, small and large.
const FEW: usize = 100;
const MANY: usize = 50_000;

fn main() -> ExitCode {
    // `cargo bench` adds its own arguments.
    let given = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let program = given.map_or_else(|| env!("CARGO_BIN_EXE_sodium").into(), PathBuf::from);
    let program = program.canonicalize().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    let mut report = Report::begin(&program);
    if std::env::args().any(|argument| argument == "--lambdas") {
        lambdas::measure(&root, &mut report);
        return report.end(&root.join("target/bench/lambdas.md"));
    }
    if std::env::args().any(|argument| argument == "--build") {
        building::measure(&program, asked(), &mut report);
        return report.end(&root.join("target/bench/build.md"));
    }
    if std::env::args().any(|argument| argument == "--followers") {
        followers::measure(&mut report);
        return report.end(&root.join("target/bench/followers.md"));
    }
    if std::env::args().any(|argument| argument == "--digest") {
        digest::measure(&mut report);
        return report.end(&root.join("target/bench/digest.md"));
    }
    let talk_only = std::env::args().any(|argument| argument == "--talk");
    let folder = tempfile::tempdir().unwrap();

    let mut server = Server::new(&program, &root, folder.path());
    say("building the site and starting");
    server.start();
    server.wait_until_published();
    process::wait_until_idle(server.id());
    let first_idle = process::memory(server.id());
    sizes::search(&server.public(), &mut report);

    say("signing sixteen members in");
    let mut members = Members::gather(&server);
    if talk_only {
        threads::measure(&server, &mut members, &mut report);
        marks::measure(&server, &mut members, &mut report);
        server.kill();
        return report.end(&root.join("target/bench/talk.md"));
    }
    members.write(&[LESSON_THREAD], Until::Count(50));
    process::wait_until_idle(server.id());
    say("reading a lesson with fifty comments");
    reading::measure(&server, LESSON, &mut report);

    say("asking about known and unknown addresses");
    strangers::measure(&server, &mut report);
    if std::env::args().any(|argument| argument == "--strangers") {
        return report.end(&root.join("target/bench/strangers.md"));
    }
    say("starting, twenty times");
    let idle = starting::measure(&mut server, LESSON, 20, "small store", &mut report);
    report.bar(
        "memory, idle",
        &format!(
            "{:.1} MB ({:.1} MB after the first build)",
            mega(idle),
            mega(first_idle)
        ),
        Bar::AtMost(mega(idle.max(first_idle)), 60.0, "MB"),
        None,
    );

    say("posting beside a hundred comments");
    members.write(&[BUSY_THREAD], Until::Count(FEW - 50));
    let few = writing::Cost::measure(&server, &mut members);
    say("posting for ten seconds, twice");
    writing::measure(&server, &mut members, &mut report);
    report.tell(
        "memory, under load",
        &format!(
            "{:.1} MB at most so far",
            mega(process::peak_memory(server.id()))
        ),
    );
    say("writing in threads of 10, 1,000 and 10,000");
    threads::measure(&server, &mut members, &mut report);
    say("pressing “helpful” for five seconds");
    marks::measure(&server, &mut members, &mut report);
    say("filling the store with fifty thousand comments");
    writing::fill(&server, &mut members, MANY, &mut report);
    say("posting beside fifty thousand comments");
    let many = writing::Cost::measure(&server, &mut members);
    writing::compare(&few, &many, &mut report);
    report.tell(
        "memory, with 50,000 comments",
        &format!(
            "{:.1} MB, {:.1} MB at most",
            mega(process::memory(server.id())),
            mega(process::peak_memory(server.id()))
        ),
    );
    starting::measure(&mut server, LESSON, 5, "50,000 comments", &mut report);
    server.kill();

    building::measure(&program, None, &mut report);
    say("counting capacity units");
    capacity::measure(&root, &mut report);
    say("mailing ten thousand followers");
    followers::measure(&mut report);
    sizes::measure(&program, &mut report);
    say("starting each Lambda function, twenty times");
    lambdas::measure(&root, &mut report);
    report.end(&root.join("target/bench/report.md"))
}

/// How many lessons were asked for, by `--lessons=10000`.
fn asked() -> Option<usize> {
    let mut arguments = std::env::args();
    arguments.find_map(|argument| argument.strip_prefix("--lessons=")?.parse().ok())
}

fn say(what: &str) {
    eprintln!("bench: {what}");
}

fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
