//! `kill -9`: the program is killed at random moments while people write as fast as they can, and
//! started again. Whatever it had acknowledged is there, once; and readers never get half a page.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed"
)]
#![allow(dead_code, reason = "the benchmarks use browser and server as well")]

mod browser;
mod project;
mod server;
mod writers;

use std::path::Path;
use std::time::Duration;

use sodium_app::site::Index;
use sodium_cli::community::{Community, Options};
use sodium_domain::email::EmailAddress;

use browser::{Browser, mails_to, wait_for};
use server::Server;
use writers::{Commenter, Joiner, Seated};

/// How often the program is killed.
const KILLS: u64 = 6;

/// The longest time that it lives after a start. It builds the site at first, so some kills hit
/// that and some hit the relay.
const LIFE: Duration = Duration::from_millis(2400);

/// Decides when it dies. Another seed finds other moments: `SODIUM_CRASH_SEED=7 cargo test`.
const SEED: u64 = 20_261_123;

#[test]
fn whatever_was_acknowledged_is_there_after_kill_9() {
    let mut folder = tempfile::tempdir().unwrap();
    folder.disable_cleanup(true);
    let root = project::copy_into(folder.path());
    let mut server = Server::new(
        Path::new(env!("CARGO_BIN_EXE_sodium")),
        &root,
        folder.path(),
    );
    server.start();
    server.wait_until_it_serves("/");
    let mut people = People::gather(&server);

    let mut random = seed();
    for kill in 0..KILLS {
        random = next(random);
        let life = LIFE.mul_f64((random >> 11) as f64 / (1_u64 << 53) as f64);
        eprintln!("kill {kill} after {life:?}");
        people.write_until_it_dies(&mut server, life);
        project::assert_whole(&server.public());
        server.start();
        server.wait_until_it_serves("/");
    }
    people.send_again_what_was_under_way();
    let written = people.count();
    assert!(written > 20, "too few to mean something: {written}");

    people.assert_nothing_is_lost(&server);
    server.kill();
    assert_outbox_drains(&server, &root);
}

/// Everybody who writes.
struct People {
    commenters: Vec<Commenter>,
    seated: Seated,
    joiner: Joiner,
}

impl People {
    /// Signs everybody in; a moderator approves the first comment of each.
    fn gather(server: &Server) -> Self {
        let mut moderator = Browser::new(server.address, 1);
        let mailbox = server.mailbox();
        moderator
            .sign_in(&mailbox, server::MODERATOR, "Kim of the Team")
            .unwrap();
        moderator.make_passkey().unwrap();
        let commenters = project::THREADS
            .iter()
            .zip(["Ana Sand", "Ben Hill", "Cora Dale"])
            .zip(2..)
            .map(|((thread, name), network)| {
                let mut browser = Browser::new(server.address, network);
                let address = format!("member{network}@example.org");
                browser.sign_in(&mailbox, &address, name).unwrap();
                let mut commenter = Commenter::new(browser, thread);
                let first = commenter.write().unwrap();
                let decision = first
                    .replace("/api/threads/", "/api/moderation/")
                    .replace("/comments/", "/");
                let decided = moderator.post(&decision, &[("intent", "approve")]).unwrap();
                assert_eq!(decided.leads_to(), "/api/moderation");
                commenter
            })
            .collect();
        let mut browser = Browser::new(server.address, 20);
        browser
            .sign_in(&mailbox, "seated@example.org", "Dora Lane")
            .unwrap();
        Self {
            commenters,
            seated: Seated::new(browser),
            joiner: Joiner::new(Browser::new(server.address, 21), mailbox),
        }
    }

    /// Everybody writes without a pause, until the server is killed.
    fn write_until_it_dies(&mut self, server: &mut Server, life: Duration) {
        std::thread::scope(|scope| {
            for commenter in &mut self.commenters {
                scope.spawn(|| while commenter.write().is_some() {});
            }
            let (seated, joiner) = (&mut self.seated, &mut self.joiner);
            scope.spawn(|| while seated.change_mind().is_some() {});
            scope.spawn(|| while joiner.join().is_some() {});
            std::thread::sleep(life);
            server.kill();
        });
    }

    fn send_again_what_was_under_way(&mut self) {
        for commenter in &mut self.commenters {
            commenter.write().unwrap();
        }
        self.seated.change_mind().unwrap();
        self.joiner.join().unwrap();
    }

    fn count(&self) -> usize {
        self.commenters
            .iter()
            .map(|who| who.acknowledged.len())
            .sum()
    }

    fn assert_nothing_is_lost(&mut self, server: &Server) {
        for commenter in &mut self.commenters {
            commenter.assert_in_own_export();
            wait_for("comments on pages", || {
                commenter.are_on_pages(&server.public()).then_some(())
            });
        }
        self.seated.assert_as_acknowledged();
        let mailbox = server.mailbox();
        for address in &self.joiner.asked {
            wait_for("a mail that was promised", || {
                (!mails_to(&mailbox, address).is_empty()).then_some(())
            });
        }
        self.joiner.confirm_all();
        self.joiner.assert_places();
        project::assert_whole(&server.public());
    }
}

/// What is left in the outbox is worked off; then there is nothing left, and the pages are what a
/// bake of everything makes.
fn assert_outbox_drains(server: &Server, root: &Path) {
    let options = Options {
        root: root.to_owned(),
        data: server.data.clone(),
        base_url: format!("http://localhost:{}", server.address.port())
            .parse()
            .unwrap(),
        moderators: vec![EmailAddress::parse(server::MODERATOR).unwrap()],
        companies: None,
        policy: server.data.with_file_name("policy.toml"),
        client_address: sodium_app::config::ClientAddress::Peer,
        read_only: false,
        smtp: None,
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let Community { app, mailer, .. } = &Community::open(&options).unwrap();
        app.work_off(mailer).await.unwrap();
        assert_eq!(app.store.outbox().await.unwrap(), []);
        let before = project::pages(&server.public());
        let index = Index::load(&app.files).await.unwrap();
        app.bake_everything(&index).await.unwrap();
        let after = project::pages(&server.public());
        for (path, page) in &before {
            let anew = after.get(path).map_or("", String::as_str);
            let same = page
                .bytes()
                .zip(anew.bytes())
                .take_while(|(a, b)| a == b)
                .count();
            let from = same.saturating_sub(300);
            assert!(
                page == anew,
                "{}:\n{}\nbut baked anew:\n{}",
                path.display(),
                String::from_utf8_lossy(&page.as_bytes()[from..page.len().min(same + 300)]),
                String::from_utf8_lossy(&anew.as_bytes()[from..anew.len().min(same + 300)]),
            );
        }
    });
}

fn seed() -> u64 {
    let given = std::env::var("SODIUM_CRASH_SEED").ok();
    given.map_or(SEED, |text| text.parse().unwrap())
}

/// `SplitMix64`.
fn next(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
