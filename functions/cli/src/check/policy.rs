//! The policy, `site/policy.toml`: that it can be read, names threads that there are, and forbids
//! nobody to write by mistake.

use std::collections::BTreeSet;
use std::ops::Range;

use sodium_domain::id::ThreadId;
use sodium_domain::policy::Policy;

use crate::content::{Findings, Problem};

/// The policy as a file beside the content folder.
pub(super) const FILE: &str = "../site/policy.toml";

const RULE: &str = "policy";

/// Everything that is wrong with the policy, given the threads that the pages open.
pub(super) fn check(source: &str, threads: &BTreeSet<ThreadId>) -> Vec<Problem> {
    let mut findings = Findings::in_file(FILE);
    match toml::from_str::<Policy>(source) {
        Ok(policy) => {
            slow_threads(source, &policy, threads, &mut findings);
            words(source, &policy, &mut findings);
            numbers(source, &policy, &mut findings);
        }
        Err(error) => findings.add(
            RULE,
            error.span().unwrap_or(0..0),
            format!("the policy cannot be read: {}", error.message()),
            "compare it with functions/domain/src/policy.rs, which names every key and what it takes",
        ),
    }
    findings.into_problems()
}

fn slow_threads(
    source: &str,
    policy: &Policy,
    threads: &BTreeSet<ThreadId>,
    findings: &mut Findings<'_>,
) {
    for thread in &policy.hold.slow_threads {
        if !threads.contains(thread) {
            findings.add(
                RULE,
                quoted(source, thread.as_str()),
                format!("slow_threads names ‘{thread}’, which no page opens"),
                "write the `thread` of the front matter of the page whose discussion is meant",
            );
        }
    }
}

fn words(source: &str, policy: &Policy, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for word in &policy.hold.words {
        let place = quoted(source, word);
        if word.trim().is_empty() {
            let cure = "take it out, or write the word";
            findings.add(RULE, place, "an empty word is in every text", cure);
        } else if word.trim() != word {
            let message = format!("‘{word}’ has blanks around it");
            findings.add(
                RULE,
                place,
                message,
                "words are whole already: write it without",
            );
        } else if !seen.insert(word.to_lowercase()) {
            let message = format!("‘{word}’ is listed twice, and capitals make no difference");
            findings.add(RULE, place, message, "take one of them out");
        }
    }
}

/// A limit of 0 lets nobody do what it limits.
fn numbers(source: &str, policy: &Policy, findings: &mut Findings<'_>) {
    let limits = &policy.limits;
    for (key, number) in [
        ("needed", policy.reports.needed),
        ("comments_per_member", limits.comments_per_member),
        ("comments_per_network", limits.comments_per_network),
        ("held_comments", limits.held_comments),
        ("reports_per_network", limits.reports_per_network),
        ("marks_per_member", limits.marks_per_member),
        ("sign_in_mails", limits.sign_in_mails),
        ("mails_per_network", limits.mails_per_network),
        ("drafts_per_network", limits.drafts_per_network),
        ("drafts", limits.drafts),
        ("suggestions_per_member", limits.suggestions_per_member),
    ] {
        if number == 0 {
            let message = format!("{key} = 0 lets nobody do it at all");
            findings.add(RULE, line_of(source, key), message, "write 1 or more");
        }
    }
}

fn quoted(source: &str, text: &str) -> Range<usize> {
    let literal = format!("\"{text}\"");
    let at = source.find(&literal).unwrap_or(0);
    at..at + literal.len()
}

/// The line that sets a key.
fn line_of(source: &str, key: &str) -> Range<usize> {
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let name = line.split('=').next().unwrap_or_default();
        if name.trim() == key {
            return at..at + line.trim_end().len();
        }
        at += line.len();
    }
    0..0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(from: &str, to: &str) -> Vec<String> {
        let text = sodium_app::DEFAULT_POLICY;
        let changed = text.replacen(from, to, 1);
        assert!(from == to || changed != text, "the policy has no {from}");
        let threads = BTreeSet::from(["first-posts".parse().expect("an id")]);
        check(&changed, &threads)
            .into_iter()
            .map(|problem| format!("{}: {}", &changed[problem.span], problem.message))
            .collect()
    }

    #[test]
    fn the_communitys_own_policy_is_clean() {
        assert_eq!(problems("", ""), Vec::<String>::new());
        assert!(problems("slow_threads = []", "slow_threads = [\"first-posts\"]").is_empty());
    }

    #[test]
    fn each_mistake_is_found_at_its_place() {
        for (from, to, place, words) in [
            (
                "slow_threads = []",
                "slow_threads = [\"no-such\"]",
                "\"no-such\"",
                "which no page opens",
            ),
            (
                "slow_threads = []",
                "slow_threads = [\"No Such\"]",
                "[\"No Such\"]",
                "cannot be read",
            ),
            (
                "slow_threads = []",
                "slow_thread = []",
                "slow_thread",
                "unknown field",
            ),
            ("[\"casino\"", "[\"\", \"casino\"", "\"\"", "in every text"),
            ("[\"casino\"", "[\" casino\"", "\" casino\"", "blanks"),
            (
                "[\"casino\"",
                "[\"Viagra\", \"casino\"",
                "\"viagra\"",
                "twice",
            ),
            (
                "held_comments = 30",
                "held_comments = 0",
                "held_comments = 0",
                "nobody",
            ),
            ("needed = 2", "needed = 0", "needed = 0", "nobody"),
            ("hide = false", "hide = \"no\"", "\"no\"", "cannot be read"),
        ] {
            let found = problems(from, to);
            let [only] = found.as_slice() else {
                panic!("{to}: {found:?}");
            };
            assert!(
                only.starts_with(place) && only.contains(words),
                "{to}: {only}"
            );
        }
    }
}
