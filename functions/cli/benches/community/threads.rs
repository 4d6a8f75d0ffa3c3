//! What one comment costs in threads of 10, 1,000 and 10,000: the files that change, and the processor
//! time until they are baked.

use std::time::{Duration, SystemTime};

use crate::members::{Members, Until};
use crate::report::{Bar, Report};
use crate::server::Server;
use crate::writing::written_since;
use crate::{median, process};

/// Threads, and how many comments each gets.
const THREADS: [(&str, usize); 3] = [
    ("git-conflicts", 10),
    ("community-measuring", 1_000),
    ("community-live-sessions", 10_000),
];

/// Comments that are measured one by one: the kernel counts in hundredths of a second.
const ONE_BY_ONE: usize = 9;

/// The most files that one comment may change, with their compressed siblings: the lesson, the
/// thread's first, last and last but one page and both forms of its feed, both forms of the site's feed, and in
/// each of two languages the home page and the list of discussions.
const FILES: f64 = 12.0 * 3.0;

pub(crate) fn measure(server: &Server, members: &mut Members, report: &mut Report) {
    for (thread, count) in THREADS {
        members.write(&[thread], Until::Count(count));
        process::wait_until_idle(server.id());
        let mut cpu = Vec::new();
        let mut files = 0;
        for _ in 0..ONE_BY_ONE {
            // File systems keep times in steps.
            std::thread::sleep(Duration::from_millis(20));
            let (spent, now) = (process::cpu(server.id()), SystemTime::now());
            members.write(&[thread], Until::Count(1));
            process::wait_until_idle(server.id());
            cpu.push((process::cpu(server.id()) - spent) * 1000.0);
            files = files.max(written_since(&server.public(), now));
        }
        report.bar(
            &format!("one comment in a thread of {count}"),
            &format!(
                "{:.0} ms of processor time until it is baked, {files} files with their compressed siblings",
                median(cpu)
            ),
            Bar::AtMost(files as f64, FILES, "files"),
            None,
        );
    }
}
