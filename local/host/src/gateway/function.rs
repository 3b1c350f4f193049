//! A function behind the API, called as Lambda calls it.

use std::time::Duration;

use axum::Router;
use lambda_http::{Adapter, LambdaEvent, lambda_runtime::Context, request::LambdaRequest};
use tower::Service as _;

/// A function behind the API.
#[derive(Debug, Clone)]
pub(crate) struct HttpFunction {
    /// Its package, for logs.
    pub(crate) name: String,
    /// After this time its call is ended.
    pub(crate) timeout: Duration,
    /// Its router, which Lambda runs too.
    pub(crate) router: Router,
}

/// Largest event that a function is called with and largest answer that it may give: 6 MB, Lambda's quota for
/// synchronous calls.
pub(super) const MAX_PAYLOAD_BYTES: usize = 6 * 1024 * 1024;

/// Why a function gave no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("its event cannot be read")]
    Event(#[source] serde_json::Error),
    #[error("its answer cannot be written")]
    Answer(#[source] serde_json::Error),
    #[error("its answer has {0} bytes, more than Lambda passes on")]
    TooLarge(usize),
}

impl HttpFunction {
    /// Calls the function with an event and gives its answer, both as JSON: what `lambda_http` does between Lambda
    /// and the router, and nothing else.
    pub(super) async fn call(&self, event: &[u8], request_id: &str) -> Result<Vec<u8>, Failure> {
        let payload: LambdaRequest = serde_json::from_slice(event).map_err(Failure::Event)?;
        let mut context = Context::default();
        context.request_id = request_id.to_owned();
        // A router is always ready. The adapter itself cannot wait: it is not `Send`.
        let answer = Adapter::from(self.router.clone()).call(LambdaEvent::new(payload, context));
        let answer = answer.await.unwrap_or_else(|never| match never {});
        let answer = serde_json::to_vec(&answer).map_err(Failure::Answer)?;
        if answer.len() > MAX_PAYLOAD_BYTES {
            return Err(Failure::TooLarge(answer.len()));
        }
        Ok(answer)
    }
}
