//! Following a thread by mail: who is told of what, when, and how often.

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use sodium_app::mail::Mailer;
use sodium_app::mail::mailbox::Kept;
use sodium_app::relay::{RelayError, Work};

use crate::kit::{BASE_URL, LESSON, LESSON_THREAD, Person, TestApp, address_of, form};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Person {
    /// Follows a thread in this pace, or stops following it.
    async fn follows(&mut self, thread: &str, pace: &str) {
        let path = format!("/api/threads/{thread}/follow");
        let followed = self.post(&path, &[("pace", pace)]).await;
        assert_eq!(followed.leads_to(), path);
    }
}

impl TestApp {
    /// Nobody's comment waits, and nobody writes too fast.
    async fn talkative() -> Self {
        let app = Self::with_policy(|policy| {
            policy.hold.until_approved = 0;
            policy.limits.comments_per_member = 1000;
            policy.limits.comments_per_network = 1000;
        })
        .await;
        // From now on turns count.
        app.sweep_mails().await;
        app
    }

    /// Lets everything happen that is due. Returns how many mails gathered what is new.
    async fn sweep_mails(&self) -> usize {
        self.relay().await;
        self.app.sweep(&self.mailer).await.unwrap().mailed
    }

    /// Mails to somebody that tell what others wrote.
    fn news_to(&self, name: &str) -> Vec<Kept> {
        let mut mails = self.mails_to(&address_of(name));
        mails.retain(|mail| header(mail, "List-Id").is_some());
        mails
    }
}

/// A header of a mail, its continuation lines joined.
fn header(mail: &Kept, name: &str) -> Option<String> {
    let head = mail.source.split("\r\n\r\n").next().unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let start = format!("{name}: ");
    head.split("\r\n")
        .find_map(|line| line.strip_prefix(&start).map(str::to_owned))
}

/// The path in `List-Unsubscribe`.
fn stop_path(mail: &Kept) -> String {
    let value = header(mail, "List-Unsubscribe").unwrap();
    let url = value.trim_start_matches('<').trim_end_matches('>');
    assert!(mail.text.contains(url), "{}", mail.text);
    url.trim_start_matches(BASE_URL).to_owned()
}

#[tokio::test]
async fn fifty_comments_in_an_hour_are_one_mail_a_day() {
    let app = TestApp::talkative().await;
    let mut ana = app.newcomer("Ana Sand").await;
    let ben = app.newcomer("Ben Hill").await;
    ben.posts(LESSON_THREAD, "Before anybody followed").await;
    app.relay().await;
    ana.follows(LESSON_THREAD, "daily").await;
    for number in 1..=50 {
        ben.posts(LESSON_THREAD, &format!("Comment {number} of fifty"))
            .await;
        app.wait(SignedDuration::from_mins(1));
    }
    app.wait(DAY);
    app.sweep_mails().await;
    let news = app.news_to("Ana Sand");
    assert_eq!(news.len(), 1, "one mail");
    let text = &news[0].text;
    assert!(
        text.contains("Comment 1 of fifty") && text.contains("And 44 more"),
        "{text}"
    );
    assert!(!text.contains("Before anybody followed"), "{text}");
    assert!(
        app.news_to("Ben Hill").is_empty(),
        "who follows nothing hears nothing"
    );

    for _ in 0..3 {
        app.wait(DAY);
        assert_eq!(app.sweep_mails().await, 0, "nothing is new");
    }
}

#[tokio::test]
async fn a_week_is_one_mail_and_two_threads_go_together() {
    let app = TestApp::talkative().await;
    let mut ana = app.newcomer("Ana Sand").await;
    let ben = app.newcomer("Ben Hill").await;
    ana.follows(LESSON_THREAD, "weekly").await;
    ana.follows("second-lesson", "weekly").await;
    // As many as one mail shows of a discussion, whichever day of the week is Ana's.
    for day in 0..7 {
        if day < 6 {
            ben.posts(LESSON_THREAD, "Something").await;
            ben.posts("second-lesson", "Something else").await;
        }
        app.wait(DAY);
        app.sweep_mails().await;
    }
    let news = app.news_to("Ana Sand");
    assert_eq!(news.len(), 1);
    assert_eq!(news[0].subject, "What is new in 2 discussions");
    for _ in 0..7 {
        app.wait(DAY);
        app.sweep_mails().await;
    }
    let rest: usize = app
        .news_to("Ana Sand")
        .iter()
        .map(|mail| mail.text.matches("Ben Hill, ").count())
        .sum();
    assert_eq!(rest, 12, "each comment once");
    assert!(app.news_to("Ana Sand").len() <= 2, "one mail a week");
}

#[tokio::test]
async fn each_comment_at_once_and_each_mail_once_however_often_it_is_delivered() {
    let app = TestApp::talkative().await;
    let mut followers = Vec::new();
    for number in 0..30 {
        let mut person = app.newcomer(&format!("Reader {}", word(number))).await;
        person.follows(LESSON_THREAD, "at-once").await;
        followers.push(format!("Reader {}", word(number)));
    }
    let mut ben = app.newcomer("Ben Hill").await;
    ben.follows(LESSON_THREAD, "at-once").await;
    ben.posts(LESSON_THREAD, "**Fresh** from the press").await;
    // Numbered by the first pass; what tells people of it is handed over again and again.
    let bakes = app.due().await;
    app.app.relay(&app.mailer, &bakes).await.unwrap();
    let announced = app.due().await;
    assert!(
        announced
            .iter()
            .any(|work| matches!(work.work, Work::Announce { .. }))
    );
    let nobody_listens = Mailer::smtp("smtp://127.0.0.1:1").unwrap();
    app.app.relay(&nobody_listens, &announced).await.unwrap();
    for _ in 0..3 {
        // Until nobody holds what the failed attempt claimed.
        app.wait(SignedDuration::from_mins(2));
        app.app.work(&app.mailer, &announced).await;
        app.relay().await;
    }
    app.app.work(&app.mailer, &announced).await;
    app.relay().await;
    for name in &followers {
        let news = app.news_to(name);
        assert_eq!(news.len(), 1, "{name}");
        assert!(
            news[0].text.contains("Fresh from the press"),
            "{}",
            news[0].text
        );
    }
    assert!(
        app.news_to("Ben Hill").is_empty(),
        "nobody is told what they wrote themselves"
    );
    assert_eq!(app.sweep_mails().await, 0);
}

fn word(number: u8) -> String {
    let letter = |n: u8| char::from(b'a' + n);
    format!("{}{}x", letter(number / 6), letter(number % 6))
}

#[tokio::test]
async fn a_mail_says_which_list_it_belongs_to_and_stacks_with_its_thread() {
    let app = TestApp::talkative().await;
    let mut ana = app.newcomer("Ana Sand").await;
    ana.follows(LESSON_THREAD, "at-once").await;
    let ben = app.newcomer("Ben Hill").await;
    ben.posts(LESSON_THREAD, "One").await;
    ben.posts(LESSON_THREAD, &"Two words. ".repeat(100)).await;
    app.relay().await;
    let news = app.news_to("Ana Sand");
    assert_eq!(news.len(), 2);
    for mail in &news {
        let root = "<first-lesson.discussions@learn.example.org>";
        assert_eq!(
            header(mail, "List-Id").unwrap(),
            "<first-lesson.discussions.learn.example.org>"
        );
        assert_eq!(header(mail, "In-Reply-To").unwrap(), root);
        assert_eq!(header(mail, "References").unwrap(), root);
        assert_eq!(
            header(mail, "List-Unsubscribe-Post").unwrap(),
            "List-Unsubscribe=One-Click"
        );
        assert_eq!(header(mail, "Auto-Submitted").unwrap(), "auto-generated");
        assert!(
            header(mail, "Message-ID")
                .unwrap()
                .contains(&mail.id.to_string())
        );
        assert!(
            !mail.source.contains("<img") && !mail.source.contains("Two words. ".repeat(20).trim())
        );
    }
    assert_eq!(news[0].subject, news[1].subject);
}

#[tokio::test]
async fn what_is_gone_or_waits_when_the_mail_is_made_is_not_in_it() {
    let app = TestApp::talkative().await;
    let mut ana = app.newcomer("Ana Sand").await;
    ana.follows(LESSON_THREAD, "daily").await;
    let ben = app.newcomer("Ben Hill").await;
    let gone = ben.posts(LESSON_THREAD, "Taken back").await;
    ana.posts(LESSON_THREAD, "Written by Ana").await;
    ben.posts(LESSON_THREAD, "Stays there").await;
    app.relay().await;
    ben.deletes(&gone).await;
    app.wait(DAY);
    assert_eq!(app.sweep_mails().await, 1);
    let text = &app.news_to("Ana Sand")[0].text;
    assert!(text.contains("Stays there"), "{text}");
    assert!(
        !text.contains("Taken back") && !text.contains("Written by Ana"),
        "{text}"
    );

    ben.deletes(
        &ben.posts(LESSON_THREAD, "Gone before anybody could hear")
            .await,
    )
    .await;
    app.relay().await;
    app.wait(DAY);
    assert_eq!(app.sweep_mails().await, 0);
}

#[tokio::test]
async fn a_sweep_that_finds_no_mail_server_goes_on_later_and_two_at_once_send_one_mail() {
    let app = TestApp::talkative().await;
    let mut names = Vec::new();
    for number in 0..8 {
        let name = format!("Reader {}", word(number));
        let mut person = app.newcomer(&name).await;
        person.follows(LESSON_THREAD, "daily").await;
        names.push(name);
    }
    let ben = app.newcomer("Ben Hill").await;
    ben.posts(LESSON_THREAD, "Something").await;
    app.relay().await;
    app.wait(DAY);
    let nobody_listens = Mailer::smtp("smtp://127.0.0.1:1").unwrap();
    app.app.sweep(&nobody_listens).await.unwrap_err();
    app.wait(SignedDuration::from_mins(2));
    let (one, other) = tokio::join!(app.app.sweep(&app.mailer), app.app.sweep(&app.mailer));
    for swept in [one, other] {
        let met = swept.is_err_and(|error| !matches!(error, RelayError::Busy));
        assert!(
            !met,
            "a sweep may only fail on a mail that the other is sending"
        );
    }
    // What one left to the other.
    app.wait(SignedDuration::from_mins(2));
    app.app.sweep(&app.mailer).await.unwrap();
    for name in &names {
        assert_eq!(app.news_to(name).len(), 1, "{name}");
    }
    app.wait(DAY);
    assert_eq!(app.sweep_mails().await, 0);
}

#[tokio::test]
async fn changing_the_pace_tells_nothing_twice_and_forgets_nothing() {
    let app = TestApp::talkative().await;
    let mut ana = app.newcomer("Ana Sand").await;
    let ben = app.newcomer("Ben Hill").await;
    ana.follows(LESSON_THREAD, "at-once").await;
    ben.posts(LESSON_THREAD, "Told at once").await;
    app.relay().await;
    ana.follows(LESSON_THREAD, "weekly").await;
    ben.posts(LESSON_THREAD, "Told together").await;
    app.relay().await;
    ana.follows(LESSON_THREAD, "daily").await;
    app.wait(DAY);
    assert_eq!(app.sweep_mails().await, 1);
    let news = app.news_to("Ana Sand");
    assert_eq!(news.len(), 2);
    assert!(news[1].text.contains("Told together") && !news[1].text.contains("Told at once"));

    ana.follows(LESSON_THREAD, "off").await;
    ben.posts(LESSON_THREAD, "Told to nobody").await;
    app.relay().await;
    app.wait(WEEK);
    assert_eq!(app.sweep_mails().await, 0);
}

#[tokio::test]
async fn one_click_stops_a_thread_and_the_page_undoes_it() {
    let app = TestApp::talkative().await;
    let mut ana = app.newcomer("Ana Sand").await;
    ana.follows(LESSON_THREAD, "at-once").await;
    ana.follows("second-lesson", "at-once").await;
    let ben = app.newcomer("Ben Hill").await;
    ben.posts(LESSON_THREAD, "One").await;
    app.relay().await;
    let stop = stop_path(&app.news_to("Ana Sand")[0]);

    // Looking changes nothing, whoever looks.
    let mut anybody = app.somebody();
    for _ in 0..2 {
        let page = anybody.gets(&stop).await.body;
        assert!(page.contains("Stop mails about “First lesson”?"), "{page}");
    }
    let one_click = form(&[("List-Unsubscribe", "One-Click")]);
    let from_elsewhere = [("sec-fetch-site", "cross-site")];
    let clicked = anybody
        .send(Method::POST, &stop, one_click, &from_elsewhere)
        .await;
    assert_eq!(clicked.status, StatusCode::NO_CONTENT, "{}", clicked.body);
    ben.posts(LESSON_THREAD, "Two").await;
    ben.posts("second-lesson", "Elsewhere").await;
    app.relay().await;
    assert_eq!(app.news_to("Ana Sand").len(), 2, "the other thread goes on");

    // A person undoes it, in the pace that they had.
    let again = anybody
        .post(&stop, &[("mails", "send"), ("pace", "at-once")])
        .await;
    assert!(
        anybody
            .gets(again.leads_to())
            .await
            .body
            .contains("Stop mails about")
    );
    let stopped = anybody.post(&stop, &[("mails", "stop")]).await;
    let page = anybody.gets(stopped.leads_to()).await;
    assert_eq!(
        (page.field("mails").as_str(), page.field("pace").as_str()),
        ("send", "at-once")
    );
    anybody
        .post(&stop, &[("mails", "send"), ("pace", "at-once")])
        .await;

    // And stops everything.
    let all = anybody.post(&stop, &[("mails", "stop-all")]).await;
    assert!(
        anybody
            .gets(all.leads_to())
            .await
            .body
            .contains("You get no mails")
    );
    let account = ana.gets("/api/account").await.body;
    assert!(account.contains("You stopped all mails"), "{account}");
    ben.posts(LESSON_THREAD, "Three").await;
    app.relay().await;
    assert_eq!(app.news_to("Ana Sand").len(), 2);
    ana.post("/api/account/mails", &[("intent", "send-again")])
        .await;
    ben.posts(LESSON_THREAD, "Four").await;
    app.relay().await;
    assert_eq!(app.news_to("Ana Sand").len(), 3);
}

#[tokio::test]
async fn the_link_in_a_gathering_mail_stops_these_mails_only() {
    let app = TestApp::talkative().await;
    let mut ana = app.newcomer("Ana Sand").await;
    let ben = app.newcomer("Ben Hill").await;
    ana.follows(LESSON_THREAD, "daily").await;
    ana.follows("second-lesson", "at-once").await;
    ben.posts(LESSON_THREAD, "One").await;
    app.relay().await;
    app.wait(DAY);
    assert_eq!(app.sweep_mails().await, 1);
    let stop = stop_path(&app.news_to("Ana Sand")[0]);
    app.somebody().post(&stop, &[("mails", "stop")]).await;
    ben.posts(LESSON_THREAD, "Two").await;
    ben.posts("second-lesson", "Elsewhere").await;
    app.relay().await;
    app.wait(DAY);
    assert_eq!(app.sweep_mails().await, 0);
    assert_eq!(app.news_to("Ana Sand").len(), 2);
    ana.signs_in(&address_of("Ana Sand")).await;
    let account = ana.gets("/api/account").await.body;
    assert!(
        account.contains("You stopped the mails that gather"),
        "{account}"
    );
    app.somebody().post(&stop, &[("mails", "send")]).await;
    ben.posts(LESSON_THREAD, "Three").await;
    app.relay().await;
    app.wait(DAY);
    assert_eq!(app.sweep_mails().await, 1);
    assert!(
        !app.news_to("Ana Sand")[2].text.contains("Two"),
        "what came while it was stopped is not made good"
    );
}

#[tokio::test]
async fn an_answer_is_told_to_who_asked_for_that_and_to_nobody_else() {
    let app = TestApp::talkative().await;
    let mut ana = app.newcomer("Ana Sand").await;
    let ben = app.newcomer("Ben Hill").await;
    let asked = ana.posts(LESSON_THREAD, "A question of Ana").await;
    app.relay().await;
    ben.replies(LESSON_THREAD, &asked, "An answer before").await;
    app.relay().await;
    assert!(
        app.news_to("Ana Sand").is_empty(),
        "nobody asked for a mail"
    );

    ana.post(
        "/api/account/mails",
        &[("intent", "save"), ("answers", "yes"), ("usual", "weekly")],
    )
    .await;
    ana.follows(LESSON_THREAD, "at-once").await;
    ben.replies(LESSON_THREAD, &asked, "An answer afterwards")
        .await;
    app.relay().await;
    let news = app.news_to("Ana Sand");
    assert_eq!(news.len(), 1, "one mail, though there are two reasons");
    assert!(
        news[0].subject.contains("Ben Hill answered you"),
        "{}",
        news[0].subject
    );

    // Who is told of it by itself is not told again in the evening.
    ana.follows(LESSON_THREAD, "daily").await;
    ben.replies(LESSON_THREAD, &asked, "Yet another answer")
        .await;
    app.relay().await;
    ben.posts(LESSON_THREAD, "And something new").await;
    app.relay().await;
    app.wait(DAY);
    assert_eq!(app.sweep_mails().await, 1);
    let news = app.news_to("Ana Sand");
    assert_eq!(news.len(), 3);
    assert!(
        news[2].text.contains("something new") && !news[2].text.contains("Yet another"),
        "{}",
        news[2].text
    );

    let stop = stop_path(&news[0]);
    app.somebody().post(&stop, &[]).await;
    ben.replies(LESSON_THREAD, &asked, "The last answer").await;
    app.relay().await;
    assert_eq!(app.news_to("Ana Sand").len(), 3);
}

#[tokio::test]
async fn who_leaves_hears_nothing_any_more_and_leaves_no_trace_among_followers() {
    let app = TestApp::talkative().await;
    let ben = app.newcomer("Ben Hill").await;
    let mut ana = app.newcomer("Ana Sand").await;
    ana.follows(LESSON_THREAD, "at-once").await;
    ana.follows("second-lesson", "daily").await;
    ben.posts(LESSON_THREAD, "One").await;
    app.relay().await;
    let stop = stop_path(&app.news_to("Ana Sand")[0]);
    let export = ana.gets("/api/account/export").await.json();
    assert_eq!(export["follows"].as_array().unwrap().len(), 2, "{export}");
    assert_eq!(export["told"].as_array().unwrap().len(), 2, "{export}");
    let page = ana.gets("/api/account").await.body;
    assert!(
        page.contains("Second lesson") && page.contains("Once a day"),
        "{page}"
    );

    ana.post("/api/account/delete", &[]).await;
    app.relay().await;
    ben.posts(LESSON_THREAD, "Two").await;
    ben.posts("second-lesson", "Two").await;
    app.relay().await;
    app.wait(DAY);
    assert_eq!(app.sweep_mails().await, 0);
    assert_eq!(app.news_to("Ana Sand").len(), 1);
    assert_eq!(app.somebody().gets(&stop).await.status, StatusCode::GONE);
    // Who comes back follows nothing.
    let mut again = app.newcomer("Ana Sand").await;
    let export = again.gets("/api/account/export").await.json();
    assert_eq!(export["follows"].as_array().unwrap().len(), 0);
    let page = again.gets("/api/threads/second-lesson/follow").await.body;
    assert!(page.contains("Follow this discussion") && !page.contains("Stop following"));
}

#[tokio::test]
async fn following_needs_somebody_who_is_signed_in_and_a_thread_that_is_there() {
    let app = TestApp::start().await;
    let page = app
        .somebody()
        .gets("/api/threads/first-lesson/follow")
        .await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert_eq!(page.field("return_to"), "/api/threads/first-lesson/follow");
    let mut ana = app.newcomer("Ana Sand").await;
    for (path, pace, status) in [
        (
            "/api/threads/no-such-thread/follow",
            "daily",
            StatusCode::NOT_FOUND,
        ),
        (
            "/api/threads/first-lesson/follow",
            "hourly",
            StatusCode::BAD_REQUEST,
        ),
    ] {
        assert_eq!(ana.post(path, &[("pace", pace)]).await.status, status);
    }
    // Several at once are the same as one.
    let (mut one, mut other) = (ana.clone(), ana.clone());
    let path = "/api/threads/first-lesson/follow";
    tokio::join!(
        one.post(path, &[("pace", "daily")]),
        other.post(path, &[("pace", "weekly")])
    );
    let export = ana.gets("/api/account/export").await.json();
    assert_eq!(export["follows"].as_array().unwrap().len(), 1);
    assert_eq!(export["told"].as_array().unwrap().len(), 1);
    ana.post("/api/account/mails", &[("intent", "unfollow-all")])
        .await;
    let export = ana.gets("/api/account/export").await.json();
    assert_eq!(export["told"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_mention_is_told_to_who_wants_to_hear_of_it_and_takes_part() {
    let app = TestApp::talkative().await;
    let (ana, ben) = (
        app.newcomer("Ana Sand").await,
        app.newcomer("Ben Hill").await,
    );
    let cleo = app.newcomer("Cleo Marsh").await;
    for person in [&ana, &cleo] {
        let choices = [("intent", "save"), ("answers", "yes")];
        person
            .clone()
            .post("/api/account/mails", &choices)
            .await
            .leads_to();
    }
    let first = ana.posts(LESSON_THREAD, "Here is Ana").await;
    app.relay().await;
    let text = "@Ana Sand and @Cleo Marsh, look: `@Ana Sand`";
    ben.posts(LESSON_THREAD, text).await;
    app.relay().await;
    let news = app.news_to("Ana Sand");
    assert_eq!(news.len(), 1);
    assert!(
        news[0].subject.contains("Ben Hill mentioned you"),
        "{}",
        news[0].subject
    );
    assert!(app.news_to("Cleo Marsh").is_empty(), "she never wrote here");
    let page = app.reads(LESSON);
    assert!(
        page.contains("<strong>@Ana Sand</strong> and @Cleo Marsh"),
        "{page}"
    );

    // An answer that mentions is one mail, and nobody is told of themselves or by an edit.
    ben.replies(LESSON_THREAD, &first, "So it is, @Ana Sand")
        .await;
    ana.posts(LESSON_THREAD, "I, @Ana Sand, and @Ben Hill")
        .await;
    app.relay().await;
    assert_eq!(app.news_to("Ana Sand").len(), 2);
    assert!(
        app.news_to("Ben Hill").is_empty(),
        "he did not ask for mails"
    );
    let plain = ben.posts(LESSON_THREAD, "Nobody is meant").await;
    app.relay().await;
    let edit = format!("{plain}/edit");
    ben.clone()
        .post(&edit, &[("body", "@Ana Sand is meant")])
        .await
        .leads_to();
    app.relay().await;
    assert_eq!(app.news_to("Ana Sand").len(), 2);
    assert!(
        app.reads(LESSON)
            .contains("<strong>@Ana Sand</strong> is meant")
    );
}

#[tokio::test]
async fn the_boxes_are_empty_and_do_what_they_say() {
    let app = TestApp::talkative().await;
    let mut nora = app.somebody();
    nora.signs_in("nora@example.org").await;
    let page = nora.gets("/api/account/name").await.body;
    assert!(
        page.contains("name=\"answers\"") && !page.contains("checked"),
        "{page}"
    );
    nora.post(
        "/api/account/name",
        &[("name", "Nora New"), ("answers", "yes")],
    )
    .await;
    let form = nora
        .gets("/api/threads/first-lesson/comments/new")
        .await
        .body;
    assert!(form.contains("name=\"follow\" value=\"yes\">"), "{form}");
    nora.posts(LESSON_THREAD, "Without the box").await;
    let export = nora.gets("/api/account/export").await.json();
    assert_eq!(export["member"]["mails"]["answers"], true);
    assert_eq!(
        export["follows"].as_array().unwrap().len(),
        0,
        "writing follows nothing"
    );

    let ticked = [("body", "With it"), ("follow", "yes")];
    nora.posts_with(LESSON_THREAD, &ticked).await.leads_to();
    nora.follows(LESSON_THREAD, "weekly").await;
    nora.posts_with(LESSON_THREAD, &[("body", "Once more"), ("follow", "yes")])
        .await
        .leads_to();
    let export = nora.gets("/api/account/export").await.json();
    assert_eq!(
        export["follows"][0]["pace"], "weekly",
        "a box changes no choice"
    );

    // The tick comes back after signing in.
    let mut stranger = app.somebody();
    let path = "/api/threads/second-lesson/comments";
    let kept = stranger
        .post(path, &[("body", "Kept"), ("follow", "yes")])
        .await;
    let form = stranger.gets(&kept.field("return_to")).await.body;
    assert!(
        form.contains("name=\"follow\" value=\"yes\" checked"),
        "{form}"
    );
}
