//! The limits that the policy file sets, each for its purpose.

use jiff::SignedDuration;
use sodium_domain::id::MemberId;

use crate::state::App;
use crate::store::limits::Limit;
use crate::store::transaction::Commit;
use crate::web::problem::AppError;

const TEN_MINUTES: SignedDuration = SignedDuration::from_mins(10);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Who is counted where everybody is counted together.
const SITE_WIDE: &str = "site-wide";

impl App {
    /// Comments, by member and by network.
    pub(crate) fn comment_limits(&self, member: MemberId, network: &str) -> [Limit; 2] {
        let limits = &self.config.policy.limits;
        let now = self.clock.now();
        [
            Limit::new(
                "comments-member",
                member.to_string(),
                limits.comments_per_member,
                TEN_MINUTES,
                now,
            ),
            Limit::new(
                "comments-network",
                network,
                limits.comments_per_network,
                TEN_MINUTES,
                now,
            ),
        ]
    }

    /// Suggested edits, by member and by network: of the latter as many as of comments.
    pub(crate) fn suggestion_limits(&self, member: MemberId, network: &str) -> [Limit; 2] {
        let limits = &self.config.policy.limits;
        let (member, now) = (member.to_string(), self.clock.now());
        let most = limits.suggestions_per_member;
        let by_member = Limit::new("suggestions-member", member, most, DAY, now);
        let most = limits.comments_per_network;
        let by_network = Limit::new("suggestions-network", network, most, TEN_MINUTES, now);
        [by_member, by_network]
    }

    /// “Helpful” marks, by member.
    pub(crate) fn mark_limit(&self, member: MemberId) -> Limit {
        let most = self.config.policy.limits.marks_per_member;
        let now = self.clock.now();
        Limit::new("marks-member", member.to_string(), most, TEN_MINUTES, now)
    }

    /// Lessons that are marked as done, by member.
    pub(crate) fn done_limit(&self, member: MemberId) -> Limit {
        let most = self.config.policy.limits.marks_per_member;
        let now = self.clock.now();
        Limit::new("done-member", member.to_string(), most, TEN_MINUTES, now)
    }

    /// Comments of newcomers that begin to wait, in the whole community.
    pub(crate) fn held_limit(&self) -> Limit {
        let most = self.config.policy.limits.held_comments;
        Limit::new("held", SITE_WIDE, most, TEN_MINUTES, self.clock.now())
    }

    /// Reports, by network.
    pub(crate) fn report_limit(&self, network: &str) -> Limit {
        let most = self.config.policy.limits.reports_per_network;
        Limit::new("reports-network", network, most, HOUR, self.clock.now())
    }

    /// Sign-in mails, by address and by network.
    pub(crate) fn sign_in_limits(&self, address_hash: &str, network: &str) -> [Limit; 2] {
        let most = self.config.policy.limits.sign_in_mails;
        [
            Limit::new("sign-in-mails", address_hash, most, HOUR, self.clock.now()),
            self.mail_limit(network),
        ]
    }

    /// Requests for mail, by network.
    pub(crate) fn mail_limit(&self, network: &str) -> Limit {
        let most = self.config.policy.limits.mails_per_network;
        Limit::new("mails-network", network, most, HOUR, self.clock.now())
    }

    /// Counts a request for mail that came to nothing, because the address had mails enough. Otherwise
    /// such requests would have no limit, and their faster answer would tell that others asked before.
    pub(crate) async fn count_vain_request(&self, network: &str) -> Result<(), AppError> {
        match self.store.count_alone(&self.mail_limit(network)).await? {
            Commit::Done => Ok(()),
            Commit::Refused(_) => Err(AppError::TooMany),
        }
    }

    /// Texts that are kept for people who sign in, by network and in the whole community.
    pub(crate) fn draft_limits(&self, network: &str) -> [Limit; 2] {
        let limits = &self.config.policy.limits;
        let now = self.clock.now();
        let network = Limit::new(
            "drafts-network",
            network,
            limits.drafts_per_network,
            HOUR,
            now,
        );
        let all = Limit::new("drafts", SITE_WIDE, limits.drafts, TEN_MINUTES, now);
        [network, all]
    }
}
