//! Digests quote by reference: what a page shows is what its author lets be quoted now.

use crate::kit::{LESSON_THREAD, Person, TestApp, id_of};

pub(crate) const DIGEST: &str = "/digests/one/";
pub(crate) const WITHDRAWN: &str = "This comment was withdrawn.";

/// A digest that quotes a comment, published.
pub(crate) async fn quoted(app: &TestApp, comment: &str) {
    let page = format!(
        "<html><head></head><body><main><sodium-quote thread=\"{LESSON_THREAD}\" comment=\"{}\"></sodium-quote>\
         </main></body></html>",
        id_of(comment)
    );
    let folder = app.site().join("digests/one");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("index.html"), page).unwrap();
    app.app.publish(&app.site()).await.unwrap();
}

async fn a_quoted_comment() -> (TestApp, Person, String) {
    let app = TestApp::start().await;
    let ana = app.member("Ana Sand").await;
    let comment = ana.posts(LESSON_THREAD, "Mistakes teach.").await;
    app.relay().await;
    quoted(&app, &comment).await;
    (app, ana, comment)
}

/// Chooses how to be quoted, and what the digest shows then: the text, and the name.
async fn after(app: &TestApp, ana: &mut Person, quoting: &str) -> (bool, bool) {
    let chosen = ana
        .post("/api/account/quotes", &[("quoting", quoting)])
        .await;
    assert_eq!(chosen.leads_to(), "/api/account#my-quotes");
    app.relay().await;
    let page = app.reads(DIGEST);
    let text = page.contains("Mistakes teach.");
    assert_eq!(page.contains(WITHDRAWN), !text, "{page}");
    (text, page.contains("Ana Sand"))
}

#[tokio::test]
async fn a_member_takes_their_name_or_their_words_out_of_digests_and_stays() {
    let (app, mut ana, _) = a_quoted_comment().await;
    assert!(app.reads(DIGEST).contains("Ana Sand"));
    assert_eq!(after(&app, &mut ana, "nameless").await, (true, false));
    assert!(app.reads(DIGEST).contains("A member"));
    assert_eq!(after(&app, &mut ana, "never").await, (false, false));
    assert_eq!(after(&app, &mut ana, "named").await, (true, true));
    // Where the words were written they stay, under their name.
    assert_eq!(after(&app, &mut ana, "never").await, (false, false));
    assert!(app.reads(crate::kit::LESSON).contains("Ana Sand"));
}

#[tokio::test]
async fn the_account_page_says_how_one_is_quoted() {
    let (_app, mut ana, _) = a_quoted_comment().await;
    let before = ana.gets("/api/account").await.body;
    assert!(before.contains("<option value=\"named\" selected>"));
    ana.post("/api/account/quotes", &[("quoting", "never")])
        .await;
    let after = ana.gets("/api/account").await.body;
    assert!(after.contains("<option value=\"never\" selected>"));
    let wrong = ana.post("/api/account/quotes", &[("quoting", "loudly")]);
    assert!(wrong.await.status.is_client_error());
}

#[tokio::test]
async fn a_quote_goes_with_its_comment_and_a_name_with_its_member() {
    let (app, ana, comment) = a_quoted_comment().await;
    let mut ben = app.member("Ben").await;
    let other = ben.posts(LESSON_THREAD, "Who goes first?").await;
    app.relay().await;
    ana.deletes(&comment).await;
    app.relay().await;
    assert!(app.reads(DIGEST).contains(WITHDRAWN));

    quoted(&app, &other).await;
    assert!(app.reads(DIGEST).contains("Ben"));
    ben.post("/api/account/delete", &[]).await;
    app.relay().await;
    assert!(!app.reads(DIGEST).contains("Ben"), "{}", app.reads(DIGEST));
}
