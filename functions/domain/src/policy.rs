//! The community's policy: what is published at once, what waits for a person, how fast anyone may
//! write. It is a file in Git, so that every change of it is reviewed and dated.

use jiff::SignedDuration;
use serde::Deserialize;

use crate::id::ThreadId;
use crate::markdown::{Source, render};
use crate::thread::Mode;

/// The policy file, `site/policy.toml`. Unknown keys are errors.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What waits for a person.
    pub hold: Hold,
    /// What readers' reports do.
    pub reports: Reports,
    /// How much anyone may send.
    pub limits: Limits,
}

/// What waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Hold comments of members with fewer approved comments than this.
    pub until_approved: u32,
    /// Hold comments with more links than this.
    pub links_over: usize,
    /// Hold comments that contain one of these words, in any case.
    #[serde(default)]
    pub words: Vec<String>,
    /// Hold every comment in these threads.
    #[serde(default)]
    pub slow_threads: Vec<ThreadId>,
}

/// When readers' reports bring a published comment before a moderator.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reports {
    /// Reports from so many networks do.
    pub needed: u32,
    /// Whether the comment is hidden until a moderator has decided.
    pub hide: bool,
}

/// How much anyone may send. Each is a count in a window.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The least time in seconds between opening a form and sending it.
    pub form_seconds: u32,
    /// Comments per member in ten minutes.
    pub comments_per_member: u32,
    /// Comments per network (IPv4 address or IPv6 /64) in ten minutes.
    pub comments_per_network: u32,
    /// “Helpful” marks per member in ten minutes.
    pub marks_per_member: u32,
    /// Comments of newcomers that begin to wait in ten minutes, in the whole community: what its
    /// moderators can read.
    pub held_comments: u32,
    /// Reports per network in an hour.
    pub reports_per_network: u32,
    /// Sign-in mails per address in an hour.
    pub sign_in_mails: u32,
    /// Requests for mail (sign-in, waitlist) per network in an hour.
    pub mails_per_network: u32,
    /// Texts kept for people who are not signed in yet, per network in an hour.
    pub drafts_per_network: u32,
    /// The same for the whole community, in ten minutes.
    pub drafts: u32,
    /// Suggested edits of pages per member in a day.
    #[serde(default = "few_suggestions")]
    pub suggestions_per_member: u32,
}

/// What holds where a policy of before says nothing.
fn few_suggestions() -> u32 {
    10
}

/// Why a person looks at a text first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Everything in its discussion is read first.
    SlowThread,
    /// Its author has too few approved comments.
    Newcomer,
    /// It has more links than the policy allows.
    ManyLinks,
    /// It has a word that the policy lists.
    Word,
}

/// What the policy says of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Publish at once.
    Publish,
    /// Let a person look first, because of this.
    Hold(Held),
}

impl Policy {
    /// Who may write in a thread for which moderators chose `mode`.
    pub fn mode_of(&self, thread: &ThreadId, mode: Mode) -> Mode {
        match mode {
            Mode::Open if self.hold.slow_threads.contains(thread) => Mode::Slow,
            mode => mode,
        }
    }

    /// Judges a text in a thread of this mode by a member with `approved` approved comments so far.
    pub fn judge(&self, body: &Source, approved: u32, mode: Mode) -> Verdict {
        if mode == Mode::Slow {
            return Verdict::Hold(Held::SlowThread);
        }
        if approved < self.hold.until_approved {
            return Verdict::Hold(Held::Newcomer);
        }
        let text = body.as_str().to_lowercase();
        // As they will be: there are many ways to write a link in Markdown.
        if render(body).as_str().matches("<a ").count() > self.hold.links_over {
            return Verdict::Hold(Held::ManyLinks);
        }
        if self
            .hold
            .words
            .iter()
            .any(|word| contains_word(&text, &word.to_lowercase()))
        {
            return Verdict::Hold(Held::Word);
        }
        Verdict::Publish
    }

    /// The least time between opening a form and sending it.
    pub fn form_time(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.limits.form_seconds))
    }
}

fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy {
            hold: Hold {
                until_approved: 1,
                links_over: 2,
                words: vec!["Casino".into()],
                slow_threads: vec!["hot-topic".parse().unwrap()],
            },
            reports: Reports {
                needed: 2,
                hide: false,
            },
            limits: Limits {
                form_seconds: 3,
                comments_per_member: 5,
                comments_per_network: 20,
                marks_per_member: 20,
                held_comments: 30,
                reports_per_network: 20,
                sign_in_mails: 5,
                mails_per_network: 20,
                drafts_per_network: 20,
                drafts: 200,
                suggestions_per_member: 10,
            },
        }
    }

    fn judge(text: &str, approved: u32) -> Verdict {
        policy().judge(&Source::parse(text).unwrap(), approved, Mode::Open)
    }

    #[test]
    fn a_first_comment_waits_and_the_next_does_not() {
        assert!(matches!(judge("Hello", 0), Verdict::Hold(_)));
        assert_eq!(judge("Hello", 1), Verdict::Publish);
    }

    #[test]
    fn in_a_slow_thread_everything_waits() {
        let policy = policy();
        let mode = policy.mode_of(&"hot-topic".parse().unwrap(), Mode::Open);
        let text = Source::parse("Hello").unwrap();
        assert!(matches!(policy.judge(&text, 99, mode), Verdict::Hold(_)));
        let elsewhere = policy.mode_of(&"first-lesson".parse().unwrap(), Mode::Open);
        assert_eq!(policy.judge(&text, 99, elsewhere), Verdict::Publish);
        let closed = policy.mode_of(&"hot-topic".parse().unwrap(), Mode::Closed);
        assert_eq!(closed, Mode::Closed, "a moderator's decision says more");
    }

    #[test]
    fn many_links_wait() {
        assert_eq!(
            judge("https://a.example https://b.example", 9),
            Verdict::Publish
        );
        assert!(matches!(
            judge("https://a.example https://b.example https://c.example", 9),
            Verdict::Hold(_)
        ));
        let hidden = "[a][x] [b][x] [c][x]\n\n[x]: https://a.example";
        assert!(
            matches!(judge(hidden, 9), Verdict::Hold(_)),
            "one address, three links"
        );
    }

    #[test]
    fn a_listed_word_waits_but_not_inside_another_word() {
        assert!(matches!(judge("Best CASINO, friends", 9), Verdict::Hold(_)));
        assert_eq!(judge("casinology is a word", 9), Verdict::Publish);
    }
}
