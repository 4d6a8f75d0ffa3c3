//! XML, an element at a time, from people who may wish us ill: no entities but XML's own five, no
//! document types with definitions, UTF-8 only, and a bound for whatever has a length.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::ImportError;

/// The longest tag with its attributes, piece of text, comment or definition.
const LONGEST: usize = 4 * 1024 * 1024;
/// The longest text, with the names of elements, that is kept of all elements that are open.
const MOST_KEPT: usize = 4 * 1024 * 1024;
/// How deep elements lie in one another. The formats need eight.
const DEEPEST: usize = 64;

/// What comes next in a file.
pub(super) enum Step {
    /// An element begins. Its `dsq:id`, if it has one.
    Open(String, Option<String>),
    /// An element ends; the text in it that is in no element within.
    Close(String, String),
}

/// An element that did not end yet.
struct Element {
    name: String,
    text: String,
}

/// A reader of XML.
pub(super) struct Elements<R> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    open: Vec<Element>,
    /// Bytes in what is open.
    kept: usize,
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
            kept: 0,
            seen: false,
        }
    }

    /// The element around the one that just ended.
    pub(super) fn parent(&self) -> &str {
        self.open.last().map_or("", |element| &element.name)
    }

    /// The next step; nothing at the end, where every element must be closed.
    pub(super) fn next(&mut self) -> Result<Option<Step>, ImportError> {
        loop {
            self.reader.get_mut().left = LONGEST;
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.clear();
            let at = self.reader.buffer_position();
            let event = self.reader.read_event_into(&mut buffer);
            let event = event.map_err(|error| ImportError::At(at, broken(&error)))?;
            let ends = matches!(event, Event::Eof);
            let step = self.take(event).map_err(|what| ImportError::At(at, what))?;
            self.buffer = buffer;
            if step.is_some() || ends {
                return Ok(step);
            }
        }
    }

    /// What an event comes to, or what is wrong with it.
    fn take(&mut self, event: Event<'_>) -> Result<Option<Step>, String> {
        match event {
            Event::Start(tag) => return self.begin(&tag).map(Some),
            Event::End(_) => {
                let element = self.open.pop();
                let Element { name, text } =
                    element.ok_or("an element ends that never began; export anew")?;
                self.kept -= name.len() + text.len();
                return Ok(Some(Step::Close(name, text)));
            }
            Event::Text(text) => self.add(&text.xml10_content().map_err(not_utf_8)?)?,
            Event::CData(text) => self.add(&text.xml10_content().map_err(not_utf_8)?)?,
            Event::GeneralRef(reference) => {
                let character = meaning(&reference)?;
                self.add(character.encode_utf8(&mut [0; 4]))?;
            }
            Event::Decl(declared) => {
                let encoding = declared.encoding().and_then(Result::ok);
                if encoding.is_some_and(|name| !is_utf_8(&name)) {
                    return Err(
                        "the file says that it is in another encoding than UTF-8; convert it (iconv), and change \
                         its first line"
                            .into(),
                    );
                }
            }
            Event::DocType(doctype) if doctype.contains(&b'[') => {
                return Err(
                    "the file defines entities of its own, which no export does; take its DOCTYPE out"
                        .into(),
                );
            }
            Event::Eof if !self.open.is_empty() => {
                return Err("the file ends in the middle; export or copy it anew".into());
            }
            Event::Eof if !self.seen => return Err("there is no XML in the file".into()),
            Event::DocType(_) | Event::Comment(_) | Event::PI(_) | Event::Empty(_) | Event::Eof => {
            }
        }
        Ok(None)
    }

    fn begin(&mut self, tag: &BytesStart<'_>) -> Result<Step, String> {
        if self.open.len() == DEEPEST {
            return Err("elements lie too deep in one another; this is no export".into());
        }
        let name = tag.name();
        let name = std::str::from_utf8(name.as_ref()).map_err(not_utf_8)?;
        self.keep(name.len())?;
        self.open.push(Element {
            name: name.to_owned(),
            text: String::new(),
        });
        self.seen = true;
        Ok(Step::Open(name.to_owned(), id_of(tag)?))
    }

    fn add(&mut self, text: &str) -> Result<(), String> {
        if self.open.is_empty() {
            return Ok(());
        }
        self.keep(text.len())?;
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
        Ok(())
    }

    fn keep(&mut self, bytes: usize) -> Result<(), String> {
        self.kept += bytes;
        if self.kept > MOST_KEPT {
            return Err(TOO_LONG.into());
        }
        Ok(())
    }
}

const TOO_LONG: &str =
    "a name, attribute, text or definition is longer than four megabytes; this is no export";
const NOT_UTF_8: &str = "there are bytes that are not UTF-8; convert the file (iconv)";

fn not_utf_8<E>(_: E) -> String {
    NOT_UTF_8.into()
}

fn is_utf_8(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"utf-8") || name.eq_ignore_ascii_case(b"us-ascii")
}

fn broken(error: &quick_xml::Error) -> String {
    match error {
        quick_xml::Error::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            TOO_LONG.into()
        }
        quick_xml::Error::Io(error) => format!("the file cannot be read: {error}"),
        quick_xml::Error::Encoding(_) => NOT_UTF_8.into(),
        // What it holds is not repeated: it may be an address, or very long.
        quick_xml::Error::Syntax(error) => {
            format!("this is no well-formed XML ({error}), or the file ends here; export anew")
        }
        _ => "this is no well-formed XML; export anew".into(),
    }
}

/// The attribute by which Disqus names things. The others are not looked at.
fn id_of(tag: &BytesStart<'_>) -> Result<Option<String>, String> {
    // Whether an attribute stands there twice is not asked, because that takes long where many are.
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| "an attribute is not well-formed; export anew")?;
        if attribute.key.as_ref() == b"dsq:id" {
            let id = std::str::from_utf8(&attribute.value).map_err(not_utf_8)?;
            return Ok(Some(id.to_owned()));
        }
    }
    Ok(None)
}

/// The character that a reference stands for.
fn meaning(reference: &BytesRef<'_>) -> Result<char, String> {
    let name = reference.decode().map_err(not_utf_8)?;
    let numbered = reference.resolve_char_ref().ok().flatten();
    numbered.or_else(|| predefined(&name)).ok_or_else(|| {
        "an entity is used that is not one of XML's own five; take it out of the file".into()
    })
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

/// A reader that gives no more than so much at a time, so that nothing without an end is collected.
struct Bounded<R> {
    inner: R,
    left: usize,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(into.len());
        into[..count].copy_from_slice(&available[..count]);
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
