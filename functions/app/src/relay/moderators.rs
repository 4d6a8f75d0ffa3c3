//! Telling moderators that comments wait: at most one mail in a quarter of an hour, and none
//! forgotten. The mail of a quarter of an hour is claimed like any other, so one that was counted
//! and not sent is sent after all. What comes after it waits for the end of the quarter.

use jiff::{SignedDuration, Timestamp};
use sodium_domain::email::EmailAddress;
use uuid::Uuid;

use super::RelayError;
use crate::mail::words::{self, Worded};
use crate::mail::{Letter, Mailer};
use crate::state::App;
use crate::store::StoreError;
use crate::store::later::Errand;
use crate::words::{Language, speaking_now};

/// In each of these at most one mail about the queue.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// How many waiting comments a mail counts.
const COUNTED: i32 = 100;

/// How telling moderators ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// They know of everything that waits.
    All,
    /// They got a mail earlier in this window, and the next may go at its end.
    Earlier,
}

impl App {
    /// Tells moderators about a comment that came: now, or at the end of the window.
    pub(super) async fn announce_queue(&self, mailer: &Mailer) -> Result<(), RelayError> {
        let now = self.clock.now();
        if self.tell_moderators(mailer, now).await? == Told::Earlier {
            let end = window_start(now) + WINDOW;
            self.store.put_errand(&Errand::TellModerators, end).await?;
        }
        Ok(())
    }

    /// Tells moderators what came in a window that has ended. If they got a mail since, it counted
    /// these, too.
    pub(crate) async fn announce_what_came(&self, mailer: &Mailer) -> Result<(), RelayError> {
        self.tell_moderators(mailer, self.clock.now()).await?;
        Ok(())
    }

    async fn tell_moderators(&self, mailer: &Mailer, now: Timestamp) -> Result<Told, RelayError> {
        if self.store.count_waiting(1).await? == 0 {
            return Ok(Told::All);
        }
        let id = window_mail(now);
        if !self.may_send(mailer, id).await? {
            return Ok(Told::Earlier);
        }
        self.send(mailer, id, &Letter::Queue).await?;
        self.store.mail_is_sent(id).await?;
        Ok(Told::All)
    }

    /// Every moderator, listed or by role, with the words for as many comments as wait now.
    pub(super) async fn to_moderators(&self) -> Result<Vec<(EmailAddress, Worded)>, StoreError> {
        let waiting = self.store.count_waiting(COUNTED).await?;
        if waiting == 0 {
            return Ok(Vec::new());
        }
        let listed = self.config.moderators.iter().cloned();
        let mut readers: Vec<_> = listed.map(|to| (to, Language::default())).collect();
        for holder in self.store.holders().await? {
            if !holder.role.moderates() {
                continue;
            }
            let Some(member) = self.store.member(holder.member).await? else {
                continue;
            };
            let chosen = Language::chosen_by(&member).unwrap_or_default();
            let Some(address) = member.address else {
                continue;
            };
            let same =
                |(to, _): &&mut (EmailAddress, Language)| to.canonical() == address.canonical();
            match readers.iter_mut().find(same) {
                Some((_, language)) => *language = chosen,
                None => readers.push((address, chosen)),
            }
        }
        let readers = readers.into_iter();
        Ok(readers
            .map(|(to, language)| (to, speaking_now(language, || words::queue(waiting))))
            .collect())
    }
}

/// The identifier of the one mail of a window: the same for whoever sends it, and in the order of
/// time among other mails.
fn window_mail(now: Timestamp) -> Uuid {
    let millis = u64::try_from(window_start(now).as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, b"moderators").into_uuid()
}

fn window_start(now: Timestamp) -> Timestamp {
    let length = WINDOW.as_secs();
    let start = now.as_second().div_euclid(length) * length;
    Timestamp::from_second(start).unwrap_or(now)
}
