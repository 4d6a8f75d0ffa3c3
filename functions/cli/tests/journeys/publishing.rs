//! Publishing a build: what it writes, keeps and takes away.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sodium_app::site::following::Publication;

use crate::kit::{LESSON, LESSON_THREAD, TestApp, write_lesson};
use crate::scenario::generous;

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

/// Something that somebody does to a built site.
type Edit = (&'static str, fn(&Path));

fn replace(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{} lost {from}", file.display());
    std::fs::write(file, text.replace(from, to)).unwrap();
}

const EDITS: [Edit; 9] = [
    ("nothing", |_| ()),
    ("other words", |site| {
        write_lesson(site, "2b", &[("why", "Why")]);
    }),
    ("another title", |site| {
        let file = site.join("courses/one/second/index.html");
        replace(&file, "Second lesson", "The second lesson");
    }),
    ("another frame", |site| {
        replace(
            &site.join("frame/index.html"),
            "<body>",
            "<body class=\"wide\">",
        );
    }),
    ("another author", |site| {
        replace(
            &site.join("articles/one/index.html"),
            "Mira Holm",
            "Nuno Ferro",
        );
    }),
    ("more seats", |site| {
        let file = site.join("sessions/talk/index.html");
        replace(&file, "capacity=\"2\"", "capacity=\"5\"");
    }),
    ("a page without a discussion", |site| {
        std::fs::write(site.join("new.html"), "<html>New</html>").unwrap();
    }),
    ("a new lesson", |site| {
        std::fs::create_dir_all(site.join("courses/one/third")).unwrap();
        std::fs::copy(
            site.join("courses/one/second/index.html"),
            site.join("courses/one/third/index.html"),
        )
        .unwrap();
        let file = site.join("courses/one/third/index.html");
        replace(&file, "second-lesson", "third-lesson");
    }),
    ("a lesson less", |site| {
        std::fs::remove_dir_all(site.join("courses/one/third")).unwrap();
    }),
];

/// Each edit is published after the one before; then all is published as if nobody knew of any before.
#[tokio::test]
async fn a_publication_after_another_leaves_what_a_whole_one_would() {
    let app = TestApp::with_policy(generous).await;
    let ana = app.member("Ana Sand").await;
    let (site, content) = (app.site(), app.content());
    let mut last: Option<Publication> = None;
    for (what, edit) in EDITS {
        ana.posts(LESSON_THREAD, &format!("Before {what}")).await;
        ana.posts("second-lesson", &format!("Here, too, before {what}"))
            .await;
        app.relay().await;
        edit(&site);
        let published = app.app.publish_after(last.as_ref(), &site, &content).await;
        last = Some(published.unwrap());
        let after = app.public_files();
        let whole = app.app.publish_after(None, &site, &content).await.unwrap();
        let done = (whole.report.written, whole.report.removed);
        assert_eq!(done, (0, 0), "after {what}");
        assert!(
            app.public_files() == after,
            "{what} was not baked everywhere"
        );
    }
    assert!(
        app.reads("/courses/one/first/")
            .contains("Before a lesson less")
    );
}

/// Which public files are others than before, without their compressed siblings.
fn changed(before: &BTreeMap<PathBuf, Vec<u8>>, app: &TestApp) -> Vec<String> {
    let after = app.public_files().into_iter();
    let changed = after.filter(|(path, bytes)| before.get(path) != Some(bytes));
    let paths = changed.map(|(path, _)| path.display().to_string());
    let path = |path: String| {
        path.rsplit("/public/")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    paths
        .filter(|path| path.ends_with(".html"))
        .map(path)
        .collect()
}

const LESSON_FILE: &str = "courses/one/first/index.html";

#[tokio::test]
async fn an_author_who_saves_a_lesson_waits_for_its_own_files_only() {
    let app = TestApp::start().await;
    let (site, content) = (app.site(), app.content());
    let first = app.app.publish_after(None, &site, &content).await.unwrap();
    write_lesson(&site, "2b", &[("why", "Why")]);
    let (before, writes) = (app.public_files(), app.app.files.writes());
    let again = app.app.publish_after(Some(&first), &site, &content).await;
    assert_eq!(again.unwrap().report.written, 1);
    // The headings are in the form of the discussion, too.
    let discussion = "discussions/first-lesson/index.html";
    assert_eq!(changed(&before, &app), [LESSON_FILE, discussion]);
    // Beside them the shell and what the site knows of its pages; nothing twice.
    assert!(app.app.files.writes() - writes <= 4);
}

#[tokio::test]
async fn a_page_that_somebody_is_writing_comes_before_the_others_and_these_follow() {
    let app = TestApp::with_policy(generous).await;
    let ana = app.member("Ana Sand").await;
    ana.posts(LESSON_THREAD, "Said before").await;
    app.relay().await;
    let (site, content) = (app.site(), app.content());
    let last = app.app.publish_after(None, &site, &content).await.unwrap();
    assert_eq!(last.page_of("courses/one/first.md"), Some(LESSON_FILE));
    assert_eq!(last.page_of("courses/one/none.md"), None);

    let made = tempfile::tempdir().unwrap();
    write_lesson(made.path(), "2b", &[("why", "Why")]);
    let file = made.path().join(LESSON_FILE);
    replace(&file, "<p>Lesson</p>", "<p>Written anew</p>");
    replace(&file, "First lesson", "The first lesson");
    let pages = BTreeSet::from([LESSON_FILE.to_owned()]);
    assert!(
        app.app
            .publish_pages(&last, made.path(), &pages)
            .await
            .unwrap()
    );
    let page = app.reads(LESSON);
    assert!(page.contains("Written anew") && page.contains("Said before"));
    // Whoever writes there meanwhile writes on the new page.
    ana.posts(LESSON_THREAD, "Said in between").await;
    app.relay().await;
    assert!(app.reads(LESSON).contains("Said in between"));

    // With another place, a page is more than its text.
    replace(&file, "thread=\"first-lesson\"", "thread=\"other-lesson\"");
    let before = app.public_files();
    assert!(
        !app.app
            .publish_pages(&last, made.path(), &pages)
            .await
            .unwrap()
    );
    assert!(app.public_files() == before);
    replace(&file, "thread=\"other-lesson\"", "thread=\"first-lesson\"");

    std::fs::copy(&file, site.join(LESSON_FILE)).unwrap();
    app.app
        .publish_after(Some(&last), &site, &content)
        .await
        .unwrap();
    let after = app.public_files();
    let whole = app.app.publish_after(None, &site, &content).await.unwrap();
    assert_eq!((whole.report.written, whole.report.removed), (0, 0));
    assert!(app.public_files() == after, "the others did not follow");
    assert!(
        app.reads("/discussions/first-lesson/")
            .contains("The first lesson")
    );
}
