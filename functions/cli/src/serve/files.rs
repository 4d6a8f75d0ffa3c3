//! Files as readers get them: straight from memory, in the smallest form that the browser takes,
//! checked against the disk at each request by size and time, so a baked page shows at once.

use std::collections::HashMap;
use std::fs::Metadata;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    ETAG, IF_NONE_MATCH, LOCATION, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use sodium_app::files::kinds::{Caching, content_type};
use sodium_app::web::guard::{SEARCH_CONTENT_SECURITY_POLICY, SECURITY_HEADERS, is_search};

use crate::digest::sha256;

/// Bytes of files that are kept in memory; beyond that the memory is emptied and filled anew.
const MEMORY: usize = 48 * 1024 * 1024;

/// A folder of files with their compressed siblings.
#[derive(Debug, Clone)]
pub struct StaticFiles(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    /// Pages get the script that reloads them; then no compressed sibling fits.
    reloading: bool,
    memory: RwLock<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    files: HashMap<PathBuf, Arc<Kept>>,
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    stamp: Stamp,
    kind: HeaderValue,
    caching: HeaderValue,
    forms: Vec<Form>,
}

/// One form of a file: compressed or not.
#[derive(Debug)]
struct Form {
    encoding: Option<&'static str>,
    etag: HeaderValue,
    bytes: Bytes,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp(u64, Option<SystemTime>);

impl From<&Metadata> for Stamp {
    fn from(found: &Metadata) -> Self {
        Self(found.len(), found.modified().ok())
    }
}

impl StaticFiles {
    /// The files of a folder.
    pub fn new(folder: PathBuf, reloading: bool) -> Self {
        Self(Arc::new(Inner {
            folder,
            reloading,
            memory: RwLock::default(),
        }))
    }

    /// Answers a request for a file.
    pub fn answer(&self, request: &Request) -> Response {
        let mut response = if matches!(*request.method(), Method::GET | Method::HEAD) {
            self.find(request)
        } else {
            (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response()
        };
        for (name, value) in SECURITY_HEADERS {
            response.headers_mut().insert(name, value);
        }
        if is_search(request.uri().path()) {
            let policy = HeaderValue::from_static(SEARCH_CONTENT_SECURITY_POLICY);
            response
                .headers_mut()
                .insert(CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    fn find(&self, request: &Request) -> Response {
        let uri = request.uri();
        let Some(mut path) = self.place(uri.path()) else {
            return self.nothing(request);
        };
        let Ok(mut found) = path.metadata() else {
            return self.nothing(request);
        };
        if found.is_dir() {
            if !uri.path().ends_with('/') {
                // One slash at the beginning: two would name another host.
                let to = format!("/{}/", uri.path().trim_matches('/'));
                return (StatusCode::MOVED_PERMANENTLY, [(LOCATION, to)]).into_response();
            }
            path.push("index.html");
            match path.metadata() {
                Ok(index) => found = index,
                Err(_) => return self.nothing(request),
            }
        }
        match self.kept(&path, &Stamp::from(&found)) {
            Some(kept) => kept.answer(StatusCode::OK, request.headers()),
            None => self.nothing(request),
        }
    }

    fn nothing(&self, request: &Request) -> Response {
        let page = self.0.folder.join("404.html");
        let stamp = page.metadata().map(|found| Stamp::from(&found));
        match stamp.ok().and_then(|stamp| self.kept(&page, &stamp)) {
            Some(kept) => kept.answer(StatusCode::NOT_FOUND, &HeaderMap::new()),
            None if request.uri().path() == "/" => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The site is being built; reload in a moment.\n",
            )
                .into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }

    /// Where a path of an address is on the disk; nothing if it leads out of the folder or to a
    /// compressed sibling.
    fn place(&self, path: &str) -> Option<PathBuf> {
        let decoded = percent_decoded(path)?;
        let relative = Path::new(decoded.trim_start_matches('/'));
        let plain = relative
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let hidden = decoded.split('/').any(|part| part.starts_with('.'));
        let sibling = decoded.ends_with(".br") || decoded.ends_with(".gz");
        (plain && !hidden && !sibling && !decoded.contains('\\'))
            .then(|| self.0.folder.join(relative))
    }

    fn kept(&self, path: &Path, stamp: &Stamp) -> Option<Arc<Kept>> {
        let memory = self.0.memory.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = memory.files.get(path).filter(|kept| kept.stamp == *stamp) {
            return Some(kept.clone());
        }
        drop(memory);
        let kept = Arc::new(Kept::read(path, stamp.clone(), self.0.reloading)?);
        let size: usize = kept.forms.iter().map(|form| form.bytes.len()).sum();
        let mut memory = self
            .0
            .memory
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if memory.bytes + size > MEMORY {
            *memory = Memory::default();
        }
        memory.bytes += size;
        memory.files.insert(path.to_owned(), kept.clone());
        Some(kept)
    }
}

impl Kept {
    fn read(path: &Path, stamp: Stamp, reloading: bool) -> Option<Self> {
        let name = path.to_string_lossy();
        let is_page = name.ends_with(".html");
        let mut plain = std::fs::read(path).ok()?;
        // What was read last decides; the stamp was taken before, so a change in between is seen.
        let mut forms = Vec::new();
        if reloading && is_page {
            super::reload::add_script(&mut plain);
        } else {
            for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
                let mut name = path.as_os_str().to_owned();
                name.push(".");
                name.push(ending);
                // Siblings are written before their file, so for a moment they are ahead of it.
                if let Ok(bytes) = std::fs::read(&name)
                    && is_packed(encoding, &bytes, &plain)
                {
                    forms.push(Form::new(Some(encoding), bytes));
                }
            }
        }
        forms.push(Form::new(None, plain));
        Some(Self {
            stamp,
            kind: HeaderValue::from_static(content_type(&name)),
            caching: HeaderValue::from_static(Caching::of(&name).direct()),
            forms,
        })
    }

    fn answer(&self, status: StatusCode, asked: &HeaderMap) -> Response {
        let accepted = asked
            .get(ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok());
        let Some(form) = self.form(accepted.unwrap_or_default()) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let same = asked
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|tag| tag.trim().trim_start_matches("W/") == form.etag);
        let mut response = if same {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            (status, Body::from(form.bytes.clone())).into_response()
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.kind.clone());
        headers.insert(ETAG, form.etag.clone());
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(CACHE_CONTROL, self.caching.clone());
        if let Some(encoding) = form.encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }

    /// The smallest form that is accepted. Forms stand in the order of preference.
    fn form(&self, accepted: &str) -> Option<&Form> {
        self.forms
            .iter()
            .find(|form| form.encoding.is_none_or(|name| accepts(accepted, name)))
    }
}

impl Form {
    fn new(encoding: Option<&'static str>, bytes: Vec<u8>) -> Self {
        let etag = HeaderValue::try_from(format!("\"{}\"", &sha256(&bytes)[..24]))
            .unwrap_or_else(|_| unreachable!("hexadecimal digits are a header value"));
        Self {
            encoding,
            etag,
            bytes: bytes.into(),
        }
    }
}

/// Whether `packed` is `plain`, compressed.
fn is_packed(encoding: &str, packed: &[u8], plain: &[u8]) -> bool {
    // One byte more than the file is enough to see that it is another one.
    let limit = plain.len() as u64 + 1;
    let mut unpacked = Vec::with_capacity(plain.len() + 1);
    let read = match encoding {
        "br" => brotli::Decompressor::new(packed, 4096)
            .take(limit)
            .read_to_end(&mut unpacked),
        _ => flate2::read::GzDecoder::new(packed)
            .take(limit)
            .read_to_end(&mut unpacked),
    };
    read.is_ok() && unpacked == plain
}

/// Whether an encoding is in `Accept-Encoding` (RFC 9110, 12.5.3), and not with a weight of zero.
fn accepts(accepted: &str, name: &str) -> bool {
    accepted.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case(name))
            && !words.any(|word| matches!(word, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn percent_decoded(path: &str) -> Option<String> {
    if !path.contains('%') {
        return Some(path.to_owned());
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let (code, after) = after.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|path| !path.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(path: &str) -> Response {
        let folder = tempfile::tempdir().unwrap();
        let public = folder.path().join("public");
        std::fs::create_dir_all(public.join("courses")).unwrap();
        std::fs::write(public.join("courses/index.html"), "<p>Courses</p>").unwrap();
        std::fs::write(public.join("courses/index.html.br"), "not for itself").unwrap();
        std::fs::write(public.join(".hidden"), "secret").unwrap();
        std::fs::write(folder.path().join("keys"), "secret").unwrap();
        let files = StaticFiles::new(public, false);
        files.answer(&Request::builder().uri(path).body(Body::empty()).unwrap())
    }

    #[test]
    fn nobody_leaves_the_folder() {
        for path in [
            "/../keys",
            "/courses/../../keys",
            "/%2e%2e/keys",
            "/..%2fkeys",
            "/%5c..%5ckeys",
            "/.hidden",
            "/courses/index.html.br",
            "/courses/%00",
            "/%",
        ] {
            assert_eq!(asks(path).status(), StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(asks("/courses/").status(), StatusCode::OK);
        assert_eq!(asks("/c%6furses/").status(), StatusCode::OK);
    }

    #[test]
    fn only_the_search_page_may_compile_a_program() {
        let may = |path: &str| {
            let answer = asks(path);
            let policy = &answer.headers()[CONTENT_SECURITY_POLICY];
            policy.to_str().unwrap().contains("'wasm-unsafe-eval'")
        };
        assert!(may("/search/"));
        assert!(may("/ar/search/"));
        for path in [
            "/",
            "/courses/",
            "/searching/",
            "/courses/search/",
            "/ar/",
            "/ar/courses/search/",
            "/%73earch/",
        ] {
            assert!(!may(path), "{path}");
        }
    }

    #[test]
    fn a_redirect_stays_on_this_host() {
        for path in ["/courses", "//courses"] {
            let response = asks(path);
            assert_eq!(response.status(), StatusCode::MOVED_PERMANENTLY, "{path}");
            assert_eq!(response.headers()[LOCATION], "/courses/", "{path}");
        }
    }
}
