//! Reporting a comment: anybody who reads it can, without an account.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use sodium_domain::comment::{Comment, Reason};
use sodium_domain::id::{CommentId, ThreadId};

use crate::mail::Letter;
use crate::moderation::queue::reasons;
use crate::state::App;
use crate::store::comments::rebake;
use crate::store::reports::Report;
use crate::store::transaction::{Commit, Rule};
use crate::views::comment::{CommentView, permalink};
use crate::views::thread::ThreadLink;
use crate::web::form::{At, Evidence, Sent, honeypot};
use crate::web::network::Network;
use crate::web::problem::{AppError, Problem};
use crate::web::reply::Answer;
use crate::web::visitor::SignedIn;
use crate::words::terms;
use crate::words::{say, say_with};

#[derive(Debug, Deserialize)]
pub(crate) struct ReportSent {
    #[serde(default)]
    reason: String,
    form_token: Option<String>,
    website: Option<String>,
}

/// `GET /api/threads/{thread}/comments/{comment}/report`
pub(crate) async fn form(
    State(app): State<App>,
    At((thread, id)): At<(ThreadId, CommentId)>,
) -> Answer {
    let comment = app.public_comment(&thread, id).await?;
    app.report_page(&comment, "", None).await
}

/// `POST /api/threads/{thread}/comments/{comment}/report`
pub(crate) async fn report(
    State(app): State<App>,
    network: Network,
    reader: Option<SignedIn>,
    At((thread, id)): At<(ThreadId, CommentId)>,
    Sent(sent): Sent<ReportSent>,
) -> Answer {
    let comment = app.public_comment(&thread, id).await?;
    match app.report(&network, reader, &comment, &sent).await {
        Ok(lead) => app.thank_you(&comment, lead).await,
        Err(error @ AppError::Store(_)) => Err(error),
        Err(error) => {
            app.report_page(&comment, &sent.reason, Some(error.problem()))
                .await
        }
    }
}

impl App {
    async fn report(
        &self,
        network: &Network,
        reader: Option<SignedIn>,
        comment: &Comment,
        sent: &ReportSent,
    ) -> Result<&'static str, AppError> {
        honeypot(sent.website.as_deref())?;
        let reason = Reason::from_value(&sent.reason)
            .ok_or_else(|| AppError::Malformed(say("choose-what-wrong").into()))?;
        match self.evidence(sent.form_token.as_deref()) {
            Evidence::Read => {}
            Evidence::TooQuick | Evidence::None => return Err(AppError::TooQuick),
        }
        let hash = |who: &str| self.keys.hash("reporter", &format!("{}:{who}", comment.id));
        let mut reporters = vec![hash(&network.0)];
        reporters.extend(reader.map(|reader| hash(&reader.profile.id.to_string())));
        let report = Report {
            reason,
            reporters,
            limit: self.report_limit(&network.0),
            policy: &self.config.policy.reports,
            at: self.clock.now(),
            tell: self.letter(&Letter::Queue)?,
            bake: self.outgoing(rebake(comment)),
        };
        match self.store.report(comment, &report).await? {
            Commit::Done => {
                self.wake.notify_one();
                Ok(say("report-counted-if-others-report"))
            }
            Commit::Refused(Rule::ReportIsNew) => Ok(say("comment-reported-network-before-counts")),
            Commit::Refused(Rule::NetworkPace) => Err(AppError::TooMany),
            Commit::Refused(_) => Err(AppError::Changed),
        }
    }

    async fn report_page(&self, comment: &Comment, chosen: &str, error: Option<Problem>) -> Answer {
        let thread = self
            .store
            .thread(&comment.thread)
            .await?
            .ok_or(AppError::NotFound)?;
        let status = error
            .as_ref()
            .and_then(|error| StatusCode::from_u16(error.status).ok());
        let values = json!({
            "title": say("report-comment"),
            "comment": CommentView::public(comment).without_own_page().without_reply(),
            "thread": ThreadLink::from(&thread),
            "action": format!("/api/threads/{}/comments/{}/report", comment.thread, comment.id),
            "token": self.form_token()?,
            "reasons": reasons(),
            "chosen": chosen,
            "error": error,
            "cancel_url": permalink(comment),
        });
        self.page(status.unwrap_or(StatusCode::OK), "report", &values)
            .await
    }

    async fn thank_you(&self, comment: &Comment, lead: &str) -> Answer {
        let values = json!({
            "title": say("thank-telling-us"),
            "tone": "good",
            "lead": lead,
            "paragraphs": [say("author-not-told-who-reported")],
            "actions": [{ "label": say("back-discussion"), "url": permalink(comment), "primary": true }],
        });
        self.page(StatusCode::OK, "message", &values).await
    }

    /// How often a comment was reported, and why.
    pub(crate) async fn reports_text(&self, comment: &Comment) -> Result<String, AppError> {
        let reports = self.store.reports(comment).await?;
        let mut counts = Vec::new();
        for reason in Reason::ALL {
            match reports.reasons.iter().filter(|r| **r == reason).count() {
                0 => {}
                count => counts.push(format!(
                    "{} × {}",
                    count,
                    terms::reason(reason).to_lowercase()
                )),
            }
        }
        Ok(say_with(
            "readers-reported",
            &[("list", &counts.join(", "))],
        ))
    }
}
