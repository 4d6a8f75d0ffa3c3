//! One stack on moto: a table, a bucket with a published site, keys in the parameter store, a mail
//! identity; and the functions with the variables that the template sets.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use sodium_app::aws::{Access, Clients};
use sodium_app::clock::{Clock, Ids};
use sodium_app::config::{ClientAddress, Config};
use sodium_app::files::{Files, S3Options};
use sodium_app::meter::Meter;
use sodium_app::seal::Keys;
use sodium_app::state::{App, Inner};
use sodium_app::store::{SCHEMA, Store};
use sodium_app::web::health::LastHealth;
use sodium_app::web::page::Pages;
use sodium_domain::email::EmailAddress;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::browser::Browser;
use crate::function::Function;
use crate::gateway::{Gateway, serve};
use crate::http::send;

pub(crate) const BASE_URL: &str = "https://learn.example.org";
pub(crate) const LESSON: &str = "public/courses/one/first/index.html";
const MODERATOR: &str = "mod@example.org";
const SENDER: &str = "community@learn.example.org";
const PARAMETER: &str = "/sodium/test/keys";
/// Seconds that a function may take, as in the template.
const LIMIT: u32 = 20;

/// A stack. Its name is its region, its table and its bucket: nothing is shared with other tests.
pub(crate) struct World {
    name: String,
    moto: String,
    keys: Keys,
    /// The application on the same table and files, to publish with.
    app: App,
}

impl World {
    pub(crate) async fn new() -> Self {
        let name = format!("sodium-{}", Uuid::new_v4().simple());
        let endpoint = std::env::var("AWS_ENDPOINT_URL_S3");
        let endpoint = endpoint.expect("moto is not there; use make cloud-test");
        let moto = endpoint.strip_prefix("http://").unwrap().to_owned();
        let access = Access {
            region: name.clone(),
            key_id: "test".into(),
            secret_key: "test".into(),
            session_token: None,
        };
        let clients = Clients::new(access);
        let keys = Keys::generate().unwrap();
        let bucket = send(&moto, "PUT", &format!("/{name}"), &[], b"").await;
        assert_eq!(bucket.unwrap().status, 200);
        let sender = json!({ "EmailIdentity": "learn.example.org" });
        let mail = clients.mail();
        let known = mail.ask("CreateEmailIdentity", "/v2/email/identities", &sender);
        known.await.unwrap();
        // A client that waited in vain asks again, when it is there already.
        let parameter = json!({
            "Name": PARAMETER, "Value": keys.to_text(), "Type": "SecureString", "Overwrite": true,
        });
        let parameters = clients.parameters();
        let kept = parameters.ask("PutParameter", "/", &parameter);
        kept.await.unwrap();
        let app = application(&clients, &name, keys.clone(), endpoint);
        let world = Self {
            name,
            moto,
            keys,
            app,
        };
        let mut table: Value = serde_json::from_str(SCHEMA).unwrap();
        table["TableName"] = world.name.clone().into();
        world.table("CreateTable", &table).await;
        world.publish().await;
        world
    }

    async fn publish(&self) {
        let site = tempfile::tempdir().unwrap();
        write_site(site.path());
        self.app.publish(site.path()).await.unwrap();
    }

    /// Starts a function of this stack.
    pub(crate) async fn function(&self, name: &str) -> Function {
        Function::start(name, &self.variables(), LIMIT).await
    }

    /// The variables that the template sets, and where moto is.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let endpoint = format!("http://{}", self.moto);
        vec![
            ("AWS_REGION", self.name.clone()),
            ("AWS_ACCESS_KEY_ID", "test".into()),
            ("AWS_SECRET_ACCESS_KEY", "test".into()),
            ("AWS_SESSION_TOKEN", "test".into()),
            ("AWS_ENDPOINT_URL_DYNAMODB", endpoint.clone()),
            ("AWS_ENDPOINT_URL_S3", endpoint.clone()),
            ("AWS_ENDPOINT_URL_SSM", endpoint.clone()),
            ("AWS_ENDPOINT_URL_SESV2", endpoint),
            ("SODIUM_TABLE", self.name.clone()),
            ("SODIUM_FILES", format!("s3://{}", self.name)),
            ("SODIUM_BASE_URL", BASE_URL.into()),
            ("SODIUM_KEYS_PARAMETER", PARAMETER.into()),
            ("SODIUM_MODERATORS", MODERATOR.into()),
            ("SODIUM_MAIL_FROM", SENDER.into()),
        ]
    }

    /// The three HTTP functions behind their gateway, and a browser before it.
    pub(crate) async fn browser(&self) -> Browser {
        let gateway = Gateway {
            comments: self.function("comments").await,
            signups: self.function("signups").await,
            waitlist: self.function("waitlist").await,
            origin_secret: self.keys.origin_secret(),
        };
        Browser::new(serve(Arc::new(gateway)).await)
    }

    /// A file as it is in the bucket.
    pub(crate) async fn file(&self, path: &str) -> String {
        let bytes = self.app.files.read(path).await.unwrap().unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// What SES took, oldest first.
    pub(crate) async fn mails(&self) -> Vec<Value> {
        let path = format!("/sent-mail/{}", self.name);
        let sent = send(&self.moto, "GET", &path, &[], b"").await.unwrap();
        sent.json().as_array().unwrap().clone()
    }

    /// The path of the link in the last mail to somebody.
    pub(crate) async fn link_to(&self, address: &str) -> String {
        let mails = self.mails().await;
        let mail = mails.iter().rfind(|mail| mail["to"] == address);
        let text = mail.unwrap_or_else(|| panic!("no mail to {address}"))["text"].clone();
        let text = text.as_str().unwrap();
        let link = text
            .lines()
            .find(|line| line.starts_with(BASE_URL))
            .unwrap();
        link.trim_start_matches(BASE_URL).to_owned()
    }

    /// The items of the outbox, as a stream would show them.
    pub(crate) async fn outbox(&self) -> Vec<Value> {
        let all = self.table("Scan", &json!({ "TableName": self.name })).await;
        let items = all["Items"].as_array().unwrap().iter();
        let mut items: Vec<Value> = items
            .filter(|item| item["pk"]["S"].as_str().unwrap().starts_with("OUTBOX#"))
            .cloned()
            .collect();
        items.sort_by_key(|item| item["sk"]["S"].as_str().unwrap().to_owned());
        items
    }

    /// Asks the table outside the SDK, for items as they are.
    async fn table(&self, operation: &str, request: &Value) -> Value {
        let target = format!("DynamoDB_20120810.{operation}");
        let signed = format!(
            "AWS4-HMAC-SHA256 Credential=test/20270302/{}/dynamodb/aws4_request, \
             SignedHeaders=host, Signature=none",
            self.name
        );
        let headers = [
            ("x-amz-target", target.as_str()),
            ("content-type", "application/x-amz-json-1.0"),
            ("authorization", &signed),
        ];
        let body = request.to_string();
        let answer = send(&self.moto, "POST", "/", &headers, body.as_bytes()).await;
        let answer = answer.unwrap();
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
        answer.json()
    }
}

fn application(clients: &Clients, name: &str, keys: Keys, endpoint: String) -> App {
    let bucket = S3Options {
        bucket: name.to_owned(),
        access: clients.access.clone(),
        endpoint: Some(endpoint),
    };
    let config = Config {
        base_url: BASE_URL.parse().unwrap(),
        policy: toml::from_str(sodium_app::DEFAULT_POLICY).unwrap(),
        moderators: Vec::new(),
        companies: sodium_app::companies::Companies::default(),
        client_address: ClientAddress::Peer,
        mail_from: EmailAddress::parse(SENDER).unwrap(),
        read_only: false,
    };
    App::new(Inner {
        store: Store::new(clients.dynamodb(), name),
        files: Files::s3(&bucket).unwrap(),
        keys,
        ids: Ids::new(Clock::System),
        clock: Clock::System,
        pages: Pages::default(),
        meter: Meter::default(),
        last_health: LastHealth::default(),
        wake: Arc::new(Notify::new()),
        config,
    })
}

fn write_site(site: &Path) {
    let pages = [
        (
            "frame/index.html",
            "<html><head><title>%SODIUM_TITLE%</title><meta name=\"sodium-head\"></head>\
             <body><main id=\"main\"><sodium-main></sodium-main></main></body></html>",
        ),
        (
            "courses/one/first/index.html",
            "<html><head></head><body><main><p>Lesson</p>\
             <sodium-thread thread=\"first-lesson\" title=\"First lesson\"></sodium-thread>\
             </main></body></html>",
        ),
    ];
    for (path, text) in pages {
        let file = site.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
}
