//! Somebody who reads Arabic: pages, problems and mails are in it, from right to left.

use axum::http::{Method, StatusCode};
use sodium_app::mail::mailbox::Kept;

use crate::kit::{LESSON, LESSON_THREAD, Person, Reply, TestApp, address_of, form, link_in};

/// A browser whose owner reads Arabic before English.
const ARABIC: [(&str, &str); 1] = [("accept-language", "ar-EG,ar;q=0.9,en;q=0.5")];

impl TestApp {
    /// The site has pages in Arabic, too.
    pub(crate) async fn with_arabic(&self) {
        let site = self.site();
        let frame = "<html lang=\"ar\" dir=\"rtl\"><head><title>%SODIUM_TITLE%</title>\
             <meta name=\"sodium-head\"></head><body><main id=\"main\"><sodium-main></sodium-main></main></body></html>";
        let home = "<html lang=\"ar\" dir=\"rtl\"><head></head><body><main><sodium-recent></sodium-recent></main></body></html>";
        let lesson = "<html lang=\"ar\" dir=\"rtl\"><head></head><body><main><sodium-thread \
             thread=\"first-lesson-ar\" title=\"الدرس الأول\"></sodium-thread></main></body></html>";
        for (path, html) in [
            ("ar/frame/index.html", frame),
            ("ar/index.html", home),
            ("ar/courses/one/first/index.html", lesson),
        ] {
            let file = site.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, html).unwrap();
        }
        self.app.publish(&site).await.unwrap();
    }

    /// Boards in Arabic: a section of the forum, and the list of questions.
    pub(crate) async fn with_arabic_boards(&self) {
        self.with_arabic().await;
        self.opens_a_forum().await;
        let site = self.site();
        for (path, id, title, lists) in [
            ("ar/forums/general", "general-ar", "حديث عام", "topics"),
            ("ar/questions", "questions-ar", "الأسئلة", "questions"),
        ] {
            let html = format!(
                "<html lang=\"ar\" dir=\"rtl\"><head></head><body><main><sodium-board board=\"{id}\" \
                 title=\"{title}\" lead=\"عنه.\" lists=\"{lists}\"></sodium-board></main></body></html>"
            );
            std::fs::create_dir_all(site.join(path)).unwrap();
            std::fs::write(site.join(path).join("index.html"), html).unwrap();
        }
        self.app.publish(&site).await.unwrap();
    }

    fn newest_mail_to(&self, name: &str) -> Kept {
        self.mails_to(&address_of(name)).pop().unwrap()
    }
}

impl Person {
    async fn gets_in_arabic(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, String::new(), &ARABIC).await
    }

    async fn posts_in_arabic(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send(Method::POST, path, form(fields), &ARABIC).await
    }
}

fn is_arabic(reply: &Reply, words: &str) {
    let from_the_right = reply.body.contains("<html lang=\"ar\" dir=\"rtl\">");
    assert!(from_the_right, "{}", reply.body);
    assert!(reply.body.contains(words), "{words}: {}", reply.body);
}

#[tokio::test]
async fn signing_in_is_in_the_browsers_language_and_mails_stay_in_it() {
    let app = TestApp::start().await;
    app.with_arabic().await;
    let mut noor = app.somebody();
    let fields = [("email", "noor@example.org"), ("return_to", LESSON)];
    let sent = noor.posts_in_arabic("/api/sign-in", &fields).await;
    let sent = noor.gets_in_arabic(sent.leads_to()).await;
    is_arabic(&sent, "انظر في بريدك");
    app.relay().await;
    let mail = app.newest_mail_to("noor");
    assert_eq!(mail.subject, "رابط تسجيل دخولك");
    assert!(mail.text.starts_with("مرحبًا،"), "{}", mail.text);

    let link = link_in(&mail);
    is_arabic(&noor.gets_in_arabic(&link).await, "تسجيل الدخول");
    let entered = noor.posts_in_arabic(&link, &[]).await;
    is_arabic(&noor.gets_in_arabic(entered.leads_to()).await, "اختر اسمك");
    let named = [("name", "نور الهدى"), ("answers", "yes")];
    noor.posts_in_arabic("/api/account/name", &named).await;

    // Their account knows the language by now, whatever this browser asks for.
    let account = noor.gets("/api/account").await;
    is_arabic(&account, "ما نخزّنه عنك");
    assert!(account.body.contains("<bdi>نور الهدى</bdi>"));
}

#[tokio::test]
async fn who_answers_is_told_of_in_the_readers_language() {
    let app = TestApp::start().await;
    app.with_arabic().await;
    let mut ben = app.member("Ben").await;
    let ana = app.member("Ana").await;
    let chosen = ben
        .post("/api/account/language", &[("language", "ar")])
        .await;
    assert_eq!(chosen.leads_to(), "/api/account#my-language");
    let wants = [("intent", "save"), ("answers", "yes"), ("usual", "daily")];
    ben.post("/api/account/mails", &wants).await;
    let asked = ben.posts(LESSON_THREAD, "Why is this so?").await;
    app.relay().await;
    ana.replies(LESSON_THREAD, &asked, "Because it is.").await;
    app.relay().await;
    let mail = app.newest_mail_to("Ben");
    assert_eq!(
        mail.subject,
        "ردّ عليك \u{2068}Ana\u{2069}: \u{2068}First lesson\u{2069}"
    );
    assert!(mail.text.contains("Because it is."), "{}", mail.text);
    assert!(mail.source.contains("List-Unsubscribe"));

    // What everybody reads stays in the language of its page.
    assert!(app.reads(LESSON).contains("Because it is."));
    assert!(!app.reads(LESSON).contains("ردّ"), "{}", app.reads(LESSON));
    assert!(
        app.reads("/ar/").contains("</b> في <a"),
        "{}",
        app.reads("/ar/")
    );
    is_arabic(&ben.gets("/api/account").await, "العربية");

    // And back again.
    ben.post("/api/account/language", &[("language", "en")])
        .await;
    let account = ben.gets_in_arabic("/api/account").await;
    assert!(account.body.contains("What is stored about you"));
}

#[tokio::test]
async fn a_discussion_is_in_the_language_of_its_page() {
    let app = TestApp::start().await;
    app.with_arabic().await;
    let ana = app.member("Ana").await;
    ana.posts("first-lesson-ar", "شكرًا على الدرس.").await;
    app.relay().await;
    let lesson = app.reads("/ar/courses/one/first/");
    for words in [
        "أضف تعليقًا",
        "تعليق واحد",
        "شكرًا على الدرس.",
        "href=\"/ar/take-part/#comment\"",
    ] {
        assert!(lesson.contains(words), "{words}: {lesson}");
    }
    let alone = app.reads("/discussions/first-lesson-ar/");
    assert!(alone.contains("<html lang=\"ar\" dir=\"rtl\">"), "{alone}");
    assert!(
        alone.contains("<title>نقاش: \u{2068}الدرس الأول\u{2069}</title>"),
        "{alone}"
    );
    assert!(
        app.reads("/discussions/first-lesson-ar/feed.xml")
            .contains("تعليقات على «\u{2068}الدرس الأول\u{2069}»")
    );
    assert!(
        app.reads("/discussions/first-lesson/")
            .contains("<title>Discussion: First lesson</title>")
    );
}

#[tokio::test]
async fn a_language_that_the_site_has_not_is_refused() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana").await;
    let refused = ana
        .post("/api/account/language", &[("language", "tlh")])
        .await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(
        refused
            .body
            .contains("Choose one of the languages of this site")
    );
    let any = ana.post("/api/account/language", &[("language", "")]).await;
    assert_eq!(any.leads_to(), "/api/account#my-language");
}

#[tokio::test]
async fn problems_are_told_in_the_browsers_language() {
    let app = TestApp::start().await;
    app.with_arabic().await;
    let mut somebody = app.somebody();
    let gone = somebody
        .gets_in_arabic("/api/sign-in/nothing-like-this")
        .await;
    is_arabic(&gone, "لم يعد هذا الرابط يعمل");
    assert!(gone.body.contains("href=\"/ar/sign-in/\""), "{}", gone.body);
    let wrong = somebody
        .posts_in_arabic("/api/sign-in", &[("email", "nobody")])
        .await;
    is_arabic(&wrong, "في عنوان البريد علامة @ واحدة");
    let form = somebody
        .gets_in_arabic(&format!("/api/threads/{LESSON_THREAD}/comments/new"))
        .await;
    is_arabic(&form, "كيف تشارك");
    // A wish that the site cannot meet leaves its own language.
    let headers = [("accept-language", "tlh, ar;q=0")];
    let english = somebody
        .send(
            Method::GET,
            "/api/sign-in/nothing-like-this",
            String::new(),
            &headers,
        )
        .await;
    assert!(english.body.contains("This link does not work any more"));
}

#[tokio::test]
async fn each_language_lists_its_own_questions_and_topics() {
    let app = TestApp::start().await;
    app.with_arabic_boards().await;
    let ana = app.member("Ana").await;
    for (thread, body) in [
        ("first-lesson-ar", "لماذا هكذا؟"),
        (LESSON_THREAD, "Why is this so?"),
    ] {
        ana.posts_with(thread, &[("body", body), ("kind", "question")])
            .await
            .leads_to();
    }
    let topic = [
        ("title", "أي محرّر تستعملون؟"),
        ("body", "أنا أستعمل ثلاثة."),
        ("kind", "question"),
    ];
    let opening = ana.begins("general-ar", &topic).await;
    app.relay().await;

    for (list, of_lesson, of_topic) in [
        ("/ar/questions/", true, true),
        ("/ar/questions/unanswered/", true, true),
        ("/ar/forums/general/", false, true),
        ("/questions/", false, false),
    ] {
        let page = app.reads(list);
        assert_eq!(page.contains("لماذا هكذا؟"), of_lesson, "{list}: {page}");
        assert_eq!(page.contains("أي محرّر"), of_topic, "{list}: {page}");
        assert_eq!(page.contains("Why is this so?"), list == "/questions/");
    }
    // The words around a topic are in the language of its section.
    let thread = opening.leads_to().split('/').nth(3).unwrap();
    let page = app.reads(&format!("/discussions/{thread}/"));
    assert!(page.contains("<html lang=\"ar\" dir=\"rtl\">"), "{page}");
    assert!(page.contains("أضف تعليقًا"), "{page}");
    let feed = app.reads(&format!("/discussions/{thread}/feed.xml"));
    assert!(feed.contains("xml:lang=\"ar\""), "{feed}");
}
