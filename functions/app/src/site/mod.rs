//! The site as Zola built it: which pages wait for something from the table ([`slots`]), and how a
//! build becomes what readers get ([`publish`], and [`following`] for the next one); and the texts that authors wrote ([`sources`]).

pub mod fixes;
pub mod following;
pub mod publish;
pub mod slots;
pub mod sources;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sodium_domain::course::{Course, Edition};
use sodium_domain::id::{BoardId, CommentId, CourseId, SessionId, ThreadId};
use sodium_domain::member::LanguageTag;

use crate::files::{Files, FilesError, Inventory};
use crate::store::threads::QuotedIn;
use crate::views::comment::{comment_url, thread_url};
use crate::words::Language;
use slots::{Lists, Slot, StatedBoard, StatedDigest, StatedThread};
use sources::PageSource;

/// Where pages wait for what is baked into them.
pub const SHELLS: &str = "shells";
/// The texts of pages as their authors wrote them, for functions.
pub const SOURCES: &str = "sources";
/// What readers get.
pub const PUBLIC: &str = "public";

/// Where the public log of moderators' decisions lies among what readers get.
pub(crate) fn log_folder(language: Language) -> String {
    let prefix = language.prefix();
    format!("{prefix}/moderation/")
        .trim_start_matches('/')
        .to_owned()
}

pub(crate) const INDEX: &str = "shells/index.json";

/// Which pages wait for what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Every shell.
    pub shells: Vec<Shell>,
    /// The files whose names carry a fingerprint. Pages in caches and open tabs name them, so they
    /// stay until the publication after the one that no longer has them.
    #[serde(default)]
    pub assets: Vec<String>,
    /// The pages whose text a form can change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<PageSource>,
}

/// A page with places to fill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shell {
    /// Its path below [`SHELLS`] and [`PUBLIC`], such as `courses/a/b/index.html`.
    pub path: String,
    /// What goes into it, in order.
    pub slots: Vec<Slot>,
}

impl Index {
    /// The index of what was published last; an empty one before that.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub async fn load(files: &Files) -> Result<Self, FilesError> {
        match files.read(INDEX).await? {
            Some(bytes) => {
                serde_json::from_slice(&bytes).map_err(|_| FilesError::Unreadable(INDEX.to_owned()))
            }
            None => Ok(Self::default()),
        }
    }

    pub(crate) async fn store(&self, files: &Files, there: &Inventory) -> Result<(), FilesError> {
        let bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        files.write_plain(INDEX, bytes, there).await?;
        Ok(())
    }

    /// The shells that show something of this kind.
    pub(crate) fn showing(&self, wanted: impl Fn(&Slot) -> bool) -> impl Iterator<Item = &Shell> {
        self.shells
            .iter()
            .filter(move |shell| shell.slots.iter().any(&wanted))
    }

    /// What pages say of their threads.
    pub(crate) fn threads(&self) -> impl Iterator<Item = &StatedThread> {
        let slots = self.shells.iter().flat_map(|shell| &shell.slots);
        slots.filter_map(|slot| match slot {
            Slot::Thread(stated) => Some(stated),
            _ => None,
        })
    }

    pub(crate) fn showing_thread(&self, thread: &ThreadId) -> impl Iterator<Item = &Shell> {
        self.showing(move |slot| matches!(slot, Slot::Thread(stated) if stated.thread == *thread))
    }

    pub(crate) fn showing_session(&self, id: &SessionId) -> impl Iterator<Item = &Shell> {
        self.showing(move |slot| matches!(slot, Slot::Seats(stated) if stated.session == *id))
    }

    /// The page of a board, with what it says of it.
    pub(crate) fn board(&self, id: &BoardId) -> Option<(&Shell, &StatedBoard)> {
        self.boards().find(|(_, stated)| stated.board == *id)
    }

    /// The pages of boards.
    pub(crate) fn boards(&self) -> impl Iterator<Item = (&Shell, &StatedBoard)> {
        self.shells.iter().flat_map(|shell| {
            shell.slots.iter().filter_map(move |slot| match slot {
                Slot::Board(stated) => Some((shell, stated)),
                _ => None,
            })
        })
    }

    /// The languages in which there are pages, the site's own first.
    pub(crate) fn languages(&self) -> impl Iterator<Item = Language> {
        let own = Language::default();
        let pages = self.shells.iter();
        let of_pages: BTreeSet<Language> = pages
            .map(|shell| Language::of_path(&shell.path))
            .chain([own])
            .collect();
        of_pages.into_iter()
    }

    /// The boards that gather what was said in a language, one for each kind of talk. Where a
    /// language has none of its own, that of the site does it.
    pub(crate) fn gathering(&self, language: Language) -> impl Iterator<Item = &StatedBoard> {
        let of = |wanted: Language, lists: Lists| {
            let mut boards = self.boards();
            boards.find(|(shell, stated)| {
                stated.lists == lists && Language::of_path(&shell.path) == wanted
            })
        };
        [Lists::Questions, Lists::Corrections]
            .into_iter()
            .filter_map(move |lists| of(language, lists).or_else(|| of(Language::default(), lists)))
            .map(|(_, stated)| stated)
    }

    /// The courses, each with its pages in all languages.
    pub(crate) fn courses(&self) -> Vec<Course> {
        let mut found: BTreeMap<&CourseId, BTreeMap<Language, Edition>> = BTreeMap::new();
        for shell in &self.shells {
            let page_url = url_of(&shell.path);
            let language = Language::of_path(&page_url);
            for slot in &shell.slots {
                if let Slot::Course(stated) = slot {
                    let edition = Edition {
                        language: LanguageTag::new(language.tag()),
                        title: stated.title.clone(),
                        page_url: page_url.clone(),
                        lessons: stated.lessons.clone(),
                    };
                    let editions = found.entry(&stated.course).or_default();
                    editions.insert(language, edition);
                }
            }
        }
        let course = |(id, editions): (&CourseId, BTreeMap<_, Edition>)| Course {
            id: id.clone(),
            editions: editions.into_values().collect(),
        };
        found.into_iter().map(course).collect()
    }

    /// The pages of digests, with what they say of themselves.
    pub(crate) fn digests(&self) -> impl Iterator<Item = (&Shell, &StatedDigest)> {
        self.shells.iter().flat_map(|shell| {
            shell.slots.iter().filter_map(move |slot| match slot {
                Slot::Digest(stated) => Some((shell, stated)),
                _ => None,
            })
        })
    }

    /// The threads that digests quote, each with these digests, in the order of their weeks.
    pub(crate) fn quoted_threads(&self) -> BTreeMap<&ThreadId, Vec<QuotedIn>> {
        let mut quoted: BTreeMap<&ThreadId, BTreeSet<QuotedIn>> = BTreeMap::new();
        for (shell, stated) in self.digests() {
            let digest = QuotedIn {
                week: stated.week,
                url: url_of(&shell.path),
            };
            for slot in &shell.slots {
                if let Slot::Quote { thread, .. } = slot {
                    quoted.entry(thread).or_default().insert(digest.clone());
                }
            }
        }
        let quoted = quoted.into_iter();
        quoted
            .map(|(thread, digests)| (thread, digests.into_iter().collect()))
            .collect()
    }

    pub(crate) fn quoting(&self, id: CommentId) -> impl Iterator<Item = &Shell> {
        self.showing(move |slot| matches!(slot, Slot::Quote { comment, .. } if *comment == id))
    }
}

impl Shell {
    /// The folder in which it lies, with a slash at its end; nothing for the home page.
    pub(crate) fn folder(&self) -> &str {
        self.path.strip_suffix("index.html").unwrap_or(&self.path)
    }
}

/// The path at which a thread is read by itself.
pub fn thread_address(thread: &ThreadId) -> String {
    thread_url(thread, 1)
}

/// The path of a comment with this number in its thread. It never changes.
pub fn comment_address(thread: &ThreadId, number: u32, comment: CommentId) -> String {
    comment_url(thread, Some(number), comment)
}

/// The address path of a file: `courses/a/index.html` is `/courses/a/`.
pub(crate) fn url_of(path: &str) -> String {
    format!("/{}", path.strip_suffix("index.html").unwrap_or(path))
}
