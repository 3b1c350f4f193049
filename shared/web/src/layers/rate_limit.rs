//! `RateLimit-*` on every answer to a key that is known, whatever else became of its request.

use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::request::Parts;
use openwati_core::rate::RateLimit;

/// Where the authentication leaves what the answer shows.
#[derive(Debug, Clone, Default)]
struct Seen(Arc<OnceLock<RateLimit>>);

/// Adds the headers of the key's minute, if the request got as far as to count.
pub(crate) async fn show(mut request: Request, next: Next) -> Response {
    let seen = Seen::default();
    request.extensions_mut().insert(seen.clone());
    let mut response = next.run(request).await;
    if let Some(rate) = seen.0.get() {
        for (name, value) in [
            ("ratelimit-limit", rate.limit),
            ("ratelimit-remaining", rate.remaining),
            ("ratelimit-reset", rate.reset_seconds),
        ] {
            response
                .headers_mut()
                .insert(name, HeaderValue::from(value));
        }
    }
    response
}

/// Keeps `rate` for the answer to this request.
pub(crate) fn note(parts: &Parts, rate: RateLimit) {
    if let Some(seen) = parts.extensions.get::<Seen>() {
        // A request is authenticated once.
        let _ = seen.0.set(rate);
    }
}
