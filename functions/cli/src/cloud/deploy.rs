//! `sodium deploy`: keys, functions, stack, site, in this order. Each step can be repeated; a deploy
//! that was broken off goes on where it stopped when it is started again.

use std::collections::BTreeMap;

use super::functions::{self, Architecture};
use super::stack::Stack;
use super::tools::{CloudError, Place, path_text};
use super::{keys, say, site};
use crate::digest::sha256;

/// The template, from the project's root.
const TEMPLATE: &str = "infra/template.yaml";

/// What a first deploy must be told, with the option that tells it.
const NEEDED: [(&str, &str); 2] = [
    (
        "NotificationAddress",
        "--notify ADDRESS, where alarms and the budget write to",
    ),
    ("MailFrom", "--mail-from ADDRESS, the sender of mails"),
];

/// What to deploy.
#[derive(Debug, Clone)]
pub struct Deploy {
    /// Which community, and where.
    pub place: Place,
    /// The processor for the functions.
    pub architecture: Architecture,
    /// Values for the template's parameters. What is not named keeps its value.
    pub parameters: BTreeMap<String, String>,
    /// To look, and change nothing.
    pub dry_run: bool,
}

/// Deploys, or says what a deploy would do.
///
/// # Errors
/// When a step fails; what was done before stays, and deploying again goes on.
pub fn deploy(what: &Deploy) -> Result<(), CloudError> {
    what.place.check()?;
    let known = template_parameters(&what.place)?;
    for name in what.parameters.keys() {
        if !known.contains(name) {
            return Err(CloudError::new(format!(
                "the template has no parameter {name}; it has {}",
                known.join(", ")
            )));
        }
    }
    if what.dry_run {
        return look(what);
    }
    let account = account(&what.place)?;
    let stack = Stack::look(&what.place)?;
    stack.check(&what.place)?;
    what.is_complete(&stack)?;
    say(&format!(
        "account {account}, region {}, stack {}",
        what.place.region, what.place.stack
    ));

    let (keys, new) = keys::ensure(&what.place)?;
    say(if new { "keys: made" } else { "keys: there" });
    functions::build(&what.place, what.architecture)?;
    say(&format!(
        "functions: built for {}",
        what.architecture.name()
    ));
    let packages = ensure_packages(&what.place, &account)?;
    let template = package(&what.place, &packages)?;

    let mut given = what.parameters.clone();
    given.insert("Architecture".into(), what.architecture.name().into());
    given.insert("KeysGeneration".into(), keys.generation());
    // The functions must know a new secret before the CDN says it, and CloudFormation changes the CDN
    // first: so after a renewal the functions get a change of their own.
    if stack.exists && !stack.has_value("KeysGeneration", &keys.generation()) {
        say("stack: the keys are new; the functions start anew with them");
        change(what, &stack, &template, &known, &given)?;
    }
    given.insert("OriginSecret".into(), keys.origin_secret());
    change(what, &stack, &template, &known, &given)?;
    let stack = Stack::look(&what.place)?;
    let (report, told) = site::publish(&what.place, &stack, keys)?;
    say(&format!(
        "site: {} files, {} of them uploaded, {} removed; {} discussions",
        report.files, report.written, report.removed, report.threads
    ));
    for line in told {
        say(&format!("site: {line}"));
    }
    say("CDN: nothing to invalidate; pages are new within a minute");
    say(&format!("\n{}", stack.output("SiteUrl")?));
    Ok(())
}

/// Has CloudFormation work out a change, and make it.
fn change(
    what: &Deploy,
    stack: &Stack,
    template: &str,
    known: &[String],
    given: &BTreeMap<String, String>,
) -> Result<(), CloudError> {
    let Some(planned) = stack.plan(&what.place, template, known, given)? else {
        say("stack: nothing to change");
        return Ok(());
    };
    for change in &planned.changes {
        say(&format!("  {}", change.0));
    }
    say("stack: CloudFormation is at work; a first deploy takes about ten minutes");
    planned.apply(&what.place)?;
    say("stack: done");
    Ok(())
}

/// Says what a deploy would do. Asks, and changes nothing; what cannot be asked is named.
fn look(what: &Deploy) -> Result<(), CloudError> {
    let place = &what.place;
    say(&format!(
        "A deploy of the stack {} to {} would",
        place.stack, place.region
    ));
    let (account, stack, keys) = match account(place) {
        Err(error) => {
            say(&format!("not looked up, because {error}"));
            (None, Stack::default(), None)
        }
        Ok(account) => {
            let stack = Stack::look(place)?;
            stack.check(place)?;
            what.is_complete(&stack)?;
            (Some(account), stack, keys::find(place)?)
        }
    };
    say(&match (&account, &keys) {
        (None, _) => format!(
            "- make keys in {}, unless they are there",
            place.keys_parameter()
        ),
        (_, None) => format!("- make keys in {}", place.keys_parameter()),
        (_, Some(_)) => format!("- use the keys in {}", place.keys_parameter()),
    });
    say(&format!(
        "- build {} for {} and upload what changed to {}",
        functions::NAMES.join(", "),
        what.architecture.name(),
        packages_bucket(place, account.as_deref().unwrap_or("ACCOUNT"))
    ));
    say(&format!(
        "- {} with {TEMPLATE}",
        if stack.exists {
            "change the stack"
        } else {
            "make the stack, unless it is there,"
        }
    ));
    for (name, value) in &what.parameters {
        say(&format!("    {name} = {value}"));
    }
    if stack.exists && keys.is_some() {
        let known = site::differences(place, &stack)?;
        say(&format!(
            "- build the site and upload {} of its {} files, and bake every discussion again",
            known.changed.len(),
            known.files
        ));
        for path in known.changed.iter().take(20) {
            say(&format!("    {path}"));
        }
        if known.texts > 0 {
            let pages = known.texts;
            say(&format!(
                "- keep the texts of {pages} pages as they are now, for suggested edits"
            ));
        }
    } else {
        say("- build the site, upload all of it and bake every discussion");
    }
    say("- invalidate nothing at the CDN: pages are new within a minute");
    say("Nothing was changed.");
    Ok(())
}

impl Deploy {
    fn is_complete(&self, stack: &Stack) -> Result<(), CloudError> {
        let missing: Vec<&str> = NEEDED
            .iter()
            .filter(|(name, _)| !self.parameters.contains_key(*name) && !stack.has(name))
            .map(|(_, option)| *option)
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(CloudError::new(format!(
            "a first deploy needs {}",
            missing.join(", and ")
        )))
    }
}

/// The names of the template's parameters.
fn template_parameters(place: &Place) -> Result<Vec<String>, CloudError> {
    let path = place.root.join(TEMPLATE);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| CloudError::new(format!("{}: {error}", path.display())))?;
    let names = text
        .lines()
        .skip_while(|line| *line != "Parameters:")
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'))
        .filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric()));
    Ok(names.map(str::to_owned).collect())
}

fn account(place: &Place) -> Result<String, CloudError> {
    let identity = place.aws(&["sts", "get-caller-identity"])?;
    Ok(identity["Account"].as_str().unwrap_or_default().to_owned())
}

fn packages_bucket(place: &Place, account: &str) -> String {
    format!("sodium-packages-{account}-{}", place.region)
}

/// The bucket for packages: one for all stacks of an account in a region, closed to everybody else.
fn ensure_packages(place: &Place, account: &str) -> Result<String, CloudError> {
    let bucket = packages_bucket(place, account);
    let there = place.aws_if_there(
        &["s3api", "head-bucket", "--bucket", &bucket],
        &["404", "Not Found"],
    )?;
    if there.is_some() {
        return Ok(bucket);
    }
    let mut make = vec!["s3api", "create-bucket", "--bucket", &bucket];
    let location = format!("LocationConstraint={}", place.region);
    // The oldest region is the one that must not be named.
    if place.region != "us-east-1" {
        make.extend(["--create-bucket-configuration", &location]);
    }
    place.aws(&make)?;
    place.aws(&[
        "s3api", "put-public-access-block", "--bucket", &bucket, "--public-access-block-configuration",
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
    ])?;
    say(&format!("packages: made the bucket {bucket}"));
    Ok(bucket)
}

/// Uploads what the template names and the template itself, each under its digest, so what is there
/// is not uploaded again. Returns the template's address.
fn package(place: &Place, bucket: &str) -> Result<String, CloudError> {
    let packaged = place.folder()?.join("template.yaml");
    let out = path_text(&packaged)?;
    place.aws_plain(&[
        "cloudformation",
        "package",
        "--template-file",
        TEMPLATE,
        "--s3-bucket",
        bucket,
        "--s3-prefix",
        &place.stack,
        "--output-template-file",
        out,
    ])?;
    let bytes = std::fs::read(&packaged)
        .map_err(|error| CloudError::new(format!("{}: {error}", packaged.display())))?;
    let key = format!("{}/{}.template", place.stack, &sha256(&bytes)[..32]);
    let head = ["s3api", "head-object", "--bucket", bucket, "--key", &key];
    if place.aws_if_there(&head, &["404", "Not Found"])?.is_none() {
        place.aws(&[
            "s3api",
            "put-object",
            "--bucket",
            bucket,
            "--key",
            &key,
            "--body",
            out,
        ])?;
    }
    Ok(format!(
        "https://{bucket}.s3.{}.amazonaws.com/{key}",
        place.region
    ))
}
