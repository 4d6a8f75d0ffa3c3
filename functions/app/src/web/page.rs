//! Pages that a function answers: a fragment inside the frame that the site's own build made, so
//! they look like every other page.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use include_dir::{Dir, File, include_dir};
use serde::Serialize;
use tera::{Context, Tera};

use crate::files::{Files, FilesError};
use crate::site::SHELLS;
use crate::store::{Store, StoreError};
use crate::views::posting::Posting;
use crate::words::{Language, Markup, Trans, spoken};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../site/templates");

/// The frame in a build, in the site's own language.
pub(crate) const FRAME_PAGE: &str = "frame/index.html";

/// The path of a language's frame in a build, without a slash before it.
pub(crate) fn frame_page(language: Language) -> String {
    format!("{}/{FRAME_PAGE}", language.prefix())
        .trim_start_matches('/')
        .to_owned()
}

/// How long a frame is used before it is read again: a process that did not publish the site learns
/// of a new one so.
const FRAME_LIFE: Duration = Duration::from_secs(60);

const TITLE: &str = "%SODIUM_TITLE%";
const HEAD: &str = "<meta name=\"sodium-head\">";
/// Around the script that only some pages need.
const SCRIPT: (&str, &str) = ("<sodium-passkeys>", "</sodium-passkeys>");
const MAIN: &str = "<sodium-main></sodium-main>";

/// A page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// A template is wrong, or got a wrong context.
    #[error("template: {}", chain(.0))]
    Template(#[from] tera::Error),
    /// The frame could not be read.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The frame could not be read from the table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The site was not published yet, or without its frame.
    #[error("there is no frame; publish the site first")]
    NoFrame,
}

fn chain(error: &tera::Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// Templates of this binary that were needed, each parsed together with those that it names. To parse all
/// of them took most of the time from a function's start to its first answer.
static PARSED: RwLock<BTreeMap<String, Arc<Tera>>> = RwLock::new(BTreeMap::new());

/// The templates shared with the site, and the frame.
#[derive(Debug, Default)]
pub struct Pages {
    /// Templates that were read from a folder, instead of those in this binary.
    anew: RwLock<Option<Anew>>,
    frames: RwLock<BTreeMap<Language, (Instant, String)>>,
}

/// Templates from a folder, and the texts that they were made of.
#[derive(Debug)]
struct Anew {
    texts: BTreeMap<String, String>,
    tera: Tera,
}

/// What goes into the head of one page, beyond what all have.
#[derive(Debug, Clone, Default)]
pub(crate) enum Head {
    /// A page of a function: nobody's search result.
    #[default]
    Private,
    /// A discussion page: found, shared and followed like every other page.
    Public(PublicHead),
    /// A page of the public log of decisions.
    Log(PublicHead),
}

/// The head of a page that readers find, share and follow.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PublicHead {
    pub(crate) title: String,
    pub(crate) description: String,
    /// The full address.
    pub(crate) canonical: String,
    /// The full address of the folder in which the page's feeds lie.
    pub(crate) feeds: String,
    /// How many comments there are, where the page says so.
    pub(crate) comments: Option<u32>,
    /// The page's topic, where it shows one from the beginning.
    pub(crate) posting: Option<Posting>,
    /// Title and full address of what the page talks about.
    pub(crate) about: Option<(String, String)>,
}

impl Pages {
    /// Reads the templates anew from a folder: while they are being written. Whether they are others than
    /// before.
    ///
    /// # Errors
    /// When a template cannot be read or parsed; then the ones before stay.
    pub fn read_from(&self, templates: &std::path::Path) -> Result<bool, PageError> {
        let mut texts = BTreeMap::new();
        for folder in SHARED {
            read_folder(templates, &templates.join(folder), &mut texts)
                .map_err(tera::Error::msg)?;
        }
        let mut anew = self.anew.write().unwrap_or_else(PoisonError::into_inner);
        if anew.as_ref().is_some_and(|anew| anew.texts == texts) {
            return Ok(false);
        }
        let tera = parse(
            texts
                .iter()
                .map(|(name, text)| (name.clone(), text))
                .collect(),
        )?;
        *anew = Some(Anew { texts, tera });
        Ok(true)
    }

    /// Renders a fragment.
    pub(crate) fn fragment(
        &self,
        template: &str,
        values: &impl Serialize,
    ) -> Result<String, PageError> {
        let mut context = Context::from_serialize(values)?;
        context.insert("lang", spoken().tag());
        context.insert("prefix", &spoken().prefix());
        let anew = self.anew.read().unwrap_or_else(PoisonError::into_inner);
        Ok(match &*anew {
            Some(anew) => anew.tera.render(template, &context)?,
            None => embedded(template)?.render(template, &context)?,
        })
    }

    /// Renders a page for one reader: a fragment inside the frame, as the table keeps it, so that the
    /// functions that answer readers need no files.
    pub(crate) async fn page(
        &self,
        store: &Store,
        title: &str,
        head: &Head,
        main: &str,
    ) -> Result<String, PageError> {
        let frame = self.frame(store).await?;
        self.framed(&frame, title, head, main)
    }

    /// The same in the frame as it is now: for pages that are kept, and must not be older than what
    /// they are made from.
    pub(crate) async fn page_to_keep(
        &self,
        files: &Files,
        title: &str,
        head: &Head,
        main: &str,
    ) -> Result<String, PageError> {
        let path = format!("{SHELLS}/{}", frame_page(spoken()));
        let bytes = files.read(&path).await?.ok_or(PageError::NoFrame)?;
        self.framed(&String::from_utf8_lossy(&bytes), title, head, main)
    }

    fn framed(
        &self,
        frame: &str,
        title: &str,
        head: &Head,
        main: &str,
    ) -> Result<String, PageError> {
        let head = match head {
            Head::Private => "<meta name=\"robots\" content=\"noindex\">".to_owned(),
            Head::Public(head) => self.fragment("fragments/head.html", head)?,
            Head::Log(head) => self.fragment("fragments/head_log.html", head)?,
        };
        Ok(fill(&with_scripts(frame, main), title, &head, main))
    }

    /// Forgets the frame, because the site was or may have been published anew.
    pub fn forget_frame(&self) {
        self.frames
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Reads the frame before it is needed. A failure here says nothing: whoever needs it will hear.
    pub(crate) async fn prepare(&self, store: &Store) {
        if let Err(error) = self.frame(store).await {
            tracing::warn!(%error, "there is no frame yet");
        }
    }

    fn known_frame(&self, language: Language) -> Option<(Instant, String)> {
        let frames = self.frames.read().unwrap_or_else(PoisonError::into_inner);
        frames.get(&language).cloned()
    }

    async fn frame(&self, store: &Store) -> Result<String, PageError> {
        let language = spoken();
        if let Some((read, frame)) = self.known_frame(language)
            && read.elapsed() < FRAME_LIFE
        {
            return Ok(frame);
        }
        let frame = match store.frame(language).await? {
            // A site without pages in this language has one frame.
            None if language != Language::default() => store.frame(Language::default()).await?,
            frame => frame,
        };
        let frame = frame.ok_or(PageError::NoFrame)?;
        let read = (Instant::now(), frame.clone());
        self.frames
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(language, read);
        Ok(frame)
    }
}

/// The frame with the script for passkeys where the page has a form for one, and without it elsewhere.
fn with_scripts(frame: &str, main: &str) -> String {
    let parts = frame.split_once(SCRIPT.0);
    let parts = parts.and_then(|(before, rest)| Some((before, rest.split_once(SCRIPT.1)?)));
    match parts {
        Some((before, (script, after)))
            if main.contains("<form") && main.contains(" data-passkey=\"") =>
        {
            format!("{before}{script}{after}")
        }
        Some((before, (_, after))) => format!("{before}{after}"),
        None => frame.to_owned(),
    }
}

/// Fills the frame's three places. What is filled in is never searched for places again.
fn fill(frame: &str, title: &str, head: &str, main: &str) -> String {
    let title = tera::escape_html(title);
    let mut page = String::with_capacity(frame.len() + main.len() + head.len());
    let mut rest = frame;
    let places = [(TITLE, title.as_ref()), (HEAD, head), (MAIN, main)];
    while let Some((at, place, text)) = places
        .iter()
        .filter_map(|(place, text)| rest.find(place).map(|at| (at, *place, *text)))
        .min_by_key(|(at, ..)| *at)
    {
        page.push_str(&rest[..at]);
        page.push_str(text);
        rest = &rest[at + place.len()..];
    }
    page.push_str(rest);
    page
}

/// The folders of templates that functions use.
const SHARED: [&str; 2] = ["fragments", "mails"];

/// A template of this binary, parsed once.
fn embedded(template: &str) -> Result<Arc<Tera>, tera::Error> {
    let parsed = PARSED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(tera) = parsed.get(template) {
        return Ok(Arc::clone(tera));
    }
    drop(parsed);
    let tera = Arc::new(parse(with_all_it_names(template))?);
    let mut parsed = PARSED.write().unwrap_or_else(PoisonError::into_inner);
    parsed.insert(template.to_owned(), Arc::clone(&tera));
    Ok(tera)
}

/// A template with those that it includes or imports, and with theirs.
fn with_all_it_names(template: &str) -> Vec<(String, &'static str)> {
    let mut found = BTreeMap::new();
    let mut open = vec![template.to_owned()];
    while let Some(name) = open.pop() {
        let file = TEMPLATES.get_file(&name);
        if let Some(text) = file.and_then(File::contents_utf8)
            && !found.contains_key(&name)
        {
            // Whatever is a template's name, in quotation marks.
            let quoted = text.split('"').filter(|part| is_template(part));
            open.extend(quoted.map(str::to_owned));
            found.insert(name, text);
        }
    }
    found.into_iter().collect()
}

fn is_template(name: &str) -> bool {
    SHARED.iter().any(|folder| {
        name.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    })
}

fn parse<S: AsRef<str>>(sources: Vec<(String, S)>) -> Result<Tera, tera::Error> {
    let mut tera = Tera::default();
    tera.register_function("trans", Trans);
    tera.register_function("markup", Markup);
    tera.add_raw_templates(sources)?;
    Ok(tera)
}

fn read_folder(
    root: &std::path::Path,
    folder: &std::path::Path,
    into: &mut BTreeMap<String, String>,
) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_folder(root, &path, into)?;
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(|name| name.to_str()) {
            into.insert(name.replace('\\', "/"), std::fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Dir<'_>) -> Vec<String> {
        let inner = folder.dirs().flat_map(names);
        let files = folder.files().map(|file| file.path().display().to_string());
        files.chain(inner).collect()
    }

    #[test]
    fn each_template_of_this_binary_is_read_with_all_that_it_includes() {
        let mut included = 0;
        for folder in SHARED {
            for name in names(TEMPLATES.get_dir(folder).unwrap()) {
                let tera =
                    embedded(&name).unwrap_or_else(|error| panic!("{name}: {}", chain(&error)));
                let known: Vec<&str> = tera.get_template_names().collect();
                for name in &known {
                    let text = TEMPLATES.get_file(name).unwrap().contents_utf8().unwrap();
                    for part in text.split("{% include \"").skip(1) {
                        let other = part.split('"').next().unwrap();
                        assert!(known.contains(&other), "{name} includes {other}");
                        included += 1;
                    }
                }
            }
        }
        assert!(included > 50, "only {included}: the test looks wrongly");
    }
}
