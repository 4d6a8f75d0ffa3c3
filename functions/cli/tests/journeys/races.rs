//! Races: many people at the same moment.

use axum::http::StatusCode;
use futures_util::future::join_all;

use crate::kit::{LESSON, LESSON_THREAD, SESSION_PAGE, TestApp, id_of, link_in};

const CLIENTS: usize = 64;

/// Sample people: signing 64 members in by mail would take longer than the race.
async fn crowd(app: &TestApp) -> Vec<crate::kit::Person> {
    let mut people = Vec::new();
    for number in 0..CLIENTS {
        let mut person = app.somebody();
        person.network = format!("10.0.{}.{}", number / 200, number % 200);
        person
            .signs_in(&format!("person{number}@example.org"))
            .await;
        let name = format!("Crowd {}", spelled(number));
        let named = person.post("/api/account/name", &[("name", &name)]).await;
        assert_eq!(
            named.status,
            StatusCode::SEE_OTHER,
            "{name}: {}",
            named.body
        );
        people.push(person);
    }
    people
}

/// Names that do not look alike.
fn spelled(number: usize) -> String {
    const WORDS: [&str; 8] = [
        "ash", "birch", "cedar", "dogwood", "elm", "fir", "gum", "hazel",
    ];
    format!("{} {}", WORDS[number / 8], WORDS[number % 8])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_people_take_the_last_seats() {
    let app = TestApp::start().await;
    let mut people = crowd(&app).await;

    let signing_up = people
        .iter_mut()
        .map(|person| person.post("/api/sessions/evening-talk/seat", &[]));
    for reply in join_all(signing_up).await {
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    }
    let (mut confirmed, mut waiting) = (0, 0);
    for person in &mut people {
        let page = person.gets("/api/sessions/evening-talk").await.body;
        confirmed += usize::from(page.contains("You have a seat"));
        waiting += usize::from(page.contains("on the waiting list"));
    }
    assert_eq!((confirmed, waiting), (2, 62));

    // Everybody gives up at once: no seat is lost, nobody is left waiting beside a free seat.
    let half = people.len() / 2;
    let leaving = people[..half]
        .iter_mut()
        .map(|person| person.post("/api/sessions/evening-talk/seat/cancel", &[]));
    for reply in join_all(leaving).await {
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    }
    app.relay().await;
    let page = app.reads(SESSION_PAGE);
    assert!(page.contains("All 2 seats taken, 30 people wait"), "{page}");
    let mut confirmed = 0;
    for person in &mut people[half..] {
        let page = person.gets("/api/sessions/evening-talk").await.body;
        confirmed += usize::from(page.contains("You have a seat"));
    }
    assert_eq!(confirmed, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_presses_mark_a_lesson_once() {
    let app = TestApp::with_policy(|policy| policy.limits.marks_per_member = 2).await;
    app.opens_a_course().await;
    let mut ana = app.newcomer("Ana Sand").await;
    let presses = (0..CLIENTS).map(|_| ana.has_done("one", LESSON_THREAD));
    for reply in join_all(presses).await {
        assert_eq!(reply.leads_to(), "/api/progress/one");
    }
    let export = ana.gets("/api/account/export").await.json();
    assert_eq!(export["lessons_done"].as_array().unwrap().len(), 1);
    // Only the one that did something counts.
    ana.has_done("one", "second-lesson").await.leads_to();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_link_signs_in_one_of_sixty_four() {
    let app = TestApp::start().await;
    let link = app.somebody().asks_for_link("ana@example.org").await;
    let tries = (0..CLIENTS).map(|_| {
        let (app, link) = (app.clone(), link.clone());
        async move { app.somebody().post(&link, &[]).await.status }
    });
    let statuses = join_all(tries).await;
    let entered = statuses
        .iter()
        .filter(|status| **status == StatusCode::SEE_OTHER)
        .count();
    let refused = statuses
        .iter()
        .filter(|status| **status == StatusCode::GONE)
        .count();
    assert_eq!((entered, refused), (1, CLIENTS - 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_form_sent_sixty_four_times_is_one_comment() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    let tries = (0..CLIENTS).map(|_| {
        let mut ana = ana.clone();
        async move {
            let fields = [("body", "Only one of me"), ("form_key", "the-one-form-key")];
            ana.post("/api/threads/first-lesson/comments", &fields)
                .await
                .leads_to()
                .to_owned()
        }
    });
    let mut places = join_all(tries).await;
    places.dedup();
    assert_eq!(places.len(), 1);
    app.relay().await;
    assert_eq!(app.reads(LESSON).matches("Only one of me").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_name_goes_to_one_of_sixty_four() {
    let app = TestApp::start().await;
    let mut people = Vec::new();
    for number in 0..16 {
        let mut person = app.somebody();
        person.network = format!("10.1.0.{number}");
        person
            .signs_in(&format!("person{number}@example.org"))
            .await;
        people.push(person);
    }
    let choosing = people
        .iter_mut()
        .map(|person| person.post("/api/account/name", &[("name", "Robin Grey")]));
    let got = join_all(choosing).await;
    assert_eq!(
        got.iter()
            .filter(|reply| reply.status == StatusCode::SEE_OTHER)
            .count(),
        1
    );
    assert_eq!(
        got.iter()
            .filter(|reply| reply.status == StatusCode::CONFLICT)
            .count(),
        15
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_people_confirm_their_place_at_once() {
    let app = TestApp::start().await;
    let mut links = Vec::new();
    for number in 0..CLIENTS {
        let address = format!("person{number}@example.org");
        let mut guest = app.somebody();
        guest.network = format!("10.2.0.{number}");
        guest.post("/api/waitlist", &[("email", &address)]).await;
        app.relay().await;
        links.push(link_in(&app.mails_to(&address)[0]));
    }
    let confirming = links.iter().flat_map(|link| [link, link]).map(|link| {
        let (app, link) = (app.clone(), link.clone());
        async move { app.somebody().post(&link, &[]).await.leads_to().to_owned() }
    });
    let mut ahead = Vec::new();
    for place in join_all(confirming).await.iter().step_by(2) {
        let page = app.somebody().gets(place).await.body;
        ahead.push(page);
    }
    let count = |text: &str| ahead.iter().filter(|page| page.contains(text)).count();
    assert_eq!(
        (count("You are the next"), count("One person is before you")),
        (1, 1)
    );
    for before in 2..CLIENTS {
        assert_eq!(
            count(&format!(">{before} people are before you")),
            1,
            "{before} people"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_people_find_one_comment_helpful_at_once() {
    let app = TestApp::start().await;
    let comment = app.member("Ana Sand").await;
    let comment = comment.posts("first-lesson", "Small steps.").await;
    app.relay().await;
    let people = crowd(&app).await;
    let path = format!("{comment}/helpful");
    let press = |intent: &'static str, person: &crate::kit::Person| {
        let (mut person, path) = (person.clone(), path.clone());
        async move { person.post(&path, &[("intent", intent)]).await }
    };
    // Everybody presses twice, as on a slow line.
    let twice = people.iter().flat_map(|person| [person, person]);
    for reply in join_all(twice.map(|person| press("mark", person))).await {
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    }
    app.relay().await;
    assert!(app.reads(LESSON).contains("class=\"mark-count\">64<"));

    let half = people[..CLIENTS / 2]
        .iter()
        .flat_map(|person| [person, person]);
    for reply in join_all(half.map(|person| press("take-back", person))).await {
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    }
    app.relay().await;
    assert!(app.reads(LESSON).contains("class=\"mark-count\">32<"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_answers_that_are_accepted_at_once_one_is() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let moderator = app.moderator().await;
    let asked = [("body", "Which one?"), ("kind", "question")];
    let question = ana.posts_with("first-lesson", &asked).await;
    let question = question.leads_to().to_owned();
    let mut answers = Vec::new();
    for number in 0..8 {
        let text = format!("Answer {number}");
        answers.push(ben.replies("first-lesson", &question, &text).await);
    }
    app.relay().await;
    let tries = answers.iter().enumerate().map(|(number, answer)| {
        let mut person = if number % 2 == 0 { &ana } else { &moderator }.clone();
        let (path, answer) = (format!("{question}/answer"), id_of(answer).to_owned());
        async move {
            let fields = [("intent", "accept"), ("answer", answer.as_str())];
            person.post(&path, &fields).await.status
        }
    });
    let statuses = join_all(tries).await;
    let accepted = statuses
        .iter()
        .filter(|status| **status == StatusCode::SEE_OTHER);
    assert_eq!(accepted.count(), 1, "{statuses:?}");
    app.relay().await;
    let page = app.reads(LESSON);
    assert_eq!(page.matches("Accepted answer").count(), 1);
    assert_eq!(page.matches("Answered: go to the answer").count(), 1);
}
