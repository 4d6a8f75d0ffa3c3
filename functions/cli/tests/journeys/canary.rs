//! A member whose name, address and words stand nowhere else by chance. They do everything that can be
//! done here and leave; then all that the community has is searched for them.
//!
//! What lies in mails that were sent before is beyond reach, as it is for everybody who ever sent a
//! mail. No mail that is sent afterwards holds anything of them.

use axum::http::StatusCode;
use jiff::SignedDuration;
use sodium_app::store::Store;
use sodium_cli::engine::Engine;

use crate::kit::ledger::Ledger;
use crate::kit::log::Log;
use crate::kit::table::{expire, raw};
use crate::kit::{LESSON, LESSON_THREAD, Person, TestApp, address_of, link_in};
use crate::scenario::generous;

const NAME: &str = "Zyxandra Quillfeather";
const NETWORK: &str = "2001:db8:ca4a::7";
/// In every text of theirs, with a number of its own.
const MARK: &str = "xylophonic-canary";
const SEAT: &str = "/api/sessions/evening-talk";

/// The community around the canary.
struct Aviary {
    engine: Engine,
    app: TestApp,
    log: Log,
}

impl Aviary {
    async fn start() -> Self {
        let log = Log::listen();
        let engine = Engine::in_memory().unwrap();
        let store: Store = Ledger::over(&engine).store();
        let app = TestApp::on_table(store, generous).await;
        Self { engine, app, log }
    }

    /// Works what is due now, and what comes due within a day and a half.
    async fn lets_a_day_pass(&self) {
        for pause in [
            SignedDuration::ZERO,
            SignedDuration::from_mins(2),
            SignedDuration::from_hours(36),
        ] {
            self.app.wait(pause);
            self.app.app.sweep(&self.app.mailer).await.unwrap();
            self.app.relay().await;
        }
        expire(&self.engine, self.app.app.clock.now()).await;
    }

    /// Where a text is found: in the table with its indexes, in an export of the whole, in files, in the
    /// log.
    async fn finds(&self, trace: &str) -> Vec<String> {
        let trace = trace.to_lowercase();
        let holds = |text: &str| text.to_lowercase().contains(&trace);
        let items = raw(&self.engine).into_iter().filter(|item| holds(item));
        let mut found: Vec<String> = items.map(|item| format!("the table: {item}")).collect();
        let export = self.app.exports().await;
        found.extend(
            export
                .lines()
                .filter(|line| holds(line))
                .map(|line| format!("the export: {line}")),
        );
        for (path, text) in self.app.public_texts() {
            if holds(&text) || holds(&path.to_string_lossy()) {
                found.push(format!("the file {}", path.display()));
            }
        }
        let log = self.log.text();
        found.extend(
            log.lines()
                .filter(|line| holds(line))
                .map(|line| format!("the log: {line}")),
        );
        found
    }
}

/// What the canary leaves behind, and how it is known.
struct Traces {
    texts: Vec<(&'static str, String)>,
}

impl Traces {
    fn of(person: &Person, id: String) -> Self {
        let token = person.cookies["__Host-sodium"].clone();
        Self {
            texts: vec![
                ("the name", NAME.to_owned()),
                (
                    "the name in an address",
                    NAME.to_lowercase().replace(' ', "."),
                ),
                ("the words", MARK.to_owned()),
                ("the network", NETWORK.to_owned()),
                ("the network", "2001:db8:ca4a".to_owned()),
                ("the device's token", token),
                ("the member's identifier", id),
            ],
        }
    }
}

#[tokio::test]
async fn who_leaves_is_nowhere_any_more() {
    let aviary = Aviary::start().await;
    let app = &aviary.app;
    let (canary, id) = lives(app).await;
    let traces = Traces::of(&canary, id);
    for (what, trace) in &traces.texts[..3] {
        assert!(
            !aviary.finds(trace).await.is_empty(),
            "{what} was never there: the test looks wrongly"
        );
    }

    let left = canary.clone().post("/api/account/delete", &[]).await;
    assert_eq!(left.status, StatusCode::OK);
    let mails_before = app.all_mails().len();
    aviary.lets_a_day_pass().await;

    for (what, trace) in &traces.texts {
        let mut found = aviary.finds(trace).await;
        // The note for a table that is restored names them by their identifier alone.
        found.retain(|place| !place.contains("\"DELETIONS\""));
        assert!(found.is_empty(), "{what} is left: {found:#?}");
    }
    app.wait(SignedDuration::from_hours(40 * 24));
    expire(&aviary.engine, app.app.clock.now()).await;
    for (what, trace) in &traces.texts {
        let found = aviary.finds(trace).await;
        assert!(found.is_empty(), "{what} is left: {found:#?}");
    }
    assert!(app.due().await.is_empty(), "no mail waits");
    let later: Vec<_> = app.all_mails().into_iter().skip(mails_before).collect();
    for mail in &later {
        for (what, trace) in &traces.texts {
            let mail = format!(
                "{}\n{}\n{}\n{}",
                mail.to, mail.subject, mail.text, mail.source
            );
            assert!(
                !mail.to_lowercase().contains(&trace.to_lowercase()),
                "{what} in {mail}"
            );
        }
    }
    assert!(app.reads(LESSON).contains("An answer that stays"));
}

#[tokio::test]
async fn a_comment_that_is_deleted_is_nowhere_any_more() {
    let aviary = Aviary::start().await;
    let app = &aviary.app;
    let canary = app.member(NAME).await;
    let ben = app.member("Ben Hill").await;
    let words = format!("{MARK} for a while");
    let comment = canary.posts(LESSON_THREAD, &words).await;
    app.relay().await;
    ben.replies(LESSON_THREAD, &comment, "An answer that stays")
        .await;
    app.relay().await;
    assert!(app.reads(LESSON).contains(&words));
    let edit = format!("{comment}/edit");
    let edited = format!("{MARK} in other words");
    canary.clone().post(&edit, &[("body", &edited)]).await;
    app.relay().await;

    canary.deletes(&comment).await;
    aviary.lets_a_day_pass().await;

    let found = aviary.finds(MARK).await;
    assert!(found.is_empty(), "the words are left: {found:#?}");
    let export = canary.clone().gets("/api/account/export").await.body;
    assert!(!export.contains(MARK) && export.contains(NAME));
    assert!(app.reads(LESSON).contains("An answer that stays"));
}

/// Everything that a member can do, by somebody who will be searched for. Returns them and their
/// identifier.
async fn lives(app: &TestApp) -> (Person, String) {
    let ben = app.member("Ben Hill").await;
    let moderator = app.moderator().await;
    let mut canary = app.somebody();
    canary.network = NETWORK.to_owned();
    let path = format!("/api/threads/{LESSON_THREAD}/comments");
    canary.post(&path, &[("body", &words(1))]).await;
    canary.signs_in(&address_of(NAME)).await;
    canary.post("/api/account/name", &[("name", NAME)]).await;

    let first = canary.posts(LESSON_THREAD, &words(2)).await;
    app.relay().await;
    moderator.approves(&first).await;
    app.relay().await;
    ben.replies(LESSON_THREAD, &first, "An answer that stays")
        .await;
    app.relay().await;
    app.wait(SignedDuration::from_mins(30));
    canary
        .post(&format!("{first}/edit"), &[("body", &words(3))])
        .await;
    canary.replies(LESSON_THREAD, &first, &words(4)).await;
    for (number, decided) in [(5, false), (6, true)] {
        let held = canary
            .posts(LESSON_THREAD, &format!("{} casino", words(number)))
            .await;
        app.relay().await;
        if decided {
            moderator.rejects(&held, "spam").await;
        }
    }
    let gone = canary.posts("second-lesson", &words(7)).await;
    app.relay().await;
    canary.deletes(&gone).await;
    canary.posts("second-lesson", &words(8)).await;
    let preview = [("body", words(9)), ("intent", "preview".to_owned())];
    let preview: Vec<_> = preview
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    canary.post(&path, &preview).await;

    canary.post(&format!("{SEAT}/seat"), &[]).await;
    app.opens_a_course().await;
    canary.has_done("one", LESSON_THREAD).await.leads_to();
    for (thread, pace) in [(LESSON_THREAD, "at-once"), ("second-lesson", "daily")] {
        let follow = format!("/api/threads/{thread}/follow");
        canary.post(&follow, &[("pace", pace)]).await.leads_to();
        ben.posts(thread, "For who follows").await;
    }
    let choices = [("intent", "save"), ("answers", "yes"), ("digests", "yes")];
    canary.post("/api/account/mails", &choices).await.leads_to();
    app.relay().await;
    let fields = [
        ("email", address_of(NAME)),
        ("interest", "teach".to_owned()),
    ];
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    canary.post("/api/waitlist", &fields).await;
    app.relay().await;
    let link = link_in(app.mails_to(&address_of(NAME)).last().unwrap());
    canary.post(&link, &[]).await;
    // A second device, a link that is never used, and somebody who fails to sign in.
    let mut phone = canary.clone();
    phone.cookies.clear();
    phone.signs_in(&address_of(NAME)).await;
    phone.asks_for_link(&address_of(NAME)).await;
    app.relay().await;
    let (passkey, _) = canary.adds_passkey(&words(10)).await;
    phone.enters_with(&passkey, "/").await.leads_to();
    let export = canary.gets("/api/account/export").await;
    assert!(export.body.contains(MARK));
    let id = export.json()["member"]["id"].as_str().unwrap().to_owned();
    (canary, id)
}

fn words(number: u32) -> String {
    format!("{MARK} {number}")
}
