//! What is wrong is said, nothing is changed by it, and nothing of it is our fault.

use openwati_tests::{Answer, Raw, Running, raw, someone};
use serde_json::{Value, json};

/// An answer to what a caller did wrong: below 500, and said in WATI Pro's shape.
#[track_caller]
fn is_told(answer: &Answer, what: &str) {
    assert!(
        (400..500).contains(&answer.status),
        "{what}: {} {}",
        answer.status,
        answer.text
    );
    let fields = ["error", "code"].map(|name| answer.body[name].as_str());
    assert!(
        fields
            .iter()
            .all(|field| field.is_some_and(|text| !text.is_empty())),
        "{what}: {}",
        answer.text
    );
}

#[tokio::test]
async fn a_body_that_is_wrong_is_refused_by_name_and_sends_nothing() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let stranger = platform.tenant().make().await;
    let to = someone();
    let with = |name: &str, value: Value| {
        let mut body = json!({"to": to, "message": "Hello"});
        body[name] = value;
        body.to_string().into_bytes()
    };
    let text = |body: &str| body.as_bytes().to_vec();
    let long = "x".repeat(4_097);
    let emoji = "😀".repeat(4_097);
    // (body, status, code, what the error names)
    let mut table = vec![
        (text(""), 400, "invalid_json", "empty"),
        (text("  \n"), 400, "invalid_json", "empty"),
        (text("{"), 400, "invalid_json", "JSON"),
        (
            text("{\"to\": \"+923001234567\", \"message\": \"Hello\""),
            400,
            "invalid_json",
            "JSON",
        ),
        (
            text("{\"to\": \"+923001234567\",, \"message\": \"Hello\"}"),
            400,
            "invalid_json",
            "JSON",
        ),
        (
            text("to=%2B923001234567&message=Hello"),
            400,
            "invalid_json",
            "JSON",
        ),
        (text("[]"), 400, "invalid_json", "object"),
        (text("null"), 400, "invalid_json", "object"),
        (text("\"Hello\""), 400, "invalid_json", "object"),
        (text(&"{\"a\":".repeat(10_000)), 400, "invalid_json", "JSON"),
        (
            b"{\"to\": \"923001234567\", \"message\": \"\xff\xfe\"}".to_vec(),
            400,
            "invalid_json",
            "UTF-8",
        ),
        (text("{}"), 400, "invalid_request", "to"),
        (
            text("{\"to\": \"+923001234567\"}"),
            400,
            "invalid_request",
            "message",
        ),
        (
            text("{\"message\": \"Hello\"}"),
            400,
            "invalid_request",
            "to",
        ),
        (
            with("message", json!(null)),
            400,
            "invalid_request",
            "message",
        ),
        (with("message", json!(1)), 400, "invalid_request", "message"),
        (
            with("message", json!(["Hello"])),
            400,
            "invalid_request",
            "message",
        ),
        (
            with("message", json!({"text": "Hello"})),
            400,
            "invalid_request",
            "message",
        ),
        (
            with("to", json!(923_001_234_567_u64)),
            400,
            "invalid_request",
            "to",
        ),
        (with("to", json!(true)), 400, "invalid_request", "to"),
        (
            with("deviceId", json!(7)),
            400,
            "invalid_request",
            "deviceId",
        ),
        (
            with("message", json!("")),
            400,
            "invalid_message",
            "message",
        ),
        (
            with("message", json!(long)),
            400,
            "invalid_message",
            "message",
        ),
        (
            with("message", json!(emoji)),
            400,
            "invalid_message",
            "message",
        ),
        (with("deviceId", json!("")), 404, "not_found", "device"),
        (with("deviceId", json!("first")), 404, "not_found", "device"),
        (
            with("deviceId", json!("6a297f90-0000-8c41-a2f6-4b8d60e1c357")),
            404,
            "not_found",
            "device",
        ),
        (
            with("deviceId", json!(stranger.channel().id.uuid())),
            404,
            "not_found",
            "device",
        ),
        (
            with("deviceId", json!(stranger.channel().id.hex())),
            404,
            "not_found",
            "device",
        ),
        (
            with("message", json!("x".repeat(256 * 1024))),
            413,
            "payload_too_large",
            "262144",
        ),
    ];
    for number in [
        "",
        " ",
        "+",
        "abc",
        "12",
        "+00000000",
        "++923001234567",
        "92300123456789012345",
        "0300 1234567",
        "+1 555",
        "923001234567,923001234568",
        "🙂",
    ] {
        table.push((with("to", json!(number)), 400, "invalid_phone_number", "to"));
    }
    for (body, status, code, named) in table {
        let shown = String::from_utf8_lossy(&body)
            .chars()
            .take(80)
            .collect::<String>();
        let answer = tenant.client.send_bytes(body).await;
        assert_eq!(
            (answer.status, answer.body["code"].as_str()),
            (status, Some(code)),
            "{shown}: {}",
            answer.text
        );
        assert!(answer.error().contains(named), "{shown}: {}", answer.text);
        assert_eq!(
            answer.body.as_object().map(serde_json::Map::len),
            Some(2),
            "{shown}: {}",
            answer.text
        );
    }
    assert_eq!(tenant.places_taken().await, 0);
    assert_eq!(platform.whatsapp().phone(&to).texts().await, [""; 0]);
    assert!(tenant.client.with(&to).await.is_empty());
}

#[tokio::test]
async fn the_longest_text_and_what_nobody_asked_for_are_taken() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    for message in [
        "x".repeat(4_096),
        "😀".repeat(4_096),
        "\u{0}\u{202e}«ß»\n\t\\\"".to_owned(),
    ] {
        let to = someone();
        let body = json!({"to": to, "message": message, "urgent": true, "to2": {"to": []}});
        let answer = tenant.client.send_body(&body).await;
        if message.contains('\u{0}') {
            // Whether a NUL may be sent is WhatsApp's to say; it is no fault of ours.
            assert!(answer.status < 500, "{}", answer.text);
            continue;
        }
        let id = answer.ok().id().to_owned();
        assert_eq!(
            platform.whatsapp().phone(&to).texts().await,
            [message.as_str()]
        );
        assert_eq!(
            tenant.client.message(&id).await.ok().body["message"]["text"],
            message.as_str()
        );
    }
    let to = someone();
    let twice = format!(
        "{{\"to\": \"1\", \"message\": \"first\", \"to\": \"{to}\", \"message\": \"last\"}}"
    );
    tenant.client.send_bytes(twice).await.ok();
    assert_eq!(platform.whatsapp().phone(&to).texts().await, ["last"]);
}

#[tokio::test]
async fn a_body_that_api_gateway_or_lambda_would_not_take_is_413() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    for size in [7 << 20, 11 << 20] {
        let body = json!({"to": "923001234567", "message": "x".repeat(size)}).to_string();
        let request =
            Raw::new("POST /api/public/v1/send").header("Authorization", tenant.client.key());
        let answer = raw(&platform.ready().base_url, request.body(body)).await;
        assert_eq!(answer.status, 413, "{}", answer.text);
    }
}

#[tokio::test]
async fn messages_of_others_and_ids_that_are_none_are_not_found() {
    let platform = Running::shared();
    let (tenant, other) = (
        platform.tenant().make().await,
        platform.tenant().make().await,
    );
    let sent = other.client.send(&someone(), "Not yours").await.ok();
    let long = "w".repeat(3_000);
    let ids = [
        sent.id(),
        sent.wamid(),
        "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
        "6a297f98800000000000000a",
        "wamid.HBgMOTIzMDAxMjM0NTY3FQIAERgSQzVFOEI5AA==",
        "0",
        "null",
        "a b",
        "a/b",
        "a+b",
        "a%2Fb",
        "a#b?c=d",
        "%00",
        "\u{0}",
        "..",
        "{id}",
        "رسالة",
        "😀",
        "'; DROP TABLE messages; --",
        &long,
    ];
    for id in ids {
        let answer = tenant.client.message(id).await;
        assert_eq!(
            (answer.status, answer.str("code")),
            (404, "not_found"),
            "{id}: {}",
            answer.text
        );
    }
    other.client.message(sent.id()).await.ok();
    other.client.message(sent.wamid()).await.ok();
}

#[tokio::test]
async fn a_parameter_that_is_wrong_is_named() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let table = [
        ("limit", "0", "invalid_request"),
        ("limit", "101", "invalid_request"),
        ("limit", "-1", "invalid_request"),
        ("limit", "abc", "invalid_request"),
        ("limit", "", "invalid_request"),
        ("limit", "99999999999999999999", "invalid_request"),
        ("since", "yesterday", "invalid_request"),
        ("since", "2026-13-01T00:00:00Z", "invalid_request"),
        ("until", "1780000000", "invalid_request"),
        ("direction", "up", "invalid_request"),
        ("direction", "", "invalid_request"),
        ("cursor", "x", "invalid_cursor"),
        ("cursor", "", "invalid_cursor"),
        ("cursor", "../../etc", "invalid_cursor"),
        ("peer", "abc", "invalid_phone_number"),
        ("peer", "", "invalid_phone_number"),
    ];
    for (name, value, code) in table {
        let answer = tenant.client.messages(&[(name, value)]).await;
        assert_eq!(
            (answer.status, answer.str("code")),
            (400, code),
            "{name}={value}: {}",
            answer.text
        );
        assert!(
            answer.error().contains(name),
            "{name}={value}: {}",
            answer.text
        );
    }
    let twice = tenant
        .client
        .messages(&[("limit", "1"), ("limit", "2")])
        .await;
    is_told(&twice, "limit twice");
    for odd in [
        "?",
        "?&&",
        "?unknown=1",
        "?limit=1&x=%zz",
        "?%",
        "?limit=%31",
    ] {
        let path = format!("GET /api/public/v1/messages{odd}");
        let request = Raw::new(path).header("Authorization", tenant.client.key());
        let answer = raw(&platform.ready().base_url, request).await;
        assert!(answer.status < 500, "{odd}: {}", answer.text);
    }
}
