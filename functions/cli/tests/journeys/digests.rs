//! Digests: what of a week is chosen, who hears of one by mail, and where a discussion says that it was
//! quoted.

use std::io::Cursor;

use axum::http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use sodium_app::mail::Mailer;
use sodium_app::mail::mailbox::Kept;
use sodium_app::relay::Work;
use sodium_app::transfer::choose_for_digest;
use sodium_domain::digest::Choice;
use sodium_domain::week::Week;

use crate::kit::{BASE_URL, LESSON, LESSON_THREAD, Person, TestApp, address_of, form, id_of};

/// The week that is over when a story begins, and the one in which it does.
const LAST_WEEK: &str = "2027-W08";
const THIS_WEEK: &str = "2027-W09";

impl TestApp {
    async fn lively() -> Self {
        Self::with_policy(|policy| {
            policy.hold.until_approved = 0;
            policy.limits.comments_per_member = 1000;
            policy.limits.comments_per_network = 1000;
        })
        .await
    }

    /// What of a week would go into its digest; the same out of an export.
    async fn chooses(&self, week: &str) -> Choice {
        let week: Week = week.parse().unwrap();
        let store = &self.app.store;
        let choice = store.choose_for_digest(week, &mut |_| ()).await.unwrap();
        let mut export = Cursor::new(self.exports().await);
        let exported = choose_for_digest(&mut export, week, &mut |_| ()).unwrap();
        assert_eq!(exported, choice, "an export says what the table says");
        choice
    }

    /// Lets time pass until a moment.
    fn wait_until(&self, moment: &str) {
        let moment: Timestamp = moment.parse().unwrap();
        self.wait(moment.duration_since(self.app.clock.now()));
    }

    fn digests_to(&self, name: &str) -> Vec<Kept> {
        let mut mails = self.mails_to(&address_of(name));
        mails.retain(|mail| mail.source.contains("List-Id: <digests."));
        mails
    }
}

impl Person {
    /// Says on the account page whether they want each digest.
    async fn wants_digests(&mut self, wants: bool) {
        let mut fields = vec![("intent", "save")];
        fields.extend(wants.then_some(("digests", "yes")));
        let chosen = self.post("/api/account/mails", &fields).await;
        assert_eq!(chosen.leads_to(), "/api/account#mails");
    }

    async fn marks(&self, comment: &str) {
        let mark = [("intent", "mark")];
        let page = format!("{comment}/helpful");
        self.clone().post(&page, &mark).await.leads_to();
    }

    async fn asks_in(&self, thread: &str, body: &str) -> String {
        let fields = [("body", body), ("kind", "question")];
        let asked = self.posts_with(thread, &fields).await;
        asked.leads_to().to_owned()
    }
}

fn stop_path(mail: &Kept) -> String {
    let line = mail.text.lines().find(|line| line.contains("/api/mails/"));
    let (_, url) = line.unwrap().split_once(BASE_URL).unwrap();
    assert!(mail.source.contains("List-Unsubscribe=One-Click"));
    url.to_owned()
}

#[tokio::test]
async fn a_week_is_chosen_by_its_signals() {
    let app = TestApp::lively().await;
    let ana = app.newcomer("Ana Sand").await;
    let ben = app.newcomer("Ben Hill").await;
    let cleo = app.newcomer("Cleo Marsh").await;
    let question = ana.asks_in(LESSON_THREAD, "How do I begin?").await;
    let answer = ben.replies(LESSON_THREAD, &question, "With one.").await;
    cleo.replies(LESSON_THREAD, &question, "With two.").await;
    let open = cleo.asks_in("second-lesson", "And then?").await;
    let wrong = [("body", "A word is missing."), ("kind", "correction")];
    let wrong = ana.posts_with("talk-thread", &wrong).await;
    let wrong = wrong.leads_to().to_owned();
    app.relay().await;
    let accept = [("intent", "accept"), ("answer", id_of(&answer))];
    let page = format!("{question}/answer");
    ana.clone().post(&page, &accept).await.leads_to();
    ana.marks(&answer).await;
    cleo.marks(&answer).await;
    app.relay().await;
    let named = format!("{BASE_URL}/discussions/talk-thread/#c-{}", id_of(&wrong));
    assert_eq!(app.publishes_a_fix(&named).await.new, 1);

    let choice = app.chooses(THIS_WEEK).await;
    let found: Vec<_> = choice
        .chosen
        .iter()
        .map(|one| one.thread.as_str())
        .collect();
    assert_eq!(found, [LESSON_THREAD, "talk-thread"]);
    let best = &choice.chosen[0];
    let signals = best.signals;
    assert_eq!((signals.accepted, signals.marks, signals.people), (1, 2, 2));
    let quotes: Vec<String> = best.quotes.iter().map(|q| q.comment.to_string()).collect();
    assert_eq!(quotes, [id_of(&answer), id_of(&question)]);
    assert_eq!(
        choice.chosen[1].quotes[0].comment.to_string(),
        id_of(&wrong)
    );
    let questions: Vec<_> = choice
        .open
        .iter()
        .map(|o| o.question.comment.to_string())
        .collect();
    assert_eq!(questions, [id_of(&open)]);
    assert_eq!(app.chooses(THIS_WEEK).await, choice);
    assert_eq!(app.chooses(LAST_WEEK).await, Choice::default());
}

#[tokio::test]
async fn a_week_ends_at_midnight_in_utc() {
    let app = TestApp::lively().await;
    let ana = app.newcomer("Ana Sand").await;
    // The form is open for five seconds before it is sent.
    app.wait_until("2027-03-07T23:59:54.999Z");
    let last = ana.asks_in(LESSON_THREAD, "At the last moment?").await;
    app.wait_until("2027-03-07T23:59:59.999Z");
    app.wait(SignedDuration::from_millis(1));
    let before = app.app.clock.now();
    assert_eq!(before.to_string(), "2027-03-08T00:00:00Z");
    let first = ana.asks_in("second-lesson", "At the first?").await;
    app.relay().await;
    let open = |choice: Choice| {
        let open = choice.open.into_iter();
        open.map(|open| open.question.comment.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(open(app.chooses(THIS_WEEK).await), [id_of(&last)]);
    assert_eq!(open(app.chooses("2027-W10").await), [id_of(&first)]);
}

#[tokio::test]
async fn what_is_gone_waits_or_is_not_to_be_quoted_is_not_chosen() {
    let app = TestApp::lively().await;
    let mut ana = app.newcomer("Ana Sand").await;
    let ben = app.newcomer("Ben Hill").await;
    let cleo = app.newcomer("Cleo Marsh").await;
    let gone = ben.posts(LESSON_THREAD, "Taken back").await;
    let stays = ben.posts(LESSON_THREAD, "Stays there").await;
    let quiet = ana.posts(LESSON_THREAD, "Not for digests").await;
    let held = ben.asks_in("second-lesson", "What of the casino?").await;
    app.relay().await;
    for comment in [&gone, &quiet, &stays] {
        cleo.marks(comment).await;
    }
    ben.deletes(&gone).await;
    ana.post("/api/account/quotes", &[("quoting", "never")])
        .await;
    app.relay().await;
    let choice = app.chooses(THIS_WEEK).await;
    assert_eq!(choice.comments, 2, "{choice:?}");
    assert!(choice.open.is_empty(), "{held} waits: {choice:?}");
    let only = &choice.chosen[0];
    assert_eq!((only.unquotable, only.quotes.len()), (1, 1));
    assert_eq!(only.quotes[0].comment.to_string(), id_of(&stays));

    ben.clone().post("/api/account/delete", &[]).await;
    app.relay().await;
    let choice = app.chooses(THIS_WEEK).await;
    assert_eq!(choice.comments, 1, "who left is in no digest: {choice:?}");
}

#[tokio::test]
async fn a_digest_is_mailed_once_to_whoever_wanted_it_when_it_was_published() {
    let app = TestApp::lively().await;
    let mut ana = app.newcomer("Ana Sand").await;
    let mut ben = app.newcomer("Ben Hill").await;
    app.newcomer("Cleo Marsh").await;
    assert!(
        !ana.gets("/api/account")
            .await
            .body
            .contains("name=\"digests\" value=\"yes\" checked")
    );
    ana.wants_digests(true).await;
    ana.wants_digests(true).await;
    assert!(
        ana.gets("/api/account")
            .await
            .body
            .contains("name=\"digests\" value=\"yes\" checked")
    );

    app.publishes_digest(LAST_WEEK, "Who goes first", &[]).await;
    app.wait(SignedDuration::from_mins(1));
    ben.wants_digests(true).await;
    let due = app.due().await;
    for _ in 0..3 {
        app.app.work(&app.mailer, &due).await;
        app.relay().await;
    }
    app.app.publish(&app.site()).await.unwrap();
    app.relay().await;
    let mails = app.digests_to("Ana Sand");
    assert_eq!(mails.len(), 1, "one, however often it is delivered");
    let mail = &mails[0];
    assert_eq!(mail.subject, "Digest of week 2027-W08: Who goes first");
    let link = format!("{BASE_URL}/digests/2027-w08/");
    assert!(mail.text.contains(&link), "{}", mail.text);
    assert!(
        mail.text.contains("What was worth reading."),
        "{}",
        mail.text
    );
    assert!(mail.source.contains("text/html"), "{}", mail.source);
    assert!(app.digests_to("Ben Hill").is_empty(), "it was out before");
    assert!(
        app.digests_to("Cleo Marsh").is_empty(),
        "nobody asked for it"
    );

    app.wait_until("2027-03-08T08:00:00Z");
    app.publishes_digest(THIS_WEEK, "What came of it", &[])
        .await;
    app.relay().await;
    assert_eq!(app.digests_to("Ana Sand").len(), 2);
    assert_eq!(app.digests_to("Ben Hill").len(), 1);
}

#[tokio::test]
async fn an_archive_in_a_new_place_mails_nobody_and_neither_does_a_digest_that_moves() {
    let app = TestApp::lively().await;
    let mut ana = app.newcomer("Ana Sand").await;
    ana.wants_digests(true).await;
    // Its day is more than two weeks before.
    app.publishes_digest("2027-W05", "Long ago", &[]).await;
    app.relay().await;
    assert!(app.digests_to("Ana Sand").is_empty());
    app.publishes_digest("2027-W06", "Fifteen days ago", &[])
        .await;
    app.publishes_digest("2027-W07", "Eight days ago", &[])
        .await;
    app.relay().await;
    let subjects: Vec<_> = app
        .digests_to("Ana Sand")
        .into_iter()
        .map(|m| m.subject)
        .collect();
    assert_eq!(subjects, ["Digest of week 2027-W07: Eight days ago"]);

    let digests = app.site().join("digests");
    std::fs::rename(digests.join("2027-w07"), digests.join("seven")).unwrap();
    app.app.publish(&app.site()).await.unwrap();
    app.relay().await;
    assert_eq!(app.digests_to("Ana Sand").len(), 1);
}

#[tokio::test]
async fn a_digest_that_was_taken_back_is_not_mailed_any_more() {
    let app = TestApp::lively().await;
    let mut ana = app.newcomer("Ana Sand").await;
    ana.wants_digests(true).await;
    app.publishes_digest(LAST_WEEK, "Too early", &[]).await;
    std::fs::remove_dir_all(app.site().join("digests")).unwrap();
    app.app.publish(&app.site()).await.unwrap();
    app.relay().await;
    assert!(app.digests_to("Ana Sand").is_empty());
}

#[tokio::test]
async fn many_readers_are_told_some_at_a_time_and_a_silent_mail_server_makes_no_doubles() {
    let app = TestApp::with_policy(|policy| {
        policy.limits.sign_in_mails = 1000;
        policy.limits.mails_per_network = 1000;
    })
    .await;
    let letter = |number: u8| char::from(b'a' + number);
    let names: Vec<String> = (0..52)
        .map(|number| format!("Reader {}{}x", letter(number / 7), letter(number % 7)))
        .collect();
    for name in &names {
        app.newcomer(name).await.wants_digests(true).await;
    }
    app.publishes_digest(LAST_WEEK, "To many", &[]).await;
    let due = app.due().await;
    let is_digest = |work: &Work| matches!(work, Work::DigestPublished { .. });
    assert_eq!(due.iter().filter(|due| is_digest(&due.work)).count(), 1);
    let nobody_listens = Mailer::smtp("smtp://127.0.0.1:1").unwrap();
    app.app.relay(&nobody_listens, &due).await.unwrap();
    app.wait(SignedDuration::from_mins(2));
    app.app.relay(&app.mailer, &due).await.unwrap();
    assert_eq!(app.all_digests(), 25, "the others are work of their own");
    app.app.work(&app.mailer, &due).await;
    app.relay().await;
    for name in &names {
        assert_eq!(app.digests_to(name).len(), 1, "{name}");
    }
    assert_eq!(app.all_digests(), names.len());
}

impl TestApp {
    fn all_digests(&self) -> usize {
        let mails = self.all_mails().into_iter();
        mails
            .filter(|mail| mail.subject.starts_with("Digest of week"))
            .count()
    }
}

#[tokio::test]
async fn one_click_stops_digests_and_nothing_else() {
    let app = TestApp::lively().await;
    let mut ana = app.newcomer("Ana Sand").await;
    ana.wants_digests(true).await;
    app.publishes_digest(LAST_WEEK, "One", &[]).await;
    app.relay().await;
    let stop = stop_path(&app.digests_to("Ana Sand")[0]);
    let mut anybody = app.somebody();
    let page = anybody.gets(&stop).await.body;
    assert!(page.contains("Stop mails about digests?"), "{page}");
    let one_click = form(&[("List-Unsubscribe", "One-Click")]);
    let from_elsewhere = [("sec-fetch-site", "cross-site")];
    let clicked = anybody.send(Method::POST, &stop, one_click, &from_elsewhere);
    assert_eq!(clicked.await.status, StatusCode::NO_CONTENT);
    let account = ana.gets("/api/account").await.body;
    assert!(!account.contains("name=\"digests\" value=\"yes\" checked"));
    assert!(!account.contains("You stopped all mails"), "{account}");
    app.wait_until("2027-03-08T08:00:00Z");
    app.publishes_digest(THIS_WEEK, "Two", &[]).await;
    app.relay().await;
    assert_eq!(app.digests_to("Ana Sand").len(), 1);

    let again = anybody.post(&stop, &[("mails", "send")]).await;
    again.leads_to();
    app.wait_until("2027-03-15T08:00:00Z");
    app.publishes_digest("2027-W10", "Three", &[]).await;
    app.relay().await;
    assert_eq!(app.digests_to("Ana Sand").len(), 2);
    ana.wants_digests(false).await;
    app.wait_until("2027-03-22T08:00:00Z");
    app.publishes_digest("2027-W11", "Four", &[]).await;
    app.relay().await;
    assert_eq!(app.digests_to("Ana Sand").len(), 2);
}

#[tokio::test]
async fn who_leaves_takes_the_wish_for_digests_along_and_an_export_holds_it() {
    let app = TestApp::lively().await;
    let mut ana = app.newcomer("Ana Sand").await;
    ana.wants_digests(true).await;
    let own = ana.gets("/api/account/export").await.json();
    assert_eq!(own["digests"]["since"], "2027-03-02T12:00:00Z", "{own}");
    app.publishes_digest(LAST_WEEK, "Too late", &[]).await;
    ana.post("/api/account/delete", &[]).await;
    app.relay().await;
    assert_eq!(app.all_digests(), 0);
    assert!(!app.exports().await.contains("digest-reader"));
}

#[tokio::test]
async fn a_digest_is_mailed_in_its_readers_language() {
    let app = TestApp::lively().await;
    let mut ana = app.newcomer("Ana Sand").await;
    ana.wants_digests(true).await;
    ana.post("/api/account/language", &[("language", "ar")])
        .await;
    app.publishes_digest(LAST_WEEK, "Who goes first", &[]).await;
    app.relay().await;
    let mail = &app.digests_to("Ana Sand")[0];
    assert!(
        mail.subject.starts_with("ملخّص الأسبوع 2027-W08"),
        "{}",
        mail.subject
    );
    assert!(mail.text.contains("اقرأ الملخّص"), "{}", mail.text);
}

#[tokio::test]
async fn a_discussion_leads_to_the_digest_that_quotes_it_as_long_as_it_is_there() {
    let app = TestApp::lively().await;
    let ben = app.newcomer("Ben Hill").await;
    app.opens_a_forum().await;
    let comment = ben.posts(LESSON_THREAD, "Mistakes teach.").await;
    let fields = [("title", "A topic that stays"), ("body", "Its text")];
    let topic = ben.begins("general", &fields).await.leads_to().to_owned();
    app.relay().await;
    let topics = topic.trim_start_matches("/api/threads/");
    let thread = topics.split('/').next().unwrap();
    let pages = [
        LESSON.to_owned(),
        format!("/discussions/{LESSON_THREAD}/"),
        format!("/discussions/{thread}/"),
    ];
    let link = "href=\"&#x2F;digests&#x2F;2027-w08&#x2F;\"";
    let says = |page: &String| {
        let html = app.reads(page);
        assert_eq!(
            html.contains("Quoted in the <a"),
            html.contains("2027-w08"),
            "{html}"
        );
        html.contains("2027-w08")
    };
    assert!(!pages.iter().any(says));
    let quotes = [(LESSON_THREAD, id_of(&comment)), (thread, id_of(&topic))];
    app.publishes_digest(LAST_WEEK, "One", &quotes).await;
    assert!(pages.iter().all(says));
    let html = app.reads(LESSON);
    assert!(
        html.contains(link) || html.contains("href=\"/digests/2027-w08/\""),
        "{html}"
    );
    // Other news of the discussion take nothing away.
    ben.posts(LESSON_THREAD, "And more.").await;
    app.relay().await;
    assert!(pages.iter().all(says));
    std::fs::remove_dir_all(app.site().join("digests")).unwrap();
    app.app.publish(&app.site()).await.unwrap();
    assert!(!pages.iter().any(says));
}
