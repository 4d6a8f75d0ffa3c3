//! Boards and their lists. An entry is written in a transaction that checks what it says against the
//! discussion, so whoever comes last has listed what the table says.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use sodium_domain::board::{Filter, PAGES, PER_PAGE};
use sodium_domain::comment::Comment;
use sodium_domain::id::{BoardId, CommentId, ThreadId};
use sodium_domain::thread::numbers_on;

use super::threads::Thread;
use super::transaction::{Commit, Expression, Rule, Transaction};
use super::{Item, Store, StoreError, item, key_of, keys, readable};
use crate::site::slots::StatedBoard;
use crate::words::{Language, say};

/// A board as the table knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Board {
    #[serde(flatten)]
    pub(crate) stated: StatedBoard,
    /// The path of its page.
    pub(crate) page_url: String,
    /// How many discussions got a number.
    #[serde(default)]
    pub(crate) begun: u32,
}

/// The board on which a thread stands, if it is a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Topic {
    pub(crate) board: BoardId,
    /// The comment with which it begins.
    pub(crate) opening: CommentId,
    /// Whether it is something that its author wants to learn, and others can want as well.
    #[serde(default)]
    pub(crate) need: bool,
    /// The language of its board; none, where that is the site's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<Language>,
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) thread: ThreadId,
    pub(crate) opening: CommentId,
    /// Its place: the time of the last activity in milliseconds, or the number in the order of
    /// beginning.
    pub(crate) number: i64,
}

/// The list of all, in the order in which they began.
const BEGUN: &str = "begun";

/// A discussion and the board that may list it.
pub(crate) struct Listing<'a> {
    pub(crate) board: &'a StatedBoard,
    pub(crate) thread: &'a Thread,
    pub(crate) opening: &'a Comment,
}

/// What a list changed for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Relisted {
    /// The lists by activity in which the discussion is, or was.
    pub(crate) filters: Vec<Filter>,
    /// Its number in the order of beginning.
    pub(crate) begun: Option<u32>,
}

impl Store {
    /// Makes a board known, or notes what its page says now.
    pub(crate) async fn register_board(
        &self,
        stated: &StatedBoard,
        page_url: &str,
    ) -> Result<(), StoreError> {
        let expression = Expression::change(
            "SET #board = :board, #title = :title, #lead = :lead, #lists = :lists, \
             #repository = :repository, #page_url = :page_url",
        )
        .value(":board", &stated.board)?
        .text(":title", &stated.title)
        .text(":lead", &stated.lead)
        .value(":lists", &stated.lists)?
        .value(":repository", &stated.repository)?
        .text(":page_url", page_url);
        Transaction::new()
            .update(Rule::None, keys::board(&stated.board), expression)
            .commit(self)
            .await?;
        Ok(())
    }

    /// A board, if the site has it.
    pub(crate) async fn board(&self, id: &BoardId) -> Result<Option<Board>, StoreError> {
        self.get(&keys::board(id)).await
    }

    /// A page of a list by activity, the latest first, and whether there is more.
    pub(crate) async fn listed(
        &self,
        board: &BoardId,
        filter: Filter,
        page: u32,
    ) -> Result<(Vec<Listed>, bool), StoreError> {
        let before = (page.max(1) - 1) * PER_PAGE;
        let items = self.by_activity(board, filter, before + PER_PAGE + 1);
        let entries = items.await?.into_iter();
        let mut found: Vec<Listed> = entries.skip(before as usize).filter_map(readable).collect();
        let more = found.len() > PER_PAGE as usize;
        found.truncate(PER_PAGE as usize);
        Ok((found, more))
    }

    /// All that a list by activity shows, the latest first.
    pub(crate) async fn all_listed(
        &self,
        board: &BoardId,
        filter: Filter,
    ) -> Result<Vec<Listed>, StoreError> {
        let items = self.by_activity(board, filter, PER_PAGE * PAGES).await?;
        Ok(items.into_iter().filter_map(readable).collect())
    }

    async fn by_activity(
        &self,
        board: &BoardId,
        filter: Filter,
        count: u32,
    ) -> Result<Vec<Item>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::BY_NUMBER)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::list(board, filter.word())))
            .scan_index_forward(false)
            .limit(i32::try_from(count).unwrap_or(i32::MAX))
            .consistent_read(true)
            .send()
            .await?;
        Ok(answer.items.unwrap_or_default())
    }

    /// A page of the list of all, in the order in which they began.
    pub(crate) async fn begun(
        &self,
        board: &BoardId,
        page: u32,
    ) -> Result<Vec<Listed>, StoreError> {
        let (first, last) = numbers_on(page);
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::BY_NUMBER)
            .key_condition_expression("pk = :pk AND #number BETWEEN :first AND :last")
            .expression_attribute_names("#number", "number")
            .expression_attribute_values(":pk", AttributeValue::S(keys::list(board, BEGUN)))
            .expression_attribute_values(":first", AttributeValue::N(first.to_string()))
            .expression_attribute_values(":last", AttributeValue::N(last.to_string()))
            .consistent_read(true)
            .send()
            .await?;
        let entries = answer.items.unwrap_or_default().into_iter();
        Ok(entries.filter_map(readable).collect())
    }

    /// The thread of a comment that a board ever listed.
    pub(crate) async fn thread_of_listed(
        &self,
        board: &BoardId,
        comment: CommentId,
    ) -> Result<Option<ThreadId>, StoreError> {
        let listed: Option<Listed> = self.get(&keys::listed(board, BEGUN, comment)).await?;
        Ok(listed.map(|listed| listed.thread))
    }

    /// Lists a discussion as the table says it is. Says which lists have to be baked for it; nothing
    /// when it was changed meanwhile, and has to be read again.
    pub(crate) async fn relist(
        &self,
        listing: &Listing<'_>,
    ) -> Result<Option<Relisted>, StoreError> {
        let Listing {
            board: stated,
            thread,
            opening,
        } = listing;
        let board = &stated.board;
        let place = |which| keys::listed(board, which, opening.id);
        let there = self.entries(listing).await?;
        // Beside its own board, a comment is listed for the kind of talk that it is.
        let fits = listing.topic().is_some() || stated.lists.gathers() == Some(opening.kind);
        let activity = listing.activity();
        let entry = |number| Listed {
            thread: thread.id.clone(),
            opening: opening.id,
            number,
        };
        let mut relisted = Relisted::default();
        let mut transaction = listing.as_read()?;
        let mut changes = false;
        for filter in stated.lists.filters().iter().copied() {
            let is = there.iter().find(|(which, _)| which == filter.word());
            let is = is.map(|(_, listed)| listed.number);
            let wanted = (fits && filter.shows(opening)).then_some(activity);
            if is.is_some() || wanted.is_some() {
                relisted.filters.push(filter);
            }
            if is == wanted {
                continue;
            }
            changes = true;
            transaction = match wanted {
                Some(number) => transaction.put(item(&place(filter.word()), &entry(number))?),
                None => transaction.delete(place(filter.word())),
            };
        }
        let numbered = there.iter().find(|(which, _)| which == BEGUN);
        relisted.begun = numbered.and_then(|(_, listed)| u32::try_from(listed.number).ok());
        if relisted.begun.is_none() && fits && opening.is_public() {
            let Some(state) = self.board(board).await? else {
                return Ok(Some(Relisted::default()));
            };
            let number = state.begun + 1;
            changes = true;
            relisted.begun = Some(number);
            transaction = transaction
                .put(item(&place(BEGUN), &entry(i64::from(number)))?)
                .update(
                    Rule::Unchanged,
                    keys::board(board),
                    Expression::change("SET #begun = :number")
                        .and_when("attribute_not_exists(#begun) OR #begun = :before")
                        .number(":number", number)
                        .number(":before", state.begun),
                );
        }
        if changes || listing.names_topic_anew() {
            let done = transaction.commit(self).await? == Commit::Done;
            return Ok(done.then_some(relisted));
        }
        Ok(Some(relisted))
    }

    /// The entries of a discussion, each with the list in which it is.
    async fn entries(&self, listing: &Listing<'_>) -> Result<Vec<(String, Listed)>, StoreError> {
        let filters = listing.board.lists.filters().iter();
        let lists = filters.map(|filter| filter.word()).chain([BEGUN]);
        let keys: Vec<_> = lists
            .map(|which| keys::listed(&listing.board.board, which, listing.opening.id))
            .collect();
        let items = self.get_all(&keys).await?.into_iter();
        Ok(items.filter_map(entry_of).collect())
    }
}

fn entry_of(item: Item) -> Option<(String, Listed)> {
    let list = key_of(&item).pk;
    let which = list.rsplit('#').next()?.to_owned();
    Some((which, readable(item)?))
}

/// What a topic is called whose text nobody may read (any more): its title is part of the text.
fn untitled() -> &'static str {
    say("topic-taken-away")
}

impl Listing<'_> {
    /// A topic is as fresh as the last thing said in it; a question stays where it was asked.
    fn activity(&self) -> i64 {
        let last = match self.topic() {
            Some(_) => self.thread.last.unwrap_or(self.opening.created),
            None => self.opening.created,
        };
        last.as_millisecond()
    }

    /// The topic, where its own board lists it.
    fn topic(&self) -> Option<&Topic> {
        let topic = self.thread.topic.as_ref();
        topic.filter(|topic| topic.board == self.board.board)
    }

    /// The title and page under which readers find the topic.
    fn name(&self) -> (&str, String) {
        let page_url = crate::views::comment::thread_url(&self.thread.id, 1);
        let title = self.opening.title.as_ref();
        match title.filter(|_| self.opening.is_public()) {
            Some(title) => (title.as_str(), page_url),
            None => (untitled(), page_url),
        }
    }

    /// Whether the thread of a topic has another title than its opening comment. It never gets one
    /// before readers may see it.
    fn names_topic_anew(&self) -> bool {
        let (title, page_url) = self.name();
        self.topic().is_some()
            && (self.thread.title != title || self.thread.page_url != page_url)
            && (self.opening.is_public() || self.thread.published > 0)
    }

    /// A transaction that goes through only while the discussion is as it was read; it gives a topic
    /// its title.
    fn as_read(&self) -> Result<Transaction, StoreError> {
        let opening = self.opening;
        let kind = match opening.kind.is_plain() {
            true => "(attribute_not_exists(#kind) OR #kind = :kind)",
            false => "#kind = :kind",
        };
        let accepted = match opening.accepted {
            Some(_) => "#accepted = :accepted",
            None => "attribute_not_exists(#accepted)",
        };
        let fixed = match opening.fixed {
            Some(_) => "attribute_exists(#fixed)",
            None => "attribute_not_exists(#fixed)",
        };
        // Writing what is there holds it as a check would, costs the same, and needs no permission
        // that the relay has not got.
        let mut condition = Expression::change("SET #id = :id")
            .and_when(&format!(
                "#state.#is = :state AND {kind} AND {accepted} AND {fixed}"
            ))
            .value(":id", &opening.id)?
            .text(":state", opening.state.word())
            .text(":kind", opening.kind.value());
        if let Some(accepted) = opening.accepted {
            condition = condition.value(":accepted", &accepted)?;
        }
        let transaction = Transaction::new().update(
            Rule::Unchanged,
            keys::comment(&self.thread.id, opening.id),
            condition,
        );
        if self.topic().is_none() {
            return Ok(transaction);
        }
        let when = match self.thread.published {
            0 => "attribute_not_exists(#published) OR #published = :published",
            _ => "#published = :published",
        };
        let key = keys::thread(&self.thread.id);
        let published = self.thread.published;
        if !self.names_topic_anew() {
            let condition = Expression::change("SET #id = :id")
                .and_when(when)
                .value(":id", &self.thread.id)?
                .number(":published", published);
            return Ok(transaction.update(Rule::Unchanged, key, condition));
        }
        let (title, page_url) = self.name();
        let change = Expression::change("SET #title = :title, #page_url = :page_url")
            .and_when(when)
            .number(":published", published)
            .text(":title", title)
            .text(":page_url", page_url);
        Ok(transaction.update(Rule::Unchanged, key, change))
    }
}
