//! Trying again. DynamoDB does not queue writers: it refuses a transaction while another one holds
//! one of its items, and anything while a partition is too busy. Whoever is refused waits for a
//! random time that grows with every refusal ("full jitter"), so that a crowd spreads by itself.
//! All waiting of one piece of work shares one [`Patience`]: loops inside loops do not multiply it.

use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::time::Instant;

use super::{Store, StoreError};
use crate::meter::{Measure, Meter};

/// How long one piece of work tries again. A Lambda function has ten seconds for a request; after
/// six there is still time to read, to answer, and to say that it did not work.
const LIMIT: Duration = Duration::from_secs(6);

/// The longest first pause: about the time that another transaction needs.
const FIRST: Duration = Duration::from_millis(10);

/// The longest pause of all. A crowd of a hundred then tries three hundred times a second: enough to
/// keep an item busy on which a transaction takes ten milliseconds, and no stampede.
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

/// Whether an error goes away by itself, and nothing happened.
pub(super) fn is_not_now<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let code = error.as_service_error().and_then(|said| said.code());
    code.is_some_and(|code| NOT_NOW.contains(&code))
}

/// Whether nobody knows if the request was done: the connection ended, or the service broke down.
pub(super) fn is_uncertain<E>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            true
        }
        SdkError::ServiceError(said) => said.raw().status().is_server_error(),
        _ => false,
    }
}

/// How pauses pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pauses {
    /// In real time.
    #[default]
    Waited,
    /// In turns for everybody else, one for each ten milliseconds: for tests, which wait for
    /// nothing. A call to the embedded engine takes a turn of the same kind.
    Turns,
}

/// How much longer a piece of work tries again.
#[derive(Debug)]
pub(crate) struct Patience {
    pauses: Pauses,
    /// When the last answer must be there.
    until: Instant,
    /// How long it may still pause.
    left: Duration,
    longest: Duration,
    tries: u64,
    meter: Meter,
}

impl Drop for Patience {
    fn drop(&mut self) {
        if self.tries > 0 {
            self.meter.record(Measure::WritesRetried, self.tries);
        }
    }
}

impl Patience {
    /// All of it: for the work that begins now.
    fn new(pauses: Pauses, meter: Meter) -> Self {
        let limit = match pauses {
            Pauses::Waited => LIMIT,
            // A busy machine must not fail a test: only turns count.
            Pauses::Turns => LIMIT * 100,
        };
        Self {
            pauses,
            until: Instant::now() + limit,
            left: LIMIT,
            longest: FIRST,
            tries: 0,
            meter,
        }
    }

    /// When the last answer must be there.
    pub(crate) fn end(&self) -> Instant {
        self.until
    }

    /// Waits before the next attempt.
    ///
    /// # Errors
    /// When it would last too long.
    pub(crate) async fn pause(&mut self) -> Result<(), StoreError> {
        self.tries += 1;
        let pause = self.longest.mul_f64(chance());
        self.longest = LONGEST.min(self.longest * 2);
        self.left = self.left.saturating_sub(pause);
        if self.left.is_zero() || Instant::now() + pause >= self.until {
            return Err(StoreError::Contended);
        }
        match self.pauses {
            Pauses::Waited => tokio::time::sleep(pause).await,
            Pauses::Turns => {
                for _ in 0..=pause.as_millis() / FIRST.as_millis() {
                    let _ = tokio::task::spawn_blocking(|| ()).await;
                }
            }
        }
        Ok(())
    }
}

/// A random number from 0 to 1. Without random numbers everybody waits the whole time, which is
/// slower and not wrong.
fn chance() -> f64 {
    getrandom::u32().map_or(1.0, |number| f64::from(number) / f64::from(u32::MAX))
}

impl Store {
    /// The patience for work that begins now.
    pub(crate) fn patience(&self) -> Patience {
        Patience::new(self.pauses, self.meter.clone())
    }

    /// Makes a call again while the table says "not now".
    pub(crate) async fn patiently<T, E, F>(&self, call: impl Fn() -> F) -> Result<T, StoreError>
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let mut patience = self.patience();
        loop {
            match call().await {
                Ok(answer) => return Ok(answer),
                Err(error) if is_not_now(&error) => patience.pause().await?,
                Err(error) => return Err(error.into()),
            }
        }
    }
}
