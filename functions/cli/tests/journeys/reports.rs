//! Reports by readers, discussions that are slow or closed, and floods.

use axum::http::StatusCode;
use jiff::SignedDuration;

use crate::kit::faults::Table;
use crate::kit::{LESSON, LESSON_THREAD, Person, Reply, TestApp};

impl Person {
    /// Reports a comment with a form that a person had time to read.
    pub(crate) async fn reports(&self, comment: &str, reason: &str) -> Reply {
        let mut me = self.clone();
        let page = format!("{comment}/report");
        let token = me.gets(&page).await.field("form_token");
        me.app.wait(SignedDuration::from_secs(5));
        me.post(&page, &[("reason", reason), ("form_token", &token)])
            .await
    }
}

fn reader(app: &TestApp, network: &str) -> Person {
    let mut person = app.somebody();
    person.network = network.into();
    person
}

#[tokio::test]
async fn two_reports_from_different_networks_bring_a_comment_before_a_moderator() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "Buy my pills").await;
    app.relay().await;
    assert!(
        app.reads(LESSON).contains("/report\""),
        "a link beside the comment"
    );
    let mails = app.mails_to("mod@example.org").len();

    let one = reader(&app, "203.0.113.7");
    let told = one.reports(&comment, "spam").await;
    assert_eq!(told.status, StatusCode::OK);
    assert!(told.body.contains("Thank you"), "{}", told.body);
    assert!(
        one.reports(&comment, "spam")
            .await
            .body
            .contains("counts once")
    );
    let neighbour = reader(&app, "2001:db8:7::1");
    neighbour.reports(&comment, "off-topic").await;
    app.relay().await;

    let mut moderator = app.moderator().await;
    let queue = moderator.gets("/api/moderation").await.body;
    assert!(queue.contains("1 × advertising, 1 × off topic"), "{queue}");
    assert!(
        app.reads(LESSON).contains("Buy my pills"),
        "it stays until somebody has decided"
    );
    // At most one mail in a quarter of an hour: the last one told of the comment that waited.
    app.wait(SignedDuration::from_mins(16));
    app.app.sweep(&app.mailer).await.unwrap();
    assert!(app.mails_to("mod@example.org").len() > mails);

    // Leaving it where it is settles the matter; two more networks would be needed to ask again.
    moderator.approves(&comment).await;
    let again = one.reports(&comment, "unkind").await;
    assert!(again.body.contains("counts once"), "{}", again.body);
    reader(&app, "203.0.113.8").reports(&comment, "spam").await;
    assert!(
        moderator
            .gets("/api/moderation")
            .await
            .body
            .contains("Nothing waits")
    );
}

#[tokio::test]
async fn one_household_and_one_member_count_once() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "Contested").await;
    app.relay().await;
    reader(&app, "2001:db8:1:2::1")
        .reports(&comment, "spam")
        .await;
    let same = reader(&app, "2001:db8:1:2:ffff::9")
        .reports(&comment, "spam")
        .await;
    assert!(same.body.contains("counts once"), "{}", same.body);

    let other = ana.posts(LESSON_THREAD, "Contested as well").await;
    app.relay().await;
    let mut otto = app.newcomer("Otto Moor").await;
    otto.reports(&other, "spam").await;
    otto.network = "203.0.113.9".into();
    let same = otto.reports(&other, "spam").await;
    assert!(same.body.contains("counts once"), "{}", same.body);
    assert!(
        app.moderator()
            .await
            .gets("/api/moderation")
            .await
            .body
            .contains("Nothing waits")
    );
}

#[tokio::test]
async fn machines_and_the_hasty_report_nothing() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "Fine").await;
    app.relay().await;
    let page = format!("{comment}/report");
    let mut robot = reader(&app, "203.0.113.7");
    let token = robot.gets(&page).await.field("form_token");
    let quick = robot
        .post(&page, &[("reason", "spam"), ("form_token", &token)])
        .await;
    assert_eq!(quick.status, StatusCode::TOO_MANY_REQUESTS);
    app.wait(SignedDuration::from_secs(5));
    let filled = [
        ("reason", "spam"),
        ("form_token", token.as_str()),
        ("website", "x"),
    ];
    assert_eq!(
        robot.post(&page, &filled).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let nothing = robot.post(&page, &[("form_token", &token)]).await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
    assert!(
        nothing.body.contains("What is wrong with it?"),
        "the form comes again"
    );
    let hidden = app
        .newcomer("Nora New")
        .await
        .posts(LESSON_THREAD, "Waiting")
        .await;
    assert_eq!(
        robot.gets(&format!("{hidden}/report")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn where_the_policy_says_so_reports_hide_until_somebody_decided() {
    let app = TestApp::with_policy(|policy| policy.reports.hide = true).await;
    let ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "Contested").await;
    app.relay().await;
    reader(&app, "203.0.113.7").reports(&comment, "spam").await;
    reader(&app, "203.0.113.8").reports(&comment, "spam").await;
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(
        !page.contains("Contested") && page.contains("No comments yet"),
        "{page}"
    );
    assert!(
        ana.clone()
            .gets(&comment)
            .await
            .body
            .contains("waits for a person"),
        "its author is told"
    );
    app.moderator().await.approves(&comment).await;
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(
        page.contains("Contested") && page.contains("1 comment"),
        "{page}"
    );
}

#[tokio::test]
async fn a_closed_discussion_takes_no_comments_and_says_so_in_the_file() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    ana.posts(LESSON_THREAD, "The last word").await;
    app.relay().await;
    let mut moderator = app.moderator().await;
    let settings = format!("/api/threads/{LESSON_THREAD}/moderation");
    moderator
        .post(&settings, &[("mode", "closed")])
        .await
        .leads_to();
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(
        page.contains("This discussion is closed") && !page.contains("<textarea"),
        "{page}"
    );
    assert!(
        page.contains("The last word") && !page.contains("data-reply"),
        "{page}"
    );
    let form = format!("/api/threads/{LESSON_THREAD}/comments");
    let sent = [
        ("body", "Mine comes after"),
        ("form_key", "a-form-from-before"),
    ];
    let tried = ana.clone().post(&form, &sent).await;
    assert_eq!(tried.status, StatusCode::CONFLICT);
    assert!(
        tried.body.contains("Mine comes after") && tried.body.contains("closed"),
        "{}",
        tried.body
    );

    let undo = moderator.gets("/api/decisions").await.action("/undo");
    moderator.post(&undo, &[]).await.leads_to();
    app.relay().await;
    assert!(app.reads(LESSON).contains("<textarea"));
    ana.posts(LESSON_THREAD, "Mine comes after").await;
}

#[tokio::test]
async fn in_a_slow_discussion_everybody_waits() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let mut moderator = app.moderator().await;
    let settings = format!("/api/threads/{LESSON_THREAD}/moderation");
    moderator
        .post(&settings, &[("mode", "slow")])
        .await
        .leads_to();
    app.relay().await;
    assert!(app.reads(LESSON).contains("This discussion is slow"));
    let comment = ana.posts(LESSON_THREAD, "Calmly now").await;
    assert!(ana.gets(&comment).await.body.contains("waits for a person"));
    let queue = moderator.gets("/api/moderation").await.body;
    assert!(
        queue.contains("a person reads each comment first"),
        "{queue}"
    );
}

/// Two hundred texts: five from each of forty new accounts, each in a network of its own.
const SPAM: usize = 200;
const SPAMMERS: usize = 40;

#[tokio::test]
async fn two_hundred_spam_posts_in_a_minute_reach_nobody_and_cost_little() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    let ana = app.member("Ana Sand").await;
    let mut spammers = Vec::new();
    for number in 0..SPAMMERS {
        let mut person = app.somebody();
        person.network = format!("2001:db8:{number:x}::1");
        person.signs_in(&format!("spam{number}@example.org")).await;
        let name = format!("Spam {}", spelled(number));
        let named = person.post("/api/account/name", &[("name", &name)]).await;
        assert_eq!(
            named.status,
            StatusCode::SEE_OTHER,
            "{name}: {}",
            named.body
        );
        spammers.push(person);
    }
    app.wait(SignedDuration::from_mins(20));
    app.relay().await;
    let mails = app.mails_to("mod@example.org").len();
    let token = ana
        .clone()
        .gets("/api/threads/first-lesson/comments/new")
        .await
        .field("form_token");
    app.wait(SignedDuration::from_secs(5));

    table.calls();
    let mut taken = 0;
    for number in 0..SPAM {
        let spammer = &mut spammers[number % SPAMMERS];
        let body = format!("Best pills {number}");
        let fields = [("body", body.as_str()), ("form_token", token.as_str())];
        let reply = spammer
            .post("/api/threads/first-lesson/comments", &fields)
            .await;
        taken += usize::from(reply.status == StatusCode::SEE_OTHER);
        if reply.status != StatusCode::SEE_OTHER {
            assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
            assert!(reply.body.contains(&body), "even here a text is not lost");
        }
    }
    let calls = table.calls();
    assert_eq!(taken, 30, "as many as a moderator can read");
    let writes: usize = calls
        .iter()
        .filter(|(name, _)| is_write(name))
        .map(|(_, n)| n)
        .sum();
    assert_eq!(writes, 30, "who is refused costs no write: {calls:?}");
    let reads: usize = calls.values().sum::<usize>() - writes;
    assert!(reads <= 8 * SPAM, "{calls:?}");

    // Whoever is known here writes as always.
    ana.posts(LESSON_THREAD, "Meanwhile, an answer").await;
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(
        page.contains("Meanwhile, an answer") && !page.contains("pills"),
        "{page}"
    );
    for (path, text) in app.public_texts() {
        assert!(!text.contains("Best pills"), "in {}", path.display());
    }
    let told = app.mails_to("mod@example.org").len() - mails;
    assert!(told <= 1, "{told} mails");
    let queue = app.moderator().await.gets("/api/moderation").await.body;
    assert!(queue.contains("30 wait"), "{queue}");

    // Ten minutes later somebody new gets through.
    app.wait(SignedDuration::from_mins(10));
    app.newcomer("Nora New")
        .await
        .posts(LESSON_THREAD, "A real question")
        .await;
}

#[tokio::test]
async fn texts_of_people_who_are_not_signed_in_are_kept_up_to_a_number() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |policy| policy.limits.drafts = 20).await;
    table.calls();
    for number in 0..SPAM {
        let mut robot = reader(&app, &format!("2001:db8:{number:x}::1"));
        let body = format!("Best pills {number}");
        let reply = robot
            .post("/api/threads/first-lesson/comments", &[("body", &body)])
            .await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert!(reply.body.contains(&body), "it is shown, to be copied");
    }
    let calls = table.calls();
    let writes: usize = calls
        .iter()
        .filter(|(name, _)| is_write(name))
        .map(|(_, n)| n)
        .sum();
    assert_eq!(writes, 20, "{calls:?}");
}

fn is_write(operation: &str) -> bool {
    [
        "TransactWriteItems",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
    ]
    .contains(&operation)
}

/// Names that do not look alike.
fn spelled(number: usize) -> String {
    const WORDS: [&str; 15] = [
        "ash", "birch", "cedar", "dogwood", "elm", "fir", "gum", "hazel", "ivy", "juniper",
        "kapok", "larch", "maple", "nutmeg", "oak",
    ];
    format!("{} {}", WORDS[number / 15], WORDS[number % 15])
}
