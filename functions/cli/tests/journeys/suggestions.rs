//! Suggesting how a page should read, without Git: from the page's text to a moderator's decision.

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;

use crate::kit::{TestApp, address_of, form, id_of};

const FORM: &str = "/api/threads/first-lesson/suggestions/new";
const SEND: &str = "/api/threads/first-lesson/suggestions";
const TEXT: &str = "Use small steps.\n\nThen rest.\n";

async fn with_text() -> TestApp {
    let app = TestApp::start().await;
    app.shows_its_text(TEXT).await;
    app
}

/// The text in the form of a page.
fn typed(page: &str) -> &str {
    let (_, rest) = page.split_once("<textarea").unwrap();
    let (_, rest) = rest.split_once(">\n").unwrap();
    rest.split_once("</textarea>").unwrap().0
}

#[tokio::test]
async fn a_suggestion_goes_from_the_text_of_the_page_to_a_moderator_who_takes_it() {
    let app = with_text().await;
    let mut ana = app.member("Ana Sand").await;
    let mut moderator = app.moderator().await;

    let open = ana.gets(FORM).await;
    assert_eq!(typed(&open.body), format!("\n{TEXT}"), "{}", open.body);
    assert!(!open.body.contains("title = "), "the head is not for forms");

    let fields = [
        ("body", "Use **tiny** steps.\r\n\r\nThen rest."),
        ("why", "Small is too large"),
    ];
    let look = [&fields[..], &[("intent", "preview")]].concat();
    let look = ana.suggests_with(&look).await;
    assert_eq!(look.status, StatusCode::OK, "{}", look.body);
    for shown in [
        "− </span>Use small steps.</del>",
        "+ </span>Use **tiny** steps.</ins>",
        "<strong>tiny</strong>",
        "Small is too large",
    ] {
        assert!(look.body.contains(shown), "{shown}: {}", look.body);
    }

    let sent = ana.suggests_with(&fields).await;
    let own = ana.gets(sent.leads_to()).await;
    assert!(own.body.contains("It waits for a person"), "{}", own.body);
    app.relay().await;
    let mails = app.mails_to("mod@example.org");
    let told = mails
        .iter()
        .any(|mail| mail.subject.starts_with("Something waits"));
    assert!(told, "moderators hear of it");

    let queue = moderator.gets("/api/moderation").await;
    assert!(queue.body.contains("Small is too large"), "{}", queue.body);
    assert!(queue.body.contains("Use **tiny** steps.</ins>"));
    assert!(queue.body.contains("<bdi>Ana Sand</bdi>"));
    let action = queue.action("/decide");
    let decided = moderator.post(&action, &[("intent", "take")]).await;
    assert_eq!(decided.leads_to(), "/api/moderation");
    let queue = moderator.gets("/api/moderation").await;
    assert!(!queue.body.contains("Small is too large"));

    app.relay().await;
    let mails = app.mails_to(&address_of("Ana Sand"));
    let mail = mails.last().unwrap();
    assert!(
        mail.subject.starts_with("Your suggestion was taken"),
        "{}",
        mail.subject
    );
    assert!(!mail.text.contains("tiny"), "a mail holds no text");
    let own = ana.gets(sent.leads_to()).await;
    assert!(own.body.contains("A moderator took it"), "{}", own.body);
    let account = ana.gets("/api/account").await;
    assert!(account.body.contains("A moderator took it"));
    let public = app.public_texts();
    let published = public.iter().any(|(_, text)| text.contains("tiny"));
    assert!(!published, "nothing is published by it");
}

#[tokio::test]
async fn who_is_not_taken_hears_why_and_may_be_taken_later() {
    let app = with_text().await;
    let mut ana = app.member("Ana Sand").await;
    let moderator = app.moderator().await;

    let suggestion = ana.suggests("Use large steps.").await;
    let nothing = moderator.decides(&suggestion, ("intent", "")).await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
    moderator
        .decides(&suggestion, ("reason", "discuss"))
        .await
        .leads_to();
    app.relay().await;
    let mails = app.mails_to(&address_of("Ana Sand"));
    assert!(mails.last().unwrap().text.contains("talked about first"));
    let own = ana.gets(&suggestion).await;
    assert!(own.body.contains("talked about first"), "{}", own.body);

    let again = moderator.decides(&suggestion, ("intent", "take")).await;
    assert_eq!(again.leads_to(), "/api/moderation", "it was a mistake");
    let twice = moderator.decides(&suggestion, ("intent", "take")).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    moderator
        .decides(&suggestion, ("reason", "right"))
        .await
        .leads_to();
    app.wait(SignedDuration::from_hours(24 * 31));
    let gone = moderator.decides(&suggestion, ("intent", "take")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "after thirty days");
}

#[tokio::test]
async fn the_text_of_somebody_who_has_to_sign_in_waits_for_them() {
    let app = with_text().await;
    let mut guest = app.somebody();

    let fields = [
        ("body", "Use <b>kept</b> steps."),
        ("why", "Because & so"),
        ("credit", "nameless"),
    ];
    let asked = guest.suggests_with(&fields).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert!(
        asked
            .body
            .contains("Use &lt;b&gt;kept&lt;&#x2F;b&gt; steps.")
    );
    let back = asked.field("return_to");
    assert!(back.starts_with(&format!("{FORM}?draft=")), "{back}");

    guest.signs_in("guest@example.org").await;
    let named = [("name", "Gil Rand"), ("return_to", back.as_str())];
    let named = guest.post("/api/account/name", &named).await;
    assert_eq!(named.leads_to(), back);
    let form = guest.gets(&back).await;
    assert!(
        typed(&form.body).contains("Use &lt;b&gt;kept"),
        "{}",
        form.body
    );
    assert!(form.body.contains("value=\"Because &amp; so\""));
    assert!(form.body.contains("value=\"nameless\" checked"));
    assert!(form.body.contains("value=\"send\""), "the way on is there");

    // It is no comment, so the form for comments does not take it.
    let other = back.replace("suggestions/new", "comments/new");
    let other = guest.gets(&other).await;
    assert!(!other.body.contains("kept"), "{}", other.body);
}

#[tokio::test]
async fn a_text_that_is_no_suggestion_comes_back_with_the_reason() {
    let app = with_text().await;
    let ana = app.member("Ana Sand").await;

    let long = format!("start {}", "words ".repeat(17_000));
    let lines = "x\n".repeat(3_001);
    let new = format!("{}\n", "n".repeat(60)).repeat(1_900);
    for (body, said) in [
        (TEXT, "Nothing is changed yet"),
        (
            "Use small steps.\r\n\r\nThen rest.",
            "Nothing is changed yet",
        ),
        ("  \n ", "Nothing is left of the page"),
        (long.as_str(), "100000 is the most"),
        (lines.as_str(), "3000 is the most"),
        (new.as_str(), "is the most"),
    ] {
        let reply = ana
            .suggests_with(&[("body", body), ("why", "My words")])
            .await;
        let start: String = body.chars().take(20).collect();
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{start}");
        assert!(reply.body.contains(said), "{start}: not {said}");
        assert!(reply.body.contains("My words"));
        let kept = typed(&reply.body).replace('\r', "");
        assert_eq!(kept.trim(), body.replace('\r', "").trim(), "{start}");
    }
}

#[tokio::test]
async fn a_hundred_kilobytes_are_taken() {
    let app = TestApp::start().await;
    let before = format!("{}\n", "a word and another ".repeat(4)).repeat(1_200);
    app.shows_its_text(&before).await;
    let mut ana = app.member("Ana Sand").await;

    let after = before.replacen("another", "the next", 1);
    assert!(after.len() > 90_000, "{}", after.len());
    let suggestion = ana.suggests(&after).await;
    let own = ana.gets(&suggestion).await;
    assert!(
        own.body.contains("a word and the next"),
        "{}",
        own.body.len()
    );
    assert!(own.body.len() < 20_000, "only what changes is kept");
}

#[tokio::test]
async fn what_looks_like_html_is_text_wherever_it_is_shown() {
    let app = with_text().await;
    let mut ana = app.member("Ana Sand").await;
    let mut moderator = app.moderator().await;

    let hostile =
        "</textarea><script>alert(1)</script>\n{{ quote(id=\"1\") }}\n<img src=x onerror=alert(1)>";
    let fields = [("body", hostile), ("why", "<script>alert(2)</script>")];
    let look = [&fields[..], &[("intent", "preview")]].concat();
    let look = ana.suggests_with(&look).await;
    let sent = ana.suggests_with(&fields).await;
    let own = ana.gets(sent.leads_to()).await;
    let queue = moderator.gets("/api/moderation").await;
    for page in [&look, &own, &queue] {
        assert!(page.body.contains("&lt;script&gt;"), "{}", page.body);
        let harmless = !page.body.contains("<script>") && !page.body.contains("<img src=x");
        assert!(harmless, "{}", page.body);
    }
    assert!(
        look.body.contains("{{ quote("),
        "a shortcode stays as it is"
    );
}

#[tokio::test]
async fn a_form_that_is_sent_twice_is_one_suggestion() {
    let app = with_text().await;
    let ana = app.member("Ana Sand").await;
    let mut me = ana.clone();

    let marks = me.opens_text().await;
    let mut fields = vec![("body", "Use one step.")];
    fields.extend(marks.iter().map(|(name, value)| (*name, value.as_str())));
    let first = me.post(SEND, &fields).await;
    let second = me.post(SEND, &fields).await;
    assert_eq!(first.leads_to(), second.leads_to());

    let all = app
        .app
        .store
        .suggestions(app.app.clock.now())
        .await
        .unwrap();
    assert_eq!(all.len(), 1);
}

#[tokio::test]
async fn a_page_that_changed_once_is_no_hindrance_and_one_that_changed_twice_is_shown() {
    let app = with_text().await;
    let ana = app.member("Ana Sand").await;
    let mut me = ana.clone();
    let marks = me.opens_text().await;
    let mut fields = vec![("body", "Use small steps.\n\nThen sleep.\n")];
    fields.extend(marks.iter().map(|(name, value)| (*name, value.as_str())));

    app.shows_its_text("Use quick steps.\n\nThen rest.\n").await;
    let look = [&fields[..], &[("intent", "preview")]].concat();
    let look = me.post(SEND, &look).await;
    assert_eq!(look.status, StatusCode::OK);
    assert!(look.body.contains("Then sleep.</ins>"), "{}", look.body);
    assert!(
        !look.body.contains("quick"),
        "it was written about the other text"
    );

    app.shows_its_text("Use swift steps.\n\nThen rest.\n").await;
    let again = me.post(SEND, &fields).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.body.contains("The page changed meanwhile"));
    assert!(typed(&again.body).contains("Then sleep."), "{}", again.body);
    assert!(
        again.body.contains("Use swift steps.</del>"),
        "what it would take back"
    );
    assert_ne!(again.field("base"), marks[0].1);
}

#[tokio::test]
async fn publishing_the_same_texts_again_changes_nothing() {
    let app = with_text().await;
    app.shows_its_text("Use quick steps.\n").await;
    let (writes, form) = (app.app.files.writes(), app.somebody().gets(FORM).await);
    app.shows_its_text("Use quick steps.\n").await;
    assert_eq!(app.app.files.writes(), writes);
    assert_eq!(typed(&form.body), "\nUse quick steps.\n");
    let readable = app.public_files().into_iter();
    let mut readable =
        readable.filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("Use quick steps"));
    assert!(readable.next().is_none(), "the texts are not for readers");
    let gone = app.app.publish(&app.site()).await;
    gone.unwrap();
    let form = app.somebody().gets(FORM).await;
    assert_eq!(form.status, StatusCode::NOT_FOUND, "without its text");
}

#[tokio::test]
async fn ten_suggestions_a_day_are_enough_and_the_next_stays_in_its_form() {
    let app = with_text().await;
    let ana = app.member("Ana Sand").await;
    for number in 0..10 {
        ana.suggests(&format!("Use {number} steps.")).await;
    }
    let next = ana.suggests_with(&[("body", "Use more steps.")]).await;
    assert_eq!(next.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(typed(&next.body).contains("Use more steps."));
    app.wait(SignedDuration::from_hours(24));
    ana.suggests("Use more steps.").await;
}

#[tokio::test]
async fn somebody_who_may_not_write_keeps_the_text() {
    let app = with_text().await;
    let ana = app.member("Ana Sand").await;
    let posted = ana.posts("first-lesson", "Rude words").await;
    app.moderator().await.blocks_author_of(&posted, "1").await;
    let reply = ana.suggests_with(&[("body", "Use no steps.")]).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.body.contains("You cannot write for a while"));
    assert!(typed(&reply.body).contains("Use no steps."));
}

#[tokio::test]
async fn newcomers_fill_the_queue_only_so_far() {
    let app = TestApp::with_policy(|policy| policy.limits.held_comments = 1).await;
    app.shows_its_text(TEXT).await;
    let newcomer = app.newcomer("Nia Late").await;
    newcomer.suggests("Use new steps.").await;
    let next = newcomer
        .suggests_with(&[("body", "Use newer steps.")])
        .await;
    assert_eq!(next.status, StatusCode::TOO_MANY_REQUESTS);
    let known = app.newcomer("Noe Soon").await;
    let other = known.suggests_with(&[("body", "Use newest steps.")]).await;
    assert_eq!(
        other.status,
        StatusCode::TOO_MANY_REQUESTS,
        "of all newcomers"
    );
}

#[tokio::test]
async fn an_own_suggestion_can_be_withdrawn_until_it_is_a_branch() {
    let app = with_text().await;
    let mut ana = app.member("Ana Sand").await;
    let mut ben = app.member("Ben Hill").await;
    let mut moderator = app.moderator().await;

    let suggestion = ana.suggests("Use other steps.").await;
    let withdraw = format!("{suggestion}/withdraw");
    assert_eq!(ben.gets(&suggestion).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ben.post(&withdraw, &[]).await.status, StatusCode::NOT_FOUND);
    let withdrawn = ana.post(&withdraw, &[]).await;
    assert_eq!(withdrawn.status, StatusCode::OK);
    assert_eq!(ana.gets(&suggestion).await.status, StatusCode::NOT_FOUND);
    let queue = moderator.gets("/api/moderation").await;
    assert!(!queue.body.contains("Use other steps"), "{}", queue.body);

    let taken = ana.suggests("Use better steps.").await;
    moderator
        .decides(&taken, ("intent", "take"))
        .await
        .leads_to();
    is_pulled(&app, &taken).await;
    let late = ana.post(&format!("{taken}/withdraw"), &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let late = moderator.decides(&taken, ("reason", "right")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let own = ana.gets(&taken).await;
    assert!(own.body.contains("on its way into the page"));
}

async fn is_pulled(app: &TestApp, suggestion: &str) {
    let (store, now) = (&app.app.store, app.app.clock.now());
    let all = store.suggestions(now).await.unwrap();
    let id = id_of(suggestion);
    let this = all.iter().find(|other| other.id.to_string() == id);
    let pulled = store.suggestion_is_pulled(this.unwrap(), now);
    assert!(pulled.await.unwrap());
}

#[tokio::test]
async fn who_leaves_takes_the_suggestions_along() {
    let app = with_text().await;
    let mut ana = app.member("Ana Sand").await;
    let fields = [("body", "Use parting steps."), ("why", "A last word")];
    let suggestion = ana.suggests_with(&fields).await;

    let export = ana.gets("/api/account/export").await.json();
    let exported = &export["suggestions"][0];
    assert_eq!(exported["why"], "A last word");
    assert!(exported["patch"].as_str().unwrap().contains("parting"));

    ana.post("/api/account/delete", &[]).await;
    app.relay().await;
    let now = app.app.clock.now();
    assert!(app.app.store.suggestions(now).await.unwrap().is_empty());
    let mut moderator = app.moderator().await;
    let queue = moderator.gets("/api/moderation").await;
    assert!(!queue.body.contains("parting"), "{}", queue.body);
    let gone = moderator.gets(suggestion.leads_to()).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_moderator_and_the_author_who_press_at_once_do_one_thing() {
    let app = with_text().await;
    let moderator = app.moderator().await;
    for letter in 'a'..='h' {
        let ana = app.newcomer(&format!("Ana S{letter}nd")).await;
        let suggestion = ana.suggests(&format!("Use {letter} steps.")).await;
        let (mut me, withdraw) = (ana.clone(), format!("{suggestion}/withdraw"));
        let (withdrawn, decided) = tokio::join!(
            me.post(&withdraw, &[]),
            moderator.decides(&suggestion, ("intent", "take"))
        );
        let kept = ana.clone().gets(&suggestion).await.status == StatusCode::OK;
        assert_ne!(withdrawn.status == StatusCode::OK, kept, "{letter}");
        let was_taken = decided.status == StatusCode::SEE_OTHER;
        assert!(was_taken || !kept, "{letter}: {}", decided.status);
    }
}

#[tokio::test]
async fn what_no_form_of_ours_sends_is_refused() {
    let app = with_text().await;
    let mut ana = app.member("Ana Sand").await;
    for (name, value) in [
        ("base", "../../shells/index.json"),
        ("base", "0000000000000000000000000000000000000000"),
        ("website", "https://spam.example"),
    ] {
        let body = form(&[("body", "Use odd steps."), (name, value)]);
        let reply = ana.send(Method::POST, SEND, body, &[]).await;
        assert!(reply.status.is_client_error(), "{name}: {}", reply.status);
    }
    let unknown = ana.gets("/api/threads/second-lesson/suggestions/new").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND, "it has no text");
    let now = app.app.clock.now();
    assert!(app.app.store.suggestions(now).await.unwrap().is_empty());
}
