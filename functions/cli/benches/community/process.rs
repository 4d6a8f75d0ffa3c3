//! What Linux says of a process.

use std::time::Duration;

/// How long a process has to do nothing to be idle.
const QUIET: Duration = Duration::from_millis(300);

/// Linux counts processor time in hundredths of a second for programs that ask.
const TICKS: f64 = 100.0;

/// Seconds of processor time, of all its threads.
pub(crate) fn cpu(id: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = fields.split(' ').collect();
    let ticks: u64 = [fields[11], fields[12]]
        .iter()
        .map(|field| field.parse::<u64>().unwrap())
        .sum();
    ticks as f64 / TICKS
}

/// Waits until a process does nothing: the relay has caught up. Two quiet moments in a row, because
/// on a busy machine a process can be kept waiting for one.
pub(crate) fn wait_until_idle(id: u32) {
    let mut quiet = 0;
    while quiet < 2 {
        let before = cpu(id);
        std::thread::sleep(QUIET);
        quiet = if cpu(id) - before < 0.015 {
            quiet + 1
        } else {
            0
        };
    }
}

/// Bytes of memory in use (RSS).
pub(crate) fn memory(id: u32) -> u64 {
    status(id, "VmRSS:")
}

/// The most that it ever was.
pub(crate) fn peak_memory(id: u32) -> u64 {
    status(id, "VmHWM:")
}

fn status(id: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes * 1024
}
