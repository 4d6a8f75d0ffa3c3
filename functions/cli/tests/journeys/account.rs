//! Own data: seeing it, taking it along, and leaving.

use axum::http::StatusCode;

use crate::kit::{LESSON, LESSON_THREAD, SESSION_PAGE, TestApp, address_of};

#[tokio::test]
async fn the_export_holds_everything_that_a_member_has_here() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    ana.posts(LESSON_THREAD, "For the record").await;
    ana.post("/api/sessions/evening-talk/seat", &[]).await;

    let export = ana.gets("/api/account/export").await.json();
    assert_eq!(export["member"]["name"], "Ana Sand");
    assert_eq!(export["member"]["address"], address_of("Ana Sand"));
    assert_eq!(export["comments"][0]["body"], "For the record");
    assert_eq!(export["seats"][0]["session"], "evening-talk");
    assert_eq!(export["devices"].as_array().unwrap().len(), 1);

    let account = ana.gets("/api/account").await.body;
    assert!(
        account.contains("For the record") && account.contains("Evening talk"),
        "{account}"
    );
}

#[tokio::test]
async fn who_leaves_takes_everything_along() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let (mut ben, mut cleo, mut dora) = (
        app.member("Ben Hill").await,
        app.member("Cleo Marsh").await,
        app.newcomer("Dora Wells").await,
    );
    let comment = ana.posts(LESSON_THREAD, "Words of Ana").await;
    ben.replies(LESSON_THREAD, &comment, "An answer").await;
    for person in [&mut ana, &mut ben, &mut dora] {
        person.post("/api/sessions/evening-talk/seat", &[]).await;
    }
    app.relay().await;

    let mut phone = app.somebody();
    phone.signs_in(&address_of("Ana Sand")).await;
    assert!(
        ana.gets("/api/account/delete")
            .await
            .body
            .contains("cannot be undone")
    );
    let left = ana.post("/api/account/delete", &[]).await;
    assert_eq!(left.status, StatusCode::OK);
    assert!(!ana.cookies.contains_key("__Host-sodium"));
    assert_eq!(
        phone.gets("/api/account").await.status,
        StatusCode::UNAUTHORIZED
    );
    app.relay().await;

    for (path, text) in app.public_texts() {
        for trace in ["Ana Sand", "Words of Ana", "ana.sand"] {
            assert!(
                !text.contains(trace),
                "‘{trace}’ is left in {}",
                path.display()
            );
        }
    }
    assert!(app.reads(LESSON).contains("An answer"));
    assert!(
        app.reads(SESSION_PAGE).contains("2 of 2 seats taken"),
        "the seat was not passed on"
    );
    assert!(
        dora.gets("/api/sessions/evening-talk")
            .await
            .body
            .contains("You have a seat")
    );
    // The name and the address are free again.
    cleo.gets("/api/account").await;
    let again = app.newcomer("Ana Sand").await;
    let export = again.clone().gets("/api/account/export").await.json();
    assert_eq!(export["comments"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn the_account_page_is_for_its_owner() {
    let app = TestApp::start().await;
    for path in ["/api/account", "/api/account/export", "/api/account/delete"] {
        let reply = app.somebody().gets(path).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.field("return_to"), path);
    }
    assert_eq!(
        app.somebody().post("/api/account/delete", &[]).await.status,
        StatusCode::UNAUTHORIZED
    );
}
