//! The program itself, as a process that can be killed.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::browser::{Browser, NETWORK_HEADER, wait_for};

/// A policy that holds no load back: what is tested here is not the limits.
pub(crate) const GENEROUS: &str = "
[hold]
until_approved = 1
links_over = 100

[reports]
needed = 2
hide = false

[limits]
form_seconds = 0
comments_per_member = 100000000
comments_per_network = 100000000
held_comments = 100000000
reports_per_network = 100000000
drafts = 100000000
marks_per_member = 100000000
sign_in_mails = 1000000
mails_per_network = 1000000
drafts_per_network = 1000000
suggestions_per_member = 1000000
";

/// Who moderates.
pub(crate) const MODERATOR: &str = "moderator@example.org";

/// `sodium serve` on a data folder.
pub(crate) struct Server {
    program: PathBuf,
    root: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) address: SocketAddr,
    /// Whether it builds anew what somebody saves.
    pub(crate) reloads: bool,
    child: Option<Child>,
}

impl Server {
    /// A server that is not running yet. `folder` takes the data, the policy and the log.
    pub(crate) fn new(program: &Path, root: &Path, folder: &Path) -> Self {
        std::fs::write(folder.join("policy.toml"), GENEROUS).unwrap();
        Self {
            program: program.to_owned(),
            root: root.to_owned(),
            data: folder.join("data"),
            address: free_address(),
            reloads: false,
            child: None,
        }
    }

    /// Starts the process.
    pub(crate) fn start(&mut self) {
        let folder = self.data.parent().unwrap();
        let log = File::options()
            .create(true)
            .append(true)
            .open(folder.join("log"))
            .unwrap();
        let child = Command::new(&self.program)
            .args(["serve", "--empty"])
            .args((!self.reloads).then_some("--no-reload"))
            .args(["--client-address-header", NETWORK_HEADER])
            .args(["--moderator", MODERATOR])
            .args(["--port", &self.address.port().to_string()])
            .arg("--root")
            .arg(&self.root)
            .arg("--data")
            .arg(&self.data)
            .arg("--policy")
            .arg(folder.join("policy.toml"))
            .stdin(Stdio::null())
            .stdout(File::create(folder.join("out")).unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        // For whoever has to stop it when this process is stopped.
        std::fs::write(folder.join("sodium.pid"), child.id().to_string()).unwrap();
        self.child = Some(child);
    }

    /// Waits until a page is there.
    pub(crate) fn wait_until_it_serves(&mut self, path: &str) {
        let (address, data) = (self.address, self.data.clone());
        let child = self.child.as_mut().unwrap();
        wait_for("the first page", || {
            if let Some(status) = child.try_wait().unwrap() {
                let log = std::fs::read_to_string(data.with_file_name("log")).unwrap();
                panic!("sodium stopped with {status}:\n{log}");
            }
            let reply = Browser::new(address, 0).get(path);
            reply.ok().filter(|reply| reply.status == 200)
        });
    }

    /// Waits until the site is built and published, which goes on after the first answer.
    pub(crate) fn wait_until_published(&self) {
        let out = self.data.with_file_name("out");
        wait_for("the site to be published", || {
            let said = std::fs::read_to_string(&out).ok()?;
            said.contains("published").then_some(())
        });
    }

    /// Ends the process at once, as a power cut would: on Unix this is `kill -9`.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
            let _ = std::fs::remove_file(self.data.with_file_name("sodium.pid"));
        }
    }

    /// The identifier of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Where mails arrive.
    pub(crate) fn mailbox(&self) -> PathBuf {
        self.data.join("mailbox")
    }

    /// The files that readers get.
    pub(crate) fn public(&self) -> PathBuf {
        self.data.join("files/public")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A free address that stays free while the server is down: below the ports that Linux hands out to
/// whoever connects somewhere.
fn free_address() -> SocketAddr {
    let first = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    let free = (first..32_000).find_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok());
    free.unwrap().local_addr().unwrap()
}
