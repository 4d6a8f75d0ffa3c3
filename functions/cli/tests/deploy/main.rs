//! `sodium deploy` and `sodium destroy`: what they ask of Amazon's command line and in which order,
//! what they say, and that they keep secrets. A double answers for Amazon (`aws.sh`); the site goes
//! to an emulator of S3 and DynamoDB.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]

#[path = "../journeys/kit/http.rs"]
mod http;
mod project;

use project::{Project, Said};

const FIRST: [&str; 4] = [
    "--notify",
    "ops@example.org",
    "--mail-from",
    "learn@example.org",
];

#[test]
fn a_dry_run_without_credentials_says_what_it_would_do_and_what_it_could_not_look_up() {
    let project = Project::new();
    project.put("no-credentials", "");
    let said = project.sodium("deploy", &[&FIRST[..], &["--dry-run"]].concat());
    assert!(said.ok, "{}", said.errors);
    assert_eq!(project.calls(), ["sts get-caller-identity"]);
    assert!(!project.root().join("target").exists());

    let guide = include_str!("../../../../infra/OPERATING.md");
    let (_, rest) = guide.split_once("<!-- dry-run:begin -->\n```\n").unwrap();
    let (transcript, _) = rest.split_once("```\n<!-- dry-run:end -->").unwrap();
    let (_, transcript) = transcript.split_once('\n').unwrap();
    assert_eq!(
        said.output, transcript,
        "infra/OPERATING.md shows what a dry run says"
    );
}

#[test]
fn a_dry_run_shows_what_is_there_and_changes_nothing() {
    let project = Project::new();
    let said = project.sodium("deploy", &[&FIRST[..], &["--dry-run"]].concat());
    assert!(said.ok, "{}", said.errors);
    assert!(
        said.output.contains("- make keys in /sodium/learn/keys\n"),
        "{}",
        said.output
    );
    let changing = [
        "put-parameter",
        "create-",
        "execute-",
        "delete-",
        "package",
        "put-object",
    ];
    for call in project.calls() {
        assert!(!changing.iter().any(|word| call.contains(word)), "{call}");
    }
}

#[test]
fn a_first_deploy_says_what_it_must_be_told_before_it_does_anything() {
    let project = Project::new();
    let said = project.sodium("deploy", &[]);
    assert!(!said.ok);
    assert!(
        said.errors.contains("--notify") && said.errors.contains("--mail-from"),
        "{}",
        said.errors
    );
    assert!(
        project
            .calls()
            .iter()
            .all(|call| !call.contains("put-parameter"))
    );
}

#[test]
fn wrong_names_are_told_before_anything_is_asked() {
    let project = Project::new();
    for (options, word) in [
        (vec!["--set", "Domain=learn.example.org"], "DomainName"),
        (vec!["--stack", "learn/../../x"], "hyphens"),
        (vec!["--region", "frankfurt"], "eu-central-1"),
    ] {
        let said = project.sodium("deploy", &[&FIRST[..], &options].concat());
        assert!(
            !said.ok && said.errors.contains(word),
            "{options:?}: {}",
            said.errors
        );
    }
    assert!(project.calls().is_empty());
}

#[test]
fn missing_credentials_are_told_with_the_cure() {
    let project = Project::new();
    project.put("no-credentials", "");
    let said = project.sodium("deploy", &FIRST);
    assert!(
        !said.ok && said.errors.contains("aws configure"),
        "{}",
        said.errors
    );
    assert_eq!(project.calls().len(), 1);
}

/// No secret in what is said, nor in arguments, which everybody on the machine can see.
fn keeps_secrets(project: &Project, said: &Said) {
    let keys = sodium_app::seal::Keys::from_text(&project.get("keys")).unwrap();
    for secret in [keys.to_text(), keys.origin_secret()] {
        assert!(!said.output.contains(&secret) && !said.errors.contains(&secret));
        assert!(project.calls().iter().all(|call| !call.contains(&secret)));
    }
    assert!(project.get("modes").lines().all(|mode| mode == "600"));
    assert!(project.get("request").contains(&keys.origin_secret()));
}

#[test]
fn a_change_that_fails_is_told_in_amazons_words_and_nothing_is_published() {
    let project = Project::new();
    project.put("fails-stack-create-complete", "");
    project.put(
        "events",
        r#"{"StackEvents": [
            {"LogicalResourceId": "Api", "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "Resource creation cancelled"},
            {"LogicalResourceId": "Files", "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "Bucket limit exceeded"}]}"#,
    );
    let said = project.sodium("deploy", &FIRST);
    assert!(!said.ok);
    assert!(
        said.errors.contains("Bucket limit exceeded"),
        "{}",
        said.errors
    );
    assert!(!said.errors.contains("cancelled") && !said.output.contains("site:"));
    keeps_secrets(&project, &said);
}

#[test]
fn the_functions_know_the_commit_that_they_are_made_of() {
    let project = Project::new();
    project.put("fails-stack-create-complete", "");
    project.put("events", r#"{"StackEvents": []}"#);
    let deploy = || {
        project.sodium("deploy", &FIRST);
        project.get("commit").trim().to_owned()
    };
    let write = |file: &str, text: &str| std::fs::write(project.root().join(file), text).unwrap();
    let commit = || {
        project.git(&["add", "."]);
        project.git(&["commit", "--quiet", "--message", "a change"]);
        project.git(&["log", "-1", "--format=%h"])
    };
    assert_eq!(deploy(), "", "this is no checkout");
    project.git(&["init", "--quiet"]);
    write(".gitignore", "target");
    write("Cargo.lock", "as it is");
    let of_code = commit();
    write("notes", "nothing that a function is made of");
    assert_ne!(commit(), of_code);
    assert_eq!(deploy(), of_code);
    write("Cargo.lock", "changed");
    assert_eq!(deploy(), format!("{of_code}-changed"));
}

#[test]
fn a_template_that_amazon_refuses_leaves_nothing_behind() {
    let project = Project::new();
    project.put("fails-change-set-create-complete", "");
    project.put(
        "changes",
        r#"{"Status": "FAILED", "StatusReason": "Unresolved resource dependencies"}"#,
    );
    let said = project.sodium("deploy", &FIRST);
    assert!(
        !said.ok && said.errors.contains("Unresolved resource"),
        "{}",
        said.errors
    );
    let calls = project.calls();
    assert!(
        calls.iter().any(|call| call.contains("delete-change-set")),
        "{calls:?}"
    );
    assert!(
        calls
            .iter()
            .all(|call| !call.contains("execute-change-set")),
        "{calls:?}"
    );
}

#[test]
fn nothing_is_destroyed_without_its_name() {
    let project = Project::new();
    project.put("stack", &project.get("made"));
    for options in [&["--yes-delete", "lean"][..], &[]] {
        let said = project.sodium("destroy", options);
        assert!(
            !said.ok && said.errors.contains("nothing was deleted"),
            "{}",
            said.errors
        );
        assert!(said.output.contains("every comment"), "{}", said.output);
    }
    assert!(
        project
            .calls()
            .iter()
            .all(|call| call.starts_with("cloudformation describe"))
    );
}

#[test]
fn destroying_empties_the_bucket_first_and_keeps_the_keys() {
    let project = Project::new();
    project.put("stack", &project.get("made"));
    project.put("keys", "kept");
    let said = project.sodium("destroy", &["--yes-delete", "learn"]);
    assert!(said.ok, "{}", said.errors);
    let calls: Vec<String> = project.calls().iter().skip(1).cloned().collect();
    let calls: Vec<&str> = calls
        .iter()
        .map(|call| call.split(" --").next().unwrap())
        .collect();
    assert_eq!(
        calls,
        [
            "s3 rm s3://learn-files",
            "cloudformation delete-stack",
            "cloudformation wait stack-delete-complete",
            "dynamodb update-table",
            "dynamodb wait table-exists",
            "dynamodb delete-table",
        ]
    );
    assert_eq!(project.get("keys"), "kept");
}

#[test]
fn renewed_keys_still_know_the_old_secret() {
    let project = Project::new();
    let before = sodium_app::seal::Keys::generate().unwrap();
    project.put("keys", &before.to_text());
    let said = project.sodium("rotate-keys", &[]);
    assert!(said.ok, "{}", said.errors);
    let after = sodium_app::seal::Keys::from_text(&project.get("keys")).unwrap();
    assert_ne!(after.origin_secret(), before.origin_secret());
    assert!(after.knows_origin(&before.origin_secret()));
    assert!(!said.output.contains(&after.to_text()));
}

#[test]
#[ignore = "needs an emulator: infra/emulators/with moto cargo test --test deploy -- --ignored"]
fn a_second_deploy_with_nothing_changed_uploads_nothing() {
    let project = Project::new();
    project.make_bucket_and_table();
    let said = project.sodium("deploy", &FIRST);
    assert!(said.ok, "{}\n{}", said.output, said.errors);
    keeps_secrets(&project, &said);
    let steps = [
        "get-caller",
        "put-parameter",
        "package",
        "put-object",
        "create-change-set",
        "execute-change-set",
    ];
    let calls = project.calls().join("\n");
    let places: Vec<usize> = steps.iter().map(|step| calls.find(step).unwrap()).collect();
    assert!(places.is_sorted(), "{calls}");
    let (files, uploaded) = said.site();
    assert!(files > 50 && uploaded == files, "{}", said.output);
    assert!(
        said.output.ends_with("https://learn.example.org\n"),
        "{}",
        said.output
    );

    // Amazon says that nothing changed, by letting the wait for the change set fail.
    project.put("fails-change-set-create-complete", "");
    project.put("changes", r#"{"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}"#);
    project.forget_calls();
    let again = project.sodium("deploy", &[]);
    assert!(again.ok, "{}\n{}", again.output, again.errors);
    assert_eq!(again.site(), (files, 0), "{}", again.output);
    assert!(
        again.output.contains("stack: nothing to change"),
        "{}",
        again.output
    );
    let calls = project.calls();
    assert!(
        calls
            .iter()
            .all(|call| !call.contains(" put-") && !call.contains("execute")),
        "{calls:?}"
    );
    assert!(
        project
            .get("request")
            .contains(r#""UsePreviousValue":true"#)
    );

    let looked = project.sodium("deploy", &["--dry-run"]);
    assert!(
        looked.output.contains("upload 0 of its"),
        "{}\n{}",
        looked.output,
        looked.errors
    );
}

#[test]
#[ignore = "needs an emulator: infra/emulators/with moto cargo test --test deploy -- --ignored"]
fn going_back_uploads_nothing_and_points_the_stack_at_the_packages_of_before() {
    let project = Project::new();
    project.make_bucket_and_table();
    project.packages_for_real();
    let deploy = |program: &str| {
        project.put("program", program);
        let said = project.sodium("deploy", &FIRST);
        assert!(said.ok, "{}\n{}", said.output, said.errors);
        let request = project.requests().pop().unwrap();
        (project.packages(), request["TemplateURL"].clone())
    };
    let (first, before) = deploy("that works");
    assert_eq!(
        first.len(),
        5 + 1,
        "five functions and a template: {first:?}"
    );
    let (both, wrong) = deploy("that does not");
    assert_eq!(both.len(), 2 * (5 + 1), "{both:?}");
    assert_ne!(wrong, before);

    let (after, back) = deploy("that works");
    assert_eq!(after, both, "what is there was uploaded again");
    assert_eq!(back, before);
}

#[test]
#[ignore = "needs an emulator: infra/emulators/with moto cargo test --test deploy -- --ignored"]
fn renewed_keys_reach_the_functions_before_the_cdn_says_the_new_secret() {
    let project = Project::new();
    project.make_bucket_and_table();
    let said = project.sodium("deploy", &FIRST);
    assert!(said.ok, "{}\n{}", said.output, said.errors);
    assert_eq!(project.requests().len(), 1, "a first deploy is one change");

    project.sodium("rotate-keys", &[]);
    let keys = sodium_app::seal::Keys::from_text(&project.get("keys")).unwrap();
    let said = project.sodium("deploy", &[]);
    assert!(said.ok, "{}\n{}", said.output, said.errors);
    keeps_secrets(&project, &said);
    let requests = project.requests();
    let [_, functions, cdn] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    let value = |request: &serde_json::Value, name: &str| {
        let parameters = request["Parameters"].as_array().unwrap();
        let found = parameters.iter().find(|p| p["ParameterKey"] == name);
        found.unwrap()["ParameterValue"].clone()
    };
    for request in [functions, cdn] {
        assert_eq!(value(request, "KeysGeneration"), keys.generation());
    }
    assert_eq!(value(functions, "OriginSecret"), serde_json::Value::Null);
    assert_eq!(value(cdn, "OriginSecret"), keys.origin_secret());
}
