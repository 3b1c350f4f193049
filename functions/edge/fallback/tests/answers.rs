//! What becomes of requests that no route of the API takes.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

async fn call(method: &str, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .body(Body::empty())
        .unwrap();
    let response = fallback::router().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (parts.status, parts.headers, text)
}

#[tokio::test]
async fn options_is_answered_on_every_path() {
    for path in ["/api/public/v1/send", "/nowhere", "/"] {
        let (status, headers, text) = call("OPTIONS", path).await;
        assert_eq!((status, text.as_str()), (StatusCode::NO_CONTENT, ""));
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert!(headers.contains_key("access-control-allow-methods"));
    }
}

#[tokio::test]
async fn another_case_is_redirected_to_the_proper_one() {
    for (method, path, location) in [
        ("POST", "/API/public/v1/Send", "/api/public/v1/send"),
        ("POST", "/api/public/v1/send/", "/api/public/v1/send"),
        (
            "GET",
            "/api/public/v1/Messages?Peer=A&limit=1",
            "/api/public/v1/messages?Peer=A&limit=1",
        ),
        (
            "GET",
            "/api/Public/v1/messages/wamid.A%2Fb%3D",
            "/api/public/v1/messages/wamid.A%2Fb%3D",
        ),
        ("GET", "/Docs", "/docs"),
    ] {
        let (status, headers, _) = call(method, path).await;
        assert_eq!(status, StatusCode::PERMANENT_REDIRECT, "{path}");
        assert_eq!(headers["location"], location);
        assert_eq!(headers["access-control-allow-origin"], "*");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    for (method, path, allow) in [
        ("GET", "/api/public/v1/send", "POST, OPTIONS"),
        ("DELETE", "/api/public/v1/messages/x", "GET, OPTIONS"),
        ("HEAD", "/docs", "GET, OPTIONS"),
        (
            "PATCH",
            "/api/public/CLOUD-api-webhook/1",
            "GET, POST, OPTIONS",
        ),
    ] {
        let (status, headers, _) = call(method, path).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(headers["allow"], allow);
    }
    let (_, _, text) = call("GET", "/api/public/v1/send").await;
    insta::assert_snapshot!(text, @r#"{"error":"this path takes POST","code":"method_not_allowed"}"#);
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    for path in [
        "/",
        "/nowhere",
        "/api/public/v1/send/more",
        "//evil.example/docs",
        "/api//public/v1/send",
    ] {
        let (status, headers, text) = call("GET", path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(!headers.contains_key("location"));
        assert_eq!(
            text,
            r#"{"error":"there is nothing at this path","code":"not_found"}"#
        );
    }
}
