//! Signing in by mail link. A link works once, for fifteen minutes; the table keeps its hash.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sodium_domain::email::EmailAddress;
use sodium_domain::id::MemberId;
use sodium_domain::member::{Profile, SIGN_IN_LINK_LIFE};

use super::limits::Limit;
use super::members::{Device, MemberRef};
use super::outbox::Outgoing;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys};
use crate::seal::Token;
use crate::words::spoken;

/// A sign-in that was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SignInLink {
    pub(crate) address: EmailAddress,
    /// Where to go afterwards: a path of this site.
    pub(crate) return_to: String,
    /// The hash of the token that the asking browser holds in a cookie.
    pub(crate) browser: String,
    #[serde(rename = "expires_at")]
    pub(crate) expires: i64,
}

impl SignInLink {
    pub(crate) fn new(
        address: EmailAddress,
        return_to: String,
        browser: &Token,
        now: Timestamp,
    ) -> Self {
        let expires = (now + SIGN_IN_LINK_LIFE).as_second();
        Self {
            address,
            return_to,
            browser: browser.hash(),
            expires,
        }
    }
}

impl Store {
    /// Stores a link and the mail that carries it. The same writes for known and unknown
    /// addresses: nobody can tell them apart.
    pub(crate) async fn offer_sign_in(
        &self,
        token: &Token,
        link: &SignInLink,
        limits: &[Limit; 2],
        mail: &Outgoing,
    ) -> Result<Commit, StoreError> {
        let [address, network] = limits;
        Transaction::new()
            .count(Rule::MailPace, address)
            .count(Rule::NetworkPace, network)
            .put(item(&keys::sign_in(&token.hash()), link)?)
            .then(mail)?
            .commit(self)
            .await
    }

    /// A link that still works.
    pub(crate) async fn sign_in_link(
        &self,
        token: &Token,
        now: Timestamp,
    ) -> Result<Option<SignInLink>, StoreError> {
        let link = self
            .get::<SignInLink>(&keys::sign_in(&token.hash()))
            .await?;
        Ok(link.filter(|link| link.expires > now.as_second()))
    }

    /// Uses a link up and signs a device in; makes the member if the address is new. Nothing if
    /// the link was used meanwhile.
    pub(crate) async fn sign_in(
        &self,
        (token, link): (&Token, &SignInLink),
        address_hash: &str,
        new_member: MemberId,
        (device_token, label): (&Token, &str),
        now: Timestamp,
    ) -> Result<Option<MemberId>, StoreError> {
        let used = || (Rule::LinkUnused, keys::sign_in(&token.hash()));
        let mut patience = self.patience();
        loop {
            let known = self.get::<MemberRef>(&keys::address(address_hash)).await?;
            let member = known.as_ref().map_or(new_member, |known| known.member);
            let (rule, key) = used();
            let device = Device::new(device_token, member, label.to_owned(), now);
            let mut transaction = Transaction::new()
                .delete_if(rule, key, Expression::when("attribute_exists(pk)"))
                .put(item(&keys::device(&device.id), &device)?.owned_by(member));
            if known.is_some() {
                // Whoever leaves at this moment must not have a device afterwards.
                transaction = transaction.by_member(member);
            } else {
                let profile = Profile {
                    language: spoken().noted(),
                    ..Profile::new(member, Some(link.address.clone()), now)
                };
                transaction = transaction
                    .put_new(
                        Rule::AddressIsNew,
                        item(&keys::address(address_hash), &MemberRef { member })?.owned_by(member),
                    )
                    .put(item(&keys::member(member), &profile)?);
            }
            match transaction.commit_within(self, &mut patience).await? {
                Commit::Done => return Ok(Some(member)),
                Commit::Refused(Rule::LinkUnused) => return Ok(None),
                Commit::Refused(_) => patience.pause().await?,
            }
        }
    }
}
