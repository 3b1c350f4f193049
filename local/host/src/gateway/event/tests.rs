//! Events against what AWS documents and sends.

use std::net::Ipv4Addr;

use http::{HeaderValue, Request};
use serde_json::{Value, json};

use super::*;

fn of(request: Request<&[u8]>, routed: &Routed<'_>) -> Value {
    let (parts, body) = request.into_parts();
    let received = Received {
        method: &parts.method,
        uri: &parts.uri,
        version: parts.version,
        headers: &parts.headers,
        body,
        peer: Ipv4Addr::new(68, 8, 83, 18).into(),
        port: 443,
        id: "ATfSmjLgPHcESJw=",
        at: "2026-07-10T19:19:05.766Z".parse().unwrap(),
    };
    serde_json::from_slice(&event(&received, routed)).unwrap()
}

const DEFAULT: Routed<'static> = Routed {
    key: "$default",
    path: "/",
    parameters: &[],
};

fn body_of(content_type: Option<&str>, body: &[u8]) -> (Value, Value) {
    let mut request = Request::post("http://h/").body(body).unwrap();
    if let Some(content_type) = content_type {
        let value = HeaderValue::from_str(content_type).unwrap();
        request.headers_mut().insert("content-type", value);
    }
    let event = of(request, &DEFAULT);
    (event["body"].clone(), event["isBase64Encoded"].clone())
}

/// The members of the event of the API Gateway Developer Guide, with values as the service sends them.
#[test]
fn an_event_has_what_api_gateway_sends() {
    let request = Request::post(
        "/capture/space%20value?repeat=one&repeat=two&redirect=https%3A%2F%2Fe.com%2Fa&literalPlus=a+b&encodedPlus=a%2Bb&empty=&bare",
    )
    .header("Host", "abc.execute-api.us-west-2.amazonaws.com")
    .header("Content-Type", "application/json")
    .header("User-Agent", "curl/8.7.1")
    .header("X-Probe", "first")
    .header("X-Probe", "second")
    .header("Cookie", "session=abc123; theme=dark;")
    .header("Connection", "keep-alive")
    .header("X-Amzn-Trace-Id", "Root=1-6a5145a9-1bae89e2512ec92d5d9438a0")
    .body("{\"unicode\":\"lambda-λ\"}".as_bytes())
    .unwrap();
    let routed = Routed {
        key: "POST /capture/{what}",
        path: "/capture/space value",
        parameters: &[("what", "space value")],
    };
    let expected = json!({
        "version": "2.0",
        "routeKey": "POST /capture/{what}",
        "rawPath": "/capture/space value",
        "rawQueryString": "repeat=one&repeat=two&redirect=https%3A%2F%2Fe.com%2Fa&literalPlus=a+b&encodedPlus=a%2Bb&empty=&bare",
        "cookies": ["session=abc123", "theme=dark"],
        "headers": {
            "content-length": "23",
            "content-type": "application/json",
            "host": "abc.execute-api.us-west-2.amazonaws.com",
            "user-agent": "curl/8.7.1",
            "x-amzn-trace-id": "Root=1-6a5145a9-1bae89e2512ec92d5d9438a0",
            "x-forwarded-for": "68.8.83.18",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "http",
            "x-probe": "first,second"
        },
        "queryStringParameters": {
            "repeat": "one,two",
            "redirect": "https://e.com/a",
            "literalPlus": "a b",
            "encodedPlus": "a+b",
            "empty": "",
            "bare": ""
        },
        "pathParameters": {"what": "space value"},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": "abc.execute-api.us-west-2.amazonaws.com",
            "domainPrefix": "abc",
            "http": {
                "method": "POST",
                "path": "/capture/space value",
                "protocol": "HTTP/1.1",
                "sourceIp": "68.8.83.18",
                "userAgent": "curl/8.7.1"
            },
            "requestId": "ATfSmjLgPHcESJw=",
            "routeKey": "POST /capture/{what}",
            "stage": "$default",
            "time": "10/Jul/2026:19:19:05 +0000",
            "timeEpoch": 1_783_711_145_766_i64
        },
        "body": "{\"unicode\":\"lambda-λ\"}",
        "isBase64Encoded": false
    });
    assert_eq!(of(request, &routed), expected);
}

#[test]
fn what_a_request_does_not_have_is_left_out() {
    let event = of(Request::get("/").body(&b""[..]).unwrap(), &DEFAULT);
    for absent in ["cookies", "queryStringParameters", "pathParameters", "body"] {
        assert_eq!(event.get(absent), None, "{absent}");
    }
    assert_eq!(event["rawQueryString"], "");
}

#[test]
fn a_forwarded_address_is_kept_before_the_peers() {
    let request = Request::get("/").header("X-Forwarded-For", "10.0.0.1");
    let event = of(request.body(&b""[..]).unwrap(), &DEFAULT);
    assert_eq!(event["headers"]["x-forwarded-for"], "10.0.0.1, 68.8.83.18");
}

#[test]
fn a_body_is_text_for_few_types_and_base64_for_all_others() {
    for text in [
        "application/json",
        "application/JSON; charset=utf-8",
        "text/plain",
        "TEXT/csv;header=present",
        "application/xml",
        "application/javascript",
    ] {
        assert_eq!(
            body_of(Some(text), b"a"),
            (json!("a"), json!(false)),
            "{text}"
        );
    }
    for other in [
        None,
        Some("application/x-www-form-urlencoded"),
        Some("application/octet-stream"),
        Some("application/problem+json"),
        Some("multipart/form-data; boundary=x"),
        Some("image/png"),
    ] {
        assert_eq!(
            body_of(other, b"a"),
            (json!("YQ=="), json!(true)),
            "{other:?}"
        );
    }
    let broken = body_of(Some("application/json"), b"\xff");
    assert_eq!(broken, (json!("/w=="), json!(true)));
}
