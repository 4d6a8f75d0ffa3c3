//! Passkeys: made, used without an address, and what they are needed for.

use axum::http::StatusCode;
use jiff::SignedDuration;
use sodium_cli::roles::Wish;

use crate::kit::{LESSON_THREAD, TestApp, address_of, make_passkey};

const MODERATION: &str = "/api/moderation";

#[tokio::test]
async fn a_member_comes_in_with_a_passkey_and_types_no_address() {
    let app = TestApp::start().await;
    let mut ana = app.newcomer("Ana Sand").await;
    let (passkey, added) = ana.adds_passkey("Phone").await;
    assert_eq!(added.leads_to(), "/api/account#my-passkeys");

    let mut phone = app.somebody();
    let entered = phone.enters_with(&passkey, "/courses/").await;
    assert_eq!(entered.leads_to(), "/courses/", "{}", entered.body);
    let account = phone.gets("/api/account").await.body;
    assert!(
        account.contains("Ana Sand") && account.contains("Phone"),
        "{account}"
    );
}

#[tokio::test]
async fn an_answer_counts_once_and_for_five_minutes() {
    let app = TestApp::start().await;
    let (passkey, _) = app.newcomer("Ana Sand").await.adds_passkey("Phone").await;
    let mut guest = app.somebody();

    let question = guest.is_asked("/api/sign-in/passkey").await;
    let answer = passkey.prove(&question.options).to_string();
    assert_eq!(guest.answers(&question, &answer, "/").await.leads_to(), "/");
    let again = app.somebody().answers(&question, &answer, "/").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);

    let question = guest.is_asked("/api/sign-in/passkey").await;
    let answer = passkey.prove(&question.options).to_string();
    app.wait(SignedDuration::from_mins(5));
    let late = app.somebody().answers(&question, &answer, "/").await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.body.contains("five minutes"), "{}", late.body);
}

#[tokio::test]
async fn a_passkey_of_another_site_or_with_a_wrong_signature_opens_nothing() {
    let app = TestApp::start().await;
    let (passkey, _) = app.newcomer("Ana Sand").await.adds_passkey("Phone").await;

    let mut elsewhere = passkey.clone();
    elsewhere.origin = "https://learn.example.org.evil.example".into();
    let mut guest = app.somebody();
    let refused = guest.enters_with(&elsewhere, "/").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let question = guest.is_asked("/api/sign-in/passkey").await;
    let mut answer = passkey.prove(&question.options);
    let other = guest.is_asked("/api/sign-in/passkey").await;
    answer["response"]["signature"] =
        passkey.prove(&other.options)["response"]["signature"].clone();
    let refused = guest.answers(&question, &answer.to_string(), "/").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(guest.cookies.is_empty(), "somebody came in");
}

#[tokio::test]
async fn a_copied_passkey_is_noticed_by_its_counter() {
    let app = TestApp::start().await;
    let (mut passkey, _) = app.newcomer("Ana Sand").await.adds_passkey("Key").await;
    passkey.counter = 7;
    let copy = passkey.clone();
    assert_eq!(
        app.somebody().enters_with(&passkey, "/").await.leads_to(),
        "/"
    );
    let copied = app.somebody().enters_with(&copy, "/").await;
    assert_eq!(copied.status, StatusCode::UNPROCESSABLE_ENTITY);
    passkey.counter = 8;
    assert_eq!(
        app.somebody().enters_with(&passkey, "/").await.leads_to(),
        "/"
    );
}

#[tokio::test]
async fn nobody_adds_a_passkey_to_somebody_elses_account() {
    let app = TestApp::start().await;
    let (mut ana, mut eve) = (
        app.newcomer("Ana Sand").await,
        app.newcomer("Eve Moor").await,
    );
    let question = eve.is_asked("/api/account/passkeys").await;
    let (_, answer) = make_passkey(&question.options);
    let added = ana
        .post("/api/account/passkeys", &question.with(&answer.to_string()))
        .await;
    assert_eq!(added.status, StatusCode::UNPROCESSABLE_ENTITY);
    let stranger = app
        .somebody()
        .fetches("/api/account/passkeys/challenge", &[])
        .await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_passkey_is_renamed_removed_and_then_opens_nothing() {
    let app = TestApp::start().await;
    let mut ana = app.newcomer("Ana Sand").await;
    let (passkey, _) = ana.adds_passkey("Phone").await;
    let account = ana.gets("/api/account").await.body;
    let (_, own) = account.split_once("/api/account/passkeys/").unwrap();
    let own = format!("/api/account/passkeys/{}", own.split('/').next().unwrap());

    let mut eve = app.newcomer("Eve Moor").await;
    for act in ["name", "remove"] {
        let tried = eve.post(&format!("{own}/{act}"), &[("name", "Mine")]).await;
        assert_eq!(tried.status, StatusCode::NOT_FOUND);
    }
    ana.post(&format!("{own}/name"), &[("name", "Blue key")])
        .await;
    assert!(ana.gets("/api/account").await.body.contains("Blue key"));
    let export = ana.gets("/api/account/export").await.json();
    assert_eq!(export["passkeys"][0]["name"], "Blue key");

    ana.post(&format!("{own}/remove"), &[]).await;
    assert!(!ana.gets("/api/account").await.body.contains("Blue key"));
    let gone = app.somebody().enters_with(&passkey, "/").await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn coming_in_with_a_passkey_gives_a_browser_a_new_cookie() {
    let app = TestApp::start().await;
    let mut ana = app.newcomer("Ana Sand").await;
    let (passkey, _) = ana.adds_passkey("Phone").await;
    let before = ana.clone();
    assert_eq!(ana.enters_with(&passkey, "/").await.leads_to(), "/");
    assert_eq!(ana.gets("/api/account").await.status, StatusCode::OK);
    let old = before.clone().gets("/api/account").await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_form_without_a_passkey_says_what_is_missing() {
    let app = TestApp::start().await;
    let mut ana = app.newcomer("Ana Sand").await;
    for path in ["/api/sign-in/passkey", "/api/account/passkeys"] {
        let sent = ana
            .post(path, &[("challenge", ""), ("credential", "")])
            .await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(sent.body.contains("JavaScript"), "{}", sent.body);
        let nonsense = [("challenge", "x"), ("credential", "{}")];
        let sent = ana.post(path, &nonsense).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn a_mail_link_alone_does_not_moderate() {
    let app = TestApp::start().await;
    let nora = app.newcomer("Nora New").await;
    let comment = nora.posts(LESSON_THREAD, "Waiting words").await;
    let mut moderator = app.moderator().await;
    assert!(
        moderator
            .gets(MODERATION)
            .await
            .body
            .contains("Waiting words")
    );

    let mut thief = app.somebody();
    thief.signs_in("mod@example.org").await;
    let queue = thief.gets(MODERATION).await;
    assert_eq!(queue.status, StatusCode::UNAUTHORIZED);
    assert!(!queue.body.contains("Waiting words") && queue.body.contains("passkey"));
    assert_eq!(thief.gets(&comment).await.status, StatusCode::NOT_FOUND);
    let place = thief
        .gets("/api/account/passkeys?return_to=/api/moderation")
        .await;
    assert!(
        place.body.contains("/api/sign-in/passkey"),
        "{}",
        place.body
    );
    // No second passkey by mail, and the first one cannot be removed to make room.
    let asked = thief.fetches("/api/account/passkeys/challenge", &[]).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    let account = moderator.gets("/api/account").await.body;
    let (_, own) = account.split_once("/api/account/passkeys/").unwrap();
    let own = format!(
        "/api/account/passkeys/{}/remove",
        own.split('/').next().unwrap()
    );
    assert_eq!(thief.post(&own, &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(moderator.gets(MODERATION).await.status, StatusCode::OK);
    // A device on which the passkey is gone moderates no more.
    moderator.post(&own, &[]).await;
    assert_eq!(
        moderator.gets(MODERATION).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_mailbox_makes_one_first_passkey_however_many_try() {
    let app = TestApp::with_policy(|policy| policy.limits.sign_in_mails = 20).await;
    let mut answers = Vec::new();
    for _ in 0..8 {
        let mut device = app.somebody();
        device.signs_in("mod@example.org").await;
        let place = device.gets("/api/account/passkeys").await.body;
        assert!(place.contains("none yet"), "{place}");
        let question = device.is_asked("/api/account/passkeys").await;
        let (_, answer) = make_passkey(&question.options);
        answers.push((device, question, answer.to_string()));
    }
    let tries = answers.iter().map(|(device, question, answer)| {
        let mut device = device.clone();
        async move {
            device
                .post("/api/account/passkeys", &question.with(answer))
                .await
                .status
        }
    });
    let all = futures_util::future::join_all(tries).await;
    let added = all
        .iter()
        .filter(|status| **status == StatusCode::SEE_OTHER);
    assert_eq!(added.count(), 1, "{all:?}");
}

#[tokio::test]
async fn who_leaves_takes_their_passkeys_along() {
    let app = TestApp::start().await;
    let mut ana = app.newcomer("Ana Sand").await;
    let (passkey, _) = ana.adds_passkey("Phone").await;
    ana.post("/api/account/delete", &[]).await;
    app.relay().await;
    let gone = app.somebody().enters_with(&passkey, "/").await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut again = app.somebody();
    again.signs_in(&address_of("Ana Sand")).await;
    let export = again.gets("/api/account/export").await.json();
    assert_eq!(export["passkeys"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn who_lost_their_passkey_gets_a_new_one_after_the_operator_reset_it() {
    let app = TestApp::start().await;
    let mut moderator = app.moderator().await;
    app.operator(Wish::ResetPasskeys("Kim of the Team".into()))
        .await
        .unwrap();
    assert_eq!(
        moderator.gets("/api/account").await.status,
        StatusCode::UNAUTHORIZED
    );

    app.wait(SignedDuration::from_hours(1));
    moderator.signs_in("mod@example.org").await;
    assert_eq!(
        moderator.gets(MODERATION).await.status,
        StatusCode::UNAUTHORIZED
    );
    moderator.adds_passkey("New key").await;
    assert_eq!(moderator.gets(MODERATION).await.status, StatusCode::OK);
}
