//! Publishing a build: what it writes, keeps and takes away.

use crate::kit::{LESSON_THREAD, TestApp};

#[tokio::test]
async fn publishing_the_same_again_changes_no_byte_and_writes_nothing() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "Hello").await;
    ana.replies(LESSON_THREAD, &comment, "And again").await;
    app.relay().await;
    let before = app.public_files();

    let report = app.app.publish(&app.site()).await.unwrap();
    assert_eq!((report.written, report.removed), (0, 0));
    assert_eq!(app.public_files(), before);
}

#[tokio::test]
async fn a_lesson_that_moves_keeps_its_discussion() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    ana.posts(LESSON_THREAD, "Moves along").await;
    app.relay().await;

    let courses = app.site().join("courses");
    std::fs::create_dir_all(courses.join("two")).unwrap();
    std::fs::rename(courses.join("one/first"), courses.join("two/renamed")).unwrap();
    app.app.publish(&app.site()).await.unwrap();

    assert!(app.reads("/courses/two/renamed/").contains("Moves along"));
    assert!(
        app.file("/courses/one/first/").is_none(),
        "the old page is still there"
    );
    let discussion = app.reads("/discussions/first-lesson/");
    assert!(discussion.contains("Moves along") && discussion.contains("/courses/two/renamed/"));
}

#[tokio::test]
async fn a_page_without_its_marker_shows_no_discussion_and_a_double_one_is_refused() {
    let app = TestApp::start().await;
    let copy = app.site().join("courses/one/copy");
    std::fs::create_dir_all(&copy).unwrap();
    std::fs::copy(
        app.site().join("courses/one/first/index.html"),
        copy.join("index.html"),
    )
    .unwrap();

    let before = app.public_files();
    let error = app.app.publish(&app.site()).await.unwrap_err().to_string();
    assert!(
        error.contains("first-lesson") && error.contains("/courses/one/copy/"),
        "{error}"
    );
    assert_eq!(
        app.public_files(),
        before,
        "a refused build changed something"
    );
}

#[tokio::test]
async fn feeds_are_files_and_hold_what_readers_see() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    ana.posts(LESSON_THREAD, "Fed <b>in</b> & out").await;
    app.relay().await;
    for feed in [
        "/discussions/first-lesson/feed.xml",
        "/discussions/feed.xml",
    ] {
        let feed = app.reads(feed);
        let parsed: atom_syndication::Feed = feed.parse().unwrap();
        let [entry] = parsed.entries.as_slice() else {
            panic!("{feed}")
        };
        assert!(
            entry
                .content
                .as_ref()
                .unwrap()
                .value
                .as_ref()
                .unwrap()
                .contains("Fed &lt;b&gt;in")
        );
        assert!(entry.links[0].href.contains("#c-"));
    }
    // A thread without comments has a valid feed as well.
    let empty: atom_syndication::Feed = app
        .reads("/discussions/second-lesson/feed.xml")
        .parse()
        .unwrap();
    assert!(empty.entries.is_empty());
}
