//! The `sodium` program: one command for each thing that an author or operator does.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command talks to who called it"
)]

mod commands;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = commands::Cli::parse();
    log(cli.is_server());
    match cli.run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("sodium: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Logs go to standard error as JSON; `RUST_LOG` chooses what.
fn log(is_server: bool) {
    let fallback = if is_server {
        "warn,sodium_app=info"
    } else {
        "warn"
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(fallback));
    tracing_subscriber::fmt()
        .json()
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
