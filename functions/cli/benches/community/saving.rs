//! From saving a lesson to the open page that loads it anew: what `sodium serve` needs while somebody writes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::browser::{Browser, wait_for};
use crate::report::{Bar, Report};
use crate::server::Server;
use crate::{lessons, median, process};

const TIMES: usize = 10;

/// Longer than any build.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) fn measure(program: &Path, root: &Path, folder: &Path, report: &mut Report) {
    let folder = folder.join("served");
    std::fs::create_dir(&folder).unwrap();
    let mut server = Server::new(program, root, &folder);
    server.reloads = true;
    server.start();
    server.wait_until_published();
    let builds = listen(&server);
    let mut took = Vec::new();
    for number in 0..TIMES {
        wait_for("the search index", || searches(&folder).checked_sub(number));
        process::wait_until_idle(server.id());
        let (file, page) = lessons::place(number * 7);
        let file = root.join(file);
        let text = std::fs::read_to_string(&file).unwrap();
        // What followed the page before may have been worth telling, too.
        while builds.try_recv().is_ok() {}
        let saved = Instant::now();
        std::fs::write(&file, format!("{text}\nWritten as number {number}.\n")).unwrap();
        let told = builds.recv_timeout(PATIENCE).unwrap();
        took.push(told.duration_since(saved).as_secs_f64() * 1000.0);
        let shown = Browser::new(server.address, 0).get(&page).unwrap();
        assert!(shown.body.contains(&format!("Written as number {number}.")));
    }
    let slowest = took.iter().copied().fold(0.0, f64::max);
    let middle = median(took);
    let said = std::fs::read_to_string(folder.join("out")).unwrap();
    // The others, which follow, name no page.
    let mut last = said
        .lines()
        .filter(|line| line.contains("lesson-"))
        .filter_map(|line| line.split_once("built again: "));
    let (_, phases) = last.next_back().unwrap();
    report.bar(
        "from saving a lesson to the reload, 200 lessons",
        &format!("{middle:.0} ms (median of {TIMES}; slowest {slowest:.0} ms; the last: {phases})"),
        Bar::AtMost(middle, 1000.0, "ms"),
        None,
    );
}

/// How often the search index was made after a reload.
fn searches(folder: &Path) -> usize {
    let said = std::fs::read_to_string(folder.join("out")).unwrap();
    said.matches("the search knows it").count()
}

/// The moments at which open pages are told of a new build.
fn listen(server: &Server) -> Receiver<Instant> {
    let mut connection = TcpStream::connect(server.address).unwrap();
    write!(
        connection,
        "GET /_dev/builds HTTP/1.1\r\nhost: localhost\r\n\r\n"
    )
    .unwrap();
    let mut lines = BufReader::new(connection).lines();
    // The first is the build that there is.
    let first = lines.find(|line| line.as_ref().unwrap().starts_with("data:"));
    assert!(first.is_some());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for line in lines {
            let news = line.is_ok_and(|line| line.starts_with("data:"));
            if news && tell.send(Instant::now()).is_err() {
                return;
            }
        }
    });
    told
}
