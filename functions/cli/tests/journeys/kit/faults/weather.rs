//! What happens to a call on its way to the table and back. Everybody throws dice of their own, by
//! the seed: so everybody has the same luck in every run, whoever comes first.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

/// Whose dice are thrown when nobody says who they are: the relay's, and a lonely visitor's.
const NOBODY: usize = usize::MAX;

tokio::task_local! {
    static WHO: usize;
}

/// Does something with the luck of one of many.
pub(crate) async fn with_luck_of<T>(who: usize, act: impl Future<Output = T>) -> T {
    WHO.scope(who, act).await
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// It arrives, once, and its answer comes back.
    Fair,
    /// The table is too busy, says so, and does nothing.
    Refused,
    /// The service breaks down before it did anything, and says so.
    Broken,
    /// The connection ends before the call arrives.
    Cut,
    /// The call is done, and the connection ends before its answer arrives.
    Lost,
    /// The call arrives twice, and the second answer counts.
    Doubled,
}

/// Every fate that is not fair.
pub(crate) const BAD: [Fate; 5] = [
    Fate::Refused,
    Fate::Broken,
    Fate::Cut,
    Fate::Lost,
    Fate::Doubled,
];

/// How the days are.
#[derive(Debug, Default)]
pub(super) struct Weather(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    seed: u64,
    /// Out of a hundred writes, so many are refused for now.
    refused: u64,
    /// Out of a hundred calls, so many have a bad fate.
    stormy: u64,
    thrown: BTreeMap<usize, u64>,
    fates: BTreeMap<Fate, usize>,
}

impl Weather {
    pub(super) fn refuses(&self, of_a_hundred: u64) {
        self.0.lock().unwrap().refused = of_a_hundred;
    }

    pub(super) fn storms(&self, of_a_hundred: u64, seed: u64) {
        let mut inner = self.0.lock().unwrap();
        (inner.stormy, inner.seed) = (of_a_hundred, seed);
    }

    /// How many calls had which fate since it was asked last.
    pub(super) fn fates(&self) -> BTreeMap<Fate, usize> {
        std::mem::take(&mut self.0.lock().unwrap().fates)
    }

    /// The fate of the next call of whoever calls, and a roll for its particulars.
    pub(super) fn next(&self, operation: &str) -> (Fate, usize) {
        let mut inner = self.0.lock().unwrap();
        let (roll, detail) = (inner.throw() % 100, inner.throw() >> 8);
        let writes = !matches!(operation, "GetItem" | "Query");
        let fate = match () {
            () if writes && roll < inner.refused => Fate::Refused,
            () if roll < inner.stormy => BAD[usize::try_from(detail % 5).unwrap()],
            () => Fate::Fair,
        };
        *inner.fates.entry(fate).or_default() += 1;
        (fate, usize::try_from(detail / 5).unwrap())
    }
}

impl Inner {
    /// A number without a pattern, from the seed, the thrower and how often they threw
    /// (`SplitMix64`).
    fn throw(&mut self) -> u64 {
        let who = WHO.try_with(|who| *who).unwrap_or(NOBODY);
        let count = self.thrown.entry(who).or_default();
        *count += 1;
        let who = u64::try_from(who)
            .unwrap()
            .wrapping_mul(0xD129_0E5C_4B5D_9A71);
        let mut mixed = (self.seed ^ who).wrapping_add(count.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

/// What a busy table says instead of doing what it is asked.
pub(super) fn refusal(operation: &str, body: &Value, roll: usize) -> (u16, Value) {
    let throttled = [
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
    ];
    match (operation, roll % 4) {
        ("TransactWriteItems", 0) => (400, error("TransactionInProgressException")),
        ("TransactWriteItems", 1 | 2) => {
            let steps = body["TransactItems"].as_array().unwrap().len();
            let mut reasons = vec![json!({ "Code": "None" }); steps];
            reasons[steps / 2] = json!({ "Code": "TransactionConflict", "Message": "busy" });
            let mut cancelled = error("TransactionCanceledException");
            cancelled["CancellationReasons"] = reasons.into();
            (400, cancelled)
        }
        ("BatchWriteItem", _) => (200, json!({ "UnprocessedItems": body["RequestItems"] })),
        ("BatchGetItem", _) => (
            200,
            json!({ "Responses": {}, "UnprocessedKeys": body["RequestItems"] }),
        ),
        ("PutItem" | "UpdateItem" | "DeleteItem", 1 | 2) => {
            (400, error("TransactionConflictException"))
        }
        (_, roll) => (400, error(throttled[usize::from(roll == 3)])),
    }
}

/// An error as the service tells it.
pub(super) fn error(kind: &str) -> Value {
    json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": "not now" })
}
