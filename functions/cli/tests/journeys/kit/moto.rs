//! Everything on moto: the table, files on S3, keys from the parameter store, mail through SES.
//! Each test has a region of its own, which keeps tables and mails apart; buckets have unique names.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use sodium_app::aws::Clients;
use sodium_app::files::{Files, S3Options};
use sodium_app::mail::mailbox::Kept;
use sodium_app::mail::{Mailer, Ses};
use sodium_app::seal::Keys;
use uuid::Uuid;

use super::http::ask;
use super::world::{Outside, World, clients, own_table};

const PARAMETER: &str = "/sodium/test/keys";

/// The bucket and the sent mails of one test.
#[derive(Clone)]
pub(crate) struct Moto {
    endpoint: String,
    bucket: S3Options,
}

/// A mail as Python's mail parser reads it.
#[derive(Deserialize)]
struct Sent {
    id: Uuid,
    to: String,
    subject: String,
    text: String,
    source: String,
}

impl Moto {
    /// A world in which nothing happened yet.
    pub(crate) async fn world() -> World {
        let name = Uuid::new_v4().simple().to_string();
        let clients = clients(&format!("test-{name}"));
        let endpoint = std::env::var("AWS_ENDPOINT_URL_S3").unwrap();
        let bucket = S3Options {
            bucket: format!("sodium-{name}"),
            access: clients.access.clone(),
            endpoint: Some(endpoint.clone()),
        };
        ask(&endpoint, "PUT", &format!("/{}", bucket.bucket), &[], "");
        let sender = json!({ "EmailIdentity": "learn.example.org" });
        let mail = clients.mail();
        let known = mail.ask("CreateEmailIdentity", "/v2/email/identities", &sender);
        known.await.unwrap();
        World {
            store: own_table(&clients),
            files: Files::s3(&bucket).unwrap(),
            keys: kept_keys(&clients).await,
            mailer: Mailer::Ses(Ses {
                service: clients.mail(),
                configuration_set: None,
            }),
            outside: Outside::Moto(Self { endpoint, bucket }),
        }
    }

    pub(super) fn file(&self, path: &str) -> Option<Vec<u8>> {
        let bucket = self.bucket.clone();
        apart(async move {
            let files = Files::s3(&bucket).unwrap();
            files.read(path).await.unwrap().map(Vec::from)
        })
    }

    pub(super) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let bucket = self.bucket.clone();
        apart(async move {
            let files = Files::s3(&bucket).unwrap();
            let mut found = BTreeMap::new();
            for path in files.inventory("public").await.unwrap().paths() {
                let bytes = files.read(path).await.unwrap().unwrap();
                found.insert(PathBuf::from(format!("/{path}")), Vec::from(bytes));
            }
            found
        })
    }

    pub(super) fn mails(&self) -> Vec<Kept> {
        let path = format!("/sent-mail/{}", self.bucket.access.region);
        let sent: Vec<Sent> =
            serde_json::from_str(&ask(&self.endpoint, "GET", &path, &[], "")).unwrap();
        let mut mails: Vec<Kept> = sent
            .into_iter()
            .map(|mail| Kept {
                id: mail.id,
                arrived: Timestamp::UNIX_EPOCH,
                to: mail.to,
                subject: mail.subject,
                text: mail.text,
                source: mail.source,
            })
            .collect();
        mails.sort_by_key(|mail| std::cmp::Reverse(mail.id));
        mails
    }
}

/// New keys that went through the parameter store, as the functions get theirs.
async fn kept_keys(clients: &Clients) -> Keys {
    let parameters = clients.parameters();
    let keys = Keys::generate().unwrap().to_text();
    let kept = json!({ "Name": PARAMETER, "Value": keys, "Type": "SecureString" });
    let kept = parameters.ask("PutParameter", "/", &kept);
    kept.await.unwrap();
    let asked = json!({ "Name": PARAMETER, "WithDecryption": true });
    let answer = parameters.ask("GetParameter", "/", &asked).await.unwrap();
    Keys::from_text(answer["Parameter"]["Value"].as_str().unwrap()).unwrap()
}

/// Runs what waits for the network in the middle of what does not, on a runtime of its own.
fn apart<T: Send>(work: impl Future<Output = T> + Send) -> T {
    let run = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(work)
    };
    std::thread::scope(|scope| scope.spawn(run).join().unwrap())
}
