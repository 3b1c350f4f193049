//! One span for each request, with its route and without its path, query or body.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;
use tracing::field::Empty;

/// Runs the request in a span and logs how it ended: server errors as warnings, the rest for debugging, as API Gateway's
/// access log has it too.
pub(crate) async fn trace(request: Request, next: Next) -> Response {
    // A path may hold a phone number, its route does not.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let span = tracing::info_span!(
        "request",
        method = %request.method(),
        route,
        tenant = Empty,
        actor = Empty,
    );
    async {
        let start = Instant::now();
        let response = next.run(request).await;
        let status = response.status();
        let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        if status.is_server_error() {
            tracing::warn!(status = status.as_u16(), milliseconds, "answered");
        } else {
            tracing::debug!(status = status.as_u16(), milliseconds, "answered");
        }
        response
    }
    .instrument(span)
    .await
}
