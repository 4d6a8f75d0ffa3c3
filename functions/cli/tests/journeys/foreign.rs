//! Discussions that were held in WordPress, Disqus or Isso, and go on here.

mod operator;

use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use jiff::SignedDuration;
use sodium_app::transfer::{Imported, Transfer, Wish};
use sodium_cli::import::{Left, Note, Origin, Pages, Plan, read};

use crate::kit::{LESSON, LESSON_THREAD, Person, TestApp, address_of};
use crate::quotes::{DIGEST, WITHDRAWN, quoted};

const SECOND: &str = "/courses/one/second/";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/import")
        .join(name)
}

/// Isso's database, made from its text.
fn isso() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let made = std::fs::read_to_string(fixture("isso.sql")).unwrap();
    let database = rusqlite::Connection::open(file.path()).unwrap();
    database.execute_batch(&made).unwrap();
    file
}

/// What the operator's program does, step for step, on the table of a journey.
struct Taken {
    plan: Plan,
    imported: Imported,
    addresses: Vec<Option<String>>,
}

impl Taken {
    fn left(&self, reason: Left) -> usize {
        let left = self.plan.left.iter();
        left.filter(|(_, left)| *left == reason).count()
    }

    fn noted(&self, note: Note) -> Vec<&str> {
        let comments = self.plan.comments.iter();
        let noted = comments.filter(|planned| planned.notes.contains(&note));
        noted.map(|planned| planned.old.as_str()).collect()
    }

    /// The address of a comment's own page here.
    fn here(&self, old: &str) -> String {
        let mut comments = self.plan.comments.iter();
        let planned = comments.find(|planned| planned.old.ends_with(old)).unwrap();
        let (thread, id) = (&planned.comment.thread, planned.comment.id);
        format!("/api/threads/{thread}/comments/{id}")
    }
}

impl TestApp {
    async fn takes(&self, origin: Origin, file: &Path, dry_run: bool) -> Taken {
        let transfer = Transfer {
            store: self.app.store.clone(),
            keys: self.app.keys.clone(),
            clock: self.app.clock.clone(),
        };
        let pages = Pages::known(transfer.threads().await.unwrap());
        let plan = Plan::of(read(origin, file).unwrap(), &pages, self.app.clock.now());
        let comments: Vec<_> = plan.comments.iter().map(|p| &p.comment).collect();
        let ids: Vec<_> = comments.iter().map(|c| (c.thread.clone(), c.id)).collect();
        let mut lines = Vec::new();
        transfer
            .write_comments(comments.into_iter(), &mut lines)
            .unwrap();
        let wish = Wish {
            dry_run,
            keep_existing: true,
        };
        let mut lines = BufReader::new(Cursor::new(lines));
        let imported = transfer.import(&mut lines, wish, &mut |_| ()).await;
        if !dry_run {
            transfer.number(&ids, &mut |_| ()).await.unwrap();
        }
        let addresses = transfer.addresses_of(&ids).await.unwrap();
        Taken {
            plan,
            imported: imported.unwrap(),
            addresses,
        }
    }

    /// Some old comments come, for a test that looks at everything there is.
    pub(crate) async fn takes_old_comments(&self) {
        let taken = self.takes(Origin::Isso, isso().path(), false).await;
        assert_eq!(taken.imported.written(), 2);
        self.relay().await;
    }
}

impl Person {
    async fn hears_of_the_lesson(&mut self, pace: &str) {
        let path = format!("/api/threads/{LESSON_THREAD}/follow");
        self.post(&path, &[("pace", pace)]).await.leads_to();
    }
}

/// Where a text stands in the page.
fn place(page: &str, text: &str) -> usize {
    page.find(text)
        .unwrap_or_else(|| panic!("‘{text}’ is not in {page}"))
}

/// The article of the comment with this text, from its head to its text.
fn head<'a>(page: &'a str, text: &str) -> &'a str {
    let end = place(page, text);
    &page[page[..end].rfind("<article").unwrap()..end]
}

#[tokio::test]
async fn wordpress_keeps_nesting_dates_and_names_and_what_nobody_should_see_stays_behind() {
    let app = TestApp::start().await;
    let file = fixture("wordpress.xml");
    let dry = app.takes(Origin::Wordpress, &file, true).await;
    assert_eq!(dry.imported.new["comment"], 7);
    for (reason, count) in [
        (Left::Spam, 1),
        (Left::Deleted, 1),
        (Left::Unapproved, 1),
        (Left::NoComment, 1),
        (Left::HiddenPage, 1),
        (Left::NoThread, 1),
    ] {
        assert_eq!(dry.left(reason), count, "{reason:?}");
    }
    assert_eq!(dry.plan.unmatched["https://old.example.org/elsewhere/"], 1);
    let old = |id: &str| format!("https://old.example.org{LESSON}#comment-{id}");
    assert_eq!(dry.noted(Note::Raised), [old("4")]);
    assert_eq!(dry.noted(Note::Orphaned), [old("9")]);
    assert_eq!(dry.noted(Note::Circular), [old("10")]);
    assert_eq!(dry.noted(Note::Nameless).len(), 2);
    assert!(app.due().await.is_empty(), "a dry run did something");

    let done = app.takes(Origin::Wordpress, &file, false).await;
    assert_eq!(done.imported.written(), 7);
    app.relay().await;
    let page = app.reads(LESSON);
    let order = [
        "oldest</a> words",
        "<em>old</em> answer &amp; more",
        "An answer to an answer",
    ];
    assert!(
        order
            .windows(2)
            .all(|two| place(&page, two[0]) < place(&page, two[1]))
    );
    for (text, depth, time) in [
        ("in two parts", 0, "2020-04-01T10:00:01"),
        ("<em>old</em> answer", 1, "2020-04-01T10:00:02"),
        ("An answer to an answer", 2, "2020-03-31T09:00:00"),
        ("An answer to what was sold", 1, "2020-04-01T10:00:04"),
        ("An answer to what is nowhere", 0, "2020-04-01T10:00:09"),
        ("Round and", 0, "2020-04-01T10:00:10"),
        ("round again", 1, "2020-04-01T10:00:11"),
    ] {
        let head = head(&page, text);
        assert!(head.contains(&format!("data-depth=\"{depth}\"")), "{head}");
        assert!(head.contains(time) && head.contains(">Imported<"), "{head}");
    }
    assert!(page.contains(">Sample O’Reader</bdi>"));
    let nameless = head(&page, "An answer to what was sold");
    assert!(
        nameless.contains(">Somebody</bdi>"),
        "an address is no name"
    );
    assert!(
        head(&page, "An answer to an answer").contains(">Somebody</bdi>"),
        "a role is none"
    );
    for hidden in [
        "Still waits",
        "Thrown away",
        "linked here",
        "the password",
        "alert(1)",
    ] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    let kept = app.exports().await;
    for secret in ["secret", "203.0.113.77", "Cheap things"] {
        for (path, text) in app.public_texts() {
            assert!(!text.contains(secret), "{secret} in {}", path.display());
        }
        assert!(!kept.contains(secret), "{secret} is kept");
    }
    let feed = app.reads(&format!("/discussions/{LESSON_THREAD}/feed.xml"));
    assert!(feed.contains("Sample Reader B (imported)"), "{feed}");
    assert_eq!(
        dry.addresses, done.addresses,
        "a dry run knew other addresses"
    );
    for address in done.addresses.iter().flatten() {
        let anchor = address.split('#').nth(1).unwrap();
        assert!(app.reads(address).contains(&format!("id=\"{anchor}\"")));
    }
}

#[tokio::test]
async fn a_second_time_changes_nothing_also_after_people_decided() {
    let app = TestApp::start().await;
    let file = fixture("wordpress.xml");
    let taken = app.takes(Origin::Wordpress, &file, false).await;
    app.relay().await;
    let (files, table) = (app.public_files(), app.exports().await);
    let again = app.takes(Origin::Wordpress, &file, false).await;
    assert_eq!((again.imported.written(), again.imported.same), (0, 7));
    assert_eq!(again.addresses, taken.addresses);
    assert!(app.due().await.is_empty());
    app.app.publish(&app.site()).await.unwrap();
    app.relay().await;
    assert_eq!(app.public_files(), files);
    let items = |export: &str| -> Vec<String> {
        let mut lines: Vec<String> = export.lines().skip(1).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(items(&app.exports().await), items(&table));

    let moderator = app.moderator().await;
    moderator
        .rejects(&taken.here("#comment-1"), "off-topic")
        .await;
    app.relay().await;
    assert!(!app.reads(LESSON).contains("oldest</a> words"));
    let after = app.takes(Origin::Wordpress, &file, false).await;
    assert_eq!(after.imported.written(), 0);
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(!page.contains("oldest</a> words") && page.contains("<em>old</em> answer"));
    // And taken back it is there again, with its name.
    moderator.undoes_the_newest().await;
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(head(&page, "oldest</a> words").contains(">Sample O’Reader</bdi>"));
}

#[tokio::test]
async fn a_moderator_deletes_an_old_comment_for_its_author_and_it_stays_deleted() {
    let app = TestApp::start().await;
    let (mut ana, mut moderator) = (app.member("Ana Sand").await, app.moderator().await);
    let (file, words) = (fixture("wordpress.xml"), "oldest</a> words");
    let taken = app.takes(Origin::Wordpress, &file, false).await;
    app.relay().await;
    assert!(app.reads(LESSON).contains(words));

    let old = taken.here("#comment-1");
    let delete = format!("{old}/delete");
    assert_eq!(ana.gets(&delete).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ana.post(&delete, &[]).await.status, StatusCode::NOT_FOUND);
    assert!(moderator.gets(&old).await.body.contains(&delete));
    let asked = moderator.gets(&delete).await.body;
    assert!(
        asked.contains("Nobody here owns an imported comment"),
        "{asked}"
    );
    assert_eq!(moderator.post(&delete, &[]).await.status, StatusCode::OK);
    app.relay().await;
    assert!(!app.exports().await.contains("oldest"));
    for (path, text) in app.public_texts() {
        assert!(!text.contains(words), "in {}", path.display());
    }
    // A member's own comment is not theirs to delete.
    let own = ana.posts(LESSON_THREAD, "Mine").await;
    let refused = moderator.post(&format!("{own}/delete"), &[]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);

    let again = app.takes(Origin::Wordpress, &file, false).await;
    assert_eq!(again.imported.written(), 0);
    assert!(!app.exports().await.contains("oldest"));
}

#[tokio::test]
async fn nobody_is_told_of_old_comments_and_nobody_owns_them() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let mut ben = app.member("Ben Hill").await;
    app.app.sweep(&app.mailer).await.unwrap();
    ana.hears_of_the_lesson("at-once").await;
    ben.hears_of_the_lesson("daily").await;
    let before = app.all_mails().len();
    let taken = app
        .takes(Origin::Wordpress, &fixture("wordpress.xml"), false)
        .await;
    for _ in 0..3 {
        app.relay().await;
        app.wait(SignedDuration::from_hours(24));
        assert_eq!(app.app.sweep(&app.mailer).await.unwrap().mailed, 0);
    }
    assert_eq!(app.all_mails().len(), before);

    // What people write afterwards is news as ever.
    let old = taken.here("#comment-1");
    ana.replies(LESSON_THREAD, &old, "A new answer").await;
    app.relay().await;
    app.wait(SignedDuration::from_hours(24));
    assert_eq!(app.app.sweep(&app.mailer).await.unwrap().mailed, 1);
    let mail = app.mails_to(&address_of("Ben Hill")).pop().unwrap();
    assert!(mail.text.contains("A new answer") && !mail.text.contains("oldest"));
    let page = app.reads(LESSON);
    assert!(head(&page, "A new answer").contains("data-depth=\"1\""));

    // It can be found helpful by anybody, changed by nobody, and taken away by moderators.
    let mark = [("intent", "mark")];
    ben.post(&format!("{old}/helpful"), &mark).await.leads_to();
    let edited = ben.post(&format!("{old}/edit"), &[("body", "Mine")]).await;
    assert_eq!(edited.status, StatusCode::NOT_FOUND, "{}", edited.body);
    let deleted = ben.post(&format!("{old}/delete"), &[]).await;
    assert_eq!(deleted.status, StatusCode::NOT_FOUND, "{}", deleted.body);
    let mut moderator = app.moderator().await;
    let queue = old
        .replace("/api/threads/", "/api/moderation/")
        .replace("/comments/", "/");
    let form = moderator.gets(&queue).await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.body);
    assert!(form.body.contains("Imported"), "{}", form.body);
    app.relay().await;
    assert!(app.reads(LESSON).contains("class=\"mark-count\">1<"));
}

#[tokio::test]
async fn disqus_and_isso_come_along_and_old_addresses_are_known() {
    let app = TestApp::start().await;
    let disqus = app
        .takes(Origin::Disqus, &fixture("disqus.xml"), false)
        .await;
    assert_eq!(
        (disqus.left(Left::Spam), disqus.left(Left::HiddenPage)),
        (1, 1)
    );
    let old: Vec<&str> = disqus
        .plan
        .comments
        .iter()
        .map(|p| p.old.as_str())
        .collect();
    let page = format!("https://old.example.org{LESSON}");
    assert_eq!(
        old,
        [format!("{page}#comment-101"), format!("{page}#comment-102")]
    );
    let isso = app.takes(Origin::Isso, isso().path(), false).await;
    assert_eq!(
        (isso.left(Left::Unapproved), isso.left(Left::Deleted)),
        (1, 1)
    );
    assert_eq!(isso.plan.comments[0].old, format!("{SECOND}#isso-1"));
    app.relay().await;

    let page = app.reads(LESSON);
    assert!(
        page.contains("From <strong>Disqus</strong> &amp; others, on one line"),
        "{page}"
    );
    let answer = head(&page, "Answer from Disqus");
    assert!(answer.contains("data-depth=\"1\"") && answer.contains("2019-01-02T03:04:05"));
    let page = app.reads(SECOND);
    assert!(page.contains("From <strong>Isso</strong>"), "{page}");
    assert!(head(&page, "Answer from Isso").contains("data-depth=\"1\""));
    assert!(page.contains(">Sample Reader H</bdi>") && !page.contains("Waits in Isso"));
    for address in disqus.addresses.iter().chain(&isso.addresses) {
        let address = address.as_ref().unwrap();
        let anchor = address.split('#').nth(1).unwrap();
        assert!(app.reads(address).contains(&format!("id=\"{anchor}\"")));
    }
}

#[tokio::test]
async fn digests_quote_nobody_who_could_not_be_asked_and_lists_say_where_it_comes_from() {
    let app = TestApp::start().await;
    let taken = app
        .takes(Origin::Wordpress, &fixture("wordpress.xml"), false)
        .await;
    app.relay().await;
    quoted(&app, &taken.here("#comment-1")).await;
    let digest = app.reads(DIGEST);
    assert!(digest.contains(WITHDRAWN) && !digest.contains("oldest"));
    let home = app.reads("/");
    assert!(home.contains("Sample Reader D (imported)"), "{home}");
}
