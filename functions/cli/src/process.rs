//! Running another program that somebody may not want to wait for.

use std::io::{self, Read};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How soon the program is seen to have ended.
const LOOK: Duration = Duration::from_millis(5);

/// Runs a program to its end, or until `stop` is set; then it is ended, and there is nothing.
///
/// # Errors
/// When it cannot be started or waited for.
pub(crate) fn output_unless(mut command: Command, stop: &AtomicBool) -> io::Result<Option<Output>> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // Both are read meanwhile: a program with much to say waits until somebody listens.
    let (stdout, stderr) = (hear(child.stdout.take()), hear(child.stderr.take()));
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if stop.load(Ordering::Relaxed) {
            end(&mut child);
            return Ok(None);
        }
        thread::sleep(LOOK);
    };
    Ok(Some(Output {
        status,
        stdout: heard(stdout)?,
        stderr: heard(stderr)?,
    }))
}

fn hear<From: Read + Send + 'static>(from: Option<From>) -> JoinHandle<io::Result<Vec<u8>>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut from) = from {
            from.read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    })
}

fn heard(thread: JoinHandle<io::Result<Vec<u8>>>) -> io::Result<Vec<u8>> {
    let died = |_| Err(io::Error::other("nobody listened to the program"));
    thread.join().unwrap_or_else(died)
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn what_a_program_says_is_heard_however_much_it_is() {
        let long = shell("head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; exit 3");
        let output = output_unless(long, &AtomicBool::new(false))
            .unwrap()
            .unwrap();
        let said = (
            output.stdout.len(),
            output.stderr.len(),
            output.status.code(),
        );
        assert_eq!(said, (300_000, 300_000, Some(3)));
    }

    #[test]
    fn a_program_that_nobody_waits_for_is_ended() {
        let endless = shell("exec sleep 1000");
        assert!(
            output_unless(endless, &AtomicBool::new(true))
                .unwrap()
                .is_none()
        );
    }
}
