//! Actors that take turns at a storage: each waits before every operation until it is let go, so a
//! test decides in which order the steps of several programs happen.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt as _, StreamExt as _};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::{Semaphore, watch};

/// As many steps as there are.
pub(super) const ALL: usize = 1_000_000;

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Actor {
    Deploy,
    Relay,
    Member,
}

/// One actor's side of the table.
struct Side {
    /// How often it came to a step; [`usize::MAX`] when it has ended.
    arrived: watch::Sender<usize>,
    granted: AtomicUsize,
    permits: Semaphore,
    steps: AtomicUsize,
}

impl Default for Side {
    fn default() -> Self {
        Self {
            arrived: watch::Sender::new(0),
            granted: AtomicUsize::new(0),
            permits: Semaphore::new(0),
            steps: AtomicUsize::new(0),
        }
    }
}

/// The turns of one race.
#[derive(Default)]
pub(super) struct Turns([Side; 3]);

tokio::task_local! {
    static ME: (Actor, Arc<Turns>);
}

impl Turns {
    /// Runs an actor's work, step by step.
    pub(super) async fn act<T>(self: Arc<Self>, actor: Actor, work: impl Future<Output = T>) -> T {
        let ended = Ended(&self, actor);
        let result = ME.scope((actor, Arc::clone(&self)), work).await;
        drop(ended);
        result
    }

    /// Lets an actor make some steps; returns when it stands before the next, or has ended.
    pub(super) async fn let_go(&self, actor: Actor, steps: usize) {
        let side = &self.0[actor as usize];
        let granted = side.granted.fetch_add(steps, Ordering::SeqCst) + steps;
        side.permits.add_permits(steps);
        let mut arrived = side.arrived.subscribe();
        arrived.wait_for(|count| *count > granted).await.unwrap();
    }

    /// The most steps that any actor made.
    pub(super) fn most_steps(&self) -> usize {
        let steps = self.0.iter().map(|side| side.steps.load(Ordering::SeqCst));
        steps.max().unwrap_or_default()
    }

    async fn wait(&self, actor: Actor) {
        let side = &self.0[actor as usize];
        side.arrived.send_modify(|count| *count += 1);
        side.permits.acquire().await.unwrap().forget();
        side.steps.fetch_add(1, Ordering::SeqCst);
    }
}

/// A step of the actor that is at work here; nothing for anybody else.
pub(super) async fn step() {
    if let Ok((actor, turns)) = ME.try_with(Clone::clone) {
        turns.wait(actor).await;
    }
}

/// Says that an actor has ended, also when it ended by a panic.
struct Ended<'a>(&'a Turns, Actor);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.0[self.1 as usize].arrived.send_replace(usize::MAX);
    }
}

/// A storage with a step before its operations.
#[derive(Debug)]
pub(super) struct Stepwise {
    pub(super) inner: Arc<dyn ObjectStore>,
    /// Writes to a folder happen under a lock, which makes looking again and writing one step.
    pub(super) writes_too: bool,
}

impl Stepwise {
    async fn before_writing(writes_too: bool) {
        if writes_too {
            step().await;
        }
    }
}

impl fmt::Display for Stepwise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stepwise({})", self.inner)
    }
}

#[async_trait]
impl ObjectStore for Stepwise {
    async fn put_opts(&self, at: &Path, bytes: PutPayload, how: PutOptions) -> Result<PutResult> {
        Self::before_writing(self.writes_too).await;
        self.inner.put_opts(at, bytes, how).await
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        how: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(at, how).await
    }

    async fn get_opts(&self, at: &Path, how: GetOptions) -> Result<GetResult> {
        if self.writes_too || !how.head {
            step().await;
        }
        self.inner.get_opts(at, how).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let inner = Arc::clone(&self.inner);
        let turn = Self::before_writing(self.writes_too);
        turn.map(move |()| inner.delete_stream(paths))
            .into_stream()
            .flatten()
            .boxed()
    }

    fn list(&self, below: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (inner, below) = (Arc::clone(&self.inner), below.cloned());
        step()
            .map(move |()| inner.list(below.as_ref()))
            .into_stream()
            .flatten()
            .boxed()
    }

    async fn list_with_delimiter(&self, below: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(below).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, how: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, how).await
    }
}
