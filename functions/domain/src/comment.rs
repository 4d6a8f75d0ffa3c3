//! A comment: what is stored, which states it passes through, and who may do what to it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::correction::Fixed;
use crate::id::{CommentId, DecisionId, MemberId, ThreadId};
use crate::markdown::Source;
use crate::name::DisplayName;
use crate::talk::{About, Kind, Title};

/// How long after posting an edit leaves no mark: the time in which a writer still mends typos.
pub const QUIET_EDIT: SignedDuration = SignedDuration::from_mins(15);

/// Why a moderator decided against a comment, or a reader reported it. A fixed list, so that decisions can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Advertising, or the same text in many places.
    Spam,
    /// Insults or threatens somebody.
    Unkind,
    /// Has nothing to do with the page it stands under.
    OffTopic,
    /// Gives away something private about a person.
    Private,
    /// Against the law.
    Unlawful,
}

impl Reason {
    /// Every reason, in the order in which forms offer them.
    pub const ALL: [Self; 5] = [
        Self::Spam,
        Self::Unkind,
        Self::OffTopic,
        Self::Private,
        Self::Unlawful,
    ];

    /// The value that forms send.
    pub fn value(self) -> &'static str {
        match self {
            Self::Spam => "spam",
            Self::Unkind => "unkind",
            Self::OffTopic => "off-topic",
            Self::Private => "private",
            Self::Unlawful => "unlawful",
        }
    }

    /// The reason that a form sent.
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.value() == value)
    }
}

/// Where a comment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is", content = "why")]
pub enum State {
    /// Waits for a person to decide. Only its author and moderators see it.
    Pending,
    /// Everybody reads it.
    Published,
    /// A moderator decided against it.
    Rejected(Reason),
    /// Its author, or the leaving of its author, took it away. Nothing but its place is left.
    Deleted,
}

impl State {
    /// The word that the table and the templates use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Published => "published",
            Self::Rejected(_) => "rejected",
            Self::Deleted => "deleted",
        }
    }
}

/// Who wrote a comment, as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The member.
    pub id: MemberId,
    /// The name at the time of writing.
    pub name: DisplayName,
    /// Whether this is sample data, which is marked wherever it shows.
    #[serde(default)]
    pub sample: bool,
}

/// That a comment was written elsewhere, before this community was, and by whom. It is nobody's here: who
/// wrote it has no account, is told of nothing, and was never asked whether digests may quote them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The name as it stood there; none, where it cannot be a name here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
}

/// A comment as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its identifier, which also says when it was written.
    pub id: CommentId,
    /// The thread it belongs to.
    pub thread: ThreadId,
    /// Its author; nobody, once it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// Who wrote it elsewhere. Such a comment has no author here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
    /// What it wants of its readers.
    #[serde(default, skip_serializing_if = "Kind::is_plain")]
    pub kind: Kind,
    /// The title of the topic that it opens; none, once it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// The part and the revision of the page that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// The comment it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<CommentId>,
    /// The Markdown as its author wrote it; none, once it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Source>,
    /// The people whom the text mentions: names of others in the discussion when it was written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<DisplayName>,
    /// Where it stands.
    pub state: State,
    /// When it was posted.
    pub created: Timestamp,
    /// When it was last changed in a way that readers are told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Timestamp>,
    /// Its place in the thread, from 1, given once when it is first published. It decides the
    /// page, so a permalink never moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The pages on which answers stand that are not on this comment's own page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answered_on: Vec<u32>,
    /// On a question: the answer that helped. The answer names the question in `accepted_for`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<CommentId>,
    /// On an answer: the question that it settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_for: Option<CommentId>,
    /// On a correction: the change of the page that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<Fixed>,
    /// How many members found it helpful.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub helpful: u32,
    /// How often its text was changed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub changes: u32,
    /// The last decision of a moderator about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<DecisionId>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Comment {
    /// A text in a thread: no kind, no answer to anything, nothing that came after it.
    pub fn saying(
        id: CommentId,
        thread: ThreadId,
        body: Source,
        state: State,
        created: Timestamp,
    ) -> Self {
        Self {
            id,
            thread,
            author: None,
            imported: None,
            kind: Kind::default(),
            title: None,
            about: None,
            reply_to: None,
            body: Some(body),
            mentions: Vec::new(),
            state,
            created,
            edited: None,
            number: None,
            answered_on: Vec::new(),
            accepted: None,
            accepted_for: None,
            fixed: None,
            helpful: 0,
            changes: 0,
            decided: None,
        }
    }

    /// Whether `member` wrote it.
    pub fn is_by(&self, member: MemberId) -> bool {
        self.author
            .as_ref()
            .is_some_and(|author| author.id == member)
    }

    /// Whether an edit at `now` shows as “edited”: after [`QUIET_EDIT`], or once somebody answered.
    pub fn edit_shows(&self, now: Timestamp, answered: bool) -> bool {
        answered || now.duration_since(self.created) > QUIET_EDIT
    }

    /// Whether it asks something that readers see, or will see again.
    pub fn is_question(&self) -> bool {
        self.kind == Kind::Question && self.state != State::Deleted
    }

    /// Whether `member` may mark it as helpful: everybody but its author.
    pub fn can_be_marked_by(&self, member: MemberId) -> bool {
        self.is_public() && !self.is_by(member)
    }

    /// Whether it may be meant for somebody in particular, who then hears of it by itself.
    pub fn may_mean_somebody(&self) -> bool {
        self.reply_to.is_some() || !self.mentions.is_empty()
    }

    /// Whether people may be told of it as news. What was written elsewhere is old.
    pub fn is_news(&self) -> bool {
        self.imported.is_none()
    }

    /// Whether readers may see its text.
    pub fn is_public(&self) -> bool {
        self.state == State::Published
    }
}
