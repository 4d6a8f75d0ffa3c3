//! What is stored, held against the page that says so, `functions/DATA.md`. That nothing is stored
//! which is not on the page is looked at in every journey (`kit/ledger.rs`), that everything on the page is
//! really stored where everything happens (`leaks.rs`); here is the rest.

use std::collections::BTreeSet;

use crate::kit::ledger::{DataMap, Ledger};

const KEYS: &str = include_str!("../../../app/src/store/keys.rs");

/// Whether everything on the page was really stored in a table in which everything happened.
pub(crate) fn is_really_stored(ledger: &Ledger) {
    let listed = DataMap::now().listed();
    let never: Vec<_> = listed.difference(&ledger.written()).cloned().collect();
    assert!(
        never.is_empty(),
        "functions/DATA.md lists what was never written: {never:#?}\n\
         Take the rows away, or let it happen in journeys/scenario.rs."
    );
}

#[test]
fn the_page_has_the_kinds_that_there_are_keys_for() {
    let rows = KEYS.lines().filter_map(|line| line.strip_prefix("//! | "));
    let mut known = BTreeSet::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let keys = |cell: &str| -> Vec<String> {
            let parts = cell
                .split(',')
                .map(|part| part.trim().trim_matches('`').to_owned());
            match cell {
                "time, what" => vec![cell.to_owned()],
                _ => parts.filter(|part| !part.is_empty()).collect(),
            }
        };
        if let [_, pk, sk, ..] = cells.as_slice()
            && pk.starts_with('`')
        {
            let pk = pk.trim_matches('`');
            known.extend(keys(sk).into_iter().map(|sk| format!("{pk} {sk}")));
        }
    }
    let told: BTreeSet<String> = DataMap::now()
        .kinds()
        .iter()
        .map(|kind| kind.name())
        .collect();
    assert_eq!(
        told, known,
        "the kinds of functions/DATA.md, and the keys of store/keys.rs"
    );
}

/// What is about a person goes: with its owner, by its time, or as its paragraph says.
#[test]
fn the_page_says_how_everything_personal_goes() {
    for kind in DataMap::now().kinds() {
        let has = |name: &str| kind.attributes.iter().any(|listed| listed.name == name);
        let personal = kind.attributes.iter().any(|listed| listed.personal != "no");
        assert!(
            !personal || has("owner") || has("expires_at") || kind.lead.contains("Goes "),
            "{}: no owner, no end; say in its paragraph how it goes (`Goes …`)",
            kind.name()
        );
    }
}
