//! The functions as they run in the cloud: from the start of the process to the answer to the first
//! event, against a double of the runtime. The share of Lambda itself, which fetches and unpacks the
//! zip file and starts the machine, is not in it.

use std::path::Path;

use serde_json::{Value, json};
use sodium_app::seal::Keys;

use crate::double::{answer_to, through_cdn};
use crate::report::{Bar, Report};
use crate::{median, mega, process, sizes};

/// Starts of each function.
const TIMES: usize = 20;

/// Each function with an event that it answers after it asked the table.
fn events(keys: &Keys) -> [(&'static str, Value); 5] {
    let get = |path: &str| through_cdn("GET", path, keys);
    [
        ("comments", get("/api/threads/first-lesson/comments/new")),
        ("signups", get("/api/sessions/evening-talk")),
        ("waitlist", get("/api/waitlist/sent")),
        ("relay", json!({ "Records": [] })),
        ("jobs", json!({ "job": "sweep" })),
    ]
}

pub(crate) fn measure(root: &Path, report: &mut Report) {
    let keys = Keys::generate().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    for (name, event) in events(&keys) {
        let file = root.join("target/function").join(name);
        if file.exists() {
            runtime.block_on(measure_one(name, &event, &keys, &file, report));
        } else {
            let cure = "cargo build --profile function --package sodium-app --bins --features lean";
            report.skip(&format!("Lambda function {name}"), cure);
        }
    }
}

async fn measure_one(name: &str, event: &Value, keys: &Keys, file: &Path, report: &mut Report) {
    let (mut took, mut memory) = (Vec::new(), 0);
    for _ in 0..TIMES {
        let answered = answer_to(event.clone(), keys, file).await;
        took.push(answered.after.as_secs_f64() * 1000.0);
        memory = memory.max(process::peak_memory(answered.running.id()));
    }
    let middle = median(took);
    report.bar(
        &format!("Lambda function {name}, start to the first answer"),
        &format!(
            "{middle:.1} ms (median of {TIMES}), {:.1} MB of memory",
            mega(memory)
        ),
        Bar::AtMost(middle, 15.0, "ms"),
        None,
    );
    let (bytes, packed) = sizes::of(file);
    report.bar(
        &format!("Lambda function {name}, zipped"),
        &format!("{:.2} MB of {:.1} MB", mega(packed), mega(bytes)),
        Bar::AtMost(mega(packed), 3.0, "MB"),
        None,
    );
}
