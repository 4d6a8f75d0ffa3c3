//! Requests and answers through the event format: what a gateway could bend stays straight.

use crate::browsing::form;
use crate::world::World;

#[tokio::test]
async fn only_requests_through_the_cdn_are_answered() {
    let mut browser = World::new().await.browser().await;
    let stranger = [("x-test-directly", "yes"), ("x-sodium-origin", "guessed")];
    for path in [
        "/api/sign-in",
        "/api/threads/first-lesson/form",
        "/api/waitlist/sent",
    ] {
        assert_eq!(
            browser.send("GET", path, &stranger, b"").await.status,
            421,
            "{path}"
        );
        assert_eq!(browser.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn paths_and_queries_keep_their_encoding() {
    let mut browser = World::new().await.browser().await;
    let encoded = browser.get("/api/threads/first%2Dlesson/form").await;
    assert_eq!(encoded.status, 200, "{}", encoded.text());
    let target = "/courses/one/first/";
    let path = format!("/api/sign-in?{}", form(&[("return_to", target)]));
    let page = browser.get(&path).await.text().replace("&#x2F;", "/");
    assert!(page.contains(target), "{page}");
}

#[tokio::test]
async fn answers_come_whole_with_their_headers() {
    let mut browser = World::new().await.browser().await;
    let page = browser.get("/api/account").await;
    assert_eq!(page.status, 401);
    assert_eq!(page.all("cache-control"), ["no-store"]);
    assert_eq!(page.all("content-type"), ["text/html; charset=utf-8"]);
    assert!(!page.all("content-security-policy").is_empty());
    let text = page.text();
    assert!(
        text.starts_with("<html>") && text.ends_with("</html>"),
        "{text}"
    );
    let sent = browser
        .post("/api/sign-in", &[("email", "ana@example.org")])
        .await;
    let cookies = sent.all("set-cookie");
    assert!(!cookies.is_empty(), "{sent:?}");
    assert!(
        cookies.iter().all(|cookie| cookie.contains("; HttpOnly")),
        "{cookies:?}"
    );
}

#[tokio::test]
async fn large_bodies_are_read_or_refused_and_the_next_request_is_served() {
    let mut browser = World::new().await.browser().await;
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let path = "/api/threads/first-lesson/comments";
    let mut status = async |kilobytes: usize| {
        let body = format!("body={}", "a".repeat(kilobytes * 1024));
        browser
            .send("POST", path, &kind, body.as_bytes())
            .await
            .status
    };
    // It was read: a comment of that length is refused with its reason.
    assert_eq!(status(1000).await, 422);
    // The function refuses more than a form may have, the gateway more than an event may have.
    assert_eq!(status(1100).await, 413);
    assert_eq!(status(8000).await, 413);
    assert_eq!(browser.get("/api/sign-in").await.status, 200);
}

#[tokio::test]
async fn another_site_is_refused_behind_the_cdn_as_well() {
    let mut browser = World::new().await.browser().await;
    let foreign = [
        ("sec-fetch-site", "cross-site"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let body = form(&[("email", "ana@example.org")]);
    let answer = browser
        .send("POST", "/api/waitlist", &foreign, body.as_bytes())
        .await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
}
