//! What every router of [`openwati_web::finish`] does, seen from outside.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use openwati_core::id::Id;
use openwati_web::extract::{ApiJson, ApiPath, ApiQuery, IdempotencyKey, JSON_LIMIT};
use openwati_web::{ApiError, Routes, WhatsAppError, finish};
use serde::Deserialize;
use tower::ServiceExt as _;

#[derive(Deserialize)]
struct Text {
    text: String,
}

#[derive(Deserialize)]
struct Filter {
    peer: Option<String>,
}

fn router() -> Router {
    let routes = Routes::default()
        .route("/echo", post(async |body: ApiJson<Text>| body.value.text))
        .route(
            "/key",
            post(
                async |key: IdempotencyKey, body: ApiJson<Text>| match key.over(&body.raw) {
                    Some(key) => format!("{} {}", key.key, key.request_hash.len()),
                    None => "none".to_owned(),
                },
            ),
        )
        .route("/things/{id}", get(async |ApiPath(id): ApiPath<String>| id))
        .route(
            "/list",
            get(async |ApiQuery(filter): ApiQuery<Filter>| filter.peer.unwrap_or_default()),
        )
        .route("/panic", get(async || -> String { panic!("inside") }))
        .route(
            "/refused",
            get(async || {
                let whatsapp = WhatsAppError {
                    code: Some(131_030),
                    title: "Recipient phone number not in allowed list".to_owned(),
                    details: None,
                    help: None,
                };
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                ApiError::new(status, "whatsapp_refused", whatsapp.to_string())
                    .whatsapp(whatsapp)
                    .message(Id::from_bytes([7; 12]))
            }),
        );
    finish(routes, ())
}

async fn call(request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = router().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (parts.status, parts.headers, text)
}

fn request(method: Method, path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .body(body.into())
        .unwrap()
}

async fn get_text(path: &str) -> (StatusCode, String) {
    let (status, _, text) = call(request(Method::GET, path, "")).await;
    (status, text)
}

#[tokio::test]
async fn every_error_has_the_same_shape() {
    let mut seen = String::new();
    for (method, path, body) in [
        (Method::GET, "/nowhere", ""),
        (Method::DELETE, "/echo", ""),
        (Method::GET, "/panic", ""),
        (Method::POST, "/echo", ""),
        (Method::POST, "/echo", "{\"text\":"),
        (Method::POST, "/echo", "{\"text\": 5}"),
        (Method::POST, "/echo", "{}"),
        (Method::GET, "/list?peer=1&peer=2", ""),
        (Method::GET, "/things/%FF", ""),
        (Method::GET, "/refused", ""),
    ] {
        let (status, headers, text) = call(request(method.clone(), path, body)).await;
        assert_eq!(headers["content-type"], "application/json");
        seen += &format!("{method} {path} {body}\n  {} {text}\n", status.as_u16());
    }
    insta::assert_snapshot!(seen);
}

#[tokio::test]
async fn every_answer_may_be_read_by_any_page_and_kept_by_no_cache() {
    for (method, path) in [
        (Method::GET, "/things/1"),
        (Method::GET, "/nowhere"),
        (Method::GET, "/panic"),
        (Method::PUT, "/echo"),
        (Method::OPTIONS, "/echo"),
        (Method::OPTIONS, "/nowhere"),
    ] {
        let (_, headers, _) = call(request(method, path, "")).await;
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert!(!headers.contains_key("access-control-allow-credentials"));
        let exposed = headers["access-control-expose-headers"].to_str().unwrap();
        for name in ["RateLimit-Remaining", "Retry-After", "Idempotent-Replayed"] {
            assert!(exposed.contains(name));
        }
        assert_eq!(headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn options_is_answered_everywhere() {
    let (status, headers, text) = call(request(Method::OPTIONS, "/echo", "")).await;
    assert_eq!((status, text.as_str()), (StatusCode::NO_CONTENT, ""));
    assert!(
        headers["access-control-allow-methods"]
            .to_str()
            .unwrap()
            .contains("POST")
    );
    assert!(
        headers["access-control-allow-headers"]
            .to_str()
            .unwrap()
            .contains("Authorization")
    );
}

#[tokio::test]
async fn json_needs_no_content_type_and_has_a_largest_size() {
    let body = |characters: usize| format!("{{\"text\":\"{}\"}}", "x".repeat(characters));
    let around = body(0).len();
    let (status, _, text) = call(request(Method::POST, "/echo", body(JSON_LIMIT - around))).await;
    assert_eq!((status, text.len()), (StatusCode::OK, JSON_LIMIT - around));
    let (status, _, text) = call(request(Method::POST, "/echo", body(JSON_LIMIT))).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text.contains("payload_too_large"));
}

#[tokio::test]
async fn an_idempotency_key_has_1_to_255_characters() {
    let with = |key: &str| {
        let mut request = request(Method::POST, "/key", "{\"text\":\"\"}");
        let value = http::HeaderValue::from_bytes(key.as_bytes()).unwrap();
        request.headers_mut().insert("idempotency-key", value);
        call(request)
    };
    assert_eq!(with("a b").await.2, "a b 64");
    assert_eq!(with(&"k".repeat(255)).await.0, StatusCode::OK);
    for bad in ["", "ü", &"k".repeat(256)] {
        let (status, _, text) = with(bad).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(text.contains("Idempotency-Key"), "{text}");
    }
    let (_, _, text) = call(request(Method::POST, "/key", "{\"text\":\"\"}")).await;
    assert_eq!(text, "none");
}

#[tokio::test]
async fn parameters_are_decoded_once() {
    let ok = |text: &str| (StatusCode::OK, text.to_owned());
    assert_eq!(
        get_text("/things/wamid.a%2Fb%2Bc%3D%3D").await,
        ok("wamid.a/b+c==")
    );
    assert_eq!(get_text("/things/a+b%20c").await, ok("a+b c"));
    assert_eq!(get_text("/things/a%252Fb").await, ok("a%2Fb"));
    assert_eq!(
        get_text("/list?peer=%2B923001234567&else=1").await,
        ok("+923001234567")
    );
}
