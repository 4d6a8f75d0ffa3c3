//! Passkeys: what is kept of each, and the answers to challenges, each of which counts once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sodium_domain::id::MemberId;
use sodium_domain::passkey::{Addition, MOST_PASSKEYS, PasskeyName};
use uuid::Uuid;

use super::members::Device;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys};
use crate::seal::Token;

/// A passkey's name in the table: the hash of its identifier, which can be longer than a key may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct PasskeyId(String);

impl PasskeyId {
    /// The name of the passkey with this identifier.
    pub(crate) fn of(credential: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(credential)))
    }

    /// As it came in an address; whether there is such a passkey, the table knows.
    pub(crate) fn presented(text: &str) -> Self {
        Self(text.chars().take(64).collect())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A passkey as stored: its public half, so it is no secret, but it is its owner's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredPasskey {
    pub(crate) id: PasskeyId,
    pub(crate) name: PasskeyName,
    pub(crate) created: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) used: Option<Timestamp>,
    /// What the WebAuthn crate keeps, as JSON: key, counter, whether it is backed up.
    pub(crate) credential: String,
}

/// A challenge that was answered: it counts once.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Answered {
    /// The challenge.
    pub(crate) challenge: Uuid,
    /// When it would have ended anyway.
    pub(crate) ends: Timestamp,
}

impl Transaction {
    pub(super) fn answer(self, answered: &Answered) -> Result<Self, StoreError> {
        let mark = item(&keys::challenge(answered.challenge), answered)?.expiring(answered.ends);
        Ok(self.put_new(Rule::ChallengeUnanswered, mark))
    }
}

impl Store {
    /// A member's passkeys, in no order that means anything.
    pub(crate) async fn passkeys(
        &self,
        member: MemberId,
    ) -> Result<Vec<StoredPasskey>, StoreError> {
        self.all(&keys::passkeys(member), keys::PASSKEY).await
    }

    /// One of a member's passkeys.
    pub(crate) async fn passkey(
        &self,
        member: MemberId,
        id: &PasskeyId,
    ) -> Result<Option<StoredPasskey>, StoreError> {
        self.get(&keys::passkey(member, id.as_str())).await
    }

    /// Adds a passkey. The device on which it was added has just proved it.
    pub(crate) async fn add_passkey(
        &self,
        answered: &Answered,
        passkey: &StoredPasskey,
        device: &Device,
        addition: Addition,
    ) -> Result<Commit, StoreError> {
        let most = match addition {
            Addition::First => 1,
            Addition::Further => MOST_PASSKEYS,
            Addition::Refused => 0,
        };
        let key = keys::passkey(device.member, passkey.id.as_str());
        Transaction::new()
            .answer(answered)?
            .put_new(
                Rule::PasskeyIsNew,
                item(&key, passkey)?.owned_by(device.member),
            )
            .update(
                Rule::PasskeyFits,
                keys::member(device.member),
                Expression::change("ADD #passkeys :one")
                    .and_when("attribute_exists(pk) AND (attribute_not_exists(#passkeys) OR #passkeys < :most)")
                    .number(":one", 1)
                    .number(":most", most),
            )
            .update(
                Rule::MemberStays,
                keys::device(&device.id),
                Expression::change("SET #passkey = :passkey")
                    .and_when("attribute_exists(pk)")
                    .text(":passkey", passkey.id.as_str()),
            )
            .commit(self)
            .await
    }

    /// Signs a device in by passkey, and out again where the same browser was signed in before. The
    /// passkey must still be as it was when its answer was checked, or its counter would prove nothing.
    pub(crate) async fn enter_by_passkey(
        &self,
        answered: &Answered,
        (member, before): (MemberId, &StoredPasskey),
        credential: &str,
        (token, label): (&Token, &str),
        replaced: Option<&Device>,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let device =
            Device::new(token, member, label.to_owned(), now).by_passkey(before.id.clone());
        let mut transaction = Transaction::new()
            .answer(answered)?
            .by_member(member)
            .update(
                Rule::Unchanged,
                keys::passkey(member, before.id.as_str()),
                Expression::change("SET #credential = :now_credential, #used = :used")
                    .and_when("#credential = :credential")
                    .text(":now_credential", credential)
                    .text(":credential", &before.credential)
                    .value(":used", &now)?,
            )
            .put(item(&keys::device(&device.id), &device)?.owned_by(member));
        if let Some(replaced) = replaced {
            transaction = transaction.delete(keys::device(&replaced.id));
        }
        transaction.commit(self).await
    }

    /// Gives a passkey another name.
    pub(crate) async fn rename_passkey(
        &self,
        member: MemberId,
        id: &PasskeyId,
        name: &PasskeyName,
    ) -> Result<Commit, StoreError> {
        Transaction::new()
            .update(
                Rule::Unchanged,
                keys::passkey(member, id.as_str()),
                Expression::change("SET #name = :name")
                    .and_when("attribute_exists(pk)")
                    .text(":name", name.as_str()),
            )
            .commit(self)
            .await
    }

    /// Forgets a passkey. Devices that came in with it stay signed in, as by a mail link.
    pub(crate) async fn remove_passkey(
        &self,
        member: MemberId,
        id: &PasskeyId,
    ) -> Result<Commit, StoreError> {
        Transaction::new()
            .delete_if(
                Rule::Unchanged,
                keys::passkey(member, id.as_str()),
                Expression::when("attribute_exists(pk)"),
            )
            .update(
                Rule::MemberStays,
                keys::member(member),
                Expression::change("ADD #passkeys :less")
                    .and_when("attribute_exists(pk)")
                    .number(":less", -1),
            )
            .commit(self)
            .await
    }

    /// Forgets all passkeys of a member, and every device on which they are signed in: whoever has
    /// the lost one is out. Returns how many passkeys there were.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn reset_passkeys(
        &self,
        member: MemberId,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let signed_out = Transaction::new().update(
            Rule::MemberStays,
            keys::member(member),
            Expression::change("SET #signed_out = :now")
                .and_when("attribute_exists(pk)")
                .value(":now", &now)?,
        );
        signed_out.commit(self).await?;
        let passkeys = self.passkeys(member).await?;
        for passkey in &passkeys {
            self.remove_passkey(member, &passkey.id).await?;
        }
        for device in self.devices(member, Timestamp::UNIX_EPOCH).await? {
            self.forget_device(&device.id, member).await?;
        }
        tracing::warn!(%member, passkeys = passkeys.len(), "the operator reset passkeys");
        Ok(passkeys.len())
    }
}
