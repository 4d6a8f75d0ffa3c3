//! Sixteen members who write at the same time, each from a network of their own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::browser::Browser;
use crate::server::{MODERATOR, Server};

/// People who write at the same time. No two of their names look alike, or they would be refused.
const NAMES: [&str; 16] = [
    "Ana", "Ben", "Cora", "David", "Emma", "Fatou", "Goran", "Hana", "Ivo", "Jun", "Kofi", "Lena",
    "Maya", "Nils", "Otis", "Priya",
];

/// A comment as people write them: some Markdown, some three hundred characters.
const TEXT: &str = "I tried this with **two people** from my evening class, and it took us an hour \
    longer than planned. What helped in the end: start with *one* question, write down the answer \
    (`notes.md` will do), and only then look at [the next lesson](https://example.org/next).\n\n\
    - small steps\n- a fixed day\n\nDid anybody find a shorter way?";

/// When to stop.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    Count(usize),
    Time(Duration),
}

/// What came of it.
pub(crate) struct Load {
    /// Acknowledged comments.
    pub(crate) count: usize,
    pub(crate) took: Duration,
    /// Of each, in milliseconds, sorted.
    latencies: Vec<f64>,
}

impl Load {
    pub(crate) fn per_second(&self) -> f64 {
        self.count as f64 / self.took.as_secs_f64()
    }

    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        let last = self.latencies.len() - 1;
        self.latencies[(last as f64 * percent / 100.0).round() as usize]
    }
}

pub(crate) struct Members {
    browsers: Vec<Browser>,
    /// Comments so far.
    pub(crate) written: usize,
}

impl Members {
    /// Signs them in; a moderator approves the first comment of each.
    pub(crate) fn gather(server: &Server) -> Self {
        let mailbox = server.mailbox();
        let mut moderator = Browser::new(server.address, 1);
        moderator
            .sign_in(&mailbox, MODERATOR, "Kim of the Team")
            .unwrap();
        moderator.make_passkey().unwrap();
        let mut browsers = Vec::new();
        for (name, network) in NAMES.iter().zip(100..) {
            let mut browser = Browser::new(server.address, network);
            let address = format!("{}@example.org", name.to_lowercase());
            browser.sign_in(&mailbox, &address, name).unwrap();
            let form = browser
                .get("/api/threads/session-first-posts/form")
                .unwrap();
            let form: serde_json::Value = serde_json::from_str(&form.body).unwrap();
            let token = form["token"].as_str().unwrap();
            let fields = [
                ("body", "Hello."),
                ("form_token", token),
                ("intent", "post"),
            ];
            let posted = browser.post("/api/threads/session-first-posts/comments", &fields);
            let decision = posted
                .unwrap()
                .leads_to()
                .replace("/api/threads/", "/api/moderation/")
                .replace("/comments/", "/");
            let decided = moderator.post(&decision, &[("intent", "approve")]).unwrap();
            assert_eq!(decided.leads_to(), "/api/moderation");
            browsers.push(browser);
        }
        Self {
            browsers,
            written: NAMES.len(),
        }
    }

    /// One of them writes something of their own. Returns the comment's page.
    pub(crate) fn post(&mut self, thread: &str, body: &str) -> String {
        let key = format!("bench-form-{}", self.written);
        self.written += 1;
        let browser = &mut self.browsers[0];
        browser.hang_up();
        let fields = [("body", body), ("form_key", &key), ("intent", "post")];
        let path = format!("/api/threads/{thread}/comments");
        browser.post(&path, &fields).unwrap().leads_to().to_owned()
    }

    /// All write at once, to these threads in turn; each waits for the answer before the next.
    pub(crate) fn write(&mut self, threads: &[&str], until: Until) -> Load {
        let next = AtomicUsize::new(0);
        let first = self.written;
        let began = Instant::now();
        let one = |browser: &mut Browser| {
            let mut latencies = Vec::new();
            // The server may have been started anew since.
            browser.hang_up();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let enough = match until {
                    Until::Count(count) => number >= count,
                    Until::Time(time) => began.elapsed() >= time,
                };
                if enough {
                    return latencies;
                }
                let key = format!("bench-form-{}", first + number);
                let body = format!("Comment {}. {TEXT}", first + number);
                let path = format!("/api/threads/{}/comments", threads[number % threads.len()]);
                let fields = [
                    ("body", body.as_str()),
                    ("form_key", &key),
                    ("intent", "post"),
                ];
                let sent = Instant::now();
                let reply = browser.post(&path, &fields).unwrap();
                latencies.push(sent.elapsed().as_secs_f64() * 1000.0);
                assert_eq!(reply.status, 303, "{}", reply.body);
            }
        };
        let mut latencies: Vec<f64> = std::thread::scope(|scope| {
            let one = &one;
            let writers: Vec<_> = self
                .browsers
                .iter_mut()
                .map(|browser| scope.spawn(move || one(browser)))
                .collect();
            writers
                .into_iter()
                .flat_map(|writer| writer.join().unwrap())
                .collect()
        });
        latencies.sort_by(f64::total_cmp);
        // Keys never repeat, so numbers that were drawn and not used are passed over.
        self.written += next.load(Ordering::Relaxed);
        Load {
            count: latencies.len(),
            took: began.elapsed(),
            latencies,
        }
    }
}
