//! A browser that blocks: one connection that is kept, cookies, forms. Small enough to be the load
//! of the benchmarks as well.

#[path = "../../../app/tests/passkey/mod.rs"]
#[allow(
    dead_code,
    clippy::duplicate_mod,
    reason = "here a passkey is only made; the benchmark has the journeys' kit beside this"
)]
mod passkey;

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

/// Nothing here takes this long; without it a hanging server would hang whoever waits for it.
const PATIENCE: Duration = Duration::from_secs(120);

/// The header in which the server is told to find a reader's network, so that each browser here
/// has one of its own.
pub(crate) const NETWORK_HEADER: &str = "x-test-network";

/// Somebody with a browser.
pub(crate) struct Browser {
    server: SocketAddr,
    network: String,
    cookies: BTreeMap<String, String>,
    connection: Option<BufReader<TcpStream>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) body: String,
}

impl Reply {
    /// Where the browser is sent.
    pub(crate) fn leads_to(&self) -> &str {
        let found = self.location.as_deref();
        found.unwrap_or_else(|| panic!("{}: {}", self.status, self.body))
    }
}

impl Browser {
    /// A browser in a network of its own.
    pub(crate) fn new(server: SocketAddr, network: u16) -> Self {
        Self {
            server,
            network: format!("2001:db8:{network:x}::1"),
            cookies: BTreeMap::new(),
            connection: None,
        }
    }

    /// Closes the connection; the next request opens one.
    pub(crate) fn hang_up(&mut self) {
        self.connection = None;
    }

    /// Opens a page.
    pub(crate) fn get(&mut self, path: &str) -> io::Result<Reply> {
        self.ask("GET", path, "", "text/html")
    }

    /// Sends a form.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Reply> {
        self.ask("POST", path, &form(fields), "text/html")
    }

    /// Sends a form as the page's script does.
    pub(crate) fn fetch(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Reply> {
        self.ask("POST", path, &form(fields), "application/json")
    }

    /// Signs in by mail link and chooses a name.
    pub(crate) fn sign_in(&mut self, mailbox: &Path, address: &str, name: &str) -> io::Result<()> {
        let asked = self.post("/api/sign-in", &[("email", address), ("return_to", "/")])?;
        assert_eq!(asked.leads_to(), "/api/sign-in/sent");
        let link = wait_for("the mail with the link", || {
            link_in_mail_to(mailbox, address, "/api/sign-in/")
        });
        let entered = self.post(&link, &[])?;
        assert_eq!(entered.status, 303, "{}", entered.body);
        let named = self.post("/api/account/name", &[("name", name)])?;
        assert_eq!(named.status, 303, "{name}: {}", named.body);
        Ok(())
    }

    /// Makes a passkey, without which nobody moderates.
    pub(crate) fn make_passkey(&mut self) -> io::Result<()> {
        let asked = self.fetch("/api/account/passkeys/challenge", &[])?;
        let asked: serde_json::Value = serde_json::from_str(&asked.body)?;
        let origin = format!("http://localhost:{}", self.server.port());
        let (_, answer) = passkey::SoftPasskey::make(&asked["options"], &origin);
        let (challenge, answer) = (asked["challenge"].as_str(), answer.to_string());
        let fields = [
            ("challenge", challenge.unwrap_or_default()),
            ("credential", &answer),
        ];
        let made = self.post("/api/account/passkeys", &fields)?;
        assert_eq!(made.status, 303, "{}", made.body);
        Ok(())
    }

    fn ask(&mut self, method: &str, path: &str, body: &str, accept: &str) -> io::Result<Reply> {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{NETWORK_HEADER}: {}\r\naccept: {accept}\r\n\
             sec-fetch-site: same-origin\r\ncookie: {}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.server,
            self.network,
            cookies.join("; "),
            body.len(),
        );
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(self.server)?,
        };
        connection.get_mut().write_all(request.as_bytes())?;
        let reply = self.read(&mut connection)?;
        // Only a connection that is known to be good is used again.
        self.connection = Some(connection);
        Ok(reply)
    }

    fn read(&mut self, connection: &mut BufReader<TcpStream>) -> io::Result<Reply> {
        let mut line = String::new();
        connection.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or(io::ErrorKind::UnexpectedEof)?;
        let (mut location, mut length) = (None, 0);
        loop {
            line.clear();
            connection.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "location" => location = Some(value.to_owned()),
                "content-length" => length = value.parse().map_err(io::Error::other)?,
                "set-cookie" => self.keep(value),
                _ => {}
            }
        }
        if line.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut body = vec![0; length];
        connection.read_exact(&mut body)?;
        Ok(Reply {
            status,
            location,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        if let Some((name, value)) = pair.split_once('=') {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn connect(server: SocketAddr) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(server)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(BufReader::with_capacity(64 * 1024, stream))
}

/// The path of the link in the newest mail to an address, if there is one that begins so.
pub(crate) fn link_in_mail_to(mailbox: &Path, address: &str, begins: &str) -> Option<String> {
    mails_to(mailbox, address)
        .iter()
        .rev()
        .find_map(|text| link_in(text, begins))
}

/// The texts of the mails to an address, oldest first.
pub(crate) fn mails_to(mailbox: &Path, address: &str) -> Vec<String> {
    let Ok(folder) = mailbox.read_dir() else {
        return Vec::new();
    };
    let mut mails: Vec<_> = folder
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    // Their names are ordered by time.
    mails.sort();
    mails
        .iter()
        .filter_map(|path| serde_json::from_slice(&std::fs::read(path).ok()?).ok())
        .filter(|mail: &serde_json::Value| mail["to"] == address)
        .filter_map(|mail| Some(mail["text"].as_str()?.to_owned()))
        .collect()
}

/// The path of a link in a mail's text that begins so.
pub(crate) fn link_in(text: &str, begins: &str) -> Option<String> {
    let at = text.find(begins)?;
    let link = text[at..].split_whitespace().next()?;
    Some(link.to_owned())
}

/// Looks until there is something to see.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = std::time::Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A form as it is sent.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    text.push(char::from(byte));
                }
                b' ' => text.push('+'),
                _ => text.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    text
}
