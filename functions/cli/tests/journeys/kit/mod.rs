//! The language of the journeys: an app with a pinned clock, and people who use it as a browser
//! would. Nothing here knows keys, items or modules of the application.

#[path = "../../../../app/tests/browsing/mod.rs"]
mod browsing;
pub(crate) mod faults;
mod http;
pub(crate) mod ledger;
pub(crate) mod log;
mod moto;
#[path = "../../../../app/tests/passkey/mod.rs"]
mod passkey;
mod person;
pub(crate) mod provider;
mod reply;
pub(crate) mod roles;
mod site;
pub(crate) mod storage;
pub(crate) mod table;
mod traffic;
mod world;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use sodium_app::clock::Clock;
use sodium_app::companies::Companies;
use sodium_app::config::{ClientAddress, Config};
use sodium_app::files::Files;
use sodium_app::mail::Mailer;
use sodium_app::mail::mailbox::Kept;
use sodium_app::relay::Outgoing;
use sodium_app::routes;
use sodium_app::seal::Keys;
use sodium_app::state::App;
use sodium_app::store::Store;
use sodium_cli::community::assemble_on;
use sodium_cli::roles::{RoleError, Wish, fulfil};
use sodium_domain::email::EmailAddress;
use sodium_domain::policy::Policy;
use sodium_domain::week::Week;

use browsing::Cookies;
pub(crate) use browsing::form;
pub(crate) use passkey::SoftPasskey;
pub(crate) use person::{Person, Question, id_of, link_in};
use provider::Provider;
pub(crate) use reply::Reply;
pub(crate) use site::{write_course, write_lesson};
use traffic::Traffic;
use world::{Outside, World};

/// The thread of the lesson in the test site.
pub(crate) const LESSON_THREAD: &str = "first-lesson";
/// The path of that lesson.
pub(crate) const LESSON: &str = "/courses/one/first/";
/// The other lesson of the test site: its thread, title and path.
pub(crate) const SECOND_LESSON: (&str, &str, &str) =
    ("second-lesson", "Second lesson", "/courses/one/second/");
/// The page of the live session in the test site, which has two seats.
pub(crate) const SESSION_PAGE: &str = "/sessions/talk/";

pub(crate) const BASE_URL: &str = "https://learn.example.org";
/// When every story begins.
pub(crate) const NOON: &str = "2027-03-02T12:00:00Z";
const MODERATOR: &str = "mod@example.org";
const OTHER_MODERATOR: &str = "other-mod@example.org";

/// Of the steps at which something may come between or fail, every third is tried, and every one with
/// `SODIUM_JOURNEYS=all`, as once a week.
pub(crate) fn stride() -> usize {
    match std::env::var("SODIUM_JOURNEYS") {
        Ok(wanted) if wanted == "all" => 1,
        _ => 3,
    }
}

/// A community for one test.
#[derive(Clone)]
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) mailer: Mailer,
    pub(crate) traffic: Arc<Traffic>,
    outside: Outside,
    router: Router,
    folder: Arc<tempfile::TempDir>,
    /// The moderator's passkey, once there is one.
    moderators_passkey: Arc<std::sync::OnceLock<SoftPasskey>>,
}

impl TestApp {
    /// A published site, an empty store, and noon on 2 March 2027.
    pub(crate) async fn start() -> Self {
        Self::with_policy(|_| {}).await
    }

    /// The same with another policy.
    pub(crate) async fn with_policy(change: impl FnOnce(&mut Policy)) -> Self {
        Self::with_files(change, |files| files).await
    }

    /// The same with other files than the world's.
    pub(crate) async fn with_files(
        change: impl FnOnce(&mut Policy),
        other: impl FnOnce(Files) -> Files,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = World::new(folder.path()).await;
        Self::in_world(folder, world, |config| change(&mut config.policy), other).await
    }

    /// The same with companies whose people may sign in.
    pub(crate) async fn with_companies(list: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = World::new(folder.path()).await;
        let change = |config: &mut Config| config.companies = list.parse().unwrap();
        Self::in_world(folder, world, change, |files| files).await
    }

    /// The same on another table than the world's.
    pub(crate) async fn on_table(store: Store, change: impl FnOnce(&mut Policy)) -> Self {
        Self::on(store, change, |files| files).await
    }

    /// The same on another table and with other files.
    pub(crate) async fn on(
        store: Store,
        change: impl FnOnce(&mut Policy),
        other: impl FnOnce(Files) -> Files,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = World::on_files(folder.path(), store);
        let change = |config: &mut Config| change(&mut config.policy);
        Self::in_world(folder, world, change, other).await
    }

    /// The same on another table, with a company whose people may sign in.
    pub(crate) async fn on_table_with_company(
        store: Store,
        change: impl FnOnce(&mut Policy),
    ) -> (Self, Provider) {
        let provider = Provider::start(NOON.parse().unwrap()).await;
        let folder = tempfile::tempdir().unwrap();
        let world = World::on_files(folder.path(), store);
        let change = |config: &mut Config| {
            change(&mut config.policy);
            config.companies = provider.listed().parse().unwrap();
        };
        let app = Self::in_world(folder, world, change, |files| files).await;
        (app, provider)
    }

    async fn in_world(
        folder: tempfile::TempDir,
        world: World,
        change: impl FnOnce(&mut Config),
        other: impl FnOnce(Files) -> Files,
    ) -> Self {
        log::show_on_request();
        site::write_site(&folder.path().join("site"));
        let mut config = Config {
            base_url: BASE_URL.parse().unwrap(),
            policy: toml::from_str(sodium_app::DEFAULT_POLICY).unwrap(),
            companies: Companies::default(),
            moderators: [MODERATOR, OTHER_MODERATOR]
                .map(|address| EmailAddress::parse(address).unwrap())
                .to_vec(),
            client_address: ClientAddress::Header("x-test-network".into()),
            read_only: false,
            mail_from: EmailAddress::parse("community@learn.example.org").unwrap(),
        };
        change(&mut config);
        let clock = Clock::pinned(NOON.parse().unwrap());
        let app = assemble_on(world.store, other(world.files), config, world.keys, clock);
        app.publish(&folder.path().join("site")).await.unwrap();
        Self {
            router: roles::guarded(routes::served(routes::all(), &app)),
            mailer: world.mailer,
            traffic: Arc::default(),
            outside: world.outside,
            folder: Arc::new(folder),
            moderators_passkey: Arc::default(),
            app,
        }
    }

    /// What is served, to be reached over a socket.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// The same community, in which nothing may be written for now.
    pub(crate) fn read_only(&self) -> Self {
        let config = Config {
            read_only: true,
            ..self.app.config.clone()
        };
        let (store, files) = (self.app.store.clone(), self.app.files.clone());
        let keys = Keys::from_text(&self.app.keys.to_text()).unwrap();
        let app = assemble_on(store, files, config, keys, self.app.clock.clone());
        Self {
            router: routes::served(routes::all(), &app),
            app,
            ..self.clone()
        }
    }

    /// Publishes the site with a forum.
    pub(crate) async fn opens_a_forum(&self) {
        site::write_forum(&self.site());
        self.app.publish(&self.site()).await.unwrap();
    }

    /// Publishes the site with a course of the two lessons.
    pub(crate) async fn opens_a_course(&self) {
        let lessons = [(LESSON_THREAD, "First lesson", LESSON), SECOND_LESSON];
        write_course(&self.site(), "courses/one", "First steps", &lessons);
        self.app.publish(&self.site()).await.unwrap();
    }

    /// Publishes the site with the text that its first lesson is made of.
    pub(crate) async fn shows_its_text(&self, body: &str) {
        let (site, content) = (self.site(), self.content());
        let file = content.join("courses/one/first.md");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, lesson_file(body)).unwrap();
        let published = self.app.publish_with_sources(&site, &content);
        published.await.unwrap();
    }

    /// The folder with the texts that the site is made of.
    pub(crate) fn content(&self) -> PathBuf {
        self.folder.path().join("content")
    }

    /// The last week that is over.
    pub(crate) fn last_week(&self) -> String {
        let today = self.app.clock.now().to_zoned(TimeZone::UTC).date();
        Week::before(today).to_string()
    }

    /// Publishes the site with the digest of a week, which quotes these comments of threads.
    pub(crate) async fn publishes_digest(&self, week: &str, title: &str, quotes: &[(&str, &str)]) {
        site::write_digest(&self.site(), week, title, quotes);
        self.app.publish(&self.site()).await.unwrap();
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, by: SignedDuration) {
        self.app.clock.advance(by);
    }

    /// Lets the relay do all that is due.
    pub(crate) async fn relay(&self) {
        let worked = roles::run_as("relay", self.app.work_off(&self.mailer));
        worked.await.unwrap();
    }

    /// Work that waits in the outbox.
    pub(crate) async fn due(&self) -> Vec<Outgoing> {
        self.app.store.outbox().await.unwrap()
    }

    /// A file as an anonymous reader gets it; nothing if there is none.
    pub(crate) fn file(&self, path: &str) -> Option<String> {
        let path = path.split('#').next().unwrap().trim_start_matches('/');
        let file = if path.is_empty() || path.ends_with('/') {
            format!("{path}index.html")
        } else {
            path.to_owned()
        };
        let bytes = self.outside.file(&file)?;
        Some(String::from_utf8(bytes).unwrap())
    }

    /// A page as an anonymous reader gets it.
    pub(crate) fn reads(&self, path: &str) -> String {
        self.file(path)
            .unwrap_or_else(|| panic!("there is no page {path}"))
    }

    /// Every public file with its bytes.
    pub(crate) fn public_files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        self.outside.files()
    }

    /// Every public file as text, compressed siblings unpacked: what anybody can read.
    pub(crate) fn public_texts(&self) -> Vec<(PathBuf, String)> {
        let texts = self.public_files().into_iter().map(|(path, bytes)| {
            let (_, bytes) = unpacked(&path.to_string_lossy(), bytes);
            (path, String::from_utf8(bytes).unwrap())
        });
        texts.collect()
    }

    /// The folder that was published, to change it.
    pub(crate) fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    /// Mails to an address, oldest first.
    pub(crate) fn mails_to(&self, address: &str) -> Vec<Kept> {
        let mut mails = self.outside.mails();
        mails.retain(|mail| mail.to.eq_ignore_ascii_case(address));
        mails.reverse();
        mails
    }

    /// Every mail that went out, oldest first.
    pub(crate) fn all_mails(&self) -> Vec<Kept> {
        let mut mails = self.outside.mails();
        mails.reverse();
        mails
    }

    /// Somebody at a computer, signed in nowhere.
    pub(crate) fn somebody(&self) -> Person {
        Person {
            app: self.clone(),
            cookies: Cookies::new(),
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

    /// The moderator, who came along from another community, still has the passkey made there.
    pub(crate) fn moderator_keeps_passkey_of(&self, other: &Self) {
        let passkey = other.moderators_passkey.get().unwrap();
        self.moderators_passkey.get_or_init(|| passkey.clone());
    }

    /// The passkey of the moderator, who was here before.
    pub(crate) fn moderators_passkey(&self) -> &SoftPasskey {
        self.moderators_passkey.get().unwrap()
    }

    /// The operator at the command line.
    pub(crate) async fn operator(&self, wish: Wish) -> Result<Vec<String>, RoleError> {
        let (store, keys) = (&self.app.store, &self.app.keys);
        fulfil(store, keys, &wish, self.app.clock.now()).await
    }

    /// The community's moderator: by mail and with a new passkey the first time, then with that one.
    pub(crate) async fn moderator(&self) -> Person {
        let mut person = self.somebody();
        if let Some(passkey) = self.moderators_passkey.get() {
            let entered = person.enters_with(passkey, "/").await;
            assert_eq!(entered.leads_to(), "/", "{}", entered.body);
            return person;
        }
        person.signs_in(MODERATOR).await;
        person
            .post("/api/account/name", &[("name", "Kim of the Team")])
            .await;
        let (passkey, added) = person.adds_passkey("Blue key").await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
        self.moderators_passkey.get_or_init(|| passkey);
        person
    }

    /// A colleague of theirs, who comes once: by mail and with a new passkey.
    pub(crate) async fn other_moderator(&self) -> Person {
        let mut person = self.somebody();
        person.signs_in(OTHER_MODERATOR).await;
        person
            .post("/api/account/name", &[("name", "Lou of the Team")])
            .await;
        let (_, added) = person.adds_passkey("Green key").await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
        person
    }
}

/// The file of the first lesson, with this text in it.
pub(crate) fn lesson_file(body: &str) -> String {
    format!("+++\ntitle = \"First lesson\"\n\n[extra]\nthread = \"first-lesson\"\n+++\n\n{body}")
}

/// The address of a member of this name.
pub(crate) fn address_of(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', "."))
}

/// The path and bytes of the file that a compressed sibling stands for; others are as they are.
pub(crate) fn unpacked(path: &str, bytes: Vec<u8>) -> (String, Vec<u8>) {
    use std::io::Read as _;
    let mut plain = Vec::new();
    if let Some(page) = path.strip_suffix(".gz") {
        let mut reader = flate2::read::GzDecoder::new(bytes.as_slice());
        reader.read_to_end(&mut plain).unwrap();
        (page.to_owned(), plain)
    } else if let Some(page) = path.strip_suffix(".br") {
        let mut reader = brotli::Decompressor::new(bytes.as_slice(), 4096);
        reader.read_to_end(&mut plain).unwrap();
        (page.to_owned(), plain)
    } else {
        (path.to_owned(), bytes)
    }
}

/// Makes a passkey for the community as the question wants it, with the answer.
pub(crate) fn make_passkey(options: &serde_json::Value) -> (SoftPasskey, serde_json::Value) {
    SoftPasskey::make(options, BASE_URL)
}
