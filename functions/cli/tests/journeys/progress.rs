//! What learners mark as done, what follows from it when the course changes, and the certificate.

use axum::http::StatusCode;
use jiff::SignedDuration;

use crate::kit::{LESSON, LESSON_THREAD, Person, Reply, SECOND_LESSON, TestApp, write_course};

const COURSE: &str = "/api/progress/one";
const CERTIFICATE: &str = "/api/progress/one/certificate";
const FIRST: (&str, &str, &str) = (LESSON_THREAD, "First lesson", LESSON);
const THIRD: (&str, &str, &str) = ("third-lesson", "Third lesson", "/courses/one/third/");

impl TestApp {
    /// The course has these lessons from now on.
    async fn publishes_course(&self, folder: &str, lessons: &[(&str, &str, &str)]) {
        write_course(&self.site(), folder, "First steps", lessons);
        self.app.publish(&self.site()).await.unwrap();
    }
}

impl Person {
    async fn has_not_done(&self, lesson: &str) -> Reply {
        let path = format!("{COURSE}/lessons/{lesson}");
        self.clone().post(&path, &[("intent", "not-done")]).await
    }

    /// What the course's page says: how many lessons are done, and which comes next.
    async fn stands_at(&self, course: &str) -> String {
        let page = self.clone().gets(course).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let count = between(&page.body, "<span>", "</span>");
        match page.body.contains("Go on: ") {
            true => format!(
                "{count}, then {}",
                between(&page.body, "Go on: <bdi>", "</bdi>")
            ),
            false => count.to_owned(),
        }
    }
}

fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let rest = page.split_once(before);
    let (_, rest) = rest.unwrap_or_else(|| panic!("no {before} in {page}"));
    rest.split_once(after).unwrap().0
}

async fn community() -> (TestApp, Person) {
    let app = TestApp::start().await;
    app.opens_a_course().await;
    let ana = app.newcomer("Ana Sand").await;
    (app, ana)
}

#[tokio::test]
async fn a_lesson_is_marked_once_and_the_mark_taken_back() {
    let (_, mut ana) = community().await;
    let empty = ana.gets("/api/progress").await.body;
    assert!(empty.contains("You have marked no lesson yet"), "{empty}");
    assert_eq!(
        ana.stands_at(COURSE).await,
        "0 of 2 lessons done, then First lesson"
    );

    for _ in 0..2 {
        assert_eq!(ana.has_done("one", LESSON_THREAD).await.leads_to(), COURSE);
        assert_eq!(
            ana.stands_at(COURSE).await,
            "1 of 2 lessons done, then Second lesson"
        );
    }
    let begun = ana.gets("/api/progress").await.body;
    assert!(
        begun.contains("First steps") && begun.contains(COURSE),
        "{begun}"
    );
    let account = ana.gets("/api/account").await.body;
    assert!(
        account.contains("You have marked one lesson as done."),
        "{account}"
    );
    let export = ana.gets("/api/account/export").await.json();
    assert_eq!(export["lessons_done"].as_array().unwrap().len(), 1);
    assert_eq!(export["lessons_done"][0]["lesson"], LESSON_THREAD);

    for _ in 0..2 {
        assert_eq!(ana.has_not_done(LESSON_THREAD).await.leads_to(), COURSE);
    }
    assert_eq!(
        ana.stands_at(COURSE).await,
        "0 of 2 lessons done, then First lesson"
    );
    assert!(
        ana.gets("/api/progress")
            .await
            .body
            .contains("no lesson yet")
    );
}

#[tokio::test]
async fn who_signs_in_on_the_way_finds_the_button_again() {
    let (app, _) = community().await;
    let mut dora = app.somebody();
    let asked = dora.has_done("one", LESSON_THREAD).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    let back = asked.field("return_to");

    let fields = [("email", "dora@example.org"), ("return_to", back.as_str())];
    dora.post("/api/sign-in", &fields).await.leads_to();
    app.relay().await;
    let link = crate::kit::link_in(app.mails_to("dora@example.org").last().unwrap());
    let entered = dora.post(&link, &[]).await;
    let name = dora.gets(entered.leads_to()).await;
    let back = name.field("return_to");
    let named = [("name", "Dora Wells"), ("return_to", back.as_str())];
    let named = dora.post("/api/account/name", &named).await;

    let again = dora.gets(named.leads_to()).await;
    assert!(
        again.body.contains("“First lesson” will be marked"),
        "{}",
        again.body
    );
    assert!(
        again.body.contains(&format!("href=\"{LESSON}\"")),
        "{}",
        again.body
    );
    assert_eq!(
        dora.stands_at(COURSE).await,
        "0 of 2 lessons done, then First lesson"
    );
    let (action, intent) = (again.action("/lessons/first-lesson"), again.field("intent"));
    assert_eq!(
        dora.post(&action, &[("intent", &intent)]).await.leads_to(),
        COURSE
    );
    assert_eq!(
        dora.stands_at(COURSE).await,
        "1 of 2 lessons done, then Second lesson"
    );
    // Asked for once more, it is there already.
    assert_eq!(dora.gets(&action).await.leads_to(), COURSE);
}

#[tokio::test]
async fn marks_stay_when_lessons_and_courses_are_renamed() {
    let (app, ana) = community().await;
    ana.has_done("one", LESSON_THREAD).await.leads_to();
    let renamed = (LESSON_THREAD, "The very first", "/courses/one/very-first/");
    app.publishes_course("courses/one", &[SECOND_LESSON, renamed])
        .await;
    assert_eq!(
        ana.stands_at(COURSE).await,
        "1 of 2 lessons done, then Second lesson"
    );
    let page = ana.clone().gets(COURSE).await.body;
    assert!(page.contains("href=\"/courses/one/very-first/\""), "{page}");

    std::fs::remove_dir_all(app.site().join("courses/one")).unwrap();
    app.publishes_course("courses/two", &[renamed, THIRD]).await;
    assert_eq!(ana.clone().gets(COURSE).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        ana.stands_at("/api/progress/two").await,
        "1 of 2 lessons done, then Third lesson"
    );
    let begun = ana.clone().gets("/api/progress").await.body;
    assert!(
        begun.contains("/api/progress/two") && !begun.contains(COURSE),
        "{begun}"
    );
}

#[tokio::test]
async fn a_certificate_is_there_when_the_course_as_it_is_now_is_done() {
    let (app, mut ana) = community().await;
    ana.has_done("one", LESSON_THREAD).await.leads_to();
    let early = ana.gets(CERTIFICATE).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    for words in [
        "Not all lessons are done yet",
        "1 of 2 lessons done",
        "Go on: <bdi>Second lesson",
    ] {
        assert!(early.body.contains(words), "{words}: {}", early.body);
    }

    app.wait(SignedDuration::from_hours(48));
    ana.has_done("one", "second-lesson").await.leads_to();
    assert_eq!(ana.stands_at(COURSE).await, "2 of 2 lessons done");
    app.wait(SignedDuration::from_hours(48));
    ana.has_done("one", LESSON_THREAD).await.leads_to();
    let certificate = ana.gets(CERTIFICATE).await;
    assert_eq!(certificate.status, StatusCode::OK);
    for words in [
        "<bdi>Ana Sand</bdi>",
        "says that they have worked through every lesson",
        "First steps",
        "2 lessons",
        "4 March 2027",
        "Nobody examined them",
    ] {
        assert!(
            certificate.body.contains(words),
            "{words}: {}",
            certificate.body
        );
    }

    // A lesson more, and the course is not done; with it, it is done on that day.
    app.publishes_course("courses/one", &[FIRST, SECOND_LESSON, THIRD])
        .await;
    assert_eq!(
        ana.stands_at(COURSE).await,
        "2 of 3 lessons done, then Third lesson"
    );
    assert_eq!(ana.gets(CERTIFICATE).await.status, StatusCode::NOT_FOUND);
    ana.has_done("one", "third-lesson").await.leads_to();
    assert!(ana.gets(CERTIFICATE).await.body.contains("6 March 2027"));

    // A lesson less, and it was done when the others were.
    app.publishes_course("courses/one", &[FIRST, SECOND_LESSON])
        .await;
    assert!(ana.gets(CERTIFICATE).await.body.contains("4 March 2027"));
}

#[tokio::test]
async fn nobody_else_sees_it_and_it_leaves_with_its_owner() {
    let (app, mut ana) = community().await;
    let mut ben = app.newcomer("Ben Hill").await;
    for lesson in [LESSON_THREAD, "second-lesson"] {
        ana.has_done("one", lesson).await.leads_to();
    }
    assert_eq!(
        ben.stands_at(COURSE).await,
        "0 of 2 lessons done, then First lesson"
    );
    assert_eq!(ben.gets(CERTIFICATE).await.status, StatusCode::NOT_FOUND);
    for path in ["/api/progress", COURSE, CERTIFICATE] {
        let asked = app.somebody().gets(path).await;
        assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
        assert_eq!(asked.field("return_to"), path);
    }
    for (path, text) in app.public_texts() {
        assert!(!text.contains("Ana Sand"), "{}", path.display());
    }

    ana.post("/api/account/delete", &[]).await;
    app.relay().await;
    let again = app.newcomer("Ana Sand").await;
    assert_eq!(
        again.stands_at(COURSE).await,
        "0 of 2 lessons done, then First lesson"
    );
}

#[tokio::test]
async fn a_translated_lesson_is_the_same_lesson() {
    let (app, ana) = community().await;
    app.with_arabic().await;
    let first = (LESSON_THREAD, "الدرس الأول", "/ar/courses/one/first/");
    write_course(
        &app.site(),
        "ar/courses/one",
        "الخطوات الأولى",
        &[first, SECOND_LESSON],
    );
    app.app.publish(&app.site()).await.unwrap();
    ana.has_done("one", LESSON_THREAD).await.leads_to();

    let mut noor = ana.clone();
    let arabic = [("language", "ar")];
    noor.post("/api/account/language", &arabic).await.leads_to();
    let page = noor.gets(COURSE).await.body;
    for words in [
        "الدروس المنجَزة: 1 من 2",
        "<a href=\"/ar/courses/one/first/\" lang=\"ar\"",
        "<a href=\"/courses/one/second/\" lang=\"en\"",
        "تابِع: <bdi>Second lesson</bdi>",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    noor.has_done("one", "second-lesson").await.leads_to();
    let certificate = noor.gets(CERTIFICATE).await.body;
    for words in ["dir=\"rtl\"", "الخطوات الأولى", "درسان", "2 مارس 2027"] {
        assert!(certificate.contains(words), "{words}: {certificate}");
    }
}

#[tokio::test]
async fn a_course_page_leads_to_ones_own_progress_and_knows_nobody() {
    let (app, ana) = community().await;
    let before = app.reads("/courses/one/");
    assert!(before.contains(&format!("href=\"{COURSE}\"")), "{before}");
    ana.has_done("one", LESSON_THREAD).await.leads_to();
    app.relay().await;
    assert_eq!(app.reads("/courses/one/"), before);
}

#[tokio::test]
async fn who_marks_without_end_has_to_wait_and_is_told() {
    let app = TestApp::with_policy(|policy| policy.limits.marks_per_member = 1).await;
    app.opens_a_course().await;
    let ana = app.newcomer("Ana Sand").await;
    ana.has_done("one", LESSON_THREAD).await.leads_to();
    let refused = ana.has_done("one", "second-lesson").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    ana.has_done("one", LESSON_THREAD).await.leads_to();
    app.wait(SignedDuration::from_mins(11));
    ana.has_done("one", "second-lesson").await.leads_to();
}

#[tokio::test]
async fn while_nothing_is_written_the_button_comes_back() {
    let (app, mut ana) = community().await;
    ana.app = app.read_only();
    let refused = ana.has_done("one", LESSON_THREAD).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.field("intent"), "done");
    assert_eq!(
        ana.stands_at(COURSE).await,
        "0 of 2 lessons done, then First lesson"
    );
}
