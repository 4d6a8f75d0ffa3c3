//! What happens without anybody asking: the sweep.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use sodium_app::mail::Mailer;

use crate::kit::faults::Table;
use crate::kit::roles::run_as;
use crate::kit::{LESSON, LESSON_THREAD, Person, SESSION_PAGE, TestApp};

const SEAT: &str = "/api/sessions/evening-talk/seat";

impl TestApp {
    async fn sweeps(&self) -> sodium_app::jobs::Swept {
        run_as("jobs", self.app.sweep(&self.mailer)).await.unwrap()
    }

    /// Changes what the session's page states, and publishes it.
    async fn restates_session(&self, from: &str, to: &str) {
        let page = self.site().join("sessions/talk/index.html");
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(text.contains(from));
        std::fs::write(&page, text.replace(from, to)).unwrap();
        self.app.publish(&self.site()).await.unwrap();
    }
}

async fn has_seat(person: &mut Person) -> bool {
    let page = person.gets("/api/sessions/evening-talk").await.body;
    page.contains("You have a seat")
}

#[tokio::test]
async fn a_sweep_does_what_the_stream_left_behind_and_leaves_what_is_on_its_way() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    ana.posts(LESSON_THREAD, "Left behind").await;
    app.wait(SignedDuration::from_secs(61));
    ana.posts(LESSON_THREAD, "On its way").await;

    assert_eq!(app.sweeps().await.worked, 1);
    let page = app.reads(LESSON);
    assert!(page.contains("Left behind"), "{page}");
    assert_eq!(app.due().await.len(), 1);
    assert_eq!(app.sweeps().await, sodium_app::jobs::Swept::default());
}

#[tokio::test]
async fn the_scheduler_asks_for_a_sweep_and_for_nothing_else() {
    let app = TestApp::start().await;
    let job = async |event| {
        let time = Duration::from_secs(10);
        app.app.job(&app.mailer, None, &event, time).await
    };
    let swept = job(json!({ "job": "sweep" })).await.unwrap();
    assert_eq!(swept["worked"], 0);
    assert!(job(json!({ "job": "scan" })).await.is_err());
    assert!(job(json!({})).await.is_err());
    // A notice that cannot be believed must not come again and again.
    let forged = json!({ "Records": [{ "Sns": { "Message": "{}" } }] });
    assert!(job(forged).await.is_ok());
}

#[tokio::test]
async fn a_lowered_capacity_gives_freed_seats_to_nobody_until_there_is_room() {
    let app = TestApp::start().await;
    let mut people = Vec::new();
    for name in ["Ana Sand", "Ben Hill", "Cleo Marsh"] {
        let mut person = app.newcomer(name).await;
        person.post(SEAT, &[]).await;
        people.push(person);
    }
    app.restates_session("capacity=\"2\"", "capacity=\"1\"")
        .await;

    people[0].post(&format!("{SEAT}/cancel"), &[]).await;
    app.sweeps().await;
    assert!(has_seat(&mut people[1]).await && !has_seat(&mut people[2]).await);
    people[1].post(&format!("{SEAT}/cancel"), &[]).await;
    assert!(has_seat(&mut people[2]).await);
    app.relay().await;
    assert!(app.reads(SESSION_PAGE).contains("1 of 1 seat"));
}

#[tokio::test]
async fn nobody_is_promoted_into_a_session_that_was_called_off_or_is_over() {
    let app = TestApp::start().await;
    let mut people = Vec::new();
    for name in ["Ana Sand", "Ben Hill", "Cleo Marsh", "Dora Wells"] {
        let mut person = app.newcomer(name).await;
        person.post(SEAT, &[]).await;
        people.push(person);
    }
    app.restates_session("status=\"planned\"", "status=\"cancelled\"")
        .await;
    people[0].post(&format!("{SEAT}/cancel"), &[]).await;
    assert_eq!(app.sweeps().await.promoted, 0);

    // It takes place after all, and the seat that was given back goes to who waits longest.
    app.restates_session("status=\"cancelled\"", "status=\"planned\"")
        .await;
    assert!(has_seat(&mut people[2]).await && !has_seat(&mut people[3]).await);

    app.wait(SignedDuration::from_hours(24 * 30));
    people[1].signs_in("ben.hill@example.org").await;
    people[1].post(&format!("{SEAT}/cancel"), &[]).await;
    assert_eq!(app.sweeps().await.promoted, 0);
    app.relay().await;
    let mails = app.mails_to("dora.wells@example.org");
    assert!(
        !mails
            .iter()
            .any(|mail| mail.subject.contains("You have a seat"))
    );
}

#[tokio::test]
async fn comments_after_a_mail_are_announced_when_its_quarter_of_an_hour_ends() {
    let app = TestApp::start().await;
    let mails = || app.mails_to("mod@example.org").len();
    for name in ["Nora New", "Otto Moor"] {
        app.newcomer(name).await.posts(LESSON_THREAD, "Hello").await;
        app.relay().await;
    }
    app.sweeps().await;
    assert_eq!(mails(), 1, "one mail in a window");

    app.wait(SignedDuration::from_mins(15));
    assert_eq!(app.sweeps().await.errands, 1);
    assert_eq!(
        mails(),
        2,
        "what came in the window is announced at its end"
    );
    app.wait(SignedDuration::from_mins(15));
    app.sweeps().await;
    assert_eq!(mails(), 2, "and nothing is said without something new");
}

#[tokio::test]
async fn nothing_is_announced_that_was_decided_meanwhile() {
    let app = TestApp::start().await;
    let first = app
        .newcomer("Nora New")
        .await
        .posts(LESSON_THREAD, "Hello")
        .await;
    app.relay().await;
    let second = app
        .newcomer("Otto Moor")
        .await
        .posts(LESSON_THREAD, "Hello")
        .await;
    app.relay().await;
    let moderator = app.moderator().await;
    moderator.approves(&first).await;
    moderator.approves(&second).await;
    let before = app.mails_to("mod@example.org").len();

    app.wait(SignedDuration::from_mins(15));
    assert_eq!(app.sweeps().await.errands, 1);
    assert_eq!(app.mails_to("mod@example.org").len(), before);
}

#[tokio::test]
async fn a_sweep_with_nothing_to_do_asks_seven_queries_one_item_and_one_for_each_session_to_come() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    app.relay().await;
    // The first sweep notes whose turn for mail it is.
    app.sweeps().await;
    table.calls();
    assert_eq!(app.sweeps().await, sodium_app::jobs::Swept::default());
    let calls: Vec<(String, usize)> = table.calls().into_iter().collect();
    assert_eq!(calls, [("GetItem".into(), 2), ("Query".into(), 7)]);
}

#[tokio::test]
async fn work_that_nobody_can_read_lies_in_nobodys_way() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    let ana = app.member("Ana Sand").await;
    for shard in 0..5 {
        let key = (
            format!("OUTBOX#{shard}"),
            "018f0000-0000-7000-8000-000000000001",
        );
        table.spoils((&key.0, key.1), "work").await;
    }
    table
        .spoils(("LATER", "2027-01-01T00:00:00Z#LEFT"), "errand")
        .await;
    ana.posts(LESSON_THREAD, "Behind what nobody can read")
        .await;
    app.wait(SignedDuration::from_secs(61));
    let swept = app.sweeps().await;
    assert_eq!((swept.worked, swept.unreadable), (1, 6));
    assert!(app.reads(LESSON).contains("Behind what nobody"));
}

#[tokio::test]
async fn a_mail_that_was_counted_and_not_sent_is_sent_after_all() {
    let app = TestApp::start().await;
    let nora = app.newcomer("Nora New").await;
    nora.posts(LESSON_THREAD, "Hello").await;
    let nobody_listens = Mailer::smtp("smtp://127.0.0.1:1").unwrap();
    app.app.work_off(&nobody_listens).await.unwrap_err();
    assert!(app.mails_to("mod@example.org").is_empty());

    app.wait(SignedDuration::from_secs(61));
    app.sweeps().await;
    app.sweeps().await;
    assert_eq!(app.mails_to("mod@example.org").len(), 1);
}
