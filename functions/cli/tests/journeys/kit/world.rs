//! What stands behind the application in a test: by default the embedded engine, a folder and the
//! local mailbox. Where `SODIUM_TEST_WORLD` says so, it is an emulator of AWS instead, which
//! `infra/emulators/with` started; each test then has a table of its own in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sodium_app::aws::{Access, Clients};
use sodium_app::files::Files;
use sodium_app::mail::Mailer;
use sodium_app::mail::mailbox::{Kept, Mailbox};
use sodium_app::seal::Keys;
use sodium_app::store::{SCHEMA, Store};
use sodium_cli::community::local_files;
use sodium_cli::engine::Engine;

use super::http::ask;
use super::ledger::Ledger;
use super::moto::Moto;

/// The parts of the application that differ from world to world.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) files: Files,
    pub(crate) keys: Keys,
    pub(crate) mailer: Mailer,
    pub(crate) outside: Outside,
}

/// What the world outside sees: files and mails.
#[derive(Clone)]
pub(crate) enum Outside {
    Folder { files: PathBuf, mailbox: Mailbox },
    Moto(Moto),
}

impl World {
    /// The world of this run, with nothing in it yet.
    pub(crate) async fn new(folder: &Path) -> Self {
        match std::env::var("SODIUM_TEST_WORLD").as_deref() {
            Err(_) | Ok("embedded") => {
                let engine = Engine::in_memory().unwrap();
                Self::on_files(folder, Ledger::over(&engine).store())
            }
            Ok("dynamodb-local") => Self::on_files(folder, own_table(&clients("local"))),
            Ok("moto") => Moto::world().await,
            Ok(other) => panic!("there is no world {other} for tests"),
        }
    }

    pub(super) fn on_files(folder: &Path, store: Store) -> Self {
        let files = folder.join("files");
        std::fs::create_dir_all(files.join("public")).unwrap();
        std::fs::create_dir_all(files.join("shells")).unwrap();
        let mailbox = Mailbox::open(folder.join("mailbox")).unwrap();
        Self {
            store,
            files: local_files(&files).unwrap(),
            keys: Keys::generate().unwrap(),
            mailer: Mailer::Local(mailbox.clone()),
            outside: Outside::Folder { files, mailbox },
        }
    }
}

impl Outside {
    /// A public file's bytes.
    pub(crate) fn file(&self, path: &str) -> Option<Vec<u8>> {
        match self {
            Self::Folder { files, .. } => std::fs::read(files.join("public").join(path)).ok(),
            Self::Moto(moto) => moto.file(&format!("public/{path}")),
        }
    }

    /// Every public file.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        match self {
            Self::Folder { files, .. } => {
                let mut found = BTreeMap::new();
                collect(&files.join("public"), &mut found);
                found
            }
            Self::Moto(moto) => moto.files(),
        }
    }

    /// Every mail that went out, newest first.
    pub(crate) fn mails(&self) -> Vec<Kept> {
        match self {
            Self::Folder { mailbox, .. } => mailbox.list().unwrap(),
            Self::Moto(moto) => moto.mails(),
        }
    }
}

/// Clients of the emulator, which believes whoever asks.
pub(crate) fn clients(region: &str) -> Clients {
    Clients::new(Access {
        region: region.to_owned(),
        key_id: "test".into(),
        secret_key: "test".into(),
        session_token: None,
    })
}

/// A new table in the emulator, made from the schema that everything reads.
pub(crate) fn own_table(clients: &Clients) -> Store {
    let name = format!("sodium-{}", uuid::Uuid::new_v4().simple());
    let mut schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    schema["TableName"] = name.clone().into();
    let endpoint = std::env::var("AWS_ENDPOINT_URL_DYNAMODB").unwrap();
    let region = &clients.access.region;
    let signed = format!(
        "AWS4-HMAC-SHA256 Credential=test/20270302/{region}/dynamodb/aws4_request, \
         SignedHeaders=host, Signature=none"
    );
    let headers = [
        ("X-Amz-Target", "DynamoDB_20120810.CreateTable"),
        ("Content-Type", "application/x-amz-json-1.0"),
        ("Authorization", &signed),
    ];
    ask(&endpoint, "POST", "/", &headers, &schema.to_string());
    Store::new(clients.dynamodb(), name)
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
