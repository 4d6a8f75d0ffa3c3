//! Work that has to wait for its time. It lies in one partition in the order of its times, so one
//! query finds what is due, and costs the same whether nothing or a million things happened. The
//! table's stream does not hand it over; the sweep looks for it ([`crate::jobs`]).

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sodium_domain::id::MemberId;

use super::keys::{self, Key};
use super::transaction::Transaction;
use super::{Store, StoreError, from_item, item, key_of};

/// What is to be done at a later time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "errand")]
pub(crate) enum Errand {
    /// To look again for what a member left behind.
    LookAgain {
        /// The member who is gone.
        member: MemberId,
        /// Since when.
        left: Timestamp,
    },
    /// To tell moderators about comments that still wait.
    TellModerators,
}

impl Errand {
    fn key(&self, due: Timestamp) -> Key {
        match self {
            Self::LookAgain { member, .. } => keys::later(due, &format!("LEFT#{member}")),
            Self::TellModerators => keys::later(due, "QUEUE"),
        }
    }
}

/// An errand whose time has come, and where it lies.
#[derive(Debug)]
pub(crate) struct Due {
    /// What is to be done, if it can be read.
    pub(crate) errand: Result<Errand, StoreError>,
    key: Key,
}

impl Transaction {
    /// Adds what must follow at a later time.
    pub(crate) fn later(self, errand: &Errand, due: Timestamp) -> Result<Self, StoreError> {
        Ok(self.put(item(&errand.key(due), errand)?))
    }
}

impl Store {
    /// Notes an errand. Noting it twice for the same time is noting it once.
    pub(crate) async fn put_errand(
        &self,
        errand: &Errand,
        due: Timestamp,
    ) -> Result<(), StoreError> {
        self.put(item(&errand.key(due), errand)?).await
    }

    /// The errands whose time has come, oldest first.
    pub(crate) async fn errands(&self, now: Timestamp) -> Result<Vec<Due>, StoreError> {
        let mut due = Vec::new();
        let mut items = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk < :now")
            .expression_attribute_values(":pk", AttributeValue::S(keys::LATER.into()))
            .expression_attribute_values(":now", AttributeValue::S(keys::later_than(now)))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        while let Some(item) = items.next().await {
            let item = item?;
            due.push(Due {
                key: key_of(&item),
                errand: from_item(item),
            });
        }
        Ok(due)
    }

    /// Takes an errand out when it is done.
    pub(crate) async fn finish_errand(&self, due: &Due) -> Result<(), StoreError> {
        self.delete(&due.key).await
    }
}
