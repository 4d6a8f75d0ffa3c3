//! Digests by mail: publishing notes that one is new, and whoever wanted them then gets a mail of it, some
//! readers at a time. The mail's name follows from the digest and its reader, so each is sent once,
//! however often the work is delivered.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use sodium_domain::id::MemberId;
use sodium_domain::week::Week;
use uuid::Uuid;

use super::{Outgoing, RelayError, Work};
use crate::mail::words;
use crate::mail::{Mailer, named_after, named_at};
use crate::relay::bake::BakeError;
use crate::signups::stops::What;
use crate::site::slots::StatedDigest;
use crate::site::{Index, url_of};
use crate::state::App;
use crate::store::StoreError;
use crate::store::digests::PublishedDigest;
use crate::store::follows::day_of;
use crate::words::Language;

/// How old a digest may be that is mailed. A community that publishes its archive in a new place mails
/// nobody what they read long ago.
const NEWS: SignedDuration = SignedDuration::from_hours(24 * 14);

/// The name of the one mail that a member gets of a digest.
fn mail_of(digest: &PublishedDigest, member: MemberId) -> Uuid {
    named_at(digest.at, &format!("digest#{}#{member}", digest.week))
}

/// Whether a digest is new enough to be mailed.
fn is_news(stated: &StatedDigest, now: Timestamp) -> bool {
    stated.date >= day_of(now - NEWS)
}

impl App {
    /// Notes the digests that are new in the site, each once and with the work of mailing it.
    pub(crate) async fn digests_are_published(&self, index: &Index) -> Result<(), StoreError> {
        let weeks: BTreeSet<Week> = index.digests().map(|(_, stated)| stated.week).collect();
        let known = self.store.digests_of(&weeks).await?;
        let now = self.clock.now();
        for week in weeks.difference(&known).copied() {
            let mut pages = index.digests().filter(|(_, stated)| stated.week == week);
            let is_news = pages.any(|(_, stated)| is_news(stated, now));
            let work = is_news.then(|| self.outgoing(Work::DigestPublished { week, after: None }));
            let digest = PublishedDigest { week, at: now };
            self.store
                .digest_is_published(&digest, work.as_ref())
                .await?;
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Mails a digest to some of those who want each; the others are work of their own.
    pub(super) async fn mail_digest(
        &self,
        mailer: &Mailer,
        work: Uuid,
        week: Week,
        after: Option<MemberId>,
    ) -> Result<(), RelayError> {
        let Some(digest) = self.store.digest(week).await? else {
            return Ok(());
        };
        let index = Index::load(&self.files).await.map_err(BakeError::from)?;
        // One that was taken back meanwhile is not mailed.
        if !index.digests().any(|(_, stated)| stated.week == week) {
            return Ok(());
        }
        let (readers, next) = self.store.digest_readers(after).await?;
        for reader in readers.iter().filter(|reader| reader.wanted(&digest)) {
            self.mail_digest_to(mailer, reader.member, &digest, &index)
                .await?;
        }
        if let Some(next) = next {
            let further = Work::DigestPublished {
                week,
                after: Some(next),
            };
            // The same however often this piece is delivered.
            let name = named_after(work, next.to_string().as_bytes());
            self.store.enqueue(&Outgoing::new(name, further)).await?;
        }
        Ok(())
    }

    async fn mail_digest_to(
        &self,
        mailer: &Mailer,
        member: MemberId,
        digest: &PublishedDigest,
        index: &Index,
    ) -> Result<(), RelayError> {
        let Some(profile) = self.store.member(member).await? else {
            return Ok(());
        };
        let language = Language::chosen_by(&profile).unwrap_or_default();
        let Some((url, stated)) = page_for(index, digest.week, language) else {
            return Ok(());
        };
        let words = || words::digest(stated, url);
        self.send_once(
            mailer,
            mail_of(digest, member),
            profile,
            What::Digests,
            words,
        )
        .await
    }
}

/// The page of a digest in a language, or else in the site's own.
fn page_for(index: &Index, week: Week, language: Language) -> Option<(String, &StatedDigest)> {
    let pages = || index.digests().filter(|(_, stated)| stated.week == week);
    let own = pages().find(|(shell, _)| Language::of_path(&shell.path) == language);
    let (shell, stated) = own.or_else(|| pages().next())?;
    Some((url_of(&shell.path), stated))
}
