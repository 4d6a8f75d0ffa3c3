//! From the start of the process to the first page.

use std::time::{Duration, Instant};

use crate::browser::Browser;
use crate::report::{Bar, Report};
use crate::server::Server;
use crate::{median, process};

/// Starts a server that has files from an earlier run, several times. Leaves it running, and
/// returns its memory when it has nothing to do.
pub(crate) fn measure(
    server: &mut Server,
    page: &str,
    times: usize,
    what: &str,
    report: &mut Report,
) -> u64 {
    let mut took = Vec::new();
    for _ in 0..times {
        // What it builds after its first answer must not be in the way of the next start.
        server.wait_until_published();
        server.kill();
        let began = Instant::now();
        server.start();
        while !serves(server, page) {
            std::thread::sleep(Duration::from_micros(200));
        }
        took.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    let middle = median(took.clone());
    let slowest = took.into_iter().fold(0.0, f64::max);
    report.bar(
        &format!("start to the first page, {what}"),
        &format!("{middle:.0} ms (median of {times}; slowest {slowest:.0} ms)"),
        Bar::AtMost(middle, 100.0, "ms"),
        None,
    );
    server.wait_until_published();
    process::wait_until_idle(server.id());
    process::memory(server.id())
}

fn serves(server: &Server, page: &str) -> bool {
    Browser::new(server.address, 0)
        .get(page)
        .is_ok_and(|reply| reply.status == 200)
}
