//! The result, as it stands in `infra/README.md`.

use std::fmt::Write as _;

use super::Input;
use super::input::{CostError, Operation, Price, PriceList};
use super::month::{Line, Quantities};

/// The operation that happens while nobody comes.
pub(super) const SWEEP: &str = "a sweep with nothing to do";
const HELD: &str = "posting a comment that waits";

/// Communities of these sizes are computed.
const SIZES: [f64; 4] = [0.0, 1_000.0, 100_000.0, 1_000_000.0];

const HOUR: f64 = 3600.0;

pub(super) fn section(input: &Input) -> Result<String, CostError> {
    let parts = [
        head(input),
        bills(input)?,
        idle(),
        behaviour(input),
        flood(input)?,
        operations(input),
        prices(input),
    ];
    Ok(parts.join("\n"))
}

fn head(input: &Input) -> String {
    format!(
        "## What it costs\n\n\
         Computed by `sodium cost` from what each operation was measured to consume (`cost/measured.toml`, {}), from\n\
         Amazon's prices (`cost/prices.toml`, {}, {}) and from how learners are taken to behave (`cost/learners.toml`). A test\n\
         holds this text to the program, and another the measured units to the code. US dollars a month, without tax:\n",
        input.measured.date, input.prices.date, input.prices.region,
    )
}

fn bills(input: &Input) -> Result<String, CostError> {
    let mut columns: Vec<Vec<Line>> = Vec::new();
    for size in SIZES {
        columns.push(Quantities::of_learners(input, size)?.bill(input));
    }
    let names = SIZES.map(|size| match size {
        0.0 => "nobody".to_owned(),
        size => format!("{} learners", grouped(size)),
    });
    let mut text = format!("| | {} |\n|---|{}\n", names.join(" | "), "--:|".repeat(4));
    for (row, line) in columns[0].iter().enumerate() {
        let cells: Vec<String> = columns.iter().map(|c| money(c[row].dollars)).collect();
        let _ = writeln!(text, "| {} | {} |", line.service, cells.join(" | "));
    }
    let sums = columns.iter().map(|lines| {
        let sum: f64 = lines.iter().map(|line| line.dollars).sum();
        format!("**{}**", money(sum))
    });
    let _ = writeln!(
        text,
        "| **all** | {} |",
        sums.collect::<Vec<_>>().join(" | ")
    );
    Ok(text)
}

fn idle() -> String {
    "While nobody comes, nothing has a price but what is stored: the table's items and their backup, files, log lines. The sweep\n\
     runs on, for less than a cent. The alarms watch ten metrics, the functions write ten of their own, there is one dashboard and one budget: all within\n\
     what CloudWatch and Budgets give for nothing. `tests/own.py` knows each kind of resource and why it has no standing\n\
     price; one that it does not know fails.\n"
        .to_owned()
}

fn behaviour(input: &Input) -> String {
    let (month, kept, cdn) = (
        &input.learners.month,
        &input.learners.kept,
        &input.learners.cdn,
    );
    let page = &input.measured.page;
    let does: Vec<String> = month
        .does
        .iter()
        .map(|(name, times)| format!("{name} {times}"))
        .collect();
    format!(
        "One learner in a month opens {} pages ({} KB each with its discussion; {} KB more in each of {} first visits) and does, so\n\
         many times: {}.\n\
         The CDN answers {} of a hundred pages without the bucket. A learner leaves {} KB a month in the table and its indexes; the\n\
         community is {} months old.\n",
        month.pages,
        kilo(page.bytes),
        kilo(page.first_bytes),
        month.first_visits,
        does.join("; "),
        cdn.percent_kept,
        kept.kilobytes,
        kept.months,
    )
}

fn flood(input: &Input) -> Result<String, CostError> {
    let flood = &input.learners.flood;
    let rate = input.template.rate_limit;
    let mut text = format!(
        "### A flood\n\n\
         At the limits, when nothing is free any more. The HTTP API lets {rate} requests a second through (`ApiRateLimit`), whoever\n\
         asks; what is above gets 429 and starts no function. Mails stop earlier: at the community's limits for an address\n\
         and a network (`site/policy.toml`), and at the account's quota in SES. Pages are files: a flood of readers costs {} for\n\
         a million requests, and only a WAF would turn it away. The budget's mail tells before the month ends.\n\n\
         | what | a second | an hour | a day |\n|---|--:|--:|--:|\n",
        money(page_price(input)),
    );
    let mut row = |what: &str, a_second: f64, dollars: f64| {
        let hour = dollars * a_second * HOUR;
        let _ = writeln!(
            text,
            "| {what} | {} | {} | {} |",
            rounded(a_second),
            money(hour),
            money(hour * 24.0)
        );
    };
    let one = |name: &str| -> Result<(f64, f64), CostError> {
        let operation = input.measured.operation(name)?;
        let dollars = Quantities::of_one(input, operation).beyond_free(input);
        Ok((dollars, operation.requests.max(1) as f64))
    };
    let (held, _) = one(HELD)?;
    row(
        &format!(
            "{} comments a minute from as many members as the limits need, all of which wait",
            flood.comments_a_minute
        ),
        flood.comments_a_minute / 60.0,
        held,
    );
    for name in &flood.strangers_ask {
        let (dollars, requests) = one(name)?;
        row(
            &format!("{name}, all that the HTTP API lets through"),
            rate / requests,
            dollars,
        );
    }
    Ok(text)
}

/// A million pages, when nothing is free any more.
fn page_price(input: &Input) -> f64 {
    let prices = &input.prices.prices;
    let million = 1e6;
    let bytes = million * input.measured.page.bytes as f64 / 1e9;
    prices.cdn_requests.beyond(million)
        + prices.cdn_functions.beyond(million)
        + prices.cdn_gigabytes.beyond(bytes)
}

fn operations(input: &Input) -> String {
    let mut text =
        "### What an operation consumes\n\n\
         Measured in process on the embedded engine, which says what DynamoDB would bill, beside a lesson with fifty comments. *Then*\n\
         is what the relay does for it alone; a hundred writes at once share that.\n\n\
         | operation | requests | calls | read units | write units | then: read | write | files read | written | mails | a million, in dollars |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
            .to_owned();
    for operation in &input.measured.operation {
        let Operation { name, after, .. } = operation;
        let dollars = Quantities::of_one(input, operation).beyond_free(input) * 1e6;
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            operation.requests,
            operation.calls,
            operation.read,
            operation.write,
            after.read,
            after.write,
            after.files_read,
            after.files_written,
            after.mails,
            money(dollars),
        );
    }
    text
}

fn prices(input: &Input) -> String {
    let list = &input.prices.prices;
    let mut text =
        "### Prices\n\n| what | dollars | for | free each month |\n|---|--:|--:|--:|\n".to_owned();
    for price in all(list) {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            price.what,
            price.dollars,
            grouped(price.per),
            grouped(price.free)
        );
    }
    text
}

fn all(list: &PriceList) -> [&Price; 16] {
    [
        &list.cdn_requests,
        &list.cdn_gigabytes,
        &list.cdn_functions,
        &list.api_requests,
        &list.lambda_requests,
        &list.lambda_seconds,
        &list.table_writes,
        &list.table_reads,
        &list.table_gigabytes,
        &list.backup_gigabytes,
        &list.files_written,
        &list.files_read,
        &list.files_gigabytes,
        &list.mails,
        &list.log_gigabytes,
        &list.schedules,
    ]
}

fn kilo(bytes: u64) -> String {
    rounded(bytes as f64 / 1000.0)
}

fn rounded(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// Cents where they matter.
fn money(dollars: f64) -> String {
    if dollars < 100.0 {
        format!("{dollars:.2}")
    } else {
        grouped(dollars)
    }
}

/// A whole number in groups of three digits.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(grouped(1_234_567.0), "1,234,567");
        assert_eq!(grouped(25.0), "25");
        assert_eq!(money(0.004), "0.00");
        assert_eq!(money(12.345), "12.35");
        assert_eq!(money(1234.5), "1,234");
        assert_eq!(rounded(3.0), "3");
    }
}
