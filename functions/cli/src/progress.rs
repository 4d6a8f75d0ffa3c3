//! How far long work is, for whoever waits at a terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How often somebody who waits hears something.
const NEWS: Duration = Duration::from_secs(2);

/// Tells how far long work is, on standard error.
#[derive(Debug)]
pub struct Told {
    last: Instant,
    on_one_line: bool,
}

impl Told {
    /// Begins now, and says nothing of work that is soon done.
    #[must_use]
    pub fn new() -> Self {
        Self {
            last: Instant::now(),
            on_one_line: io::stderr().is_terminal(),
        }
    }

    /// Says how far it is, if nothing was said for a while.
    pub fn hears(&mut self, text: impl FnOnce() -> String) {
        if self.last.elapsed() < NEWS {
            return;
        }
        self.last = Instant::now();
        let (begin, end) = if self.on_one_line {
            ("\r", "\u{1b}[K")
        } else {
            ("", "\n")
        };
        let _ = write!(io::stderr(), "{begin}sodium: {}{end}", text());
    }
}

impl Default for Told {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        if self.on_one_line {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}
