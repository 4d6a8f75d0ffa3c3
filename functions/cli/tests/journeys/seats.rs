//! Seats in live sessions.

use axum::http::StatusCode;
use jiff::SignedDuration;

use crate::kit::{SESSION_PAGE, TestApp, address_of};

const SEAT: &str = "/api/sessions/evening-talk";

#[tokio::test]
async fn two_seats_then_a_line_and_a_freed_seat_goes_to_the_first() {
    let app = TestApp::start().await;
    let mut people = Vec::new();
    for name in ["Ana Sand", "Ben Hill", "Cleo Marsh", "Dora Wells"] {
        let mut person = app.newcomer(name).await;
        let taken = person.post(&format!("{SEAT}/seat"), &[]).await;
        assert_eq!(taken.leads_to(), SEAT);
        people.push(person);
    }
    let [ana, ben, cleo, dora] = people.as_mut_slice() else {
        panic!()
    };
    assert!(ana.gets(SEAT).await.body.contains("You have a seat"));
    assert!(
        cleo.gets(SEAT)
            .await
            .body
            .contains("the first on the waiting list")
    );
    assert!(
        dora.gets(SEAT)
            .await
            .body
            .contains("one person is before you")
    );
    app.relay().await;
    assert!(app.reads(SESSION_PAGE).contains("2 people wait"));

    ben.post(&format!("{SEAT}/seat/cancel"), &[]).await;
    app.relay().await;
    assert!(cleo.gets(SEAT).await.body.contains("You have a seat"));
    assert!(
        ben.gets(SEAT)
            .await
            .body
            .contains("waiting list; it is kept")
    );
    let told = app.mails_to(&address_of("Cleo Marsh")).pop().unwrap();
    assert!(
        told.subject.starts_with("You have a seat"),
        "{}",
        told.subject
    );
    assert!(app.reads(SESSION_PAGE).contains("1 person waits"));

    dora.post(&format!("{SEAT}/seat/cancel"), &[]).await;
    ana.post(&format!("{SEAT}/seat/cancel"), &[]).await;
    app.relay().await;
    assert!(app.reads(SESSION_PAGE).contains("1 of 2 seats taken"));
}

#[tokio::test]
async fn signing_up_twice_is_signing_up_once() {
    let app = TestApp::start().await;
    let mut ana = app.newcomer("Ana Sand").await;
    for _ in 0..3 {
        ana.post(&format!("{SEAT}/seat"), &[]).await;
    }
    app.relay().await;
    assert!(app.reads(SESSION_PAGE).contains("1 of 2 seats taken"));
    assert_eq!(
        app.mails_to(&address_of("Ana Sand")).len(),
        2,
        "one to sign in, one for the seat"
    );
}

#[tokio::test]
async fn the_join_link_is_for_people_with_a_seat() {
    let app = TestApp::start().await;
    let link = "https://meet.example.org/secret-room";
    let mut ana = app.newcomer("Ana Sand").await;
    let mut ben = app.newcomer("Ben Hill").await;
    let mut late = app.newcomer("Cleo Marsh").await;
    ana.post(&format!("{SEAT}/seat"), &[]).await;
    ben.post(&format!("{SEAT}/seat"), &[]).await;
    late.post(&format!("{SEAT}/seat"), &[]).await;

    let set = ana
        .post(&format!("{SEAT}/link"), &[("join_link", link)])
        .await;
    assert_eq!(set.status, StatusCode::NOT_FOUND);
    let mut moderator = app.moderator().await;
    let wrong = moderator
        .post(&format!("{SEAT}/link"), &[("join_link", "javascript:x")])
        .await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    moderator
        .post(&format!("{SEAT}/link"), &[("join_link", link)])
        .await;
    app.relay().await;

    assert!(ana.gets(SEAT).await.body.contains("secret-room"));
    assert!(!late.gets(SEAT).await.body.contains("secret-room"));
    assert!(
        app.mails_to(&address_of("Ana Sand"))
            .pop()
            .unwrap()
            .text
            .contains("secret-room")
    );
    let to_late = app.mails_to(&address_of("Cleo Marsh"));
    assert!(
        to_late
            .iter()
            .all(|mail| !mail.source.contains("secret-room"))
    );
    for (path, text) in app.public_texts() {
        assert!(!text.contains("secret-room"), "{}", path.display());
    }

    ben.post(&format!("{SEAT}/seat/cancel"), &[]).await;
    app.relay().await;
    assert!(late.gets(SEAT).await.body.contains("secret-room"));
}

#[tokio::test]
async fn nobody_signs_up_for_what_is_over() {
    let app = TestApp::start().await;
    let mut ana = app.newcomer("Ana Sand").await;
    app.wait(SignedDuration::from_hours(24 * 27));
    assert_eq!(
        ana.post(&format!("{SEAT}/seat"), &[]).await.status,
        StatusCode::CONFLICT
    );
    assert!(ana.gets(SEAT).await.body.contains("is over"));
}

#[tokio::test]
async fn the_time_is_right_on_the_day_on_which_clocks_change() {
    let app = TestApp::start().await;
    let mut ana = app.newcomer("Ana Sand").await;
    // 28 March 2027: Berlin moved to summer time that morning, so 18:00 there is 16:00 UTC.
    let page = ana.gets(SEAT).await.body;
    assert!(page.contains("2027-03-28T16:00:00Z"), "{page}");
}

#[tokio::test]
async fn more_seats_in_the_page_let_people_in_who_wait() {
    let app = TestApp::start().await;
    for name in ["Ana Sand", "Ben Hill", "Cleo Marsh", "Dora Wells"] {
        app.newcomer(name)
            .await
            .post(&format!("{SEAT}/seat"), &[])
            .await;
    }
    let page = app.site().join("sessions/talk/index.html");
    let text = std::fs::read_to_string(&page).unwrap();
    std::fs::write(&page, text.replace("capacity=\"2\"", "capacity=\"3\"")).unwrap();
    app.app.publish(&app.site()).await.unwrap();
    app.relay().await;
    assert!(
        app.reads(SESSION_PAGE)
            .contains("All 3 seats taken, 1 person waits")
    );
    let told = app.mails_to(&address_of("Cleo Marsh")).pop().unwrap();
    assert!(told.subject.starts_with("You have a seat"));
}
