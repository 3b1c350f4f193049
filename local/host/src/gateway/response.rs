//! A function's answer (payload format 2.0), and what API Gateway answers itself, as HTTP.

use std::{borrow::Cow, collections::HashMap};

use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Deserialize;

use super::event::of_the_connection;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    status_code: u16,
    #[serde(default, borrow)]
    headers: HashMap<Cow<'a, str>, Cow<'a, str>>,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default, borrow)]
    body: Option<Cow<'a, str>>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// The header that carries the request's id.
const REQUEST_ID: HeaderName = HeaderName::from_static("apigw-requestid");

/// The answer of a function; `None` if it is none that API Gateway understands.
pub(super) fn decode(json: &[u8], request_id: &str) -> Option<Response<Body>> {
    let answer: Answer<'_> = serde_json::from_slice(json).ok()?;
    let mut response = Response::new(match answer.body {
        None => Body::empty(),
        Some(body) if answer.is_base64_encoded => Body::from(STANDARD.decode(&*body).ok()?),
        Some(body) => Body::from(body.into_owned()),
    });
    *response.status_mut() = StatusCode::from_u16(answer.status_code).ok()?;
    let headers = response.headers_mut();
    for (name, value) in &answer.headers {
        let name: HeaderName = name.parse().ok()?;
        if !of_the_connection(&name) && name != header::CONTENT_LENGTH {
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).ok()?);
        }
    }
    for cookie in &answer.cookies {
        headers.append(header::SET_COOKIE, HeaderValue::from_str(cookie).ok()?);
    }
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.entry(header::CONTENT_TYPE).or_insert(text);
    identify(&mut response, request_id);
    Some(response)
}

/// What API Gateway answers when no function does.
pub(super) fn refusal(status: StatusCode, message: &str, request_id: &str) -> Response<Body> {
    let body = serde_json::json!({ "message": message }).to_string();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    identify(&mut response, request_id);
    response
}

fn identify(response: &mut Response<Body>, request_id: &str) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(response: Response<Body>) -> Vec<u8> {
        axum::body::to_bytes(response.into_body(), 1_000)
            .await
            .unwrap()
            .to_vec()
    }

    #[tokio::test]
    async fn an_answer_becomes_status_headers_cookies_and_body() {
        let json = br#"{"statusCode":201,"headers":{"content-type":"application/json","x-a":"1","connection":"close"},
            "multiValueHeaders":{},"cookies":["a=1; HttpOnly","b=2"],"body":"{\"a\":\"\\u00e9\"}","isBase64Encoded":false}"#;
        let response = decode(json, "id=").unwrap();
        assert_eq!(response.status(), 201);
        assert_eq!(response.headers()["x-a"], "1");
        assert_eq!(response.headers()["apigw-requestid"], "id=");
        assert_eq!(response.headers().get("connection"), None);
        let cookies = response.headers().get_all("set-cookie").iter();
        assert_eq!(cookies.collect::<Vec<_>>(), ["a=1; HttpOnly", "b=2"]);
        assert_eq!(body(response).await, br#"{"a":"\u00e9"}"#);
    }

    #[tokio::test]
    async fn a_binary_body_is_decoded() {
        let json =
            br#"{"statusCode":200,"headers":{},"body":"/wD+","isBase64Encoded":true,"cookies":[]}"#;
        let response = decode(json, "id=").unwrap();
        assert_eq!(
            response.headers()["content-type"],
            "text/plain; charset=utf-8"
        );
        assert_eq!(body(response).await, b"\xff\x00\xfe");
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for json in [
            "null",
            "{}",
            "[]",
            r#"{"statusCode":9}"#,
            r#"{"statusCode":200,"body":"%","isBase64Encoded":true}"#,
        ] {
            assert!(decode(json.as_bytes(), "id=").is_none(), "{json}");
        }
    }
}
