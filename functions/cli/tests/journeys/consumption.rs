//! What each thing that people do consumes is written down in `infra/cost/measured.toml`, from which
//! `sodium cost` computes. Here it is measured again.

use std::path::Path;

use sodium_cli::cost::{MEASURED, Measured, Operation};

use crate::measuring;

#[tokio::test]
async fn nothing_consumes_more_or_less_than_is_written_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (measured, _) = measuring::measured().await;
    if std::env::var_os("SODIUM_COST").is_some() {
        return measuring::write_down(&root, measured.clone());
    }
    let known = Measured::read(&root).unwrap();
    let units = |operations: &[Operation]| operations.iter().map(Operation::units).collect();
    let (is, was): (Vec<Operation>, Vec<Operation>) = (units(measured), units(&known.operation));
    for operation in &is {
        let before = was.iter().find(|before| before.name == operation.name);
        assert_eq!(
            Some(operation),
            before,
            "{} consumes something else than {MEASURED} says; if that is meant, run `make cost`",
            operation.name
        );
    }
    assert_eq!(is.len(), was.len(), "{MEASURED} names what nobody does");
}
