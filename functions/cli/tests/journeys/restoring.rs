//! A table that comes back from a copy, and what people deleted since.

use axum::http::StatusCode;
use jiff::SignedDuration;
use sodium_app::store::Store;
use sodium_app::transfer::{Replayed, Transfer};
use sodium_cli::engine::{Engine, TABLE};

use crate::kit::ledger::Ledger;
use crate::kit::table::{Picture, raw};
use crate::kit::{LESSON, LESSON_THREAD, Person, SESSION_PAGE, TestApp, address_of, link_in};
use crate::scenario::generous;

const NAME: &str = "Zyxandra Quillfeather";
const WORDS: &str = "xylophonic-canary";
const WAITING: &str = "quetzal@example.org";

/// A community whose table is copied, and later put back.
struct Community {
    engine: Engine,
    app: TestApp,
}

impl Community {
    async fn start() -> Self {
        let engine = Engine::in_memory().unwrap();
        let app = TestApp::on_table(Ledger::over(&engine).store(), generous).await;
        Self { engine, app }
    }

    /// Puts the copy back, and returns the table that it replaces.
    async fn restores(&self, copy: &Picture) -> Engine {
        let replaced = Engine::in_memory().unwrap();
        Picture::of(&self.engine).comes_back(&replaced).await;
        copy.comes_back(&self.engine).await;
        replaced
    }

    async fn replays(&self, replaced: &Engine) -> Replayed {
        let transfer = Transfer {
            store: self.app.app.store.clone(),
            keys: self.app.app.keys.clone(),
            clock: self.app.app.clock.clone(),
        };
        let newer = Store::new(replaced.client(), TABLE);
        let replayed = transfer.replay_deletions(&newer, &mut |_| ()).await;
        replayed.unwrap()
    }

    /// Where a text is: items of the table, and pages.
    fn finds(&self, trace: &str) -> Vec<String> {
        let items = raw(&self.engine)
            .into_iter()
            .filter(|item| item.contains(trace));
        let mut found: Vec<String> = items.collect();
        let pages = self.app.public_texts().into_iter();
        found.extend(
            pages
                .filter(|(_, text)| text.contains(trace))
                .map(|(path, _)| path.display().to_string()),
        );
        found
    }

    async fn publishes(&self) {
        self.app.app.publish(&self.app.site()).await.unwrap();
        for _ in 0..2 {
            self.app.relay().await;
            self.app.wait(SignedDuration::from_mins(2));
            self.app.app.sweep(&self.app.mailer).await.unwrap();
        }
    }
}

/// Goes onto the waitlist, and returns the way to leave it.
async fn joins(app: &TestApp) -> String {
    let mut guest = app.somebody();
    guest.post("/api/waitlist", &[("email", WAITING)]).await;
    app.relay().await;
    let link = link_in(app.mails_to(WAITING).last().unwrap());
    let place = guest.post(&link, &[]).await.leads_to().to_owned();
    app.relay().await;
    place.replace("/place/", "/leave/")
}

async fn leaves(mut person: Person) {
    let left = person.post("/api/account/delete", &[]).await;
    assert_eq!(left.status, StatusCode::OK);
}

#[tokio::test]
async fn what_was_deleted_after_the_copy_is_deleted_again_and_nothing_else() {
    let community = Community::start().await;
    let app = &community.app;
    let (canary, ben) = (app.member(NAME).await, app.member("Ben Hill").await);
    let theirs = canary
        .posts(LESSON_THREAD, &format!("{WORDS} of somebody who leaves"))
        .await;
    app.relay().await;
    ben.replies(LESSON_THREAD, &theirs, "An answer that stays")
        .await;
    let regretted = ben
        .posts(LESSON_THREAD, &format!("{WORDS} of somebody who stays"))
        .await;
    canary
        .clone()
        .post("/api/sessions/evening-talk/seat", &[])
        .await;
    app.shows_its_text("Use small steps.\n").await;
    let suggestion = ben.suggests(&format!("Use {WORDS} steps.")).await;
    let leave_waitlist = joins(app).await;
    app.relay().await;
    let copy = Picture::of(&community.engine);

    app.wait(SignedDuration::from_hours(24));
    ben.deletes(&regretted).await;
    let withdraw = format!("{suggestion}/withdraw");
    let withdrawn = ben.clone().post(&withdraw, &[]).await;
    assert_eq!(withdrawn.status, StatusCode::OK);
    leaves(canary.clone()).await;
    app.somebody().post(&leave_waitlist, &[]).await;
    ben.posts(LESSON_THREAD, "After the copy").await;
    community.publishes().await;
    let address = address_of(NAME);
    let traces = [NAME, WORDS, WAITING, address.as_str()];
    for trace in traces {
        assert_eq!(community.finds(trace), Vec::<String>::new());
    }

    let replaced = community.restores(&copy).await;
    for trace in traces {
        assert!(
            !community.finds(trace).is_empty(),
            "{trace}: the copy does not hold it"
        );
    }
    let replayed = community.replays(&replaced).await;
    assert_eq!((replayed.members, replayed.places), (1, 1), "{replayed:?}");
    assert!(replayed.comments >= 1, "{replayed:?}");
    assert_eq!(replayed.suggestions, 1, "{replayed:?}");
    community.publishes().await;
    for trace in traces {
        let found = community.finds(trace);
        assert!(found.is_empty(), "‘{trace}’ is left: {found:#?}");
    }
    assert!(app.reads(LESSON).contains("An answer that stays"));
    assert!(
        !app.reads(LESSON).contains("After the copy"),
        "that is lost"
    );
    assert!(app.reads(SESSION_PAGE).contains("0 of 2 seats"));

    // A second time there is nothing to do, and another copy can be restored from here.
    let before = Picture::of(&community.engine);
    let again = community.replays(&replaced).await;
    let nothing = Replayed {
        remembered: again.remembered,
        ..Replayed::default()
    };
    assert_eq!(again, nothing);
    assert_eq!(before.differs_from(&Picture::of(&community.engine)), []);
    let once_more = community.restores(&copy).await;
    assert_eq!(community.replays(&once_more).await.members, 1);
}

#[tokio::test]
async fn who_came_back_before_the_copy_was_made_stays() {
    let community = Community::start().await;
    let app = &community.app;
    let canary = app.newcomer(NAME).await;
    let leave_waitlist = joins(app).await;
    leaves(canary).await;
    app.somebody().post(&leave_waitlist, &[]).await;
    community.publishes().await;
    app.wait(SignedDuration::from_hours(48));
    let again = app.newcomer(NAME).await;
    joins(app).await;
    let copy = Picture::of(&community.engine);

    let replaced = community.restores(&copy).await;
    let replayed = community.replays(&replaced).await;
    assert!(replayed.remembered >= 2);
    assert_eq!((replayed.members, replayed.places), (0, 0), "{replayed:?}");
    let export = again.clone().gets("/api/account/export").await.json();
    assert_eq!(export["member"]["name"], NAME);
    assert!(!community.finds(WAITING).is_empty());
}
