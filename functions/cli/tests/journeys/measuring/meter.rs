//! Counts what the table would bill, and what the bucket would.

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use serde_json::Value;
use sodium_cli::engine::Engine;

/// What was consumed since somebody looked last.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Consumed {
    pub(crate) calls: u64,
    pub(crate) read: f64,
    pub(crate) write: f64,
    pub(crate) files_read: u64,
    pub(crate) files_written: u64,
}

/// One count for a table and a bucket.
#[derive(Debug, Default, Clone)]
pub(crate) struct Meter(Arc<Mutex<Consumed>>);

impl Meter {
    /// What was consumed; counting starts again.
    pub(crate) fn take(&self) -> Consumed {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn add(&self, operation: &str, read: f64, write: f64) {
        let mut consumed = self.0.lock().unwrap();
        consumed.calls += 1;
        consumed.read += read;
        consumed.write += write;
        assert!(
            read > 0.0 || write > 0.0,
            "{operation} consumed nothing, which DynamoDB does not know"
        );
    }
}

/// The engine, asked for each request how much capacity it consumed.
#[derive(Debug, Clone)]
pub(crate) struct MeteredTable {
    pub(crate) engine: Engine,
    pub(crate) meter: Meter,
}

impl MeteredTable {
    async fn answer(self, mut request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let mut body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        body["ReturnConsumedCapacity"] = "TOTAL".into();
        *request.body_mut() = SdkBody::from(body.to_string());
        let answer = HttpConnector::call(&self.engine, request).await?;
        let said: Value = serde_json::from_slice(answer.body().bytes().unwrap()).unwrap();
        let units = match &said["ConsumedCapacity"] {
            Value::Null => refused(&body),
            Value::Array(tables) => tables.iter().map(units_of).sum(),
            one => units_of(one),
        };
        if body["Key"]["pk"]["S"] == "SITE" {
            // The frame around pages, which a process reads once a minute, whatever is asked.
            return Ok(answer);
        }
        let reads = ["GetItem", "Query", "BatchGetItem", "TransactGetItems"];
        if reads.contains(&operation.as_str()) {
            self.meter.add(&operation, units, 0.0);
        } else {
            self.meter.add(&operation, 0.0, units);
        }
        Ok(answer)
    }
}

fn units_of(consumed: &Value) -> f64 {
    consumed["CapacityUnits"].as_f64().unwrap()
}

/// An error does not say what it consumed. DynamoDB bills a write whose condition failed like one that
/// succeeded, and a transaction twice for each item and kilobyte.
fn refused(body: &Value) -> f64 {
    let kilobytes = |item: &Value| (item.to_string().len() as f64 / 1024.0).ceil().max(1.0);
    match body["TransactItems"].as_array() {
        Some(steps) => {
            let size = |step: &Value| 2.0 * kilobytes(&step["Put"]["Item"]);
            steps.iter().map(size).sum()
        }
        None => kilobytes(&body["Item"]),
    }
}

impl HttpConnector for MeteredTable {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().answer(request))
    }
}

/// A bucket in memory, whose requests are counted.
#[derive(Debug)]
pub(crate) struct MeteredBucket {
    pub(crate) files: InMemory,
    pub(crate) meter: Meter,
}

impl fmt::Display for MeteredBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MeteredBucket")
    }
}

impl MeteredBucket {
    fn reads(&self) {
        self.meter.0.lock().unwrap().files_read += 1;
    }

    fn writes(&self) {
        self.meter.0.lock().unwrap().files_written += 1;
    }
}

#[async_trait]
impl ObjectStore for MeteredBucket {
    async fn put_opts(&self, at: &Path, bytes: PutPayload, how: PutOptions) -> Result<PutResult> {
        self.writes();
        self.files.put_opts(at, bytes, how).await
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        how: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.writes();
        self.files.put_multipart_opts(at, how).await
    }

    async fn get_opts(&self, at: &Path, how: GetOptions) -> Result<GetResult> {
        self.reads();
        self.files.get_opts(at, how).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        // Deleting costs nothing.
        self.files.delete_stream(paths)
    }

    fn list(&self, below: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        // Listing has the price of writing.
        self.writes();
        self.files.list(below)
    }

    async fn list_with_delimiter(&self, below: Option<&Path>) -> Result<ListResult> {
        self.writes();
        self.files.list_with_delimiter(below).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, how: CopyOptions) -> Result<()> {
        self.writes();
        self.files.copy_opts(from, to, how).await
    }
}
