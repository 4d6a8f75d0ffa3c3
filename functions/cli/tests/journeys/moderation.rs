//! What waits for a person, and the decision.

use axum::http::StatusCode;
use jiff::SignedDuration;

use crate::kit::{LESSON, LESSON_THREAD, TestApp, address_of};

#[tokio::test]
async fn a_first_comment_waits_and_only_its_author_and_moderators_see_it() {
    let app = TestApp::start().await;
    let mut nora = app.newcomer("Nora New").await;
    let comment = nora.posts(LESSON_THREAD, "My very first").await;
    app.relay().await;

    let own = nora.gets(&comment).await.body;
    assert!(
        own.contains("My very first") && own.contains("waits for a person"),
        "{own}"
    );
    assert!(!app.reads(LESSON).contains("My very first"));
    let mut other = app.newcomer("Otto Moor").await;
    assert_eq!(other.gets(&comment).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        app.somebody().gets(&comment).await.status,
        StatusCode::UNAUTHORIZED
    );
    for (path, text) in app.public_texts() {
        assert!(!text.contains("My very first"), "in {}", path.display());
    }
}

#[tokio::test]
async fn a_moderator_publishes_it_and_the_next_needs_nobody() {
    let app = TestApp::start().await;
    let mut nora = app.newcomer("Nora New").await;
    let comment = nora.posts(LESSON_THREAD, "My very first").await;
    app.relay().await;
    assert_eq!(app.mails_to("mod@example.org").len(), 1);

    let mut moderator = app.moderator().await;
    assert!(
        moderator
            .gets("/api/moderation")
            .await
            .body
            .contains("My very first")
    );
    moderator.approves(&comment).await;
    assert!(
        !moderator
            .gets("/api/moderation")
            .await
            .body
            .contains("My very first")
    );
    nora.posts(LESSON_THREAD, "My second").await;
    app.relay().await;

    let page = app.reads(LESSON);
    assert!(page.contains("My very first") && page.contains("My second"));
    let mails = app.mails_to(&address_of("Nora New"));
    assert!(mails.last().unwrap().subject.contains("is published"));
    assert!(nora.gets(&comment).await.body.contains("is published"));
}

#[tokio::test]
async fn a_refusal_has_a_reason_that_the_author_reads() {
    let app = TestApp::start().await;
    let mut nora = app.newcomer("Nora New").await;
    let comment = nora.posts(LESSON_THREAD, "You are all fools").await;
    let moderator = app.moderator().await;

    let mut careless = moderator.clone();
    let action = comment
        .replace("/threads/", "/moderation/")
        .replace("/comments/", "/");
    let without = careless
        .post(&action, &[("intent", "reject"), ("reason", "because")])
        .await;
    assert_eq!(without.status, StatusCode::BAD_REQUEST);
    moderator.rejects(&comment, "unkind").await;
    app.relay().await;

    assert!(
        nora.gets(&comment)
            .await
            .body
            .contains("insults or threatens")
    );
    let mail = app.mails_to(&address_of("Nora New")).pop().unwrap();
    assert!(mail.text.contains("insults or threatens"), "{}", mail.text);
    assert!(!app.reads(LESSON).contains("fools"));
}

#[tokio::test]
async fn a_changed_comment_that_the_policy_holds_leaves_the_page_until_it_was_read() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "Harmless").await;
    app.relay().await;
    assert!(app.reads(LESSON).contains("Harmless"));

    ana.post(&format!("{comment}/edit"), &[("body", "Best casino")])
        .await;
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(!page.contains("casino") && !page.contains("Harmless"));
    assert!(
        page.contains("No comments yet"),
        "the count is wrong: {page}"
    );

    app.moderator().await.approves(&comment).await;
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(
        page.contains("casino") && page.contains("1 comment"),
        "{page}"
    );
}

#[tokio::test]
async fn moderators_get_one_mail_for_many_comments() {
    let app = TestApp::start().await;
    for name in ["Nora New", "Otto Moor", "Pia Lund"] {
        app.newcomer(name).await.posts(LESSON_THREAD, "Hello").await;
        app.relay().await;
    }
    assert_eq!(app.mails_to("mod@example.org").len(), 1);
    app.wait(SignedDuration::from_mins(15));
    app.newcomer("Rosa Fink")
        .await
        .posts(LESSON_THREAD, "Hello")
        .await;
    app.relay().await;
    assert_eq!(app.mails_to("mod@example.org").len(), 2);
}

#[tokio::test]
async fn the_queue_is_for_moderators() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    assert_eq!(
        ana.gets("/api/moderation").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        app.somebody().gets("/api/moderation").await.status,
        StatusCode::UNAUTHORIZED
    );
    let nora = app.newcomer("Nora New").await;
    let comment = nora.posts(LESSON_THREAD, "Waiting").await;
    let action = comment
        .replace("/threads/", "/moderation/")
        .replace("/comments/", "/");
    let tried = ana.post(&action, &[("intent", "approve")]).await;
    assert_eq!(tried.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_text_that_was_changed_after_the_moderator_read_it_is_not_published() {
    let app = TestApp::start().await;
    let mut nora = app.newcomer("Nora New").await;
    let comment = nora.posts(LESSON_THREAD, "Nice lesson").await;
    let mut moderator = app.moderator().await;
    let queue = moderator.gets("/api/moderation").await.body;
    let (_, action) = queue.split_once("action=\"/api/moderation/").unwrap();
    let action = format!("/api/moderation/{}", action.split('"').next().unwrap());

    nora.post(&format!("{comment}/edit"), &[("body", "Buy my pills")])
        .await;
    let decided = moderator.post(&action, &[("intent", "approve")]).await;
    assert_eq!(decided.status, StatusCode::CONFLICT);
    app.relay().await;
    assert!(!app.reads(LESSON).contains("pills"));
    let queue = moderator.gets("/api/moderation").await.body;
    assert!(
        queue.contains("Buy my pills"),
        "it has to be read again: {queue}"
    );
}
