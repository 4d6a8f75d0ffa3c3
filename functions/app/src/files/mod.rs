//! The files that readers get. A local folder and a bucket are two configurations of one code
//! path; a write can be made to depend on what was there before, so that a slow writer never
//! overwrites a newer page.

pub mod kinds;
mod s3;
mod siblings;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion,
};

use kinds::{Caching, content_type};
pub use s3::S3Options;
use siblings::{SIBLINGS, sibling};

/// Makes the compressed siblings of a file: (ending, bytes).
pub type Compress = Arc<dyn Fn(&str, &[u8]) -> Vec<(&'static str, Vec<u8>)> + Send + Sync>;

/// A file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The storage failed.
    #[error("file storage: {0}")]
    Storage(#[from] object_store::Error),
    /// This function was started without files.
    #[error("this function has no files")]
    None,
    /// A file is not what it must be; publishing writes it anew.
    #[error("the file {0} cannot be read; publish the site again")]
    Unreadable(String),
    /// Other writers were faster each time.
    #[error("file {0} changes faster than it can be written")]
    Contended(String),
}

/// What a conditional write found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The file has the new bytes now.
    New,
    /// It had them before.
    Same,
    /// Somebody else wrote it since it was looked at. Nothing was written.
    Outrun,
}

/// The state of a file at one moment, to be handed back with a conditional write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    tag: Option<String>,
    bytes: Option<Bytes>,
}

/// The files of a folder by their paths, each with the MD5 digest of its content where the storage
/// says it: S3 does for what was written in one request (its `ETag`), a local folder does not.
#[derive(Debug, Clone, Default)]
pub struct Inventory(BTreeMap<String, Option<String>>);

impl Inventory {
    /// The paths.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

fn md5(bytes: &[u8]) -> String {
    use md5::Digest as _;
    md5::Md5::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A folder or a bucket.
#[derive(Clone)]
pub struct Files {
    /// Nothing in a function that has no files.
    store: Option<Arc<dyn ObjectStore>>,
    compress: Option<Compress>,
    /// Local folders cannot compare and write in one step; within the one process that owns the
    /// folder this lock makes it one.
    local: Option<Arc<tokio::sync::Mutex<()>>>,
    writes: Arc<std::sync::atomic::AtomicU64>,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.store {
            Some(store) => write!(f, "Files({store})"),
            None => f.write_str("Files(none)"),
        }
    }
}

impl Files {
    /// A local folder, owned by this process.
    ///
    /// # Errors
    /// When the folder does not exist.
    pub fn local(folder: &std::path::Path) -> Result<Self, FilesError> {
        let store = object_store::local::LocalFileSystem::new_with_prefix(folder)?;
        Ok(Self {
            store: Some(Arc::new(store)),
            compress: None,
            local: Some(Arc::new(tokio::sync::Mutex::new(()))),
            writes: Arc::default(),
        })
    }

    /// No files: whoever asks for one is told so.
    pub fn none() -> Self {
        Self {
            store: None,
            compress: None,
            local: None,
            writes: Arc::default(),
        }
    }

    fn store(&self) -> Result<&Arc<dyn ObjectStore>, FilesError> {
        self.store.as_ref().ok_or(FilesError::None)
    }

    /// Any storage with conditional writes.
    pub fn remote(store: Arc<dyn ObjectStore>) -> Self {
        Self {
            store: Some(store),
            compress: None,
            local: None,
            writes: Arc::default(),
        }
    }

    /// Writes compressed siblings beside each file.
    #[must_use]
    pub fn with_compression(mut self, compress: Compress) -> Self {
        self.compress = Some(compress);
        self
    }

    /// Puts something between this and its storage: for tests, which delay or refuse.
    #[must_use]
    pub fn through(
        mut self,
        wrap: impl FnOnce(Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore>,
    ) -> Self {
        self.store = self.store.map(wrap);
        self
    }

    /// Whether compressed siblings stand beside the files. A CDN compresses by itself.
    pub fn has_siblings(&self) -> bool {
        self.local.is_some()
    }

    /// How many files were written since this was made, compressed siblings not counted.
    pub fn writes(&self) -> u64 {
        self.writes.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// A file's bytes, or nothing where there is no file.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn read(&self, path: &str) -> Result<Option<Bytes>, FilesError> {
        Ok(self.look(path).await?.bytes)
    }

    /// A file's bytes and version.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn look(&self, path: &str) -> Result<Seen, FilesError> {
        match self.store()?.get(&Path::from(path)).await {
            Ok(found) => {
                let tag = found.meta.e_tag.clone();
                Ok(Seen {
                    tag,
                    bytes: Some(found.bytes().await?),
                })
            }
            Err(object_store::Error::NotFound { .. }) => Ok(Seen {
                tag: None,
                bytes: None,
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes a file if it is still as it was `seen`. Readers get the old bytes or the new, never
    /// a part.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn replace(
        &self,
        path: &str,
        seen: &Seen,
        bytes: Vec<u8>,
    ) -> Result<Written, FilesError> {
        if seen.bytes.as_deref() == Some(bytes.as_slice()) {
            self.add_missing_siblings(path, seen, &bytes).await?;
            return Ok(Written::Same);
        }
        match &self.local {
            Some(lock) => {
                let _one_at_a_time = lock.lock().await;
                if self.tag(path).await? != seen.tag {
                    return Ok(Written::Outrun);
                }
                self.write(path, bytes, PutMode::Overwrite).await
            }
            None => {
                let mode = match &seen.tag {
                    Some(tag) => PutMode::Update(UpdateVersion {
                        e_tag: Some(tag.clone()),
                        version: None,
                    }),
                    None => PutMode::Create,
                };
                self.write(path, bytes, mode).await
            }
        }
    }

    /// Writes a file as it is, whatever was there, without compressed siblings. For files that
    /// come from a build, which brings their siblings itself. `there` says what the folder holds, so
    /// that a bucket is not asked for each file.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn write_plain(
        &self,
        path: &str,
        bytes: Vec<u8>,
        there: &Inventory,
    ) -> Result<Written, FilesError> {
        if self.is_there(path, &bytes, there).await? {
            return Ok(Written::Same);
        }
        self.put(path, bytes, PutMode::Overwrite).await
    }

    /// Whether a file has these bytes.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn is_there(
        &self,
        path: &str,
        bytes: &[u8],
        there: &Inventory,
    ) -> Result<bool, FilesError> {
        Ok(match there.0.get(path) {
            None => false,
            Some(Some(digest)) => *digest == md5(bytes),
            Some(None) => self.read(path).await?.as_deref() == Some(bytes),
        })
    }

    /// What is below a folder.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn inventory(&self, folder: &str) -> Result<Inventory, FilesError> {
        use futures_util::TryStreamExt as _;
        let prefix = Path::from(folder);
        let all: Vec<_> = self.store()?.list(Some(&prefix)).try_collect().await?;
        let digest = |tag: Option<String>| {
            let digest = tag.as_deref().unwrap_or_default().trim_matches('"');
            let is_digest = digest.len() == 32 && digest.bytes().all(|b| b.is_ascii_hexdigit());
            // A folder's tags say nothing of the content.
            (self.local.is_none() && is_digest).then(|| digest.to_owned())
        };
        let known = all
            .into_iter()
            .map(|meta| (meta.location.to_string(), digest(meta.e_tag)));
        Ok(Inventory(known.collect()))
    }

    /// Removes a file and its compressed siblings. Removing what is not there is no error.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn remove(&self, path: &str) -> Result<(), FilesError> {
        let _one_at_a_time = self.alone().await;
        if self.has_siblings() {
            for ending in SIBLINGS {
                self.delete(&sibling(path, ending)).await?;
            }
        }
        self.delete(&Path::from(path)).await
    }

    /// What a bucket tells readers of a file; a folder has nowhere to keep it.
    fn attributes(&self, path: &str) -> Attributes {
        let mut attributes = Attributes::new();
        if self.local.is_none() {
            attributes.insert(Attribute::ContentType, content_type(path).into());
            let caching = Caching::of(path).behind_cdn();
            attributes.insert(Attribute::CacheControl, caching.into());
        }
        attributes
    }

    /// Keeps others from comparing and writing in a folder meanwhile.
    async fn alone(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        match &self.local {
            Some(lock) => Some(lock.lock().await),
            None => None,
        }
    }

    async fn delete(&self, path: &Path) -> Result<(), FilesError> {
        match self.store()?.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn tag(&self, path: &str) -> Result<Option<String>, FilesError> {
        match self.store()?.head(&Path::from(path)).await {
            Ok(meta) => Ok(meta.e_tag),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn put(&self, path: &str, bytes: Vec<u8>, mode: PutMode) -> Result<Written, FilesError> {
        let was_there = matches!(mode, PutMode::Update(_));
        let options = PutOptions {
            mode,
            attributes: self.attributes(path),
            ..PutOptions::default()
        };
        match self
            .store()?
            .put_opts(&Path::from(path), bytes.into(), options)
            .await
        {
            Ok(_) => {
                self.writes
                    .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                Ok(Written::New)
            }
            Err(
                object_store::Error::AlreadyExists { .. }
                | object_store::Error::Precondition { .. },
            ) => Ok(Written::Outrun),
            Err(object_store::Error::NotFound { .. }) if was_there => Ok(Written::Outrun),
            Err(error) => Err(error.into()),
        }
    }
}
