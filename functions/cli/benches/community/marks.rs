//! “Helpful”: sixty-four members press at once, again and again, on one comment. What the page says in
//! the end is how many left their mark.

use std::time::{Duration, Instant};

use crate::browser::{Browser, wait_for};
use crate::members::Members;
use crate::report::{Bar, Report};
use crate::server::Server;
use crate::{median, process};

const CLIENTS: usize = 64;

/// How long they press.
const TIME: Duration = Duration::from_secs(5);

/// One in which nothing else is written: its first page shows the comment.
const THREAD: &str = "article-open-moderation";

/// Words whose pairs no two look alike, for names.
const WORDS: [&str; 8] = [
    "Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum", "Hazel",
];

pub(crate) fn measure(server: &Server, members: &mut Members, report: &mut Report) {
    let comment = members.post(THREAD, "Did this help anybody?");
    process::wait_until_idle(server.id());
    let mut browsers: Vec<Browser> = (0..CLIENTS)
        .map(|number| signed_in(server, number))
        .collect();
    let path = format!("{comment}/helpful");
    let began = Instant::now();
    let press = |browser: &mut Browser| {
        let mut latencies = Vec::new();
        let mut press = |intent| {
            let sent = Instant::now();
            let reply = browser.post(&path, &[("intent", intent)]).unwrap();
            assert_eq!(reply.status, 303, "{}", reply.body);
            latencies.push(sent.elapsed().as_secs_f64() * 1000.0);
        };
        while began.elapsed() < TIME {
            press("mark");
            press("take-back");
        }
        press("mark");
        latencies
    };
    let latencies: Vec<f64> = std::thread::scope(|scope| {
        let press = &press;
        let pressing: Vec<_> = browsers
            .iter_mut()
            .map(|browser| scope.spawn(move || press(browser)))
            .collect();
        pressing
            .into_iter()
            .flat_map(|one| one.join().unwrap())
            .collect()
    });
    let (count, took) = (latencies.len(), began.elapsed().as_secs_f64());
    process::wait_until_idle(server.id());
    let shown = shown(server);
    report.bar(
        "helpful marks, 64 members on one comment",
        &format!(
            "{:.0}/s, p50 {:.0} ms; the page counts {shown}",
            count as f64 / took,
            median(latencies)
        ),
        // Neither more nor fewer.
        Bar::AtMost((shown as f64 - CLIENTS as f64).abs(), 0.0, "off"),
        None,
    );
}

fn signed_in(server: &Server, number: usize) -> Browser {
    let network = u16::try_from(1000 + number).unwrap();
    let mut browser = Browser::new(server.address, network);
    let name = format!("{} {}", WORDS[number / 8], WORDS[number % 8]);
    let address = format!("presser{number}@example.org");
    browser.sign_in(&server.mailbox(), &address, &name).unwrap();
    browser
}

/// What the thread's page counts.
fn shown(server: &Server) -> usize {
    let page = server
        .public()
        .join(format!("discussions/{THREAD}/index.html"));
    wait_for("a page with a count", || {
        let page = std::fs::read_to_string(&page).ok()?;
        let (_, after) = page.split_once("Did this help anybody?")?;
        let (_, count) = after.split_once("class=\"mark-count\">")?;
        count.split('<').next()?.parse().ok()
    })
}
