//! Capacity units: what DynamoDB would bill for each thing that people do, and how long it takes one
//! processor. The same measurement is a test of the journeys, which holds the units to
//! `infra/cost/measured.toml`.

use std::path::Path;

use sodium_cli::cost::Operation;

use crate::report::Report;
use crate::{measuring, median};

/// Times are medians of so many rounds; units are the same in each.
const ROUNDS: usize = 5;

/// Reports what each operation consumes; where `SODIUM_COST` is set, also writes it down.
pub(crate) fn measure(root: &Path, report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let round = || runtime.block_on(measuring::measure()).0;
    let rounds: Vec<Vec<Operation>> = (0..ROUNDS).map(|_| round()).collect();
    let mut operations = rounds[0].clone();
    for (at, operation) in operations.iter_mut().enumerate() {
        let middle =
            |of: fn(&Operation) -> f64| median(rounds.iter().map(|r| of(&r[at])).collect());
        operation.milliseconds = middle(|operation| operation.milliseconds);
        operation.after.milliseconds = middle(|operation| operation.after.milliseconds);
        let Operation { name, after, .. } = &operation;
        report.tell(
            &format!("capacity units, {name}"),
            &format!(
                "{} written, {} read in {:.2} ms; then the relay alone: {} written, {} read in {:.2} ms",
                operation.write,
                operation.read,
                operation.milliseconds,
                after.write,
                after.read,
                after.milliseconds
            ),
        );
    }
    if std::env::var_os("SODIUM_COST").is_some() {
        measuring::write_down(root, operations);
    }
}
