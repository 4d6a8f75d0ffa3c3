//! A storage for files at which one write fails.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt as _, StreamExt as _};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// How a write fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing is written.
    Before,
    /// It is written, and whoever wrote hears that it was not.
    After,
}

/// When which write fails.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fault(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Writes until then, that one included; nothing any more at zero.
    left: AtomicUsize,
    how: Mutex<Option<Failure>>,
}

impl Fault {
    /// Lets the `n`th write from now on fail, counted from one.
    pub(crate) fn strikes(&self, n: usize, how: Failure) {
        *self.0.how.lock().unwrap() = Some(how);
        self.0.left.store(n, Ordering::SeqCst);
    }

    /// Whether there were as many writes. It strikes no more.
    pub(crate) fn struck(&self) -> bool {
        self.0.left.swap(0, Ordering::SeqCst) == 0
    }

    /// Whether this write fails, and how.
    fn now(&self) -> Option<Failure> {
        let less = |left: usize| left.checked_sub(1);
        let before = self
            .0
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
        (before == Ok(1)).then(|| self.0.how.lock().unwrap().unwrap())
    }
}

/// A storage with a fault.
#[derive(Debug)]
pub(crate) struct Faulty {
    pub(crate) inner: Arc<dyn ObjectStore>,
    pub(crate) fault: Fault,
}

fn failed() -> Error {
    Error::Generic {
        store: "Faulty",
        source: "no space left, or no answer".into(),
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Faulty({})", self.inner)
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, at: &Path, bytes: PutPayload, how: PutOptions) -> Result<PutResult> {
        match self.fault.now() {
            None => self.inner.put_opts(at, bytes, how).await,
            Some(Failure::Before) => Err(failed()),
            Some(Failure::After) => {
                self.inner.put_opts(at, bytes, how).await?;
                Err(failed())
            }
        }
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        how: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(at, how).await
    }

    async fn get_opts(&self, at: &Path, how: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(at, how).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        match self.fault.now() {
            None => self.inner.delete_stream(paths),
            Some(Failure::Before) => async { Err(failed()) }.into_stream().boxed(),
            Some(Failure::After) => {
                let deleted = self.inner.delete_stream(paths);
                deleted.map(|_| Err(failed())).boxed()
            }
        }
    }

    fn list(&self, below: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(below)
    }

    async fn list_with_delimiter(&self, below: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(below).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, how: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, how).await
    }
}
