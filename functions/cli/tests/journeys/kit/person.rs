//! People who use the community as a browser would: with cookies, forms and links in mails.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use jiff::SignedDuration;
use sodium_app::mail::mailbox::Kept;
use tower::ServiceExt as _;

use super::browsing::{Cookies, cookie_header, form, keep};
use super::provider::Provider;
use super::{BASE_URL, LESSON, Reply, SoftPasskey, TestApp, make_passkey};

/// A passkey question as the page's script gets it.
pub(crate) struct Question {
    pub(crate) options: serde_json::Value,
    challenge: String,
}

impl Question {
    /// The fields of the form that carries an answer.
    pub(crate) fn with<'a>(&'a self, answer: &'a str) -> [(&'static str, &'a str); 2] {
        [("challenge", &self.challenge), ("credential", answer)]
    }
}

/// How often somebody sends a form that could not be taken.
const PERSISTENCE: usize = 20;

/// Somebody with a browser.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) app: TestApp,
    pub(crate) cookies: Cookies,
    pub(crate) network: String,
}

impl Person {
    /// Opens a page of a function.
    pub(crate) async fn gets(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, String::new(), &[]).await
    }

    /// Sends a form.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send(Method::POST, path, form(fields), &[]).await
    }

    /// Sends a form until the community does not say any more that it cannot be done now.
    pub(crate) async fn insists(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        for _ in 0..PERSISTENCE {
            let reply = self.post(path, fields).await;
            if reply.status != StatusCode::SERVICE_UNAVAILABLE {
                return reply;
            }
        }
        panic!("{path} could not be done {PERSISTENCE} times");
    }

    /// Sends a form as the page's script does.
    pub(crate) async fn fetches(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let accept = [("accept", "application/json")];
        self.send(Method::POST, path, form(fields), &accept).await
    }

    /// Sends a request with headers of its own.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: impl Into<Body>,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(path.split('#').next().unwrap())
            .header("x-test-network", &self.network)
            .header(header::COOKIE, cookie_header(&self.cookies));
        let says = |names: &[&str]| headers.iter().any(|(name, _)| names.contains(name));
        if !says(&["origin", "sec-fetch-site"]) {
            request = request.header("sec-fetch-site", "same-origin");
        }
        if !says(&["content-type"]) {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        let cookies = response.headers().get_all(header::SET_COOKIE).iter();
        let cookies: Vec<String> = cookies.map(|c| c.to_str().unwrap().to_owned()).collect();
        for cookie in &cookies {
            keep(&mut self.cookies, cookie);
        }
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        let location = response.headers().get(header::LOCATION).map(text);
        let retry_after = response.headers().get(header::RETRY_AFTER).map(text);
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        self.app.traffic.note(status, bytes.len());
        Reply {
            status,
            location,
            retry_after,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
            cookies,
        }
    }

    /// Asks for a sign-in link and returns the path that the newest mail holds.
    pub(crate) async fn asks_for_link(&mut self, address: &str) -> String {
        let sent = self
            .post("/api/sign-in", &[("email", address), ("return_to", LESSON)])
            .await;
        assert_eq!(sent.leads_to(), "/api/sign-in/sent");
        self.app.relay().await;
        // Moderators get mails of another kind as well.
        let mut mails = self.app.mails_to(address);
        mails.retain(|mail| mail.subject.contains("sign in"));
        link_in(mails.last().unwrap())
    }

    /// Signs in by mail link.
    pub(crate) async fn signs_in(&mut self, address: &str) {
        let link = self.asks_for_link(address).await;
        let entered = self.post(&link, &[]).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.body);
    }

    /// Asks a passkey question, as the page's script does.
    pub(crate) async fn is_asked(&mut self, path: &str) -> Question {
        let asked = self.fetches(&format!("{path}/challenge"), &[]).await;
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
        let mut asked = asked.json();
        Question {
            options: asked["options"].take(),
            challenge: asked["challenge"].as_str().unwrap().to_owned(),
        }
    }

    /// Makes a passkey and adds it to the own account.
    pub(crate) async fn adds_passkey(&mut self, name: &str) -> (SoftPasskey, Reply) {
        let question = self.is_asked("/api/account/passkeys").await;
        let (passkey, answer) = make_passkey(&question.options);
        let answer = answer.to_string();
        let fields = [&question.with(&answer)[..], &[("name", name)]].concat();
        let added = self.post("/api/account/passkeys", &fields).await;
        (passkey, added)
    }

    /// Signs in with a passkey, without an address.
    pub(crate) async fn enters_with(&mut self, passkey: &SoftPasskey, return_to: &str) -> Reply {
        let question = self.is_asked("/api/sign-in/passkey").await;
        let answer = passkey.prove(&question.options).to_string();
        self.answers(&question, &answer, return_to).await
    }

    /// Answers a question of the sign-in page.
    pub(crate) async fn answers(
        &mut self,
        question: &Question,
        answer: &str,
        return_to: &str,
    ) -> Reply {
        let fields = [&question.with(answer)[..], &[("return_to", return_to)]].concat();
        self.post("/api/sign-in/passkey", &fields).await
    }

    /// Signs in with an account at a company.
    pub(crate) async fn comes_from(&mut self, provider: &Provider) -> Reply {
        let gone = self.gets("/api/sign-in/company/acme?return_to=/courses/");
        let back = provider.lets_in(gone.await.leads_to());
        self.gets(&back).await
    }

    /// Writes a comment with a form that a person had time to read. Returns its own page.
    pub(crate) async fn posts(&self, thread: &str, body: &str) -> String {
        self.posts_with(thread, &[("body", body)])
            .await
            .leads_to()
            .to_owned()
    }

    /// Answers a comment, given by its own page.
    pub(crate) async fn replies(&self, thread: &str, to: &str, body: &str) -> String {
        let fields = [("body", body), ("reply_to", id_of(to))];
        self.posts_with(thread, &fields).await.leads_to().to_owned()
    }

    /// Sends the comment form of a thread with these fields.
    pub(crate) async fn posts_with(&self, thread: &str, fields: &[(&str, &str)]) -> Reply {
        let mut me = self.clone();
        let open = me
            .gets(&format!("/api/threads/{thread}/comments/new"))
            .await;
        let (token, key) = (open.field("form_token"), open.field("form_key"));
        me.app.wait(SignedDuration::from_secs(5));
        let mut all = vec![("form_token", token.as_str()), ("form_key", key.as_str())];
        all.extend_from_slice(fields);
        me.post(&format!("/api/threads/{thread}/comments"), &all)
            .await
    }

    /// Begins a topic with a form that a person had time to read.
    pub(crate) async fn begins(&self, board: &str, fields: &[(&str, &str)]) -> Reply {
        let mut me = self.clone();
        let open = me.gets(&format!("/api/boards/{board}/topics/new")).await;
        let (token, key) = (open.field("form_token"), open.field("form_key"));
        me.app.wait(SignedDuration::from_secs(5));
        let mut all = vec![("form_token", token.as_str()), ("form_key", key.as_str())];
        all.extend_from_slice(fields);
        me.post(&format!("/api/boards/{board}/topics"), &all).await
    }

    /// Marks a lesson as done.
    pub(crate) async fn has_done(&self, course: &str, lesson: &str) -> Reply {
        let path = format!("/api/progress/{course}/lessons/{lesson}");
        self.clone().post(&path, &[("intent", "done")]).await
    }

    /// Sends a suggestion how the first lesson should read, with a form that a person had time to read.
    pub(crate) async fn suggests_with(&self, fields: &[(&str, &str)]) -> Reply {
        let marks = self.opens_text().await;
        let mut all: Vec<(&str, &str)> = fields.to_vec();
        all.extend(marks.iter().map(|(name, value)| (*name, value.as_str())));
        let mut me = self.clone();
        me.post("/api/threads/first-lesson/suggestions", &all).await
    }

    /// Opens the text of the first lesson to change it, and reads. Returns what the form carries along.
    pub(crate) async fn opens_text(&self) -> [(&'static str, String); 3] {
        let form = "/api/threads/first-lesson/suggestions/new";
        let open = self.clone().gets(form).await;
        self.app.wait(SignedDuration::from_secs(5));
        ["base", "form_token", "form_key"].map(|name| (name, open.field(name)))
    }

    /// Suggests how the first lesson should read. Returns the suggestion's page.
    pub(crate) async fn suggests(&self, body: &str) -> String {
        let sent = self.suggests_with(&[("body", body)]).await;
        sent.leads_to().to_owned()
    }

    /// Presses a button for a suggestion, or one against it.
    pub(crate) async fn decides(&self, suggestion: &str, button: (&str, &str)) -> Reply {
        let mut me = self.clone();
        me.post(&format!("{suggestion}/decide"), &[button]).await
    }

    /// Deletes an own comment.
    pub(crate) async fn deletes(&self, comment: &str) {
        let deleted = self.clone().post(&format!("{comment}/delete"), &[]).await;
        assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.body);
    }

    /// Publishes a comment that waits.
    pub(crate) async fn approves(&self, comment: &str) {
        let decided = self
            .clone()
            .post(&decision(comment), &[("intent", "approve")])
            .await;
        assert_eq!(decided.leads_to(), "/api/moderation");
    }

    /// Decides against a comment that waits.
    pub(crate) async fn rejects(&self, comment: &str, reason: &str) {
        let fields = [("intent", "reject"), ("reason", reason)];
        let decided = self.clone().post(&decision(comment), &fields).await;
        assert_eq!(decided.leads_to(), "/api/moderation");
    }
}

/// The identifier in the address of a comment's own page.
pub(crate) fn id_of(comment: &str) -> &str {
    comment.rsplit('/').next().unwrap()
}

fn decision(comment: &str) -> String {
    let mut parts = comment.trim_start_matches("/api/threads/").split('/');
    format!(
        "/api/moderation/{}/{}",
        parts.next().unwrap(),
        parts.nth(1).unwrap()
    )
}

/// The path of the first link to this site in a mail.
pub(crate) fn link_in(mail: &Kept) -> String {
    let line = mail
        .text
        .lines()
        .find(|line| line.starts_with(BASE_URL))
        .unwrap();
    line.trim_start_matches(BASE_URL).to_owned()
}
