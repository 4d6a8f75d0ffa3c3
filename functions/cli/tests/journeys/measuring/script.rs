//! What people do, each thing with its name.

use axum::http::StatusCode;
use jiff::SignedDuration;

use super::Book;
use crate::kit::{LESSON, LESSON_THREAD, Person, address_of, id_of, link_in};

/// The most comments of one member in ten minutes, here.
pub(super) const MANY: u32 = 52;

/// A comment as people write them.
const TEXT: &str = "What helped us: start with *one* question, write down the answer, and only then \
    look at [the next lesson](https://example.org/next). Small steps, on a fixed day of the week. \
    Did anybody find a shorter way than that, perhaps for a smaller group?";

const TALK: &str = "/api/sessions/evening-talk";

pub(super) async fn run(book: &mut Book) {
    let mut moderator = book.app.moderator().await;
    let ben = book.app.member("Ben Hill").await;
    for _ in 0..50 {
        ben.posts(LESSON_THREAD, TEXT).await;
    }
    book.app.relay().await;
    let mut ana = joining(book).await;
    writing(book, &mut ana, &ben, &mut moderator).await;
    taking_part(book, &mut ana, &mut moderator).await;
    learning(book, &mut moderator).await;
    waiting(book).await;
    flooding(book).await;
    leaving(book, &mut ana).await;
    book.app.relay().await;
    book.note_sweep("a sweep with nothing to do").await;
}

async fn joining(book: &mut Book) -> Person {
    let mut ana = book.app.somebody();
    sign_in(book, &mut ana, "signing in for the first time").await;
    ana.gets("/api/account/name").await;
    ana.post("/api/account/name", &[("name", "Ana Sand")]).await;
    book.note("choosing a name").await;
    ana
}

/// The link is one entry, and pressing its button another.
async fn sign_in(book: &mut Book, person: &mut Person, name: &str) {
    let address = address_of("Ana Sand");
    let fields = [("email", address.as_str()), ("return_to", LESSON)];
    book.begin();
    person.post("/api/sign-in", &fields).await;
    if name.ends_with("time") {
        book.note("asking for a sign-in link").await;
    } else {
        book.app.relay().await;
        book.begin();
    }
    let link = link_in(book.app.mails_to(&address).last().unwrap());
    person.gets(&link).await;
    let entered = person.post(&link, &[]).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    book.note(name).await;
}

async fn writing(book: &mut Book, ana: &mut Person, ben: &Person, moderator: &mut Person) {
    let waiting = ana.posts(LESSON_THREAD, TEXT).await;
    book.note("posting a comment that waits").await;
    moderator.gets("/api/moderation").await;
    moderator.approves(&waiting).await;
    book.note("approving it").await;
    let comment = ana.posts(LESSON_THREAD, TEXT).await;
    book.note("posting a comment").await;
    ana.gets(&comment).await;
    book.note("looking at an own comment").await;
    let open = ana
        .gets(&format!("/api/threads/{LESSON_THREAD}/comments/new"))
        .await;
    let (token, key) = (open.field("form_token"), open.field("form_key"));
    let fields = [
        ("body", TEXT),
        ("form_token", token.as_str()),
        ("form_key", key.as_str()),
    ];
    let page = format!("/api/threads/{LESSON_THREAD}/comments");
    ana.post(&page, &fields).await;
    book.app.relay().await;
    book.begin();
    ana.post(&page, &fields).await;
    book.note("sending the same form again").await;
    ana.replies(LESSON_THREAD, &comment, TEXT).await;
    book.note("posting a reply").await;
    moderator.gets(&format!("{comment}/helpful")).await;
    let helpful = [("intent", "mark")];
    moderator
        .post(&format!("{comment}/helpful"), &helpful)
        .await;
    book.note("marking a comment as helpful").await;
    let kind = [("body", TEXT), ("kind", "question")];
    let question = ana.posts_with(LESSON_THREAD, &kind).await;
    let question = question.leads_to().to_owned();
    let answer = ben.replies(LESSON_THREAD, &question, TEXT).await;
    book.app.relay().await;
    book.begin();
    let accept = [("intent", "accept"), ("answer", id_of(&answer))];
    ana.gets(&format!("{question}/answer")).await;
    ana.post(&format!("{question}/answer"), &accept).await;
    book.note("accepting an answer").await;
    let edit = format!("{comment}/edit");
    ana.gets(&edit).await;
    ana.post(&edit, &[("body", "Changed")]).await;
    book.note("editing a comment").await;
    moderator.gets(&comment).await;
    book.note("looking at the earlier texts of a comment").await;
    ana.gets(&format!("{comment}/delete")).await;
    ana.deletes(&comment).await;
    book.note("deleting a comment").await;
}

async fn taking_part(book: &mut Book, ana: &mut Person, moderator: &mut Person) {
    let join = [("join_link", "https://meet.example.org/talk")];
    moderator.post(&format!("{TALK}/link"), &join).await;
    book.note("setting a session's link").await;
    ana.gets(TALK).await;
    ana.post(&format!("{TALK}/seat"), &[]).await;
    book.note("signing up for a session").await;
    ana.post(&format!("{TALK}/seat/cancel"), &[]).await;
    book.note("giving the seat back").await;
    let mut phone = book.app.somebody();
    sign_in(book, &mut phone, "signing in again").await;
    phone.post("/api/sign-out", &[]).await;
    book.note("signing out").await;
    ana.gets("/api/account").await;
    book.note("opening the account page").await;
    ana.gets("/api/account/export").await;
    book.note("taking the data along").await;
}

async fn learning(book: &mut Book, learner: &mut Person) {
    book.app.opens_a_course().await;
    book.begin();
    let marked = learner.has_done("one", LESSON_THREAD).await;
    learner.gets(marked.leads_to()).await;
    book.note("marking a lesson as done").await;
    learner.has_done("one", "second-lesson").await;
    book.begin();
    learner.gets("/api/progress/one/certificate").await;
    book.note("looking at a certificate").await;
}

async fn waiting(book: &mut Book) {
    let mut somebody = book.app.somebody();
    let address = "waits@example.org";
    let fields = [("email", address), ("interest", "learn")];
    book.begin();
    somebody.post("/api/waitlist", &fields).await;
    book.note("asking for a place on the waitlist").await;
    let link = link_in(book.app.mails_to(address).last().unwrap());
    somebody.gets(&link).await;
    let place = somebody.post(&link, &[]).await.leads_to().to_owned();
    book.note("confirming it").await;
    somebody.gets(&place).await;
    book.note("looking at the place").await;
    let leave = place.replace("/place/", "/leave/");
    somebody.post(&leave, &[]).await;
    book.note("leaving the waitlist").await;
}

/// What strangers do, or too often.
async fn flooding(book: &mut Book) {
    let mut stranger = book.app.somebody();
    let page = format!("/api/threads/{LESSON_THREAD}/comments");
    stranger.post(&page, &[("body", TEXT)]).await;
    book.note("posting without being signed in").await;
    stranger.gets("/api/threads/nothing/comments/new").await;
    book.note("a page that is not there").await;
    let mut dan = book.app.member("Dan Field").await;
    for number in 1..=MANY {
        let body = format!("{TEXT} {number}");
        dan.post(&page, &[("body", &body)]).await;
    }
    book.app.relay().await;
    book.begin();
    let refused = dan.post(&page, &[("body", TEXT)]).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    book.note("a comment that a limit refuses").await;
}

async fn leaving(book: &mut Book, ana: &mut Person) {
    ana.gets("/api/account/delete").await;
    ana.post("/api/account/delete", &[]).await;
    book.note("leaving").await;
    book.app.wait(SignedDuration::from_mins(2));
    book.note_sweep("looking again after somebody left").await;
    // A stream that stood still: the sweep does all that the relay would have done.
    let mut eve = book.app.member("Eve Brook").await;
    eve.posts(LESSON_THREAD, TEXT).await;
    eve.post(&format!("{TALK}/seat"), &[]).await;
    eve.post("/api/account/delete", &[]).await;
    book.app.wait(SignedDuration::from_mins(2));
    book.note_sweep("a sweep after somebody wrote, signed up and left, unheard by the relay")
        .await;
}
