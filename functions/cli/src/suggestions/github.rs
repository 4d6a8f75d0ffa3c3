//! Pull requests, by GitHub's REST API.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use sodium_app::aws::web::{NoAnswer, Web};

/// The version of the API that this was written for.
const VERSION: &str = "2022-11-28";

/// A pull request cannot be opened. The message says why.
#[derive(Debug, thiserror::Error)]
pub enum GitHubError {
    /// The remote is elsewhere.
    #[error("the remote {0} is not at GitHub ({1}); push the branches with --push instead")]
    Elsewhere(String, String),
    /// No answer.
    #[error("GitHub: {0}")]
    NoAnswer(#[from] NoAnswer),
    /// The request is none.
    #[error("GitHub: the address or the token holds what no request can")]
    Malformed,
    /// GitHub refuses.
    #[error(
        "GitHub refuses the pull request for {head} ({status}): {message}. The branch is pushed; mend that, and \
         give the suggestion’s id to `sodium suggestions pull --pull-request`"
    )]
    Refused {
        /// The branch.
        head: String,
        /// What it answered.
        status: StatusCode,
        /// And why.
        message: String,
    },
}

/// What is asked for.
#[derive(Debug)]
pub struct PullRequest {
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// The branch.
    pub head: String,
    /// What it is to be merged into.
    pub base: String,
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Opened {
    /// It is open, at this address.
    New(String),
    /// The branch has one.
    There,
}

/// A repository at GitHub.
pub struct GitHub {
    api: String,
    repository: String,
    token: String,
    web: Web,
}

impl std::fmt::Debug for GitHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GitHub({}, secret)", self.repository)
    }
}

impl GitHub {
    /// The repository behind a remote's address.
    ///
    /// # Errors
    /// When that is not at GitHub.
    pub fn behind(
        remote: &str,
        address: &str,
        api: &str,
        token: &str,
    ) -> Result<Self, GitHubError> {
        let elsewhere = || GitHubError::Elsewhere(remote.to_owned(), without_secret(address));
        Ok(Self {
            api: api.trim_end_matches('/').to_owned(),
            repository: repository(address).ok_or_else(elsewhere)?,
            token: token.trim().to_owned(),
            web: Web::default(),
        })
    }

    /// Opens a pull request, unless the branch has one.
    ///
    /// # Errors
    /// When GitHub does not answer, or refuses.
    pub async fn open(&self, wanted: &PullRequest) -> Result<Opened, GitHubError> {
        let text = json!({
            "title": wanted.title, "body": wanted.body, "head": wanted.head, "base": wanted.base,
        });
        let request = Request::post(format!("{}/repos/{}/pulls", self.api, self.repository))
            .header(ACCEPT, "application/vnd.github+json")
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "sodium-learn")
            .header("x-github-api-version", VERSION)
            .body(text.to_string().into_bytes())
            .map_err(|_| GitHubError::Malformed)?;
        let answer = self.web.ask(request).await?;
        let told: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        match answer.status() {
            StatusCode::CREATED => {
                let url = told["html_url"].as_str().unwrap_or("open");
                Ok(Opened::New(url.to_owned()))
            }
            StatusCode::UNPROCESSABLE_ENTITY if says_there_is_one(&told) => Ok(Opened::There),
            status => Err(GitHubError::Refused {
                head: wanted.head.clone(),
                status,
                message: messages(&told).join("; "),
            }),
        }
    }
}

fn says_there_is_one(told: &Value) -> bool {
    let said = messages(told);
    said.iter().any(|text| text.contains("already exists"))
}

/// What an answer says went wrong.
fn messages(told: &Value) -> Vec<String> {
    let errors = told["errors"].as_array().into_iter().flatten();
    let all = std::iter::once(told).chain(errors);
    all.filter_map(|error| error["message"].as_str())
        .map(str::to_owned)
        .collect()
}

/// Owner and name in an address, in any of the forms that Git takes.
fn repository(address: &str) -> Option<String> {
    let address = address.trim_end_matches('/');
    let after_user = |text: &str| {
        text.rsplit_once('@')
            .map_or(text.to_owned(), |(_, h)| h.to_owned())
    };
    let rest = match address.split_once("://") {
        Some((_, rest)) => after_user(rest)
            .strip_prefix("github.com/")
            .map(str::to_owned),
        None => after_user(address)
            .strip_prefix("github.com:")
            .map(str::to_owned),
    }?;
    let rest = rest.strip_suffix(".git").unwrap_or(&rest).to_owned();
    (rest.split('/').count() == 2 && !rest.contains("//")).then_some(rest)
}

/// An address without what may be a password in it.
fn without_secret(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_found_in_every_form_of_its_address() {
        for address in [
            "https://github.com/sodium-learn/site",
            "https://github.com/sodium-learn/site.git/",
            "https://x-access-token:secret@github.com/sodium-learn/site.git",
            "git@github.com:sodium-learn/site.git",
            "ssh://git@github.com/sodium-learn/site.git",
        ] {
            assert_eq!(
                repository(address).as_deref(),
                Some("sodium-learn/site"),
                "{address}"
            );
        }
        for address in [
            "https://codeberg.org/a/b",
            "../bare.git",
            "https://github.com/a",
            "https://evil.example/github.com/a/b",
        ] {
            assert_eq!(repository(address), None, "{address}");
        }
    }

    #[test]
    fn no_secret_is_told() {
        let error = GitHub::behind("origin", "https://me:secret@example.org/a/b", "", "token");
        let said = error.unwrap_err().to_string();
        assert!(
            !said.contains("secret") && said.contains("example.org/a/b"),
            "{said}"
        );
    }
}
