//! Writing, answering, changing and taking away comments.

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;

use crate::kit::{LESSON, LESSON_THREAD, TestApp, form, id_of};

const COMMENTS: &str = "/api/threads/first-lesson/comments";

#[tokio::test]
async fn a_comment_of_a_known_member_is_in_the_page_that_everybody_reads() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;

    ana.posts(LESSON_THREAD, "Use **small** steps.").await;
    app.relay().await;

    let page = app.reads(LESSON);
    assert!(page.contains("Use <strong>small</strong> steps."), "{page}");
    assert!(
        page.contains("Ana Sand") && page.contains("1 comment"),
        "{page}"
    );
    assert!(!page.contains("<sodium-"), "a marker was left: {page}");
}

#[tokio::test]
async fn an_answer_stands_under_the_comment_that_it_answers() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);

    let question = ana.posts(LESSON_THREAD, "Why so small?").await;
    let answer = ben
        .replies(LESSON_THREAD, &question, "To finish one.")
        .await;
    app.relay().await;

    let page = app.reads(LESSON);
    let at = |id: &str| {
        page.find(&format!("id=\"c-{id}\""))
            .unwrap_or_else(|| panic!("{page}"))
    };
    let between = &page[at(id_of(&question))..at(id_of(&answer))];
    assert!(between.contains("<ol"), "no list of answers: {between}");
    let left = between.matches("</li>").count() > between.matches("<li").count();
    assert!(!left, "the answer stands beside the comment: {between}");
}

#[tokio::test]
async fn a_text_that_needs_mending_comes_back_as_it_was_typed() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;

    let long = format!("start {} end", "x".repeat(10_001));
    for (body, said) in [
        ("   ", "nothing to read"),
        (long.as_str(), "10000 is the most"),
    ] {
        let reply = ana.posts_with(LESSON_THREAD, &[("body", body)]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.body.contains(body.trim()), "the text is gone");
        assert!(
            reply.body.to_lowercase().contains(said),
            "{}",
            &reply.body[..2000.min(reply.body.len())]
        );
    }
}

#[tokio::test]
async fn the_text_of_somebody_who_is_not_signed_in_waits_for_them() {
    let app = TestApp::start().await;
    let mut guest = app.somebody();

    let asked = guest
        .post(
            COMMENTS,
            &[("body", "Kept <b>text</b>"), ("intent", "post")],
        )
        .await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert!(
        asked.body.contains("Kept &lt;b&gt;text&lt;"),
        "{}",
        asked.body
    );
    let back = asked.field("return_to");

    // The link is opened on another device: the text is there as well.
    let mut elsewhere = app.somebody();
    elsewhere
        .post(
            "/api/sign-in",
            &[("email", "ana@example.org"), ("return_to", &back)],
        )
        .await;
    app.relay().await;
    let link = crate::kit::link_in(&app.mails_to("ana@example.org")[0]);
    let entered = elsewhere.post(&link, &[]).await;
    let to_name = entered.leads_to().to_owned();
    let name_page = elsewhere.gets(&to_name).await;
    let return_to = name_page.field("return_to");
    let named = elsewhere
        .post(
            "/api/account/name",
            &[("name", "Ana Sand"), ("return_to", &return_to)],
        )
        .await;
    let form = elsewhere.gets(named.leads_to()).await;
    assert!(
        form.body.contains("Kept &lt;b&gt;text&lt;"),
        "{}",
        form.body
    );
}

#[tokio::test]
async fn the_same_form_twice_is_one_comment() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let fields = [("body", "Only once"), ("form_key", "key-of-this-form")];

    let first = ana.post(COMMENTS, &fields).await;
    let second = ana.post(COMMENTS, &fields).await;
    assert_eq!(first.leads_to(), second.leads_to());

    // A form in a file has no key; the same text in the same place is the same act.
    let third = ana.post(COMMENTS, &[("body", "Without key")]).await;
    let fourth = ana.post(COMMENTS, &[("body", "Without key")]).await;
    assert_eq!(third.leads_to(), fourth.leads_to());

    app.relay().await;
    let page = app.reads(LESSON);
    assert_eq!(
        (
            page.matches("Only once").count(),
            page.matches("Without key").count()
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn a_preview_is_what_publication_shows_and_stores_nothing() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let fields = [
        ("body", "A *preview* <script>x</script>"),
        ("intent", "preview"),
    ];

    let page = ana.post(COMMENTS, &fields).await;
    let json = ana.fetches(COMMENTS, &fields).await.json();
    let html = json["html"].as_str().unwrap();
    assert!(page.body.contains(html), "{html}");
    assert!(
        html.contains("<em>preview</em>") && !html.contains("<script"),
        "{html}"
    );
    assert!(app.due().await.is_empty());

    ana.posts(LESSON_THREAD, fields[0].1).await;
    app.relay().await;
    assert!(app.reads(LESSON).contains(html));
}

#[tokio::test]
async fn an_early_edit_leaves_no_mark_and_a_late_one_does() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "Frist").await;
    let edit = format!("{comment}/edit");

    assert!(ana.gets(&edit).await.body.contains("Frist"));
    let saved = ana.fetches(&edit, &[("body", "First")]).await;
    assert!(
        saved.json()["html"].as_str().unwrap().contains("First"),
        "{}",
        saved.body
    );
    app.relay().await;
    assert!(app.reads(LESSON).contains("First") && !app.reads(LESSON).contains("dited"));

    app.wait(SignedDuration::from_mins(16));
    ana.post(&edit, &[("body", "First of all")]).await;
    app.relay().await;
    assert!(app.reads(LESSON).contains("First of all"));
    assert!(app.reads(LESSON).to_lowercase().contains("edited"));
}

#[tokio::test]
async fn an_answered_comment_shows_every_edit() {
    let app = TestApp::start().await;
    let (mut ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let comment = ana.posts(LESSON_THREAD, "Two and two is five").await;
    ben.replies(LESSON_THREAD, &comment, "Is it?").await;
    app.relay().await;

    ana.post(
        &format!("{comment}/edit"),
        &[("body", "Two and two is four")],
    )
    .await;
    app.relay().await;
    assert!(app.reads(LESSON).to_lowercase().contains("edited"));
}

#[tokio::test]
async fn a_deleted_comment_leaves_a_tombstone_only_where_answers_need_it() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let lonely = ana.posts(LESSON_THREAD, "Nobody answers this").await;
    let answered = ana.posts(LESSON_THREAD, "Somebody answers this").await;
    ben.replies(LESSON_THREAD, &answered, "Here I am").await;

    ana.deletes(&lonely).await;
    ana.deletes(&answered).await;
    app.relay().await;

    let page = app.reads(LESSON);
    assert!(!page.contains("answers this"), "{page}");
    assert!(
        !page.contains(id_of(&lonely)) && page.contains(id_of(&answered)),
        "{page}"
    );
    assert!(
        !page.contains("Ana Sand") && page.contains("Here I am"),
        "{page}"
    );
    assert!(
        page.contains("1 comment<") || page.contains("1 comment "),
        "{page}"
    );
    let feed = app.reads("/discussions/first-lesson/feed.xml");
    assert!(!feed.contains("answers this") && !app.reads("/").contains("answers this"));
}

#[tokio::test]
async fn only_its_author_changes_a_comment() {
    let app = TestApp::start().await;
    let (ana, mut ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let comment = ana.posts(LESSON_THREAD, "Mine").await;

    for action in ["edit", "delete"] {
        let tried = ben
            .post(&format!("{comment}/{action}"), &[("body", "Not yours")])
            .await;
        assert_eq!(tried.status, StatusCode::NOT_FOUND);
    }
    let guest = app.somebody().post(&format!("{comment}/delete"), &[]).await;
    assert_eq!(guest.status, StatusCode::UNAUTHORIZED);
    app.relay().await;
    assert!(app.reads(LESSON).contains("Mine"));
}

#[tokio::test]
async fn another_site_cannot_post_with_a_members_cookie() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let body = form(&[("body", "Forged")]);

    for headers in [
        [("sec-fetch-site", "cross-site")],
        [("sec-fetch-site", "same-site")],
        [("origin", "https://evil.example")],
        [("origin", "null")],
    ] {
        let reply = ana
            .send(Method::POST, COMMENTS, body.clone(), &headers)
            .await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{headers:?}");
    }
    let own = [("origin", "https://learn.example.org")];
    let reply = ana.send(Method::POST, COMMENTS, body, &own).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_fills_the_hidden_field_or_answers_at_once_is_asked_again() {
    let app = TestApp::start().await;
    let mut new = app.newcomer("Nora New").await;

    let filled = new
        .post(COMMENTS, &[("body", "Buy this"), ("website", "x")])
        .await;
    assert_eq!(filled.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(filled.body.contains("Buy this"));

    let token = new
        .gets("/api/threads/first-lesson/comments/new")
        .await
        .field("form_token");
    let fields = [("body", "Very fast"), ("form_token", token.as_str())];
    let quick = new.post(COMMENTS, &fields).await;
    assert_eq!(quick.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(quick.body.contains("Very fast"));

    app.wait(SignedDuration::from_secs(3));
    assert_eq!(
        new.post(COMMENTS, &fields).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_newcomers_form_from_a_file_is_shown_once_more_before_it_is_sent() {
    let app = TestApp::start().await;
    let mut new = app.newcomer("Nora New").await;

    let shown = new.post(COMMENTS, &[("body", "From the *page*")]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.body.contains("From the <em>page</em>"));
    let (token, key) = (shown.field("form_token"), shown.field("form_key"));
    app.wait(SignedDuration::from_secs(3));
    let fields = [
        ("body", "From the *page*"),
        ("form_token", &token),
        ("form_key", &key),
    ];
    assert_eq!(
        new.post(COMMENTS, &fields).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn who_writes_too_fast_keeps_the_text_and_may_go_on_later() {
    let app = TestApp::with_policy(|policy| policy.limits.comments_per_member = 3).await;
    let mut ana = app.member("Ana Sand").await;
    app.wait(SignedDuration::from_mins(10));
    for number in 0..3 {
        let body = format!("Number {number}");
        assert_eq!(
            ana.post(COMMENTS, &[("body", &body)]).await.status,
            StatusCode::SEE_OTHER
        );
    }
    let stopped = ana.post(COMMENTS, &[("body", "One more")]).await;
    assert_eq!(stopped.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(stopped.body.contains("One more"));

    app.wait(SignedDuration::from_mins(10));
    assert_eq!(
        ana.post(COMMENTS, &[("body", "One more")]).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_network_is_limited_whatever_address_it_uses() {
    let app = TestApp::with_policy(|policy| policy.limits.comments_per_network = 2).await;
    let (mut ana, mut ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    app.wait(SignedDuration::from_mins(10));
    ana.network = "2001:db8:1:1::a".into();
    ben.network = "2001:db8:1:1:ffff::b".into();

    assert_eq!(
        ana.post(COMMENTS, &[("body", "One")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        ben.post(COMMENTS, &[("body", "Two")]).await.status,
        StatusCode::SEE_OTHER
    );
    let third = ana.post(COMMENTS, &[("body", "Three")]).await;
    assert_eq!(third.status, StatusCode::TOO_MANY_REQUESTS);
    ana.network = "2001:db8:1:2::a".into();
    assert_eq!(
        ana.post(COMMENTS, &[("body", "Four")]).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn the_script_gets_the_comment_as_it_stands_in_the_page() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;

    let reply = ana.fetches(COMMENTS, &[("body", "By script")]).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let json = reply.json();
    assert_eq!(json["state"], "published");
    assert!(json["html"].as_str().unwrap().contains("By script"));

    let wrong = ana.fetches(COMMENTS, &[("body", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.json()["code"], "text");
    let guest = app.somebody().fetches(COMMENTS, &[("body", "x")]).await;
    assert_eq!(
        (guest.status, &guest.json()["code"]),
        (StatusCode::UNAUTHORIZED, &"sign-in".into())
    );
}

#[tokio::test]
async fn there_is_no_thread_that_the_site_does_not_have() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    for path in [
        "/api/threads/no-such-thread/comments",
        "/api/threads/Not%20An%20Id/comments",
    ] {
        assert_eq!(
            ana.post(path, &[("body", "Hello")]).await.status,
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test]
async fn an_edit_survives_that_the_sign_in_ended_meanwhile() {
    let app = TestApp::start().await;
    let mut ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "First version").await;
    ana.cookies.clear();

    let asked = ana
        .post(&format!("{comment}/edit"), &[("body", "Second version")])
        .await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    let back = asked.field("return_to");
    ana.signs_in("ana.sand@example.org").await;
    let form = ana.gets(&back).await.body;
    assert!(
        form.contains("Second version") && !form.contains("First version"),
        "{form}"
    );
}
