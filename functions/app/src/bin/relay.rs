//! The `relay` function, on the table's stream: new outbox items come in batches, in order within
//! a partition. What stays undone is named in the answer, so that Lambda delivers it again.

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};
use sodium_app::lambda;
use sodium_app::relay::Outgoing;
use uuid::Uuid;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::log_json();
    let (app, mailer) = lambda::baking().await?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Event>| {
        let records: Vec<Record> = event.payload.records.into_iter().filter_map(read).collect();
        let batch: Vec<Outgoing> = records
            .iter()
            .filter_map(|record| record.outgoing.clone())
            .collect();
        let done = app.relay(&mailer, &batch).await?;
        let failures: Vec<Value> = records
            .iter()
            .filter(|record| !record.is_in(&done))
            .map(|record| json!({ "itemIdentifier": record.sequence }))
            .collect();
        Ok::<Value, lambda_runtime::Error>(json!({ "batchItemFailures": failures }))
    }))
    .await
}

/// A new outbox item in the stream.
struct Record {
    sequence: String,
    /// Nothing if this version cannot read it, as may happen while a new one is being deployed.
    outgoing: Option<Outgoing>,
}

impl Record {
    fn is_in(&self, done: &[Uuid]) -> bool {
        let id = self.outgoing.as_ref().map(|outgoing| outgoing.id);
        id.is_some_and(|id| done.contains(&id))
    }
}

/// Reads a record of the stream. What cannot be read counts as undone: Lambda delivers it again,
/// perhaps to a newer version, and puts it before the operator in the end. Its item stays in the
/// outbox, where each sweep tries it.
fn read(record: EventRecord) -> Option<Record> {
    if record.event_name != "INSERT" {
        return None;
    }
    let sequence = record.change.sequence_number.unwrap_or_default();
    let outgoing = serde_dynamo::from_item(record.change.new_image)
        .inspect_err(|error| tracing::error!(sequence, %error, "work in the stream cannot be read"))
        .ok();
    Some(Record { sequence, outgoing })
}
