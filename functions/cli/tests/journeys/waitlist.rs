//! The waitlist: double opt-in, and the same answer for everybody.

use axum::http::StatusCode;
use jiff::SignedDuration;

use crate::kit::{Person, TestApp, link_in};

const ANA: &str = "ana@example.org";
const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn asks(person: &mut Person, address: &str) {
    let sent = person
        .post(
            "/api/waitlist",
            &[("email", address), ("interest", "teach")],
        )
        .await;
    assert_eq!(sent.leads_to(), "/api/waitlist/sent");
    person.app.relay().await;
}

async fn joins(app: &TestApp, address: &str) -> String {
    let mut person = app.somebody();
    person.network = format!("198.51.100.{}", address.len());
    asks(&mut person, address).await;
    let link = link_in(app.mails_to(address).last().unwrap());
    person.post(&link, &[]).await.leads_to().to_owned()
}

#[tokio::test]
async fn a_place_is_given_by_the_button_behind_the_link_and_only_once() {
    let app = TestApp::start().await;
    joins(&app, "first@example.org").await;
    let mut ana = app.somebody();
    asks(&mut ana, ANA).await;
    let link = link_in(&app.mails_to(ANA)[0]);

    for _ in 0..2 {
        assert_eq!(ana.gets(&link).await.status, StatusCode::OK);
    }
    let place = ana.post(&link, &[]).await.leads_to().to_owned();
    let again = ana.post(&link, &[]).await.leads_to().to_owned();
    for page in [place, again] {
        let page = ana.gets(&page).await.body;
        assert!(
            page.contains("One person is before you") && page.contains(ANA),
            "{page}"
        );
        assert!(page.contains("to teach or mentor"), "{page}");
    }
}

#[tokio::test]
async fn the_answer_is_the_same_for_new_pending_confirmed_and_removed_addresses() {
    let app = TestApp::start().await;
    let place = joins(&app, "confirmed@example.org").await;
    let removed = joins(&app, "removed@example.org").await;
    app.somebody()
        .post(&removed.replace("/place/", "/leave/"), &[])
        .await;
    asks(&mut app.somebody(), "pending@example.org").await;

    let mut guest = app.somebody();
    let mut answers = Vec::new();
    for who in ["new", "pending", "confirmed", "removed"] {
        let address = format!("{who}@example.org");
        let sent = guest.post("/api/waitlist", &[("email", &address)]).await;
        let page = guest.gets(sent.leads_to()).await;
        answers.push((
            sent.status,
            sent.location,
            sent.body,
            page.status,
            page.body,
        ));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(
        guest
            .gets(&place)
            .await
            .body
            .contains("confirmed@example.org")
    );
}

#[tokio::test]
async fn an_address_gets_one_mail_a_day_and_three_in_all_from_wherever_it_is_asked() {
    let app = TestApp::start().await;
    for day in 0..6 {
        for network in 0..3 {
            let mut guest = app.somebody();
            guest.network = format!("203.0.113.{}", day * 10 + network);
            asks(&mut guest, "Ana@Example.org").await;
            asks(&mut guest, ANA).await;
        }
        assert_eq!(app.mails_to(ANA).len(), (day + 1).min(3), "on day {day}");
        app.wait(DAY);
    }
}

#[tokio::test]
async fn a_link_works_for_seven_days_and_cannot_be_changed() {
    let app = TestApp::start().await;
    let mut ana = app.somebody();
    asks(&mut ana, ANA).await;
    let link = link_in(&app.mails_to(ANA)[0]);

    let mut forged = link.clone().into_bytes();
    let last = forged.len() - 5;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    assert_eq!(ana.post(&forged, &[]).await.status, StatusCode::GONE);

    app.wait(DAY * 7);
    assert_eq!(ana.post(&link, &[]).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn the_mail_holds_nothing_that_the_asker_typed() {
    let app = TestApp::start().await;
    let mut guest = app.somebody();
    let fields = [("email", ANA), ("interest", "BUY NOW https://evil.example")];
    guest.post("/api/waitlist", &fields).await;
    app.relay().await;
    let mail = &app.mails_to(ANA)[0];
    assert!(
        !mail.source.contains("BUY NOW") && !mail.source.contains("evil.example"),
        "{}",
        mail.source
    );
}

#[tokio::test]
async fn who_leaves_is_gone_and_the_others_move_up() {
    let app = TestApp::start().await;
    let mut places = Vec::new();
    for who in ["a", "bb", "ccc"] {
        places.push(joins(&app, &format!("{who}@example.org")).await);
    }
    let mut guest = app.somebody();
    let left = guest
        .post(&places[0].replace("/place/", "/leave/"), &[])
        .await;
    assert_eq!(left.status, StatusCode::OK);

    assert_eq!(guest.gets(&places[0]).await.status, StatusCode::NOT_FOUND);
    assert!(
        guest
            .gets(&places[1])
            .await
            .body
            .contains("You are the next")
    );
    assert!(
        guest
            .gets(&places[2])
            .await
            .body
            .contains("One person is before you")
    );
    let again = joins(&app, "dddd@example.org").await;
    assert!(
        guest
            .gets(&again)
            .await
            .body
            .contains("2 people are before you")
    );
}

#[tokio::test]
async fn a_wrong_address_comes_back_with_a_reason() {
    let app = TestApp::start().await;
    let reply = app
        .somebody()
        .post("/api/waitlist", &[("email", "not an address")])
        .await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.body.contains("not an address"));
}
