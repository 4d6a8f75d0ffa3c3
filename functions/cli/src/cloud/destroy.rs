//! `sodium destroy`: takes everything away that a deploy made, after asking for the stack's name.

use std::io::BufRead as _;

use super::say;
use super::stack::Stack;
use super::tools::{CloudError, Place};

/// What to take away.
#[derive(Debug, Clone)]
pub struct Destroy {
    /// Which community, and where.
    pub place: Place,
    /// The stack's name once more, instead of being asked.
    pub yes_delete: Option<String>,
    /// The keys too. Without them no export can ever be used again.
    pub with_keys: bool,
}

/// Takes a stack away with everything in it.
///
/// # Errors
/// When it was not confirmed, or a step fails; destroying again goes on.
pub fn destroy(what: &Destroy) -> Result<(), CloudError> {
    let place = &what.place;
    place.check()?;
    let stack = Stack::look(place)?;
    say(&format!(
        "This deletes the stack {} in {} for ever:",
        place.stack, place.region
    ));
    let (table, bucket) = (
        stack.output("TableName").ok(),
        stack.output("BucketName").ok(),
    );
    if let Some(table) = table {
        say(&format!(
            "- the table {table}: every comment, member and sign-up"
        ));
    }
    if let Some(bucket) = bucket {
        say(&format!("- the bucket {bucket}: every page"));
    }
    say("- functions, CDN, alarms and log lines");
    say(if what.with_keys {
        "- the keys: no export of this community can be used again"
    } else {
        "The keys stay, for an export that you may have. --with-keys deletes them too."
    });
    confirm(what)?;
    if let Some(bucket) = bucket {
        place.aws_plain(&[
            "s3",
            "rm",
            &format!("s3://{bucket}"),
            "--recursive",
            "--only-show-errors",
        ])?;
        say("bucket: empty");
    }
    place.aws(&[
        "cloudformation",
        "delete-stack",
        "--stack-name",
        &place.stack,
    ])?;
    say("stack: CloudFormation is at work; the CDN alone takes some minutes");
    place.aws(&[
        "cloudformation",
        "wait",
        "stack-delete-complete",
        "--stack-name",
        &place.stack,
    ])?;
    say("stack: gone");
    if let Some(table) = table {
        remove_table(place, table)?;
        say("table: gone");
    }
    if what.with_keys {
        let name = place.keys_parameter();
        place.aws_if_there(
            &["ssm", "delete-parameter", "--name", &name],
            &["ParameterNotFound"],
        )?;
        say("keys: gone");
    }
    say(
        "Packages of the functions stay in the account's packages bucket; they cost next to nothing.",
    );
    Ok(())
}

/// The stack leaves the table behind, so that nobody loses one by deleting a stack.
fn remove_table(place: &Place, table: &str) -> Result<(), CloudError> {
    let missing = ["ResourceNotFoundException"];
    let unprotect = [
        "dynamodb",
        "update-table",
        "--table-name",
        table,
        "--no-deletion-protection-enabled",
    ];
    if place.aws_if_there(&unprotect, &missing)?.is_none() {
        return Ok(());
    }
    place.aws(&["dynamodb", "wait", "table-exists", "--table-name", table])?;
    place.aws(&["dynamodb", "delete-table", "--table-name", table])?;
    Ok(())
}

fn confirm(what: &Destroy) -> Result<(), CloudError> {
    let typed = match &what.yes_delete {
        Some(name) => name.clone(),
        None => {
            say("Type the stack's name to go on:");
            let mut line = String::new();
            std::io::stdin()
                .lock()
                .read_line(&mut line)
                .map_err(|error| CloudError::new(error.to_string()))?;
            line.trim().to_owned()
        }
    };
    if typed == what.place.stack {
        return Ok(());
    }
    Err(CloudError::new(
        "that is not the stack's name; nothing was deleted",
    ))
}
