//! Requests that are refused before anything is read: no store answers here.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use aws_credential_types::Credentials;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use openwati_core::entropy::Entropy;
use openwati_core::time::Clock;
use openwati_services::accounts::Accounts;
use openwati_services::oidc::Oidc;
use openwati_services::{Parts, Platform};
use openwati_store::Store;
use openwati_store::aws::AwsConfig;
use openwati_web::App;
use tower::ServiceExt as _;

const PATH: &str = "/api/public/v1/send";

/// An app whose store is at a port where nothing listens.
fn app() -> App {
    let nowhere = Some("http://127.0.0.1:1".to_owned());
    let aws = AwsConfig {
        region: "us-east-1".to_owned(),
        credentials: Credentials::new("test", "test", None, None, "test"),
        dynamodb: nowhere.clone(),
        sqs: nowhere.clone(),
        s3: nowhere,
    };
    App::new(Platform::new(Parts {
        store: Store::new(aws.clients().dynamodb, "none"),
        queues: None,
        blobs: None,
        cloud_api: None,
        guarded: None,
        key_ring: None,
        link_keys: None,
        session_keys: None,
        oidc: Oidc::default(),
        accounts: Accounts::default(),
        clock: Clock::system(),
        entropy: Entropy::system(),
        pace: openwati_core::pace::Pace::REAL,
        public_base_url: None,
        ai: openwati_services::ai::Ai::Off,
        function_timeout: Duration::from_secs(29),
    }))
}

async fn call(request: http::request::Builder, body: &str) -> (StatusCode, HeaderMap, String) {
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let response = send::router(app()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (parts.status, parts.headers, text)
}

#[tokio::test]
async fn every_key_that_cannot_exist_gets_one_same_answer() {
    let key = "wati_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let mut answers = Vec::new();
    for (name, value) in [
        ("x-none", ""),
        ("authorization", "Bearer"),
        ("authorization", "Bearer wati_short"),
        ("authorization", key),
        ("x-api-key", "sk_something"),
        ("cookie", "key=wati_x"),
    ] {
        let request = Request::post(PATH).header(name, value);
        let (status, headers, text) = call(request, "{").await;
        assert_eq!(
            status,
            StatusCode::UNAUTHORIZED,
            "before the body is judged"
        );
        assert_eq!(headers["www-authenticate"], "Bearer");
        answers.push(text);
    }
    answers.dedup();
    insta::assert_snapshot!(
        answers.join("\n"),
        @r#"{"error":"a valid API key or access token is required: send it as `Authorization: Bearer …`","code":"unauthorized"}"#
    );
}

#[tokio::test]
async fn a_key_in_the_query_is_not_looked_at() {
    let key = format!("wati_{}", "A".repeat(32));
    let request = Request::post(format!("{PATH}?api_key={key}&authorization={key}"));
    assert_eq!(call(request, "{}").await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_no_fault_of_the_caller() {
    let key = format!("Bearer wati_{}", "A".repeat(32));
    let request = Request::post(PATH).header("authorization", key);
    let (status, headers, text) = call(request, "{}").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(headers["retry-after"], "1");
    insta::assert_snapshot!(text, @r#"{"error":"this can not be done for now: try again","code":"unavailable"}"#);
}

#[tokio::test]
async fn a_preflight_needs_no_key() {
    let request = Request::builder().method("OPTIONS").uri(PATH);
    assert_eq!(call(request, "").await.0, StatusCode::NO_CONTENT);
}
