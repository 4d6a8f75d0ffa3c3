//! The same work for many things, on the processors that there are.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Brotli at its best takes tens of megabytes in each.
const MOST: usize = 4;

/// Does the work for each item, and returns what came of each, in no order; or the first failure, after which nothing
/// more is begun.
pub(crate) fn each<Item: Sync, Done: Send, Failure: Send>(
    items: &[Item],
    work: impl Fn(&Item) -> Result<Done, Failure> + Sync,
) -> Result<Vec<Done>, Failure> {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get().min(MOST));
    let next = AtomicUsize::new(0);
    let some = || {
        let mut done = Vec::new();
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(work(item).inspect_err(|_| next.store(items.len(), Ordering::Relaxed))?);
        }
        Ok(done)
    };
    let results: Vec<Result<Vec<Done>, Failure>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(some)).collect();
        workers
            .into_iter()
            .map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    let mut done = Vec::new();
    for some in results {
        done.extend(some?);
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_done_once() {
        let items: Vec<usize> = (0..1000).collect();
        let mut done = each(&items, |item| Ok::<_, ()>(item * 2)).unwrap();
        done.sort_unstable();
        assert_eq!(done, items.iter().map(|item| item * 2).collect::<Vec<_>>());
    }

    #[test]
    fn a_failure_is_told_and_ends_the_work() {
        let items: Vec<usize> = (0..1_000_000).collect();
        let begun = AtomicUsize::new(0);
        let failed = each(&items, |item| {
            begun.fetch_add(1, Ordering::Relaxed);
            if *item == 3 { Err("three") } else { Ok(()) }
        });
        assert_eq!(failed, Err("three"));
        assert!(begun.into_inner() < items.len());
    }
}
