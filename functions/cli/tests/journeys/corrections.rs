//! A correction: from the reader to the author, and back as thanks.

use std::path::Path;
use std::process::Command;

use sodium_app::site::fixes::Noted;
use sodium_cli::fixes;
use sodium_domain::correction::{Fix, Fixed};

use crate::kit::{BASE_URL, LESSON, LESSON_THREAD, Person, TestApp, address_of, id_of};

const FIXED: &str = "The page was corrected";
const THANKS: &str = "Corrected with the help of";

impl Person {
    /// Says that a part of the lesson is wrong.
    async fn corrects(&self, body: &str) -> String {
        let fields = [
            ("body", body),
            ("kind", "correction"),
            ("heading", "try-it"),
        ];
        let sent = self.posts_with(LESSON_THREAD, &fields).await;
        sent.leads_to().to_owned()
    }
}

impl TestApp {
    /// A commit whose message ends with this line is published.
    pub(crate) async fn publishes_a_fix(&self, named: &str) -> Noted {
        let fix = Fix {
            named: named.parse().unwrap(),
            fixed: Fixed::by(&"c0ffee".repeat(7), "2027-03-02T08:00:00Z".parse().unwrap()),
        };
        let noted = self.app.note_fixes(&[fix]).await.unwrap();
        self.relay().await;
        noted
    }
}

fn address(correction: &str) -> String {
    format!(
        "{BASE_URL}/discussions/{LESSON_THREAD}/#c-{}",
        id_of(correction)
    )
}

async fn forum() -> TestApp {
    let app = TestApp::start().await;
    app.opens_a_forum().await;
    app
}

#[tokio::test]
async fn authors_find_what_a_correction_is_about_and_what_their_commit_must_say() {
    let app = forum().await;
    let ana = app.member("Ana Sand").await;
    let correction = ana.corrects("The second command lacks a dash.").await;
    app.relay().await;

    for list in ["/corrections/", "/corrections/open/"] {
        // Tera writes slashes in text as entities.
        let page = app.reads(list).replace("&#x2F;", "/");
        for part in [
            "The second command lacks a dash.",
            "content/courses/one/first.md",
            "Try it",
            "<code dir=\"ltr\">1a</code>",
            &format!("Fixes-comment: {}", address(&correction)),
        ] {
            assert!(page.contains(part), "{list}: {part}: {page}");
        }
        // Our own words and addresses only: the reader's are theirs to take back.
        let (_, issue) = page
            .split_once("https://git.example.org/learn/issues/new?")
            .unwrap();
        let issue = issue.split('"').next().unwrap();
        assert!(issue.contains(id_of(&correction)), "{issue}");
        assert!(issue.contains("first.md"), "{issue}");
        assert!(!issue.contains("dash"), "{issue}");
        assert!(!issue.contains("Ana"), "{issue}");
    }
    assert!(app.reads("/corrections/feed.xml").contains("lacks a dash"));
    // It is no question.
    assert!(!app.reads("/questions/").contains("lacks a dash"));
}

#[tokio::test]
async fn a_commit_marks_a_correction_and_the_page_thanks_its_reader() {
    for by_address in [true, false] {
        let app = forum().await;
        let mut ana = app.member("Ana Sand").await;
        ana.post(
            "/api/account/mails",
            &[("intent", "save"), ("answers", "yes")],
        )
        .await;
        let correction = ana.corrects("The second command lacks a dash.").await;
        app.relay().await;
        assert!(!app.reads(LESSON).contains(FIXED));
        let named = match by_address {
            true => address(&correction),
            false => id_of(&correction).to_owned(),
        };

        assert_eq!(app.publishes_a_fix(&named).await.new, 1);
        let page = app.reads(LESSON);
        assert!(
            page.contains(FIXED) && page.contains("c0ffeec0ff"),
            "{page}"
        );
        assert!(
            page.contains(&format!("{THANKS} <bdi>Ana Sand</bdi>")),
            "{page}"
        );
        assert!(app.reads("/corrections/fixed/").contains("lacks a dash"));
        let open = app.reads("/corrections/open/");
        assert!(!open.contains("lacks a dash"), "{open}");
        let thanks = |app: &TestApp| {
            let mails = app.mails_to(&address_of("Ana Sand"));
            let thanks = mails.iter().filter(|mail| mail.subject.contains("thanks"));
            thanks.count()
        };
        assert_eq!(thanks(&app), 1);

        // The history is read at each publication.
        assert_eq!(app.publishes_a_fix(&named).await, Noted::default());
        assert_eq!(thanks(&app), 1);
        assert_eq!(app.reads(LESSON), page);
    }
}

#[tokio::test]
async fn whoever_wants_no_mail_gets_none() {
    let app = forum().await;
    let ana = app.member("Ana Sand").await;
    let correction = ana.corrects("The second command lacks a dash.").await;
    app.relay().await;
    let before = app.all_mails().len();
    app.publishes_a_fix(&address(&correction)).await;
    assert!(app.reads(LESSON).contains(FIXED));
    assert_eq!(app.all_mails().len(), before);
}

#[tokio::test]
async fn a_correction_that_is_taken_back_leaves_no_thanks() {
    let app = forum().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let first = ana.corrects("The second command lacks a dash.").await;
    let second = ben.corrects("The third lacks two.").await;
    app.relay().await;
    for correction in [&first, &second] {
        app.publishes_a_fix(&address(correction)).await;
    }
    let both = format!("{THANKS} <bdi>Ana Sand</bdi>, <bdi>Ben Hill</bdi>");
    assert!(app.reads(LESSON).contains(&both));

    ana.deletes(&first).await;
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(
        page.contains(&format!("{THANKS} <bdi>Ben Hill</bdi>")),
        "{page}"
    );
    assert!(!page.contains("Ana Sand"), "{page}");
    assert!(!app.reads("/corrections/").contains("lacks a dash"));
}

#[tokio::test]
async fn a_commit_that_names_nothing_public_is_told_and_harms_nothing() {
    let app = forum().await;
    let ana = app.member("Ana Sand").await;
    let gone = ana.corrects("The second command lacks a dash.").await;
    app.relay().await;
    ana.deletes(&gone).await;
    let held = app.newcomer("Ben Hill").await.corrects("Is it?").await;
    app.relay().await;
    let nowhere = "01939f5e-7c00-7000-8000-00000000000a";
    for named in [address(&gone), address(&held), nowhere.to_owned()] {
        let noted = app.publishes_a_fix(&named).await;
        assert_eq!((noted.new, noted.unknown.len()), (0, 1), "{named}");
    }
    let page = app.reads(LESSON);
    assert!(!page.contains(FIXED) && !page.contains(THANKS), "{page}");
}

/// A repository with one commit of this message.
fn commit(folder: &Path, message: &str) {
    let git = |args: &[&str]| {
        let done = Command::new("git")
            .arg("-C")
            .arg(folder)
            .args([
                "-c",
                "user.name=An author",
                "-c",
                "user.email=author@example.org",
            ])
            .args(args)
            .output()
            .unwrap();
        assert!(done.status.success(), "{args:?}: {done:?}");
    };
    if !folder.join(".git").exists() {
        git(&["init", "--quiet"]);
    }
    git(&[
        "commit",
        "--quiet",
        "--allow-empty",
        "--no-gpg-sign",
        "-m",
        message,
    ]);
}

#[tokio::test]
async fn the_history_of_a_repository_says_which_corrections_were_made() {
    let app = forum().await;
    let ana = app.member("Ana Sand").await;
    let correction = ana.corrects("The second command lacks a dash.").await;
    app.relay().await;
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(fixes::read(folder.path()), fixes::History::default());
    commit(folder.path(), "git: say what a branch is");
    commit(
        folder.path(),
        &format!(
            "git: give the second command its dash\n\nIt did nothing without.\n\n\
             fixes-comment: {}\nFixes-comment: the typo\n",
            address(&correction)
        ),
    );
    // A line in the middle of a message is talk about trailers, and none.
    commit(
        folder.path(),
        &format!(
            "docs: explain\n\nFixes-comment: {}\n\nis the line.",
            id_of(&correction)
        ),
    );

    let history = fixes::read(folder.path());
    assert_eq!(history.fixes.len(), 1, "{history:?}");
    let noted = app.app.note_fixes(&history.fixes).await.unwrap();
    let told = fixes::told(&history, &noted);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0], "1 correction is noted as made");
    assert!(told[1].contains("“Fixes-comment: the typo” names no comment"));
    app.relay().await;
    assert!(app.reads(LESSON).contains(FIXED));
}
