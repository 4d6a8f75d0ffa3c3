//! The daily and weekly mails. Nothing is written for a follower when a comment comes: whoever's turn
//! it is in a quarter of an hour is asked for, thread by thread, among the threads with news. So a
//! quiet community pays for one item in each sweep, and a busy one for the mails that it sends.
//!
//! How far each follower was told is noted with the mail that told them, in one transaction. A sweep
//! that dies goes on where it was; two at once send one mail, because its name follows from the
//! member and their turn.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use sodium_domain::comment::Comment;
use sodium_domain::follow::{Pace, QUARTERS_OF_WEEK, Quarter};
use sodium_domain::id::{CommentId, MemberId, ThreadId};
use sodium_domain::member::Profile;
use uuid::Uuid;

use super::Swept;
use crate::mail::words::{self, NewsOf};
use crate::mail::{Mailer, named_at};
use crate::relay::RelayError;
use crate::relay::announce::mail_of;
use crate::signups::stops::{Kind, What};
use crate::state::App;
use crate::store::StoreError;
use crate::store::follows::{Follower, day_of};
use crate::store::threads::Thread;
use crate::views::comment::thread_url;
use crate::words::count;
use crate::words::say;
use crate::words::{Language, speaking, speaking_now};

/// After an outage so many quarters of an hour are made good at a time.
const STRIDE: i64 = 4;

/// The newest comments of a thread that a mail looks at. What is older than these is counted.
const LOOKED_AT: usize = 100;

/// Comments of a thread that a mail shows; the others are counted.
const SHOWN: usize = 6;

/// A thread with news and its newest comments, oldest first: read once for everybody whose turn it is.
struct Busy {
    thread: Thread,
    newest: Vec<Comment>,
}

type Turns = BTreeMap<MemberId, Vec<Follower>>;

impl App {
    /// Sends the mails of everybody whose turn came since the last sweep.
    pub(super) async fn roll_up(
        &self,
        mailer: &Mailer,
        swept: &mut Swept,
    ) -> Result<(), RelayError> {
        let now = Quarter::of(self.clock.now());
        let Some(taken) = self.store.turns_taken().await? else {
            return Ok(self.store.take_turns(now).await?);
        };
        let mut taken = taken.max(Quarter(now.0 - QUARTERS_OF_WEEK));
        while taken < now {
            let until = now.min(Quarter(taken.0 + STRIDE));
            self.take_turns(mailer, (Quarter(taken.0 + 1), until), swept)
                .await?;
            self.store.take_turns(until).await?;
            taken = until;
        }
        Ok(())
    }

    /// Sends the mails of one span of quarters. What fails leaves the span to the next sweep, after
    /// everybody else was tried.
    async fn take_turns(
        &self,
        mailer: &Mailer,
        span: (Quarter, Quarter),
        swept: &mut Swept,
    ) -> Result<(), RelayError> {
        let (turns, busy) = self.whose_turn(span).await?;
        let mut outcome = Ok(());
        for (member, followers) in turns {
            match self
                .mail_news(mailer, span.1, member, followers, &busy)
                .await
            {
                Ok(mailed) => swept.mailed += usize::from(mailed),
                // Nobody else would get theirs either.
                Err(error @ RelayError::Mail(_)) => return Err(error),
                Err(error) => outcome = Err(error),
            }
        }
        outcome
    }

    /// The followers whose turn it is and who were not told of all, and the threads that they follow.
    async fn whose_turn(
        &self,
        span: (Quarter, Quarter),
    ) -> Result<(Turns, BTreeMap<ThreadId, Busy>), StoreError> {
        let begins = day_of(span.0.start());
        let (a_day_ago, a_week_ago) = (begins - 1.day(), begins - 8.days());
        let (mut turns, mut busy) = (Turns::new(), BTreeMap::new());
        for news in self.store.news_since(a_week_ago).await? {
            let mut followers = self
                .store
                .followers_in_turn(&news.thread, Pace::Weekly, span)
                .await?;
            if news.on >= a_day_ago {
                followers.extend(
                    self.store
                        .followers_in_turn(&news.thread, Pace::Daily, span)
                        .await?,
                );
            }
            if followers.is_empty() {
                continue;
            }
            let Some(thread) = self.store.thread(&news.thread).await? else {
                continue;
            };
            followers.retain(|follower| follower.told < thread.published);
            if followers.is_empty() {
                continue;
            }
            let mut newest = self.store.newest(&thread.id, LOOKED_AT).await?;
            newest.reverse();
            busy.insert(news.thread, Busy { thread, newest });
            for follower in followers {
                turns.entry(follower.member).or_default().push(follower);
            }
        }
        Ok((turns, busy))
    }

    /// Sends a member's mail, if there is something to tell, and notes what they were told of.
    async fn mail_news(
        &self,
        mailer: &Mailer,
        until: Quarter,
        member: MemberId,
        followers: Vec<Follower>,
        busy: &BTreeMap<ThreadId, Busy>,
    ) -> Result<bool, RelayError> {
        let told: Vec<(Follower, u32)> = followers
            .into_iter()
            .filter_map(|follower| {
                let published = busy.get(&follower.thread)?.thread.published;
                Some((follower, published))
            })
            .collect();
        let profile = self.store.member(member).await?;
        let Some((profile, address)) = profile.and_then(|p| p.address.clone().map(|a| (p, a)))
        else {
            return Ok(false);
        };
        let language = Language::chosen_by(&profile).unwrap_or_default();
        let unwanted = profile.mails.roll_ups_stopped || self.gets_no_news(&address).await?;
        let news = if unwanted {
            Vec::new()
        } else {
            speaking(language, self.news_for(&profile, &told, busy)).await?
        };
        if news.is_empty() {
            self.store.note_told(None, &told).await?;
            return Ok(false);
        }
        let id = turn_mail(member, until);
        if !self.may_send(mailer, id).await? {
            // It was sent by another sweep, which notes what it told.
            return Ok(false);
        }
        let kind = Kind {
            member,
            what: What::RollUps,
        };
        let words = speaking_now(language, || words::roll_up(news));
        self.send_news(mailer, id, address, words, kind).await?;
        self.store.note_told(Some(id), &told).await?;
        Ok(true)
    }

    /// What a member is told: what others wrote and readers see, without what they had a mail of.
    async fn news_for(
        &self,
        profile: &Profile,
        told: &[(Follower, u32)],
        busy: &BTreeMap<ThreadId, Busy>,
    ) -> Result<Vec<NewsOf>, StoreError> {
        let mut news = Vec::new();
        for (follower, _) in told {
            let Some(busy) = busy.get(&follower.thread) else {
                continue;
            };
            let unseen = |c: &&Comment| c.number.is_some_and(|number| number > follower.told);
            let fresh = busy
                .newest
                .iter()
                .filter(unseen)
                .filter(|c| c.is_public() && c.is_news() && !c.is_by(profile.id));
            let fresh: Vec<&Comment> = fresh.collect();
            let alone = self.told_alone(profile, &fresh).await?;
            let fresh: Vec<&Comment> = fresh
                .into_iter()
                .filter(|c| !alone.contains(&c.id))
                .collect();
            if fresh.is_empty() {
                continue;
            }
            let more = fresh.len().saturating_sub(SHOWN);
            let beyond = busy.newest.first().and_then(|c| c.number) > Some(follower.told + 1);
            news.push(NewsOf {
                title: busy.thread.title.clone(),
                url: thread_url(&busy.thread.id, 1),
                comments: fresh
                    .iter()
                    .take(SHOWN)
                    .map(|comment| words::told(comment))
                    .collect(),
                more: more_text(more, beyond),
            });
        }
        Ok(news)
    }

    /// Comments of which the member got a mail of their own.
    async fn told_alone(
        &self,
        profile: &Profile,
        fresh: &[&Comment],
    ) -> Result<Vec<CommentId>, StoreError> {
        let may_be = |comment: &&&Comment| profile.mails.answers && comment.may_mean_somebody();
        let asked: Vec<(CommentId, Uuid)> = fresh
            .iter()
            .filter(may_be)
            .map(|comment| (comment.id, mail_of(comment.id, profile.id)))
            .collect();
        self.store.told_alone(&asked).await
    }
}

/// The name of the one mail of a member's turn: that of the day, where they are mailed daily and
/// weekly, because then both go together.
fn turn_mail(member: MemberId, until: Quarter) -> Uuid {
    let turn = until.last_turn(member, Pace::Daily).unwrap_or(until);
    named_at(turn.start(), &format!("roll-up#{member}"))
}

fn more_text(more: usize, beyond: bool) -> Option<String> {
    match (more, beyond) {
        (0, false) => None,
        (0, true) => Some(say("there-more-discussion").into()),
        (more, false) => Some(count("and-more", more as u64)),
        (more, true) => Some(count("and-more-at-least", more as u64)),
    }
}
