//! Posting: how fast, and what a comment costs when few and when many are there already.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use crate::members::{Load, Members, Until};
use crate::report::{Bar, Report};
use crate::server::Server;
use crate::{BUSY_THREAD, THREADS, process};

/// How long the load lasts.
const TIME: Duration = Duration::from_secs(10);

/// Comments in one measurement of what they cost.
const SAMPLE: usize = 1000;

/// How much more a comment may cost among 50,000 than among 100. A tree of pages on the disk gets
/// deeper, and more pages lie outside the processor's caches.
const GROWTH: f64 = 1.5;

pub(crate) fn measure(server: &Server, members: &mut Members, report: &mut Report) {
    for (what, threads) in [
        ("one thread", &[BUSY_THREAD][..]),
        ("eight threads", &THREADS[..]),
    ] {
        let load = members.write(threads, Until::Time(TIME));
        let began = Instant::now();
        process::wait_until_idle(server.id());
        report.bar(
            &format!("posting a comment, {what}"),
            &format!(
                "{}; pages caught up {:.1} s later",
                words(&load),
                began.elapsed().as_secs_f64() - 0.6
            ),
            Bar::AtLeast(load.per_second(), 300.0, "/s"),
            Some(1000.0),
        );
    }
}

pub(crate) fn fill(server: &Server, members: &mut Members, to: usize, report: &mut Report) {
    let began = Instant::now();
    let wanted = to.saturating_sub(members.written);
    let half = members.write(&[BUSY_THREAD], Until::Count(wanted / 2));
    let rest = members.write(&THREADS, Until::Count(wanted - wanted / 2));
    process::wait_until_idle(server.id());
    report.tell(
        &format!("filling the store to {to} comments"),
        &format!(
            "{:.0}/s in one thread, {:.0}/s in eight; {:.0} s until every page was baked",
            half.per_second(),
            rest.per_second(),
            began.elapsed().as_secs_f64()
        ),
    );
}

fn words(load: &Load) -> String {
    format!(
        "{:.0} comments/s, p50 {:.1} ms, p99 {:.1} ms",
        load.per_second(),
        load.percentile(50.0),
        load.percentile(99.0)
    )
}

/// What a comment costs.
pub(crate) struct Cost {
    comments: usize,
    one_thread: Sample,
    eight_threads: Sample,
    /// Files that one comment changes.
    files: usize,
}

struct Sample {
    per_second: f64,
    /// Milliseconds of the server's processor time for each comment, with the baking that follows.
    cpu: f64,
}

impl Cost {
    pub(crate) fn measure(server: &Server, members: &mut Members) -> Self {
        process::wait_until_idle(server.id());
        let comments = members.written;
        let one_thread = Sample::take(server, members, &[BUSY_THREAD]);
        let eight_threads = Sample::take(server, members, &THREADS);
        let before = SystemTime::now();
        members.write(&[BUSY_THREAD], Until::Count(1));
        process::wait_until_idle(server.id());
        Self {
            comments,
            one_thread,
            eight_threads,
            files: written_since(&server.public(), before),
        }
    }
}

impl Sample {
    fn take(server: &Server, members: &mut Members, threads: &[&str]) -> Self {
        let before = process::cpu(server.id());
        let load = members.write(threads, Until::Count(SAMPLE));
        process::wait_until_idle(server.id());
        let spent = process::cpu(server.id()) - before;
        Self {
            per_second: load.per_second(),
            cpu: spent * 1000.0 / load.count as f64,
        }
    }
}

pub(crate) fn compare(few: &Cost, many: &Cost, report: &mut Report) {
    for (what, a, b) in [
        ("one thread", &few.one_thread, &many.one_thread),
        ("eight threads", &few.eight_threads, &many.eight_threads),
    ] {
        let ratio = b.cpu / a.cpu;
        report.bar(
            &format!("cost of a comment, {what}"),
            &format!(
                "{:.2} ms of processor time and {:.0}/s beside {}; {:.2} ms and {:.0}/s beside {}",
                a.cpu, a.per_second, few.comments, b.cpu, b.per_second, many.comments
            ),
            Bar::AtMost(ratio, GROWTH, "×"),
            None,
        );
    }
    report.tell(
        "files that one comment changes",
        &format!(
            "{} beside {}, {} beside {} (with their compressed siblings)",
            few.files, few.comments, many.files, many.comments
        ),
    );
}

pub(crate) fn written_since(folder: &Path, time: SystemTime) -> usize {
    let mut count = 0;
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            count += written_since(&path, time);
        } else if path.metadata().unwrap().modified().unwrap() > time {
            count += 1;
        }
    }
    count
}
