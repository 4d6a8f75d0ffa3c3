//! Members who may not write for a while.

use axum::http::StatusCode;
use futures_util::future::join_all;
use jiff::SignedDuration;

use crate::kit::{LESSON, LESSON_THREAD, Person, TestApp, address_of};

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Person {
    /// The page of the decision that keeps this member from writing.
    pub(crate) async fn block_page(&self) -> String {
        let account = self.clone().gets("/api/account").await.body;
        let (_, page) = account.split_once("href=\"/api/decisions/").unwrap();
        format!("/api/decisions/{}", page.split('"').next().unwrap())
    }

    /// Keeps the author of a comment from writing.
    pub(crate) async fn blocks_author_of(&self, comment: &str, days: &str) -> StatusCode {
        let mut me = self.clone();
        let decide = comment
            .replace("/threads/", "/moderation/")
            .replace("/comments/", "/");
        let page = me.gets(&decide).await.body;
        let (_, member) = page.split_once("href=\"/api/members/").unwrap();
        let member = member.split('/').next().unwrap();
        let fields = [("days", days), ("reason", "unkind")];
        me.post(&format!("/api/members/{member}/block"), &fields)
            .await
            .status
    }
}

#[tokio::test]
async fn a_blocked_member_is_told_until_when_and_keeps_the_text() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "A harmless one").await;
    let moderator = app.moderator().await;
    assert_eq!(
        moderator.blocks_author_of(&comment, "7").await,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        moderator.blocks_author_of(&comment, "365").await,
        StatusCode::BAD_REQUEST
    );
    app.relay().await;
    let mail = app.mails_to(&address_of("Ana Sand")).pop().unwrap();
    assert!(mail.subject.contains("cannot write"), "{}", mail.subject);
    assert!(mail.text.contains("9 March 2027"), "{}", mail.text);

    let tried = ana
        .posts_with(LESSON_THREAD, &[("body", "My long text")])
        .await;
    assert_eq!(tried.status, StatusCode::CONFLICT);
    assert!(
        tried.body.contains("My long text") && tried.body.contains("9 March 2027"),
        "{}",
        tried.body
    );
    let edit = format!("{comment}/edit");
    let edited = ana.post(&edit, &[("body", "A worse one")]).await;
    assert_eq!(edited.status, StatusCode::CONFLICT);
    assert!(edited.body.contains("A worse one"), "{}", edited.body);
    app.relay().await;
    assert!(
        app.reads(LESSON).contains("A harmless one"),
        "what was there stays"
    );

    // Reading, exporting, deleting and leaving go on working.
    assert!(
        ana.gets("/api/account")
            .await
            .body
            .contains("You cannot write until")
    );
    let export = ana.gets("/api/account/export").await.json();
    let decisions = export["decisions"].as_array().unwrap();
    assert!(decisions.iter().any(|decision| decision["act"] == "block"));
    assert!(
        !export.to_string().contains("\"by\""),
        "who decided is not theirs"
    );
    ana.deletes(&comment).await;
    app.wait(DAY * 7);
    assert_eq!(
        ana.posts_with(LESSON_THREAD, &[("body", "Back again")])
            .await
            .status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn an_appeal_against_a_block_is_answered_and_the_answer_can_be_taken_back() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "A harmless one").await;
    let kim = app.moderator().await;
    kim.blocks_author_of(&comment, "30").await;
    let page = ana.block_page().await;
    assert_eq!(
        app.newcomer("Otto Moor").await.gets(&page).await.status,
        StatusCode::NOT_FOUND
    );
    let action = ana.gets(&page).await.action("/appeal");
    ana.post(&action, &[("body", "It was a quotation.")])
        .await
        .leads_to();
    let again = ana.post(&action, &[("body", "And another thing")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);

    let mut kim = kim;
    assert!(
        kim.gets("/api/moderation")
            .await
            .body
            .contains("another moderator answers")
    );
    let mut lou = app.other_moderator().await;
    let queue = lou.gets("/api/moderation").await;
    assert!(queue.body.contains("It was a quotation"), "{}", queue.body);
    let answer = queue.action("/answer");
    let tried = kim.post(&answer, &[("intent", "approve")]).await;
    assert_eq!(tried.status, StatusCode::CONFLICT);
    lou.post(&answer, &[("intent", "approve")]).await.leads_to();
    let twice = lou.post(&answer, &[("intent", "stands")]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    ana.posts(LESSON_THREAD, "Thank you").await;

    let undo = lou.gets("/api/decisions").await.action("/undo");
    lou.post(&undo, &[]).await.leads_to();
    let tried = ana
        .posts_with(LESSON_THREAD, &[("body", "Once more")])
        .await;
    assert_eq!(tried.status, StatusCode::CONFLICT);
    assert!(
        lou.gets("/api/moderation")
            .await
            .body
            .contains("It was a quotation")
    );
}

#[tokio::test]
async fn taking_a_block_back_lets_the_member_write_at_once() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "A harmless one").await;
    let mut moderator = app.moderator().await;
    moderator.blocks_author_of(&comment, "30").await;
    let undo = moderator.gets("/api/decisions").await.action("/undo");
    moderator.post(&undo, &[]).await.leads_to();
    ana.posts(LESSON_THREAD, "Good to be back").await;
    app.relay().await;
    assert!(app.reads(LESSON).contains("Good to be back"));
    let log = app.reads("/moderation/");
    assert!(
        log.contains("A member was kept from writing") && log.contains("Taken back"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_post_at_the_moment_of_a_block_is_before_it_or_refused() {
    let app = TestApp::with_policy(|policy| {
        policy.limits.comments_per_member = 1000;
        policy.limits.comments_per_network = 1000;
    })
    .await;
    let ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "The first").await;
    let moderator = app.moderator().await;
    let posting = (0..16).map(|number| {
        let mut ana = ana.clone();
        async move {
            let (body, key) = (
                format!("Parallel {number}"),
                format!("parallel-key-{number}"),
            );
            let fields = [("body", body.as_str()), ("form_key", key.as_str())];
            let reply = ana
                .post("/api/threads/first-lesson/comments", &fields)
                .await;
            reply.status
        }
    });
    let (blocked, posted) =
        tokio::join!(moderator.blocks_author_of(&comment, "1"), join_all(posting));
    assert_eq!(blocked, StatusCode::SEE_OTHER);
    let taken = posted
        .iter()
        .filter(|s| **s == StatusCode::SEE_OTHER)
        .count();
    let refused = posted
        .iter()
        .filter(|s| **s == StatusCode::CONFLICT)
        .count();
    assert_eq!(taken + refused, 16, "{posted:?}");
    app.relay().await;
    assert_eq!(app.reads(LESSON).matches("Parallel ").count(), taken);
    let late = ana.posts_with(LESSON_THREAD, &[("body", "Too late")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn one_press_decides_about_everything_of_one_author_that_waits() {
    let app = TestApp::start().await;
    let nora = app.newcomer("Nora New").await;
    let mut first = String::new();
    for number in 0..5 {
        first = nora.posts(LESSON_THREAD, &format!("Pills {number}")).await;
    }
    let other = app.newcomer("Otto Moor").await;
    other.posts(LESSON_THREAD, "A real question").await;
    let mut moderator = app.moderator().await;
    let decide = first
        .replace("/threads/", "/moderation/")
        .replace("/comments/", "/");
    let page = moderator.gets(&decide).await.body;
    let (_, member) = page.split_once("href=\"/api/members/").unwrap();
    let member = format!("/api/members/{}", member.split('"').next().unwrap());
    let action = moderator.gets(&member).await.action("/reject");
    moderator
        .post(&action, &[("reason", "spam")])
        .await
        .leads_to();

    let queue = moderator.gets("/api/moderation").await.body;
    assert!(
        queue.contains("A real question") && !queue.contains("Pills"),
        "{queue}"
    );
    app.relay().await;
    let mails = app.mails_to(&address_of("Nora New"));
    let told = mails
        .iter()
        .filter(|mail| mail.subject.contains("not published"))
        .count();
    assert_eq!(told, 1, "one mail tells of all");
    assert!(nora.clone().gets(&first).await.body.contains("advertising"));
}
