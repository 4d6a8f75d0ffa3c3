//! What each thing that people do consumes: requests, capacity units, files, mails, time. One request
//! at a time in process, on the engine, which says what DynamoDB would bill; the relay's part is counted
//! by itself. `script.rs` is what people do. The test of the checked-in figures and the benchmark run it.

mod meter;
mod script;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use jiff::Timestamp;
use object_store::memory::InMemory;
use sodium_app::files::Files;
use sodium_app::store::Store;
use sodium_cli::cost::{self, After, MEASURED, Measured, Operation};
use sodium_cli::engine::{Engine, TABLE, client_over};
use sodium_domain::policy::Policy;
use tokio::sync::OnceCell;

use crate::kit::TestApp;
use crate::kit::roles::{Ask, Guarded, run_as};
use meter::MeteredBucket;
pub(crate) use meter::{Meter, MeteredTable};

/// The operations in the order in which they happened, and everything that functions asked for.
pub(crate) type Measurement = (Vec<Operation>, BTreeSet<Ask>);

/// Measures.
pub(crate) async fn measure() -> Measurement {
    let mut book = Book::open().await;
    script::run(&mut book).await;
    (book.entries, book.table.asked())
}

/// What was measured in this process already, or is now.
pub(crate) async fn measured() -> &'static Measurement {
    static MEASURED: OnceCell<Measurement> = OnceCell::const_new();
    MEASURED.get_or_init(measure).await
}

/// What was measured until now.
pub(crate) struct Book {
    pub(crate) app: TestApp,
    pub(crate) meter: Meter,
    table: Guarded<MeteredTable>,
    began: Instant,
    entries: Vec<Operation>,
}

impl Book {
    /// A community of which everything is measured.
    pub(crate) async fn open() -> Self {
        let meter = Meter::default();
        let table = Guarded::new(MeteredTable {
            engine: Engine::in_memory().unwrap(),
            meter: meter.clone(),
        });
        let client = client_over(table.clone(), RetryConfig::disabled());
        let files = Files::remote(Arc::new(MeteredBucket {
            files: InMemory::new(),
            meter: meter.clone(),
        }));
        let policy = |policy: &mut Policy| {
            policy.limits.comments_per_member = script::MANY;
            policy.limits.comments_per_network = 10 * script::MANY;
        };
        let app = TestApp::on(Store::new(client, TABLE), policy, |_| files);
        Self {
            app: app.await,
            meter,
            table,
            began: Instant::now(),
            entries: Vec::new(),
        }
    }

    /// From here on something is measured.
    pub(crate) fn begin(&mut self) {
        self.meter.take();
        self.app.traffic.take();
        self.began = Instant::now();
    }

    /// Names what happened since the last entry, and has the relay do what follows.
    pub(crate) async fn note(&mut self, name: &str) {
        let milliseconds = milliseconds(self.began);
        let (requests, bytes) = self.take_traffic(name);
        let asked = self.meter.take();
        let after = self.relay().await;
        self.entries.push(Operation {
            name: name.to_owned(),
            requests,
            bytes,
            calls: asked.calls,
            read: asked.read,
            write: asked.write,
            milliseconds,
            after,
        });
        self.begin();
    }

    /// What nobody refuses consumes most; what is meant to be refused says so in its name.
    fn take_traffic(&self, name: &str) -> (u64, u64) {
        let (requests, bytes, refused) = self.app.traffic.take();
        let meant = ["refuses", "not there", "without being signed in"];
        let meant = meant.iter().any(|words| name.ends_with(words));
        assert_eq!(refused > 0, meant, "{name}: {refused} refused");
        (requests, bytes)
    }

    /// Names what a worker does that nobody asked.
    pub(crate) async fn note_sweep(&mut self, name: &str) {
        self.begin();
        let swept = run_as("jobs", self.app.app.sweep(&self.app.mailer)).await;
        swept.unwrap();
        let mut after = After::default();
        self.add_run(&mut after);
        self.entries.push(Operation {
            name: name.to_owned(),
            requests: 0,
            bytes: 0,
            calls: 0,
            read: 0.0,
            write: 0.0,
            milliseconds: 0.0,
            after,
        });
    }

    /// As the stream has it done: it hands the new work over, so nobody has to look for it.
    async fn relay(&mut self) -> After {
        let mut after = After::default();
        let mails = self.app.all_mails().len();
        loop {
            let due = self.app.due().await;
            if due.is_empty() {
                after.mails = (self.app.all_mails().len() - mails) as u64;
                return after;
            }
            self.begin();
            let done = run_as("relay", self.app.app.relay(&self.app.mailer, &due)).await;
            assert_eq!(done.unwrap().len(), due.len());
            self.add_run(&mut after);
        }
    }

    fn add_run(&mut self, after: &mut After) {
        let worked = self.meter.take();
        after.runs += 1;
        after.calls += worked.calls;
        after.read += worked.read;
        after.write += worked.write;
        after.files_read += worked.files_read;
        after.files_written += worked.files_written;
        after.milliseconds += milliseconds(self.began);
    }
}

/// To a hundredth.
fn milliseconds(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 100_000.0).round() / 100.0
}

/// Writes into `infra/cost/measured.toml` what was measured just now, and anew into `infra/README.md` what
/// follows from it. A build that is not optimised does not change times that are known.
pub(crate) fn write_down(root: &Path, mut operations: Vec<Operation>) {
    let known = Measured::read(root);
    if cfg!(debug_assertions) {
        for operation in &mut operations {
            let before = known.as_ref().ok();
            let before = before.and_then(|known| known.operation(&operation.name).ok());
            let before = before.map(|b| (b.milliseconds, b.after.milliseconds));
            (operation.milliseconds, operation.after.milliseconds) =
                before.unwrap_or((operation.milliseconds, operation.after.milliseconds));
        }
    }
    let measured = Measured {
        date: Timestamp::now().to_string()[..10].to_owned(),
        page: known.unwrap().page,
        operation: operations,
    };
    let head = "# What each operation consumes. Measured and written by `make cost`, but for `page`: the mean of the\n\
        # built lessons and articles, packed by gzip, with fifty comments of 0.2 KB; then style sheets, scripts\n\
        # and picture of a lesson. Milliseconds are those of the build in which an operation\n\
        # was first measured: with debug assertions, so too many, until this is run for release:\n\
        # SODIUM_COST=write cargo test --release --package sodium-cli --test journeys consumption\n\n";
    let text = toml::to_string(&measured).unwrap();
    std::fs::write(root.join(MEASURED), format!("{head}{text}")).unwrap();
    let readme = root.join("infra/README.md");
    let text = std::fs::read_to_string(&readme).unwrap();
    let section = cost::section(root).unwrap();
    std::fs::write(readme, cost::replaced(&text, &section).unwrap()).unwrap();
}
