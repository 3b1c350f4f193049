//! The answer where a handler panicked, which is a fault of ours.

use std::any::Any;

use axum::response::{IntoResponse as _, Response};

use crate::ApiError;

/// Logs the panic's message and answers 500. What is built for Lambda aborts instead, and starts anew.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer asks for this shape"
)]
pub(crate) fn answer(panic: Box<dyn Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message");
    tracing::error!(message, "handler panicked");
    ApiError::internal().into_response()
}
