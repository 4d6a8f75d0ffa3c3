//! The draft of a digest beside few comments and beside many: what it asks of the table must not grow,
//! because it reads its week and nothing else.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use jiff::SignedDuration;
use sodium_app::sample::SampleTalk;
use sodium_app::store::Store;
use sodium_cli::engine::{Engine, TABLE, client_over};
use sodium_domain::digest::Choice;
use sodium_domain::week::Week;

use crate::measuring::{Meter, MeteredTable};
use crate::report::{Bar, Report};
use crate::{mega, process, say};

/// The week that is drafted, and how many comments it has in either store.
const WEEK: &str = "2026-W47";
const IN_WEEK: u32 = 2_000;

/// All comments of the small store.
const FEW: u32 = 10_000;
/// All comments of the large one, unless `--comments` says otherwise.
const MANY: u32 = 1_000_000;

/// The years before the week over which the other comments are spread, and after it.
const BEFORE: SignedDuration = SignedDuration::from_hours(3 * 365 * 24);
const AFTER: SignedDuration = SignedDuration::from_hours(365 * 24);

/// What the goal allows.
const SECONDS: f64 = 120.0;

/// What a draft took.
struct Drafted {
    choice: Choice,
    time: Duration,
    read: f64,
    written: f64,
}

pub(crate) fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let few = runtime.block_on(beside(FEW, report));
    let many = runtime.block_on(beside(asked_for(), report));
    assert_eq!(few.choice, many.choice, "an equal week, and another choice");
    assert!(!many.choice.chosen.is_empty(), "nothing was chosen");
    assert!(few.written + many.written == 0.0, "a draft wrote something");
    report.bar(
        "read units for the draft of a digest, many comments beside few",
        &format!("{} and {}", many.read, few.read),
        Bar::AtMost((many.read - few.read).abs(), 0.0, "apart"),
        None,
    );
    report.bar(
        "draft of a digest, beside many comments",
        &format!(
            "{:.2} s, beside few {:.2} s",
            many.time.as_secs_f64(),
            few.time.as_secs_f64()
        ),
        Bar::AtMost(many.time.as_secs_f64(), SECONDS, "s"),
        None,
    );
}

/// The number in `--comments=…`.
fn asked_for() -> u32 {
    let mut arguments = std::env::args();
    let number = arguments.find_map(|argument| {
        let number = argument.strip_prefix("--comments=")?;
        Some(number.parse().unwrap())
    });
    number.unwrap_or(MANY)
}

/// Fills a store with so many comments, and drafts the week.
async fn beside(comments: u32, report: &mut Report) -> Drafted {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(&folder.path().join("table.sqlite")).unwrap();
    say(&format!("filling a store with {comments} comments"));
    let began = Instant::now();
    fill(&engine, comments).await;
    let filled = began.elapsed();
    let meter = Meter::default();
    let table = MeteredTable {
        engine,
        meter: meter.clone(),
    };
    let store = Store::new(client_over(table, RetryConfig::disabled()), TABLE);
    forget_peak();
    let before = process::memory(std::process::id());
    let began = Instant::now();
    let week = WEEK.parse().unwrap();
    let choice = store.choose_for_digest(week, &mut |_| ()).await.unwrap();
    let time = began.elapsed();
    let peak = process::peak_memory(std::process::id());
    let consumed = meter.take();
    assert_eq!(choice.comments, IN_WEEK as usize);
    report.tell(
        &format!("draft of a digest, a week of {IN_WEEK} comments beside {comments}"),
        &format!(
            "{:.2} s, {} read units in {} calls, {:.1} MB at most ({:.1} MB before; the store was filled in {:.0} s)",
            time.as_secs_f64(),
            consumed.read,
            consumed.calls,
            mega(peak),
            mega(before),
            filled.as_secs_f64()
        ),
    );
    Drafted {
        choice,
        time,
        read: consumed.read,
        written: consumed.write,
    }
}

/// The week first, so that it is the same in every store; then what lies before and after it.
async fn fill(engine: &Engine, comments: u32) {
    let store = Store::new(engine.client(), TABLE);
    let week: Week = WEEK.parse().unwrap();
    let (begins, ends) = week.span();
    let rest = comments - IN_WEEK;
    let parts = [
        (IN_WEEK, begins, ends),
        (rest / 4 * 3, begins - BEFORE, begins),
        (rest - rest / 4 * 3, ends, ends + AFTER),
    ];
    let mut talk = SampleTalk::default();
    for (count, from, until) in parts {
        store
            .load_talk(&mut talk, count, (from, until))
            .await
            .unwrap();
    }
}

/// Linux forgets what the process used at most.
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}
