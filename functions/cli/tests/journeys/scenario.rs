//! A community in which everything happens once: for tests that look at all that is left of it.

use axum::http::StatusCode;
use jiff::SignedDuration;
use sodium_cli::roles::Wish;
use sodium_domain::member::Role;
use sodium_domain::policy::Policy;

use crate::kit::provider::Provider;
use crate::kit::{LESSON_THREAD, Person, TestApp, address_of, id_of, link_in};

/// A comment that nobody wrote.
const UNKNOWN: &str = "01990000-0000-7000-8000-000000000001";

const SEAT: &str = "/api/sessions/evening-talk";

/// Limits that a whole scenario does not reach.
pub(crate) fn generous(policy: &mut Policy) {
    policy.limits.comments_per_member = 1_000;
    policy.limits.comments_per_network = 1_000;
    policy.limits.sign_in_mails = 1_000;
    policy.limits.mails_per_network = 1_000;
}

/// Everything that people can do here, and what follows from it. Something new is done here, too.
pub(crate) async fn everything_happens(app: &TestApp, provider: &Provider) {
    app.with_arabic_boards().await;
    app.opens_a_course().await;
    // First, because the company's clock stands still.
    let mut emil = app.somebody();
    emil.comes_from(provider).await.leads_to();
    let mut ana = app.member("Ana Sand").await;
    let mut ben = app.member("Ben Hill").await;
    let moderator = app.moderator().await;
    follows(app, &mut ana, &mut ben).await;
    talk(app, &ana, &ben, &moderator).await;
    suggestions(app, &ana, &ben, &moderator).await;
    crowd(app, &ben).await;
    publishes_a_digest(app).await;
    moderation(app, &ben, &moderator).await;
    lessons(&ana, &ben).await;
    seats(app, &mut ana, &mut ben, moderator).await;
    waitlist(app).await;
    mails(app, &mut ben).await;
    identity(app, &mut ben).await;
    app.takes_old_comments().await;
    app.somebody()
        .posts_with(LESSON_THREAD, &[("body", "Before I sign in")])
        .await;
    let left = ana.post("/api/account/delete", &[]).await;
    assert_eq!(left.status, StatusCode::OK);
    app.relay().await;
    for _ in 0..2 {
        app.wait(SignedDuration::from_mins(30));
        app.app.sweep(&app.mailer).await.unwrap();
        app.relay().await;
    }
}

/// Somebody follows a lesson and hears of each comment, and somebody of many together.
async fn follows(app: &TestApp, ana: &mut Person, ben: &mut Person) {
    app.app.sweep(&app.mailer).await.unwrap();
    let follow = format!("/api/threads/{LESSON_THREAD}/follow");
    for (person, pace) in [(&mut *ana, "at-once"), (&mut *ben, "daily")] {
        person.post(&follow, &[("pace", pace)]).await.leads_to();
    }
    let choices = [("intent", "save"), ("answers", "yes"), ("usual", "weekly")];
    ana.post("/api/account/mails", &choices).await.leads_to();
    let english = [("language", "en")];
    ana.post("/api/account/language", &english).await.leads_to();
    let nameless = [("quoting", "nameless")];
    ana.post("/api/account/quotes", &nameless).await.leads_to();
}

/// More followers than are told from one piece of work, and one who hears of it once a week.
async fn crowd(app: &TestApp, ben: &Person) {
    let follow = format!("/api/threads/{LESSON_THREAD}/follow");
    for number in 0..27 {
        let letter = |n: u8| char::from(b'a' + n);
        let name = format!("Reader {}{}x", letter(number / 6), letter(number % 6));
        let pace = if number == 0 { "weekly" } else { "at-once" };
        let mut reader = app.newcomer(&name).await;
        reader.post(&follow, &[("pace", pace)]).await.leads_to();
        let choices = [("intent", "save"), ("digests", "yes")];
        reader.post("/api/account/mails", &choices).await.leads_to();
    }
    ben.posts(LESSON_THREAD, "To many readers").await;
    app.relay().await;
}

/// A digest that quotes a lesson's discussion. Its readers are more than are told from one piece of work.
pub(crate) async fn publishes_a_digest(app: &TestApp) {
    let week = app.last_week();
    app.publishes_digest(&week, "A quiet week", &[(LESSON_THREAD, UNKNOWN)])
        .await;
    app.relay().await;
}

/// Comments in every state, answers on the same page and on another, drafts of an answer.
async fn talk(app: &TestApp, ana: &Person, ben: &Person, moderator: &Person) {
    let first = ana.posts(LESSON_THREAD, "The first of many").await;
    app.relay().await;
    for number in 0..50 {
        ben.posts(LESSON_THREAD, &format!("Remark {number}")).await;
    }
    app.relay().await;
    ben.replies(
        LESSON_THREAD,
        &first,
        "An answer on another page, @Ana Sand",
    )
    .await;
    let edited = ana.posts(LESSON_THREAD, "With a mistake").await;
    app.relay().await;
    app.wait(SignedDuration::from_mins(20));
    let edit = format!("{edited}/edit");
    ana.clone().post(&edit, &[("body", "Without one")]).await;
    let question = [("body", "How?"), ("kind", "question"), ("heading", "why")];
    let question = ben.posts_with(LESSON_THREAD, &question).await;
    let question = question.leads_to();
    app.relay().await;
    let answer = ana.replies(LESSON_THREAD, question, "So.").await;
    let dora = app.member("Dora Wells").await;
    let other = dora.replies(LESSON_THREAD, question, "Or so.").await;
    app.relay().await;
    let accept = [("intent", "accept"), ("answer", id_of(&other))];
    let accepted = ben
        .clone()
        .post(&format!("{question}/answer"), &accept)
        .await;
    accepted.leads_to();
    for answer in [&answer, &other] {
        let mark = [("intent", "mark")];
        let marked = ben.clone().post(&format!("{answer}/helpful"), &mark).await;
        marked.leads_to();
    }
    topics(app, ana, ben).await;
    let correction = [("body", "A dash is missing."), ("kind", "correction")];
    let correction = ben.posts_with(LESSON_THREAD, &correction).await;
    app.relay().await;
    app.publishes_a_fix(id_of(correction.leads_to())).await;
    let deleted = ben.posts(LESSON_THREAD, "Not for long").await;
    app.relay().await;
    ben.deletes(&deleted).await;
    for (text, reason) in [
        ("A casino", None),
        ("My casino", Some("spam")),
        ("Casino!", Some("off-topic")),
    ] {
        let held = ben.posts(LESSON_THREAD, text).await;
        app.relay().await;
        if let Some(reason) = reason {
            moderator.rejects(&held, reason).await;
        }
    }
    let mut stranger = app.somebody();
    let path = format!("/api/threads/{LESSON_THREAD}/comments");
    let fields = [
        ("body", "Kept for later"),
        ("reply_to", id_of(&first)),
        ("heading", "why"),
    ];
    let kept = stranger.post(&path, &fields).await;
    assert_eq!(kept.status, StatusCode::UNAUTHORIZED);
}

/// Topics: one that stays, one that goes with its author, one whose writer has to sign in first.
async fn topics(app: &TestApp, ana: &Person, ben: &Person) {
    for (person, title) in [(ana, "A topic that goes"), (ben, "A topic that stays")] {
        let fields = [("title", title), ("body", "Its text"), ("kind", "question")];
        let begun = person.begins("general", &fields).await;
        begun.leads_to();
    }
    let arabic = [("title", "سؤال بالعربية"), ("body", "نصّه")];
    ben.begins("general-ar", &arabic).await.leads_to();
    let fields = [("title", "A topic for later"), ("body", "Kept for later")];
    let mut stranger = app.somebody();
    let kept = stranger.post("/api/boards/general/topics", &fields).await;
    assert_eq!(kept.status, StatusCode::UNAUTHORIZED);
}

/// Suggested edits in every state, and one of somebody who has to sign in first.
async fn suggestions(app: &TestApp, ana: &Person, ben: &Person, moderator: &Person) {
    app.shows_its_text("Small steps.\n").await;
    ana.suggests("Small steps!\n").await;
    let fields = [
        ("body", "Smaller steps.\n"),
        ("why", "It is more exact"),
        ("credit", "nameless"),
    ];
    let taken = ben.suggests_with(&fields).await;
    let declined = ben.suggests("Large steps.\n").await;
    let regretted = ben.suggests("No steps.\n").await;
    ben.clone()
        .post(&format!("{regretted}/withdraw"), &[])
        .await;
    let against = ("reason", "right");
    moderator.decides(&declined, against).await.leads_to();
    let take = ("intent", "take");
    moderator.decides(taken.leads_to(), take).await.leads_to();
    app.relay().await;
    let now = app.app.clock.now();
    for suggestion in app.app.store.suggestions(now).await.unwrap() {
        if taken.leads_to().ends_with(&suggestion.id.to_string()) {
            let pulled = app.app.store.suggestion_is_pulled(&suggestion, now);
            assert!(pulled.await.unwrap());
        }
    }
    let stranger = app.somebody();
    let kept = stranger.suggests_with(&fields).await;
    assert_eq!(kept.status, StatusCode::UNAUTHORIZED);
}

/// Reports, appeals, blocks, a discussion that is slow for a while, and what is taken back.
async fn moderation(app: &TestApp, ben: &Person, moderator: &Person) {
    let other = app.other_moderator().await;
    let contested = ben.posts(LESSON_THREAD, "Contested").await;
    app.relay().await;
    for network in ["203.0.113.7", "203.0.113.8"] {
        let mut reader = app.somebody();
        reader.network = network.into();
        reader.reports(&contested, "spam").await;
    }
    moderator.approves(&contested).await;
    moderator.rejects(&contested, "spam").await;
    ben.appeals(&contested, "It is none.").await;
    other.approves(&contested).await;
    other.undoes_the_newest().await;
    other.approves(&contested).await;
    for days in ["1", "7"] {
        moderator.blocks_author_of(&contested, days).await;
    }
    ben.appeals(&ben.block_page().await, "It was a quotation.")
        .await;
    let mut answering = other.clone();
    let answer = answering.gets("/api/moderation").await.action("/answer");
    let answered = answering.post(&answer, &[("intent", "approve")]).await;
    answered.leads_to();
    let settings = format!("/api/threads/{LESSON_THREAD}/moderation");
    answering.post(&settings, &[("mode", "slow")]).await;
    answering.undoes_the_newest().await;
    app.relay().await;
}

/// A course is done by somebody, and by somebody who leaves.
async fn lessons(ana: &Person, ben: &Person) {
    for (person, lesson) in [
        (ana, LESSON_THREAD),
        (ben, LESSON_THREAD),
        (ben, "second-lesson"),
    ] {
        person.has_done("one", lesson).await.leads_to();
    }
}

async fn seats(app: &TestApp, ana: &mut Person, ben: &mut Person, mut moderator: Person) {
    let mut cleo = app.newcomer("Cleo Marsh").await;
    for person in [ana, ben, &mut cleo] {
        person.post(&format!("{SEAT}/seat"), &[]).await;
    }
    let link = [("join_link", "https://meet.example.org/secret-room")];
    moderator.post(&format!("{SEAT}/link"), &link).await;
    app.relay().await;
}

async fn waitlist(app: &TestApp) {
    for address in ["wanda@example.org", "willi@example.org"] {
        let fields = [("email", address), ("interest", "teach")];
        app.somebody().post("/api/waitlist", &fields).await;
        app.relay().await;
        let link = link_in(app.mails_to(address).last().unwrap());
        let place = app.somebody().post(&link, &[]).await.leads_to().to_owned();
        if address.starts_with("willi") {
            let leave = place.replace("/place/", "/leave/");
            app.somebody().post(&leave, &[]).await;
        }
    }
    app.relay().await;
}

/// Somebody wants no more mails.
async fn mails(app: &TestApp, ben: &mut Person) {
    let mails = app.mails_to(&address_of("Ben Hill"));
    let stop = mails.iter().rev().flat_map(|mail| mail.text.lines());
    let stop = stop
        .filter_map(|line| line.split_once("/api/mails/"))
        .next();
    let path = format!("/api/mails/{}", stop.unwrap().1.trim());
    ben.post(&path, &[("mails", "stop")]).await;
    app.relay().await;
}

/// A passkey is made and used, a role is given, a name changed, and somebody signs out everywhere else.
async fn identity(app: &TestApp, ben: &mut Person) {
    let (passkey, _) = ben.adds_passkey("Phone").await;
    ben.enters_with(&passkey, "/").await.leads_to();
    let grant = Wish::Grant("Ben Hill".into(), Role::Mentor);
    app.operator(grant).await.unwrap();
    let renamed = [("name", "Ben Hillside"), ("return_to", "/")];
    ben.post("/api/account/name", &renamed).await.leads_to();
    ben.post("/api/account/sign-out-others", &[])
        .await
        .leads_to();
}
