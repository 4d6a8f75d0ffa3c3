//! The `relay` function, on the table's stream: new outbox items come in batches, in order within
//! a partition. What stays undone is named in the answer, so that Lambda delivers it again.

use aws_lambda_events::event::dynamodb::Event;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};
use sodium_app::lambda;
use sodium_app::relay::Outgoing;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::log_json();
    let (app, mailer) = (lambda::app().await?, lambda::mailer()?);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Event>| {
        let records = outgoing(event.payload);
        let batch: Vec<Outgoing> = records
            .iter()
            .map(|(_, outgoing)| outgoing.clone())
            .collect();
        let done = app.relay(&mailer, &batch).await?;
        let failures: Vec<Value> = records
            .iter()
            .filter(|(_, outgoing)| !done.contains(&outgoing.id))
            .map(|(sequence, _)| json!({ "itemIdentifier": sequence }))
            .collect();
        Ok::<Value, lambda_runtime::Error>(json!({ "batchItemFailures": failures }))
    }))
    .await
}

/// The outbox items in a stream event, each with its sequence number.
fn outgoing(event: Event) -> Vec<(String, Outgoing)> {
    event
        .records
        .into_iter()
        .filter(|record| record.event_name == "INSERT")
        .filter_map(|record| {
            let sequence = record.change.sequence_number?;
            let item = serde_dynamo::from_item(record.change.new_image).ok()?;
            Some((sequence, item))
        })
        .collect()
}
