//! A function under the Runtime Interface Emulator.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

use crate::http::{Answer, send};

const INVOKE: &str = "/2015-03-31/functions/function/invocations";

/// How long the emulator may take to start; far more than it does on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running emulator with one execution environment, which takes one event at a time.
pub(crate) struct Function {
    emulator: Child,
    address: String,
    one_at_a_time: Mutex<()>,
}

/// Where the binaries are: `SODIUM_BINARIES`, or beside those that were built for this test.
pub(crate) fn binary(name: &str) -> PathBuf {
    let folder = std::env::var_os("SODIUM_BINARIES").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| {
        let built = PathBuf::from(env!("CARGO_BIN_EXE_comments"));
        built.parent().unwrap().to_owned()
    });
    folder.join(name)
}

impl Function {
    /// Starts a function with these variables and a time limit in seconds.
    pub(crate) async fn start(name: &str, variables: &[(&str, String)], limit: u32) -> Self {
        let emulator = std::env::var_os("SODIUM_RUNTIME_EMULATOR");
        let emulator = emulator.expect("SODIUM_RUNTIME_EMULATOR is not set; use make cloud-test");
        let (address, runtime_api) = (free_address().await, free_address().await);
        let emulator = Command::new(emulator)
            .args(["--log-level", "error"])
            .args(["--runtime-interface-emulator-address", &address])
            .args(["--runtime-api-address", &runtime_api])
            .arg(binary(name))
            .env_clear()
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", limit.to_string())
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let function = Self {
            emulator,
            address,
            one_at_a_time: Mutex::default(),
        };
        let listens = async {
            while TcpStream::connect(&function.address).await.is_err() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, listens).await.unwrap();
        function
    }

    /// Hands over an event and returns what the function, or the emulator for it, answers.
    pub(crate) async fn invoke(&self, event: &Value) -> Answer {
        let _one_at_a_time = self.one_at_a_time.lock().await;
        let event = event.to_string();
        let sent = send(&self.address, "POST", INVOKE, &[], event.as_bytes());
        sent.await.unwrap()
    }

    /// Ends the function's process as a crash would. The emulator stays.
    pub(crate) fn crash(&self) {
        let tasks = format!("/proc/{}/task", self.emulator.id());
        let mut ended = 0;
        for task in std::fs::read_dir(tasks).unwrap() {
            let children = std::fs::read_to_string(task.unwrap().path().join("children"));
            for child in children.unwrap().split_whitespace() {
                let signal = format!("kill -KILL {child}");
                let sent = Command::new("sh").args(["-c", &signal]).status();
                ended += usize::from(sent.unwrap().success());
            }
        }
        assert_eq!(ended, 1, "no process to end");
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

/// An address that was free a moment ago.
async fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}
