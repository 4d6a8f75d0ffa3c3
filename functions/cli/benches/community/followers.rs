//! The daily mails of ten thousand followers: how long they take, what DynamoDB would bill for each,
//! and how they are spread over the day. In process, with a pinned clock that a day passes on.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use sodium_domain::follow::{Pace, QUARTERS_OF_DAY};

use crate::kit::LESSON_THREAD;
use crate::measuring::Book;
use crate::report::{Bar, Report};

const FOLLOWERS: u32 = 10_000;

/// Comments of the day.
const COMMENTS: usize = 50;

/// Mails in one quarter of an hour, when they are spread well: 104 on average.
const MOST_AT_ONCE: f64 = 200.0;

pub(crate) fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        a_day(report).await;
    });
}

async fn a_day(report: &mut Report) {
    let mut book = Book::open().await;
    let (app, mailer) = (book.app.app.clone(), book.app.mailer.clone());
    app.sweep(&mailer).await.unwrap();
    let writer = book.app.member("Ana Sand").await;
    let thread = LESSON_THREAD.parse().unwrap();
    app.load_followers(&thread, Pace::Daily, FOLLOWERS)
        .await
        .unwrap();
    book.begin();
    for number in 0..COMMENTS {
        writer
            .posts(LESSON_THREAD, &format!("Comment number {number}"))
            .await;
        book.app.relay().await;
    }
    let commented = book.meter.take();
    let one = COMMENTS as f64;
    report.tell(
        &format!("capacity units, a comment in a thread with {FOLLOWERS} daily followers"),
        &format!(
            "{:.1} written, {:.1} read, posting and baking included",
            commented.write / one,
            commented.read / one
        ),
    );
    let (mut mails, mut most, mut longest) = (0, 0, Duration::ZERO);
    let began = Instant::now();
    for _ in 0..=QUARTERS_OF_DAY {
        app.clock.advance(SignedDuration::from_mins(15));
        let sweep = Instant::now();
        let mailed = app.sweep(&mailer).await.unwrap().mailed;
        longest = longest.max(sweep.elapsed());
        most = most.max(mailed);
        mails += mailed;
    }
    let spent = began.elapsed();
    let consumed = book.meter.take();
    let (read, written) = (consumed.read, consumed.write);
    assert_eq!(
        mails, FOLLOWERS as usize,
        "each follower gets one mail for {COMMENTS} comments"
    );
    let each = f64::from(FOLLOWERS);
    report.tell(
        &format!("daily mails of {FOLLOWERS} followers"),
        &format!(
            "{:.1} s in all, {:.2} ms each; the longest sweep {:.2} s",
            spent.as_secs_f64(),
            spent.as_secs_f64() * 1000.0 / each,
            longest.as_secs_f64()
        ),
    );
    report.bar(
        "read units for a daily mail",
        &format!("{:.2} (idle sweeps included)", read / each),
        Bar::AtMost(read / each, 4.0, "units"),
        None,
    );
    report.bar(
        "write units for a daily mail",
        &format!("{:.2}", written / each),
        Bar::AtMost(written / each, 10.0, "units"),
        None,
    );
    report.bar(
        "daily mails in one quarter of an hour",
        &format!("{most} of {FOLLOWERS} at most"),
        Bar::AtMost(most as f64, MOST_AT_ONCE, "mails"),
        None,
    );
}
