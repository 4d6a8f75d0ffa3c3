//! Feeds of what people write: valid in both forms, which say the same, and never more than readers see.

use std::collections::BTreeSet;

use atom_syndication::Feed;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::boards::is_what_a_full_bake_makes;
use crate::kit::{BASE_URL, LESSON_THREAD, TestApp, id_of};

const ANSWERED: &str = "/questions/answered/feed.xml";

/// What the two forms of an item have in common.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    id: String,
    url: String,
    title: String,
    authors: Vec<String>,
    published: Timestamp,
    updated: Timestamp,
    body: String,
}

/// What a feed and its language have in common.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    title: String,
    language: String,
    page: String,
    items: Vec<Said>,
}

fn at(text: &str) -> Timestamp {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The path of a page of the site, given by its full address.
fn path_of(url: &str) -> &str {
    let path = url.strip_prefix(BASE_URL);
    let path = path.unwrap_or_else(|| panic!("{url} is not an address of this site"));
    assert!(path.starts_with('/'), "{url}");
    path
}

/// Reads a feed in Atom and holds it to RFC 4287, section 4.
fn atom(app: &TestApp, path: &str) -> Told {
    let text = app.reads(path);
    let feed: Feed = text
        .parse()
        .unwrap_or_else(|error| panic!("{path}: {error}: {text}"));
    let own = format!("{BASE_URL}{path}");
    assert_eq!(feed.id, own, "{path}");
    let link = |rel: &str| {
        let of_rel: Vec<_> = feed.links.iter().filter(|link| link.rel == rel).collect();
        assert_eq!(of_rel.len(), 1, "{path}: {rel}");
        let kind = of_rel[0].mime_type.as_deref().unwrap();
        (of_rel[0].href.clone(), kind.to_owned())
    };
    assert_eq!(link("self"), (own, "application/atom+xml".into()));
    let (page, kind) = link("alternate");
    assert_eq!(kind, "text/html");
    let newest = feed.entries.iter().map(|entry| entry.updated).max();
    let never = "1970-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(feed.updated, newest.unwrap_or(never), "{path}");
    let items = feed.entries.iter().map(|entry| {
        let [link] = entry.links.as_slice() else {
            panic!("{path}: {entry:?}")
        };
        assert_eq!(link.rel, "alternate", "{path}");
        let content = entry.content.as_ref().unwrap();
        let kind = content.content_type.as_deref().unwrap();
        assert!(["html", "text"].contains(&kind), "{path}: {kind}");
        Said {
            id: entry.id.clone(),
            url: link.href.clone(),
            title: entry.title.as_str().to_owned(),
            authors: entry.authors.iter().map(|a| a.name.clone()).collect(),
            published: at(&entry.published.unwrap().to_rfc3339()),
            updated: at(&entry.updated.to_rfc3339()),
            body: content.value.clone().unwrap(),
        }
    });
    Told {
        title: feed.title.as_str().to_owned(),
        language: feed.lang.clone().unwrap(),
        page,
        items: items.collect(),
    }
}

fn text(of: &Map<String, Value>, key: &str) -> String {
    let text = of.get(key).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("no {key} in {of:?}"))
        .to_owned()
}

/// Reads a JSON Feed and holds it to version 1.1.
fn json(app: &TestApp, path: &str) -> Told {
    let whole: Value = serde_json::from_str(&app.reads(path)).unwrap();
    let feed = whole.as_object().unwrap();
    let known = [
        "version",
        "title",
        "home_page_url",
        "feed_url",
        "language",
        "items",
    ];
    assert!(
        feed.keys().all(|key| known.contains(&key.as_str())),
        "{path}"
    );
    assert_eq!(text(feed, "version"), "https://jsonfeed.org/version/1.1");
    assert_eq!(text(feed, "feed_url"), format!("{BASE_URL}{path}"));
    let items = feed["items"].as_array().unwrap().iter().map(|item| {
        let item = item.as_object().unwrap();
        let bodies: Vec<&str> = ["content_html", "content_text"]
            .into_iter()
            .filter(|key| item.contains_key(*key))
            .collect();
        assert_eq!(bodies.len(), 1, "{path}: {item:?}");
        let authors = item["authors"].as_array().unwrap().iter();
        Said {
            id: text(item, "id"),
            url: text(item, "url"),
            title: text(item, "title"),
            authors: authors
                .map(|author| text(author.as_object().unwrap(), "name"))
                .collect(),
            published: at(&text(item, "date_published")),
            updated: at(&text(item, "date_modified")),
            body: text(item, bodies[0]),
        }
    });
    Told {
        title: text(feed, "title"),
        language: text(feed, "language"),
        page: text(feed, "home_page_url"),
        items: items.collect(),
    }
}

/// What both forms ask of every feed.
fn is_valid(app: &TestApp, path: &str, feed: &Told) {
    assert!(!feed.title.trim().is_empty(), "{path}");
    assert!(app.file(path_of(&feed.page)).is_some(), "{path}: {feed:?}");
    let mut ids = BTreeSet::new();
    for item in &feed.items {
        assert!(ids.insert(&item.id), "{path}: {} comes twice", item.id);
        assert!(
            item.id.starts_with("urn:uuid:") || item.id.starts_with(BASE_URL),
            "{path}: {}",
            item.id
        );
        assert!(app.file(path_of(&item.url)).is_some(), "{path}: {item:?}");
        for words in item.authors.iter().chain([&item.title, &item.body]) {
            assert!(!words.trim().is_empty(), "{path}: {item:?}");
        }
        assert!(!item.authors.is_empty(), "{path}");
        assert!(item.published <= item.updated, "{path}: {item:?}");
        for link in item.body.split("href=\"").skip(1) {
            assert!(link.starts_with("https://"), "{path}: {link}");
        }
    }
}

#[tokio::test]
async fn every_feed_is_valid_in_both_forms_which_say_the_same() {
    let app = TestApp::start().await;
    app.opens_a_forum().await;
    app.with_arabic().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let question = ana
        .asks("Which <editor> & why? See [here](/courses/one/first/).")
        .await;
    let answer = ben
        .replies(
            LESSON_THREAD,
            &question,
            "Any, *really*; [this](https://e.example/) helps.",
        )
        .await;
    ana.accepts(&question, &answer).await.leads_to();
    ben.posts("first-lesson-ar", "شكرًا على الدرس.").await;
    ben.begins(
        "general",
        &[("title", "A topic & more"), ("body", "The text.")],
    )
    .await
    .leads_to();
    let unkind = ben.posts("second-lesson", "You all are fools").await;
    let new = app.newcomer("Cleo Marsh").await;
    new.posts(LESSON_THREAD, "Nobody has read this").await;
    app.relay().await;
    app.moderator().await.removes(&unkind, "unkind").await;
    app.relay().await;

    let mut seen = 0;
    let files = app.public_files();
    let paths = files.keys().map(|path| path.to_string_lossy().into_owned());
    let paths = paths.map(|path| path.split_once("/public").unwrap().1.to_owned());
    for path in paths.filter(|path| path.ends_with("/feed.xml")) {
        let of_atom = atom(&app, &path);
        let of_json = json(&app, &path.replace("feed.xml", "feed.json"));
        assert_eq!(of_atom, of_json);
        is_valid(&app, &path, &of_atom);
        let arabic = path.contains("-ar/") || path.starts_with("/ar/");
        let language = if arabic { "ar" } else { "en" };
        assert_eq!(of_atom.language, language, "{path}");
        for item in &of_atom.items {
            let hidden = ["fools", "Nobody has read"];
            assert!(
                hidden.iter().all(|text| !item.body.contains(text)),
                "{item:?}"
            );
        }
        seen += of_atom.items.len();
    }
    let forms = |name: &str| files.keys().filter(|path| path.ends_with(name)).count();
    // Threads: three lessons, a session and a topic; boards: four; the site, the answers, and the log in two
    // languages.
    assert_eq!((forms("feed.xml"), forms("feed.json")), (13, 13));
    assert!(seen > 10, "only {seen} entries: the test looks wrongly");
    is_what_a_full_bake_makes(&app).await;
}

#[tokio::test]
async fn an_answered_question_is_in_a_feed_with_its_answer_as_long_as_both_stand() {
    let app = TestApp::start().await;
    app.opens_a_forum().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let question = ana.asks("How *small* is small?").await;
    let answer = ben.replies(LESSON_THREAD, &question, "An hour.").await;
    app.relay().await;
    let entries = || atom(&app, ANSWERED).items;
    assert!(entries().is_empty());

    ana.accepts(&question, &answer).await.leads_to();
    app.relay().await;
    let [entry] = &entries()[..] else {
        panic!("{:?}", entries())
    };
    assert_eq!(entry.title, "How small is small?");
    assert_eq!(entry.authors, ["Ana Sand", "Ben Hill"]);
    assert!(
        entry.url.ends_with(&format!("#c-{}", id_of(&answer))),
        "{entry:?}"
    );
    assert!(entry.body.contains("How <em>small</em> is") && entry.body.contains("An hour."));
    assert!(
        entry.body.contains(&format!(
            "<a href=\"{BASE_URL}/courses/one/first/\">First lesson</a>"
        )),
        "{entry:?}"
    );

    // A changed answer is what readers see now.
    let fields = [("body", "A page, I mean.")];
    ben.clone()
        .post(&format!("{answer}/edit"), &fields)
        .await
        .leads_to();
    app.relay().await;
    assert!(
        entries()[0].body.contains("A page, I mean.") && !entries()[0].body.contains("An hour.")
    );
    is_what_a_full_bake_makes(&app).await;

    ana.takes_back(&question, &answer).await.leads_to();
    app.relay().await;
    assert!(entries().is_empty(), "taken back");

    ana.accepts(&question, &answer).await.leads_to();
    app.relay().await;
    ben.deletes(&answer).await;
    app.relay().await;
    assert!(entries().is_empty(), "the answer was deleted");

    let other = ben.replies(LESSON_THREAD, &question, "A day.").await;
    ana.accepts(&question, &other).await.leads_to();
    app.relay().await;
    assert_eq!(entries().len(), 1);
    app.moderator().await.removes(&other, "off-topic").await;
    app.relay().await;
    assert!(entries().is_empty(), "the answer was taken off the page");

    let last = ben.replies(LESSON_THREAD, &question, "A week.").await;
    ana.accepts(&question, &last).await.leads_to();
    app.relay().await;
    assert_eq!(entries().len(), 1);
    ana.deletes(&question).await;
    app.relay().await;
    assert!(entries().is_empty(), "the question was deleted");
    is_what_a_full_bake_makes(&app).await;
}

#[tokio::test]
async fn whose_answer_is_newest_comes_first_however_old_the_question() {
    let app = TestApp::start().await;
    app.opens_a_forum().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let mut questions = Vec::new();
    for body in ["The first question?", "The second question?"] {
        questions.push(ana.asks(body).await);
        app.wait(SignedDuration::from_mins(1));
    }
    app.relay().await;
    for question in questions.iter().rev() {
        let answer = ben.replies(LESSON_THREAD, question, "So it is.").await;
        ana.accepts(question, &answer).await.leads_to();
        app.wait(SignedDuration::from_mins(1));
    }
    app.relay().await;
    let entries = atom(&app, ANSWERED).items;
    let titles: Vec<&str> = entries.iter().map(|entry| entry.title.as_str()).collect();
    assert_eq!(titles, ["The first question?", "The second question?"]);
}

#[tokio::test]
async fn pages_name_their_feeds_in_both_forms() {
    let app = TestApp::start().await;
    app.opens_a_forum().await;
    app.member("Ana Sand")
        .await
        .asks("Where is the feed?")
        .await;
    app.relay().await;
    for (page, feeds) in [
        ("/discussions/first-lesson/", "/discussions/first-lesson/"),
        ("/forums/general/begun/1/", "/forums/general/"),
        ("/questions/unanswered/", "/questions/"),
        ("/questions/answered/", "/questions/answered/"),
        ("/moderation/", "/moderation/"),
    ] {
        let html = app.file(page).unwrap_or_default();
        for (kind, name) in [("atom+xml", "feed.xml"), ("feed+json", "feed.json")] {
            let start = format!("<link rel=\"alternate\" type=\"application/{kind}\"");
            let link = html.lines().filter(|line| line.contains(&start));
            let link: Vec<&str> = link.collect();
            let href = format!("href=\"{BASE_URL}{feeds}{name}\"");
            assert!(
                link.len() == 1 && link[0].contains(&href),
                "{page}: {link:?}"
            );
        }
    }
    assert!(
        app.reads("/questions/")
            .contains(&format!("href=\"{ANSWERED}\""))
    );
}
