//! The relay on the table's stream: what is repeated has no second effect, and what cannot be done
//! is named.

use serde_json::{Value, json};

use crate::function::Function;
use crate::world::{LESSON, World};

/// A stream event with these outbox items as new ones.
pub(crate) fn event(items: &[Value]) -> Value {
    let records: Vec<Value> = items
        .iter()
        .enumerate()
        .map(|(number, item)| record(&number.to_string(), item))
        .collect();
    json!({ "Records": records })
}

fn record(sequence: &str, item: &Value) -> Value {
    json!({
        "eventID": sequence, "eventName": "INSERT", "eventVersion": "1.1",
        "eventSource": "aws:dynamodb", "awsRegion": "eu-central-1",
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:1:table/sodium/stream/one",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_803_988_800, "SequenceNumber": sequence,
            "SizeBytes": 100, "StreamViewType": "NEW_IMAGE",
            "Keys": { "pk": item["pk"], "sk": item["sk"] }, "NewImage": item,
        },
    })
}

/// Delivers what is due, as the stream does, and returns what was delivered.
pub(crate) async fn deliver(world: &World, relay: &Function) -> Vec<Value> {
    let items = world.outbox().await;
    assert_eq!(failures(relay, &items).await, Vec::<String>::new());
    items
}

/// The sequence numbers that stay undone.
async fn failures(relay: &Function, items: &[Value]) -> Vec<String> {
    let answer = relay.invoke(&event(items)).await.json();
    let failures = answer["batchItemFailures"].as_array();
    let failures = failures.unwrap_or_else(|| panic!("{answer}")).iter();
    failures
        .map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_batch_that_comes_again_has_no_second_effect() {
    let world = World::new().await;
    let relay = world.function("relay").await;
    let mut browser = world.browser().await;
    let fields = [("email", "ana@example.org")];
    assert_eq!(browser.post("/api/sign-in", &fields).await.status, 303);

    let items = deliver(&world, &relay).await;
    assert_eq!((items.len(), world.mails().await.len()), (1, 1));
    assert!(world.outbox().await.is_empty());

    // Twice in one batch, and the batch twice.
    let twice = [items.clone(), items].concat();
    for _ in 0..2 {
        assert!(failures(&relay, &twice).await.is_empty());
    }
    assert_eq!(world.mails().await.len(), 1);
}

#[tokio::test]
async fn only_what_cannot_be_done_stays() {
    let world = World::new().await;
    let relay = world.function("relay").await;
    let mut browser = world.browser().await;
    for who in ["ana@example.org", "ben@example.org"] {
        browser
            .another()
            .post("/api/sign-in", &[("email", who)])
            .await;
    }
    browser.get("/api/sign-in").await;
    let mut items = world.outbox().await;
    assert_eq!(items.len(), 2);
    let poison = json!({
        "pk": { "S": "OUTBOX#0" }, "sk": { "S": "poison" },
        "id": { "S": "no identifier" }, "work": { "S": "of no kind" },
    });
    items.insert(1, poison);
    assert_eq!(failures(&relay, &items).await, ["1"]);
    assert_eq!(world.mails().await.len(), 2);
    // Lambda sends again from the first that failed.
    assert_eq!(failures(&relay, &items[1..]).await, ["0"]);
    assert_eq!(world.mails().await.len(), 2);
}

#[tokio::test]
async fn a_sweep_leaves_what_is_on_its_way_through_the_stream() {
    let world = World::new().await;
    let (relay, jobs) = (world.function("relay").await, world.function("jobs").await);
    let mut browser = world.browser().await;
    browser
        .post("/api/sign-in", &[("email", "ana@example.org")])
        .await;
    let sweep = json!({ "job": "sweep" });
    assert_eq!(jobs.invoke(&sweep).await.json()["worked"], 0);
    assert_eq!(deliver(&world, &relay).await.len(), 1);
    assert_eq!(jobs.invoke(&sweep).await.json()["worked"], 0);
    assert_eq!(world.mails().await.len(), 1);
    assert!(world.file(LESSON).await.contains("Lesson"));
}
