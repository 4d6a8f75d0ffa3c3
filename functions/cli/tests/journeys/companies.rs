//! Signing in with an account at a company (OpenID Connect), with a provider that does right and wrong.

use axum::http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;

use crate::kit::provider::{Provider, Signed};
use crate::kit::{NOON, TestApp};

const GO: &str = "/api/sign-in/company/acme?return_to=/courses/";
const AT_ACME: &str = "ana.sand@acme.example";

async fn acme() -> (TestApp, Provider) {
    let provider = Provider::start(NOON.parse().unwrap()).await;
    let app = TestApp::with_companies(&provider.listed()).await;
    (app, provider)
}

#[tokio::test]
async fn the_page_for_signing_in_is_a_file_that_offers_the_companies() {
    let (app, _provider) = acme().await;
    for (app, offered) in [(app, true), (TestApp::start().await, false)] {
        let page = app.site().join("sign-in/index.html");
        std::fs::create_dir_all(page.parent().unwrap()).unwrap();
        std::fs::write(page, "<main><sodium-companies></sodium-companies></main>").unwrap();
        app.app.publish(&app.site()).await.unwrap();
        let page = app.reads("/sign-in/");
        let button = page.contains("/api/sign-in/company/acme?") && page.contains("with Acme");
        assert_eq!(button, offered, "{page}");
    }
}

#[tokio::test]
async fn somebody_new_comes_in_and_is_the_same_person_the_next_time() {
    let (app, provider) = acme().await;
    let mut ana = app.somebody();
    let came = ana.comes_from(&provider).await;
    assert_eq!(
        came.leads_to(),
        "/api/account/name?return_to=/courses/",
        "{}",
        came.body
    );
    ana.post("/api/account/name", &[("name", "Ana Sand")]).await;
    let account = ana.gets("/api/account").await.body;
    assert!(
        account.contains(AT_ACME) && account.contains("with a company account"),
        "{account}"
    );

    // At the company her address changed; she is who she is there.
    provider.says(&json!({ "email": "ana.hill@acme.example" }));
    let mut phone = app.somebody();
    assert_eq!(phone.comes_from(&provider).await.leads_to(), "/courses/");
    assert!(phone.gets("/api/account").await.body.contains("Ana Sand"));
    // Somebody else now has the address that was hers.
    provider.says(&json!({ "sub": "another", "email": AT_ACME }));
    let other = app.somebody().comes_from(&provider).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn an_address_that_is_known_here_is_connected_by_its_owner_and_by_nobody_else() {
    let (app, provider) = acme().await;
    let mut ana = app.somebody();
    ana.signs_in(AT_ACME).await;
    ana.post("/api/account/name", &[("name", "Ana Sand")]).await;

    let mut elsewhere = app.somebody();
    let came = elsewhere.comes_from(&provider).await;
    assert_eq!(came.status, StatusCode::CONFLICT);
    assert!(
        !elsewhere.cookies.contains_key("__Host-sodium"),
        "a company took an account over"
    );

    let asked = ana.comes_from(&provider).await;
    assert_eq!(asked.status, StatusCode::OK);
    let offer = asked.field("offer");
    let still = app.somebody().comes_from(&provider).await;
    assert_eq!(
        still.status,
        StatusCode::CONFLICT,
        "connected without the button"
    );
    let mut eve = app.newcomer("Eve Moor").await;
    let stolen = eve
        .post("/api/account/companies", &[("offer", &offer)])
        .await;
    assert_eq!(stolen.status, StatusCode::UNPROCESSABLE_ENTITY);

    let connected = ana
        .post("/api/account/companies", &[("offer", &offer)])
        .await;
    assert_eq!(connected.leads_to(), "/api/account#my-companies");
    let mut phone = app.somebody();
    assert_eq!(phone.comes_from(&provider).await.leads_to(), "/courses/");
    assert!(phone.gets("/api/account").await.body.contains("Ana Sand"));
    let again = eve
        .post("/api/account/companies", &[("offer", &offer)])
        .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);

    let account = ana.gets("/api/account").await.body;
    let (_, own) = account.split_once("/api/account/companies/").unwrap();
    let remove = format!("/api/account/companies/{}", own.split('"').next().unwrap());
    assert_eq!(eve.post(&remove, &[]).await.status, StatusCode::NOT_FOUND);
    ana.post(&remove, &[]).await.leads_to();
    let gone = app.somebody().comes_from(&provider).await;
    assert_eq!(gone.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn an_address_that_the_company_does_not_answer_for_makes_no_account() {
    let (app, provider) = acme().await;
    for address in [
        json!({ "email_verified": false }),
        json!({ "email_verified": null }),
        json!({ "email_verified": true, "email": "ana.sand@example.org" }),
        json!({ "email": "ana@acme.example.evil.example" }),
        json!({ "email": "not an address" }),
        json!({ "email": null }),
    ] {
        provider.says(&address);
        let mut ana = app.somebody();
        let came = ana.comes_from(&provider).await;
        assert_eq!(came.status, StatusCode::CONFLICT, "{address}");
        assert!(
            came.body.contains("Sign in by mail first"),
            "{address}: {}",
            came.body
        );
        assert!(!ana.cookies.contains_key("__Host-sodium"), "{address}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_as_it_must_be_opens_nothing() {
    let (app, provider) = acme().await;
    let now = app.app.clock.now().as_second();
    let wrong = [
        json!({ "nonce": "another" }),
        json!({ "iss": "https://login.acme.example" }),
        json!({ "aud": "another community" }),
        json!({ "aud": ["sodium", "another community"] }),
        json!({ "exp": now - 1 }),
    ];
    for claims in wrong {
        let (app, provider) = acme().await;
        provider.says(&claims);
        refuses(&app, &provider, &claims.to_string()).await;
    }
    for signed in [
        Signed::Not,
        Signed::WithSecret,
        Signed::WithPublicKey,
        Signed::WithOtherKey,
    ] {
        provider.signs(signed);
        refuses(&app, &provider, &format!("{signed:?}")).await;
    }
    provider.signs(Signed::Well);
    let well = app.somebody().comes_from(&provider).await;
    assert_eq!(well.status, StatusCode::SEE_OTHER, "{}", well.body);
}

async fn refuses(app: &TestApp, provider: &Provider, why: &str) {
    let mut ana = app.somebody();
    let came = ana.comes_from(provider).await;
    assert_eq!(
        came.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{why}: {}",
        came.body
    );
    assert!(!ana.cookies.contains_key("__Host-sodium"), "{why}");
}

#[tokio::test]
async fn an_answer_counts_in_the_browser_that_asked_once_and_for_ten_minutes() {
    let (app, provider) = acme().await;
    provider.forgets_nothing();
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let mut ana = app.somebody();
    let back = provider.lets_in(ana.gets(GO).await.leads_to());
    // Somebody sends their own answer to another browser (login CSRF).
    let mut other = app.somebody();
    assert_eq!(other.gets(&back).await.status, refused);
    other.gets(GO).await;
    assert_eq!(other.gets(&back).await.status, refused);
    // Another state, another issuer, no code.
    for wrong in [
        back.replace("state=", "state=x"),
        back.replace("iss=http", "iss=https"),
        back.replace("code=", "nothing="),
    ] {
        assert_eq!(ana.clone().gets(&wrong).await.status, refused, "{wrong}");
    }
    let copy = ana.clone();
    assert_eq!(ana.gets(&back).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        copy.clone().gets(&back).await.status,
        refused,
        "it counted twice"
    );
    assert!(!ana.cookies.contains_key("__Host-sodium-company"));

    let mut slow = app.somebody();
    let back = provider.lets_in(slow.gets(GO).await.leads_to());
    app.wait(SignedDuration::from_mins(10));
    assert_eq!(slow.gets(&back).await.status, refused, "it was too late");
}

#[tokio::test]
async fn a_code_that_was_used_opens_nothing() {
    let (app, provider) = acme().await;
    let mut ana = app.somebody();
    let back = provider.lets_in(ana.gets(GO).await.leads_to());
    assert_eq!(ana.clone().gets(&back).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        ana.gets(&back).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_provider_may_renew_its_key() {
    let (app, provider) = acme().await;
    app.somebody().comes_from(&provider).await.leads_to();
    provider.renews_its_key();
    // Somebody who invents key names does not make us ask at every try.
    let soon = app.somebody().comes_from(&provider).await;
    assert_eq!(soon.status, StatusCode::UNPROCESSABLE_ENTITY);
    app.wait(SignedDuration::from_mins(2));
    let came = app.somebody().comes_from(&provider).await;
    assert_eq!(came.status, StatusCode::SEE_OTHER, "{}", came.body);
}

#[tokio::test]
async fn a_company_that_does_not_answer_keeps_nobody_from_the_mail_link() {
    let nowhere = "[[company]]\nid = \"acme\"\nname = \"Acme\"\nissuer = \"http://127.0.0.1:1\"\nclient_id = \"x\"\n";
    let app = TestApp::with_companies(nowhere).await;
    let mut ana = app.somebody();
    let gone = ana.gets(GO).await;
    assert_eq!(gone.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(gone.body.contains("/sign-in/"), "{}", gone.body);
    let unknown = ana.gets("/api/sign-in/company/other").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(
        ana.gets("/api/sign-in")
            .await
            .body
            .contains("Sign in with Acme")
    );
    let plain = TestApp::start().await;
    let form = plain.somebody().gets("/api/sign-in").await.body;
    assert!(!form.contains("/company/"), "{form}");
}

#[tokio::test]
async fn who_leaves_takes_the_connection_along_and_a_company_does_not_moderate() {
    let (app, provider) = acme().await;
    provider.says(&json!({ "email": "mod@acme.example" }));
    let mut ana = app.somebody();
    ana.comes_from(&provider).await.leads_to();
    ana.post("/api/account/name", &[("name", "Ana Sand")]).await;
    let grant =
        sodium_cli::roles::Wish::Grant("Ana Sand".into(), sodium_domain::member::Role::Moderator);
    app.operator(grant).await.unwrap();
    let queue = ana.gets("/api/moderation").await;
    assert_eq!(queue.status, StatusCode::UNAUTHORIZED);

    let export = ana.gets("/api/account/export").await.json();
    assert_eq!(export["company_accounts"][0]["company"], "acme");
    ana.post("/api/account/delete", &[]).await;
    app.relay().await;
    let again = app.somebody().comes_from(&provider).await;
    assert!(again.leads_to().starts_with("/api/account/name"));
}
