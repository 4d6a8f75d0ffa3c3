//! Roles, which the operator gives and takes. Each is written in the profile, where a request finds
//! it, and once more in a list of the few who have one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sodium_domain::email::EmailAddress;
use sodium_domain::id::MemberId;
use sodium_domain::member::{Profile, Role};
use sodium_domain::name::DisplayName;

use super::members::{Claim, MemberRef};
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, item, keys};
use crate::seal::Keys;

/// Somebody with a role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Holder {
    /// Who.
    pub member: MemberId,
    /// Which role.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

impl Store {
    /// The member whom an operator means by an id, an address or a name.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_member(
        &self,
        text: &str,
        keyed: &Keys,
    ) -> Result<Option<Profile>, StoreError> {
        if let Ok(id) = text.parse::<MemberId>() {
            return self.member(id).await;
        }
        let member = if let Ok(address) = EmailAddress::parse(text) {
            let hash = keyed.hash("address", &address.canonical());
            let found: Option<MemberRef> = self.get(&keys::address(&hash)).await?;
            found.map(|found| found.member)
        } else if let Ok(name) = DisplayName::parse(text) {
            let found: Option<Claim> = self.get(&keys::name(&name.skeleton())).await?;
            found.and_then(|found| found.member)
        } else {
            None
        };
        match member {
            Some(member) => self.member(member).await,
            None => Ok(None),
        }
    }

    /// A member as stored, for the operator.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn profile(&self, member: MemberId) -> Result<Option<Profile>, StoreError> {
        self.member(member).await
    }

    /// Gives a member a role, or takes it. Returns whether the member is still one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn set_role(
        &self,
        member: MemberId,
        role: Role,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let holder = Holder {
            member,
            role,
            since: now,
        };
        let (key, list) = (keys::member(member), keys::role(member));
        let transaction = if role.is_plain() {
            Transaction::new()
                .update(
                    Rule::MemberStays,
                    key,
                    Expression::change("REMOVE #role").and_when("attribute_exists(pk)"),
                )
                .delete(list)
        } else {
            Transaction::new()
                .update(
                    Rule::MemberStays,
                    key,
                    Expression::change("SET #role = :role")
                        .and_when("attribute_exists(pk)")
                        .text(":role", role.name()),
                )
                .put(item(&list, &holder)?.owned_by(member))
        };
        let committed = transaction.commit(self).await? == Commit::Done;
        if committed {
            tracing::warn!(%member, %role, "the operator set a role");
        }
        Ok(committed)
    }

    /// Everybody who has a role.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn holders(&self) -> Result<Vec<Holder>, StoreError> {
        self.all(keys::ROLES, "").await
    }
}
