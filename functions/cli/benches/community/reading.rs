//! Reading, beside nginx. Both serve the same gzip file; runs alternate, so that whatever else the
//! machine does hits both.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use crate::median;
use crate::nginx::Nginx;
use crate::report::{Bar, Report};
use crate::server::Server;

const RUNS: usize = 5;

/// What wrk measured.
struct Run {
    per_second: f64,
    p50: f64,
    p99: f64,
}

pub(crate) fn measure(server: &Server, page: &str, report: &mut Report) {
    let folder = server.data.parent().unwrap();
    let file = server
        .public()
        .join(page.trim_start_matches('/'))
        .join("index.html.gz");
    let size = file.metadata().unwrap().len();
    if Command::new("wrk").arg("-v").output().is_err() {
        report.skip("reading a lesson", "wrk is missing: apt-get install wrk");
        return;
    }
    let Some(nginx) = Nginx::start(&server.public(), folder) else {
        report.skip(
            "reading beside nginx",
            "nginx is missing: apt-get install nginx-light",
        );
        return;
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    run(server.address, page, 1);
    run(nginx.address, page, 1);
    for _ in 0..RUNS {
        ours.push(run(server.address, page, 3));
        theirs.push(run(nginx.address, page, 3));
    }
    for (name, runs, address) in [
        ("sodium serve", &ours, server.address),
        ("nginx", &theirs, nginx.address),
    ] {
        report.tell(
            &format!("reading a lesson with 50 comments, {name}"),
            &format!(
                "{:.0} requests/s, p50 {:.2} ms, p99 {:.2} ms, {} bytes ({size} of them the page)",
                middle(runs, |run| run.per_second),
                middle(runs, |run| run.p50),
                middle(runs, |run| run.p99),
                bytes(address, page),
            ),
        );
    }
    let ratio = middle(&ours, |run| run.per_second) / middle(&theirs, |run| run.per_second);
    report.bar(
        "reading, beside nginx",
        &format!("{ratio:.2} × nginx"),
        Bar::AtLeast(ratio, 0.5, "×"),
        Some(0.9),
    );
}

fn middle(runs: &[Run], what: impl Fn(&Run) -> f64) -> f64 {
    median(runs.iter().map(what).collect())
}

/// Sixteen connections for some seconds.
fn run(address: SocketAddr, page: &str, seconds: u32) -> Run {
    let output = Command::new("wrk")
        .args(["-t2", "-c16", "--latency", "-H", "accept-encoding: gzip"])
        .arg(format!("-d{seconds}s"))
        .arg(format!("http://{address}{page}"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains("Non-2xx"), "{text}");
    let after = |mark: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(mark));
        line.unwrap_or_else(|| panic!("{text}")).trim().to_owned()
    };
    Run {
        per_second: after("Requests/sec:").parse().unwrap(),
        p50: millis(&after("50%")),
        p99: millis(&after("99%")),
    }
}

fn millis(text: &str) -> f64 {
    let (number, factor) = if let Some(number) = text.strip_suffix("us") {
        (number, 0.001)
    } else if let Some(number) = text.strip_suffix("ms") {
        (number, 1.0)
    } else {
        (text.trim_end_matches('s'), 1000.0)
    };
    number.parse::<f64>().unwrap() * factor
}

/// The bytes of a whole answer.
fn bytes(address: SocketAddr, page: &str) -> usize {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {page} HTTP/1.1\r\nhost: {address}\r\naccept-encoding: gzip\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer.len()
}
