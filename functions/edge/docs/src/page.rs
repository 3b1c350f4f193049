//! `GET /docs`

use std::sync::LazyLock;

use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_SECURITY_POLICY;
use http::{HeaderMap, HeaderValue};

use crate::stored::Stored;

/// Everything comes from here. The page's own elements carry style attributes, hence the inline styles.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

static PAGE: LazyLock<Stored> = LazyLock::new(|| {
    Stored::new(
        include_bytes!("page/index.html").as_slice(),
        HeaderValue::from_static("text/html; charset=utf-8"),
    )
});

/// Description for people
///
/// This description as a page that works without a connection to anywhere else.
#[utoipa::path(
    get,
    path = "/docs",
    operation_id = "showDocs",
    tag = "Description",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html")),
)]
pub(crate) async fn show(headers: HeaderMap) -> Response {
    ([(CONTENT_SECURITY_POLICY, POLICY)], PAGE.answer(&headers)).into_response()
}
