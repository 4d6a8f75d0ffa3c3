//! nginx, serving the folder that `sodium serve` serves, with the compressed files that lie there.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::browser::{Browser, wait_for};

pub(crate) struct Nginx {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Nginx {
    /// Starts it, if it is installed.
    pub(crate) fn start(public: &Path, folder: &Path) -> Option<Self> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let (at, public) = (folder.display(), public.display());
        // Its workers would give up a root's rights, and could not read a private folder then.
        let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
        let user = if is_root { "user root;" } else { "" };
        let config = format!(
            "{user} daemon off; worker_processes 2; pid {at}/nginx.pid; error_log {at}/nginx.log;
            events {{ worker_connections 256; }}
            http {{
                access_log off; sendfile on; tcp_nopush on; gzip_static on;
                keepalive_requests 10000000; types {{ text/html html; }}
                client_body_temp_path {at}/n1; proxy_temp_path {at}/n2; fastcgi_temp_path {at}/n3;
                uwsgi_temp_path {at}/n4; scgi_temp_path {at}/n5;
                server {{ listen {address}; root {public}; index index.html; }}
            }}"
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, config).unwrap();
        // It lies in a folder that is not on everybody's path.
        let path = format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default());
        let child = Command::new("nginx")
            .env("PATH", path)
            .arg("-e")
            .arg(folder.join("nginx.log"))
            .arg("-c")
            .arg(&file)
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        wait_for("nginx", || Browser::new(address, 0).get("/").ok());
        Some(Self { child, address })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers go with it only when it is asked to go.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}
