//! Earlier texts: moderators see what was there before an edit, until the comment goes.

use jiff::SignedDuration;

use crate::kit::{LESSON, LESSON_THREAD, Person, TestApp};

impl Person {
    async fn changes(&self, comment: &str, body: &str) {
        let path = format!("{comment}/edit");
        self.clone().post(&path, &[("body", body)]).await.leads_to();
    }
}

#[tokio::test]
async fn moderators_see_what_was_there_before_an_edit() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let mut moderator = app.moderator().await;
    let comment = ana.posts(LESSON_THREAD, "The first words").await;
    app.relay().await;
    app.wait(SignedDuration::from_mins(16));
    ana.changes(&comment, "The second words").await;
    ana.changes(&comment, "The third words").await;
    app.relay().await;

    let page = moderator.gets(&comment).await.body;
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
    assert!(at("The first words") < at("The second words"));
    for (_, text) in app.public_texts() {
        assert!(!text.contains("The first words") && !text.contains("The second words"));
    }
    assert!(app.reads(LESSON).contains("The third words"));
    assert!(app.reads(LESSON).contains("comment-edited"));
    let to_ben = ben.clone().gets(&comment).await;
    assert!(!to_ben.body.contains("The first words"));
    let mut ana_too = ana.clone();
    let export = ana_too.gets("/api/account/export").await.json();
    assert_eq!(export["earlier_texts"].as_array().unwrap().len(), 2);

    ana.deletes(&comment).await;
    let page = moderator.gets(&comment).await.body;
    assert!(!page.contains("words"), "{page}");
    let export = ana_too.gets("/api/account/export").await.json();
    assert_eq!(export["earlier_texts"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn the_last_twenty_texts_are_kept() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "Text number 0.").await;
    app.relay().await;
    for number in 1..=25 {
        ana.changes(&comment, &format!("Text number {number}."))
            .await;
    }
    let page = app.moderator().await.gets(&comment).await.body;
    for (number, kept) in [(4, false), (5, true), (24, true), (25, true)] {
        assert_eq!(
            page.contains(&format!("Text number {number}.")),
            kept,
            "{number}"
        );
    }
    let export = ana.clone().gets("/api/account/export").await.json();
    assert_eq!(export["earlier_texts"].as_array().unwrap().len(), 20);
    ana.deletes(&comment).await;
    let export = ana.clone().gets("/api/account/export").await.json();
    assert_eq!(export["earlier_texts"].as_array().unwrap().len(), 0);
}
