//! Leaving, while the index that says what belongs to whom is behind the table.

use axum::http::StatusCode;
use jiff::SignedDuration;

use crate::kit::faults::Table;
use crate::kit::{LESSON, LESSON_THREAD, TestApp, address_of};

const DELETE: &str = "/api/account/delete";

#[tokio::test]
async fn what_the_index_did_not_know_yet_goes_a_minute_later() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    let mut ana = app.member("Ana Sand").await;
    ana.posts(LESSON_THREAD, "Words of Ana").await;
    ana.post("/api/sessions/evening-talk/seat", &[]).await;
    app.relay().await;

    table.index_shows_nothing(true);
    ana.post(DELETE, &[]).await;
    app.relay().await;
    assert!(app.due().await.is_empty());
    assert!(
        app.reads(LESSON).contains("Words of Ana"),
        "the index hid it"
    );

    table.index_shows_nothing(false);
    app.app.sweep(&app.mailer).await.unwrap();
    assert!(app.reads(LESSON).contains("Words of Ana"), "not too soon");
    app.wait(SignedDuration::from_mins(1));
    assert_eq!(app.app.sweep(&app.mailer).await.unwrap().errands, 1);
    app.relay().await;
    assert!(!app.reads(LESSON).contains("Words of Ana"));
    assert!(!app.reads(LESSON).contains("Ana Sand"));
    let session = app.reads("/sessions/talk/");
    assert!(session.contains("0 of 2 seats"), "{session}");
}

#[tokio::test]
async fn an_index_that_is_a_day_behind_is_looked_at_once_more_and_then_no_more() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    let mut ana = app.member("Ana Sand").await;
    ana.posts(LESSON_THREAD, "Words of Ana").await;
    app.relay().await;
    table.index_shows_nothing(true);
    ana.post(DELETE, &[]).await;
    app.relay().await;
    app.wait(SignedDuration::from_mins(1));
    app.app.sweep(&app.mailer).await.unwrap();
    assert!(app.reads(LESSON).contains("Words of Ana"));

    table.index_shows_nothing(false);
    let mut errands = 0;
    for _ in 0..4 {
        app.wait(SignedDuration::from_hours(24));
        errands += app.app.sweep(&app.mailer).await.unwrap().errands;
        app.relay().await;
    }
    assert!(!app.reads(LESSON).contains("Words of Ana"));
    assert_eq!(errands, 2, "one that found something, and one that did not");
}

#[tokio::test]
async fn an_index_that_is_behind_takes_nothing_from_who_came_back() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    let mut ana = app.newcomer("Ana Sand").await;
    table.index_stands_still(true);
    // The index answers for the account page, and says the same ever after.
    ana.gets("/api/account").await;
    ana.post(DELETE, &[]).await;
    let mut again = app.somebody();
    again.signs_in(&address_of("Ana Sand")).await;
    again
        .post("/api/account/name", &[("name", "Ana Sand")])
        .await;
    app.relay().await;
    app.wait(SignedDuration::from_mins(1));
    app.app.sweep(&app.mailer).await.unwrap();
    table.index_stands_still(false);

    let imitation = app.somebody();
    let mut imitation = imitation;
    imitation.signs_in("other@example.org").await;
    let taken = imitation
        .post("/api/account/name", &[("name", "Ana Sand")])
        .await;
    assert_eq!(taken.status, StatusCode::CONFLICT, "the name is hers again");
    let export = again.gets("/api/account/export").await.json();
    let mut phone = app.somebody();
    phone.signs_in(&address_of("Ana Sand")).await;
    let on_phone = phone.gets("/api/account/export").await.json();
    assert_eq!(export["member"]["id"], on_phone["member"]["id"]);
}

#[tokio::test]
async fn who_leaves_while_signing_in_elsewhere_is_no_ghost() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    let mut ana = app.newcomer("Ana Sand").await;
    let mut phone = app.somebody();
    let link = phone.asks_for_link(&address_of("Ana Sand")).await;

    let held = table.holds("DEVICE#");
    let entering = phone.post(&link, &[]);
    let leaving = async {
        held.arrives().await;
        let left = ana.post(DELETE, &[]).await;
        assert_eq!(left.status, StatusCode::OK);
        held.goes_on();
    };
    let (entered, ()) = tokio::join!(entering, leaving);
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.body);
    // The phone belongs to somebody new, and to nobody who is gone.
    let account = phone.gets("/api/account/export").await;
    assert_eq!(account.status, StatusCode::OK);
    assert!(account.json()["member"]["name"].is_null());
}
