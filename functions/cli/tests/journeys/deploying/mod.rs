//! A deploy while people write: whatever the order in which a new build, the relay and a member
//! step, pages end with the newest build and what the table says, and nothing comes back that is gone.

mod turns;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use object_store::memory::InMemory;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sodium_app::files::Files;
use sodium_app::site::Index;
use sodium_app::state::App;
use sodium_cli::community::assemble_on;
use tokio::sync::Mutex;

use crate::kit::{LESSON_THREAD, Person, TestApp, stride};
use turns::{ALL, Actor, Stepwise, Turns, step};

/// In which order who makes how many steps. In the end everybody goes on to the end.
type Schedule = Vec<(Actor, usize)>;

/// Where the files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Storage {
    /// In memory, with conditional writes; deploy and relay are two programs.
    Bucket,
    /// Where the journeys have them: on moto's S3 the same, in a folder one program does both.
    World,
}

/// A community with two editions of its site, of which the first is published.
struct Stage {
    relay: TestApp,
    deploy: App,
    ana: Person,
    second: PathBuf,
    races: usize,
}

/// After so many races a new stage is built: comments that are gone still count for page numbers.
const RACES: usize = 12;

impl Stage {
    async fn new(storage: Storage) -> Self {
        let relay = TestApp::with_files(
            |policy| {
                policy.hold.until_approved = 0;
                policy.limits.comments_per_member = 1000;
                policy.limits.comments_per_network = 1000;
            },
            |files| stepwise(files, storage),
        )
        .await;
        let ana = relay.newcomer("Ana Sand").await;
        relay.relay().await;
        let deploy = match storage {
            Storage::Bucket => second_program(&relay.app),
            Storage::World if !is_moto() => relay.app.clone(),
            Storage::World => second_program(&relay.app),
        };
        let second = write_second_edition(&relay);
        Self {
            relay,
            deploy,
            ana,
            second,
            races: 0,
        }
    }

    /// Runs one race and looks at what it leaves. Returns the most steps that anybody made.
    async fn race(&mut self, schedule: &Schedule) -> usize {
        self.relay.app.publish(&self.relay.site()).await.unwrap();
        let stays = self.ana.posts(LESSON_THREAD, "This stays").await;
        // So that what shows only this thread is in the end as it was in the beginning.
        self.relay.relay().await;
        let other = self.ana.posts("second-lesson", "Here too").await;
        let goes = self.ana.posts(LESSON_THREAD, "This goes").await;
        let steps = self.all_act(schedule, &goes).await;
        self.is_converged(schedule).await;
        for comment in [&stays, &other] {
            self.ana.deletes(comment).await;
        }
        self.relay.relay().await;
        self.races += 1;
        steps
    }

    async fn all_act(&self, schedule: &Schedule, goes: &str) -> usize {
        let turns = Arc::new(Turns::default());
        let gone = Arc::new(Mutex::new(false));
        let deletion = || delete_once(self.ana.clone(), goes.to_owned(), Arc::clone(&gone));
        let (deploy, second) = (self.deploy.clone(), self.second.clone());
        let deploying = async move { deploy.publish(&second).await.map(drop).unwrap() };
        let (relay, relay_deletes) = (self.relay.clone(), deletion());
        let relaying = async move {
            relay.relay().await;
            // A stream delivers what happened; so before the last delivery it has happened.
            relay_deletes.await;
            relay.relay().await;
        };
        let member_deletes = deletion();
        let deleting = async move {
            step().await;
            member_deletes.await;
        };
        let all = [
            tokio::spawn(Arc::clone(&turns).act(Actor::Deploy, deploying)),
            tokio::spawn(Arc::clone(&turns).act(Actor::Relay, relaying)),
            tokio::spawn(Arc::clone(&turns).act(Actor::Member, deleting)),
        ];
        for actor in [Actor::Deploy, Actor::Relay, Actor::Member] {
            turns.let_go(actor, 0).await;
        }
        let rest = [Actor::Deploy, Actor::Relay, Actor::Member].map(|actor| (actor, ALL));
        for (actor, steps) in schedule.iter().chain(&rest) {
            turns.let_go(*actor, *steps).await;
        }
        for task in all {
            task.await.unwrap();
        }
        turns.most_steps()
    }

    async fn is_converged(&self, schedule: &Schedule) {
        let left = self.public().await;
        let page = |path: &str| left.get(path).map(|bytes| String::from_utf8_lossy(bytes));
        let lesson = page("public/courses/one/first/index.html").unwrap();
        assert!(
            lesson.contains("Second edition") && lesson.contains("This stays"),
            "{schedule:?}: {lesson}"
        );
        let plain = page("public/courses/one/second/index.html").unwrap();
        assert_eq!(plain, PLAIN, "{schedule:?}");
        assert_eq!(
            page("public/sessions/talk/index.html"),
            None,
            "{schedule:?}"
        );
        for (path, bytes) in &left {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains("This goes"), "{schedule:?}: {path}: {text}");
        }
        let index = Index::load(&self.deploy.files).await.unwrap();
        self.deploy.bake_everything(&index).await.unwrap();
        for (path, bytes) in self.public().await {
            assert!(left[&path] == bytes, "{schedule:?} left an old {path}");
        }
    }

    async fn public(&self) -> BTreeMap<String, Vec<u8>> {
        let files = &self.deploy.files;
        let mut found = BTreeMap::new();
        for path in files.inventory("public").await.unwrap().paths() {
            if !path.ends_with(".br") && !path.ends_with(".gz") {
                let bytes = files.read(path).await.unwrap().unwrap();
                found.insert(path.to_owned(), Vec::from(bytes));
            }
        }
        found
    }
}

fn stepwise(files: Files, storage: Storage) -> Files {
    match storage {
        Storage::Bucket => Files::remote(Arc::new(Stepwise {
            inner: Arc::new(InMemory::new()),
            writes_too: true,
        })),
        Storage::World => files.through(|inner| {
            Arc::new(Stepwise {
                inner,
                writes_too: is_moto(),
            })
        }),
    }
}

/// Another program on the same table and files, with templates and a frame of its own.
fn second_program(app: &App) -> App {
    let (store, files, config) = (app.store.clone(), app.files.clone(), app.config.clone());
    let keys = sodium_app::seal::Keys::from_text(&app.keys.to_text()).unwrap();
    assemble_on(store, files, config, keys, app.clock.clone())
}

/// The member's own deletion; whoever comes second finds it done.
async fn delete_once(ana: Person, goes: String, gone: Arc<Mutex<bool>>) {
    // In a task of its own, because a request takes no turns.
    let deleting = async move {
        let mut gone = gone.lock().await;
        if !*gone {
            ana.deletes(&goes).await;
            *gone = true;
        }
    };
    tokio::spawn(deleting).await.unwrap();
}

const PLAIN: &str = "<html><head></head><body><main>No discussion any more</main></body></html>";

/// Another text and frame, a page that lost its discussion, and one that is gone.
fn write_second_edition(app: &TestApp) -> PathBuf {
    let second = app.site().with_file_name("second");
    for path in [
        "frame/index.html",
        "index.html",
        "404.html",
        "discussions/index.html",
        "courses/one/first/index.html",
    ] {
        let text = std::fs::read_to_string(app.site().join(path)).unwrap();
        let text = match path {
            "frame/index.html" => text.replace("<main", "<p>Second frame</p><main"),
            _ => text.replace("<p>Lesson</p>", "<p>Second edition</p>"),
        };
        let file = second.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let plain = second.join("courses/one/second/index.html");
    std::fs::create_dir_all(plain.parent().unwrap()).unwrap();
    std::fs::write(plain, PLAIN).unwrap();
    second
}

/// Runs the races of a family: one for every `stride`th number of steps, until nobody makes as many.
/// Each runs on a stage that is not worn out.
async fn all_converge(storage: Storage, stride: usize, family: impl Fn(usize) -> Schedule) {
    let mut stage = Stage::new(storage).await;
    let (mut step, mut most_steps) = (0, 0);
    while step <= most_steps {
        if stage.races == RACES {
            stage = Stage::new(storage).await;
        }
        most_steps = most_steps.max(stage.race(&family(step)).await);
        step += stride;
    }
    assert!(
        most_steps > 20,
        "only {most_steps} steps: does anybody wait?"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_relay_comes_between_any_two_steps_of_a_deploy() {
    let family = |step| vec![(Actor::Deploy, step), (Actor::Relay, ALL)];
    all_converge(Storage::Bucket, stride(), family).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deploy_comes_between_any_two_steps_of_the_relay() {
    let family = |step| vec![(Actor::Relay, step), (Actor::Deploy, ALL)];
    all_converge(Storage::Bucket, stride(), family).await;
}

/// A comment that goes while the deploy holds a page with it in hand.
fn deleted_meanwhile(step: usize) -> Schedule {
    let before = (Actor::Deploy, step);
    vec![before, (Actor::Member, 1), (Actor::Relay, ALL)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comment_is_deleted_between_any_two_steps_of_a_deploy() {
    all_converge(Storage::Bucket, stride(), deleted_meanwhile).await;
}

/// A folder, or moto's S3.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_files_of_this_world_converge() {
    let stride = if is_moto() { 12 } else { 2 * stride() };
    all_converge(Storage::World, stride, deleted_meanwhile).await;
}

fn is_moto() -> bool {
    std::env::var("SODIUM_TEST_WORLD").is_ok_and(|world| world == "moto")
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let actor = prop_oneof![
        4 => Just(Actor::Deploy),
        4 => Just(Actor::Relay),
        1 => Just(Actor::Member),
    ];
    prop::collection::vec((actor, 1..14usize), 2..16)
}

#[test]
fn any_order_of_steps_converges() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&any_schedule(), |schedule| {
            runtime.block_on(async {
                let mut stage = Stage::new(Storage::Bucket).await;
                stage.race(&schedule).await;
            });
            Ok(())
        })
        .unwrap();
}
