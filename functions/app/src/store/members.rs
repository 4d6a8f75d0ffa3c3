//! Members, their names, and the devices on which they are signed in.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sodium_domain::id::MemberId;
use sodium_domain::member::{DEVICE_LIFE, LanguageTag, Profile, Quoting};
use sodium_domain::name::DisplayName;

use super::companies::CompanyAccount;
use super::outbox::Outgoing;
use super::passkeys::{PasskeyId, StoredPasskey};
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{ItemExt as _, Store, StoreError, from_item, item, key_of, keys};
use crate::seal::Token;

/// A device on which a member is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Device {
    /// The hash of the token in the device's cookie; it names the device and opens nothing.
    pub(crate) id: String,
    pub(crate) member: MemberId,
    /// The browser and system, in the few words that a person needs to recognise it.
    pub(crate) label: String,
    /// The passkey with which the member came in on it, or which they added on it; none if it was a
    /// link in a mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) passkey: Option<PasskeyId>,
    /// The company with whose account the member came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) company: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) seen: Timestamp,
    #[serde(rename = "expires_at")]
    pub(crate) expires: i64,
}

/// A device that is signed in, with its member.
#[derive(Debug)]
pub(crate) struct InUse {
    pub(crate) device: Device,
    pub(crate) profile: Profile,
    /// Whether its life began anew with this use.
    pub(crate) renewed: bool,
}

/// A use of a device is written down once in this time, so that reading costs no writes.
const SEEN_STEP: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MemberRef {
    pub(crate) member: MemberId,
}

impl Device {
    pub(super) fn new(token: &Token, member: MemberId, label: String, now: Timestamp) -> Self {
        let expires = (now + DEVICE_LIFE).as_second();
        Self {
            id: token.hash(),
            member,
            label,
            passkey: None,
            company: None,
            created: now,
            seen: now,
            expires,
        }
    }

    /// The same, with the passkey by which the member came in.
    #[must_use]
    pub(super) fn by_passkey(mut self, passkey: PasskeyId) -> Self {
        self.passkey = Some(passkey);
        self
    }

    /// The same, with the company whose account let the member in.
    #[must_use]
    pub(super) fn by_company(mut self, company: String) -> Self {
        self.company = Some(company);
        self
    }
}

impl Store {
    /// Notes in which language a member reads; none is what their browser asks for.
    pub(crate) async fn set_language(
        &self,
        member: MemberId,
        language: Option<&LanguageTag>,
    ) -> Result<(), StoreError> {
        let change = match language {
            Some(tag) => Expression::change("SET #language = :language")
                .and_when("attribute_exists(pk)")
                .text(":language", tag.as_str()),
            None => Expression::change("REMOVE #language").and_when("attribute_exists(pk)"),
        };
        // Somebody who left meanwhile has no language.
        Transaction::new()
            .update(Rule::MemberStays, keys::member(member), change)
            .commit(self)
            .await?;
        Ok(())
    }

    /// Notes how digests may quote a member, with the work that bakes those that do.
    pub(crate) async fn set_quoting(
        &self,
        member: MemberId,
        quoting: Quoting,
        work: &Outgoing,
    ) -> Result<(), StoreError> {
        let change = Expression::change("SET quoting = :quoting")
            .and_when("attribute_exists(pk)")
            .value(":quoting", &quoting)?;
        // Somebody who left meanwhile is quoted nowhere.
        Transaction::new()
            .update(Rule::MemberStays, keys::member(member), change)
            .then(work)?
            .commit(self)
            .await?;
        Ok(())
    }

    /// A member, unless they left.
    pub(crate) async fn member(&self, id: MemberId) -> Result<Option<Profile>, StoreError> {
        self.get(&keys::member(id)).await
    }

    /// The member of a name, if somebody has it.
    pub(crate) async fn member_named(
        &self,
        name: &DisplayName,
    ) -> Result<Option<MemberId>, StoreError> {
        let claim: Option<MemberRef> = self.get(&keys::name(&name.skeleton())).await?;
        Ok(claim.map(|claim| claim.member))
    }

    /// The device and member of a cookie, if it is signed in still.
    pub(crate) async fn signed_in(
        &self,
        token: &Token,
        now: Timestamp,
    ) -> Result<Option<InUse>, StoreError> {
        let Some(device) = self.get::<Device>(&keys::device(&token.hash())).await? else {
            return Ok(None);
        };
        if device.expires <= now.as_second() {
            return Ok(None);
        }
        let Some(profile) = self.member(device.member).await? else {
            return Ok(None);
        };
        if profile.signed_out.is_some_and(|at| device.created < at) {
            return Ok(None);
        }
        let renewed = now.duration_since(device.seen) > SEEN_STEP;
        if renewed {
            self.note_use(&device, now).await?;
        }
        Ok(Some(InUse {
            device,
            profile,
            renewed,
        }))
    }

    async fn note_use(&self, device: &Device, now: Timestamp) -> Result<(), StoreError> {
        Transaction::new()
            .update(
                Rule::Unchanged,
                keys::device(&device.id),
                Expression::change("SET #seen = :seen, #expires_at = :expires")
                    .and_when("attribute_exists(pk)")
                    .value(":seen", &now)?
                    .number(":expires", (now + DEVICE_LIFE).as_second()),
            )
            .commit(self)
            .await?;
        Ok(())
    }

    /// Gives a member the name that they chose, if nobody has it or one that looks like it. An author's
    /// name is for the people whom the operator gave a role.
    pub(crate) async fn choose_name(
        &self,
        member: &Profile,
        name: &DisplayName,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let profile = keys::member(member.id);
        // A form that comes twice hears that the member has a name, and not that somebody has it.
        let chosen = match &member.name {
            None => Expression::change("SET #name = :name")
                .and_when("attribute_exists(pk) AND attribute_not_exists(#name)"),
            Some(old) => Expression::change("SET #name = :name, #renamed = :now")
                .and_when("#name = :old")
                .text(":old", old.as_str())
                .value(":now", &now)?,
        };
        Transaction::new()
            .update(Rule::Nameless, profile, chosen.text(":name", name.as_str()))
            .update(
                Rule::NameIsFree,
                keys::name(&name.skeleton()),
                claim(member.id, !member.role.is_plain()),
            )
            .commit(self)
            .await
    }

    /// Keeps a name from being taken by anybody else.
    pub(crate) async fn claim_name(
        &self,
        member: MemberId,
        name: &DisplayName,
    ) -> Result<(), StoreError> {
        // Whoever has the name already keeps it.
        Transaction::new()
            .update(
                Rule::NameIsFree,
                keys::name(&name.skeleton()),
                claim(member, false),
            )
            .commit(self)
            .await?;
        Ok(())
    }

    /// Keeps an author's name, which stands in content, from being taken by readers. Whoever has it
    /// already keeps it.
    pub(crate) async fn claim_for_author(&self, name: &DisplayName) -> Result<(), StoreError> {
        let key = keys::name(&name.skeleton());
        // Publishing asks each time; most claims are there.
        if self.get::<Claim>(&key).await?.is_some() {
            return Ok(());
        }
        let claim = Claim {
            member: None,
            author: true,
        };
        Transaction::new()
            .put_new(Rule::NameIsFree, item(&key, &claim)?)
            .commit(self)
            .await?;
        Ok(())
    }

    /// Stores a member as they are: sample members, and tests.
    pub(crate) async fn put_member(&self, member: &Profile) -> Result<(), StoreError> {
        self.put(item(&keys::member(member.id), member)?).await
    }

    /// Signs a device out.
    pub(crate) async fn forget_device(
        &self,
        id: &str,
        member: MemberId,
    ) -> Result<Commit, StoreError> {
        Transaction::new()
            .delete_if(
                Rule::Unchanged,
                keys::device(id),
                Expression::when("#owner = :member").text(":member", member.to_string()),
            )
            .commit(self)
            .await
    }

    /// Signs a member out on every device but this one, which gets a new token. The time in the profile
    /// ends the others at once; the index, which lags, only helps to tidy up.
    pub(crate) async fn sign_out_others(
        &self,
        device: &Device,
        token: &Token,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let mut kept = Device::new(token, device.member, device.label.clone(), now);
        kept.passkey = device.passkey.clone();
        kept.company = device.company.clone();
        let committed = Transaction::new()
            .update(
                Rule::MemberStays,
                keys::member(device.member),
                Expression::change("SET #signed_out = :now")
                    .and_when("attribute_exists(pk)")
                    .value(":now", &now)?,
            )
            .delete_if(
                Rule::Unchanged,
                keys::device(&device.id),
                Expression::when("attribute_exists(pk)"),
            )
            .put(item(&keys::device(&kept.id), &kept)?.owned_by(device.member))
            .commit(self)
            .await?;
        if committed == Commit::Done {
            for other in self.devices(device.member, now).await? {
                if other.id != kept.id {
                    self.forget_device(&other.id, device.member).await?;
                }
            }
        }
        Ok(committed)
    }

    /// Everything that belongs to a member beyond the profile, as raw attributes with their keys.
    pub(crate) async fn belongings(
        &self,
        member: MemberId,
    ) -> Result<Vec<super::Item>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::BY_OWNER)
            .key_condition_expression("#owner = :member")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(
                ":member",
                aws_sdk_dynamodb::types::AttributeValue::S(member.to_string()),
            )
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(item) = pages.next().await {
            found.push(item?);
        }
        Ok(found)
    }

    /// The devices on which a member is signed in.
    pub(crate) async fn devices(
        &self,
        member: MemberId,
        now: Timestamp,
    ) -> Result<Vec<Device>, StoreError> {
        let mut devices = Vec::new();
        for item in self.belongings(member).await? {
            if matches!(item.get("sk"), Some(sk) if sk.as_s().is_ok_and(|sk| sk == "DEVICE")) {
                devices.push(from_item::<Device>(item)?);
            }
        }
        devices.retain(|device| device.expires > now.as_second());
        Ok(devices)
    }
}

/// A name that is taken, by a member or by the content.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claim {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) member: Option<MemberId>,
    #[serde(default)]
    author: bool,
}

/// Takes a name that is free, or one's own already: whoever changed their name can go back to it.
fn claim(member: MemberId, may_be_an_authors: bool) -> Expression {
    let free = "attribute_not_exists(pk) OR #member = :member";
    let claim = Expression::change("SET #member = :member, #owner = :member REMOVE #author");
    let claim = claim.text(":member", member.to_string());
    if may_be_an_authors {
        claim
            .and_when(&format!("{free} OR #author = :yes"))
            .attribute(":yes", aws_sdk_dynamodb::types::AttributeValue::Bool(true))
    } else {
        claim.and_when(free)
    }
}

/// What a member has here beyond the profile.
#[derive(Debug, Default)]
pub(crate) struct OwnThings {
    pub(crate) comments: Vec<sodium_domain::comment::Comment>,
    pub(crate) seats: Vec<sodium_domain::seat::Seat>,
    pub(crate) forms: Vec<String>,
    pub(crate) marks: Vec<super::marks::Mark>,
    pub(crate) earlier_texts: Vec<super::earlier::Earlier>,
    pub(crate) passkeys: Vec<StoredPasskey>,
    pub(crate) follows: Vec<sodium_domain::follow::Follow>,
    pub(crate) told: Vec<super::follows::Follower>,
    pub(crate) digests: Option<super::digests::DigestReader>,
    pub(crate) decisions: Vec<sodium_domain::decision::Decision>,
    pub(crate) companies: Vec<CompanyAccount>,
    pub(crate) lessons_done: Vec<sodium_domain::course::Done>,
    pub(crate) suggestions: Vec<sodium_domain::suggestion::Suggestion>,
}

impl Store {
    /// A member's comments, seats, follows, passkeys and form keys, newest comments first.
    pub(crate) async fn own_things(&self, member: MemberId) -> Result<OwnThings, StoreError> {
        let mut things = OwnThings::default();
        for item in self.belongings(member).await? {
            let sk = item
                .get("sk")
                .and_then(|sk| sk.as_s().ok())
                .cloned()
                .unwrap_or_default();
            if sk.starts_with("COMMENT#") {
                things.comments.push(from_item(item)?);
            } else if sk.starts_with(keys::SEAT) {
                things.seats.push(from_item(item)?);
            } else if sk.starts_with(keys::HELPFUL) {
                things.marks.push(from_item(item)?);
            } else if sk.starts_with(keys::EARLIER) {
                things.earlier_texts.push(from_item(item)?);
            } else if sk.starts_with(keys::PASSKEY) {
                things.passkeys.push(from_item(item)?);
            } else if sk.starts_with(keys::FOLLOW) {
                things.follows.push(from_item(item)?);
            } else if sk.starts_with(keys::DONE) {
                things.lessons_done.push(from_item(item)?);
            } else if keys::is_follower(&key_of(&item)) {
                things.told.push(from_item(item)?);
            } else if keys::is_digest_reader(&key_of(&item)) {
                things.digests = Some(from_item(item)?);
            } else if sk.starts_with(keys::DECISION) {
                things.decisions.push(from_item(item)?);
            } else if sk.starts_with(keys::SUGGESTION) {
                things.suggestions.push(from_item(item)?);
            } else if sk == keys::COMPANY_ACCOUNT {
                things.companies.push(from_item(item)?);
            } else if sk == "ONCE" {
                things
                    .forms
                    .extend(item.get("pk").and_then(|pk| pk.as_s().ok()).cloned());
            }
        }
        things.comments.reverse();
        Ok(things)
    }
}
