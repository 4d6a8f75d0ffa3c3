//! From the file to the table. Every line is looked at before anything is compared, and everything is
//! compared with the table before anything is written; so a file that is not right changes nothing.
//! The file is read several times rather than kept in memory.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, Seek};

use aws_sdk_dynamodb::types::AttributeValue;
use sodium_domain::comment::{Comment, State};
use sodium_domain::id::MemberId;

use super::counts::Counts;
use super::line::{Lines, along_of};
use super::settle::{Moving, Settled, Settling};
use super::{Imported, Listener, Progress, Transfer, TransferError, Wish, value};
use crate::clock::Ids;
use crate::store::comments::{Waiting, rebake};
use crate::store::item::{from_item, item};
use crate::store::keys::{self, Key};
use crate::store::kinds::Site;
use crate::store::outbox::Outgoing;
use crate::store::transaction::{Commit, Expression, Rule, Transaction};
use crate::store::{Item, StoreError, key_of};

/// Items that are looked up, and written, together. Each may bring a piece of work, and a
/// transaction has a hundred steps.
const AT_ONCE: usize = 50;

/// Bytes of lines that are written together; a transaction has four megabytes.
const BYTES_AT_ONCE: usize = 2 * 1024 * 1024;

/// Differing items that are named.
const EXAMPLES: usize = 10;

impl Transfer {
    /// Brings an export into the table. Doing it twice is doing it once.
    ///
    /// # Errors
    /// When a line is not as it must be, or the table holds something else in place of an item;
    /// then nothing was changed. Or when the table fails; then importing again continues.
    pub async fn import(
        &self,
        file: &mut (impl BufRead + Seek + Send),
        wish: Wish,
        hears: Listener<'_>,
    ) -> Result<Imported, TransferError> {
        let settling = self.check(file, hears)?;
        let counts = count(file, &settling)?;
        let passes = |writes| Writer {
            transfer: self,
            ids: Ids::new(self.clock.clone()),
            writes,
            queue_waiting: wish.queue_waiting,
        };
        let found = self
            .go_through(file, &settling, &counts, passes(false), hears)
            .await?;
        if wish.dry_run {
            return Ok(found);
        }
        if found.different > 0 && !wish.keep_existing {
            return Err(TransferError::Differs(Box::new(found)));
        }
        self.go_through(file, &settling, &counts, passes(true), hears)
            .await
    }

    /// Looks at every line, and remembers who is a member: sixteen bytes for each.
    fn check(
        &self,
        file: &mut (impl BufRead + Seek),
        hears: Listener<'_>,
    ) -> Result<Settling<'_>, TransferError> {
        let mut lines = Lines::open(file)?;
        let mut members = HashSet::new();
        let keys_differ = lines.head.keys != super::fingerprint(&self.keys);
        while let Some((number, line)) = lines.next()? {
            let along = along_of(number, &line)?;
            let item = line.checked(number, along)?;
            if line.kind == "member" {
                let id = key_of(&item).pk;
                let id = id.split_once('#').and_then(|(_, id)| id.parse().ok());
                members.extend(id.map(|id: MemberId| id));
            }
            hears(Progress::Checked(number));
        }
        Ok(Settling {
            keys: &self.keys,
            keys_differ,
            members,
        })
    }

    /// Compares every item with the table, and writes those that are not there, if that is wanted.
    async fn go_through(
        &self,
        file: &mut (impl BufRead + Seek + Send),
        settling: &Settling<'_>,
        counts: &Counts,
        mut writer: Writer<'_>,
        hears: Listener<'_>,
    ) -> Result<Imported, TransferError> {
        let mut lines = Lines::open(file)?;
        let mut imported = Imported::default();
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while let Some((number, line)) = lines.next()? {
            bytes += lines.length;
            match settling.settle(number, &line)? {
                Settled::Moving(mut moving) => {
                    counts.correct(moving.kind.name, &mut moving.item)?;
                    batch.push(moving);
                }
                Settled::Tombstone(moving) => {
                    *imported.orphans.entry(moving.kind.name).or_default() += 1;
                    batch.push(moving);
                }
                Settled::Orphan(kind) => *imported.orphans.entry(kind.name).or_default() += 1,
                Settled::Lost(kind) => *imported.lost.entry(kind.name).or_default() += 1,
            }
            if batch.len() == AT_ONCE || bytes >= BYTES_AT_ONCE {
                writer
                    .take(std::mem::take(&mut batch), &mut imported)
                    .await?;
                bytes = 0;
                hears(if writer.writes {
                    Progress::Imported(number)
                } else {
                    Progress::Compared(number)
                });
            }
        }
        writer.take(batch, &mut imported).await?;
        Ok(imported)
    }
}

/// Counts what is to be counted, of what will be in the table.
fn count(
    file: &mut (impl BufRead + Seek),
    settling: &Settling<'_>,
) -> Result<Counts, TransferError> {
    let mut counts = Counts::default();
    let mut lines = Lines::open(file)?;
    while let Some((number, line)) = lines.next()? {
        if let Settled::Moving(moving) | Settled::Tombstone(moving) =
            settling.settle(number, &line)?
        {
            counts.count(moving.kind.name, &moving.item)?;
        }
    }
    Ok(counts)
}

/// Compares and writes.
struct Writer<'a> {
    transfer: &'a Transfer,
    ids: Ids,
    writes: bool,
    queue_waiting: bool,
}

/// How an item stands to the table.
enum Standing {
    New,
    /// A publication made it, and nothing happened to it since.
    Blank(&'static Site),
    Same,
    Different,
}

impl Writer<'_> {
    async fn take(
        &mut self,
        batch: Vec<Moving>,
        imported: &mut Imported,
    ) -> Result<(), TransferError> {
        once_each(&batch)?;
        let store = &self.transfer.store;
        let mut patience = store.patience();
        loop {
            let standings = self.compare(&batch).await?;
            if self.writes {
                let transaction = self.transaction(&batch, &standings)?;
                let commit = match transaction {
                    Some(transaction) => transaction.commit_within(store, &mut patience).await?,
                    None => Commit::Done,
                };
                if commit != Commit::Done {
                    // Somebody wrote meanwhile: look again.
                    patience.pause().await?;
                    continue;
                }
            }
            for (moving, standing) in batch.iter().zip(standings) {
                note(imported, moving, &standing);
            }
            return Ok(());
        }
    }

    async fn compare(&self, batch: &[Moving]) -> Result<Vec<Standing>, StoreError> {
        let keys: Vec<Key> = batch.iter().map(|moving| key_of(&moving.item)).collect();
        let there = self.transfer.store.get_all(&keys).await?;
        let there: HashMap<Key, Item> = there
            .into_iter()
            .map(|item| (key_of(&item), item))
            .collect();
        let standings = batch.iter().map(|moving| {
            there
                .get(&key_of(&moving.item))
                .map_or(Standing::New, |there| moving.standing(there))
        });
        Ok(standings.collect())
    }

    fn transaction(
        &self,
        batch: &[Moving],
        standings: &[Standing],
    ) -> Result<Option<Transaction>, StoreError> {
        let mut transaction = None;
        for (moving, standing) in batch.iter().zip(standings) {
            if matches!(standing, Standing::Same | Standing::Different) {
                continue;
            }
            let so_far = transaction.take().unwrap_or_else(Transaction::new);
            transaction = Some(match standing {
                Standing::Blank(site) => moving.fill(so_far, site),
                _ => {
                    let with_item = so_far.put_new(Rule::NotThere, moving.item.clone());
                    self.with_what_follows(with_item, moving)?
                }
            });
        }
        Ok(transaction)
    }

    /// A comment that was published and not numbered yet brings the work that numbers it; one that
    /// waits stands in the queue.
    fn with_what_follows(
        &self,
        transaction: Transaction,
        moving: &Moving,
    ) -> Result<Transaction, StoreError> {
        if moving.kind.name != "comment" {
            return Ok(transaction);
        }
        let comment: Comment = from_item(moving.item.clone())?;
        if comment.is_public() && comment.number.is_none() {
            return transaction.then(&Outgoing::new(self.ids.next(), rebake(&comment)));
        }
        if self.queue_waiting && comment.state == State::Pending {
            let waiting = Waiting {
                thread: comment.thread,
                comment: comment.id,
            };
            return Ok(transaction.put(item(&keys::queue(comment.id), &waiting)?));
        }
        Ok(transaction)
    }
}

impl Moving {
    fn standing(&self, there: &Item) -> Standing {
        let states = self.site.map_or(&[][..], |site| site.states);
        if value::is_within(&self.item, there, states) {
            return Standing::Same;
        }
        match self.site {
            Some(site) if is_blank(there, site) => Standing::Blank(site),
            _ => Standing::Different,
        }
    }

    /// Gives an item that a publication made all that the export knows beyond it.
    fn fill(&self, transaction: Transaction, site: &Site) -> Transaction {
        let fields = self.item.iter().filter(|(name, _)| {
            !matches!(name.as_str(), "pk" | "sk") && !site.states.contains(&name.as_str())
        });
        let fields: Vec<_> = fields.collect();
        let sets: Vec<String> = fields.iter().map(|(n, _)| format!("#{n} = :{n}")).collect();
        let blank: Vec<String> = site
            .counts
            .iter()
            .map(|name| format!("(attribute_not_exists(#{name}) OR #{name} = :none)"))
            .collect();
        let mut expression = Expression::change(&format!("SET {}", sets.join(", ")))
            .and_when(&blank.join(" AND "))
            .number(":none", 0);
        for (name, value) in fields {
            expression = expression.attribute(&format!(":{name}"), value.clone());
        }
        transaction.update(Rule::Unchanged, key_of(&self.item), expression)
    }
}

fn is_blank(there: &Item, site: &Site) -> bool {
    let none = AttributeValue::N("0".into());
    let mut counts = site.counts.iter();
    counts.all(|name| there.get(*name).is_none_or(|count| *count == none))
}

/// A table takes no two items of the same key at once.
fn once_each(batch: &[Moving]) -> Result<(), TransferError> {
    let mut seen = HashSet::new();
    match batch
        .iter()
        .find(|moving| !seen.insert(key_of(&moving.item)))
    {
        Some(twice) => Err(TransferError::Line(
            twice.line,
            "this item stands in the file twice; take one of the lines out".into(),
        )),
        None => Ok(()),
    }
}

fn note(imported: &mut Imported, moving: &Moving, standing: &Standing) {
    match standing {
        Standing::New | Standing::Blank(_) => {
            *imported.new.entry(moving.kind.name).or_default() += 1;
        }
        Standing::Same => imported.same += 1,
        Standing::Different => {
            imported.different += 1;
            if imported.examples.len() < EXAMPLES {
                let example = format!("line {}: a {}", moving.line, moving.kind.name);
                imported.examples.push(example);
            }
        }
    }
}
