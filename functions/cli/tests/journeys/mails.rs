//! Stopping mails: by the reader, by their mail program, and by what the mail service reports.

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use sodium_app::mail::mailbox::Kept;
use sodium_app::mail::notices::{Notice, NoticeError, Topic};
use sodium_app::seal::Keys;
use sodium_cli::community::assemble_on;

use crate::kit::{BASE_URL, LESSON_THREAD, TestApp, address_of, form};

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:learn-notices";
const CERTIFICATE: &[u8] = include_bytes!("../../../app/tests/fixtures/notices/certificate.pem");
const BOUNCE: &str = include_str!("../../../app/tests/fixtures/notices/bounce.json");

/// The headers of a mail with their continuation lines joined.
fn headers(mail: &Kept) -> Vec<String> {
    let head = mail.source.split("\r\n\r\n").next().unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    head.split("\r\n").map(str::to_owned).collect()
}

fn header(mail: &Kept, name: &str) -> Option<String> {
    let start = format!("{name}: ");
    let found = headers(mail);
    found
        .iter()
        .find_map(|line| line.strip_prefix(&start).map(str::to_owned))
}

/// The path in `List-Unsubscribe`.
fn stop_path(mail: &Kept) -> String {
    let value = header(mail, "List-Unsubscribe").unwrap();
    let url = value.trim_start_matches('<').trim_end_matches('>');
    assert!(mail.text.contains(url) && mail.source.contains("No more mails like this"));
    url.trim_start_matches(BASE_URL).to_owned()
}

/// Somebody new with a comment that a moderator rejects, which is a mail that nobody asked for.
async fn is_told(app: &TestApp, times: usize) -> Vec<Kept> {
    let nora = app.newcomer("Nora New").await;
    for time in 0..times {
        let comment = nora.posts(LESSON_THREAD, &format!("Text {time}")).await;
        app.moderator().await.rejects(&comment, "off-topic").await;
    }
    app.relay().await;
    let mut mails = app.mails_to(&address_of("Nora New"));
    mails.retain(|mail| header(mail, "List-Unsubscribe").is_some());
    mails
}

#[tokio::test]
async fn one_click_of_a_mail_program_stops_what_nobody_asked_for() {
    let app = TestApp::start().await;
    let told = is_told(&app, 1).await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        header(&told[0], "List-Unsubscribe-Post").unwrap(),
        "List-Unsubscribe=One-Click"
    );

    // The provider's server sends it: no cookie, no origin, nothing of a browser.
    let mut provider = app.somebody();
    let body = form(&[("List-Unsubscribe", "One-Click")]);
    let clicked = provider
        .send(
            Method::POST,
            &stop_path(&told[0]),
            body,
            &[("sec-fetch-site", "cross-site")],
        )
        .await;
    assert_eq!(clicked.status, StatusCode::NO_CONTENT, "{}", clicked.body);

    let before = app.mails_to(&address_of("Nora New")).len();
    let mut nora = app.somebody();
    nora.asks_for_link(&address_of("Nora New")).await;
    nora.signs_in(&address_of("Nora New")).await;
    let comment = nora.posts(LESSON_THREAD, "One more").await;
    app.moderator().await.rejects(&comment, "off-topic").await;
    app.relay().await;
    let links = 2;
    assert_eq!(app.mails_to(&address_of("Nora New")).len(), before + links);
}

/// RFC 8058 prefers that way of sending it.
#[tokio::test]
async fn one_click_may_come_in_parts() {
    let app = TestApp::start().await;
    let told = is_told(&app, 1).await;
    let path = stop_path(&told[0]);
    let mut provider = app.somebody();
    let parts = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    let headers = [
        ("sec-fetch-site", "cross-site"),
        ("content-type", "multipart/form-data; boundary=x"),
    ];
    let clicked = provider.send(Method::POST, &path, parts, &headers).await;
    assert_eq!(clicked.status, StatusCode::NO_CONTENT, "{}", clicked.body);
    let page = provider.gets(&path).await.body;
    assert!(page.contains("You get no mails"), "{page}");
}

#[tokio::test]
async fn a_person_stops_mails_by_a_button_and_has_them_back_by_another() {
    let app = TestApp::start().await;
    let told = is_told(&app, 1).await;
    let path = stop_path(&told[0]);
    let mut anybody = app.somebody();
    for _ in 0..2 {
        // Looking, as mail scanners do, changes nothing.
        let page = anybody.gets(&path).await.body;
        assert!(page.contains("Stop these mails"), "{page}");
    }
    let stopped = anybody.post(&path, &[("mails", "stop")]).await;
    let page = anybody.gets(stopped.leads_to()).await.body;
    assert!(page.contains("You get no mails"), "{page}");
    anybody.post(&path, &[("mails", "send")]).await;
    assert!(anybody.gets(&path).await.body.contains("Stop these mails"));
    assert_eq!(
        anybody.gets("/api/mails/made-up").await.status,
        StatusCode::GONE
    );
}

#[tokio::test]
async fn a_mail_that_was_asked_for_has_nothing_to_unsubscribe_from() {
    let app = TestApp::start().await;
    app.somebody().asks_for_link("ana@example.org").await;
    let mails = app.mails_to("ana@example.org");
    assert_eq!(header(&mails[0], "List-Unsubscribe"), None);
    assert!(!mails[0].text.contains("No more mails"));
    assert!(header(&mails[0], "Auto-Submitted").is_some());
}

#[tokio::test]
async fn an_address_that_bounced_gets_no_mail_and_the_answer_stays_the_same() {
    let app = TestApp::start().await;
    let notice: Notice = serde_json::from_str(BOUNCE).unwrap();
    let url =
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";
    let topic = Topic::new(TOPIC).knowing(url, CERTIFICATE);
    let mut forged: serde_json::Value = serde_json::from_str(BOUNCE).unwrap();
    forged["MessageId"] = "another".into();
    let forged: Notice = serde_json::from_value(forged).unwrap();
    let refused = app.app.note_notice(&topic, &forged).await;
    assert!(matches!(refused, Err(NoticeError::Forged)), "{refused:?}");
    assert!(
        !app.somebody()
            .asks_for_link("gone@example.org")
            .await
            .is_empty()
    );

    app.app.note_notice(&topic, &notice).await.unwrap();
    app.app.note_notice(&topic, &notice).await.unwrap();
    app.wait(jiff::SignedDuration::from_hours(2));
    let before = app.mails_to("gone@example.org").len();
    let mut person = app.somebody();
    let sent = person
        .post(
            "/api/sign-in",
            &[("email", "gone@example.org"), ("return_to", "/")],
        )
        .await;
    assert_eq!(sent.leads_to(), "/api/sign-in/sent");
    app.relay().await;
    assert_eq!(app.mails_to("gone@example.org").len(), before);
    assert!(app.due().await.is_empty());
}

#[tokio::test]
async fn a_letter_waits_an_hour_for_a_relay_that_has_the_renewed_keys() {
    let app = TestApp::start().await;
    let here = &app.app;
    let (store, files) = (here.store.clone(), here.files.clone());
    let (config, clock) = (here.config.clone(), here.clock.clone());
    let other = Keys::generate().unwrap();
    let behind = assemble_on(store, files, config, other, clock);
    let mut ana = app.somebody();
    let asks = [("email", "ana@example.org")];
    ana.post("/api/sign-in", &asks).await;
    behind.work_off(&app.mailer).await.unwrap_err();
    assert!(app.mails_to("ana@example.org").is_empty());
    app.relay().await;
    assert_eq!(app.mails_to("ana@example.org").len(), 1);

    ana.post("/api/sign-in", &asks).await;
    app.wait(SignedDuration::from_mins(61));
    behind.work_off(&app.mailer).await.unwrap();
    assert!(app.due().await.is_empty(), "it waits for ever");
    assert_eq!(app.mails_to("ana@example.org").len(), 1);
}
