//! Addresses that get no more mail. The item holds a keyed hash and the reason, never an address.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::transaction::{Expression, Rule, Transaction};
use super::{Store, StoreError, item, keys};

/// Why mail to an address stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopReason {
    /// There is no such mailbox.
    Bounced,
    /// The reader called a mail spam.
    Complained,
    /// The reader wants no mail that they did not ask for at that moment.
    Unsubscribed,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stop {
    reason: StopReason,
    since: Timestamp,
}

impl Store {
    /// Stops mail to an address. What stops every mail is not weakened by a later wish.
    pub(crate) async fn stop_mail(
        &self,
        address_hash: &str,
        reason: StopReason,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let stop = Stop { reason, since: now };
        let item = item(&keys::mail_stop(address_hash), &stop)?;
        let transaction = match reason {
            StopReason::Unsubscribed => Transaction::new().put_new(Rule::Unchanged, item),
            StopReason::Bounced | StopReason::Complained => Transaction::new().put(item),
        };
        transaction.commit(self).await?;
        Ok(())
    }

    /// Why an address gets no mail.
    pub(crate) async fn mail_stop(
        &self,
        address_hash: &str,
    ) -> Result<Option<StopReason>, StoreError> {
        let stop: Option<Stop> = self.get(&keys::mail_stop(address_hash)).await?;
        Ok(stop.map(|stop| stop.reason))
    }

    /// Lets mail go to an address again, where the reader had stopped it themselves.
    pub(crate) async fn allow_mail(&self, address_hash: &str) -> Result<(), StoreError> {
        let own = Expression::when("#reason = :own").value(":own", &StopReason::Unsubscribed)?;
        Transaction::new()
            .delete_if(Rule::Unchanged, keys::mail_stop(address_hash), own)
            .commit(self)
            .await?;
        Ok(())
    }
}
