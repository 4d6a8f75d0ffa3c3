//! XML, an element at a time, from people who may wish us ill: no entities but XML's own five, no
//! document types with definitions, UTF-8 only, and a bound for whatever has a length.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::ImportError;

/// The longest tag with its attributes, piece of text, or comment.
const LONGEST: usize = 4 * 1024 * 1024;
/// The longest text of an element.
const LONGEST_TEXT: usize = 4 * 1024 * 1024;
/// How deep elements lie in one another. The formats need eight.
const DEEPEST: usize = 64;

/// What comes next in a file.
pub(super) enum Step {
    /// An element begins. Its `dsq:id`, if it has one.
    Open(String, Option<String>),
    /// An element ends; the text in it that is in no element within.
    Close(String, String),
}

/// A reader of XML.
pub(super) struct Elements<R> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    open: Vec<(String, String)>,
    seen: bool,
}

impl<R: BufRead> Elements<R> {
    pub(super) fn of(source: R) -> Self {
        let mut reader = Reader::from_reader(Bounded {
            inner: source,
            left: LONGEST,
        });
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            open: Vec::new(),
            seen: false,
        }
    }

    /// The element around the innermost one that is open.
    pub(super) fn parent(&self) -> &str {
        let around = self.open.len().checked_sub(1);
        around.map_or("", |around| &self.open[around].0)
    }

    /// The next step; nothing at the end, where every element must be closed.
    pub(super) fn next(&mut self) -> Result<Option<Step>, ImportError> {
        loop {
            self.reader.get_mut().left = LONGEST;
            self.buffer.clear();
            let at = self.reader.buffer_position();
            let wrong = |what: &str| ImportError::At(at, what.to_owned());
            let event = self.reader.read_event_into(&mut self.buffer);
            let event = event.map_err(|error| ImportError::At(at, broken(&error)))?;
            match event {
                Event::Start(tag) => {
                    let (name, id) = (name_of(&tag, at)?, id_of(&tag, at)?);
                    if self.open.len() == DEEPEST {
                        return Err(wrong(
                            "elements lie too deep in one another; this is no export",
                        ));
                    }
                    self.open.push((name.clone(), String::new()));
                    self.seen = true;
                    return Ok(Some(Step::Open(name, id)));
                }
                Event::End(_) => {
                    let Some((name, text)) = self.open.pop() else {
                        return Err(wrong("an element ends that never began; export anew"));
                    };
                    return Ok(Some(Step::Close(name, text)));
                }
                Event::Text(text) => {
                    let text = text.xml10_content().map_err(|_| wrong(NOT_UTF_8))?;
                    add(&mut self.open, &text, at)?;
                }
                Event::CData(text) => {
                    let text = text.xml10_content().map_err(|_| wrong(NOT_UTF_8))?;
                    add(&mut self.open, &text, at)?;
                }
                Event::GeneralRef(reference) => {
                    let name = reference.decode().map_err(|_| wrong(NOT_UTF_8))?;
                    let character = reference.resolve_char_ref().ok().flatten();
                    let character = character.or_else(|| predefined(&name)).ok_or_else(|| {
                        wrong("an entity is used that is not one of XML's own five; take it out of the file")
                    })?;
                    add(&mut self.open, character.encode_utf8(&mut [0; 4]), at)?;
                }
                Event::Decl(declared) => {
                    let encoding = declared.encoding().and_then(Result::ok);
                    let is_utf_8 = |name: &[u8]| {
                        name.eq_ignore_ascii_case(b"utf-8")
                            || name.eq_ignore_ascii_case(b"us-ascii")
                    };
                    if encoding.is_some_and(|name| !is_utf_8(&name)) {
                        return Err(wrong(
                            "the file says that it is in another encoding than UTF-8; convert it (iconv), and \
                             change its first line",
                        ));
                    }
                }
                Event::DocType(doctype) if doctype.contains(&b'[') => {
                    return Err(wrong(
                        "the file defines entities of its own; take its DOCTYPE out",
                    ));
                }
                Event::DocType(_) | Event::Comment(_) | Event::PI(_) | Event::Empty(_) => {}
                Event::Eof if !self.open.is_empty() => {
                    return Err(wrong("the file ends in the middle; export or copy it anew"));
                }
                Event::Eof if !self.seen => return Err(wrong("there is no XML in the file")),
                Event::Eof => return Ok(None),
            }
        }
    }
}

const NOT_UTF_8: &str = "there are bytes that are not UTF-8; convert the file (iconv)";

fn broken(error: &quick_xml::Error) -> String {
    match error {
        quick_xml::Error::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            "an element, attribute or text is longer than four megabytes; this is no export".into()
        }
        quick_xml::Error::Io(error) => format!("the file cannot be read: {error}"),
        quick_xml::Error::Encoding(_) => NOT_UTF_8.into(),
        other => format!("this is no well-formed XML ({other}); export anew"),
    }
}

fn name_of(tag: &BytesStart<'_>, at: u64) -> Result<String, ImportError> {
    let name = tag.name();
    let name = std::str::from_utf8(name.as_ref());
    name.map(str::to_owned)
        .map_err(|_| ImportError::At(at, NOT_UTF_8.into()))
}

/// The attribute by which Disqus names things. The others are not looked at.
fn id_of(tag: &BytesStart<'_>, at: u64) -> Result<Option<String>, ImportError> {
    // Whether an attribute stands there twice is not asked, because that takes long where many are.
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| {
            ImportError::At(at, format!("an attribute is not well-formed ({error})"))
        })?;
        if attribute.key.as_ref() == b"dsq:id" {
            let id = std::str::from_utf8(&attribute.value);
            return id
                .map(|id| Some(id.to_owned()))
                .map_err(|_| ImportError::At(at, NOT_UTF_8.into()));
        }
    }
    Ok(None)
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => return None,
    })
}

fn add(open: &mut [(String, String)], text: &str, at: u64) -> Result<(), ImportError> {
    let Some((_, so_far)) = open.last_mut() else {
        return Ok(());
    };
    if so_far.len() + text.len() > LONGEST_TEXT {
        let what = "a text is longer than four megabytes; this is no comment";
        return Err(ImportError::At(at, what.into()));
    }
    so_far.push_str(text);
    Ok(())
}

/// A reader that gives no more than so much at a time, so that nothing without an end is collected.
struct Bounded<R> {
    inner: R,
    left: usize,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = {
            let available = self.fill_buf()?;
            let count = available.len().min(into.len());
            into[..count].copy_from_slice(&available[..count]);
            count
        };
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.inner.consume(count);
    }
}
