//! Sample data: a discussion that shows a new installation with life in it. Its members are
//! plainly samples, have no address, and cannot sign in.

use jiff::Timestamp;
use serde::Deserialize;
use sodium_domain::comment::{Author, Comment, State};
use sodium_domain::email::EmailAddress;
use sodium_domain::follow::Pace;
use sodium_domain::id::{CommentId, MemberId, SessionId, ThreadId};
use sodium_domain::markdown::Source;
use sodium_domain::member::Profile;
use sodium_domain::name::DisplayName;
use sodium_domain::seat::{Seat, SeatState};
use sodium_domain::talk::Kind;

use crate::state::App;
use crate::store::StoreError;

/// A sample discussion.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    members: Vec<SampleMember>,
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
    created: Timestamp,
    body: Source,
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
        for comment in &sample.comments {
            let author = sample
                .members
                .iter()
                .find(|member| member.id == comment.author);
            let comment = Comment {
                id: comment.id,
                thread: comment.thread.clone(),
                author: author.map(|member| Author {
                    id: member.id,
                    name: member.name.clone(),
                    sample: true,
                }),
                kind: Kind::Comment,
                title: None,
                about: None,
                reply_to: comment.reply_to,
                body: Some(comment.body.clone()),
                state: State::Published,
                created: comment.created,
                edited: None,
                number: None,
                answered_on: Vec::new(),
                accepted: None,
                accepted_for: None,
                mentions: Vec::new(),
                helpful: 0,
                changes: 0,
            };
            let work = self.outgoing(crate::store::comments::rebake(&comment));
            self.store.put_comment(&comment, &work).await?;
        }
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
        Ok(sample.comments.len())
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
