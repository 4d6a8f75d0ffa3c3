//! Trying again. DynamoDB does not queue writers: it refuses a transaction while another one holds
//! one of its items, and anything while a partition is too busy. Whoever is refused waits for a
//! random time that grows with every refusal ("full jitter"), so that a crowd spreads by itself.
//! All waiting of one piece of work shares one [`Patience`]: loops inside loops do not multiply it.

use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::time::Instant;

use super::StoreError;

/// How long one piece of work tries again. A Lambda function has ten seconds for a request; after
/// six there is still time to read, to answer, and to say that it did not work.
const LIMIT: Duration = Duration::from_secs(6);

/// The longest first pause: about the time that another transaction needs.
const FIRST: Duration = Duration::from_millis(10);

/// The longest pause of all. A hundred people who press at the same moment, ten milliseconds each,
/// are through in two seconds with it (`contention.rs` among the tests).
const LONGEST: Duration = Duration::from_millis(640);

/// Errors that mean "not now": nothing is wrong with the request.
const NOT_NOW: [&str; 6] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingError",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// Whether an error of this code goes away by itself.
pub(super) fn is_not_now(code: Option<&str>) -> bool {
    code.is_some_and(|code| NOT_NOW.contains(&code))
}

/// How much longer a piece of work tries again.
#[derive(Debug)]
pub(crate) struct Patience {
    until: Instant,
    longest: Duration,
}

impl Patience {
    /// All of it: for the work that begins now.
    pub(crate) fn new() -> Self {
        Self {
            until: Instant::now() + LIMIT,
            longest: FIRST,
        }
    }

    /// When it ends.
    pub(crate) fn end(&self) -> Instant {
        self.until
    }

    /// Waits before the next attempt.
    ///
    /// # Errors
    /// When it would last too long.
    pub(crate) async fn pause(&mut self) -> Result<(), StoreError> {
        let pause = self.longest.mul_f64(chance());
        self.longest = LONGEST.min(self.longest * 2);
        if Instant::now() + pause >= self.until {
            return Err(StoreError::Contended);
        }
        tokio::time::sleep(pause).await;
        Ok(())
    }
}

/// A random number from 0 to 1. Without random numbers everybody waits the whole time, which is
/// slower and not wrong.
fn chance() -> f64 {
    getrandom::u32().map_or(1.0, |number| f64::from(number) / f64::from(u32::MAX))
}

/// Makes a call again while the table says "not now".
pub(super) async fn patiently<T, E, F>(call: impl Fn() -> F) -> Result<T, StoreError>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
{
    let mut patience = Patience::new();
    loop {
        match call().await {
            Ok(answer) => return Ok(answer),
            Err(error) if is_not_now(error.as_service_error().and_then(|said| said.code())) => {
                patience.pause().await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}
