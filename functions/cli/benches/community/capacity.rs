//! Capacity units: what DynamoDB would bill for each thing that people do, as the engine reports it
//! when a request asks for `ReturnConsumedCapacity`. In process, with one request at a time; what
//! the relay does afterwards is counted by itself, and shared by a batch when many write.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use sodium_app::clock::Clock;
use sodium_app::config::{ClientAddress, Config};
use sodium_app::mail::Mailer;
use sodium_app::mail::mailbox::Mailbox;
use sodium_app::seal::Keys;
use sodium_app::state::App;
use sodium_cli::community::assemble;
use sodium_cli::engine::Engine;
use sodium_domain::email::EmailAddress;
use tower::ServiceExt as _;

use crate::browser::{NETWORK_HEADER, link_in_mail_to};
use crate::report::Report;
use crate::server::GENEROUS;

const ADDRESS: &str = "ana@example.org";

/// Units, as they add up.
#[derive(Debug, Default, Clone, Copy)]
struct Units {
    read: f64,
    write: f64,
}

pub(crate) fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let mut table = Table::open(folder.path()).await;
        for (what, request) in SCRIPT {
            let (asked, relayed) = table.measure(request).await;
            if let Some(what) = what {
                report.tell(
                    &format!("capacity units, {what}"),
                    &format!(
                        "{} written, {} read; then the relay alone: {} written, {} read",
                        asked.write, asked.read, relayed.write, relayed.read
                    ),
                );
            }
        }
    });
}

/// Something that a person does.
enum Do {
    Ask(&'static str, &'static [(&'static str, &'static str)]),
    /// Opens the link in the newest mail and presses the button.
    Press(&'static str),
    /// Publishes the comment that was posted last.
    Approve,
    /// Answers it.
    Reply,
    Delete,
    SignInModerator,
}

const POST: &str = "/api/threads/a-lesson/comments";
const TEXT: &str = "What helped us: start with *one* question, write down the answer, and only then \
    look at [the next lesson](https://example.org/next). Small steps, on a fixed day of the week. \
    Did anybody find a shorter way than that, perhaps for a smaller group?";

/// Everything in order; what has a name is reported.
const SCRIPT: &[(Option<&str>, Do)] = &[
    (
        Some("asking for a sign-in link"),
        Do::Ask("/api/sign-in", &[("email", ADDRESS)]),
    ),
    (Some("signing in, first time"), Do::Press("/api/sign-in/")),
    (
        Some("choosing a name"),
        Do::Ask("/api/account/name", &[("name", "Ana Sand")]),
    ),
    (
        Some("posting a comment that waits"),
        Do::Ask(POST, &[("body", TEXT)]),
    ),
    (None, Do::SignInModerator),
    (Some("approving it"), Do::Approve),
    (
        Some("posting a comment"),
        Do::Ask(POST, &[("body", TEXT), ("form_key", "form-00001")]),
    ),
    (
        Some("the same form again"),
        Do::Ask(POST, &[("body", TEXT), ("form_key", "form-00001")]),
    ),
    (Some("posting a reply"), Do::Reply),
    (Some("deleting a comment"), Do::Delete),
    (
        Some("signing up for a session"),
        Do::Ask("/api/sessions/a-talk/seat", &[]),
    ),
    (
        Some("giving the seat back"),
        Do::Ask("/api/sessions/a-talk/seat/cancel", &[]),
    ),
    (
        Some("asking for a place on the waitlist"),
        Do::Ask("/api/waitlist", &[("email", ADDRESS)]),
    ),
    (Some("confirming it"), Do::Press("/api/waitlist/confirm/")),
];

pub(crate) struct Table {
    app: App,
    router: Router,
    mailbox: std::path::PathBuf,
    mailer: Mailer,
    units: Arc<Mutex<Units>>,
    cookie: String,
    moderator: String,
    /// The last comment's own page.
    comment: String,
}

impl Table {
    pub(crate) async fn open(folder: &Path) -> Self {
        let (site, files) = (folder.join("site"), folder.join("files"));
        std::fs::create_dir_all(&files).unwrap();
        write_site(&site);
        let units = Arc::new(Mutex::new(Units::default()));
        let heard = units.clone();
        let engine = Engine::in_memory()
            .unwrap()
            .observed(move |operation, answer| {
                heard.lock().unwrap().add(operation, answer);
            });
        let config = Config {
            base_url: "http://localhost:8111".parse().unwrap(),
            policy: toml::from_str(GENEROUS).unwrap(),
            moderators: vec![EmailAddress::parse(crate::server::MODERATOR).unwrap()],
            client_address: ClientAddress::Header(NETWORK_HEADER.into()),
            read_only: false,
            mail_from: EmailAddress::parse("community@example.org").unwrap(),
        };
        let clock = Clock::pinned("2027-03-02T12:00:00Z".parse().unwrap());
        let app = assemble(config, &engine, &files, Keys::generate().unwrap(), clock).unwrap();
        app.publish(&site).await.unwrap();
        let mailbox = folder.join("mailbox");
        Self {
            router: sodium_app::routes::served(sodium_app::routes::all(), &app),
            mailer: Mailer::Local(Mailbox::open(mailbox.clone()).unwrap()),
            app,
            mailbox,
            units,
            cookie: String::new(),
            moderator: String::new(),
            comment: String::new(),
        }
    }

    /// What a request consumes, and what the relay consumes after it.
    async fn measure(&mut self, what: &Do) -> (Units, Units) {
        let token = self.token().await;
        self.take();
        match what {
            Do::Ask(path, fields) => {
                let mut fields = fields.to_vec();
                fields.push(("form_token", &token));
                self.post(path, &fields).await;
            }
            Do::Press(begins) => {
                let link = link_in_mail_to(&self.mailbox, ADDRESS, begins).unwrap();
                self.post(&link, &[]).await;
            }
            Do::Reply => {
                let parent = self.comment.rsplit('/').next().unwrap().to_owned();
                let fields = [
                    ("body", TEXT),
                    ("reply_to", parent.as_str()),
                    ("form_key", "form-00002"),
                ];
                self.post(POST, &fields).await;
            }
            Do::Delete => {
                let path = format!("{}/delete", self.comment);
                self.post(&path, &[]).await;
            }
            Do::Approve => {
                let path = self.comment.replace("/api/threads/", "/api/moderation/");
                let path = path.replace("/comments/", "/");
                std::mem::swap(&mut self.cookie, &mut self.moderator);
                self.post(&path, &[("intent", "approve")]).await;
                std::mem::swap(&mut self.cookie, &mut self.moderator);
            }
            Do::SignInModerator => {
                std::mem::swap(&mut self.cookie, &mut self.moderator);
                let address = crate::server::MODERATOR;
                self.post("/api/sign-in", &[("email", address)]).await;
                self.app.work_off(&self.mailer).await.unwrap();
                let link = link_in_mail_to(&self.mailbox, address, "/api/sign-in/").unwrap();
                self.post(&link, &[]).await;
                std::mem::swap(&mut self.cookie, &mut self.moderator);
            }
        }
        let asked = self.take();
        self.app.work_off(&self.mailer).await.unwrap();
        (asked, self.take())
    }

    /// The mark of a form that was opened a moment ago.
    async fn token(&self) -> String {
        let request = Request::get("/api/threads/a-lesson/form")
            .body(Body::empty())
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX)
            .await
            .unwrap();
        let marks: serde_json::Value = serde_json::from_slice(&body).unwrap();
        marks["token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Units read and written since they were asked for last.
    pub(crate) fn units(&self) -> (f64, f64) {
        let units = self.take();
        (units.read, units.write)
    }

    /// Lets a sweep do what is due. Returns how many mails it sent that gather what is new.
    pub(crate) async fn sweep(&self) -> usize {
        self.app.sweep(&self.mailer).await.unwrap().mailed
    }

    /// Lets a member write so many comments, and the relay publish each. Returns the units read and
    /// written for one, posting and signing in left out.
    pub(crate) async fn comments(&mut self, count: usize) -> (f64, f64) {
        for (_, request) in &SCRIPT[..6] {
            self.measure(request).await;
        }
        let (mut read, mut written) = (0.0, 0.0);
        for number in 0..count {
            let token = self.token().await;
            let key = format!("form-{number:05}");
            let body = format!("{number}. {TEXT}");
            self.post(
                POST,
                &[("body", &body), ("form_key", &key), ("form_token", &token)],
            )
            .await;
            self.take();
            self.app.work_off(&self.mailer).await.unwrap();
            let units = self.take();
            read += units.read;
            written += units.write;
        }
        (read / count as f64, written / count as f64)
    }

    fn take(&self) -> Units {
        std::mem::take(&mut self.units.lock().unwrap())
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) {
        let body = crate::browser::form(fields);
        let request = Request::post(path)
            .header(NETWORK_HEADER, "2001:db8::1")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        assert!(
            answer.status().as_u16() < 400,
            "{path}: {}",
            answer.status()
        );
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            if cookie.starts_with("sodium=") {
                self.cookie = cookie.to_owned();
            }
        }
        let to = answer.headers().get(header::LOCATION);
        let to = to.map(|to| to.to_str().unwrap()).unwrap_or_default();
        if to.contains("/comments/") {
            self.comment = to.to_owned();
        }
    }
}

impl Units {
    fn add(&mut self, operation: &str, answer: &str) {
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        let consumed = match &answer["ConsumedCapacity"] {
            serde_json::Value::Array(tables) => tables.clone(),
            one => vec![one.clone()],
        };
        let units: f64 = consumed
            .iter()
            .map(|table| table["CapacityUnits"].as_f64().unwrap())
            .sum();
        if matches!(
            operation,
            "GetItem" | "Query" | "BatchGetItem" | "TransactGetItems"
        ) {
            self.read += units;
        } else {
            self.write += units;
        }
    }
}

/// A lesson and a session, as Zola would have built them.
fn write_site(site: &Path) {
    let page = |main: &str| format!("<html><head></head><body><main>{main}</main></body></html>");
    for (path, text) in [
        (
            "frame",
            "<html><head><title>%SODIUM_TITLE%</title><meta name=\"sodium-head\"></head><body>\
             <main id=\"main\"><sodium-main></sodium-main></main></body></html>"
                .to_owned(),
        ),
        (
            "lesson",
            page("<sodium-thread thread=\"a-lesson\" title=\"A lesson\"></sodium-thread>"),
        ),
        (
            "talk",
            page(
                "<sodium-seats session=\"a-talk\" title=\"A talk\" starts=\"2027-03-28T18:00\" \
                 zone=\"Europe/Berlin\" minutes=\"60\" capacity=\"20\" status=\"planned\" \
                 sequence=\"0\"></sodium-seats>",
            ),
        ),
    ] {
        std::fs::create_dir_all(site.join(path)).unwrap();
        std::fs::write(site.join(path).join("index.html"), text).unwrap();
    }
    std::fs::write(
        site.join("index.html"),
        page("<sodium-recent></sodium-recent>"),
    )
    .unwrap();
}
