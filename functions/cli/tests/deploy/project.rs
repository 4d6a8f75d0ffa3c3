//! A project of its own for each test, with tools that are doubles.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sodium_app::store::SCHEMA;

use crate::http::ask;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What the program said.
pub(crate) struct Said {
    pub(crate) ok: bool,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Said {
    /// How many files the site has, and how many were uploaded.
    pub(crate) fn site(&self) -> (usize, usize) {
        let line = self
            .output
            .lines()
            .find(|line| line.starts_with("site: "))
            .unwrap();
        let mut numbers = line
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|part| part.parse().ok());
        (numbers.next().unwrap(), numbers.next().unwrap())
    }
}

/// The repository's content under a root of its own, and the doubles' state.
pub(crate) struct Project {
    folder: tempfile::TempDir,
    name: String,
}

impl Project {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tools = folder.path().join("tools");
        std::fs::create_dir_all(tools.join("state")).unwrap();
        std::fs::create_dir(folder.path().join("root")).unwrap();
        for part in ["site", "content", "infra"] {
            let from = Path::new(REPOSITORY).join(part).canonicalize().unwrap();
            symlink(from, folder.path().join("root").join(part)).unwrap();
        }
        let project = Self {
            name: format!("learn-files-{}", uuid::Uuid::new_v4().simple()),
            folder,
        };
        project.tool("aws", include_str!("aws.sh"));
        project.tool(
            "credentials",
            "#!/bin/sh\necho '{\"key_id\": \"test\", \"secret_key\": \"test\", \"session_token\": null}'\n",
        );
        project.tool(
            "cargo-lambda",
            "#!/bin/sh\nfor last; do :; done\necho \"$SODIUM_COMMIT\" >\"${0%/*}/state/commit\"\nfor name in comments signups waitlist relay jobs; do\n\
             mkdir -p \"$last/$name\" && echo \"$name $(cat \"${0%/*}/state/program\")\" >\"$last/$name/bootstrap\"; done\n",
        );
        project.put("program", "as it is");
        project.put("made", &project.made("learn-files", "learn-table"));
        project.put(
            "changes",
            r#"{"Changes": [{"ResourceChange": {"Action": "Add", "LogicalResourceId": "Table",
                "ResourceType": "AWS::DynamoDB::Table", "Replacement": "False"}}]}"#,
        );
        project
    }

    /// What Git says, asked as somebody whose settings nobody knows.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let mut git = Command::new("git");
        git.arg("-C").arg(self.root());
        git.args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
        let output = git.args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn tool(&self, name: &str, script: &str) {
        let path = self.folder.path().join("tools").join(name);
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// What Amazon says of a stack that is there.
    fn made(&self, bucket: &str, table: &str) -> String {
        let output = |name: &str, value: &str| {
            format!(r#"{{"OutputKey": "{name}", "OutputValue": "{value}"}}"#)
        };
        let parameter =
            |name: &str| format!(r#"{{"ParameterKey": "{name}", "ParameterValue": "x"}}"#);
        format!(
            r#"{{"Stacks": [{{"StackStatus": "CREATE_COMPLETE", "Parameters": [{}], "Outputs": [{}]}}]}}"#,
            ["NotificationAddress", "MailFrom", "OriginSecret"]
                .map(parameter)
                .join(","),
            [
                output("BucketName", bucket),
                output("TableName", table),
                output("SiteUrl", "https://learn.example.org"),
            ]
            .join(",")
        )
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    fn state(&self, name: &str) -> PathBuf {
        self.folder.path().join("tools/state").join(name)
    }

    pub(crate) fn put(&self, name: &str, text: &str) {
        std::fs::write(self.state(name), text).unwrap();
    }

    pub(crate) fn get(&self, name: &str) -> String {
        std::fs::read_to_string(self.state(name)).unwrap()
    }

    /// How the command line was called, without what every call has.
    pub(crate) fn calls(&self) -> Vec<String> {
        let calls = std::fs::read_to_string(self.state("calls")).unwrap_or_default();
        calls
            .lines()
            .map(|call| call.replace(" --region eu-central-1 --output json", ""))
            .collect()
    }

    /// From now on Amazon's own program makes and uploads packages.
    pub(crate) fn packages_for_real(&self) {
        let repository = Path::new(REPOSITORY).canonicalize().unwrap();
        // Installs it, where that was not done before.
        let mut install = Command::new(repository.join(".ci/python-tool"));
        let installed = install
            .args(["--set", "deploy", "aws", "--version"])
            .status();
        assert!(installed.unwrap().success());
        let program = repository.join("target/python-tools-deploy/bin/aws");
        self.put("real", program.to_str().unwrap());
    }

    /// What CloudFormation was asked for, oldest first.
    pub(crate) fn requests(&self) -> Vec<serde_json::Value> {
        let requests = self.get("requests");
        let lines = requests.lines().filter(|line| !line.is_empty());
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Every file in the bucket of packages, and when it was written.
    pub(crate) fn packages(&self) -> Vec<String> {
        let endpoint = std::env::var("AWS_ENDPOINT_URL_S3").unwrap();
        let bucket = "/sodium-packages-123456789012-eu-central-1?list-type=2";
        let listing = ask(&endpoint, "GET", bucket, &[], "");
        let files = listing.split("<Contents>").skip(1);
        let part = |file: &str, name: &str| {
            let (_, rest) = file.split_once(&format!("<{name}>")).unwrap();
            rest.split('<').next().unwrap().to_owned()
        };
        files
            .map(|file| format!("{} {}", part(file, "Key"), part(file, "LastModified")))
            .collect()
    }

    pub(crate) fn forget_calls(&self) {
        std::fs::remove_file(self.state("calls")).unwrap();
    }

    /// Runs the program on the stack `learn`.
    pub(crate) fn sodium(&self, command: &str, options: &[&str]) -> Said {
        let mut program = Command::new(env!("CARGO_BIN_EXE_sodium"));
        program.arg("--root").arg(self.root()).arg(command);
        let named = |option: &str| options.contains(&option);
        if !named("--stack") {
            program.args(["--stack", "learn"]);
        }
        if !named("--region") {
            program.args(["--region", "eu-central-1"]);
        }
        let output = program
            .args(options)
            .env("SODIUM_TOOLS", self.folder.path().join("tools"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Said {
            ok: output.status.success(),
            output: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What CloudFormation would have made, on the emulator.
    pub(crate) fn make_bucket_and_table(&self) {
        let endpoint = std::env::var("AWS_ENDPOINT_URL_S3").unwrap();
        ask(&endpoint, "PUT", &format!("/{}", self.name), &[], "");
        let mut schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        schema["TableName"] = self.name.clone().into();
        let signed = "AWS4-HMAC-SHA256 Credential=test/20270302/eu-central-1/dynamodb/aws4_request, \
                      SignedHeaders=host, Signature=none";
        let headers = [
            ("X-Amz-Target", "DynamoDB_20120810.CreateTable"),
            ("Content-Type", "application/x-amz-json-1.0"),
            ("Authorization", signed),
        ];
        let endpoint = std::env::var("AWS_ENDPOINT_URL_DYNAMODB").unwrap();
        ask(&endpoint, "POST", "/", &headers, &schema.to_string());
        self.put("made", &self.made(&self.name, &self.name));
    }
}
