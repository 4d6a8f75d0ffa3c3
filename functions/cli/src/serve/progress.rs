//! What `sodium serve` says while it works.

#![expect(
    clippy::print_stdout,
    reason = "this is what the program says to the person who started it"
)]

use std::time::Instant;

use super::{Serve, since};
use crate::build::Phase;

/// Says what is happening, and how long it took so far.
#[derive(Debug)]
pub(super) struct Progress {
    began: Instant,
}

impl Progress {
    pub(super) fn begin() -> Self {
        Self {
            began: Instant::now(),
        }
    }

    /// Says each phase of a build as a step.
    pub(super) fn phases(&self) -> impl FnMut(&Phase) + Send + use<> {
        let progress = Self { began: self.began };
        move |phase| progress.step(&format!("  {phase}"))
    }

    pub(super) fn step(&self, what: &str) {
        println!("  [{:>7}] {what}", since(self.began));
    }

    pub(super) fn ready(&self, serve: &Serve, how: &str) {
        let base = serve.options.base_url.as_str();
        self.step(how);
        println!("\n  Sodium Learn   {base}/");
        if serve.options.smtp.is_none() {
            println!("  Mailbox        {base}/_mailbox/   (sign-in links arrive here)");
        }
        for moderator in &serve.options.moderators {
            println!("  Moderator      sign in as {}", moderator.as_str());
        }
        println!("  Data           {}\n", serve.options.data.display());
    }
}
