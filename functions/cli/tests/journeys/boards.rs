//! The forum: topics, their lists, and the questions of the whole site.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use jiff::SignedDuration;
use sodium_app::site::Index;

use crate::kit::{LESSON_THREAD, Person, TestApp, id_of};

const GENERAL: &str = "/forums/general/";
const TOPICS: &str = "/api/boards/general/topics";

impl Person {
    async fn topic(&self, title: &str, kind: &str) -> String {
        let fields = [("title", title), ("body", "The text."), ("kind", kind)];
        self.begins("general", &fields).await.leads_to().to_owned()
    }
}

/// The thread of a topic, given by its opening comment's own page.
fn thread_of(opening: &str) -> &str {
    opening.split('/').nth(3).unwrap()
}

/// A community with a forum.
async fn forum() -> TestApp {
    let app = TestApp::start().await;
    app.opens_a_forum().await;
    app
}

async fn generous() -> TestApp {
    let app = TestApp::with_policy(|policy| {
        policy.limits.comments_per_member = 100_000;
        policy.limits.comments_per_network = 100_000;
    })
    .await;
    app.opens_a_forum().await;
    app
}

/// The public files that differ from what there was, without their compressed siblings.
fn changed(
    app: &TestApp,
    before: &std::collections::BTreeMap<std::path::PathBuf, Vec<u8>>,
) -> BTreeSet<String> {
    app.public_files()
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
        .collect()
}

pub(crate) async fn is_what_a_full_bake_makes(app: &TestApp) {
    let baked = app.public_files();
    let index = Index::load(&app.app.files).await.unwrap();
    app.app.bake_everything(&index).await.unwrap();
    for (path, bytes) in app.public_files() {
        let name = path.display();
        assert!(baked.get(&path) == Some(&bytes), "{name} is another");
    }
}

#[tokio::test]
async fn a_topic_is_a_page_and_stands_in_the_lists_that_show_it() {
    let app = forum().await;
    let ana = app.member("Ana Sand").await;
    let opening = ana.topic("Which editor do you use?", "question").await;
    ana.topic("A plain remark", "comment").await;
    app.relay().await;

    let thread = thread_of(&opening);
    let page = app.reads(&format!("/discussions/{thread}/"));
    assert!(
        page.contains("<h1 dir=\"auto\">Which editor do you use?</h1>"),
        "{page}"
    );
    assert!(
        page.contains("The text.") && page.contains("Ana Sand"),
        "{page}"
    );
    let link = format!("href=\"/discussions/{thread}/\"");
    for list in ["", "questions/", "unanswered/", "begun/1/"] {
        let page = app.reads(&format!("{GENERAL}{list}"));
        assert!(page.contains(&link), "{list}: {page}");
        assert_eq!(
            page.contains("A plain remark"),
            matches!(list, "" | "begun/1/")
        );
    }
    assert!(
        app.file(&format!("{GENERAL}answered/"))
            .is_none_or(|page| !page.contains(&link))
    );
    assert!(
        app.reads("/questions/")
            .contains("Which editor do you use?")
    );
    let feed = app.reads("/forums/general/feed.xml");
    assert!(
        feed.contains("Which editor do you use?") && feed.contains("A plain remark"),
        "{feed}"
    );
    is_what_a_full_bake_makes(&app).await;
}

#[tokio::test]
async fn an_answered_question_moves_from_one_list_to_the_other_and_back() {
    let app = forum().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let question = ana.topic("Which editor do you use?", "question").await;
    let asked = ana
        .posts_with(
            LESSON_THREAD,
            &[("body", "Is this so?"), ("kind", "question")],
        )
        .await;
    let in_lesson = asked.leads_to().to_owned();
    app.relay().await;
    let answer = ben.posts(thread_of(&question), "Any that you like.").await;
    let yes = ben.replies(LESSON_THREAD, &in_lesson, "Yes.").await;
    app.relay().await;
    let open = |text: &str| app.reads("/questions/unanswered/").contains(text);
    let answered = |text: &str| {
        let page = app.file("/questions/answered/");
        page.is_some_and(|page| page.contains(text))
    };
    assert!(open("Which editor") && open("Is this so?"));

    for (question, answer) in [(&question, &answer), (&in_lesson, &yes)] {
        let fields = [("intent", "accept"), ("answer", id_of(answer))];
        let path = format!("{question}/answer");
        ana.clone().post(&path, &fields).await.leads_to();
    }
    app.relay().await;
    assert!(!open("Which editor") && !open("Is this so?"));
    assert!(answered("Which editor") && answered("Is this so?"));
    assert!(
        app.reads(&format!("{GENERAL}answered/"))
            .contains("Which editor")
    );

    ben.deletes(&answer).await;
    app.relay().await;
    assert!(open("Which editor") && !answered("Which editor"));
    ana.deletes(&in_lesson).await;
    app.relay().await;
    assert!(!open("Is this so?") && !answered("Is this so?"));
    is_what_a_full_bake_makes(&app).await;
}

#[tokio::test]
async fn nobody_but_its_author_and_moderators_sees_a_topic_that_waits() {
    let app = forum().await;
    let new = app.newcomer("Ana Sand").await;
    let mut ben = app.member("Ben Hill").await;
    let opening = new.topic("Words that nobody has read", "comment").await;
    app.relay().await;

    let thread = thread_of(&opening).to_owned();
    for (path, text) in app.public_texts() {
        let path = path.display();
        assert!(
            !text.contains("Words that nobody") && !text.contains(&thread),
            "{path}"
        );
    }
    for path in [
        opening.clone(),
        format!("/api/threads/{thread}/comments/new"),
    ] {
        let reply = ben.gets(&path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!reply.body.contains("Words that nobody"));
    }
    let answer = [("body", "I can guess the address.")];
    let path = format!("/api/threads/{thread}/comments");
    assert_eq!(ben.post(&path, &answer).await.status, StatusCode::NOT_FOUND);
    assert!(
        new.clone()
            .gets(&opening)
            .await
            .body
            .contains("Words that nobody")
    );

    app.moderator().await.approves(&opening).await;
    app.relay().await;
    assert!(app.reads(GENERAL).contains("Words that nobody has read"));
    is_what_a_full_bake_makes(&app).await;
}

#[tokio::test]
async fn a_topic_whose_author_deletes_it_or_leaves_keeps_the_answers_and_no_title() {
    let app = forum().await;
    let (mut ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let deleted = ana.topic("First title of mine", "question").await;
    let left = ana.topic("Second title of mine", "comment").await;
    app.relay().await;
    for opening in [&deleted, &left] {
        ben.posts(thread_of(opening), "An answer that stays").await;
    }
    app.relay().await;

    ana.deletes(&deleted).await;
    app.relay().await;
    assert!(!app.reads(GENERAL).contains("First title"));
    ana.post("/api/account/delete", &[]).await;
    app.relay().await;
    for (path, text) in app.public_texts() {
        assert!(!text.contains("title of mine"), "{}", path.display());
    }
    for opening in [&deleted, &left] {
        let page = app.reads(&format!("/discussions/{}/", thread_of(opening)));
        assert!(page.contains("An answer that stays"), "{page}");
    }
    is_what_a_full_bake_makes(&app).await;
}

#[tokio::test]
async fn a_topic_form_comes_back_with_what_to_mend_and_twice_is_once() {
    let app = forum().await;
    let mut ana = app.member("Ana Sand").await;
    let short = ana
        .begins("general", &[("title", "Hm"), ("body", "Kept text")])
        .await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.body.contains("too short") && short.body.contains("Kept text"));

    // A form in a file has no key.
    let fields = [("title", "Only one of me"), ("body", "Once.")];
    let (first, second) = (
        ana.post(TOPICS, &fields).await,
        ana.post(TOPICS, &fields).await,
    );
    assert_eq!(first.leads_to(), second.leads_to());
    app.relay().await;
    assert_eq!(app.reads(GENERAL).matches("Only one of me").count(), 1);

    let nowhere = ana.post("/api/boards/questions/topics", &fields).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    let guest = app
        .somebody()
        .post(TOPICS, &[("title", "Kept title"), ("body", "Kept too")])
        .await;
    assert_eq!(guest.status, StatusCode::UNAUTHORIZED);
    let form = app.somebody().gets(&guest.field("return_to")).await.body;
    assert!(
        form.contains("Kept title") && form.contains("Kept too"),
        "{form}"
    );
}

#[tokio::test]
async fn the_newest_activity_comes_first_and_old_topics_are_in_the_order_of_their_beginning() {
    let app = generous().await;
    let ana = app.member("Ana Sand").await;
    let mut openings = Vec::new();
    for number in 1..=120 {
        let title = format!("Topic number {number} of many");
        let key = format!("topic-form-{number}");
        let fields = [
            ("title", title.as_str()),
            ("body", "Text"),
            ("form_key", key.as_str()),
        ];
        app.wait(SignedDuration::from_secs(1));
        let begun = ana.clone().post(TOPICS, &fields).await;
        openings.push(begun.leads_to().to_owned());
    }
    app.relay().await;
    let shows = |list: &str, number: usize| {
        let page = app.file(&format!("{GENERAL}{list}")).unwrap_or_default();
        page.contains(&format!("Topic number {number} of many"))
    };
    assert!(shows("", 120) && shows("", 96) && !shows("", 95));
    assert!(shows("2/", 95) && shows("4/", 21) && !shows("4/", 20));
    assert!(app.file(&format!("{GENERAL}5/")).is_none());
    assert!(shows("begun/1/", 1) && shows("begun/3/", 120));
    assert!(
        app.reads(GENERAL)
            .contains("href=\"/forums/general/begun/3/\"")
    );

    // Something is said in the fortieth: it comes first, and only what stood before it moves.
    let before = app.public_files();
    app.wait(SignedDuration::from_secs(1));
    ana.posts(thread_of(&openings[79]), "A word about it").await;
    app.relay().await;
    assert!(shows("", 80) && !shows("2/", 80));
    let thread = thread_of(&openings[79]);
    let expected = [
        "discussions/feed.json".to_owned(),
        "discussions/feed.xml".to_owned(),
        format!("discussions/{thread}/feed.json"),
        format!("discussions/{thread}/feed.xml"),
        format!("discussions/{thread}/index.html"),
        "discussions/index.html".to_owned(),
        "forums/general/2/index.html".to_owned(),
        "forums/general/index.html".to_owned(),
        "index.html".to_owned(),
    ];
    assert_eq!(changed(&app, &before), expected.into());
    is_what_a_full_bake_makes(&app).await;
}

#[tokio::test]
async fn a_need_is_seconded_by_others() {
    let app = forum().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let fields = [
        ("title", "Reading a balance sheet"),
        ("body", "I have tried two books."),
    ];
    let need = ana
        .begins("learning-needs", &fields)
        .await
        .leads_to()
        .to_owned();
    app.relay().await;
    let page = app.reads(&format!("/discussions/{}/", thread_of(&need)));
    assert!(page.contains("I want this too"), "{page}");
    let path = format!("{need}/helpful");
    ben.clone()
        .post(&path, &[("intent", "mark")])
        .await
        .leads_to();
    app.relay().await;
    assert!(app.reads("/forums/needs/").contains("1 other wants this"));
}

#[tokio::test]
async fn publishing_again_keeps_the_lists_of_a_board() {
    let app = forum().await;
    let ana = app.member("Ana Sand").await;
    ana.topic("Which editor do you use?", "question").await;
    app.relay().await;
    let before = app.public_files();
    app.app.publish(&app.site()).await.unwrap();
    assert!(changed(&app, &before).is_empty());
    assert_eq!(app.public_files().len(), before.len());
}
