//! The Lambda binaries start, take an event from a runtime and answer it. The runtime here speaks
//! the Runtime API as far as one invocation needs; a table that is always empty stands behind it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]

#[allow(dead_code, reason = "the benchmark uses the rest")]
mod double;

use std::path::Path;

use double::{answer_to, http, through_cdn};
use serde_json::{Value, json};
use sodium_app::seal::{Keys, Purpose};
use sodium_app::web::guard::ORIGIN_HEADER;

async fn answer_with(keys: &Keys, binary: &str, event: Value) -> Value {
    answer_to(event, keys, Path::new(binary)).await.answer
}

async fn answer_of(binary: &str, method: &str, path: &str) -> Value {
    let keys = Keys::generate().unwrap();
    let event = through_cdn(method, path, &keys);
    answer_with(&keys, binary, event).await
}

#[tokio::test]
async fn comments_answers_for_its_routes_and_no_other() {
    let binary = env!("CARGO_BIN_EXE_comments");
    let form = answer_of(binary, "GET", "/api/threads/first-lesson/form").await;
    assert_eq!(form["statusCode"], 200, "{form}");
    assert!(
        form["body"].as_str().unwrap().contains("\"token\""),
        "{form}"
    );
    let other = answer_of(binary, "GET", "/api/account").await;
    assert_eq!(other["statusCode"], 404, "{other}");
}

#[tokio::test]
async fn what_did_not_come_through_the_cdn_gets_no_answer() {
    let keys = Keys::generate().unwrap();
    let stranger = Keys::generate().unwrap().origin_secret();
    for secret in [None, Some(stranger)] {
        let mut event = http("GET", "/api/waitlist/sent");
        if let Some(secret) = secret {
            event["headers"][ORIGIN_HEADER] = secret.into();
        }
        let answer = answer_with(&keys, env!("CARGO_BIN_EXE_waitlist"), event).await;
        assert_eq!(answer["statusCode"], 421, "{answer}");
        let body = answer["body"].as_str().unwrap_or_default();
        assert!(body.is_empty(), "{answer}");
    }
}

#[tokio::test]
async fn signups_answers_with_a_page_in_the_frame() {
    let page = answer_of(env!("CARGO_BIN_EXE_signups"), "GET", "/api/account").await;
    assert_eq!(page["statusCode"], 401, "{page}");
    assert!(
        page["body"]
            .as_str()
            .unwrap()
            .contains("<title>Sign in first</title>"),
        "{page}"
    );
}

#[tokio::test]
async fn waitlist_answers_with_a_page_in_the_frame() {
    let page = answer_of(env!("CARGO_BIN_EXE_waitlist"), "GET", "/api/waitlist/sent").await;
    assert_eq!(page["statusCode"], 200, "{page}");
    assert_eq!(page["headers"]["cache-control"], "no-store", "{page}");
}

#[tokio::test]
async fn relay_works_new_outbox_items_and_names_the_ones_that_stay() {
    let record = |sequence: &str, name: &str, work: Value| {
        json!({
            "eventID": sequence, "eventName": name, "eventVersion": "1.1", "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1", "eventSourceARN": "arn:aws:dynamodb:eu-central-1:1:table/sodium",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_804_075_200, "SequenceNumber": sequence,
                "SizeBytes": 100, "StreamViewType": "NEW_IMAGE", "Keys": {},
                "NewImage": {
                    "pk": { "S": "OUTBOX#0" },
                    "sk": { "S": format!("018f0000-0000-7000-8000-{sequence:0>12}") },
                    "id": { "S": format!("018f0000-0000-7000-8000-{sequence:0>12}") },
                    "work": { "M": work },
                },
            },
        })
    };
    let seats =
        json!({ "follow": { "S": "seats-changed" }, "session": { "S": "no-such-session" } });
    let keys = Keys::generate().unwrap();
    let letter = json!({ "letter": "sign-in", "address": "ana@example.org", "token": "t" });
    let sealed = keys.seal(Purpose::Mail, &letter).unwrap();
    // No mail server listens, so this one stays.
    let mail = json!({ "follow": { "S": "mail" }, "sealed": { "S": sealed } });
    let event = json!({ "Records": [
        record("1", "INSERT", seats.clone()),
        record("2", "INSERT", mail),
        record("3", "REMOVE", seats),
        // From a version that is being deployed.
        record("4", "INSERT", json!({ "follow": { "S": "something-new" } })),
    ] });

    let answer = answer_with(&keys, env!("CARGO_BIN_EXE_relay"), event).await;
    assert_eq!(
        answer,
        json!({ "batchItemFailures": [{ "itemIdentifier": "2" }, { "itemIdentifier": "4" }] })
    );
}

#[tokio::test]
async fn jobs_sweeps_when_the_scheduler_says_so() {
    let keys = Keys::generate().unwrap();
    let event = json!({ "job": "sweep" });
    let answer = answer_with(&keys, env!("CARGO_BIN_EXE_jobs"), event).await;
    let nothing = json!({
        "worked": 0, "left": 0, "unreadable": 0, "errands": 0, "promoted": 0, "mailed": 0,
    });
    assert_eq!(answer, nothing);
}
