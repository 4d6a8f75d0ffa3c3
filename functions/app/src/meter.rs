//! What is counted and measured while the community runs, without a word about anybody. In the cloud
//! each measurement is a line in CloudWatch's embedded metric format, from which it makes metrics by
//! itself: nothing is sent, nothing waits. A process keeps the sums in memory as well.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use serde_json::{Value, json};

/// Everything that is measured. CloudWatch takes ten metrics for nothing, so these are all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Comments that were published at once.
    CommentsPublished,
    /// Comments that wait for a person.
    CommentsHeld,
    /// Mails that were handed over.
    MailsSent,
    /// Mails that could not be handed over.
    MailsFailed,
    /// How old the oldest work of a batch was when the relay had been at it, in milliseconds.
    WorkAge,
    /// How long the relay took for a batch, in milliseconds.
    RelayTime,
    /// Work that stayed undone.
    WorkLeft,
    /// Attempts at a write after one that was refused because others were at the same items.
    WritesRetried,
    /// Requests that were refused because of a limit.
    LimitsHit,
    /// Requests that failed by our fault.
    Faults,
}

/// Name and unit of each, in the order of the variants.
const MEASURES: [(&str, &str); 10] = [
    ("CommentsPublished", "Count"),
    ("CommentsHeld", "Count"),
    ("MailsSent", "Count"),
    ("MailsFailed", "Count"),
    ("WorkAge", "Milliseconds"),
    ("RelayTime", "Milliseconds"),
    ("WorkLeft", "Count"),
    ("WritesRetried", "Count"),
    ("LimitsHit", "Count"),
    ("Faults", "Count"),
];

/// The namespace of the metrics; their one dimension is the community.
const NAMESPACE: &str = "Sodium";

/// Where measurements go.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    sums: Arc<[AtomicU64; MEASURES.len()]>,
    /// Under which name CloudWatch keeps them.
    community: Option<Arc<str>>,
}

impl Meter {
    /// A meter whose measurements CloudWatch keeps under a community's name.
    pub fn for_cloudwatch(community: &str) -> Self {
        Self {
            community: Some(community.into()),
            ..Self::default()
        }
    }

    /// What was measured so far, summed up.
    pub fn sum(&self, measure: Measure) -> u64 {
        self.sums[measure as usize].load(Ordering::Relaxed)
    }

    /// Notes one thing that happened.
    pub(crate) fn count(&self, measure: Measure) {
        self.record(measure, 1);
    }

    /// Notes a number.
    pub(crate) fn record(&self, measure: Measure, value: u64) {
        self.sums[measure as usize].fetch_add(value, Ordering::Relaxed);
        if let Some(community) = &self.community {
            let line = embedded(community, measure, value, Timestamp::now());
            // A measurement that cannot be written must not break what is measured.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }
}

/// A measurement as CloudWatch reads it from a log line.
fn embedded(community: &str, measure: Measure, value: u64, now: Timestamp) -> Value {
    let (name, unit) = MEASURES[measure as usize];
    json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["Community"]],
                "Metrics": [{ "Name": name, "Unit": unit }],
            }],
        },
        "Community": community,
        name: value,
    })
}

#[cfg(test)]
mod tests {
    use super::{MEASURES, Measure, Meter, embedded};

    #[test]
    fn a_line_is_what_cloudwatch_makes_a_metric_of() {
        let now = "2027-03-02T12:00:00Z".parse().unwrap();
        let line = embedded("learn", Measure::WorkAge, 1500, now);
        let [metrics] = line["_aws"]["CloudWatchMetrics"]
            .as_array()
            .unwrap()
            .as_slice()
        else {
            panic!("{line}");
        };
        // Each name that is declared stands beside `_aws`, with a number or the dimension's text.
        let metric = metrics["Metrics"][0]["Name"].as_str().unwrap();
        assert_eq!((metric, &line[metric]), ("WorkAge", &1500.into()));
        let dimension = metrics["Dimensions"][0][0].as_str().unwrap();
        assert_eq!(line[dimension], "learn");
        assert_eq!(line["_aws"]["Timestamp"], 1_803_988_800_000_i64);
    }

    #[test]
    fn every_measure_has_its_name() {
        assert_eq!(MEASURES[Measure::Faults as usize].0, "Faults");
        assert_eq!(MEASURES[Measure::WorkLeft as usize].0, "WorkLeft");
        let meter = Meter::default();
        meter.count(Measure::MailsSent);
        meter.record(Measure::MailsSent, 2);
        assert_eq!(meter.sum(Measure::MailsSent), 3);
    }
}
