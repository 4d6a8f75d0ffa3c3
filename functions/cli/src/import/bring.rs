//! From a file of another program into a community.

use std::io::{BufReader, BufWriter, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sodium_app::transfer::{Imported, Transfer, TransferError, Wish};
use sodium_domain::id::{CommentId, ThreadId};

use super::{ImportError, Origin, Pages, Plan, read, report};
use crate::content::Content;
use crate::progress::Told;
use crate::transfer::{MoveError, Where, runtime, so_far};

/// More than a map of every page of a large site.
const LONGEST_MAP: u64 = 16 * 1024 * 1024;

/// Pages that an error names.
const NAMED: usize = 20;

/// A discussion from elsewhere, and how to bring it.
#[derive(Debug)]
pub struct Foreign<'a> {
    /// Where it was held.
    pub origin: Origin,
    /// The file.
    pub file: &'a Path,
    /// The folder with the pages of this site, whose front matter may know older addresses.
    pub content: Option<PathBuf>,
    /// A file that says which old page is which thread.
    pub map: Option<&'a Path>,
    /// Where to write what became of each comment.
    pub report: Option<&'a Path>,
    /// Whether comments of pages without a thread stay behind.
    pub skip_unmatched: bool,
    /// Whether to change nothing.
    pub dry_run: bool,
}

/// What was brought, or would be.
#[derive(Debug)]
pub struct Brought {
    /// What becomes of each comment.
    pub plan: Plan,
    /// What the table got.
    pub imported: Imported,
    /// The addresses of the plan's comments; nothing for one that readers do not see any more.
    pub addresses: Vec<Option<String>>,
}

/// Brings a discussion from elsewhere into a community. Doing it twice is doing it once.
///
/// # Errors
/// When a file is not as it must be, a page has no thread, or the table does not take it.
pub fn bring(to: &Where, foreign: &Foreign<'_>) -> Result<Brought, MoveError> {
    to.must_be_there()?;
    let discussion = read(foreign.origin, foreign.file)?;
    let open = to.open()?;
    let runtime = runtime().map_err(at(foreign.file))?;
    let pages = pages(runtime.block_on(open.transfer.threads())?, foreign)?;
    let plan = Plan::of(discussion, &pages, Timestamp::now());
    let ids = ids(&plan);
    if let Some(error) = refusal(&plan, foreign) {
        if let Some(file) = foreign.report {
            let addresses = runtime.block_on(open.transfer.addresses_of(&ids))?;
            report(file, &plan, &addresses).map_err(at(file))?;
        }
        return Err(error.into());
    }
    let mut told = Told::new();
    let imported = runtime.block_on(take(&open.transfer, &plan, &ids, foreign, &mut told))?;
    drop(told);
    let addresses = runtime.block_on(open.transfer.addresses_of(&ids))?;
    if let Some(file) = foreign.report {
        report(file, &plan, &addresses).map_err(at(file))?;
    }
    if let Some(data) = open.data.filter(|_| !foreign.dry_run) {
        // A community with a discussion of its own needs no sample.
        data.set_unseeded(false).map_err(at(foreign.file))?;
    }
    Ok(Brought {
        plan,
        imported,
        addresses,
    })
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> MoveError {
    let path = path.to_owned();
    move |error| MoveError::File(path, error)
}

/// Every thread that the community knows, by the paths of its page now and before, and by the map.
fn pages(mut known: Vec<(ThreadId, String)>, foreign: &Foreign<'_>) -> Result<Pages, MoveError> {
    if known.is_empty() {
        let what = "the community knows no page with a discussion yet; publish the site first";
        return Err(ImportError::Wrong(what.into()).into());
    }
    if let Some(folder) = &foreign.content {
        let (content, _) = Content::load(folder).map_err(at(folder))?;
        for (_, common, front) in content.published() {
            let thread = front.thread().map(|thread| &thread.value);
            let thread = thread.filter(|id| known.iter().any(|(known, _)| known == *id));
            let Some(thread) = thread.cloned() else {
                continue;
            };
            let aliases = common.aliases.iter().map(|alias| alias.value.clone());
            known.extend(aliases.map(|alias| (thread.clone(), alias)));
        }
    }
    let pages = Pages::known(known);
    let Some(file) = foreign.map else {
        return Ok(pages);
    };
    let mut text = String::new();
    let map = std::fs::File::open(file).map_err(at(file))?;
    map.take(LONGEST_MAP)
        .read_to_string(&mut text)
        .map_err(at(file))?;
    Ok(pages.with(&text)?)
}

fn ids(plan: &Plan) -> Vec<(ThreadId, CommentId)> {
    let comments = plan.comments.iter().map(|planned| &planned.comment);
    comments.map(|c| (c.thread.clone(), c.id)).collect()
}

/// Nothing is left behind because nobody looked.
fn refusal(plan: &Plan, foreign: &Foreign<'_>) -> Option<ImportError> {
    if plan.unmatched.is_empty() || foreign.skip_unmatched || foreign.dry_run {
        return None;
    }
    Some(ImportError::Unmatched(unmatched(plan)))
}

/// The pages without a thread, as a list for people.
#[must_use]
pub fn unmatched(plan: &Plan) -> String {
    let pages = plan.unmatched.len();
    let comments: u64 = plan.unmatched.values().sum();
    let mut text =
        format!("old pages without a thread here: {pages}; comments that stood there: {comments}");
    for (page, count) in plan.unmatched.iter().take(NAMED) {
        text.push_str(&format!("\n  {count} on {page:?}"));
    }
    if pages > NAMED {
        let more = pages - NAMED;
        text.push_str(&format!("\n  and {more} more; --report FILE names all"));
    }
    text
}

/// Compares with the table, and writes and numbers what is not there.
async fn take(
    transfer: &Transfer,
    plan: &Plan,
    ids: &[(ThreadId, CommentId)],
    foreign: &Foreign<'_>,
    told: &mut Told,
) -> Result<Imported, TransferError> {
    let mut lines = tempfile::tempfile()?;
    let comments = plan.comments.iter().map(|planned| &planned.comment);
    transfer.write_comments(comments, &mut BufWriter::new(&mut lines))?;
    let wish = Wish {
        dry_run: foreign.dry_run,
        // What people decided and deleted here is newer than the file.
        keep_existing: true,
    };
    let mut hears = |progress| told.hears(|| so_far(progress));
    let mut lines = BufReader::new(lines);
    let imported = transfer.import(&mut lines, wish, &mut hears).await?;
    if !foreign.dry_run {
        transfer.number(ids, &mut hears).await?;
    }
    Ok(imported)
}
