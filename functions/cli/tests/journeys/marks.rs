//! “Helpful”: one mark for each member and comment.

use axum::http::StatusCode;

use crate::kit::{LESSON, LESSON_THREAD, Person, Reply, TestApp};

impl Person {
    async fn presses(&self, comment: &str, intent: &str) -> Reply {
        let path = format!("{comment}/helpful");
        self.clone().post(&path, &[("intent", intent)]).await
    }
}

/// How many found the only marked comment helpful, as readers see it.
fn count(app: &TestApp) -> Option<u32> {
    let page = app.reads(LESSON);
    let (_, rest) = page.split_once("class=\"mark-count\">")?;
    rest.split('<').next().unwrap().parse().ok()
}

#[tokio::test]
async fn a_member_marks_a_comment_once_and_takes_the_mark_back() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let comment = ana.posts(LESSON_THREAD, "Small steps.").await;
    app.relay().await;
    assert_eq!(count(&app), None);

    for _ in 0..3 {
        let marked = ben.presses(&comment, "mark").await;
        assert_eq!(marked.leads_to(), format!("{comment}/helpful"));
    }
    app.relay().await;
    assert_eq!(count(&app), Some(1));
    let mut ben_too = ben.clone();
    let page = ben_too.gets(&format!("{comment}/helpful")).await.body;
    assert!(page.contains("Take the mark back"), "{page}");
    let script = ben_too
        .fetches(&format!("{comment}/helpful"), &[("intent", "mark")])
        .await
        .json();
    assert_eq!(
        (&script["marked"], &script["helpful"]),
        (&true.into(), &1.into())
    );

    for _ in 0..3 {
        ben.presses(&comment, "take-back").await.leads_to();
    }
    app.relay().await;
    assert_eq!(count(&app), None);
}

#[tokio::test]
async fn nobody_marks_their_own_comment_or_one_that_nobody_reads() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let comment = ana.posts(LESSON_THREAD, "Small steps.").await;
    app.relay().await;
    assert_eq!(
        ana.presses(&comment, "mark").await.status,
        StatusCode::CONFLICT
    );
    let nobody = app.somebody().presses(&comment, "mark").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        ben.presses(&comment, "vote").await.status,
        StatusCode::BAD_REQUEST
    );

    ana.deletes(&comment).await;
    assert_eq!(
        ben.presses(&comment, "mark").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_mark_belongs_to_its_member_and_leaves_with_them() {
    let app = TestApp::start().await;
    let (ana, mut ben) = (app.member("Ana Sand").await, app.member("Ben Hill").await);
    let cleo = app.member("Cleo Marsh").await;
    let comment = ana.posts(LESSON_THREAD, "Small steps.").await;
    app.relay().await;
    for person in [&ben, &cleo] {
        person.presses(&comment, "mark").await.leads_to();
    }
    app.relay().await;
    assert_eq!(count(&app), Some(2));
    let export = ben.gets("/api/account/export").await.json();
    assert_eq!(export["helpful_marks"][0]["thread"], LESSON_THREAD);

    ben.post("/api/account/delete", &[]).await;
    app.relay().await;
    assert_eq!(count(&app), Some(1));
}
