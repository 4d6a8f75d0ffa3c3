//! Roles, which only the operator gives and takes.

use axum::http::StatusCode;
use sodium_cli::roles::Wish;
use sodium_domain::member::Role;

use crate::kit::{TestApp, address_of};

const MODERATION: &str = "/api/moderation";

#[tokio::test]
async fn the_operator_names_a_moderator_by_name_address_or_id() {
    let app = TestApp::start().await;
    let mut ana = app.newcomer("Ana Sand").await;
    ana.adds_passkey("Phone").await;
    let export = ana.gets("/api/account/export").await.json();
    let id = export["member"]["id"].as_str().unwrap().to_owned();

    for who in ["Ana Sand".to_owned(), address_of("Ana Sand"), id] {
        assert_eq!(ana.gets(MODERATION).await.status, StatusCode::NOT_FOUND);
        let said = app
            .operator(Wish::Grant(who.clone(), Role::Moderator))
            .await
            .unwrap();
        assert!(
            said[0].contains("Ana Sand") && said[0].contains("moderator"),
            "{said:?}"
        );
        assert_eq!(ana.gets(MODERATION).await.status, StatusCode::OK);
        app.operator(Wish::Revoke(who)).await.unwrap();
    }
}

#[tokio::test]
async fn a_mentor_does_not_moderate_and_the_list_says_who_has_which_role() {
    let app = TestApp::start().await;
    let mut ana = app.newcomer("Ana Sand").await;
    ana.adds_passkey("Phone").await;
    let nobody = app.operator(Wish::List).await.unwrap();
    assert_eq!(nobody, ["nobody has a role"]);

    app.operator(Wish::Grant("Ana Sand".into(), Role::Mentor))
        .await
        .unwrap();
    assert_eq!(ana.gets(MODERATION).await.status, StatusCode::NOT_FOUND);
    let list = app.operator(Wish::List).await.unwrap();
    assert!(list[0].starts_with("mentor\tAna Sand"), "{list:?}");
    assert!(ana.gets("/api/account").await.body.contains("mentor"));

    ana.post("/api/account/delete", &[]).await;
    app.relay().await;
    assert_eq!(
        app.operator(Wish::List).await.unwrap(),
        ["nobody has a role"]
    );
}

#[tokio::test]
async fn nobody_gets_a_role_who_is_not_a_member() {
    let app = TestApp::start().await;
    for who in [
        "Nobody Here",
        "nobody@example.org",
        "01890000-0000-7000-8000-000000000000",
        "",
    ] {
        let refused = app.operator(Wish::Grant(who.into(), Role::Operator)).await;
        assert!(refused.is_err(), "{who}");
    }
}
