//! A write of a file that fails, whichever it is: before anything is written, or after, so that only the
//! writer does not know. Readers get whole pages all the while, and in the end the newest ones.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use object_store::memory::InMemory;
use sodium_app::files::Files;
use sodium_cli::community::local_files;
use sodium_cli::precompress::is_worth_it;
use sodium_domain::policy::Policy;

use crate::kit::faults::Table;
use crate::kit::storage::{Failure, Fault, Faulty};
use crate::kit::{LESSON_THREAD, Person, TestApp, stride, unpacked};

/// A community with a storage that fails once.
struct Stage {
    app: TestApp,
    ana: Person,
    /// The page of her one comment.
    comment: String,
    /// The files as they are when nothing fails.
    before: OnceLock<BTreeMap<String, Vec<u8>>>,
    fault: Fault,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn on(storage: Storage) -> Self {
        let (fault, folder) = (Fault::default(), tempfile::tempdir().unwrap());
        let faulty = |inner| {
            let fault = fault.clone();
            Arc::new(Faulty { inner, fault })
        };
        let files = match storage {
            Storage::Folder => local_files(folder.path())
                .unwrap()
                .through(|inner| faulty(inner)),
            Storage::Bucket => Files::remote(faulty(Arc::new(InMemory::new()))),
        };
        let unheld = |policy: &mut Policy| policy.hold.until_approved = 0;
        let app = TestApp::on(Table::new().store(), unheld, |_| files).await;
        let ana = app.newcomer("Ana Sand").await;
        let comment = ana.posts(LESSON_THREAD, "This stays.").await;
        app.relay().await;
        Self {
            app,
            ana,
            comment,
            before: OnceLock::new(),
            fault,
            _folder: folder,
        }
    }

    /// A text comes and goes, and the relay fails once in between.
    async fn text_comes_and_goes(&self) {
        for words in ["This goes. ", "This stays. "] {
            let edit = format!("{}/edit", self.comment);
            let body = words.repeat(60);
            let changed = self.ana.clone().post(&edit, &[("body", &body)]).await;
            assert_eq!(changed.leads_to(), self.comment);
            let _ = self.app.app.work_off(&self.app.mailer).await;
            self.everything_is_whole().await;
        }
        self.app.relay().await;
        let after = self.public().await;
        let before = self.before.get_or_init(|| after.clone());
        assert!(*before == after, "a page is not what it was");
    }

    /// An edition is published, in which a page is new or gone; whoever does that does it again when it fails.
    async fn edition_is_published(&self, edition: usize) {
        let page = self.app.site().join("courses/one/first/index.html");
        let text = std::fs::read_to_string(&page).unwrap();
        let (start, rest) = text.split_once("<p>Lesson").unwrap();
        let (_, rest) = rest.split_once("</p>").unwrap();
        std::fs::write(
            &page,
            format!("{start}<p>Lesson, edition {edition}</p>{rest}"),
        )
        .unwrap();
        let plain = format!("<html><body>Edition {edition}</body></html>");
        std::fs::write(self.app.site().join("404.html"), plain).unwrap();
        let extra = self.app.site().join("articles/extra/index.html");
        std::fs::create_dir_all(extra.parent().unwrap()).unwrap();
        match edition.is_multiple_of(2) {
            true => std::fs::write(extra, "<html><body>Extra</body></html>").unwrap(),
            false => drop(std::fs::remove_file(extra)),
        }
        if self.app.app.publish(&self.app.site()).await.is_err() {
            self.everything_is_whole().await;
            self.app.app.publish(&self.app.site()).await.unwrap();
        }
        // Whoever looks at every page finds nothing to do.
        let after = self.public().await;
        let again = self.app.app.publish(&self.app.site()).await.unwrap();
        assert_eq!((again.written, again.removed), (0, 0));
        assert!(self.public().await == after, "an old page is left");
    }

    async fn public(&self) -> BTreeMap<String, Vec<u8>> {
        let files = &self.app.app.files;
        let mut found = BTreeMap::new();
        for path in files.inventory("public").await.unwrap().paths() {
            let bytes = files.read(path).await.unwrap().unwrap();
            found.insert(path.to_owned(), Vec::from(bytes));
        }
        found
    }

    /// Whatever a reader gets, compressed or not, has its end.
    async fn everything_is_whole(&self) {
        for (path, bytes) in self.public().await {
            let (page, bytes) = unpacked(&path, bytes);
            let text = String::from_utf8(bytes).unwrap();
            let end = match page.rsplit('.').next() {
                Some("html") => "</html>",
                Some("json") => "]}",
                _ => "</feed>",
            };
            assert!(text.trim_end().ends_with(end), "{path}: {text}");
        }
    }

    /// Compressed files say what their pages say, and none is missing.
    async fn siblings_are_right(&self, what: &str) {
        let left = self.public().await;
        for (path, bytes) in &left {
            let (page, bytes) = unpacked(path, bytes.clone());
            assert!(bytes == left[&page], "{what}: {path} is not {page}");
            let compressed = format!("{page}.br");
            let wanted =
                self.app.app.files.has_siblings() && is_worth_it(page.as_ref(), bytes.len());
            assert_eq!(
                left.contains_key(&compressed),
                wanted,
                "{what}: {compressed}"
            );
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Storage {
    Folder,
    Bucket,
}

/// Does something again and again, and each time another write fails, until there are not as many: every third,
/// and every one with `SODIUM_JOURNEYS=all`.
async fn whichever_write_fails(storage: Storage, act: impl AsyncFn(&Stage, usize)) {
    let stage = Stage::on(storage).await;
    act(&stage, 0).await;
    let mut round = 0;
    for how in [Failure::Before, Failure::After] {
        for n in (1..).step_by(stride()) {
            round += 1;
            stage.fault.strikes(n, how);
            act(&stage, round).await;
            if !stage.fault.struck() {
                assert!(n > 4, "only {n} writes: is anything written?");
                break;
            }
            stage.siblings_are_right(&format!("{how:?} {n}")).await;
        }
    }
}

#[tokio::test]
async fn whichever_write_of_the_relay_fails_in_a_folder() {
    whichever_write_fails(Storage::Folder, async |stage, _| {
        stage.text_comes_and_goes().await;
    })
    .await;
}

#[tokio::test]
async fn whichever_write_of_the_relay_fails_in_a_bucket() {
    whichever_write_fails(Storage::Bucket, async |stage, _| {
        stage.text_comes_and_goes().await;
    })
    .await;
}

#[tokio::test]
async fn whichever_write_of_a_deploy_fails_in_a_folder() {
    whichever_write_fails(Storage::Folder, async |stage, round| {
        stage.edition_is_published(round).await;
    })
    .await;
}

#[tokio::test]
async fn whichever_write_of_a_deploy_fails_in_a_bucket() {
    whichever_write_fails(Storage::Bucket, async |stage, round| {
        stage.edition_is_published(round).await;
    })
    .await;
}
