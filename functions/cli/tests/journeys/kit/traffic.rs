//! What travels between people and the functions.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;

/// Requests that people sent, and what came back.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    requests: AtomicU64,
    bytes: AtomicU64,
    refused: AtomicU64,
}

impl Traffic {
    pub(super) fn note(&self, status: StatusCode, bytes: usize) {
        self.requests.fetch_add(1, Ordering::SeqCst);
        self.bytes.fetch_add(bytes as u64, Ordering::SeqCst);
        let refused = status.is_client_error() || status.is_server_error();
        self.refused.fetch_add(u64::from(refused), Ordering::SeqCst);
    }

    /// Requests, bytes and refusals since it was asked last.
    pub(crate) fn take(&self) -> (u64, u64, u64) {
        let take = |count: &AtomicU64| count.swap(0, Ordering::SeqCst);
        (take(&self.requests), take(&self.bytes), take(&self.refused))
    }
}
