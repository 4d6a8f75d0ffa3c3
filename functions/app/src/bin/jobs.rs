//! The `jobs` function: the scheduler's sweep, and the mail service's notices.

use std::time::{Duration, SystemTime};

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use sodium_app::lambda;
use sodium_app::mail::notices::Topic;

/// What is left of the function's time to say that it was not enough.
const LAST_WORDS: Duration = Duration::from_secs(2);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda::log_json();
    let (app, mailer) = lambda::baking().await?;
    let topic = std::env::var("SODIUM_NOTICES_TOPIC").ok().map(Topic::new);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let left = event.context.deadline().duration_since(SystemTime::now());
        let time = left.unwrap_or_default().saturating_sub(LAST_WORDS);
        let done = app.job(&mailer, topic.as_ref(), &event.payload, time).await;
        done.map_err(lambda_runtime::Error::from)
    }))
    .await
}
