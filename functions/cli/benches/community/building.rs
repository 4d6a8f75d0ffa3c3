//! What an author waits for: `sodium check`, a build by its phases beside Zola alone, and the pages in the table's
//! words. A first build draws every card and compresses every file; the second is that of an author who changed one.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sodium_cli::build::{Build, Built, Search, build};
use sodium_cli::community::{Community, Options};
use sodium_cli::zola::Zola;

use crate::report::{Bar, Report};
use crate::{lessons, median, saving, say};

/// Lessons in a large community, and in a very large one.
const SIZES: [usize; 2] = [200, 2_000];

/// With so many an author still need not wait.
const SAVED: usize = 200;
const CHECKED: usize = 2_000;

/// Checks of each project.
const TIMES: usize = 5;

const BASE_URL: &str = "http://localhost:8111";

/// Measures every size, or the one that was asked for.
pub(crate) fn measure(program: &Path, asked: Option<usize>, report: &mut Report) {
    for count in asked.map_or(SIZES.to_vec(), |count| vec![count]) {
        let folder = tempfile::tempdir().unwrap();
        say(&format!("writing {count} lessons"));
        let root = lessons::project(folder.path(), count);
        check(program, &root, count, report);
        build_by_phases(folder.path(), &root, count, report);
        if count <= SAVED {
            say("saving a lesson, ten times");
            saving::measure(program, &root, folder.path(), report);
        }
    }
}

fn check(program: &Path, root: &Path, count: usize, report: &mut Report) {
    let once = || {
        let mut command = Command::new(program);
        command.arg("--root").arg(root).arg("check");
        let began = Instant::now();
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
        began.elapsed().as_secs_f64() * 1000.0
    };
    let took = median((0..TIMES).map(|_| once()).collect());
    let what = format!("sodium check, {count} lessons");
    let measured = format!("{took:.0} ms (median of {TIMES})");
    if count == CHECKED {
        report.bar(&what, &measured, Bar::AtMost(took, 1000.0, "ms"), None);
    } else {
        report.tell(&what, &measured);
    }
}

fn build_by_phases(folder: &Path, root: &Path, count: usize, report: &mut Report) {
    let out = folder.join("out");
    let what = Build {
        root,
        out: &out,
        cache: &folder.join("cache"),
        base_url: BASE_URL,
        siblings: true,
        search: Search::Anew,
    };
    let zola = Zola::find(&root.join("site")).unwrap();
    let alone = zola.build(&folder.join("zola"), BASE_URL).unwrap().duration;
    let first = build(&what, |phase| say(&phase.to_string())).unwrap();
    let second = build(&what, |phase| say(&phase.to_string())).unwrap();
    for (which, built) in [("a first", &first), ("another", &second)] {
        report.tell(
            &format!("{which} build of {count} lessons"),
            &phases(built, alone),
        );
    }
    let (new, same) = bake(folder, root, &out);
    report.tell(
        &format!("baking {count} lessons"),
        &format!(
            "{:.1} s when all are new, {:.1} s when nothing changed",
            new.as_secs_f64(),
            same.as_secs_f64()
        ),
    );
}

fn phases(built: &Built, zola: Duration) -> String {
    let sum: Duration = built.0.iter().map(|phase| phase.took).sum();
    let (sum, zola) = (sum.as_secs_f64(), zola.as_secs_f64());
    format!(
        "{sum:.1} s: {built}; Zola alone {zola:.2} s, {:.1} times",
        sum / zola
    )
}

/// Publishes a build twice, into a table of its own.
fn bake(folder: &Path, root: &Path, out: &Path) -> (Duration, Duration) {
    let options = Options {
        root: root.to_owned(),
        data: folder.join("data"),
        base_url: BASE_URL.parse().unwrap(),
        moderators: Vec::new(),
        companies: None,
        policy: root.join("site/policy.toml"),
        client_address: sodium_app::config::ClientAddress::Peer,
        read_only: false,
        smtp: None,
    };
    let community = Community::open(&options).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let once = || {
        let began = Instant::now();
        let report = runtime.block_on(community.app.publish(out)).unwrap();
        (began.elapsed(), report.written)
    };
    let ((first, _), (second, written)) = (once(), once());
    assert_eq!(written, 0, "nothing changed in between");
    (first, second)
}
