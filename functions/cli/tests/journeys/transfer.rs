//! A community that moves: everything into a file, and from there into another table.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::PathBuf;

use axum::http::StatusCode;
use jiff::SignedDuration;
use sodium_app::seal::Keys;
use sodium_app::transfer::{Imported, Transfer, TransferError, Wish};

use sodium_cli::data::DataFolder;
use sodium_cli::transfer::{MoveError, Where, export, import};

use crate::kit::faults::Table;
use crate::kit::{
    LESSON, LESSON_THREAD, Person, SESSION_PAGE, TestApp, address_of, id_of, link_in,
};
use crate::scenario::{everything_happens, generous, publishes_a_digest};

const BEN: &str = "ben.hill@example.org";

impl TestApp {
    fn transfer(&self) -> Transfer {
        Transfer {
            store: self.app.store.clone(),
            keys: self.app.keys.clone(),
            clock: self.app.clock.clone(),
        }
    }

    pub(crate) async fn exports(&self) -> String {
        let mut file = Vec::new();
        self.transfer()
            .export(&mut file, &mut |_| ())
            .await
            .unwrap();
        String::from_utf8(file).unwrap()
    }

    async fn imports(&self, file: &str, wish: Wish) -> Result<Imported, TransferError> {
        let mut lines = Cursor::new(file);
        self.transfer().import(&mut lines, wish, &mut |_| ()).await
    }

    /// What readers get, by path below the folder of files. Not the compressed siblings where one of
    /// the communities has a bucket: before that, the CDN compresses.
    fn site_as_read(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let in_bucket = std::env::var("SODIUM_TEST_WORLD").is_ok_and(|world| world == "moto");
        let sibling = |path: &PathBuf| path.extension().is_some_and(|e| e == "br" || e == "gz");
        let files = self.public_files().into_iter();
        files
            .filter(|(path, _)| !in_bucket || !sibling(path))
            .map(|(path, bytes)| {
                let parts = path
                    .components()
                    .skip_while(|part| part.as_os_str() != "public");
                (parts.collect(), bytes)
            })
            .collect()
    }
}

/// A community in which a little of everything happened.
async fn lived_in(app: &TestApp) -> Person {
    let ana = app.member("Ana Sand").await;
    let mut ben = app.member("Ben Hill").await;
    let first = ana
        .posts(
            LESSON_THREAD,
            "The first words, with a [link](https://example.org)",
        )
        .await;
    ben.replies(LESSON_THREAD, &first, "An answer").await;
    app.relay().await;
    ben.post(&format!("{first}/helpful"), &[("intent", "mark")])
        .await;
    app.wait(SignedDuration::from_mins(20));
    let changed = [(
        "body",
        "The first words, changed, with a [link](https://example.org)",
    )];
    ana.clone()
        .post(&format!("{first}/edit"), &changed)
        .await
        .leads_to();
    let goes = ana.posts(LESSON_THREAD, "Words that go").await;
    ben.replies(LESSON_THREAD, &goes, "An answer to what is gone")
        .await;
    ana.deletes(&goes).await;
    for number in 0..60 {
        ana.posts("second-lesson", &format!("Comment {number}"))
            .await;
        app.wait(SignedDuration::from_mins(10));
    }
    let newcomer = app.newcomer("Cleo Marsh").await;
    newcomer.posts(LESSON_THREAD, "Cleo's words wait").await;
    let bad = newcomer.posts(LESSON_THREAD, "Cleo's other words").await;
    app.moderator().await.rejects(&bad, "spam").await;
    for person in [&ana, &ben, &newcomer] {
        person
            .clone()
            .post("/api/sessions/evening-talk/seat", &[])
            .await;
    }
    for address in ["wait@example.org", BEN] {
        let mut guest = app.somebody();
        guest
            .post(
                "/api/waitlist",
                &[("email", address), ("interest", "teach")],
            )
            .await;
        app.relay().await;
        let link = link_in(app.mails_to(address).last().unwrap());
        guest.post(&link, &[]).await;
    }
    app.relay().await;
    ben.gets("/api/account").await;
    ben
}

#[tokio::test]
async fn a_community_that_moves_reads_the_same_byte_for_byte() {
    let (before, provider) = TestApp::on_table_with_company(Table::new().store(), generous).await;
    everything_happens(&before, &provider).await;
    let file = before.exports().await;

    // Other keys, an empty table, and pages of a site where nobody wrote yet.
    let after = TestApp::start().await;
    after.with_arabic_boards().await;
    after.opens_a_course().await;
    publishes_a_digest(&after).await;
    assert_ne!(after.site_as_read(), before.site_as_read());
    let dry = Wish {
        dry_run: true,
        ..Wish::default()
    };
    let would = after.imports(&file, dry).await.unwrap();
    assert_ne!(after.exports().await.lines().count(), file.lines().count());
    let did = after.imports(&file, Wish::default()).await.unwrap();
    assert_eq!(would, did);
    assert_eq!(did.different, 0, "{did:?}");
    // Who left the waitlist is no more than a hash.
    assert_eq!(did.lost, BTreeMap::from([("waitlist-mails", 1)]), "{did:?}");
    after.app.publish(&after.site()).await.unwrap();
    after.relay().await;

    let (was, is) = (before.site_as_read(), after.site_as_read());
    assert_eq!(
        was.keys().collect::<Vec<_>>(),
        is.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &was {
        assert!(is[path] == *bytes, "{} is another file", path.display());
    }

    let again = after.imports(&file, Wish::default()).await.unwrap();
    assert_eq!((again.written(), again.different), (0, 0), "{again:?}");
    assert_eq!(after.site_as_read(), is);
}

#[tokio::test]
async fn people_are_recognised_by_their_addresses_also_under_other_keys() {
    let before = TestApp::start().await;
    before.opens_a_course().await;
    let ben = lived_in(&before).await;
    ben.has_done("one", LESSON_THREAD).await.leads_to();
    let file = before.exports().await;
    let after = TestApp::start().await;
    let did = after.imports(&file, Wish::default()).await.unwrap();
    assert!(did.lost.is_empty(), "{did:?}");

    let mut ben = after.somebody();
    ben.signs_in(&address_of("Ben Hill")).await;
    let export = ben.gets("/api/account/export").await.json();
    assert_eq!(export["member"]["name"], "Ben Hill");
    assert_eq!(export["comments"].as_array().unwrap().len(), 2);
    assert_eq!(export["lessons_done"][0]["lesson"], LESSON_THREAD);
    let own = ben.gets("/api/sessions/evening-talk").await;
    assert!(own.body.contains("You have a seat"), "{}", own.body);
    assert!(after.reads(SESSION_PAGE).len() > 10);
    // Nobody takes his name, and he has his place on the waitlist.
    let mut other = after.somebody();
    other.signs_in("other@example.org").await;
    let taken = other
        .post("/api/account/name", &[("name", "Ben Hill")])
        .await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    // Later than a day after the last mail that the other table sent him.
    after.wait(SignedDuration::from_hours(50));
    other.post("/api/waitlist", &[("email", BEN)]).await;
    after.relay().await;
    let mail = after.mails_to(BEN).pop().unwrap();
    assert!(mail.text.contains("/place/"), "{}", mail.text);
    // What waits for a moderator still does, and its author still knows of it.
    after.moderator_keeps_passkey_of(&before);
    let queue = after.moderator().await.gets("/api/moderation").await;
    assert!(
        queue.body.contains("Cleo&#x27;s words wait") || queue.body.contains("Cleo's words wait"),
        "{}",
        queue.body
    );
}

#[tokio::test]
async fn what_lives_on_is_not_overwritten() {
    let app = TestApp::start().await;
    let ben = lived_in(&app).await;
    let file = app.exports().await;
    let same = app.imports(&file, Wish::default()).await.unwrap();
    assert_eq!((same.written(), same.different), (0, 0), "{same:?}");

    let gone = ben.posts(LESSON_THREAD, "Later words").await;
    app.relay().await;
    let was = app.exports().await.lines().count();
    let error = app
        .imports(&file, Wish::default())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("--keep-existing") && error.contains("a thread"),
        "{error}"
    );
    let keep = Wish {
        keep_existing: true,
        ..Wish::default()
    };
    let kept = app.imports(&file, keep).await.unwrap();
    assert_eq!(kept.written(), 0);
    assert_eq!(app.exports().await.lines().count(), was);
    assert!(app.reads(LESSON).contains(id_of(&gone)));
}

#[tokio::test]
async fn an_export_made_while_somebody_leaves_brings_nothing_of_them_back() {
    let before = TestApp::start().await;
    lived_in(&before).await;
    let file = before.exports().await;
    // The profile was gone when the export came to it; the rest was not.
    let gone = file
        .lines()
        .filter(|line| !(line.contains("\"kind\":\"member\"") && line.contains("Ben Hill")));
    let mut lines: Vec<String> = gone.map(str::to_owned).collect();
    assert_eq!(lines.len() + 1, file.lines().count());
    let items = lines.len() - 2;
    *lines.last_mut().unwrap() = format!("{{\"end\":{items}}}");

    let after = TestApp::start().await;
    let did = after
        .imports(&(lines.join("\n") + "\n"), Wish::default())
        .await
        .unwrap();
    assert_eq!(
        (
            did.orphans["comment"],
            did.orphans["seat"],
            did.orphans["name"]
        ),
        (2, 1, 1)
    );
    after.app.publish(&after.site()).await.unwrap();
    for (path, text) in after.public_texts() {
        assert!(!text.contains("Ben Hill"), "{}", path.display());
        assert!(!text.contains("An answer"), "{}", path.display());
    }
    assert!(after.reads(LESSON).contains("The first words"));
    // The seat is free, so publishing gives it to Cleo, who waited.
    assert!(after.reads(SESSION_PAGE).contains("2 of 2 seats"));
    let mut cleo = after.somebody();
    cleo.signs_in(&address_of("Cleo Marsh")).await;
    let own = cleo.gets("/api/sessions/evening-talk").await.body;
    assert!(own.contains("You have a seat"), "{own}");
}

#[tokio::test]
async fn a_file_that_is_not_right_changes_nothing_and_says_why() {
    let app = TestApp::start().await;
    app.member("Ana Sand")
        .await
        .posts(LESSON_THREAD, "Words")
        .await;
    app.relay().await;
    let file = app.exports().await;
    let lines: Vec<&str> = file.lines().collect();
    let comment = lines
        .iter()
        .position(|line| line.contains("\"kind\":\"comment\""))
        .unwrap();
    let with = |at: usize, line: &str| {
        let mut lines = lines.clone();
        lines[at] = line;
        lines.join("\n") + "\n"
    };
    let no_state = lines[comment].replace("\"state\"", "\"mood\"");
    let elsewhere = lines[comment].replacen("THREAD#first-lesson", "THREAD#other-lesson", 1);
    let wrong_kind = lines[comment].replacen("\"comment\"", "\"thread\"", 1);
    let unknown = lines[comment].replacen("\"kind\":\"comment\"", "\"kind\":\"horse\"", 1);
    let device = lines[comment].replacen("\"kind\":\"comment\"", "\"kind\":\"device\"", 1);
    let long = format!("{{\"kind\":\"{}\"}}", "x".repeat(4 << 20));
    let deep = "[".repeat(100_000);
    let half = &lines[comment][..lines[comment].len() / 2];
    let at = format!("line {}: ", comment + 1);
    let empty = TestApp::start().await;
    let untouched = empty.exports().await;
    for (wrong, place, why) in [
        (String::new(), "line 1: ", "no export"),
        ("<rss/>\n".into(), "line 1: ", "no export"),
        (with(0, "{\"sodium-export\":2}"), "line 1: ", "of version 2"),
        (with(0, "{\"sodium-export\":1}"), "line 1: ", "head"),
        (with(comment, half), &at, "too early"),
        (with(comment, "{\"kind\":}"), &at, "no valid JSON"),
        (with(comment, &no_state), &at, "field is missing or wrong"),
        (with(comment, &elsewhere), &at, "key does not fit"),
        (with(comment, &wrong_kind), &at, "‘thread’"),
        (with(comment, &unknown), &at, "‘horse’"),
        (with(comment, &device), &at, "does not go along"),
        (with(comment, &long), &at, "longer than any item"),
        (with(comment, &deep), &at, "no item"),
        (
            with(lines.len() - 1, "{\"end\":3}"),
            "line ",
            "made with 3 items",
        ),
        (
            lines[..lines.len() - 1].join("\n") + "\n",
            "line ",
            "something is missing",
        ),
        (format!("{file}{{}}\n"), "line ", "after the end"),
    ] {
        let error = empty
            .imports(&wrong, Wish::default())
            .await
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(place) && error.contains(why), "{error}");
        assert!(
            !error.contains("Words") && !error.contains("example.org"),
            "{error}"
        );
    }
    let head = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(head(&empty.exports().await), head(&untouched));
}

#[tokio::test]
async fn an_export_forgets_nothing_that_it_does_not_know_and_asks_for_the_right_keys() {
    let table = Table::new();
    let app = TestApp::on_table(table.store(), |_| {}).await;
    app.member("Ana Sand").await;
    let mut transfer = app.transfer();
    transfer.keys = Keys::generate().unwrap();
    let other_keys = transfer.export(&mut Vec::new(), &mut |_| ()).await;
    assert!(
        matches!(other_keys, Err(TransferError::WrongKeys)),
        "{other_keys:?}"
    );

    table
        .writes(("HORSE#1", "RIDER"), "name", "of a later version")
        .await;
    let unknown = app.transfer().export(&mut Vec::new(), &mut |_| ()).await;
    assert!(
        matches!(unknown, Err(TransferError::Unknown(..))),
        "{unknown:?}"
    );
}

#[test]
fn a_file_is_its_owners_alone_and_takes_no_others_place() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(
        at("in.jsonl"),
        "{\"sodium-export\":1,\"made\":\"2027-03-02T12:00:00Z\",\"keys\":\"others\"}\n\
         {\"kind\":\"thread\",\"key\":[\"THREAD#first-lesson\",\"THREAD\"],\"item\":\
         {\"id\":\"first-lesson\",\"title\":\"First\",\"page_url\":\"/first/\"}}\n{\"end\":1}\n",
    )
    .unwrap();
    let (old, new) = (Where::Data(at("nowhere")), Where::Data(at("data")));
    let nothing = export(&old, &at("out.jsonl"));
    assert!(matches!(nothing, Err(MoveError::Nothing(_))), "{nothing:?}");
    assert!(!at("nowhere").exists());

    let imported = import(&new, &at("in.jsonl"), Wish::default()).unwrap();
    assert_eq!(imported.written(), 1);
    let exported = export(&new, &at("out.jsonl")).unwrap();
    assert_eq!(exported.items, BTreeMap::from([("thread", 1)]));
    let written = std::fs::read_to_string(at("out.jsonl")).unwrap();
    assert_eq!(written.lines().count(), 3);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(at("out.jsonl"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = export(&new, &at("out.jsonl"));
    assert!(matches!(again, Err(MoveError::File(..))), "{again:?}");
    let taken = DataFolder::take(&at("data")).unwrap();
    assert!(
        !taken.is_unseeded(),
        "sample comments would join the others"
    );
    let locked = export(&new, &at("other.jsonl"));
    assert!(matches!(locked, Err(MoveError::Data(_))), "{locked:?}");
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 3, "half a file was left behind");
}
