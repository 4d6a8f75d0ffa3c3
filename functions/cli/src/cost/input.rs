//! What the model reads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::MEASURED;

/// The cost cannot be computed. The message says what to mend.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// A file cannot be read.
    #[error("{0}: {1}")]
    File(PathBuf, String),
    /// Learners do what nobody measured.
    #[error("infra/cost/learners.toml: ‘{0}’ was not measured; measured.toml lists what was")]
    Unmeasured(String),
    /// The template says it in another way than expected.
    #[error("infra/template.yaml: {0} is not found where it was")]
    Template(&'static str),
    /// The text has no markers.
    #[error("there is no place for the cost section: its markers are missing")]
    NoPlace,
}

/// What each operation consumed when it was measured: `make cost` writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// The day.
    pub date: String,
    /// What a reader's page is.
    pub page: Page,
    /// The operations.
    pub operation: Vec<Operation>,
}

/// A lesson with its discussion as it travels, compressed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Bytes of the page alone.
    pub bytes: u64,
    /// Bytes of what a first visit brings beside the page.
    pub first_bytes: u64,
    /// Requests for it.
    pub first_requests: u64,
}

/// One thing that people do, and what it consumes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// What it is called.
    pub name: String,
    /// Requests to the HTTP API.
    pub requests: u64,
    /// Bytes of the answers.
    pub bytes: u64,
    /// Calls to the table.
    pub calls: u64,
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
    /// Milliseconds of one processor.
    pub milliseconds: f64,
    /// What the relay does afterwards.
    pub after: After,
}

/// What the relay, or another worker, does after an operation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// Calls of the function.
    pub runs: u64,
    /// Calls to the table.
    pub calls: u64,
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
    /// Files read.
    pub files_read: u64,
    /// Files written.
    pub files_written: u64,
    /// Mails sent.
    pub mails: u64,
    /// Milliseconds of one processor.
    pub milliseconds: f64,
}

impl Operation {
    /// The same without what differs from machine to machine and from text to text.
    #[must_use]
    pub fn units(&self) -> Self {
        let after = After {
            milliseconds: 0.0,
            ..self.after.clone()
        };
        Self {
            bytes: 0,
            milliseconds: 0.0,
            after,
            ..self.clone()
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prices {
    pub(super) region: String,
    pub(super) date: String,
    pub(super) prices: PriceList,
}

/// One field for each thing that is billed, so that none is forgotten.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceList {
    pub(super) cdn_requests: Price,
    pub(super) cdn_gigabytes: Price,
    pub(super) cdn_functions: Price,
    pub(super) api_requests: Price,
    pub(super) lambda_requests: Price,
    pub(super) lambda_seconds: Price,
    pub(super) table_writes: Price,
    pub(super) table_reads: Price,
    pub(super) table_gigabytes: Price,
    pub(super) backup_gigabytes: Price,
    pub(super) files_written: Price,
    pub(super) files_read: Price,
    pub(super) files_gigabytes: Price,
    pub(super) mails: Price,
    pub(super) log_gigabytes: Price,
    pub(super) schedules: Price,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Price {
    pub(super) what: String,
    pub(super) dollars: f64,
    pub(super) per: f64,
    /// So much is free each month.
    pub(super) free: f64,
}

impl Price {
    /// What a month's quantity costs.
    pub(super) fn of(&self, quantity: f64) -> f64 {
        self.beyond((quantity - self.free).max(0.0))
    }

    /// What a quantity costs once nothing is free any more.
    pub(super) fn beyond(&self, quantity: f64) -> f64 {
        quantity / self.per * self.dollars
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Learners {
    pub(super) month: Month,
    pub(super) kept: Kept,
    pub(super) cdn: Cdn,
    pub(super) waiting: Waiting,
    pub(super) logs: Logs,
    pub(super) flood: Flood,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Month {
    pub(super) pages: f64,
    pub(super) first_visits: f64,
    pub(super) does: BTreeMap<String, f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    pub(super) kilobytes: f64,
    pub(super) months: f64,
    pub(super) site_gigabytes: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cdn {
    pub(super) percent_kept: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Waiting {
    pub(super) table: f64,
    pub(super) file: f64,
    pub(super) mail: f64,
    pub(super) whole_processor_megabytes: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Logs {
    pub(super) bytes_a_line: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flood {
    pub(super) comments_a_minute: f64,
    pub(super) strangers_ask: Vec<String>,
}

/// What the template decides.
#[derive(Debug)]
pub(super) struct Template {
    /// Requests a second that the HTTP API lets through.
    pub(super) rate_limit: f64,
    /// Minutes between two sweeps.
    pub(super) sweep_minutes: f64,
    /// Memory of the functions that answer, and of those that work.
    pub(super) megabytes: (f64, f64),
}

fn read<T: DeserializeOwned>(root: &Path, file: &str) -> Result<T, CostError> {
    let text = text(root, file)?;
    let failed = |error: toml::de::Error| CostError::File(file.into(), error.to_string());
    toml::from_str(&text).map_err(failed)
}

fn text(root: &Path, file: &str) -> Result<String, CostError> {
    let path = root.join(file);
    std::fs::read_to_string(&path).map_err(|error| CostError::File(path, error.to_string()))
}

impl Measured {
    /// Reads what was measured.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(root: &Path) -> Result<Self, CostError> {
        read(root, MEASURED)
    }

    /// The operation of a name.
    ///
    /// # Errors
    /// When it was not measured.
    pub fn operation(&self, name: &str) -> Result<&Operation, CostError> {
        let found = self.operation.iter().find(|known| known.name == name);
        found.ok_or_else(|| CostError::Unmeasured(name.to_owned()))
    }
}

impl Prices {
    pub(super) fn read(root: &Path) -> Result<Self, CostError> {
        read(root, "infra/cost/prices.toml")
    }
}

impl Learners {
    pub(super) fn read(root: &Path) -> Result<Self, CostError> {
        read(root, "infra/cost/learners.toml")
    }
}

impl Template {
    /// The template is YAML with functions of its own, of which three numbers are wanted: they are
    /// found by the words before them, and a template in which they moved is an error.
    pub(super) fn read(root: &Path) -> Result<Self, CostError> {
        let text = text(root, "infra/template.yaml")?;
        let after = |what, place: &[&str]| {
            let mut rest = text.as_str();
            for word in place {
                let at = rest.find(word).ok_or(CostError::Template(what))?;
                rest = &rest[at + word.len()..];
            }
            let digits = rest
                .trim_start()
                .split(|c: char| !c.is_ascii_digit())
                .next();
            let number = digits.and_then(|digits| digits.parse().ok());
            number.ok_or(CostError::Template(what))
        };
        Ok(Self {
            rate_limit: after("ApiRateLimit", &["\n  ApiRateLimit:", "Default:"])?,
            sweep_minutes: after("the schedule", &["ScheduleExpression: rate("])?,
            megabytes: (
                after("MemorySize", &["\nGlobals:", "MemorySize:"])?,
                after("MemorySize of Relay", &["\n  Relay:", "MemorySize:"])?,
            ),
        })
    }
}
