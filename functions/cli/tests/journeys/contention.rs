//! A table that refuses a third of all writes for now, as DynamoDB does when many want the same
//! item: nobody gets two, nobody gets none, and nobody asks for ever.

use axum::http::StatusCode;
use futures_util::future::join_all;

use crate::kit::faults::Table;
use crate::kit::{LESSON, LESSON_THREAD, Person, SESSION_PAGE, TestApp, link_in};

const CROWD: usize = 100;
const SEATS: usize = 30;

async fn crowd(app: &TestApp) -> Vec<Person> {
    let mut people = Vec::new();
    for number in 0..CROWD {
        let mut person = app.somebody();
        person.network = format!("10.0.0.{number}");
        person
            .signs_in(&format!("person{number}@example.org"))
            .await;
        let name = format!("{} {}", spelled(number / 10), spelled(number % 10));
        let named = person.post("/api/account/name", &[("name", &name)]).await;
        assert_eq!(named.status, StatusCode::SEE_OTHER, "{}", named.body);
        people.push(person);
    }
    people
}

fn spelled(digit: usize) -> &'static str {
    const WORDS: [&str; 10] = [
        "ash", "birch", "cedar", "dogwood", "elm", "fir", "gum", "hazel", "jasmine", "kauri",
    ];
    WORDS[digit]
}

async fn session_with_seats(table: &Table) -> TestApp {
    let app = TestApp::on_table(table.store(), |_| {}).await;
    let page = app.site().join("sessions/talk/index.html");
    let text = std::fs::read_to_string(&page).unwrap();
    let text = text.replace("capacity=\"2\"", &format!("capacity=\"{SEATS}\""));
    std::fs::write(&page, text).unwrap();
    app.app.publish(&app.site()).await.unwrap();
    app
}

#[tokio::test]
async fn a_hundred_people_sign_up_for_thirty_seats_on_a_bad_day() {
    let table = Table::new();
    let app = session_with_seats(&table).await;
    let mut people = crowd(&app).await;

    table.refuses(33);
    table.calls();
    let signing_up = people
        .iter_mut()
        .map(|person| person.post("/api/sessions/evening-talk/seat", &[]));
    for reply in join_all(signing_up).await {
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    }
    // At most two transactions for each person, and every third is refused.
    let calls = table.calls()["TransactWriteItems"];
    assert!((CROWD..4 * CROWD).contains(&calls), "{calls} transactions");

    let mut confirmed = 0;
    for person in &mut people {
        let page = person.gets("/api/sessions/evening-talk").await.body;
        confirmed += usize::from(page.contains("You have a seat"));
    }
    assert_eq!(confirmed, SEATS);
    app.relay().await;
    let page = app.reads(SESSION_PAGE);
    assert!(
        page.contains("All 30 seats taken, 70 people wait"),
        "{page}"
    );

    let leaving = people[..12]
        .iter_mut()
        .map(|person| person.post("/api/sessions/evening-talk/seat/cancel", &[]));
    for reply in join_all(leaving).await {
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    }
    table.refuses(0);
    app.relay().await;
    let page = app.reads(SESSION_PAGE);
    assert!(
        page.contains("All 30 seats taken, 58 people wait"),
        "{page}"
    );
}

#[tokio::test]
async fn a_hundred_people_confirm_their_place_on_a_bad_day() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    let mut links = Vec::new();
    for number in 0..CROWD {
        let address = format!("person{number}@example.org");
        let mut guest = app.somebody();
        guest.network = format!("10.0.0.{number}");
        guest.post("/api/waitlist", &[("email", &address)]).await;
        app.relay().await;
        links.push(link_in(&app.mails_to(&address)[0]));
    }

    table.refuses(33);
    table.calls();
    let confirming = links.iter().map(|link| {
        let (app, link) = (app.clone(), link.clone());
        async move { app.somebody().post(&link, &[]).await.leads_to().to_owned() }
    });
    let places = join_all(confirming).await;
    let calls = table.calls()["TransactWriteItems"];
    assert!((CROWD..2 * CROWD).contains(&calls), "{calls} transactions");

    let mut ahead = Vec::new();
    for place in &places {
        ahead.push(app.somebody().gets(place).await.body);
    }
    let count = |text: &str| ahead.iter().filter(|page| page.contains(text)).count();
    assert_eq!(
        (count("You are the next"), count("One person is before you")),
        (1, 1)
    );
    for before in 2..CROWD {
        let text = format!(">{before} people are before you");
        assert_eq!(count(&text), 1, "{before} people");
    }
}

#[tokio::test]
async fn who_is_refused_for_ever_hears_of_it_soon_and_keeps_the_text() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    let ana = app.member("Ana Sand").await;
    table.calls();
    table.refuses(100);
    let fields = [("body", "Words that must not be lost"), ("form_key", "one")];
    let path = format!("/api/threads/{LESSON_THREAD}/comments");
    let refused = ana.clone().post(&path, &fields).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.body.contains("Words that must not be lost"));
    let calls = table.calls()["TransactWriteItems"];
    assert!(calls < 60, "{calls} transactions");

    table.refuses(0);
    ana.clone().post(&path, &fields).await.leads_to();
    app.relay().await;
    assert_eq!(app.reads(LESSON).matches("must not be lost").count(), 1);
}
