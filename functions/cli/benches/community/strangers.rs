//! What a stranger can learn about an address from asking for mail to it: nothing. The same bytes come
//! back, and they take as long.

use std::time::Instant;

use crate::browser::{Browser, link_in_mail_to, wait_for};
use crate::report::{Bar, Report};
use crate::server::Server;
use crate::{median, process};

/// Requests about known addresses, and as many about unknown ones, in turn.
const REQUESTS: usize = 500;

/// How much longer one may take than the other. Two runs of the same differ by as much.
const APART: f64 = 1.1;

const KNOWN: &str = "known@example.org";

pub(crate) fn measure(server: &Server, report: &mut Report) {
    let mut browser = Browser::new(server.address, 0x5A);
    browser
        .sign_in(&server.mailbox(), KNOWN, "Kay Known")
        .unwrap();
    compare(server, "signing in", "/api/sign-in", report);
    join(server);
    compare(server, "the waitlist", "/api/waitlist", report);
}

/// A confirmed place on the waitlist.
fn join(server: &Server) {
    let mut browser = Browser::new(server.address, 0x5B);
    browser.post("/api/waitlist", &[("email", KNOWN)]).unwrap();
    let link = wait_for("the mail of the waitlist", || {
        link_in_mail_to(&server.mailbox(), KNOWN, "/api/waitlist/confirm/")
    });
    browser.post(&link, &[]).unwrap();
}

fn compare(server: &Server, what: &str, path: &str, report: &mut Report) {
    process::wait_until_idle(server.id());
    let mut browser = Browser::new(server.address, 0x5C);
    let mut ask = |address: &str| {
        let began = Instant::now();
        let reply = browser
            .post(path, &[("email", address), ("return_to", "/")])
            .unwrap();
        let millis = began.elapsed().as_secs_f64() * 1000.0;
        (millis, (reply.status, reply.location, reply.body))
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..REQUESTS {
        let (millis, answer) = ask(KNOWN);
        let (other_millis, other) = ask(&format!("stranger-{number}@example.org"));
        assert_eq!(answer, other, "{path} tells who is known");
        known.push(millis);
        unknown.push(other_millis);
    }
    let (known, unknown) = (median(known), median(unknown));
    report.bar(
        &format!("asking for mail to a known and an unknown address, {what}"),
        &format!("the same bytes; medians of {REQUESTS}: {known:.2} ms and {unknown:.2} ms"),
        Bar::AtMost(known.max(unknown) / known.min(unknown), APART, "×"),
        None,
    );
}
