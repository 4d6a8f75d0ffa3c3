//! An item that cannot be read: what shows it stays as it was, and everything else goes on.

use crate::kit::faults::Table;
use crate::kit::{LESSON, LESSON_THREAD, TestApp, id_of};

const SECOND: &str = "/courses/one/second/";

#[tokio::test]
async fn a_thread_with_an_unreadable_comment_keeps_no_other_waiting() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |policy| policy.hold.until_approved = 0).await;
    let ana = app.newcomer("Ana Sand").await;
    let spoiled = ana.posts(LESSON_THREAD, "Soon nobody can read this").await;
    app.relay().await;
    let key = (
        format!("THREAD#{LESSON_THREAD}"),
        format!("COMMENT#{}", id_of(&spoiled)),
    );
    table.spoils((&key.0, &key.1), "created").await;

    ana.posts(LESSON_THREAD, "In the same thread").await;
    ana.posts("second-lesson", "In another thread").await;
    let batch = app.due().await;
    assert_eq!(batch.len(), 2);
    let done = app.app.relay(&app.mailer, &batch).await.unwrap();

    assert_eq!(done.len(), 1);
    assert_eq!(app.due().await.len(), 1, "its own thread's work stays");
    assert!(app.reads(SECOND).contains("In another thread"));
    assert!(!app.reads(LESSON).contains("In the same thread"));
    // The lists of the site go on without it.
    assert!(app.reads("/").contains("In another thread"));
    assert!(
        app.reads("/discussions/feed.xml")
            .contains("In another thread")
    );
}

#[tokio::test]
async fn what_was_valid_when_it_was_written_can_be_read_when_rules_are_stricter() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |policy| policy.hold.until_approved = 0).await;
    let ana = app.newcomer("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "Some text").await;
    let key = (
        format!("THREAD#{LESSON_THREAD}"),
        format!("COMMENT#{}", id_of(&comment)),
    );
    // No rule of today lets anybody write eleven marks on a letter.
    table
        .writes(
            (&key.0, &key.1),
            "body",
            &format!("Z{}", "\u{301}".repeat(11)),
        )
        .await;
    app.relay().await;
    assert!(app.reads(LESSON).contains("\u{301}\u{301}"));
}
