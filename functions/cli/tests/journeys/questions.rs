//! Questions and their answers, and which part of a page a comment is about.

use axum::http::StatusCode;

use crate::kit::{LESSON, LESSON_THREAD, Person, Reply, TestApp, id_of, write_lesson};

const COMMENTS: &str = "/api/threads/first-lesson/comments";

impl Person {
    pub(crate) async fn asks(&self, body: &str) -> String {
        let asked = self
            .posts_with(LESSON_THREAD, &[("body", body), ("kind", "question")])
            .await;
        asked.leads_to().to_owned()
    }

    pub(crate) async fn accepts(&self, question: &str, answer: &str) -> Reply {
        let fields = [("intent", "accept"), ("answer", id_of(answer))];
        self.clone()
            .post(&format!("{question}/answer"), &fields)
            .await
    }

    pub(crate) async fn takes_back(&self, question: &str, answer: &str) -> Reply {
        let fields = [("intent", "take-back"), ("answer", id_of(answer))];
        self.clone()
            .post(&format!("{question}/answer"), &fields)
            .await
    }
}

const ANSWERED: &str = "Answered: go to the answer";
const ACCEPTED: &str = "Accepted answer";

#[tokio::test]
async fn a_comment_says_what_it_is() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    for kind in ["question", "correction", "tip", "comment"] {
        let body = format!("This is a {kind}.");
        let fields = [("body", body.as_str()), ("kind", kind)];
        ana.posts_with(LESSON_THREAD, &fields).await.leads_to();
    }
    let wrong = [("body", "What am I?"), ("kind", "vote")];
    let refused = ana.posts_with(LESSON_THREAD, &wrong).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    app.relay().await;

    let page = app.reads(LESSON);
    for label in ["Question", "Correction", "Tip"] {
        assert_eq!(
            page.matches(&format!(">{label}</span>")).count(),
            1,
            "{page}"
        );
    }
    assert!(!page.contains(">Comment</span>"), "{page}");
}

#[tokio::test]
async fn whoever_asked_accepts_one_answer_and_can_take_that_back() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let question = ana.asks("How small is small?").await;
    let answer = ben.replies(LESSON_THREAD, &question, "An hour.").await;
    app.relay().await;
    assert!(!app.reads(LESSON).contains(ANSWERED));
    let choice = ana.clone().gets(&format!("{question}/answer")).await;
    assert!(choice.body.contains("An hour."), "{}", choice.body);

    for _ in 0..2 {
        ana.accepts(&question, &answer).await.leads_to();
    }
    app.relay().await;
    let page = app.reads(LESSON);
    let link = format!(
        "href=\"/discussions/first-lesson/#c-{}\">{ANSWERED}",
        id_of(&answer)
    );
    assert!(page.contains(&link), "{page}");
    assert_eq!(page.matches(ACCEPTED).count(), 1, "{page}");

    ana.takes_back(&question, &answer).await.leads_to();
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(
        !page.contains(ANSWERED) && !page.contains(ACCEPTED),
        "{page}"
    );
}

#[tokio::test]
async fn nobody_else_but_a_moderator_accepts_an_answer() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let question = ana.asks("How small is small?").await;
    let answer = ben.replies(LESSON_THREAD, &question, "An hour.").await;
    app.relay().await;

    assert_eq!(
        ben.accepts(&question, &answer).await.status,
        StatusCode::NOT_FOUND
    );
    let signed_out = app.somebody().accepts(&question, &answer).await;
    assert_eq!(signed_out.status, StatusCode::UNAUTHORIZED);
    app.moderator()
        .await
        .accepts(&question, &answer)
        .await
        .leads_to();
    app.relay().await;
    assert!(app.reads(LESSON).contains(ANSWERED));
}

#[tokio::test]
async fn only_a_public_answer_of_the_thread_is_accepted_for_a_question() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let question = ana.asks("How small is small?").await;
    let elsewhere = ben.posts("second-lesson", "In another thread").await;
    let plain = ana.posts(LESSON_THREAD, "No question").await;
    let gone = ben.replies(LESSON_THREAD, &question, "Soon gone").await;
    let waiting = app.newcomer("Cleo Marsh").await;
    let waiting = waiting
        .replies(LESSON_THREAD, &question, "Not read yet")
        .await;
    app.relay().await;
    ben.deletes(&gone).await;

    for answer in [&elsewhere, &gone, &waiting, &question] {
        let refused = ana.accepts(&question, answer).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{answer}");
    }
    let no_question = ana.accepts(&plain, &question).await;
    assert_eq!(no_question.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_question_is_open_again_when_its_answer_goes_and_the_other_way_round() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let question = ana.asks("How small is small?").await;
    let answer = ben.replies(LESSON_THREAD, &question, "An hour.").await;
    ana.accepts(&question, &answer).await.leads_to();
    app.relay().await;

    ben.deletes(&answer).await;
    app.relay().await;
    assert!(!app.reads(LESSON).contains(ANSWERED));
    let other = ben.replies(LESSON_THREAD, &question, "A page.").await;
    ana.accepts(&question, &other).await.leads_to();
    app.relay().await;
    assert!(app.reads(LESSON).contains(ACCEPTED));

    // A question that asks nothing any more has no answer.
    let fields = [("body", "Small is an hour."), ("kind", "comment")];
    ana.clone()
        .post(&format!("{question}/edit"), &fields)
        .await
        .leads_to();
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(
        !page.contains(ANSWERED) && !page.contains(ACCEPTED),
        "{page}"
    );
    assert_eq!(
        ana.accepts(&question, &other).await.status,
        StatusCode::NOT_FOUND
    );

    // Deleted altogether, it leaves the answer under a tombstone, and unmarked.
    let fields = [("body", "How small, once more?"), ("kind", "question")];
    ana.clone()
        .post(&format!("{question}/edit"), &fields)
        .await
        .leads_to();
    ana.accepts(&question, &other).await.leads_to();
    ana.deletes(&question).await;
    app.relay().await;
    let page = app.reads(LESSON);
    assert!(
        page.contains("A page.") && page.contains("This comment was deleted"),
        "{page}"
    );
    assert!(!page.contains(ACCEPTED), "{page}");
}

#[tokio::test]
async fn a_comment_names_the_part_of_the_page_that_it_is_about() {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    let mut somebody = app.somebody();
    let form = somebody.gets(&format!("{COMMENTS}/new?heading=why")).await;
    assert!(
        form.body.contains("value=\"why\" selected"),
        "{}",
        form.body
    );

    let fields = [("body", "This lost me."), ("heading", "why")];
    ana.posts_with(LESSON_THREAD, &fields).await.leads_to();
    let unknown = [("body", "About nothing."), ("heading", "\"><script>")];
    ana.posts_with(LESSON_THREAD, &unknown).await.leads_to();
    app.relay().await;
    let page = app.reads(LESSON);
    let link = "About <a href=\"/courses/one/first/#why\">‘Why &amp; how’</a>";
    assert_eq!(page.matches(link).count(), 1, "{page}");
    assert!(!page.contains("earlier version"), "{page}");
    assert!(
        page.contains("<option value=\"try-it\">Try it</option>"),
        "{page}"
    );

    // The lesson changes and loses the heading.
    write_lesson(&app.site(), "2b", &[("try-it", "Try it")]);
    app.app.publish(&app.site()).await.unwrap();
    let page = app.reads(LESSON);
    assert!(
        page.contains("About ‘Why &amp; how’, in an earlier version"),
        "{page}"
    );
    assert_eq!(page.matches("earlier version").count(), 1, "{page}");
}

#[tokio::test]
async fn kind_and_heading_are_kept_over_signing_in() {
    let app = TestApp::start().await;
    let mut guest = app.somebody();
    let fields = [
        ("body", "Lost here?"),
        ("kind", "question"),
        ("heading", "why"),
    ];
    let asked = guest.post(COMMENTS, &fields).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    let back = asked.field("return_to");
    let form = guest.gets(&back).await.body;
    assert!(form.contains("value=\"question\" checked"), "{form}");
    assert!(form.contains("value=\"why\" selected"), "{form}");
}
