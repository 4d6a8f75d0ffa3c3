//! The relay: whatever order and however often work is delivered, pages end as the table says.

use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sodium_app::relay::Outgoing;
use sodium_app::site::Index;

use crate::kit::{LESSON, Person, TestApp};

/// What happens, in the order in which it happens.
#[derive(Debug, Clone)]
enum Step {
    /// One of two members writes in one of two threads, perhaps answering an earlier comment.
    Post {
        by: usize,
        thread: usize,
        answers: Option<usize>,
    },
    /// The author changes a comment.
    Edit(usize),
    /// The author deletes a comment.
    Delete(usize),
    /// The stream hands over some of what is due: how many items, and how they are mixed.
    Deliver { count: usize, mix: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..2usize, 0..2usize, prop::option::of(0..20usize))
            .prop_map(|(by, thread, answers)| Step::Post { by, thread, answers }),
        1 => (0..20usize).prop_map(Step::Edit),
        2 => (0..20usize).prop_map(Step::Delete),
        3 => (1..12usize, any::<u64>()).prop_map(|(count, mix)| Step::Deliver { count, mix }),
    ]
}

const THREADS: [&str; 2] = ["first-lesson", "second-lesson"];

#[test]
fn pages_converge_whatever_the_stream_does() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Deterministic: the same cases on every machine; a failure prints the smallest one.
    let config = Config {
        cases: 16,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    runner
        .run(&prop::collection::vec(step(), 4..28), |steps| {
            runtime.block_on(converges(&steps));
            Ok(())
        })
        .unwrap();
}

async fn converges(steps: &[Step]) {
    let app = TestApp::with_policy(|policy| {
        policy.hold.until_approved = 0;
        policy.limits.comments_per_member = 1000;
    })
    .await;
    let people = [
        app.newcomer("Ana Sand").await,
        app.newcomer("Ben Hill").await,
    ];
    app.relay().await;
    let mut stream = Stream::default();
    let mut comments: Vec<(usize, String)> = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        happens(&app, &people, &mut stream, &mut comments, number, step).await;
        stream.records(&app).await;
    }
    stream.deliver_all(&app).await;

    let streamed = app.public_files();
    let index = Index::load(&app.app.files).await.unwrap();
    app.app.bake_everything(&index).await.unwrap();
    assert!(
        streamed == app.public_files(),
        "the stream left other pages than a full bake"
    );
}

async fn happens(
    app: &TestApp,
    people: &[Person; 2],
    stream: &mut Stream,
    comments: &mut Vec<(usize, String)>,
    number: usize,
    step: &Step,
) {
    match step {
        Step::Post {
            by,
            thread,
            answers,
        } => {
            let body = format!("Text {number}");
            let thread = THREADS[*thread];
            let parent = answers
                .and_then(|answers| comments.get(answers))
                .map(|(_, parent)| parent);
            let parent = parent.filter(|parent| parent.contains(thread));
            let mut fields = vec![("body", body.as_str())];
            fields.extend(parent.map(|parent| ("reply_to", crate::kit::id_of(parent))));
            let path = format!("/api/threads/{thread}/comments");
            // An answer to a comment that is gone is refused, which is right.
            if let Some(place) = people[*by].clone().post(&path, &fields).await.location {
                comments.push((*by, place));
            }
        }
        Step::Edit(which) => {
            if let Some((by, place)) = comments.get(*which) {
                app.wait(SignedDuration::from_mins(16));
                let body = format!("Changed {number}");
                people[*by]
                    .clone()
                    .post(&format!("{place}/edit"), &[("body", &body)])
                    .await;
            }
        }
        Step::Delete(which) => {
            if let Some((by, place)) = comments.get(*which) {
                people[*by]
                    .clone()
                    .post(&format!("{place}/delete"), &[])
                    .await;
            }
        }
        Step::Deliver { count, mix } => stream.deliver(app, *count, *mix).await,
    }
}

/// What the table's stream has handed over and still has to: every item at least once, some twice,
/// items of one partition in order, and any mixture of partitions.
#[derive(Default)]
struct Stream {
    waiting: Vec<Outgoing>,
    seen: Vec<Outgoing>,
}

impl Stream {
    async fn records(&mut self, app: &TestApp) {
        for outgoing in app.due().await {
            if !self.seen.contains(&outgoing) {
                self.seen.push(outgoing.clone());
                self.waiting.push(outgoing);
            }
        }
    }

    async fn deliver(&mut self, app: &TestApp, count: usize, mix: u64) {
        let count = count.min(self.waiting.len());
        let mut batch: Vec<Outgoing> = self.waiting.drain(..count).collect();
        if let Some(again) = self
            .seen
            .get(usize::try_from(mix).unwrap_or(0) % self.seen.len().max(1))
        {
            batch.push(again.clone());
        }
        let turn = usize::try_from(mix % 7).unwrap_or(0) % batch.len().max(1);
        batch.rotate_left(turn);
        app.app.relay(&app.mailer, &batch).await.unwrap();
    }

    async fn deliver_all(&mut self, app: &TestApp) {
        while !self.waiting.is_empty() {
            self.deliver(app, 5, 3).await;
        }
        // The last word is the table's: a late repetition of everything changes nothing.
        app.app.relay(&app.mailer, &self.seen).await.unwrap();
    }
}

#[tokio::test]
async fn a_hundred_comments_in_one_batch_are_one_bake_of_each_page() {
    let app = TestApp::with_policy(|policy| {
        policy.hold.until_approved = 0;
        policy.limits.comments_per_member = 1000;
        policy.limits.comments_per_network = 1000;
    })
    .await;
    let mut ana = app.newcomer("Ana Sand").await;
    app.relay().await;
    for number in 0..40 {
        let body = format!("Number {number}");
        ana.post("/api/threads/first-lesson/comments", &[("body", &body)])
            .await;
    }
    let batch = app.due().await;
    assert_eq!(batch.len(), 40);
    let before = app.app.files.writes();
    let done = app.app.relay(&app.mailer, &batch).await.unwrap();
    assert_eq!(done.len(), 40);
    // The lesson, its discussion page and feed, the site's feed, the home page and the index; each feed
    // in both forms.
    assert_eq!(app.app.files.writes() - before, 8);
    assert!(app.reads(LESSON).contains("40 comments"));
}

#[tokio::test]
async fn a_mail_goes_out_once_however_often_its_work_is_delivered() {
    let app = TestApp::start().await;
    let mut guest = app.somebody();
    guest
        .post("/api/sign-in", &[("email", "ana@example.org")])
        .await;
    let batch = app.due().await;
    assert_eq!(batch.len(), 1);
    for _ in 0..3 {
        assert_eq!(app.app.relay(&app.mailer, &batch).await.unwrap().len(), 1);
    }
    assert_eq!(app.mails_to("ana@example.org").len(), 1);
    assert!(app.due().await.is_empty());
}

#[tokio::test]
async fn what_waits_when_a_process_ends_is_done_by_the_next() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    ana.posts("first-lesson", "Posted just before the end")
        .await;
    // No relay ran. The next process finds the work in the outbox.
    assert!(!app.reads(LESSON).contains("just before the end"));
    app.relay().await;
    assert!(app.reads(LESSON).contains("just before the end"));
}
