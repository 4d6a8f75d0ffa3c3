//! Telling people of one comment at once. Each person gets one mail of it at most, however many
//! reasons there are and however often the work is delivered: the mail's name follows from the
//! comment and its reader. Followers are told some at a time, so that ten thousand of them are many
//! small pieces of work and each piece is done or done again.

use sodium_domain::comment::Comment;
use sodium_domain::email::EmailAddress;
use sodium_domain::id::{CommentId, MemberId, ThreadId};
use sodium_domain::member::Profile;
use uuid::Uuid;

use super::{Outgoing, RelayError, Work};
use crate::mail::words::{self, Why, Worded};
use crate::mail::{Mailer, named_after};
use crate::signups::stops::{Kind, What};
use crate::state::App;
use crate::store::StoreError;
use crate::store::threads::Thread;
use crate::words::{Language, speaking_now};

/// What people are told of.
struct Told<'a> {
    thread: &'a Thread,
    comment: &'a Comment,
}

/// The name of the one mail that a member gets of a comment.
pub(crate) fn mail_of(comment: CommentId, member: MemberId) -> Uuid {
    named_after(comment.into(), member.to_string().as_bytes())
}

impl App {
    /// The work that follows when a comment is published for the first time.
    pub(crate) fn announce(&self, comment: &Comment) -> Outgoing {
        self.outgoing(Work::Announce {
            thread: comment.thread.clone(),
            comment: comment.id,
            after: None,
        })
    }

    /// Tells some of those who want to hear of a comment; the others are work of their own.
    pub(super) async fn tell_of(
        &self,
        mailer: &Mailer,
        work: Uuid,
        (thread, comment): (&ThreadId, CommentId),
        after: Option<MemberId>,
    ) -> Result<(), RelayError> {
        let comment = self.store.comment(thread, comment).await?;
        // What was taken away meanwhile is not mailed about.
        let Some(comment) = comment.filter(Comment::is_public) else {
            return Ok(());
        };
        let Some(thread) = self.store.thread(thread).await? else {
            return Ok(());
        };
        let told = Told {
            thread: &thread,
            comment: &comment,
        };
        if after.is_none() {
            self.tell_who_is_meant(mailer, &told).await?;
        }
        if !thread.followed_at_once {
            return Ok(());
        }
        let (followers, next) = self.store.followers_at_once(&thread.id, after).await?;
        for follower in followers {
            self.tell(mailer, &told, follower.member, Why::Follows)
                .await?;
        }
        if let Some(next) = next {
            self.store
                .enqueue(&Outgoing::new(
                    // The same however often this piece is delivered.
                    named_after(work, next.to_string().as_bytes()),
                    Work::Announce {
                        thread: thread.id.clone(),
                        comment: comment.id,
                        after: Some(next),
                    },
                ))
                .await?;
        }
        Ok(())
    }

    /// Tells whoever is answered or mentioned, if they want to hear of that.
    async fn tell_who_is_meant(&self, mailer: &Mailer, told: &Told<'_>) -> Result<(), RelayError> {
        if let Some(parent) = told.comment.reply_to {
            let parent = self.store.comment(&told.thread.id, parent).await?;
            if let Some(author) = parent.and_then(|parent| parent.author) {
                self.tell(mailer, told, author.id, Why::Answered).await?;
            }
        }
        for name in &told.comment.mentions {
            if let Some(member) = self.store.member_named(name).await? {
                self.tell(mailer, told, member, Why::Mentioned).await?;
            }
        }
        Ok(())
    }

    async fn tell(
        &self,
        mailer: &Mailer,
        told: &Told<'_>,
        member: MemberId,
        why: Why,
    ) -> Result<(), RelayError> {
        if told.comment.is_by(member) {
            return Ok(());
        }
        let profile = self.store.member(member).await?;
        let wants = |answers: bool| why == Why::Follows || answers;
        let Some(profile) = profile.filter(|profile| wants(profile.mails.answers)) else {
            return Ok(());
        };
        let id = mail_of(told.comment.id, member);
        let what = match why {
            Why::Follows => What::Thread(told.thread.id.clone()),
            Why::Answered | Why::Mentioned => What::Answers,
        };
        let words = || words::comment(told.thread, told.comment, why);
        self.send_once(mailer, id, profile, what, words).await
    }

    /// Sends a member a mail of this name, in their language: once, and only to somebody who gets mail of
    /// what others do.
    pub(super) async fn send_once(
        &self,
        mailer: &Mailer,
        id: Uuid,
        reader: Profile,
        what: What,
        words: impl FnOnce() -> Worded + Send,
    ) -> Result<(), RelayError> {
        let language = Language::chosen_by(&reader).unwrap_or_default();
        let Some(address) = reader.address else {
            return Ok(());
        };
        if self.gets_no_news(&address).await? || !self.may_send(mailer, id).await? {
            return Ok(());
        }
        let member = reader.id;
        let words = speaking_now(language, words);
        self.send_news(mailer, id, address, words, Kind { member, what })
            .await?;
        self.store.mail_is_sent(id).await?;
        Ok(())
    }

    /// Sends a mail that tells what others wrote, with the link that stops mails of its kind.
    pub(crate) async fn send_news(
        &self,
        mailer: &Mailer,
        id: Uuid,
        address: EmailAddress,
        mut words: Worded,
        kind: Kind,
    ) -> Result<(), RelayError> {
        let url = self.stop_url_of(kind).map_err(StoreError::from)?;
        words.stop_url = Some(url);
        let mail = self.mail(id, 0, address, words)?;
        self.hand_over(mailer, &mail).await
    }
}
