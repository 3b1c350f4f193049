//! `GET /openapi.json`

use std::sync::LazyLock;

use axum::response::Response;
use http::{HeaderMap, HeaderValue};

use crate::stored::Stored;

static OPENAPI_JSON: LazyLock<Stored> = LazyLock::new(|| {
    Stored::new(
        include_bytes!("../openapi.json").as_slice(),
        HeaderValue::from_static("application/json"),
    )
});

/// Description for programs
///
/// This description, in OpenAPI 3.1.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "getOpenApi",
    tag = "Description",
    responses(
        (status = 200, description = "The description.", body = serde_json::Value),
        (status = 304, description = "The description that `If-None-Match` names is still right."),
    ),
)]
pub(crate) async fn show(headers: HeaderMap) -> Response {
    OPENAPI_JSON.answer(&headers)
}
