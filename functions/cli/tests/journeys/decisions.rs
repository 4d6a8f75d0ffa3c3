//! What moderators decide, how the people whom it concerns hear of it and answer, and how it is taken
//! back.

use axum::http::StatusCode;
use futures_util::future::join_all;
use jiff::SignedDuration;

use crate::kit::{LESSON, LESSON_THREAD, Person, TestApp, address_of, id_of};

const LOG: &str = "/moderation/";

impl Person {
    /// Takes a published comment off the page.
    pub(crate) async fn removes(&self, comment: &str, reason: &str) {
        self.rejects(comment, reason).await;
    }

    /// Takes the newest decision back.
    pub(crate) async fn undoes_the_newest(&self) -> StatusCode {
        let mut me = self.clone();
        let page = me.gets("/api/decisions").await;
        let action = page.action("/undo");
        me.post(&action, &[]).await.status
    }

    /// Says something against the decision that a page of theirs tells of.
    pub(crate) async fn appeals(&self, page: &str, text: &str) -> StatusCode {
        let mut me = self.clone();
        let action = me.gets(page).await.action("/appeal");
        me.post(&action, &[("body", text)]).await.status
    }
}

fn decide(comment: &str) -> String {
    comment
        .replace("/threads/", "/moderation/")
        .replace("/comments/", "/")
}

#[tokio::test]
async fn a_published_comment_is_taken_off_the_page_and_its_author_is_told_why() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "You all are fools").await;
    app.relay().await;
    assert!(app.reads(LESSON).contains("fools"));

    let moderator = app.moderator().await;
    moderator.removes(&comment, "unkind").await;
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(
        !page.contains("fools") && page.contains("No comments yet"),
        "{page}"
    );
    let own = ana.gets(&comment).await.body;
    assert!(
        own.contains("taken off the page") && own.contains("insults or threatens"),
        "{own}"
    );
    let mail = app.mails_to(&address_of("Ana Sand")).pop().unwrap();
    assert!(
        mail.subject.contains("taken off the page"),
        "{}",
        mail.subject
    );
    assert!(mail.text.contains("insults or threatens"), "{}", mail.text);

    // Taking it back restores the page, the count and the state, and says so.
    assert_eq!(moderator.undoes_the_newest().await, StatusCode::SEE_OTHER);
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(
        page.contains("fools") && page.contains("1 comment"),
        "{page}"
    );
    let mail = app.mails_to(&address_of("Ana Sand")).pop().unwrap();
    assert!(mail.subject.contains("taken back"), "{}", mail.subject);
}

#[tokio::test]
async fn a_decision_is_one_press_and_looking_changes_nothing() {
    let app = TestApp::start().await;
    let nora = app.newcomer("Nora New").await;
    let comment = nora.posts(LESSON_THREAD, "My very first").await;
    app.relay().await;
    let mail = app.mails_to("mod@example.org").pop().unwrap();

    let mut moderator = app.moderator().await;
    let link = crate::kit::link_in(&mail);
    let before = moderator.gets(&link).await.body;
    assert!(before.contains("One waits") && before.contains("A person reads the first comment"));
    assert_eq!(
        moderator.gets(&link).await.body,
        before,
        "a look changes nothing"
    );
    moderator.gets(&decide(&comment)).await;
    // The button alone is the decision: no list to choose from first.
    let pressed = moderator
        .post(&decide(&comment), &[("reason", "spam")])
        .await;
    assert_eq!(pressed.leads_to(), "/api/moderation");
    assert!(moderator.gets(&link).await.body.contains("Nothing waits"));
}

#[tokio::test]
async fn an_appeal_is_answered_once_by_another_moderator() {
    let app = TestApp::start().await;
    let mut nora = app.newcomer("Nora New").await;
    let comment = nora.posts(LESSON_THREAD, "Clearly not advertising").await;
    let kim = app.moderator().await;
    kim.rejects(&comment, "spam").await;
    assert_eq!(
        nora.appeals(&comment, "I only named the book.").await,
        StatusCode::SEE_OTHER
    );
    let own = nora.gets(&comment).await.body;
    assert!(
        own.contains("Your appeal waits") && own.contains("I only named the book"),
        "{own}"
    );
    assert!(!own.contains("Send the appeal"), "once is enough: {own}");

    let mut kim = kim;
    let queue = kim.gets("/api/moderation").await.body;
    assert!(queue.contains("another moderator answers"), "{queue}");
    let tried = kim.post(&decide(&comment), &[("intent", "approve")]).await;
    assert_eq!(tried.status, StatusCode::CONFLICT);

    let mut lou = app.other_moderator().await;
    let queue = lou.gets("/api/moderation").await.body;
    assert!(queue.contains("I only named the book"), "{queue}");
    lou.approves(&comment).await;
    app.relay().await;
    assert!(app.reads(LESSON).contains("Clearly not advertising"));
    let mail = app.mails_to(&address_of("Nora New")).pop().unwrap();
    assert!(
        mail.subject
            .contains("Your appeal: your comment is published"),
        "{}",
        mail.subject
    );
}

#[tokio::test]
async fn an_appeal_that_is_not_followed_is_the_last_word_until_it_is_taken_back() {
    let app = TestApp::start().await;
    let mut nora = app.newcomer("Nora New").await;
    let comment = nora.posts(LESSON_THREAD, "Buy my book").await;
    app.moderator().await.rejects(&comment, "spam").await;
    nora.appeals(&comment, "It is a good book.").await;
    let mut lou = app.other_moderator().await;
    lou.post(&decide(&comment), &[("intent", "stands")])
        .await
        .leads_to();

    let own = nora.gets(&comment).await.body;
    assert!(
        own.contains("decided that it stands") && !own.contains("Send the appeal"),
        "{own}"
    );
    assert!(
        lou.gets("/api/moderation")
            .await
            .body
            .contains("Nothing waits")
    );

    assert_eq!(lou.undoes_the_newest().await, StatusCode::SEE_OTHER);
    assert!(
        lou.gets("/api/moderation")
            .await
            .body
            .contains("It is a good book")
    );
    assert!(nora.gets(&comment).await.body.contains("Your appeal waits"));
}

#[tokio::test]
async fn a_decision_can_be_taken_back_for_thirty_days_and_once() {
    let app = TestApp::start().await;
    let nora = app.newcomer("Nora New").await;
    let comment = nora.posts(LESSON_THREAD, "Hello").await;
    let mut moderator = app.moderator().await;
    moderator.approves(&comment).await;
    app.relay().await;
    let action = moderator.gets("/api/decisions").await.action("/undo");
    assert_eq!(
        moderator.post(&action, &[]).await.status,
        StatusCode::SEE_OTHER
    );
    app.relay().await;
    assert!(!app.reads(LESSON).contains("Hello"));
    assert!(
        moderator
            .gets("/api/moderation")
            .await
            .body
            .contains("Hello"),
        "it waits again"
    );
    assert_eq!(moderator.post(&action, &[]).await.status, StatusCode::GONE);
    // The approval does not count any more: the next first comment waits as well.
    let next = nora.posts(LESSON_THREAD, "And again").await;
    assert!(
        nora.clone()
            .gets(&next)
            .await
            .body
            .contains("waits for a person")
    );

    moderator.approves(&comment).await;
    let action = moderator.gets("/api/decisions").await.action("/undo");
    app.wait(SignedDuration::from_hours(24 * 30));
    assert_eq!(moderator.post(&action, &[]).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn what_its_author_changed_meanwhile_is_not_overwritten_by_taking_back() {
    let app = TestApp::start().await;
    let mut nora = app.newcomer("Nora New").await;
    let comment = nora.posts(LESSON_THREAD, "Buy my pills").await;
    let mut moderator = app.moderator().await;
    moderator.rejects(&comment, "spam").await;
    let action = moderator.gets("/api/decisions").await.action("/undo");
    nora.post(&format!("{comment}/edit"), &[("body", "A real question")])
        .await;
    assert_eq!(
        moderator.post(&action, &[]).await.status,
        StatusCode::CONFLICT
    );
    assert!(
        moderator
            .gets("/api/moderation")
            .await
            .body
            .contains("A real question")
    );

    moderator.approves(&comment).await;
    moderator.removes(&comment, "off-topic").await;
    let action = moderator.gets("/api/decisions").await.action("/undo");
    nora.deletes(&comment).await;
    assert_eq!(
        moderator.post(&action, &[]).await.status,
        StatusCode::CONFLICT
    );
    app.relay().await;
    assert!(!app.reads(LESSON).contains("A real question"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn taking_back_and_deleting_at_once_leave_no_comment_and_a_right_count() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    let moderator = app.moderator().await;
    for round in 0..8 {
        let comment = ana.posts(LESSON_THREAD, &format!("Round {round}")).await;
        app.relay().await;
        moderator.removes(&comment, "off-topic").await;
        let action = moderator
            .clone()
            .gets("/api/decisions")
            .await
            .action("/undo");
        let (mut one, mut other) = (moderator.clone(), ana.clone());
        let delete = format!("{comment}/delete");
        let (undone, deleted) = tokio::join!(one.post(&action, &[]), other.post(&delete, &[]));
        assert!(
            matches!(undone.status, StatusCode::SEE_OTHER | StatusCode::CONFLICT),
            "{}",
            undone.body
        );
        if deleted.status != StatusCode::OK {
            // The undo was first: what its author wanted is still to be done.
            assert_eq!(deleted.status, StatusCode::CONFLICT, "{}", deleted.body);
            ana.deletes(&comment).await;
        }
        app.relay().await;
        let page = app.reads(LESSON);
        assert!(
            !page.contains("Round ") && page.contains("No comments yet"),
            "{page}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_moderators_decide_about_one_comment_and_one_of_them_does() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "Contested").await;
    app.relay().await;
    let moderator = app.moderator().await;
    let deciding = (0..16).map(|_| {
        let (mut moderator, action) = (moderator.clone(), decide(&comment));
        async move { moderator.post(&action, &[("reason", "spam")]).await.status }
    });
    let statuses = join_all(deciding).await;
    let done = statuses
        .iter()
        .filter(|s| **s == StatusCode::SEE_OTHER)
        .count();
    assert_eq!(done, 1, "{statuses:?}");
    app.relay().await;
    assert_eq!(app.reads(LOG).matches("taken off the page").count(), 1);
}

#[tokio::test]
async fn the_log_says_what_was_done_and_names_nobody() {
    let app = TestApp::start().await;
    assert!(app.reads(LOG).contains("Nothing had to be taken away"));
    let ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "You all are fools").await;
    app.relay().await;
    let moderator = app.moderator().await;
    moderator.removes(&comment, "unkind").await;
    moderator.undoes_the_newest().await;
    app.relay().await;

    for (file, words) in [
        (
            LOG,
            "A comment was taken off the page</strong>, because it insults",
        ),
        (LOG, "Taken back: a comment was taken off the page"),
        ("/moderation/1/", "Taken back"),
        ("/moderation/feed.xml", "Taken back"),
    ] {
        let text = app.reads(file);
        assert!(text.contains(words), "{file}: {text}");
        for secret in [
            "Ana",
            "Sand",
            "Kim",
            "fools",
            "example.org<",
            id_of(&comment),
        ] {
            assert!(!text.contains(secret), "{secret} in {file}: {text}");
        }
        assert!(
            text.contains("First lesson") || file.ends_with("xml"),
            "{text}"
        );
    }
    // The log is no page of the site's own, and a deploy keeps it.
    let before = app.reads(LOG);
    app.app.publish(&app.site()).await.unwrap();
    assert_eq!(app.reads(LOG), before);
}

#[tokio::test]
async fn a_line_of_a_long_log_touches_few_files() {
    let app = TestApp::start().await;
    let moderator = app.moderator().await;
    let mut kim = moderator.clone();
    let action = format!("/api/threads/{LESSON_THREAD}/moderation");
    for mode in ["slow", "open"].iter().cycle().take(101) {
        kim.post(&action, &[("mode", mode)]).await.leads_to();
    }
    app.relay().await;
    assert!(app.reads(LOG).contains("href=\"/moderation/3/\""));
    assert!(
        app.reads("/moderation/1/")
            .contains("href=\"/moderation/2/\"")
    );

    let before = app.public_files();
    kim.post(&action, &[("mode", "open")]).await.leads_to();
    app.relay().await;
    let after = app.public_files();
    let changed: Vec<_> = after
        .iter()
        .filter(|(path, bytes)| before.get(*path) != Some(bytes))
        .map(|(path, _)| path.display().to_string())
        .filter(|path| {
            path.contains("moderation") && !path.ends_with(".br") && !path.ends_with(".gz")
        })
        .collect();
    assert_eq!(
        changed.len(),
        4,
        "its page, the newest, both forms of the feed: {changed:?}"
    );
    let relayed = app.public_files();
    app.app.publish(&app.site()).await.unwrap();
    assert_eq!(app.public_files(), relayed, "a full bake makes the same");
}
