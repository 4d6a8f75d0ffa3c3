//! What becomes of the comments of a file: which thread each belongs to, which it answers, and under
//! which identifier it is known here. The same file gives the same plan, so importing it twice is
//! importing it once.

use std::collections::{BTreeMap, HashMap};

use sodium_domain::comment::{Author, Comment, State};
use sodium_domain::id::CommentId;
use sodium_domain::markdown::{MAX_CHARS, Source, SourceError};
use sodium_domain::name::DisplayName;
use uuid::{Builder, Uuid};

use super::{Discussion, Found, ImportError, Pages, Standing};

/// Where identifiers of imported things come from.
const SPACE: Uuid = Uuid::from_u128(0x6d1b_9f0e_53c4_5a8e_9b57_2f9a_7c40_e1d3);

/// What follows a name that nobody here has claimed. No member can choose a name with parentheses.
const MARK: &str = " (imported)";

/// What stands for a name that cannot be shown: an address, for example.
const NOBODY: &str = "Somebody";

/// What a text that is too long ends with.
const CUT: &str = "\n\n[…]";

/// What becomes of a file.
#[derive(Debug, Default)]
pub struct Plan {
    /// The comments, the oldest first.
    pub comments: Vec<Planned>,
    /// Comments that stay behind, by reason.
    pub left: BTreeMap<String, u64>,
    /// Pages of which the thread is not known, with the number of their comments.
    pub unknown_pages: BTreeMap<String, u64>,
    /// Texts that were cut.
    pub cut: u64,
    /// Names that could not be taken along.
    pub nameless: u64,
    /// Answers to something that stays behind, which answer what that answered, or the page.
    pub raised: u64,
}

/// A comment as it will be here.
#[derive(Debug)]
pub struct Planned {
    /// Where it was.
    pub old_url: String,
    /// What it will be.
    pub comment: Comment,
}

impl Plan {
    /// Plans what becomes of a discussion.
    ///
    /// # Errors
    /// When comments answer one another in a circle.
    pub fn of(discussion: Discussion, pages: &Pages) -> Result<Self, ImportError> {
        let Discussion { origin, found } = discussion;
        let parents = parents(&found)?;
        let mut plan = Self::default();
        let mut planned: Vec<Option<(CommentId, i64)>> = vec![None; found.len()];
        // The nearest comment above each that comes along.
        let mut above = planned.clone();
        for at in oldest_ancestors_first(&parents) {
            let one = &found[at];
            let parent = parents[at].and_then(|parent| planned[parent].or(above[parent]));
            above[at] = parent;
            if let Err(reason) = plan.can_come(one, pages) {
                *plan.left.entry(reason).or_default() += 1;
                continue;
            }
            let (Some(thread), Some(created)) = (pages.thread(&one.page), one.created) else {
                continue;
            };
            let Some(body) = plan.body(&one.body) else {
                *plan.left.entry("no text".into()).or_default() += 1;
                continue;
            };
            let answered = parents[at].and_then(|parent| planned[parent]);
            plan.raised += u64::from(one.parent.is_some() && answered.is_none());
            // An answer is younger than what it answers, whatever the clocks said.
            let after = parent.map_or(i64::MIN, |(_, millis)| millis + 1);
            let millis = created.as_millisecond().max(after);
            let name = format!("{}\0{}\0{}", origin.word(), one.page, one.id);
            let id = CommentId::from(time_ordered(millis, &name));
            planned[at] = Some((id, millis));
            let comment = Comment {
                id,
                thread: thread.clone(),
                author: Some(plan.author(origin.word(), &one.name)),
                kind: sodium_domain::talk::Kind::default(),
                title: None,
                about: None,
                reply_to: parent.map(|(id, _)| id),
                body: Some(body),
                state: match one.standing {
                    Standing::Approved => State::Published,
                    _ => State::Pending,
                },
                created,
                edited: None,
                number: None,
                answered_on: Vec::new(),
                accepted: None,
                accepted_for: None,
                helpful: 0,
                changes: 0,
            };
            let old_url = format!("{}{}{}", one.page, origin.anchor(), one.id);
            plan.comments.push(Planned { old_url, comment });
        }
        plan.comments.sort_by_key(|planned| planned.comment.id);
        plan.comments.dedup_by_key(|planned| planned.comment.id);
        Ok(plan)
    }

    fn can_come(&mut self, found: &Found, pages: &Pages) -> Result<(), String> {
        if let Standing::Left(reason) = found.standing {
            return Err(reason.to_owned());
        }
        if found.id.is_empty() {
            return Err("no identifier".into());
        }
        // Identifiers of version 7 know no time before 1970.
        if found
            .created
            .is_none_or(|created| created.as_millisecond() < 0)
        {
            return Err("no time that can be read".into());
        }
        if pages.thread(&found.page).is_none() {
            let page: String = found.page.chars().take(200).collect();
            *self.unknown_pages.entry(page).or_default() += 1;
            return Err("on a page that has no thread here".into());
        }
        Ok(())
    }

    fn body(&mut self, text: &str) -> Option<Source> {
        match Source::parse(text) {
            Ok(body) => Some(body),
            Err(SourceError::TooLong { .. }) => {
                self.cut += 1;
                let kept = MAX_CHARS - CUT.chars().count();
                let mut cut: String = text.chars().take(kept).collect();
                cut.push_str(CUT);
                Source::parse(&cut).ok()
            }
            Err(SourceError::TooManyMarks | SourceError::Empty) => None,
        }
    }

    /// A name that nobody has claimed. What cannot be a name here does not come along; it may be an
    /// address.
    fn author(&mut self, origin: &str, raw: &str) -> Author {
        let name = DisplayName::parse(raw);
        self.nameless += u64::from(name.is_err());
        let name = name.as_ref().map_or(NOBODY, DisplayName::as_str);
        let shown = serde_json::Value::String(format!("{name}{MARK}"));
        let id = Uuid::new_v5(&SPACE, format!("{origin}\0author\0{name}").as_bytes());
        Author {
            id: id.into(),
            name: serde_json::from_value(shown)
                .unwrap_or_else(|_| unreachable!("a name is read as it was written")),
            sample: false,
        }
    }
}

/// Where each comment's parent is in the list.
fn parents(found: &[Found]) -> Result<Vec<Option<usize>>, ImportError> {
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for (at, one) in found.iter().enumerate() {
        places.entry((&one.page, &one.id)).or_insert(at);
    }
    let parents: Vec<Option<usize>> = found
        .iter()
        .map(|one| {
            places
                .get(&(one.page.as_str(), one.parent.as_deref()?))
                .copied()
        })
        .collect();
    // 0: not looked at; otherwise the walk that came by.
    let mut seen = vec![0; found.len()];
    for start in 0..found.len() {
        let (walk, mut at) = (start + 1, Some(start));
        while let Some(here) = at.filter(|here| seen[*here] == 0) {
            seen[here] = walk;
            at = parents[here];
        }
        if let Some(here) = at.filter(|here| seen[*here] == walk) {
            let id: String = found[here].id.chars().take(80).collect();
            return Err(ImportError::Circle(id));
        }
    }
    Ok(parents)
}

/// An order in which whatever is answered comes before its answers. There are no circles.
fn oldest_ancestors_first(parents: &[Option<usize>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(parents.len());
    let mut done = vec![false; parents.len()];
    let mut chain = Vec::new();
    for start in 0..parents.len() {
        let mut at = Some(start);
        while let Some(here) = at.filter(|here| !done[*here]) {
            done[here] = true;
            chain.push(here);
            at = parents[here];
        }
        order.extend(chain.drain(..).rev());
    }
    order
}

/// A UUID of version 7 that is the same whenever it is made: the time, and a digest of the name.
fn time_ordered(millis: i64, name: &str) -> Uuid {
    let digest = Uuid::new_v5(&SPACE, name.as_bytes());
    let mut random = [0; 10];
    random.copy_from_slice(&digest.as_bytes()[..10]);
    Builder::from_unix_timestamp_millis(u64::try_from(millis).unwrap_or(0), &random).into_uuid()
}
