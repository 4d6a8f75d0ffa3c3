//! Quantities of a month, and what they cost.

use super::Input;
use super::input::{CostError, Operation, Price};

const DAYS: f64 = 30.4;
const MINUTES: f64 = DAYS * 24.0 * 60.0;
const GIGA: f64 = 1e9;

/// Everything that is billed by quantity.
#[derive(Debug, Default, Clone)]
pub(super) struct Quantities {
    cdn_requests: f64,
    cdn_bytes: f64,
    cdn_functions: f64,
    api_requests: f64,
    lambda_requests: f64,
    lambda_seconds: f64,
    table_writes: f64,
    table_reads: f64,
    table_bytes: f64,
    files_written: f64,
    files_read: f64,
    files_bytes: f64,
    mails: f64,
    log_bytes: f64,
    schedules: f64,
}

/// What a service costs.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) service: &'static str,
    pub(super) dollars: f64,
}

impl Quantities {
    /// A month of so many learners; of none, it is what an idle community consumes.
    pub(super) fn of_learners(input: &Input, learners: f64) -> Result<Self, CostError> {
        let mut month = Self::idle(input)?;
        let (page, behaviour) = (&input.measured.page, &input.learners.month);
        let (pages, first) = (
            learners * behaviour.pages,
            learners * behaviour.first_visits,
        );
        let requests = pages + first * page.first_requests as f64;
        month.cdn_requests += requests;
        month.cdn_functions += requests;
        month.cdn_bytes += pages * page.bytes as f64 + first * page.first_bytes as f64;
        month.files_read += requests * (100.0 - input.learners.cdn.percent_kept) / 100.0;
        for (name, times) in &behaviour.does {
            month.add(input, input.measured.operation(name)?, learners * times);
        }
        let kept = &input.learners.kept;
        month.table_bytes += learners * kept.kilobytes * 1000.0 * kept.months;
        Ok(month)
    }

    /// The sweep looks for work while nobody comes; the site lies in the bucket.
    fn idle(input: &Input) -> Result<Self, CostError> {
        let mut month = Self::default();
        let sweeps = MINUTES / input.template.sweep_minutes;
        month.add(
            input,
            input.measured.operation(super::words::SWEEP)?,
            sweeps,
        );
        month.schedules += sweeps;
        month.files_bytes += input.learners.kept.site_gigabytes * GIGA;
        Ok(month)
    }

    /// An operation, once, with nothing else.
    pub(super) fn of_one(input: &Input, operation: &Operation) -> Self {
        let mut one = Self::default();
        one.add(input, operation, 1.0);
        one
    }

    fn add(&mut self, input: &Input, operation: &Operation, times: f64) {
        let after = &operation.after;
        self.cdn_requests += times * operation.requests as f64;
        self.cdn_bytes += times * operation.bytes as f64;
        self.api_requests += times * operation.requests as f64;
        let runs = operation.requests + after.runs;
        self.lambda_requests += times * runs as f64;
        self.log_bytes += times * runs as f64 * input.learners.logs.bytes_a_line;
        self.lambda_seconds += times * gigabyte_seconds(input, operation);
        self.table_writes += times * (operation.write + after.write);
        self.table_reads += times * (operation.read + after.read);
        self.files_written += times * after.files_written as f64;
        self.files_read += times * after.files_read as f64;
        self.mails += times * after.mails as f64;
    }

    /// The bill, by service.
    pub(super) fn bill(&self, input: &Input) -> Vec<Line> {
        self.priced(input, Price::of)
    }

    /// The sum of all services once nothing is free any more.
    pub(super) fn beyond_free(&self, input: &Input) -> f64 {
        let lines = self.priced(input, Price::beyond);
        lines.iter().map(|line| line.dollars).sum()
    }

    fn priced(&self, input: &Input, cost: impl Fn(&Price, f64) -> f64) -> Vec<Line> {
        let prices = &input.prices.prices;
        let line = |service, parts: &[(&Price, f64)]| Line {
            service,
            dollars: parts
                .iter()
                .map(|(price, amount)| cost(price, *amount))
                .sum(),
        };
        vec![
            line(
                "CDN",
                &[
                    (&prices.cdn_requests, self.cdn_requests),
                    (&prices.cdn_gigabytes, self.cdn_bytes / GIGA),
                    (&prices.cdn_functions, self.cdn_functions),
                ],
            ),
            line(
                "files",
                &[
                    (&prices.files_written, self.files_written),
                    (&prices.files_read, self.files_read),
                    (&prices.files_gigabytes, self.files_bytes / GIGA),
                ],
            ),
            line("HTTP API", &[(&prices.api_requests, self.api_requests)]),
            line(
                "functions",
                &[
                    (&prices.lambda_requests, self.lambda_requests),
                    (&prices.lambda_seconds, self.lambda_seconds),
                    (&prices.schedules, self.schedules),
                ],
            ),
            line(
                "table, requests",
                &[
                    (&prices.table_writes, self.table_writes),
                    (&prices.table_reads, self.table_reads),
                ],
            ),
            line(
                "table, storage and backup",
                &[
                    (&prices.table_gigabytes, self.table_bytes / GIGA),
                    (&prices.backup_gigabytes, self.table_bytes / GIGA),
                ],
            ),
            line("mail", &[(&prices.mails, self.mails)]),
            line("logs", &[(&prices.log_gigabytes, self.log_bytes / GIGA)]),
        ]
    }
}

/// A function is billed for its memory while it computes, with its share of a processor, and while it
/// waits.
fn gigabyte_seconds(input: &Input, operation: &Operation) -> f64 {
    let waiting = &input.learners.waiting;
    let (answering, working) = input.template.megabytes;
    let slower = |megabytes: f64| (waiting.whole_processor_megabytes / megabytes).max(1.0);
    let after = &operation.after;
    let answered =
        operation.milliseconds * slower(answering) + operation.calls as f64 * waiting.table;
    let files = (after.files_read + after.files_written) as f64;
    let worked = after.milliseconds * slower(working)
        + after.calls as f64 * waiting.table
        + files * waiting.file
        + after.mails as f64 * waiting.mail;
    (answered * answering + worked * working) / 1000.0 / 1024.0
}
