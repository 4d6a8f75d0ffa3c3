//! A whole community in one process: the application on the embedded engine and local files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sodium_app::clock::{Clock, Ids};
use sodium_app::companies::{Companies, CompaniesError};
use sodium_app::config::{BaseUrl, ClientAddress, Config};
use sodium_app::files::{Compress, Files, FilesError};
use sodium_app::mail::Mailer;
use sodium_app::mail::mailbox::Mailbox;
use sodium_app::meter::Meter;
use sodium_app::seal::Keys;
use sodium_app::state::{App, Inner};
use sodium_app::store::Store;
use sodium_app::web::health::LastHealth;
use sodium_app::web::page::Pages;
use sodium_domain::email::EmailAddress;
use sodium_domain::policy::Policy;
use tokio::sync::Notify;

use crate::data::{DataError, DataFolder};
use crate::engine::{Engine, EngineError, TABLE};
use crate::precompress::{Effort, compress_bytes, is_worth_it};

/// What a local community is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The project.
    pub root: PathBuf,
    /// The data folder.
    pub data: PathBuf,
    /// The address under which it is reached.
    pub base_url: BaseUrl,
    /// Who moderates.
    pub moderators: Vec<EmailAddress>,
    /// The file that lists companies whose people may sign in with their account there.
    pub companies: Option<PathBuf>,
    /// The policy file.
    pub policy: PathBuf,
    /// Where a request's network address is found.
    pub client_address: ClientAddress,
    /// Whether nothing may be written for now.
    pub read_only: bool,
    /// A mail server; the local mailbox without one.
    pub smtp: Option<String>,
}

/// A community cannot be opened. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The files.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The policy file.
    #[error("the policy file {0}: {1}")]
    Policy(PathBuf, String),
    /// The list of companies.
    #[error("the file {0}: {1}")]
    Companies(PathBuf, String),
    /// The mailbox or the mail server.
    #[error("mail: {0}")]
    Mail(String),
    /// The sender's address.
    #[error("the base address {0} gives no sender address for mails; use another with --base-url")]
    Sender(String),
}

/// An open community.
#[derive(Debug)]
pub struct Community {
    /// The application.
    pub app: App,
    /// The engine under it.
    pub engine: Engine,
    /// The way mail goes out.
    pub mailer: Mailer,
    /// The local mailbox, where that is the way.
    pub mailbox: Option<Mailbox>,
    /// The data folder.
    pub data: DataFolder,
}

impl Community {
    /// Opens the community in a data folder.
    ///
    /// # Errors
    /// When something that it needs is missing, broken or in use.
    pub fn open(options: &Options) -> Result<Self, OpenError> {
        let data = DataFolder::take(&options.data)?;
        let engine = Engine::open(&data.table())?;
        let (mailer, mailbox) = match &options.smtp {
            Some(url) => (
                Mailer::smtp(url).map_err(|error| OpenError::Mail(error.to_string()))?,
                None,
            ),
            None => {
                let mailbox = Mailbox::open(data.mailbox())
                    .map_err(|error| OpenError::Mail(error.to_string()))?;
                (Mailer::Local(mailbox.clone()), Some(mailbox))
            }
        };
        let keys = data.keys()?;
        let config = config(options)?;
        let app = assemble(config, &engine, &data.files(), keys, Clock::System)?;
        Ok(Self {
            app,
            engine,
            mailer,
            mailbox,
            data,
        })
    }
}

/// Puts an application together on an engine and a folder of files.
///
/// # Errors
/// When the folder is not there or a template is wrong.
pub fn assemble(
    config: Config,
    engine: &Engine,
    files: &Path,
    keys: Keys,
    clock: Clock,
) -> Result<App, OpenError> {
    let store = Store::new(engine.client(), TABLE);
    let files = local_files(files)?;
    Ok(assemble_on(store, files, config, keys, clock))
}

/// Puts an application together on any table and any files.
pub fn assemble_on(store: Store, files: Files, config: Config, keys: Keys, clock: Clock) -> App {
    let meter = Meter::default();
    App::new(Inner {
        store: store.with_meter(meter.clone()),
        meter,
        last_health: LastHealth::default(),
        files,
        keys,
        ids: Ids::new(clock.clone()),
        clock,
        pages: Pages::default(),
        wake: Arc::new(Notify::new()),
        config,
    })
}

/// The files of a folder, with compressed siblings.
///
/// # Errors
/// When the folder is not there.
pub fn local_files(folder: &Path) -> Result<Files, OpenError> {
    Ok(Files::local(folder)?.with_compression(compression()))
}

fn config(options: &Options) -> Result<Config, OpenError> {
    let sender = format!("community@{}", sender_host(&options.base_url));
    Ok(Config {
        policy: read_policy(&options.policy)?,
        moderators: options.moderators.clone(),
        companies: match &options.companies {
            Some(file) => read_companies(file)?,
            None => Companies::default(),
        },
        client_address: options.client_address.clone(),
        mail_from: EmailAddress::parse(&sender).map_err(|_| OpenError::Sender(sender))?,
        base_url: options.base_url.clone(),
        read_only: options.read_only,
    })
}

/// A laptop's own name is no mail domain.
fn sender_host(base_url: &BaseUrl) -> &str {
    let host = base_url.host();
    if host.contains('.') && !host.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        host
    } else {
        "sodium-learn.example"
    }
}

fn read_companies(path: &Path) -> Result<Companies, OpenError> {
    let failed = |why: String| OpenError::Companies(path.to_owned(), why);
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    text.parse()
        .map_err(|error: CompaniesError| failed(error.to_string()))
}

fn read_policy(path: &Path) -> Result<Policy, OpenError> {
    let failed = |why: String| OpenError::Policy(path.to_owned(), why);
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    toml::from_str(&text).map_err(|error| failed(error.to_string()))
}

/// Compression for pages that are baked while people wait for them.
fn compression() -> Compress {
    Arc::new(|path, bytes| {
        if !is_worth_it(Path::new(path), bytes.len()) {
            return Vec::new();
        }
        let Ok(packed) = compress_bytes(bytes, Effort::Live) else {
            return Vec::new();
        };
        [(".br", packed.br), (".gz", packed.gz)]
            .into_iter()
            .filter_map(|(ending, bytes)| bytes.map(|bytes| (ending, bytes)))
            .collect()
    })
}
