//! The `comments` function, behind an HTTP API.

use sodium_app::{lambda, routes};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    lambda::log_json();
    let app = lambda::editing().await?;
    lambda_http::run(lambda::behind_cdn(routes::comments(), &app)).await
}
