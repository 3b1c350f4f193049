//! Paths as API Gateway hands them over: decoded, beside the route that it matched.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use axum::body::Body;
use axum::routing::get;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use lambda_http::request::LambdaRequest;
use openwati_web::extract::ApiPath;
use openwati_web::{Routes, finish};
use serde_json::json;
use tower::ServiceExt as _;

/// The event of a GET of `path`, as it is after decoding, on `route`.
fn event(route: &str, path: &str, parameters: serde_json::Value) -> Request<lambda_http::Body> {
    let event = json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "q=1",
        "headers": {"host": "api.example.com"},
        "pathParameters": parameters,
        "requestContext": {
            "routeKey": route,
            "stage": "$default",
            "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
        },
        "isBase64Encoded": false,
    });
    let event: LambdaRequest = serde_json::from_value(event).unwrap();
    event.into()
}

async fn answer(event: Request<lambda_http::Body>) -> (StatusCode, String) {
    let echo = async |ApiPath(id): ApiPath<String>| id;
    let routes = Routes::default()
        .route("/things/{id}", get(echo))
        .route("/plain", get(async || "plain"))
        .route(
            "/{*else}",
            get(async |request: Request<Body>| request.uri().path().to_owned()),
        );
    let response = finish(routes, ()).oneshot(event).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn a_parameter_keeps_its_slashes_and_signs() {
    for id in [
        "wamid.a/b+c==",
        "a%2Fb",
        "what?",
        "a#b",
        "a b",
        "..",
        "ü",
        "100%",
    ] {
        let path = format!("/things/{id}");
        let event = event("GET /things/{id}", &path, json!({"id": id}));
        assert_eq!(answer(event).await, (StatusCode::OK, id.to_owned()));
    }
}

#[tokio::test]
async fn a_greedy_parameter_is_one_parameter() {
    let parameters = json!({"id": "a/b c"});
    let event = event("GET /things/{id+}", "/things/a/b c", parameters);
    assert_eq!(answer(event).await, (StatusCode::OK, "a/b c".to_owned()));
}

#[tokio::test]
async fn a_path_without_parameters_stays() {
    let event = event("GET /plain", "/plain", json!({}));
    assert_eq!(answer(event).await.1, "plain");
}

#[tokio::test]
async fn a_path_that_no_route_matched_is_encoded_anew() {
    let event = event("$default", "/Things/a b%2F", json!({}));
    assert_eq!(answer(event).await.1, "/Things/a%20b%252F");
}
