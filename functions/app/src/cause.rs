//! Which request something is done for. It goes into the log lines and into the work that the request
//! leaves behind, so that a page that came late or a mail that failed leads back to who asked.

use uuid::Uuid;

tokio::task_local! {
    static REQUEST: Uuid;
}

/// The request that is being answered here, or whose work is being done.
pub(crate) fn request() -> Option<Uuid> {
    REQUEST.try_with(|id| *id).ok()
}

/// Does something for a request, if one is known.
pub(crate) async fn for_request<T>(request: Option<Uuid>, act: impl Future<Output = T>) -> T {
    match request {
        Some(id) => REQUEST.scope(id, act).await,
        None => act.await,
    }
}
