//! Signing in by mail link, and the name that comes after.

use axum::http::StatusCode;
use jiff::SignedDuration;
use sodium_cli::roles::Wish;
use sodium_domain::member::Role;

use crate::kit::{LESSON, LESSON_THREAD, Person, TestApp, address_of, link_in};

const ANA: &str = "ana.sand@example.org";

#[tokio::test]
async fn opening_the_link_changes_nothing_and_the_button_signs_in_once() {
    let app = TestApp::start().await;
    let mut ana = app.somebody();
    let link = ana.asks_for_link(ANA).await;

    for _ in 0..3 {
        let mut scanner = app.somebody();
        let opened = scanner.gets(&link).await;
        assert_eq!(opened.status, StatusCode::OK);
        assert!(scanner.cookies.is_empty(), "a GET signed somebody in");
    }
    let entered = ana.post(&link, &[]).await;
    assert!(
        entered
            .leads_to()
            .starts_with("/api/account/name?return_to=")
    );
    assert!(ana.cookies.contains_key("__Host-sodium"));

    assert_eq!(
        app.somebody().post(&link, &[]).await.status,
        StatusCode::GONE
    );
    assert_eq!(app.somebody().gets(&link).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_link_is_too_old_after_fifteen_minutes() {
    let app = TestApp::start().await;
    let mut ana = app.somebody();
    let link = ana.asks_for_link(ANA).await;

    app.wait(SignedDuration::from_mins(15));
    assert_eq!(ana.post(&link, &[]).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn another_device_is_told_that_it_is_another_one() {
    let app = TestApp::start().await;
    let mut ana = app.somebody();
    let link = ana.asks_for_link(ANA).await;

    assert!(!ana.gets(&link).await.body.contains("another browser"));
    let mut phone = app.somebody();
    assert!(phone.gets(&link).await.body.contains("another browser"));
    assert_eq!(phone.post(&link, &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn nobody_learns_whether_an_address_is_known() {
    let app = TestApp::start().await;
    app.member("Ana Sand").await;
    app.wait(SignedDuration::from_hours(2));

    let mut guest = app.somebody();
    let known = guest.post("/api/sign-in", &[("email", ANA)]).await;
    let unknown = guest
        .post("/api/sign-in", &[("email", "nobody@example.org")])
        .await;
    assert_eq!(
        (known.status, known.leads_to()),
        (unknown.status, unknown.leads_to())
    );
    assert_eq!(known.body, unknown.body);
    let mails = |address: &str| {
        app.mails_to(address)
            .last()
            .map(|mail| mail.text.lines().count())
    };
    app.relay().await;
    assert_eq!(mails(ANA), mails("nobody@example.org"));
}

#[tokio::test]
async fn a_mailbox_gets_few_mails_and_the_answer_stays_the_same() {
    let app = TestApp::with_policy(|policy| policy.limits.sign_in_mails = 2).await;
    let mut guest = app.somebody();
    for _ in 0..4 {
        let sent = guest.post("/api/sign-in", &[("email", ANA)]).await;
        assert_eq!(sent.leads_to(), "/api/sign-in/sent");
    }
    app.relay().await;
    assert_eq!(app.mails_to(ANA).len(), 2);
}

#[tokio::test]
async fn an_address_that_is_none_comes_back_with_a_reason() {
    let app = TestApp::start().await;
    for wrong in [
        "",
        "ana",
        "ana@",
        "a@b@c.org",
        "ana@example.org\r\nBcc: x@example.org",
    ] {
        let reply = app
            .somebody()
            .post("/api/sign-in", &[("email", wrong)])
            .await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(app.due().await.is_empty());
    }
}

#[tokio::test]
async fn the_way_back_stays_on_this_site() {
    let app = TestApp::start().await;
    let _ana = app.newcomer("Ana Sand").await;
    for (wanted, got) in [
        ("//evil.example/", "/"),
        ("https://evil.example", "/"),
        (LESSON, LESSON),
    ] {
        let mut again = app.somebody();
        let fields = [("email", ANA), ("return_to", wanted)];
        again.post("/api/sign-in", &fields).await;
        app.relay().await;
        let link = link_in(app.mails_to(ANA).last().unwrap());
        assert_eq!(again.post(&link, &[]).await.leads_to(), got);
        app.wait(SignedDuration::from_hours(1));
    }
}

#[tokio::test]
async fn a_name_like_somebody_elses_or_like_a_role_is_refused() {
    let app = TestApp::start().await;
    app.newcomer("Ana Sand").await;
    let mut other = app.somebody();
    other.signs_in("other@example.org").await;

    for (name, status) in [
        ("ana sand", StatusCode::CONFLICT),
        ("AnaSand", StatusCode::CONFLICT),
        ("Аna Sand", StatusCode::UNPROCESSABLE_ENTITY),
        ("Moderator", StatusCode::UNPROCESSABLE_ENTITY),
        ("x", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let reply = other.post("/api/account/name", &[("name", name)]).await;
        assert_eq!(reply.status, status, "{name}");
        assert!(reply.body.contains(name), "the typed name is gone");
    }
    let reply = other
        .post("/api/account/name", &[("name", "Otto Moor")])
        .await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_has_no_name_yet_is_asked_for_one_before_writing() {
    let app = TestApp::start().await;
    let mut nameless = app.somebody();
    nameless.signs_in(ANA).await;
    let reply = nameless.gets("/api/sessions/evening-talk").await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.body.contains("/api/account/name"), "{}", reply.body);
}

#[tokio::test]
async fn signing_out_ends_this_device_and_revoking_ends_another() {
    let app = TestApp::start().await;
    let mut laptop = app.newcomer("Ana Sand").await;
    let mut phone = app.somebody();
    phone.signs_in(&address_of("Ana Sand")).await;

    let account = laptop.gets("/api/account").await.body;
    let revokes: Vec<&str> = account
        .match_indices("/api/account/devices/")
        .map(|(at, _)| &account[at..])
        .collect();
    assert_eq!(revokes.len(), 2);
    let stolen = laptop.clone();
    laptop.post("/api/sign-out", &[]).await;
    assert_eq!(
        stolen.clone().gets("/api/account").await.status,
        StatusCode::UNAUTHORIZED
    );

    let action = phone.gets("/api/account").await.body;
    let (_, action) = action.split_once("/api/account/devices/").unwrap();
    let action = format!("/api/account/devices/{}", action.split('"').next().unwrap());
    let mut ben = app.newcomer("Ben Hill").await;
    assert_eq!(
        ben.post(&action, &[]).await.status,
        StatusCode::NOT_FOUND,
        "not his to revoke"
    );
    phone.post(&action, &[]).await;
    assert_eq!(
        phone.gets("/api/account").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_device_that_is_not_used_for_sixty_days_is_signed_out() {
    let app = TestApp::start().await;
    let mut ana = app.newcomer("Ana Sand").await;

    app.wait(SignedDuration::from_hours(24 * 59));
    assert_eq!(ana.gets("/api/account").await.status, StatusCode::OK);
    app.wait(SignedDuration::from_hours(24 * 59));
    assert_eq!(
        ana.gets("/api/account").await.status,
        StatusCode::OK,
        "using it did not count"
    );
    app.wait(SignedDuration::from_hours(24 * 61));
    assert_eq!(
        ana.gets("/api/account").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_cookie_lives_as_long_as_the_device() {
    let app = TestApp::start().await;
    let mut ana = app.newcomer("Ana Sand").await;
    assert!(ana.gets("/api/account").await.cookies.is_empty());
    app.wait(SignedDuration::from_hours(24 * 2));
    let used = ana.gets("/api/account").await;
    let sixty_days = format!("Max-Age={}", 60 * 24 * 60 * 60);
    assert!(
        used.cookies.len() == 1 && used.cookies[0].contains(&sixty_days),
        "{:?}",
        used.cookies
    );
    assert!(ana.gets("/api/account").await.cookies.is_empty());
    // Whoever signs out at such a moment is signed out.
    app.wait(SignedDuration::from_hours(24 * 2));
    let out = ana.post("/api/sign-out", &[]).await;
    assert_eq!(out.cookies.len(), 1);
    assert!(
        !ana.cookies.contains_key("__Host-sodium"),
        "{:?}",
        out.cookies
    );
}

#[tokio::test]
async fn signing_out_everywhere_else_keeps_this_device_and_ends_all_others() {
    let app = TestApp::start().await;
    let mut laptop = app.newcomer("Ana Sand").await;
    let mut phone = app.somebody();
    phone.signs_in(&address_of("Ana Sand")).await;
    let stolen_cookie = laptop.clone();

    assert!(
        laptop
            .gets("/api/account")
            .await
            .body
            .contains("everywhere else")
    );
    let out = laptop.post("/api/account/sign-out-others", &[]).await;
    assert_eq!(out.leads_to(), "/api/account#my-devices");
    let account = laptop.gets("/api/account").await;
    assert_eq!(account.status, StatusCode::OK);
    assert!(
        !account.body.contains("everywhere else"),
        "{}",
        account.body
    );
    for mut other in [phone, stolen_cookie] {
        assert_eq!(
            other.gets("/api/account").await.status,
            StatusCode::UNAUTHORIZED
        );
    }
}

#[tokio::test]
async fn nobody_takes_an_authors_name_but_the_author_with_a_role() {
    let app = TestApp::start().await;
    let mut eve = app.somebody();
    eve.signs_in("eve@example.org").await;
    for name in ["Mira Holm", "mira holm", "MiraHolm", "Mira Ho1m"] {
        let reply = eve.post("/api/account/name", &[("name", name)]).await;
        assert_eq!(reply.status, StatusCode::CONFLICT, "{name}");
    }
    let mut mira = app.newcomer("Mira H").await;
    app.operator(Wish::Grant("Mira H".into(), Role::Mentor))
        .await
        .unwrap();
    let named = mira
        .post("/api/account/name", &[("name", "Mira Holm")])
        .await;
    assert_eq!(named.status, StatusCode::SEE_OTHER, "{}", named.body);
    // Publishing again changes nothing of that.
    app.app.publish(&app.site()).await.unwrap();
    let reply = eve
        .post("/api/account/name", &[("name", "Mira Holm")])
        .await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(mira.gets("/api/account").await.body.contains("Mira Holm"));
}

#[tokio::test]
async fn a_name_is_changed_once_in_thirty_days_and_the_old_one_stays_ones_own() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    ana.posts(LESSON_THREAD, "Before").await;
    let change = async |person: &mut Person, name: &str| {
        person
            .post("/api/account/name", &[("name", name)])
            .await
            .status
    };
    assert_eq!(change(&mut ana, "Ana Hill").await, StatusCode::SEE_OTHER);
    assert_eq!(change(&mut ana, "Ana Hill").await, StatusCode::SEE_OTHER);
    assert_eq!(change(&mut ana, "Ana Dale").await, StatusCode::CONFLICT);
    ana.posts(LESSON_THREAD, "After").await;
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(
        page.contains("Ana Sand") && page.contains("Ana Hill"),
        "{page}"
    );

    let mut eve = app.newcomer("Eve Moor").await;
    assert_eq!(change(&mut eve, "Ana Sand").await, StatusCode::CONFLICT);
    assert_eq!(change(&mut eve, "Ana Hill").await, StatusCode::CONFLICT);
    app.wait(SignedDuration::from_hours(24 * 30));
    assert_eq!(change(&mut ana, "Ana Sand").await, StatusCode::SEE_OTHER);
    ana.post("/api/account/delete", &[]).await;
    app.relay().await;
    assert_eq!(change(&mut eve, "Ana Sand").await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_writes_without_a_name_chooses_one_and_finds_the_text_again() {
    let app = TestApp::start().await;
    let mut nameless = app.somebody();
    nameless.signs_in(ANA).await;
    let path = format!("/api/threads/{LESSON_THREAD}/comments");
    let fields = [("body", "My first thought")];
    let reply = nameless.post(&path, &fields).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.body.contains("My first thought") && reply.body.contains("/api/account/name"));
    let back = reply.field("return_to");
    let named = [("name", "Ana Sand"), ("return_to", back.as_str())];
    let chosen = nameless.post("/api/account/name", &named).await;
    let form = nameless.gets(chosen.leads_to()).await;
    assert!(form.body.contains("My first thought"), "{}", form.body);
    let mut other = app.somebody();
    other.signs_in("other@example.org").await;
    assert_eq!(other.fetches(&path, &fields).await.json()["code"], "name");
}
