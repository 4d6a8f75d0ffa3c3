//! The language of the journeys: an app on the embedded engine with a pinned clock, and people who
//! use it as a browser would. Nothing here knows keys, items or modules of the application.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use jiff::SignedDuration;
use sodium_app::clock::Clock;
use sodium_app::config::{ClientAddress, Config};
use sodium_app::mail::Mailer;
use sodium_app::mail::mailbox::{Kept, Mailbox};
use sodium_app::relay::Outgoing;
use sodium_app::routes;
use sodium_app::seal::Keys;
use sodium_app::state::App;
use sodium_cli::community::assemble;
use sodium_cli::engine::Engine;
use sodium_domain::email::EmailAddress;
use sodium_domain::policy::Policy;
use tower::ServiceExt as _;

/// The thread of the lesson in the test site.
pub(crate) const LESSON_THREAD: &str = "first-lesson";
/// The path of that lesson.
pub(crate) const LESSON: &str = "/courses/one/first/";
/// The page of the live session in the test site, which has two seats.
pub(crate) const SESSION_PAGE: &str = "/sessions/talk/";

pub(crate) const BASE_URL: &str = "https://learn.example.org";
const MODERATOR: &str = "mod@example.org";

/// A community for one test.
#[derive(Clone)]
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) mailer: Mailer,
    mailbox: Mailbox,
    router: Router,
    folder: Arc<tempfile::TempDir>,
}

impl TestApp {
    /// A published site, an empty store, and noon on 2 March 2027.
    pub(crate) async fn start() -> Self {
        Self::with_policy(|_| {}).await
    }

    /// The same with another policy.
    pub(crate) async fn with_policy(change: impl FnOnce(&mut Policy)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (site, files) = (folder.path().join("site"), folder.path().join("files"));
        std::fs::create_dir_all(files.join("public")).unwrap();
        std::fs::create_dir_all(files.join("shells")).unwrap();
        write_site(&site);
        let mut policy: Policy = toml::from_str(sodium_app::DEFAULT_POLICY).unwrap();
        change(&mut policy);
        let config = Config {
            base_url: BASE_URL.parse().unwrap(),
            policy,
            moderators: vec![EmailAddress::parse(MODERATOR).unwrap()],
            client_address: ClientAddress::Header("x-test-network".into()),
            mail_from: EmailAddress::parse("community@learn.example.org").unwrap(),
        };
        let engine = Engine::in_memory().unwrap();
        let clock = Clock::pinned("2027-03-02T12:00:00Z".parse().unwrap());
        let app = assemble(config, &engine, &files, Keys::generate().unwrap(), clock).unwrap();
        app.publish(&site).await.unwrap();
        let mailbox = Mailbox::open(folder.path().join("mailbox")).unwrap();
        let all = routes::comments()
            .merge(routes::signups())
            .merge(routes::waitlist());
        Self {
            router: routes::served(all, &app),
            mailer: Mailer::Local(mailbox.clone()),
            mailbox,
            folder: Arc::new(folder),
            app,
        }
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, by: SignedDuration) {
        self.app.clock.advance(by);
    }

    /// Lets the relay do all that is due.
    pub(crate) async fn relay(&self) {
        self.app.work_off(&self.mailer).await.unwrap();
    }

    /// Work that waits in the outbox.
    pub(crate) async fn due(&self) -> Vec<Outgoing> {
        self.app.store.outbox().await.unwrap()
    }

    /// A file as an anonymous reader gets it; nothing if there is none.
    pub(crate) fn file(&self, path: &str) -> Option<String> {
        let path = path.split('#').next().unwrap().trim_start_matches('/');
        let file = self.folder.path().join("files/public").join(path);
        let file = if path.is_empty() || path.ends_with('/') {
            file.join("index.html")
        } else {
            file
        };
        std::fs::read_to_string(file).ok()
    }

    /// A page as an anonymous reader gets it.
    pub(crate) fn reads(&self, path: &str) -> String {
        self.file(path)
            .unwrap_or_else(|| panic!("there is no page {path}"))
    }

    /// Every public file with its bytes.
    pub(crate) fn public_files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(&self.folder.path().join("files/public"), &mut found);
        found
    }

    /// Every public file as text, compressed siblings unpacked: what anybody can read.
    pub(crate) fn public_texts(&self) -> Vec<(PathBuf, String)> {
        let texts = self.public_files().into_iter().map(|(path, bytes)| {
            let text = match path.extension().and_then(|ending| ending.to_str()) {
                Some("gz") => unpacked(flate2::read::GzDecoder::new(bytes.as_slice())),
                Some("br") => unpacked(brotli::Decompressor::new(bytes.as_slice(), 4096)),
                _ => bytes,
            };
            (path, String::from_utf8(text).unwrap())
        });
        texts.collect()
    }

    /// The folder that was published, to change it.
    pub(crate) fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    /// Mails to an address, oldest first.
    pub(crate) fn mails_to(&self, address: &str) -> Vec<Kept> {
        let mut mails = self.mailbox.list().unwrap();
        mails.retain(|mail| mail.to.eq_ignore_ascii_case(address));
        mails.reverse();
        mails
    }

    /// Somebody at a computer, signed in nowhere.
    pub(crate) fn somebody(&self) -> Person {
        Person {
            app: self.clone(),
            cookies: BTreeMap::new(),
            network: "192.0.2.1".into(),
        }
    }

    /// A member with a name, whose first comment was approved long ago.
    pub(crate) async fn member(&self, name: &str) -> Person {
        let person = self.newcomer(name).await;
        let posted = person.posts(LESSON_THREAD, "My first words here.").await;
        let moderator = self.moderator().await;
        moderator.approves(&posted).await;
        person.deletes(&posted).await;
        self.relay().await;
        person
    }

    /// A member with a name, who never wrote.
    pub(crate) async fn newcomer(&self, name: &str) -> Person {
        let mut person = self.somebody();
        person.network = format!("2001:db8:{:x}::1", name.bytes().map(u32::from).sum::<u32>());
        person.signs_in(&address_of(name)).await;
        let chosen = person.post("/api/account/name", &[("name", name)]).await;
        assert_eq!(
            chosen.status,
            StatusCode::SEE_OTHER,
            "{name}: {}",
            chosen.body
        );
        person
    }

    /// The community's moderator.
    pub(crate) async fn moderator(&self) -> Person {
        let mut person = self.somebody();
        person.signs_in(MODERATOR).await;
        person
            .post("/api/account/name", &[("name", "Kim of the Team")])
            .await;
        person
    }
}

/// The address of a member of this name.
pub(crate) fn address_of(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', "."))
}

/// Somebody with a browser.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) app: TestApp,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) network: String,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) body: String,
}

impl Reply {
    /// Where the browser was sent; the test fails if it was not.
    pub(crate) fn leads_to(&self) -> &str {
        self.location
            .as_deref()
            .unwrap_or_else(|| panic!("{}: {}", self.status, self.body))
    }

    /// The value of a hidden field in the page.
    pub(crate) fn field(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) = self
            .body
            .split_once(&mark)
            .unwrap_or_else(|| panic!("no field {name}"));
        rest.split('"').next().unwrap().replace("&#x2F;", "/")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
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
        body: String,
        headers: &[(&str, &str)],
    ) -> Reply {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path.split('#').next().unwrap())
            .header("x-test-network", &self.network)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if !headers
            .iter()
            .any(|(name, _)| matches!(*name, "origin" | "sec-fetch-site"))
        {
            request = request.header("sec-fetch-site", "same-origin");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|value| value.to_str().unwrap().to_owned());
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        Reply {
            status,
            location,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    fn keep(&mut self, cookie: &str) {
        let (name, rest) = cookie.split_once('=').unwrap();
        let value = rest.split(';').next().unwrap();
        if cookie.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Asks for a sign-in link and returns the path that the newest mail holds.
    pub(crate) async fn asks_for_link(&mut self, address: &str) -> String {
        let sent = self
            .post("/api/sign-in", &[("email", address), ("return_to", LESSON)])
            .await;
        assert_eq!(sent.leads_to(), "/api/sign-in/sent");
        self.app.relay().await;
        link_in(self.app.mails_to(address).last().unwrap())
    }

    /// Signs in by mail link.
    pub(crate) async fn signs_in(&mut self, address: &str) {
        let link = self.asks_for_link(address).await;
        let entered = self.post(&link, &[]).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.body);
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

pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect::<String>()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

/// A site of few pages, as Zola would have built it.
fn write_site(site: &Path) {
    let write = |path: &str, text: &str| {
        let file = site.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    let page = |main: &str| format!("<html><head></head><body><main>{main}</main></body></html>");
    write(
        "frame/index.html",
        "<html><head><title>%SODIUM_TITLE%</title><meta name=\"sodium-head\"></head>\
         <body><main id=\"main\"><sodium-main></sodium-main></main></body></html>",
    );
    write("index.html", &page("<sodium-recent></sodium-recent>"));
    write(
        "discussions/index.html",
        &page("<sodium-threads></sodium-threads>"),
    );
    write("404.html", &page("Nothing here"));
    write(
        "courses/one/first/index.html",
        &page(
            "<p>Lesson</p><sodium-thread thread=\"first-lesson\" title=\"First lesson\"></sodium-thread>",
        ),
    );
    write(
        "courses/one/second/index.html",
        &page("<sodium-thread thread=\"second-lesson\" title=\"Second lesson\"></sodium-thread>"),
    );
    write(
        "sessions/talk/index.html",
        &page(
            "<sodium-seats session=\"evening-talk\" title=\"Evening talk\" starts=\"2027-03-28T18:00\" \
             zone=\"Europe/Berlin\" minutes=\"60\" capacity=\"2\" status=\"planned\" sequence=\"0\"></sodium-seats>\
             <sodium-thread thread=\"talk-thread\" title=\"Evening talk\"></sodium-thread>",
        ),
    );
}

fn unpacked(mut reader: impl std::io::Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    bytes
}

fn collect(folder: &Path, into: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            into.insert(path, bytes);
        }
    }
}
