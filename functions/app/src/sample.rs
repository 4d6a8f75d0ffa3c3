//! Sample data: a discussion that shows a new installation with life in it. Its members are
//! plainly samples, have no address, and cannot sign in.

mod talk;

use jiff::Timestamp;
use serde::Deserialize;
use sodium_domain::comment::{Author, Comment, State};
use sodium_domain::email::EmailAddress;
use sodium_domain::follow::Pace;
use sodium_domain::id::{BoardId, CommentId, MemberId, SessionId, ThreadId};
use sodium_domain::markdown::Source;
use sodium_domain::member::Profile;
use sodium_domain::name::DisplayName;
use sodium_domain::seat::{Seat, SeatState};
use sodium_domain::talk::{Kind, Title};

use crate::comments::topic::new_thread;
use crate::state::App;
use crate::store::StoreError;
use crate::store::answers::Pair;
use crate::store::comments::rebake;
pub use talk::SampleTalk;

/// A sample discussion.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    members: Vec<SampleMember>,
    topics: Vec<SampleTopic>,
    comments: Vec<SampleComment>,
    sign_ups: Vec<SampleSignUp>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleMember {
    id: MemberId,
    name: DisplayName,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleComment {
    thread: ThreadId,
    id: CommentId,
    author: MemberId,
    reply_to: Option<CommentId>,
    #[serde(default)]
    kind: Kind,
    /// Whether it settled the question that it answers, or with which its topic begins.
    #[serde(default)]
    accepted: bool,
    /// Who found it helpful.
    #[serde(default)]
    helpful: Vec<MemberId>,
    created: Timestamp,
    body: Source,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleTopic {
    board: BoardId,
    thread: ThreadId,
    id: CommentId,
    author: MemberId,
    kind: Kind,
    created: Timestamp,
    title: Title,
    body: Source,
    helpful: Vec<MemberId>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleSignUp {
    session: SessionId,
    member: MemberId,
}

impl App {
    /// Loads sample data. Loading it twice is the same as once.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn load_sample(&self, sample: &Sample) -> Result<usize, StoreError> {
        for member in &sample.members {
            let profile = Profile {
                name: Some(member.name.clone()),
                approved: 1,
                sample: true,
                ..Profile::new(member.id, None, Timestamp::UNIX_EPOCH)
            };
            self.store.put_member(&profile).await?;
            self.store.claim_name(member.id, &member.name).await?;
        }
        for topic in &sample.topics {
            self.load_topic(sample, topic).await?;
        }
        for comment in &sample.comments {
            let stored = Comment {
                kind: comment.kind,
                reply_to: comment.reply_to,
                ..sample.comment(&comment.thread, comment.id, comment.author, &comment.body)
            };
            self.load_comment(&Comment {
                created: comment.created,
                ..stored
            })
            .await?;
        }
        for comment in &sample.comments {
            let question = comment
                .reply_to
                .or_else(|| sample.opening(&comment.thread))
                .filter(|_| comment.accepted);
            if let Some(question) = question {
                let pair = Pair {
                    thread: &comment.thread,
                    question,
                    answer: comment.id,
                };
                let work = pair.rebake().map(|work| self.outgoing(work));
                self.store.accept_answer(pair, &work).await?;
            }
        }
        self.load_marks(sample).await?;
        for sign_up in &sample.sign_ups {
            let seat = Seat {
                session: sign_up.session.clone(),
                member: sign_up.member,
                state: SeatState::Waiting,
                ticket: self.ids.next().to_string(),
                created: self.clock.now(),
            };
            self.store
                .take_seat(&seat, &|seat| self.follow_seat(seat))
                .await?;
        }
        self.wake.notify_one();
        Ok(sample.comments.len() + sample.topics.len())
    }

    /// A topic; nothing where the site does not have its board.
    async fn load_topic(&self, sample: &Sample, topic: &SampleTopic) -> Result<(), StoreError> {
        let Some(board) = self.store.board(&topic.board).await? else {
            return Ok(());
        };
        let thread = new_thread(&board, topic.thread.clone(), topic.id);
        self.store.begin_thread(&thread).await?;
        let opening = Comment {
            kind: topic.kind,
            title: Some(topic.title.clone()),
            created: topic.created,
            ..sample.comment(&topic.thread, topic.id, topic.author, &topic.body)
        };
        self.load_comment(&opening).await
    }

    async fn load_comment(&self, comment: &Comment) -> Result<(), StoreError> {
        let work = self.outgoing(rebake(comment));
        self.store.put_comment(comment, &work).await?;
        Ok(())
    }

    async fn load_marks(&self, sample: &Sample) -> Result<(), StoreError> {
        let of_comments = sample
            .comments
            .iter()
            .map(|c| (&c.thread, c.id, &c.helpful));
        let of_topics = sample.topics.iter().map(|t| (&t.thread, t.id, &t.helpful));
        for (thread, id, members) in of_topics.chain(of_comments) {
            let Some(comment) = self.store.comment(thread, id).await? else {
                continue;
            };
            for member in members {
                let (now, limit) = (self.clock.now(), self.mark_limit(*member));
                let work = self.outgoing(rebake(&comment));
                self.store
                    .mark_helpful(&comment, *member, now, &limit, &work)
                    .await?;
            }
        }
        Ok(())
    }

    /// Members with addresses that nobody has, who follow a thread: for measurements.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn load_followers(
        &self,
        thread: &ThreadId,
        pace: Pace,
        count: u32,
    ) -> Result<(), StoreError> {
        for number in 0..count {
            let address = EmailAddress::parse(&format!("follower{number}@example.org")).ok();
            let profile = Profile {
                sample: true,
                ..Profile::new(self.ids.next().into(), address, self.clock.now())
            };
            self.store.put_member(&profile).await?;
            let now = self.clock.now();
            self.store
                .set_pace(profile.id, thread, Some(pace), now)
                .await?;
        }
        Ok(())
    }
}

impl Sample {
    fn opening(&self, thread: &ThreadId) -> Option<CommentId> {
        let topic = self.topics.iter().find(|topic| topic.thread == *thread);
        topic.map(|topic| topic.id)
    }

    /// A published comment of a sample member, with nothing said but its text.
    fn comment(&self, thread: &ThreadId, id: CommentId, by: MemberId, body: &Source) -> Comment {
        let author = self.members.iter().find(|member| member.id == by);
        let (state, written) = (State::Published, Timestamp::UNIX_EPOCH);
        Comment {
            author: author.map(|member| Author {
                id: member.id,
                name: member.name.clone(),
                sample: true,
            }),
            ..Comment::saying(id, thread.clone(), body.clone(), state, written)
        }
    }
}
