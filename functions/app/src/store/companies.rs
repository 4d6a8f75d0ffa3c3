//! Accounts at companies with which members sign in. What binds is who issued the identity and whom it
//! names there (OpenID Connect, 5.7); an address changes hands.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sodium_domain::email::EmailAddress;
use sodium_domain::id::MemberId;
use sodium_domain::member::Profile;

use super::members::{Device, MemberRef};
use super::passkeys::Answered;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys};
use crate::seal::Token;
use crate::words::spoken;

/// A company account that signs a member in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CompanyAccount {
    /// The keyed hash of issuer and subject.
    pub(crate) id: String,
    pub(crate) member: MemberId,
    /// Which company, as the installation lists it.
    pub(crate) company: String,
    pub(crate) connected: Timestamp,
}

/// A browser that is about to be signed in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entering<'a> {
    /// The way to the provider and back, which counts once.
    pub(crate) answered: &'a Answered,
    pub(crate) account: &'a CompanyAccount,
    pub(crate) token: &'a Token,
    pub(crate) label: &'a str,
    /// The device as which this browser was signed in until now.
    pub(crate) replaced: Option<&'a Device>,
    pub(crate) now: Timestamp,
}

impl Store {
    /// Whom a company account signs in.
    pub(crate) async fn company_account(
        &self,
        id: &str,
    ) -> Result<Option<CompanyAccount>, StoreError> {
        self.get(&keys::company_account(id)).await
    }

    /// Whether an address is somebody's.
    pub(crate) async fn is_known(&self, address_hash: &str) -> Result<bool, StoreError> {
        let found: Option<MemberRef> = self.get(&keys::address(address_hash)).await?;
        Ok(found.is_some())
    }

    /// Signs a browser in.
    pub(crate) async fn enter_by_company(
        &self,
        entering: Entering<'_>,
    ) -> Result<Commit, StoreError> {
        Transaction::new()
            .answer(entering.answered)?
            .check(
                Rule::Unchanged,
                keys::company_account(&entering.account.id),
                Expression::when("#member = :member")
                    .text(":member", entering.account.member.to_string()),
            )
            .by_member(entering.account.member)
            .seat_device(&entering)?
            .commit(self)
            .await
    }

    /// Makes a member of somebody whose company answers for their address, and signs them in.
    pub(crate) async fn join_by_company(
        &self,
        entering: Entering<'_>,
        (address, address_hash): (&EmailAddress, &str),
    ) -> Result<Commit, StoreError> {
        let account = entering.account;
        let member = account.member;
        let profile = Profile {
            language: spoken().noted(),
            ..Profile::new(member, Some(address.clone()), entering.now)
        };
        Transaction::new()
            .answer(entering.answered)?
            .put_new(
                Rule::AddressIsNew,
                item(&keys::address(address_hash), &MemberRef { member })?.owned_by(member),
            )
            .put_new(
                Rule::AccountIsNew,
                item(&keys::company_account(&account.id), account)?.owned_by(member),
            )
            .put(item(&keys::member(member), &profile)?)
            .seat_device(&entering)?
            .commit(self)
            .await
    }

    /// Lets a company account sign a member in, who asked for it while they were signed in.
    pub(crate) async fn connect_company(
        &self,
        account: &CompanyAccount,
    ) -> Result<Commit, StoreError> {
        Transaction::new()
            .by_member(account.member)
            .put_new(
                Rule::AccountIsNew,
                item(&keys::company_account(&account.id), account)?.owned_by(account.member),
            )
            .commit(self)
            .await
    }

    /// Takes that back.
    pub(crate) async fn disconnect_company(
        &self,
        id: &str,
        member: MemberId,
    ) -> Result<Commit, StoreError> {
        Transaction::new()
            .delete_if(
                Rule::Unchanged,
                keys::company_account(id),
                Expression::when("#owner = :member").text(":member", member.to_string()),
            )
            .commit(self)
            .await
    }
}

impl Transaction {
    fn seat_device(self, entering: &Entering<'_>) -> Result<Self, StoreError> {
        let account = entering.account;
        let label = entering.label.to_owned();
        let device = Device::new(entering.token, account.member, label, entering.now)
            .by_company(account.company.clone());
        let item = item(&keys::device(&device.id), &device)?.owned_by(account.member);
        Ok(match entering.replaced {
            Some(replaced) => self.put(item).delete(keys::device(&replaced.id)),
            None => self.put(item),
        })
    }
}
