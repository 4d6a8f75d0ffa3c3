//! Roles and lost passkeys: what only the operator changes, from the command line, on this machine's
//! data folder or on the table of a stack.

use std::path::Path;

use jiff::Timestamp;
use sodium_app::seal::Keys;
use sodium_app::store::roles::Holder;
use sodium_app::store::{Store, StoreError};
use sodium_domain::member::{Profile, Role};

use crate::cloud::{self, CloudError, Place};
use crate::data::{DataError, DataFolder};
use crate::engine::{Engine, EngineError, TABLE};

/// What the operator wants. Members are named by id, address or name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Give somebody a role.
    Grant(String, Role),
    /// Take it back.
    Revoke(String),
    /// Say who has one.
    List,
    /// Forget somebody's passkeys, who lost them, and sign them out everywhere.
    ResetPasskeys(String),
}

/// A wish cannot be done. The message says why.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The cloud.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// Nobody is called so.
    #[error(
        "there is no member ‘{0}’; give a name, an address or an id of somebody who signed in once"
    )]
    Nobody(String),
}

/// Does it in a data folder that no server is using.
///
/// # Errors
/// When it cannot be done.
pub async fn in_folder(data: &Path, wish: &Wish) -> Result<Vec<String>, RoleError> {
    let data = DataFolder::take(data)?;
    let engine = Engine::open(&data.table())?;
    let store = Store::new(engine.client(), TABLE);
    fulfil(&store, &data.keys()?, wish, Timestamp::now()).await
}

/// Does it on the table of a stack.
///
/// # Errors
/// When it cannot be done.
pub async fn in_cloud(place: &Place, wish: &Wish) -> Result<Vec<String>, RoleError> {
    let (store, keys) = cloud::table(place)?;
    fulfil(&store, &keys, wish, Timestamp::now()).await
}

/// Does it, and says what was done, a line for each.
///
/// # Errors
/// When it cannot be done.
pub async fn fulfil(
    store: &Store,
    keys: &Keys,
    wish: &Wish,
    now: Timestamp,
) -> Result<Vec<String>, RoleError> {
    let find = async |who: &str| {
        let found = store.find_member(who, keys).await?;
        found.ok_or_else(|| RoleError::Nobody(who.to_owned()))
    };
    Ok(match wish {
        Wish::Grant(who, role) => {
            let member = find(who).await?;
            set(store, &member, *role, now).await?;
            vec![format!("{} is a {role} now", told(&member))]
        }
        Wish::Revoke(who) => {
            let member = find(who).await?;
            set(store, &member, Role::Member, now).await?;
            vec![format!("{} has no role any more", told(&member))]
        }
        Wish::ResetPasskeys(who) => {
            let member = find(who).await?;
            let passkeys = store.reset_passkeys(member.id, now).await?;
            let told = told(&member);
            vec![format!(
                "{told}: {passkeys} passkeys forgotten, signed out everywhere"
            )]
        }
        Wish::List => list(store).await?,
    })
}

async fn set(store: &Store, member: &Profile, role: Role, now: Timestamp) -> Result<(), RoleError> {
    let stays = store.set_role(member.id, role, now).await?;
    stays
        .then_some(())
        .ok_or_else(|| RoleError::Nobody(member.id.to_string()))
}

async fn list(store: &Store) -> Result<Vec<String>, RoleError> {
    let mut lines = Vec::new();
    for Holder {
        member,
        role,
        since,
    } in store.holders().await?
    {
        let profile = store.profile(member).await?;
        let who = profile.map_or_else(|| member.to_string(), |profile| told(&profile));
        lines.push(format!(
            "{role}\t{who}\tsince {}",
            since.strftime("%Y-%m-%d")
        ));
    }
    if lines.is_empty() {
        lines.push("nobody has a role".into());
    }
    Ok(lines)
}

/// A member as an operator recognises them.
fn told(member: &Profile) -> String {
    match &member.name {
        Some(name) => format!("{name} ({})", member.id),
        None => member.id.to_string(),
    }
}
