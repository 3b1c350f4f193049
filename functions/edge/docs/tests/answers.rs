//! The description and its page.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

async fn get(path: &str, etag: Option<&str>) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::get(path);
    if let Some(etag) = etag {
        request = request.header("if-none-match", etag);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = docs::router().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, bytes.to_vec())
}

#[tokio::test]
async fn the_description_is_openapi_and_cached_by_its_etag() {
    let (status, headers, bytes) = get("/openapi.json", None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-type"], "application/json");
    let api: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(api["openapi"], "3.1.0");
    let etag = headers["etag"].to_str().unwrap();
    for held in [
        etag.to_owned(),
        format!("W/{etag}"),
        format!("\"x\", {etag}"),
        "*".to_owned(),
    ] {
        let (status, headers, bytes) = get("/openapi.json", Some(&held)).await;
        assert_eq!((status, bytes.len()), (StatusCode::NOT_MODIFIED, 0));
        assert_eq!(headers["etag"], etag);
    }
    let (status, ..) = get("/openapi.json", Some("\"other\"")).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn the_page_loads_everything_from_here() {
    let (status, headers, page) = get("/docs", None).await;
    assert_eq!(status, StatusCode::OK);
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"));
    let page = String::from_utf8(page).unwrap();
    assert!(!page.contains("http:") && !page.contains("https:"));
    let addresses = page.split('"').filter(|part| part.starts_with('/'));
    for address in addresses.filter(|address| *address != "/openapi.json") {
        let (status, headers, bytes) = get(address, None).await;
        assert_eq!(status, StatusCode::OK, "{address}");
        assert!(!bytes.is_empty() && headers.contains_key("etag"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn other_files_are_not_found() {
    for path in [
        "/docs/index.html",
        "/docs/swagger-initializer.js",
        "/docs/..%2Fopenapi.json",
        "/docs/a/b",
    ] {
        assert_eq!(get(path, None).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}
