//! A community in which everything is in every state, for the permission matrix: who is there, and
//! what stands for the parameters and fields of a route.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use jiff::SignedDuration;
use sodium_app::store::Store;
use sodium_cli::engine::{Engine, TABLE, client_over};
use uuid::Uuid;

use crate::kit::roles::Guarded;
use crate::kit::table::Picture;
use crate::kit::{
    LESSON_THREAD, Person, Question, TestApp, address_of, id_of, link_in, make_passkey,
};

/// Who asks. The author wrote the comments, has the seat and owns the device that a row is about.
pub(crate) const ROLES: [&str; 5] = ["anonymous", "nameless", "member", "author", "moderator"];

/// The community, and its table as every cell of the matrix finds it.
pub(crate) struct Place {
    pub(crate) engine: Engine,
    pub(crate) start: Picture,
    people: BTreeMap<&'static str, Person>,
    /// What a parameter is in which state: `("comment", "pending")`.
    things: BTreeMap<(&'static str, &'static str), String>,
    form_token: String,
    /// The answer of the author's new passkey, and of the one that the moderator has.
    answers: BTreeMap<&'static str, Answered>,
}

/// A passkey question with its answer.
struct Answered {
    question: Question,
    answer: String,
}

impl Answered {
    fn fields(&self) -> Vec<(&str, &str)> {
        self.question.with(&self.answer).to_vec()
    }
}

impl Place {
    pub(crate) async fn new() -> Self {
        let engine = Engine::in_memory().unwrap();
        let client = client_over(Guarded::new(engine.clone()), RetryConfig::standard());
        let app = TestApp::on_table(Store::new(client, TABLE), |_| {}).await;
        add_sessions(&app).await;
        app.opens_a_forum().await;
        app.opens_a_course().await;
        let mut things = BTreeMap::new();
        things.extend(expired_links(&app).await);
        app.wait(SignedDuration::from_hours(24 * 8));

        let people = people(&app).await;
        things.extend(blocks(&app, &people).await);
        things.extend(comments(&people).await);
        things.extend(question(&people).await);
        things.extend(seats(&people).await);
        lessons(&people).await;
        things.extend(links(&app).await);
        things.extend(device(&people).await);
        things.extend(passkey(&people).await);
        things.extend(suggestions(&app, &people).await);
        things.extend(links_of_followers(&app, &people).await);
        let mut author = people["author"].clone();
        let open = author.gets("/api/threads/first-lesson/comments/new").await;
        app.wait(SignedDuration::from_secs(30));
        app.relay().await;
        let answers = answers(&app, &people).await;
        Self {
            answers,
            start: Picture::of(&engine),
            engine,
            people,
            things,
            form_token: open.field("form_token"),
        }
    }

    pub(crate) fn somebody(&self, role: &str) -> &Person {
        &self.people[role]
    }

    /// The path of a route that is about something in this state.
    pub(crate) fn path(&self, route: &str, of: &str) -> String {
        let kind = route.split('/').nth(2).unwrap();
        let segments = route.split('/').map(|segment| match segment {
            "{thread}" if of == "unknown thread" => "no-such-thread".to_owned(),
            "{thread}" => LESSON_THREAD.to_owned(),
            "{board}" if of == "forum" => "general".to_owned(),
            "{board}" => of.replace(' ', "-"),
            "{session}" => format!("{of}-talk"),
            "{course}" if of == "unknown course" => "no-such-course".to_owned(),
            "{course}" => "one".to_owned(),
            "{lesson}" if of == "unknown lesson" => "no-such-lesson".to_owned(),
            "{lesson}" => LESSON_THREAD.to_owned(),
            "{comment}" => self.thing("comment", of),
            "{member}" => self.thing("member", of),
            "{decision}" => self.thing("decision", of),
            "{device}" => self.thing("device", of),
            // What a company account does is in journeys/companies.rs, where there is a company.
            "{company}" => self.thing("company", of),
            "{account}" => self.thing("account", of),
            "{suggestion}" => self.thing("suggestion", of),
            "{passkey}" => self.thing("passkey", of),
            "{token}" if kind == "waitlist" => self.thing(route.split('/').nth(3).unwrap(), of),
            "{token}" => self.thing(kind, of),
            other => {
                assert!(
                    !other.starts_with('{'),
                    "what stands for {other} in {route}?"
                );
                other.to_owned()
            }
        });
        segments.collect::<Vec<_>>().join("/")
    }

    fn thing(&self, kind: &str, of: &str) -> String {
        if of == "unknown" {
            return Uuid::nil().to_string();
        }
        let known = self.things.iter();
        let mut known = known.filter(|((k, s), _)| *k == kind && *s == of);
        let (_, thing) = known
            .next()
            .unwrap_or_else(|| panic!("there is no {of} {kind}"));
        thing.clone()
    }

    /// The fields of a form that is sent to a route, filled in so that whoever may do it does it.
    pub(crate) fn fields(&self, route: &str) -> Vec<(&str, &str)> {
        match route {
            "/api/threads/{thread}/comments" => vec![
                ("form_token", &self.form_token),
                ("form_key", "0199a0f0-0000-7000-8000-000000000001"),
                ("body", "A text of the matrix"),
            ],
            "/api/threads/{thread}/comments/{comment}/edit" => vec![("body", "A better text")],
            "/api/threads/{thread}/comments/{comment}/answer" => vec![
                ("intent", "accept"),
                ("answer", &self.things[&("comment", "answer")]),
            ],
            "/api/threads/{thread}/comments/{comment}/helpful" => vec![("intent", "mark")],
            "/api/boards/{board}/topics" => vec![
                ("form_token", &self.form_token),
                ("form_key", "0199a0f0-0000-7000-8000-000000000001"),
                ("title", "A topic of the matrix"),
                ("body", "A text of the matrix"),
            ],
            "/api/threads/{thread}/suggestions" => vec![
                ("form_token", &self.form_token),
                ("form_key", "0199a0f0-0000-7000-8000-000000000001"),
                ("base", &self.things[&("text", "now")]),
                ("body", "A text of the matrix"),
            ],
            "/api/suggestions/{suggestion}/decide" => vec![("intent", "take")],
            "/api/threads/{thread}/comments/{comment}/report" => {
                vec![("form_token", &self.form_token), ("reason", "spam")]
            }
            "/api/moderation/{thread}/{comment}" => vec![("intent", "approve")],
            "/api/threads/{thread}/moderation" => vec![("mode", "closed")],
            "/api/members/{member}/block" => vec![("days", "1"), ("reason", "spam")],
            "/api/members/{member}/reject" => vec![("reason", "spam")],
            "/api/decisions/{decision}/appeal" => vec![("body", "I think otherwise")],
            "/api/decisions/{decision}/answer" => vec![("intent", "approve")],
            "/api/sign-in" => vec![("email", "somebody@example.org"), ("return_to", "/")],
            "/api/account/name" => vec![("name", "Nia Late"), ("return_to", "/")],
            "/api/sign-in/passkey" => self.answers["moderator"].fields(),
            "/api/account/passkeys" => self.answers["author"].fields(),
            "/api/account/passkeys/{passkey}/name" => vec![("name", "Old key")],
            "/api/account/language" => vec![("language", "ar")],
            "/api/account/quotes" => vec![("quoting", "nameless")],
            "/api/account/mails" => vec![("intent", "save"), ("answers", "yes")],
            "/api/threads/{thread}/follow" => vec![("pace", "weekly")],
            "/api/progress/{course}/lessons/{lesson}" => vec![("intent", "done")],
            "/api/mails/{token}" => vec![("mails", "stop")],
            "/api/sessions/{session}/link" => vec![("join_link", "https://meet.example.org/new")],
            "/api/waitlist" => vec![("email", "somebody@example.org"), ("interest", "learn")],
            _ => vec![],
        }
    }
}

/// Beside the planned session of the test site, one that is over and one that was called off.
async fn add_sessions(app: &TestApp) {
    for (name, starts, status) in [
        ("planned", "2027-03-27T18:00", "planned"),
        ("held", "2027-03-03T18:00", "planned"),
        ("cancelled", "2027-03-29T18:00", "cancelled"),
    ] {
        let page = format!(
            "<html><head></head><body><main><sodium-seats session=\"{name}-talk\" title=\"A {name} talk\" \
             starts=\"{starts}\" zone=\"Europe/Berlin\" minutes=\"60\" capacity=\"2\" status=\"{status}\" \
             sequence=\"0\"></sodium-seats></main></body></html>"
        );
        let folder = app.site().join("sessions").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("index.html"), page).unwrap();
    }
    app.app.publish(&app.site()).await.unwrap();
}

async fn people(app: &TestApp) -> BTreeMap<&'static str, Person> {
    let mut nameless = app.somebody();
    nameless.signs_in("nameless@example.org").await;
    BTreeMap::from([
        ("anonymous", app.somebody()),
        ("nameless", nameless),
        ("member", app.member("Otto Moor").await),
        ("author", app.member("Ana Sand").await),
        ("moderator", app.moderator().await),
    ])
}

/// Two blocks of the author that are over, one with an appeal; another moderator's.
async fn blocks(app: &TestApp, people: &BTreeMap<&'static str, Person>) -> Things {
    let mut author = people["author"].clone();
    let export = author.gets("/api/account/export").await.json();
    let member = export["member"]["id"].as_str().unwrap().to_owned();
    let mut other = app.other_moderator().await;
    let mut things = vec![(("member", "author"), member.clone())];
    for state in ["block", "appealed"] {
        let fields = [("days", "1"), ("reason", "unkind")];
        let path = format!("/api/members/{member}/block");
        other.post(&path, &fields).await.leads_to();
        let appeal = author.gets(&author.block_page().await).await;
        let appeal = appeal.action("/appeal");
        if state == "appealed" {
            author
                .post(&appeal, &[("body", "It was a quotation")])
                .await;
        }
        let id = appeal.split('/').nth(3).unwrap();
        things.push((("decision", state), id.to_owned()));
    }
    app.wait(SignedDuration::from_hours(48));
    // The first use of a device on a day is written down; the matrix looks at what else is.
    for person in people.values() {
        person.clone().gets("/api/account").await;
    }
    things
}

type Things = Vec<((&'static str, &'static str), String)>;

async fn comments(people: &BTreeMap<&'static str, Person>) -> Things {
    let (author, moderator) = (&people["author"], &people["moderator"]);
    let mut things = Vec::new();
    for state in ["published", "pending", "rejected", "deleted"] {
        let held = matches!(state, "pending" | "rejected");
        let text = if held {
            "All about the casino"
        } else {
            "A text"
        };
        let comment = author.posts(LESSON_THREAD, text).await;
        author.app.relay().await;
        match state {
            "rejected" => moderator.rejects(&comment, "spam").await,
            "deleted" => author.deletes(&comment).await,
            _ => {}
        }
        things.push((("comment", state), id_of(&comment).to_owned()));
    }
    things
}

/// A question of the author's, with an answer that nobody accepted yet.
async fn question(people: &BTreeMap<&'static str, Person>) -> Things {
    let (author, member) = (&people["author"], &people["member"]);
    let fields = [("body", "How?"), ("kind", "question")];
    let asked = author.posts_with(LESSON_THREAD, &fields).await;
    let question = asked.leads_to();
    author.app.relay().await;
    let answer = member.replies(LESSON_THREAD, question, "So.").await;
    author.app.relay().await;
    vec![
        (("comment", "question"), id_of(question).to_owned()),
        (("comment", "answer"), id_of(&answer).to_owned()),
    ]
}

async fn seats(people: &BTreeMap<&'static str, Person>) -> Things {
    let mut author = people["author"].clone();
    let taken = author.post("/api/sessions/planned-talk/seat", &[]).await;
    assert_eq!(taken.leads_to(), "/api/sessions/planned-talk");
    Vec::new()
}

/// The author has done the whole course.
async fn lessons(people: &BTreeMap<&'static str, Person>) {
    for lesson in [LESSON_THREAD, "second-lesson"] {
        let marked = people["author"].has_done("one", lesson).await;
        marked.leads_to();
    }
}

/// Suggestions of the author's, one in each state.
async fn suggestions(app: &TestApp, people: &BTreeMap<&'static str, Person>) -> Things {
    app.shows_its_text("A text.\n").await;
    let (author, moderator) = (&people["author"], &people["moderator"]);
    let form = "/api/threads/first-lesson/suggestions/new";
    let base = author.clone().gets(form).await.field("base");
    let mut things = vec![(("text", "now"), base)];
    for state in ["waiting", "taken", "declined", "pulled"] {
        let suggestion = author.suggests(&format!("A {state} text.\n")).await;
        let button = match state {
            "waiting" => None,
            "declined" => Some(("reason", "right")),
            _ => Some(("intent", "take")),
        };
        if let Some(button) = button {
            moderator.decides(&suggestion, button).await.leads_to();
        }
        let (store, now) = (&app.app.store, app.app.clock.now());
        let all = store.suggestions(now).await.unwrap();
        let id = id_of(&suggestion);
        let this = all.iter().find(|other| other.id.to_string() == id);
        if state == "pulled" {
            assert!(
                store
                    .suggestion_is_pulled(this.unwrap(), now)
                    .await
                    .unwrap()
            );
        }
        things.push((("suggestion", state), id.to_owned()));
    }
    things
}

async fn device(people: &BTreeMap<&'static str, Person>) -> Things {
    let mut author = people["author"].clone();
    let export = author.gets("/api/account/export").await.json();
    let id = export["devices"][0]["id"].as_str().unwrap();
    vec![(("device", "author's"), id.to_owned())]
}

async fn passkey(people: &BTreeMap<&'static str, Person>) -> Things {
    let mut moderator = people["moderator"].clone();
    let export = moderator.gets("/api/account/export").await.json();
    let id = export["passkeys"][0]["id"].as_str().unwrap();
    vec![(("passkey", "moderator's"), id.to_owned())]
}

async fn answers(
    app: &TestApp,
    people: &BTreeMap<&'static str, Person>,
) -> BTreeMap<&'static str, Answered> {
    let mut author = people["author"].clone();
    let question = author.is_asked("/api/account/passkeys").await;
    let answer = make_passkey(&question.options).1.to_string();
    let first = Answered { question, answer };
    let question = app.somebody().is_asked("/api/sign-in/passkey").await;
    let answer = app.moderators_passkey().prove(&question.options);
    let answer = answer.to_string();
    BTreeMap::from([
        ("author", first),
        ("moderator", Answered { question, answer }),
    ])
}

/// Links that were mailed long ago.
async fn expired_links(app: &TestApp) -> Things {
    let sign_in = app.somebody().asks_for_link("late@example.org").await;
    let confirm = asks_for_place(app, "late@example.org").await;
    vec![
        (("sign-in", "expired"), id_of(&sign_in).to_owned()),
        (("confirm", "expired"), id_of(&confirm).to_owned()),
    ]
}

async fn links(app: &TestApp) -> Things {
    let mut somebody = app.somebody();
    let used = somebody.asks_for_link("used@example.org").await;
    somebody.post(&used, &[]).await;
    let fresh = app.somebody().asks_for_link("fresh@example.org").await;
    let confirm = asks_for_place(app, "fresh@example.org").await;
    let place = joins(app, "placed@example.org").await;
    let left = joins(app, "left@example.org").await;
    let leave = left.replace("/place/", "/leave/");
    app.somebody().post(&leave, &[]).await;
    app.relay().await;
    let mails = app.mails_to("placed@example.org");
    let mut lines = mails.last().unwrap().text.lines();
    let (_, stop) = lines
        .find_map(|line| line.split_once("/api/mails/"))
        .unwrap();
    vec![
        (("sign-in", "used"), id_of(&used).to_owned()),
        (("sign-in", "fresh"), id_of(&fresh).to_owned()),
        (("confirm", "fresh"), id_of(&confirm).to_owned()),
        (("place", "fresh"), id_of(&place).to_owned()),
        (("place", "left"), id_of(&left).to_owned()),
        (("leave", "fresh"), id_of(&place).to_owned()),
        (("leave", "left"), id_of(&left).to_owned()),
        (("mails", "fresh"), stop.trim().to_owned()),
    ]
}

/// The links in mails to somebody who follows the lesson, and to somebody who left since.
async fn links_of_followers(app: &TestApp, people: &BTreeMap<&'static str, Person>) -> Things {
    let mut things = Vec::new();
    for (name, of) in [("Faye Stay", "of a thread"), ("Finn Gone", "of who left")] {
        let mut follower = app.newcomer(name).await;
        let at_once = [("pace", "at-once")];
        follower
            .post("/api/threads/first-lesson/follow", &at_once)
            .await
            .leads_to();
        people["member"].posts(LESSON_THREAD, "Something new").await;
        app.relay().await;
        let mails = app.mails_to(&address_of(name));
        let text = &mails.last().unwrap().text;
        let (_, stop) = text.split_once("/api/mails/").unwrap();
        things.push((("mails", of), stop.trim().to_owned()));
        if of == "of who left" {
            follower.post("/api/account/delete", &[]).await;
            app.relay().await;
        }
    }
    things
}

/// Asks for a place on the waitlist; the path of the link in the mail.
async fn asks_for_place(app: &TestApp, address: &str) -> String {
    let fields = [("email", address), ("interest", "learn")];
    app.somebody().post("/api/waitlist", &fields).await;
    app.relay().await;
    link_in(app.mails_to(address).last().unwrap())
}

async fn joins(app: &TestApp, address: &str) -> String {
    let link = asks_for_place(app, address).await;
    app.somebody().post(&link, &[]).await.leads_to().to_owned()
}
