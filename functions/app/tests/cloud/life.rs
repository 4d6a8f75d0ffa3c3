//! A function's life: crashes and time limits.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpListener;

use crate::function::Function;
use crate::world::World;

#[tokio::test]
async fn a_crash_costs_one_answer_and_no_more() {
    let world = World::new().await;
    let jobs = world.function("jobs").await;
    let sweep = json!({ "job": "sweep" });
    let works = async || !jobs.invoke(&sweep).await.text().contains("error");
    assert!(works().await);
    jobs.crash();
    // The emulator notices at the next event, whose answer may be lost.
    let _ = works().await;
    assert!(works().await, "it was not started again");
}

#[tokio::test]
async fn a_table_that_is_silent_does_not_hold_a_request_for_ever() {
    let world = World::new().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut variables = world.variables();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    for (name, value) in &mut variables {
        if *name == "AWS_ENDPOINT_URL_DYNAMODB" {
            value.clone_from(&endpoint);
        }
    }
    let jobs = Function::start("jobs", &variables, 2).await;
    let started = Instant::now();
    let answer = jobs.invoke(&json!({ "job": "sweep" })).await.text();
    assert!(
        answer.contains("Task timed out after 2.00 seconds"),
        "{answer}"
    );
    assert!(started.elapsed() < Duration::from_secs(10));
}
