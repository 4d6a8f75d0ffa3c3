//! What anybody can read, every byte of it, is searched for what nobody may: addresses, tokens,
//! identifiers of members, and texts that were not published.

use std::collections::BTreeSet;

use serde_json::Value;
use sodium_cli::engine::Engine;

use crate::data_map::is_really_stored;
use crate::kit::TestApp;
use crate::kit::ledger::Ledger;
use crate::scenario::{everything_happens, generous};

/// Texts of the scenario that no reader sees.
const UNPUBLISHED: [&str; 10] = [
    "A topic that goes",
    "A topic for later",
    "The first of many", // its author left
    "With a mistake",
    "Without one",
    "Not for long",
    "A casino",
    "My casino",
    "Kept for later",
    "secret-room",
];

#[tokio::test]
async fn all_that_is_stored_is_told_and_no_published_byte_holds_what_is_not_for_everybody() {
    let engine = Engine::in_memory().unwrap();
    let ledger = Ledger::over(&engine);
    let (app, provider) = TestApp::on_table_with_company(ledger.store(), generous).await;
    everything_happens(&app, &provider).await;
    is_really_stored(&ledger);
    let mut secrets: BTreeSet<String> = UNPUBLISHED.iter().map(ToString::to_string).collect();
    secrets.extend(secrets_of_mails(&app));
    secrets.extend(secrets_of_items(&engine.items().unwrap()));
    assert!(
        secrets.len() > 50,
        "only {} secrets: the test looks wrongly",
        secrets.len()
    );

    let files = app.public_texts();
    assert!(files.iter().any(|(_, text)| text.contains("Remark 49")));
    for (path, text) in files {
        let text = format!("{}\n{text}", path.display());
        for secret in &secrets {
            assert!(
                !text.contains(secret.as_str()),
                "{secret} is in {}",
                path.display()
            );
        }
        let address = addresses_in(&text).next();
        assert_eq!(address, None, "an address in {}", path.display());
    }
}

/// Who got mails, and the tokens in the links that they hold.
fn secrets_of_mails(app: &TestApp) -> Vec<String> {
    let mut secrets = Vec::new();
    for mail in app.all_mails() {
        let links = mail
            .text
            .split_whitespace()
            .filter(|word| word.contains("/api/"))
            // What names a comment is no token: it is in its permalink.
            .filter(|word| !word.contains("/comments/"));
        let tokens = links
            .flat_map(|link| link.split('/'))
            .filter(|part| part.len() >= 40);
        secrets.extend(tokens.map(str::to_owned));
        secrets.push(mail.to);
    }
    secrets
}

/// Members, devices, hashes, and all that is sealed.
fn secrets_of_items(items: &[Value]) -> Vec<String> {
    let mut secrets = Vec::new();
    for item in items {
        let pk = item["pk"]["S"].as_str().unwrap();
        let named = [
            "MEMBER#",
            "DEVICE#",
            "SIGNIN#",
            "ADDRESS#",
            "WAITLIST#",
            "DRAFT#",
            "LIMIT#",
        ];
        if named.iter().any(|kind| pk.starts_with(kind)) {
            secrets.extend(pk.rsplit('#').next().map(str::to_owned));
        }
        for attribute in ["owner", "address", "browser", "join_link"] {
            secrets.extend(item[attribute]["S"].as_str().map(str::to_owned));
        }
    }
    secrets
}

/// What looks like an e-mail address.
fn addresses_in(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || "@.+-_".contains(c)));
    words.filter(|word| {
        let parts = word.split_once('@');
        parts.is_some_and(|(local, host)| !local.is_empty() && host.trim_matches('.').contains('.'))
    })
}
