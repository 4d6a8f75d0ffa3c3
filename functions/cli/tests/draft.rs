//! `sodium digest draft` on the sample discussion below the community's own pages: what it writes is
//! content that the check accepts, and nobody's words.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "crash/project.rs"]
#[allow(dead_code, reason = "the kill -9 test uses the rest")]
mod project;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sodium_app::config::ClientAddress;
use sodium_app::sample::Sample;
use sodium_cli::borrowed::{self, BorrowedError};
use sodium_cli::check::{self, Report};
use sodium_cli::community::{Community, Options};
use sodium_cli::content::{Content, Week};
use sodium_cli::draft::write;
use sodium_cli::new::NewError;
use sodium_cli::talk::{Origin, TalkError, choose};
use sodium_cli::transfer::{Where, export};
use sodium_domain::digest::Choice;

const SAMPLE: &str = include_str!("../sample/discussion.json");

/// The week in which the sample members talk, and one in which nobody does.
const WEEK: &str = "2026-W46";
const QUIET: &str = "2026-W40";

/// A project without the digest of the week, and a data folder with the sample discussion.
struct Curator {
    root: PathBuf,
    data: PathBuf,
    _folder: tempfile::TempDir,
}

impl Curator {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = project::copy_into(folder.path());
        fs::remove_file(root.join("content/digests/2026-w46.md")).unwrap();
        // A lesson leads to it.
        let lesson = "content/courses/write-for-this-community/a-digest-without-copying.md";
        let lesson = root.join(lesson);
        let text = fs::read_to_string(&lesson).unwrap();
        fs::write(
            &lesson,
            text.replace("(@/digests/2026-w46.md)", "(@/digests/_index.md)"),
        )
        .unwrap();
        let data = folder.path().join("data");
        let curator = Self {
            root,
            data,
            _folder: folder,
        };
        curator.talk().await;
        curator
    }

    /// Publishes pages with the discussions of the content, and lets the sample members talk there.
    async fn talk(&self) {
        let options = Options {
            root: self.root.clone(),
            data: self.data.clone(),
            base_url: "http://localhost:8111".parse().unwrap(),
            moderators: Vec::new(),
            companies: None,
            policy: self.root.join("site/policy.toml"),
            client_address: ClientAddress::Peer,
            read_only: false,
            smtp: None,
        };
        let community = Community::open(&options).unwrap();
        let site = self.root.join("built");
        let (content, _) = Content::load(&self.root.join("content")).unwrap();
        let threads = content.threads().into_iter();
        // Each language has a frame of its own; the sample members speak English.
        for thread in threads.filter(|thread| !thread.url.starts_with("/ar/")) {
            let folder = site.join(thread.url.trim_matches('/'));
            let html = format!(
                "<html><head></head><body><main><sodium-thread thread=\"{}\" title=\"A page\"></sodium-thread></main></body></html>",
                thread.id
            );
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("index.html"), html).unwrap();
        }
        for board in [
            "general",
            "introductions",
            "learning-needs",
            "show-your-work",
        ] {
            let folder = site.join("forums").join(board);
            let html = format!(
                "<html><head></head><body><main><sodium-board board=\"{board}\" title=\"Board\" lead=\"About it.\" \
                 lists=\"topics\"></sodium-board></main></body></html>"
            );
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("index.html"), html).unwrap();
        }
        fs::create_dir_all(site.join("frame")).unwrap();
        let frame = "<html><head><title>%SODIUM_TITLE%</title><meta name=\"sodium-head\"></head>\
             <body><main id=\"main\"><sodium-main></sodium-main></main></body></html>";
        fs::write(site.join("frame/index.html"), frame).unwrap();
        community.app.publish(&site).await.unwrap();
        let mut sample: Value = serde_json::from_str(SAMPLE).unwrap();
        // No page here has seats.
        sample["sign_ups"] = Value::Array(Vec::new());
        let sample: Sample = serde_json::from_value(sample).unwrap();
        community.app.load_sample(&sample).await.unwrap();
        community.app.work_off(&community.mailer).await.unwrap();
    }

    async fn chooses(&self, week: &str) -> Choice {
        let from = Origin::Data(self.data.clone());
        choose(&from, week.parse().unwrap(), &mut |_| ())
            .await
            .unwrap()
    }

    async fn drafts(&self, out: Option<PathBuf>) -> Result<PathBuf, NewError> {
        let choice = self.chooses(WEEK).await;
        write(&self.root, week(), &choice, out).map(Option::unwrap)
    }

    fn checks(&self) -> Report {
        check::run(&self.root).unwrap()
    }
}

fn week() -> Week {
    WEEK.parse().unwrap()
}

/// Every name, and every five words in a row that a sample member wrote.
fn words_of_members() -> BTreeSet<String> {
    let sample: Value = serde_json::from_str(SAMPLE).unwrap();
    let texts = |list: &str, field: &str| -> Vec<String> {
        let list = sample[list].as_array().unwrap().iter();
        let texts = list.filter_map(|one| one[field].as_str());
        texts.map(str::to_owned).collect()
    };
    let mut words: BTreeSet<String> = texts("members", "name").into_iter().collect();
    words.extend(texts("topics", "title"));
    for body in texts("comments", "body")
        .iter()
        .chain(&texts("topics", "body"))
    {
        let all: Vec<&str> = body.split_whitespace().collect();
        words.extend(all.windows(5).map(|five| five.join(" ")));
    }
    words
}

fn assert_holds_nobodys_words(text: &str) {
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words_of_members();
    assert!(
        words.len() > 1000,
        "only {}: the test looks wrongly",
        words.len()
    );
    let found = words.iter().find(|words| plain.contains(words.as_str()));
    assert_eq!(found, None);
    let sample: Value = serde_json::from_str(SAMPLE).unwrap();
    for member in sample["members"].as_array().unwrap() {
        let id = member["id"].as_str().unwrap();
        assert!(!text.contains(id), "a member's id is in the draft");
    }
}

#[tokio::test]
async fn a_draft_is_content_with_reasons_and_without_anybodys_words() {
    let curator = Curator::new().await;
    let path = curator.drafts(None).await.unwrap();
    assert_eq!(path, curator.root.join("content/digests/2026-w46.md"));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("draft = true\n"), "{text}");
    assert!(
        text.contains("week = \"2026-W46\"\nthread = \"digest-2026-w46\"\n"),
        "{text}"
    );
    assert!(
        text.contains("written from 2026-11-09 until before 2026-11-16 (UTC)"),
        "{text}"
    );
    assert!(text.matches("{{ quote(thread=").count() >= 5, "{text}");
    assert!(text.contains("accepted answer (5)"), "{text}");
    assert!(text.contains("A topic in the forum"), "{text}");
    assert!(text.contains("\n## Still open\n"), "{text}");
    assert_holds_nobodys_words(&text);
    let report = curator.checks();
    assert!(report.is_clean(), "{:?}", report.problems());
}

#[tokio::test]
async fn the_check_asks_for_every_note_to_be_gone_and_for_nothing_else() {
    let curator = Curator::new().await;
    let path = curator.drafts(None).await.unwrap();
    let text = fs::read_to_string(&path)
        .unwrap()
        .replace("draft = true\n", "");
    fs::write(&path, &text).unwrap();
    let report = curator.checks();
    let notes = text.lines().filter(|line| line.starts_with('>')).count();
    assert_eq!(report.problems().len(), notes, "{:?}", report.problems());
    assert!(
        report
            .problems()
            .iter()
            .all(|problem| problem.rule == "curator-note")
    );

    let without: Vec<&str> = text.lines().filter(|line| !line.starts_with('>')).collect();
    fs::write(&path, without.join("\n") + "\n").unwrap();
    let report = curator.checks();
    assert!(report.is_clean(), "{:?}", report.problems());
}

#[tokio::test]
async fn a_second_run_gives_the_same_bytes_and_writes_over_nothing() {
    let curator = Curator::new().await;
    let path = curator.drafts(None).await.unwrap();
    let first = fs::read(&path).unwrap();
    let again = curator.drafts(None).await;
    assert!(matches!(again, Err(NewError::Exists(_))), "{again:?}");
    let beside = curator.root.join("again.md");
    assert_eq!(curator.drafts(Some(beside.clone())).await.unwrap(), beside);
    assert_eq!(fs::read(&beside).unwrap(), first);

    let file = curator.root.join("community.jsonl");
    let (data, target) = (curator.data.clone(), file.clone());
    let exporting = tokio::task::spawn_blocking(move || export(&Where::Data(data), &target));
    exporting.await.unwrap().unwrap();
    let choice = choose(&Origin::Export(file), week(), &mut |_| ())
        .await
        .unwrap();
    let exported = curator.root.join("exported.md");
    write(&curator.root, week(), &choice, Some(exported.clone())).unwrap();
    assert_eq!(fs::read(&exported).unwrap(), first);
}

#[tokio::test]
async fn a_week_without_talk_has_no_draft_and_a_folder_without_a_community_none_either() {
    let curator = Curator::new().await;
    let choice = curator.chooses(QUIET).await;
    assert_eq!(choice, Choice::default());
    let week = QUIET.parse().unwrap();
    let written = write(&curator.root, week, &choice, None).unwrap();
    assert_eq!(written, None);
    assert!(!curator.root.join("content/digests/2026-w40.md").exists());

    let nowhere = Origin::Data(Path::new("/nowhere/at/all").to_owned());
    let error = choose(&nowhere, week, &mut |_| ()).await;
    assert!(matches!(error, Err(TalkError::Nothing(_))), "{error:?}");
}

#[tokio::test]
async fn words_and_names_of_members_are_found_with_their_lines() {
    let curator = Curator::new().await;
    let from = Origin::Data(curator.data.clone());
    let finds = async || borrowed::find(&curator.root, &from, week()).await;
    assert!(matches!(finds().await, Err(BorrowedError::Nothing(..))));
    let path = curator.drafts(None).await.unwrap();
    assert_eq!(finds().await.unwrap(), "");

    let text = fs::read_to_string(&path).unwrap();
    let sample: Value = serde_json::from_str(SAMPLE).unwrap();
    let mut comments = sample["comments"].as_array().unwrap().iter();
    let of_week = |comment: &&Value| {
        let body = comment["body"].as_str().unwrap();
        comment["created"].as_str().unwrap() > "2026-11-09T12"
            && body.split_whitespace().count() > 20
    };
    let comment = comments.find(of_week).unwrap();
    let id = comment["id"].as_str().unwrap();
    let said: Vec<&str> = comment["body"]
        .as_str()
        .unwrap()
        .split_whitespace()
        .collect();
    let borrowed = said[2..10].join(" ").to_uppercase();
    fs::write(
        &path,
        format!("{text}\nSomebody said: {borrowed}\n\nThat was Sample Learner A.\n"),
    )
    .unwrap();
    let lines = text.lines().count();
    let found = finds().await.unwrap();
    let words = format!(
        "content/digests/2026-w46.md:{}: words of a comment",
        lines + 2
    );
    assert!(
        found
            .lines()
            .any(|line| line.starts_with(&words) && line.contains(id)),
        "{found}"
    );
    let name = format!("content/digests/2026-w46.md:{}: the name of", lines + 4);
    assert!(found.lines().any(|line| line.starts_with(&name)), "{found}");
    assert!(
        !found.contains(&borrowed) && !found.contains("Learner"),
        "{found}"
    );
}
