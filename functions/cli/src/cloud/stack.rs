//! The stack: what CloudFormation makes of the template. Every change goes through a change set, so it
//! can be looked at first, and CloudFormation takes back what fails half-way.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::tools::{CloudError, Place};

/// What CloudFormation says when there is nothing to do.
const NOTHING: [&str; 2] = ["didn't contain changes", "No updates are to be performed"];

/// The stack as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Stack {
    /// Whether it was ever made.
    pub(super) exists: bool,
    status: String,
    /// Its parameters; what is secret is not told.
    parameters: BTreeMap<String, String>,
    outputs: BTreeMap<String, String>,
}

/// A change that CloudFormation would make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change(pub(super) String);

/// A change set that was looked at and not yet made.
#[derive(Debug)]
pub(super) struct Planned {
    id: String,
    creates: bool,
    /// What it would do.
    pub(super) changes: Vec<Change>,
}

impl Stack {
    /// Looks at the stack.
    pub(super) fn look(place: &Place) -> Result<Self, CloudError> {
        let asked = [
            "cloudformation",
            "describe-stacks",
            "--stack-name",
            &place.stack,
        ];
        let Some(found) = place.aws_if_there(&asked, &["does not exist"])? else {
            return Ok(Self::default());
        };
        let stack = &found["Stacks"][0];
        let status = stack["StackStatus"].as_str().unwrap_or_default().to_owned();
        let list = |name: &str| stack[name].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(Self {
            // A change set that was never made leaves an empty stack.
            exists: status != "REVIEW_IN_PROGRESS",
            status,
            parameters: list("Parameters")
                .iter()
                .map(|p| (text(&p["ParameterKey"]), text(&p["ParameterValue"])))
                .collect(),
            outputs: list("Outputs")
                .iter()
                .map(|output| (text(&output["OutputKey"]), text(&output["OutputValue"])))
                .collect(),
        })
    }

    /// One of the template's outputs.
    pub(super) fn output(&self, name: &str) -> Result<&str, CloudError> {
        self.outputs.get(name).map(String::as_str).ok_or_else(|| {
            CloudError::new(format!("the stack has no output {name}; deploy it again"))
        })
    }

    /// Whether a change can be made to it now.
    pub(super) fn check(&self, place: &Place) -> Result<(), CloudError> {
        let cure = match self.status.as_str() {
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "DELETE_FAILED" => {
                "its first deploy failed; remove what is left with `sodium destroy`, then deploy again"
            }
            status if status.ends_with("_IN_PROGRESS") && self.exists => {
                "CloudFormation is at work on it; wait until it is done"
            }
            _ => return Ok(()),
        };
        Err(CloudError::new(format!(
            "the stack {} is {}: {cure}",
            place.stack, self.status
        )))
    }

    /// Has CloudFormation work out what a template and these values would change. A parameter that is
    /// not given keeps its value.
    pub(super) fn plan(
        &self,
        place: &Place,
        template_url: &str,
        known: &[String],
        given: &BTreeMap<String, String>,
    ) -> Result<Option<Planned>, CloudError> {
        let name = format!("sodium-{}", jiff::Timestamp::now().as_second());
        let request = json!({
            "StackName": place.stack,
            "ChangeSetName": name,
            "ChangeSetType": if self.exists { "UPDATE" } else { "CREATE" },
            "TemplateURL": template_url,
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            "Parameters": self.values(known, given),
            "Tags": [{ "Key": "application", "Value": "sodium-learn" }],
        });
        let made = place.aws_with(&["cloudformation", "create-change-set"], &request)?;
        let id = made["Id"].as_str().unwrap_or_default().to_owned();
        let waited = place.aws(&[
            "cloudformation",
            "wait",
            "change-set-create-complete",
            "--change-set-name",
            &id,
        ]);
        let set = place.aws(&[
            "cloudformation",
            "describe-change-set",
            "--change-set-name",
            &id,
        ])?;
        let planned = Planned {
            id,
            creates: !self.exists,
            changes: changes(&set),
        };
        if waited.is_ok() {
            return Ok(Some(planned));
        }
        let why = set["StatusReason"].as_str().unwrap_or_default().to_owned();
        planned.forget(place)?;
        if NOTHING.iter().any(|nothing| why.contains(nothing)) {
            return Ok(None);
        }
        Err(CloudError::new(format!(
            "CloudFormation does not take the template: {why}"
        )))
    }

    fn values(&self, known: &[String], given: &BTreeMap<String, String>) -> Vec<Value> {
        let values = known.iter().filter_map(|name| match given.get(name) {
            Some(value) => Some(json!({ "ParameterKey": name, "ParameterValue": value })),
            None if self.has(name) => {
                Some(json!({ "ParameterKey": name, "UsePreviousValue": true }))
            }
            None => None,
        });
        values.collect()
    }

    /// Whether a parameter has a value already.
    pub(super) fn has(&self, parameter: &str) -> bool {
        self.exists && self.parameters.contains_key(parameter)
    }

    /// Whether a parameter has this value.
    pub(super) fn has_value(&self, parameter: &str, value: &str) -> bool {
        self.has(parameter) && self.parameters[parameter] == value
    }
}

impl Planned {
    /// Makes the change, and waits until it is made.
    pub(super) fn apply(&self, place: &Place) -> Result<(), CloudError> {
        place.aws(&[
            "cloudformation",
            "execute-change-set",
            "--change-set-name",
            &self.id,
        ])?;
        let end = if self.creates {
            "stack-create-complete"
        } else {
            "stack-update-complete"
        };
        place
            .aws(&["cloudformation", "wait", end, "--stack-name", &place.stack])
            .map(drop)
            .map_err(|_| CloudError::new(why_it_failed(place)))
    }

    /// Forgets the plan. A stack that was never made leaves nothing behind.
    pub(super) fn forget(&self, place: &Place) -> Result<(), CloudError> {
        place.aws(&[
            "cloudformation",
            "delete-change-set",
            "--change-set-name",
            &self.id,
        ])?;
        if self.creates {
            place.aws(&[
                "cloudformation",
                "delete-stack",
                "--stack-name",
                &place.stack,
            ])?;
        }
        Ok(())
    }
}

fn changes(set: &Value) -> Vec<Change> {
    let changes = set["Changes"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    changes
        .iter()
        .map(|change| &change["ResourceChange"])
        .map(|change| {
            let replaces = change["Replacement"] == "True";
            let note = if replaces {
                ", made anew: what it holds is lost"
            } else {
                ""
            };
            let (action, name) = (text(&change["Action"]), text(&change["LogicalResourceId"]));
            Change(format!(
                "{action} {name} ({}{note})",
                text(&change["ResourceType"])
            ))
        })
        .collect()
}

/// The first things that went wrong, in CloudFormation's words.
fn why_it_failed(place: &Place) -> String {
    let events = place.aws(&[
        "cloudformation",
        "describe-stack-events",
        "--stack-name",
        &place.stack,
        "--max-items",
        "100",
    ]);
    let events = events.unwrap_or_default();
    let events = events["StackEvents"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let reasons: Vec<String> = events
        .iter()
        .rev()
        .filter(|event| {
            event["ResourceStatus"]
                .as_str()
                .is_some_and(|s| s.ends_with("_FAILED"))
        })
        .filter(|event| {
            !event["ResourceStatusReason"]
                .as_str()
                .unwrap_or_default()
                .contains("cancelled")
        })
        .take(5)
        .map(|event| {
            format!(
                "  {}: {}",
                event["LogicalResourceId"], event["ResourceStatusReason"]
            )
        })
        .collect();
    format!(
        "CloudFormation could not make the change and takes it back; the stack is as it was.\n{}",
        reasons.join("\n")
    )
}
