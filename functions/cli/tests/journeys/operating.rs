//! What operators see and do: how it is, what happened for which request, and a community that can
//! only be read for a while.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use jiff::SignedDuration;
use serde_json::Value;
use sodium_app::meter::Measure;
use tracing::subscriber::DefaultGuard;

use crate::kit::faults::Table;
use crate::kit::{LESSON, LESSON_THREAD, TestApp};

const HEALTH: [&str; 3] = [
    "/api/health/comments",
    "/api/health/signups",
    "/api/health/waitlist",
];

#[tokio::test]
async fn anybody_may_ask_how_it_is_and_makes_little_work() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    table.calls();
    for path in HEALTH.iter().cycle().take(30) {
        let health = app.somebody().gets(path).await;
        assert_eq!(health.status, StatusCode::OK);
        let health = health.json();
        assert_eq!(
            (&health["status"], &health["table_answers"]),
            (&"ok".into(), &true.into())
        );
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(health["oldest_work_seconds"], Value::Null);
    }
    // The oldest item of each part of the outbox, once for all who asked in these seconds.
    let calls: Vec<(String, usize)> = table.calls().into_iter().collect();
    assert_eq!(calls, [("Query".into(), 5)]);
}

#[tokio::test]
async fn work_that_waits_for_too_long_is_told() {
    let app = TestApp::start().await;
    app.newcomer("Ana Sand")
        .await
        .posts(LESSON_THREAD, "Hello")
        .await;
    app.wait(SignedDuration::from_mins(11));
    let health = app.somebody().gets(HEALTH[0]).await;
    assert_eq!(health.status, StatusCode::OK, "forms still work");
    let health = health.json();
    assert_eq!(health["status"], "late");
    assert!(
        health["oldest_work_seconds"].as_i64().unwrap() >= 660,
        "{health}"
    );
}

#[tokio::test]
async fn a_table_that_does_not_answer_is_told() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    table.storms(100, 7);
    let health = app.somebody().gets(HEALTH[1]).await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(health.json()["status"], "down");
}

#[tokio::test]
async fn while_nothing_is_written_all_can_be_read_and_no_text_is_lost() {
    let writable = TestApp::start().await;
    let mut ana = writable.member("Ana Sand").await;
    ana.posts(LESSON_THREAD, "Written before").await;

    let app = writable.read_only();
    ana.app = app.clone();
    let path = format!("/api/threads/{LESSON_THREAD}/comments");
    let fields = [("body", "Words & <more> words"), ("form_key", "the-key")];
    let refused = ana.post(&path, &fields).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.retry_after.as_deref(), Some("300"));
    assert!(refused.body.contains("nothing can be written"));
    assert!(
        refused
            .body
            .contains("Words &amp; &lt;more&gt; words</textarea>"),
        "{}",
        refused.body
    );
    let told = ana.fetches(&path, &fields).await;
    assert_eq!(told.json()["code"], "read-only");
    let session = ana.post("/api/sessions/evening-talk/seat", &[]).await;
    assert_eq!(session.status, StatusCode::SERVICE_UNAVAILABLE);
    let mut guest = app.somebody();
    let joining = guest
        .post("/api/waitlist", &[("email", "guest@example.org")])
        .await;
    assert!(
        joining.body.contains("guest@example.org"),
        "{}",
        joining.body
    );

    // What was written before comes to readers, and members see what is theirs.
    app.relay().await;
    assert!(app.reads(LESSON).contains("Written before"));
    assert_eq!(ana.gets("/api/account").await.status, StatusCode::OK);
    let health = app.somebody().gets(HEALTH[2]).await.json();
    assert_eq!(health["read_only"], true);

    // The form that came back is sent again, and it is the same form.
    ana.app = writable.clone();
    let action = refused.body.split("action=\"").nth(1).unwrap();
    let action = action.split('"').next().unwrap().replace("&#x2F;", "/");
    let key = refused.field("form_key");
    for _ in 0..2 {
        let fields = [("body", "Words & <more> words"), ("form_key", key.as_str())];
        ana.post(&action, &fields).await.leads_to();
    }
    writable.relay().await;
    assert_eq!(
        writable.reads(LESSON).matches("&lt;more&gt; words").count(),
        1
    );
    assert!(writable.mails_to("guest@example.org").is_empty());
}

/// The log lines of one test.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Keeps what this thread logs from now on.
    fn begins() -> (Self, DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// The fields of the lines that say this, since it was asked last.
    fn lines(&self, message: &str) -> Vec<Value> {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let fields = lines.map(|line| line["fields"].clone());
        fields
            .filter(|fields| fields["message"] == message)
            .collect()
    }
}

#[tokio::test]
async fn what_follows_from_a_request_says_from_which() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "Hello").await;
    app.relay().await;

    let (log, _kept) = Log::begins();
    ana.post("/api/account/delete", &[]).await;
    let answered = log.lines("answered");
    let [request] = answered.as_slice() else {
        panic!("{answered:?}");
    };
    let request = request["request"].as_str().unwrap();
    // The deletion of her comments is the relay's, and still for the same request.
    app.relay().await;
    let done = log.lines("work is done");
    let kinds: Vec<&str> = done
        .iter()
        .filter_map(|line| line["kind"].as_str())
        .collect();
    assert!(
        kinds.contains(&"member-left") && kinds.contains(&"thread-changed"),
        "{done:?}"
    );
    assert!(
        done.iter().all(|line| line["request"] == request),
        "{done:?}"
    );
    assert!(!app.reads(LESSON).contains("Hello"), "{comment}");
}

#[tokio::test]
async fn what_happens_is_counted() {
    let app = TestApp::start().await;
    let sum = |measure| app.app.meter.sum(measure);
    let ana = app.member("Ana Sand").await;
    let (held, sent) = (sum(Measure::CommentsHeld), sum(Measure::MailsSent));
    assert_eq!((held, sum(Measure::CommentsPublished)), (1, 0));
    assert!(sent >= 2, "{sent} mails");
    ana.posts(LESSON_THREAD, "Hello").await;
    app.relay().await;
    assert_eq!(sum(Measure::CommentsPublished), 1);
    assert_eq!((sum(Measure::MailsFailed), sum(Measure::WorkLeft)), (0, 0));
    assert_eq!((sum(Measure::LimitsHit), sum(Measure::Faults)), (0, 0));
}

#[tokio::test]
async fn what_goes_wrong_is_counted() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    let ana = app.member("Ana Sand").await;
    table.refuses(100);
    let posted = ana.posts_with(LESSON_THREAD, &[("body", "Not now")]).await;
    assert_eq!(posted.status, StatusCode::SERVICE_UNAVAILABLE);
    let sum = |measure| app.app.meter.sum(measure);
    assert_eq!(sum(Measure::Faults), 1);
    assert!(
        sum(Measure::WritesRetried) > 5,
        "{}",
        sum(Measure::WritesRetried)
    );
}
