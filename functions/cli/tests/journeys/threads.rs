//! Long threads: pages that do not move, and how little a new comment touches.

use std::collections::BTreeSet;

use crate::kit::{LESSON, LESSON_THREAD, TestApp, id_of};

async fn long_thread(app: &TestApp, count: usize) -> Vec<String> {
    let ana = app.member("Ana Sand").await;
    let mut comments = Vec::new();
    for number in 1..=count {
        let body = format!("This is number {number}.");
        let key = format!("form-key-{number}");
        let fields = [("body", body.as_str()), ("form_key", key.as_str())];
        let posted = ana
            .clone()
            .post("/api/threads/first-lesson/comments", &fields)
            .await;
        comments.push(posted.leads_to().to_owned());
    }
    app.relay().await;
    comments
}

async fn generous() -> TestApp {
    TestApp::with_policy(|policy| {
        policy.limits.comments_per_member = 100_000;
        policy.limits.comments_per_network = 100_000;
    })
    .await
}

#[tokio::test]
async fn a_long_thread_has_pages_with_real_links_and_every_comment_has_an_address() {
    let app = generous().await;
    let comments = long_thread(&app, 120).await;

    let first = app.reads(LESSON);
    assert!(first.contains("120 comments"), "{first}");
    assert!(first.contains("This is number 1.") && !first.contains("This is number 120."));
    assert!(first.contains("href=\"/discussions/first-lesson/2/\""));
    let middle = app.reads("/discussions/first-lesson/2/");
    assert!(
        middle.contains("rel=\"prev\" href=\"/discussions/first-lesson/\""),
        "{middle}"
    );
    assert!(
        middle.contains("rel=\"next\" href=\"/discussions/first-lesson/3/\""),
        "{middle}"
    );
    let mut ana = app.somebody();
    ana.signs_in("somebody.else@example.org").await;
    for (index, comment) in comments.iter().enumerate() {
        let permalink = ana.gets(comment).await.leads_to().to_owned();
        let (page, anchor) = permalink.split_once('#').unwrap();
        let page = app.reads(page);
        assert!(page.contains(&format!("id=\"{anchor}\"")), "{permalink}");
        assert!(page.contains(&format!("This is number {}.", index + 1)));
    }
}

#[tokio::test]
async fn an_answer_on_a_later_page_is_linked_both_ways() {
    let app = generous().await;
    let comments = long_thread(&app, 60).await;
    let ben = app.member("Ben Hill").await;
    let answer = ben
        .replies(LESSON_THREAD, &comments[0], "Late answer")
        .await;
    app.relay().await;

    let later = app.reads("/discussions/first-lesson/2/");
    let to_parent = format!("/discussions/first-lesson/#c-{}", id_of(&comments[0]));
    assert!(
        later.contains(id_of(&answer)) && later.contains(&to_parent),
        "{later}"
    );
    let first = app.reads(LESSON);
    assert!(
        first.contains("href=\"/discussions/first-lesson/2/\""),
        "{first}"
    );
}

#[tokio::test]
async fn a_new_comment_touches_few_files_however_long_the_thread_is() {
    let app = generous().await;
    long_thread(&app, 180).await;
    let ben = app.member("Ben Hill").await;
    let before = app.public_files();

    ben.posts(LESSON_THREAD, "One more").await;
    app.relay().await;

    let after = app.public_files();
    let changed: BTreeSet<String> = after
        .iter()
        .filter(|(path, bytes)| before.get(*path) != Some(bytes))
        .map(|(path, _)| {
            path.to_string_lossy()
                .split("/public/")
                .nth(1)
                .unwrap()
                .to_owned()
        })
        .filter(|path| !path.ends_with(".br") && !path.ends_with(".gz"))
        .collect();
    let expected = [
        "courses/one/first/index.html",
        "discussions/feed.json",
        "discussions/feed.xml",
        "discussions/first-lesson/4/index.html",
        "discussions/first-lesson/feed.json",
        "discussions/first-lesson/feed.xml",
        "discussions/first-lesson/index.html",
        "discussions/index.html",
        "index.html",
    ];
    assert_eq!(changed, expected.map(str::to_owned).into());
}

#[tokio::test]
async fn the_pages_of_a_long_thread_are_what_a_full_bake_makes() {
    let app = generous().await;
    let comments = long_thread(&app, 101).await;
    let ben = app.member("Ben Hill").await;
    ben.posts(LESSON_THREAD, "Grows the last page").await;
    ben.replies(LESSON_THREAD, &comments[3], "Across pages")
        .await;
    app.relay().await;
    let ana = app.member("Cleo Marsh").await;
    ana.posts(LESSON_THREAD, "And once more").await;
    app.relay().await;

    let baked = app.public_files();
    let index = sodium_app::site::Index::load(&app.app.files).await.unwrap();
    app.app.bake_everything(&index).await.unwrap();
    for (path, bytes) in app.public_files() {
        assert!(
            baked.get(&path) == Some(&bytes),
            "{} is another",
            path.display()
        );
    }
}

#[tokio::test]
async fn thirty_long_comments_are_all_on_their_page() {
    let app = generous().await;
    let ana = app.member("Ana Sand").await;
    for number in 1..=30 {
        // Four bytes for each character: thirty of them are more than the megabyte of one answer.
        let body = format!("Long {number} {}", "𝒙".repeat(9_900));
        let key = format!("long-form-{number}");
        let fields = [("body", body.as_str()), ("form_key", key.as_str())];
        ana.clone()
            .post("/api/threads/first-lesson/comments", &fields)
            .await
            .leads_to();
    }
    app.relay().await;
    let page = app.reads(LESSON);
    for number in 1..=30 {
        assert!(
            page.contains(&format!("Long {number} ")),
            "number {number} is missing"
        );
    }
}
