//! `GET /docs/{asset}`

use std::sync::Arc;

use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use openwati_web::extract::ApiPath;
use openwati_web::{ApiError, error_responses};
use utoipa_swagger_ui::Config;

use crate::stored::Stored;

/// What the page loads: our own beginning of it, and of Swagger UI just these.
const OF_SWAGGER_UI: [&str; 4] = [
    "favicon-16x16.png",
    "favicon-32x32.png",
    "swagger-ui-bundle.js",
    "swagger-ui.css",
];

error_responses! {
    /// Why a file is not shown.
    AssetErrors {
        "404": "The page has no such file." ["not_found"],
    }
}

/// Files of the page
#[utoipa::path(
    get,
    path = "/docs/{asset}",
    operation_id = "getDocsAsset",
    tag = "Description",
    params(("asset" = String, Path, description = "The file's name.")),
    responses(AssetErrors, (status = 200, description = "The file.", body = Vec<u8>, content_type = "application/octet-stream")),
)]
pub(crate) async fn show(
    ApiPath(asset): ApiPath<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = if asset == "page.js" {
        let javascript = HeaderValue::from_static("text/javascript; charset=utf-8");
        Some(Stored::new(
            include_bytes!("page/page.js").as_slice(),
            javascript,
        ))
    } else {
        of_swagger_ui(&asset)
    };
    file.map(|file| file.answer(&headers))
        .ok_or_else(|| ApiError::not_found("the page has no such file"))
}

fn of_swagger_ui(name: &str) -> Option<Stored> {
    if !OF_SWAGGER_UI.contains(&name) {
        return None;
    }
    let file = utoipa_swagger_ui::serve(name, Arc::new(Config::default())).ok()??;
    let content_type = HeaderValue::from_str(&file.content_type).ok()?;
    Some(Stored::new(file.bytes, content_type).gzipped(file.gzpipped))
}
