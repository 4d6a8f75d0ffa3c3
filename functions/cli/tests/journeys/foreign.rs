//! Discussions that were held in WordPress, Disqus or Isso, and go on here.

use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use sodium_app::transfer::{Imported, Transfer, Wish};
use sodium_cli::import::{ImportError, Origin, Pages, Plan, read};

use crate::kit::{LESSON, TestApp};

const WORDPRESS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:wxr_version>1.2</wp:wxr_version>
<item><title>First</title><link>https://old.example.org/courses/one/first/</link>
COMMENTS</item>
<item><link>https://old.example.org/elsewhere/</link>
<wp:comment><wp:comment_id>90</wp:comment_id><wp:comment_author>Eve</wp:comment_author>
<wp:comment_date_gmt>2020-05-01 10:00:00</wp:comment_date_gmt><wp:comment_content>Lost page</wp:comment_content>
<wp:comment_approved>1</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment></item>
</channel></rss>"#;

/// A comment of WordPress, with all that must not come along.
fn wordpress(id: u32, parent: u32, name: &str, state: &str, html: &str) -> String {
    format!(
        "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author><![CDATA[{name}]]></wp:comment_author>\
         <wp:comment_author_email>secret@example.net</wp:comment_author_email>\
         <wp:comment_author_IP>203.0.113.77</wp:comment_author_IP>\
         <wp:comment_date_gmt>2020-04-01 10:00:{:02}</wp:comment_date_gmt>\
         <wp:comment_content><![CDATA[{html}]]></wp:comment_content>\
         <wp:comment_approved>{state}</wp:comment_approved><wp:comment_type>comment</wp:comment_type>\
         <wp:comment_parent>{parent}</wp:comment_parent></wp:comment>",
        id % 60
    )
}

fn wordpress_file(comments: &[String]) -> String {
    WORDPRESS.replace("COMMENTS", &comments.join("\n"))
}

const DISQUS: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<category dsq:id="1"><title>General</title></category>
<thread dsq:id="11"><id/><link>https://old.example.org/courses/one/first/</link><title>First</title>
<author><name>Owner</name></author></thread>
<post dsq:id="101"><id/><message><![CDATA[<p>From <b>Disqus</b> &amp; co</p>]]></message>
<createdAt>2019-01-02T03:04:05Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
<author><email>secret@example.net</email><name>Dana &amp; Co</name><isAnonymous>false</isAnonymous></author>
<ipAddress>203.0.113.77</ipAddress><thread dsq:id="11"/></post>
<post dsq:id="102"><message>Answer from Disqus</message><createdAt>2019-01-02T03:04:05Z</createdAt>
<isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Finn Lake</name></author>
<thread dsq:id="11"/><parent dsq:id="101"/></post>
<post dsq:id="103"><message>Buy</message><createdAt>2019-01-02T03:05:05Z</createdAt><isDeleted>false</isDeleted>
<isSpam>true</isSpam><author><name>Spammer</name></author><thread dsq:id="11"/></post>
</disqus>"#;

fn file_with(text: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

impl TestApp {
    async fn takes(&self, origin: Origin, file: &Path, dry_run: bool) -> (Plan, Imported) {
        let transfer = Transfer {
            store: self.app.store.clone(),
            keys: self.app.keys.clone(),
            clock: self.app.clock.clone(),
        };
        let pages = Pages::known(transfer.threads().await.unwrap());
        let plan = Plan::of(read(origin, file).unwrap(), &pages).unwrap();
        let comments = plan.comments.iter().map(|planned| &planned.comment);
        let mut lines = Vec::new();
        transfer.write_comments(comments, &mut lines).unwrap();
        let wish = Wish {
            dry_run,
            keep_existing: true,
            queue_waiting: true,
        };
        let mut lines = BufReader::new(Cursor::new(lines));
        let imported = transfer.import(&mut lines, wish, &mut |_| ()).await;
        (plan, imported.unwrap())
    }
}

/// Where a text stands in the page.
fn place(page: &str, text: &str) -> usize {
    page.find(text)
        .unwrap_or_else(|| panic!("‘{text}’ is not in {page}"))
}

#[tokio::test]
async fn wordpress_keeps_nesting_dates_names_and_states() {
    let app = TestApp::start().await;
    app.member("Ana Sand").await;
    let file = file_with(wordpress_file(&[
        wordpress(2, 1, "Ben Hill", "1", "An <em>old</em> answer"),
        wordpress(
            1,
            0,
            "Ana Sand",
            "1",
            "The <a href=\"https://example.org/x\">oldest</a> words\n\nin two parts",
        ),
        wordpress(3, 0, "Buyer", "spam", "Cheap"),
        wordpress(4, 3, "secret@example.net", "1", "An answer to spam"),
        wordpress(5, 0, "Cleo", "0", "Still waits"),
        wordpress(
            6,
            2,
            "Moderator",
            "1",
            "<script>alert(1)</script>An answer to an answer <img src=x onerror=alert(1)>",
        ),
    ]));
    let (plan, dry) = app.takes(Origin::Wordpress, file.path(), true).await;
    assert_eq!(dry.new["comment"], 5);
    assert_eq!(plan.left["spam"], 1);
    assert_eq!(plan.unknown_pages["https://old.example.org/elsewhere/"], 1);
    assert_eq!((plan.nameless, plan.raised, plan.cut), (2, 1, 0));
    assert!(app.due().await.is_empty(), "a dry run did something");

    let (_, done) = app.takes(Origin::Wordpress, file.path(), false).await;
    assert_eq!(done.written(), 5);
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(place(&page, ">oldest</a> words") < place(&page, "<em>old</em> answer"));
    assert!(place(&page, "<em>old</em> answer") < place(&page, "An answer to an answer"));
    assert!(page.contains("Ana Sand (imported)") && page.contains("2020-04-01T10:00:01"));
    assert!(
        page.contains("Somebody (imported)"),
        "addresses and roles are no names"
    );
    assert!(!page.contains("Still waits") && !page.contains("alert(1)"));
    for (path, text) in app.public_texts() {
        for secret in ["secret@example.net", "203.0.113.77", "Cheap"] {
            assert!(!text.contains(secret), "{secret} in {}", path.display());
        }
    }
    let nested = page.matches("class=\"replies\"").count();
    assert!(
        nested >= 2 || page.matches("Ben Hill (imported)").count() >= 2,
        "{page}"
    );

    // A second time there is nothing to do, also after a person decided.
    let mut moderator = app.moderator().await;
    let queue = moderator.gets("/api/moderation").await.body;
    assert!(queue.contains("Still waits"), "{queue}");
    let waits = plan
        .comments
        .iter()
        .find(|planned| {
            planned.comment.number.is_none()
                && planned.comment.state == sodium_domain::comment::State::Pending
        })
        .unwrap();
    let own = format!(
        "/api/threads/{}/comments/{}",
        waits.comment.thread, waits.comment.id
    );
    moderator.approves(&own).await;
    app.relay().await;
    assert!(app.reads(LESSON).contains("Still waits"));
    let before = app.public_files();
    let (_, again) = app.takes(Origin::Wordpress, file.path(), false).await;
    assert_eq!(again.written(), 0);
    app.relay().await;
    assert_eq!(app.public_files(), before);
    let queue = moderator.gets("/api/moderation").await;
    assert_eq!(queue.status, StatusCode::OK);
    assert!(!queue.body.contains("Still waits"));
}

#[tokio::test]
async fn disqus_and_isso_come_along_and_old_addresses_are_known() {
    let app = TestApp::start().await;
    let (plan, _) = app
        .takes(Origin::Disqus, file_with(DISQUS).path(), false)
        .await;
    assert_eq!(plan.left["spam"], 1);
    assert_eq!(
        plan.comments[0].old_url,
        "https://old.example.org/courses/one/first/#comment-101"
    );
    let isso = isso(&[
        (1, None, 1, "From **Isso**", Some("Gil Rock")),
        (2, Some(1), 1, "Answer from Isso", None),
        (3, None, 2, "Waits in Isso", Some("Hal")),
        (4, None, 4, "", None),
    ]);
    let (plan, _) = app.takes(Origin::Isso, isso.path(), false).await;
    assert_eq!((plan.comments.len(), plan.left["deleted"]), (3, 1));
    app.relay().await;

    let page = app.reads(LESSON);
    assert!(
        place(&page, "From <strong>Disqus</strong> &amp; co") < place(&page, "Answer from Disqus")
    );
    assert!(place(&page, "From <strong>Isso</strong>") < place(&page, "Answer from Isso"));
    assert!(page.contains("Gil Rock (imported)") && !page.contains("Waits in Isso"));
    let transfer = Transfer {
        store: app.app.store.clone(),
        keys: app.app.keys.clone(),
        clock: app.app.clock.clone(),
    };
    let ids: Vec<_> = plan
        .comments
        .iter()
        .map(|p| (&p.comment.thread, p.comment.id))
        .collect();
    let links = transfer.permalinks(&ids).await.unwrap();
    assert_eq!(links.iter().filter(|link| link.is_some()).count(), 2);
    for link in links.iter().flatten() {
        let anchor = link.split('#').nth(1).unwrap();
        assert!(app.reads(link).contains(anchor), "{link}");
    }
}

type IssoComment<'a> = (i64, Option<i64>, i64, &'a str, Option<&'a str>);

/// A database of Isso in which these comments are.
fn isso(comments: &[IssoComment<'_>]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let database = rusqlite::Connection::open(file.path()).unwrap();
    database
        .execute_batch(
            "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
             CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER,
                created FLOAT NOT NULL, modified FLOAT, mode INTEGER, remote_addr VARCHAR, text VARCHAR,
                author VARCHAR, email VARCHAR, website VARCHAR, likes INTEGER DEFAULT 0,
                dislikes INTEGER DEFAULT 0, voters BLOB NOT NULL);
             INSERT INTO threads VALUES (7, '/courses/one/first/', 'First');",
        )
        .unwrap();
    for (id, parent, mode, text, author) in comments {
        database
            .execute(
                "INSERT INTO comments VALUES (7, ?1, ?2, ?3, NULL, ?4, '203.0.113.77', ?5, ?6, 's@example.net', NULL, 0, 0, x'00')",
                rusqlite::params![id, parent, 1_500_000_000.25 + *id as f64, mode, text, author],
            )
            .unwrap();
    }
    file
}

#[test]
fn a_hostile_or_broken_file_ends_with_a_clear_error() {
    let known = || {
        Pages::known(vec![(
            "first-lesson".parse().unwrap(),
            "/courses/one/first/".into(),
        )])
    };
    let whole = wordpress_file(&[wordpress(1, 0, "Ana", "1", "Words")]);
    let bomb = whole.replacen(
        "<rss",
        "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><rss",
        1,
    );
    let entity = whole.replacen("<title>First", "<title>&b;", 1);
    let attribute = whole.replacen(
        "<title>",
        &format!("<title a=\"{}\">", "x".repeat(5 << 20)),
        1,
    );
    let element = whole.replacen("Words", &"y".repeat(5 << 20), 1);
    let text = whole.replacen("First", &"<b/>z".repeat(4 << 20), 1);
    let deep = whole.replacen("<title>", &"<d>".repeat(100_000), 1);
    let latin = whole.replacen("UTF-8", "ISO-8859-1", 1);
    let mut bytes = whole.clone().into_bytes();
    let words = whole.find("Words").unwrap();
    bytes[words] = 0xE4;
    let wide: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (wrong, why) in [
        (bomb.into_bytes(), "entities of its own"),
        (entity.into_bytes(), "entity"),
        (attribute.into_bytes(), "four megabytes"),
        (element.into_bytes(), "four megabytes"),
        (text.into_bytes(), "four megabytes"),
        (deep.into_bytes(), "too deep"),
        (latin.into_bytes(), "another encoding"),
        (bytes, "not UTF-8"),
        (wide, "at byte"),
        (whole.as_bytes()[..whole.len() / 2].to_vec(), "at byte"),
        (Vec::new(), "no XML"),
        (b"{\"sodium-export\":1}".to_vec(), "no XML"),
        (b"<html></html>".to_vec(), "no WordPress export"),
    ] {
        let error = read(Origin::Wordpress, file_with(&wrong).path())
            .unwrap_err()
            .to_string();
        assert!(error.contains(why), "{why}: {error}");
    }
    let error = read(Origin::Disqus, file_with(&whole).path())
        .unwrap_err()
        .to_string();
    assert!(error.contains("no Disqus export"), "{error}");

    let circle = wordpress_file(&[
        wordpress(1, 2, "Ana", "1", "a"),
        wordpress(2, 3, "Ana", "1", "b"),
        wordpress(3, 1, "Ana", "1", "c"),
    ]);
    let circle = read(Origin::Wordpress, file_with(circle).path()).unwrap();
    assert!(matches!(
        Plan::of(circle, &known()),
        Err(ImportError::Circle(_))
    ));

    // A chain of a hundred thousand answers is long, and no circle.
    let chain: Vec<String> = (1..=100_000)
        .map(|id| wordpress(id, id - 1, "Ana", "1", "x"))
        .collect();
    let chain = read(Origin::Wordpress, file_with(wordpress_file(&chain)).path()).unwrap();
    let plan = Plan::of(chain, &known()).unwrap();
    assert_eq!(plan.comments.len(), 100_000);
    let in_order =
        |pair: &[sodium_cli::import::Planned]| pair[1].comment.reply_to == Some(pair[0].comment.id);
    assert!(plan.comments.windows(2).all(in_order));
}

#[test]
fn a_database_that_is_none_or_a_trap_is_refused() {
    let missing = read(Origin::Isso, &PathBuf::from("/nowhere/comments.db"));
    assert!(matches!(missing, Err(ImportError::Read(_))), "{missing:?}");
    let text = read(Origin::Isso, file_with("no database".repeat(1000)).path());
    assert!(matches!(text, Err(ImportError::Database(_))), "{text:?}");
    let whole = isso(&[(1, None, 1, "Words", None)]);
    let half = std::fs::read(whole.path()).unwrap();
    let half = read(Origin::Isso, file_with(&half[..half.len() / 2]).path());
    assert!(half.is_err(), "{half:?}");
    let trap = tempfile::NamedTempFile::new().unwrap();
    rusqlite::Connection::open(trap.path())
        .unwrap()
        .execute_batch(
            "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR);
             CREATE VIEW comments AS WITH RECURSIVE c(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM c)
                SELECT id, 7 AS tid, NULL AS parent, '' AS author, 1.0 AS created, '' AS text, 1 AS mode FROM c;",
        )
        .unwrap();
    let trap = read(Origin::Isso, trap.path()).unwrap_err().to_string();
    assert!(trap.contains("no table ‘comments’"), "{trap}");
}
