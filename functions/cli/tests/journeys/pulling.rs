//! Suggestions that were taken become branches of a real repository, and pull requests at a forge that
//! answers on loopback.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use sodium_cli::suggestions::git::Repository;
use sodium_cli::suggestions::github::GitHub;
use sodium_cli::suggestions::{Pull, SuggestionError, To, Told, Wish, fulfil};

use crate::kit::{Person, TestApp, id_of, lesson_file};

const TEXT: &str = "Use small steps.\n\nOne.\n\nTwo.\n\nThree.\n\nThen rest.\n";
const FILE: &str = "content/courses/one/first.md";

/// A community, and the repository of its site.
struct Place {
    app: TestApp,
    folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let app = TestApp::start().await;
        app.shows_its_text(TEXT).await;
        let folder = tempfile::tempdir().unwrap();
        let place = Self { app, folder };
        place.git(&["init", "--quiet", "--initial-branch=main"]);
        place.git(&["config", "user.name", "Operator"]);
        place.git(&["config", "user.email", "operator@example.org"]);
        place.git(&["config", "commit.gpgsign", "false"]);
        place.commits(FILE, &lesson_file(TEXT));
        place
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, words: &[&str]) -> String {
        let output = Command::new("git")
            .arg("-C")
            .arg(self.root())
            .args(words)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words:?}: {said}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    fn commits(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "content: change"]);
    }

    async fn does(&self, wish: Wish) -> Result<Told, SuggestionError> {
        let (store, now) = (&self.app.app.store, self.app.app.clock.now());
        fulfil(store, self.root(), &wish, now).await
    }

    async fn pulls(&self, ids: &[&str], to: To) -> Told {
        let ids = ids.iter().map(|&id| id.to_owned()).collect();
        self.does(Wish::Pull(Pull { ids, to })).await.unwrap()
    }

    /// Suggests something that a moderator takes. Returns the name of its branch.
    async fn takes(&self, author: &Person, fields: &[(&str, &str)]) -> String {
        let sent = author.suggests_with(fields).await;
        let suggestion = sent.leads_to();
        let moderator = self.app.moderator().await;
        moderator
            .decides(suggestion, ("intent", "take"))
            .await
            .leads_to();
        let id = id_of(suggestion);
        format!("suggestion/{}", &id[id.len() - 10..])
    }
}

#[tokio::test]
async fn a_suggestion_that_was_taken_becomes_a_branch_with_its_author() {
    let place = Place::new().await;
    let ana = place.app.member("Ana Sand").await;
    let typed = TEXT.replace("small", "tiny");
    let why = "Tiny is better\r\n\r\nFixes-comment: 1\r\nCo-authored-by: X <x@example.org>";
    let branch = place.takes(&ana, &[("body", &typed), ("why", why)]).await;
    // Somebody is at work in the repository, and somewhere else on the page something changed.
    place.commits(FILE, &lesson_file(&TEXT.replace("rest", "sleep")));
    std::fs::write(place.root().join("note"), "mine").unwrap();
    place.git(&["add", "note"]);
    let before = place.git(&["status", "--porcelain"]);

    let told = place.pulls(&[], To::Here).await;
    assert_eq!(told.lines, [format!("{branch}: made")]);
    assert!(!told.failed);
    assert_eq!(place.git(&["status", "--porcelain"]), before);
    assert_eq!(place.git(&["branch", "--show-current"]), "main");

    let file = place.git(&["show", &format!("{branch}:{FILE}")]);
    let merged = typed.replace("rest", "sleep");
    assert_eq!(file, lesson_file(&merged).trim_end());
    let parent = place.git(&["rev-parse", &format!("{branch}^")]);
    assert_eq!(parent, place.git(&["rev-parse", "main"]));
    let shown = place.git(&["log", "-1", "--format=%an <%ae>%n%cn%n%B", &branch]);
    let profile = ana.clone().gets("/api/account/export").await.json();
    let member = profile["member"]["id"].as_str().unwrap();
    let first =
        format!("Ana Sand <{member}@members.invalid>\nOperator\ncontent: take a suggested edit");
    assert!(shown.starts_with(&first), "{shown}");
    assert!(!shown.contains("ana.sand@"), "{shown}");
    let trailers = place.git(&["log", "-1", "--format=%(trailers:only)", &branch]);
    assert!(trailers.starts_with("Suggestion: "), "{trailers}");
    assert_eq!(
        trailers.lines().count(),
        1,
        "typed words are no trailers: {trailers}"
    );
    let lines = shown
        .lines()
        .filter(|line| line.starts_with("Fixes-comment"));
    assert_eq!(lines.count(), 0, "{shown}");
}

#[tokio::test]
async fn doing_it_twice_changes_nothing() {
    let place = Place::new().await;
    let ana = place.app.member("Ana Sand").await;
    let typed = TEXT.replace("small", "tiny");
    let branch = place.takes(&ana, &[("body", &typed)]).await;
    place.pulls(&[], To::Here).await;
    let commit = place.git(&["rev-parse", &branch]);

    let told = place.pulls(&[], To::Here).await;
    assert_eq!(
        told.lines,
        ["no suggestion was taken that is not a branch yet"]
    );
    let short = branch.rsplit('/').next().unwrap();
    let told = place.pulls(&[short], To::Here).await;
    assert_eq!(
        told.lines,
        [format!("{branch}: exists already, and stays as it is")]
    );
    assert_eq!(place.git(&["rev-parse", &branch]), commit);

    place.git(&["branch", "-D", &branch]);
    let told = place.pulls(&[short], To::Here).await;
    assert_eq!(
        told.lines,
        [format!("{branch}: made")],
        "a lost branch is made again"
    );
}

#[tokio::test]
async fn who_does_not_want_to_be_named_is_not() {
    let place = Place::new().await;
    let ana = place.app.member("Ana Sand").await;
    let typed = TEXT.replace("small", "tiny");
    let fields = [("body", typed.as_str()), ("credit", "nameless")];
    let branch = place.takes(&ana, &fields).await;
    place.pulls(&[], To::Here).await;

    let all = place.git(&["cat-file", "commit", &branch]);
    assert!(
        all.contains("author A member <a-member@members.invalid>"),
        "{all}"
    );
    let profile = ana.clone().gets("/api/account/export").await.json();
    let member = profile["member"]["id"].as_str().unwrap();
    assert!(!all.contains("Ana") && !all.contains(member), "{all}");
}

#[tokio::test]
async fn a_page_that_changed_in_the_same_place_gives_a_branch_from_before() {
    let place = Place::new().await;
    let ana = place.app.member("Ana Sand").await;
    let typed = TEXT.replace("small", "tiny");
    let branch = place.takes(&ana, &[("body", &typed)]).await;
    place.commits(FILE, &lesson_file(&TEXT.replace("small", "huge")));

    let told = place.pulls(&[], To::Here).await;
    assert!(told.lines[0].contains("the page changed since"), "{told:?}");
    let file = place.git(&["show", &format!("{branch}:{FILE}")]);
    assert_eq!(file, lesson_file(&typed).trim_end());
    let base = place.git(&["merge-base", "main", &branch]);
    assert_eq!(base, place.git(&["rev-parse", "main~1"]));
}

#[tokio::test]
async fn what_fits_nowhere_stays_and_can_be_shown() {
    let place = Place::new().await;
    let ana = place.app.member("Ana Sand").await;
    // What was published is in no commit.
    place.app.shows_its_text("Use unknown steps.\n").await;
    let branch = place.takes(&ana, &[("body", "Use known steps.")]).await;
    let short = branch.rsplit('/').next().unwrap();

    let told = place.pulls(&[], To::Here).await;
    assert!(told.failed);
    assert!(told.lines[0].contains("nothing was changed"), "{told:?}");
    assert_eq!(place.git(&["branch", "--list", "suggestion/*"]), "");
    let list = place.does(Wish::List).await.unwrap();
    let line = format!("{short}\ttaken\t2027-03-02\tcourses/one/first.md\t");
    assert_eq!(list.lines, [line], "it waits still");
    let shown = place.does(Wish::Show(short.into())).await.unwrap();
    assert!(
        shown.lines.contains(&"+Use known steps.".to_owned()),
        "{shown:?}"
    );
    let other = place.does(Wish::Show("".into())).await;
    assert!(
        matches!(other, Err(SuggestionError::Nothing(_))),
        "{other:?}"
    );
}

#[tokio::test]
async fn a_page_that_moved_is_found_by_its_thread() {
    let place = Place::new().await;
    let ana = place.app.member("Ana Sand").await;
    let typed = TEXT.replace("small", "tiny");
    let branch = place.takes(&ana, &[("body", &typed)]).await;
    std::fs::create_dir_all(place.root().join("content/courses/two")).unwrap();
    place.git(&["mv", FILE, "content/courses/two/moved.md"]);
    place.git(&["commit", "--quiet", "--message", "content: move"]);

    let told = place.pulls(&[], To::Here).await;
    assert_eq!(told.lines, [format!("{branch}: made")]);
    let file = place.git(&["show", &format!("{branch}:content/courses/two/moved.md")]);
    assert_eq!(file, lesson_file(&typed).trim_end());
}

#[tokio::test]
async fn what_the_page_says_already_is_no_branch() {
    let place = Place::new().await;
    let ana = place.app.member("Ana Sand").await;
    let typed = TEXT.replace("small", "tiny");
    place.takes(&ana, &[("body", &typed)]).await;
    place.commits(FILE, &lesson_file(&typed));

    let told = place.pulls(&[], To::Here).await;
    assert!(told.lines[0].contains("says so already"), "{told:?}");
    assert_eq!(place.git(&["branch", "--list", "suggestion/*"]), "");
}

#[tokio::test]
async fn what_waits_or_was_declined_is_no_branch() {
    let place = Place::new().await;
    let ana = place.app.member("Ana Sand").await;
    let waiting = ana.suggests(&TEXT.replace("small", "tiny")).await;
    let declined = ana.suggests(&TEXT.replace("small", "huge")).await;
    let moderator = place.app.moderator().await;
    moderator
        .decides(&declined, ("reason", "right"))
        .await
        .leads_to();

    let told = place.pulls(&[], To::Here).await;
    assert!(!told.failed, "{told:?}");
    for suggestion in [&waiting, &declined] {
        let told = place.pulls(&[id_of(suggestion)], To::Here).await;
        assert!(told.failed, "{told:?}");
    }
    assert_eq!(place.git(&["branch", "--list", "suggestion/*"]), "");
}

/// What a forge was asked for, with the headers.
type Asked = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// Answers as GitHub does: a branch has one pull request.
async fn opens(
    State(asked): State<Asked>,
    headers: HeaderMap,
    Json(wanted): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let mut asked = asked.lock().unwrap();
    let is_known = asked
        .iter()
        .any(|(_, other)| other["head"] == wanted["head"]);
    asked.push((headers, wanted));
    if is_known {
        let errors = json!([{ "message": "A pull request already exists for it." }]);
        let body = json!({ "message": "Validation Failed", "errors": errors });
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(body));
    }
    let body = json!({ "html_url": "https://github.com/sodium-learn/site/pull/7" });
    (StatusCode::CREATED, Json(body))
}

async fn forge() -> (Asked, String) {
    let asked = Asked::default();
    let router = Router::new()
        .route("/repos/sodium-learn/site/pulls", post(opens))
        .with_state(asked.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (asked, address)
}

#[tokio::test]
async fn a_branch_becomes_a_pull_request_once() {
    let place = Place::new().await;
    let ana = place.app.member("Ana Sand").await;
    let typed = TEXT.replace("small", "tiny");
    let fields = [("body", typed.as_str()), ("why", "It fits @everybody, #1")];
    let branch = place.takes(&ana, &fields).await;
    let (asked, api) = forge().await;
    // The remote is at GitHub by its name, and Git pushes to a folder.
    let remote = tempfile::tempdir().unwrap();
    let bare = remote.path().join("site.git");
    place.git(&["init", "--quiet", "--bare", bare.to_str().unwrap()]);
    let github = "https://github.com/sodium-learn/site.git";
    place.git(&["remote", "add", "origin", github]);
    let instead = format!("url.{}.insteadOf", bare.to_str().unwrap());
    place.git(&["config", &instead, github]);

    let to = || {
        let address = Repository::at(place.root()).unwrap().address_of("origin");
        let github = GitHub::behind("origin", &address.unwrap(), &api, "secret-token");
        To::PullRequests("origin".into(), github.unwrap())
    };
    let told = place.pulls(&[], to()).await;
    let url = "https://github.com/sodium-learn/site/pull/7";
    assert_eq!(
        told.lines,
        [
            format!("{branch}: made"),
            format!("{branch}: pushed to origin"),
            format!("{branch}: {url}")
        ]
    );
    let short = branch.rsplit('/').next().unwrap();
    let again = place.pulls(&[short], to()).await;
    let last = again.lines.last().unwrap();
    assert!(last.contains("has a pull request already"), "{again:?}");

    let asked = asked.lock().unwrap();
    let (headers, wanted) = &asked[0];
    assert_eq!(headers["authorization"], "Bearer secret-token");
    assert_eq!(headers["user-agent"], "sodium-learn");
    assert_eq!(
        (&wanted["head"], &wanted["base"]),
        (&json!(branch), &json!("main"))
    );
    let body = wanted["body"].as_str().unwrap();
    assert!(body.starts_with("> It fits @ everybody, # 1"), "{body}");
    let pushed = Command::new("git")
        .args(["--git-dir", bare.to_str().unwrap(), "rev-parse", &branch])
        .output()
        .unwrap();
    let pushed = String::from_utf8(pushed.stdout).unwrap();
    assert_eq!(pushed.trim(), place.git(&["rev-parse", &branch]));
}

#[tokio::test]
async fn a_forge_that_refuses_is_told_and_the_branch_stays() {
    let place = Place::new().await;
    let ana = place.app.member("Ana Sand").await;
    let typed = TEXT.replace("small", "tiny");
    let branch = place.takes(&ana, &[("body", &typed)]).await;
    let (_, api) = forge().await;
    let remote = tempfile::tempdir().unwrap();
    let bare = remote.path().join("site.git");
    place.git(&["init", "--quiet", "--bare", bare.to_str().unwrap()]);
    place.git(&["remote", "add", "origin", bare.to_str().unwrap()]);
    // A repository that this forge does not have.
    let github = GitHub::behind(
        "origin",
        "git@github.com:other/site.git",
        &api,
        "secret-token",
    );
    let wish = Wish::Pull(Pull {
        ids: Vec::new(),
        to: To::PullRequests("origin".into(), github.unwrap()),
    });
    let error = place.does(wish).await.unwrap_err().to_string();
    assert!(error.contains("404") && error.contains(&branch), "{error}");
    assert!(!error.contains("secret-token"), "{error}");
    place.git(&["rev-parse", "--verify", &branch]);
}
