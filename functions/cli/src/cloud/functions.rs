//! The functions: built by cargo-lambda, put into packages that are the same for the same program, so
//! that nothing is uploaded twice.

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::ValueEnum;

use super::tools::{CloudError, Place, path_text};

/// The processor that the functions are built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Architecture {
    /// Amazon's Graviton: a fifth cheaper for the same work.
    Arm64,
    /// Intel and AMD.
    #[value(name = "x86_64")]
    X86_64,
}

impl Architecture {
    /// As the template calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }
}

/// The functions, by the names of their binaries.
pub(super) const NAMES: [&str; 5] = ["comments", "signups", "waitlist", "relay", "jobs"];

/// 1 January 2000: a package must not change because it was made at another time. Zip files know no
/// time before 1980.
const MADE: Duration = Duration::from_secs(946_684_800);

/// Builds all functions.
pub(super) fn build(place: &Place, architecture: Architecture) -> Result<(), CloudError> {
    let target = match architecture {
        Architecture::Arm64 => "--arm64",
        Architecture::X86_64 => "--x86-64",
    };
    let folder = folder(place);
    place.cargo_lambda(&[
        "lambda",
        "build",
        "--locked",
        "--profile",
        "function",
        target,
        "--package",
        "sodium-app",
        "--bins",
        "--features",
        "lean",
        "--lambda-dir",
        path_text(&folder)?,
    ])?;
    for name in NAMES {
        let program = folder.join(name).join("bootstrap");
        let set = File::options()
            .append(true)
            .open(&program)
            .and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH + MADE));
        set.map_err(|error| CloudError::new(format!("{}: {error}", program.display())))?;
    }
    Ok(())
}

fn folder(place: &Place) -> PathBuf {
    place.root.join("target/lambda")
}
