//! What Graph refuses, and with which code.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Value, json};
use support::{
    refused::{Refused, assert_refused, of},
    *,
};

fn template(components: Value) -> Value {
    of(
        "template",
        json!({"name": "a", "language": {"code": "en"}, "components": components}),
    )
}

fn refused() -> Vec<Refused> {
    let long = |length: usize| "x".repeat(length);
    let mut without_product = text(CUSTOMER, "x");
    without_product
        .as_object_mut()
        .unwrap()
        .remove("messaging_product");
    let with = |name: &str, value: Value| {
        let mut body = text(CUSTOMER, "x");
        body[name] = value;
        body
    };
    vec![
        ("an array", 100, json!([])),
        ("no product", 131_008, without_product),
        (
            "another product",
            131_009,
            with("messaging_product", json!("sms")),
        ),
        (
            "no recipient",
            131_008,
            json!({"messaging_product": "whatsapp", "text": {"body": "x"}}),
        ),
        ("a recipient that is no number", 131_009, text("abc", "x")),
        (
            "a recipient without country",
            131_009,
            text("0300123456", "x"),
        ),
        (
            "a recipient as JSON number",
            100,
            with("to", json!(923001234567u64)),
        ),
        (
            "a user id that is none",
            131_009,
            json!({"messaging_product": "whatsapp", "recipient": "x", "text": {"body": "x"}}),
        ),
        ("the number itself", 131_021, text(BUSINESS, "x")),
        (
            "an unknown recipient_type",
            131_009,
            with("recipient_type", json!("both")),
        ),
        ("an unknown type", 100, with("type", json!("smell"))),
        ("a type as JSON number", 100, with("type", json!(1))),
        (
            "a type without its content",
            131_008,
            with("type", json!("image"))
                .as_object()
                .map(|body| {
                    let mut body = body.clone();
                    body.remove("text");
                    json!(body)
                })
                .unwrap(),
        ),
        ("content of another type", 100, with("type", json!("image"))),
        (
            "a misspelt member",
            100,
            with("biz_opaque_callbackdata", json!("x")),
        ),
        (
            "callback data too long",
            131_009,
            with("biz_opaque_callback_data", json!(long(513))),
        ),
        ("a context without id", 131_008, with("context", json!({}))),
        (
            "content of the wrong JSON type",
            100,
            with("text", json!("x")),
        ),
        ("no text", 131_008, of("text", json!({}))),
        ("an empty text", 131_009, text(CUSTOMER, "")),
        ("a text too long", 131_009, text(CUSTOMER, &long(4_097))),
        (
            "preview as text",
            100,
            of("text", json!({"body": "x", "preview_url": "yes"})),
        ),
        (
            "a misspelt text member",
            100,
            of("text", json!({"body": "x", "preview": true})),
        ),
        (
            "media without source",
            131_008,
            of("image", json!({"caption": "x"})),
        ),
        (
            "media with both sources",
            131_009,
            of("image", json!({"id": "1", "link": "https://example.com/a"})),
        ),
        (
            "media that nobody uploaded",
            100,
            of("image", json!({"id": "123"})),
        ),
        (
            "a link that is none",
            131_009,
            of("image", json!({"link": "ftp://example.com/a"})),
        ),
        (
            "a link without host",
            131_009,
            of("image", json!({"link": "a.jpg"})),
        ),
        (
            "a caption too long",
            131_009,
            of(
                "image",
                json!({"link": "https://example.com/a", "caption": long(1_025)}),
            ),
        ),
        (
            "a caption on audio",
            100,
            of(
                "audio",
                json!({"link": "https://example.com/a", "caption": "x"}),
            ),
        ),
        (
            "a filename on a picture",
            100,
            of(
                "image",
                json!({"link": "https://example.com/a", "filename": "a.jpg"}),
            ),
        ),
        (
            "a latitude off the globe",
            131_009,
            of("location", json!({"latitude": 91, "longitude": 0})),
        ),
        (
            "no longitude",
            131_008,
            of("location", json!({"latitude": 1})),
        ),
        (
            "a latitude in words",
            100,
            of("location", json!({"latitude": "north", "longitude": 0})),
        ),
        ("no contacts", 131_009, of("contacts", json!([]))),
        ("contacts as object", 100, of("contacts", json!({}))),
        (
            "a contact without name",
            131_008,
            of("contacts", json!([{}])),
        ),
        (
            "a contact with a whole name alone",
            131_008,
            of("contacts", json!([{"name": {"formatted_name": "A"}}])),
        ),
        (
            "a birthday in words",
            131_009,
            of(
                "contacts",
                json!([{"name": {"formatted_name": "A", "first_name": "A"}, "birthday": "May"}]),
            ),
        ),
        (
            "a reaction to nothing",
            131_008,
            of("reaction", json!({"emoji": "👍"})),
        ),
        (
            "a reaction in words",
            131_009,
            of(
                "reaction",
                json!({"message_id": "wamid.x", "emoji": "good"}),
            ),
        ),
        (
            "a pin outside of a group",
            131_009,
            of(
                "pin",
                json!({"type": "pin", "message_id": "wamid.x", "expiration_days": 7}),
            ),
        ),
        (
            "a template without name",
            131_008,
            of("template", json!({"language": {"code": "en"}})),
        ),
        (
            "a template without language",
            131_008,
            of("template", json!({"name": "a"})),
        ),
        (
            "a language as text",
            100,
            of("template", json!({"name": "a", "language": "en"})),
        ),
        (
            "another policy",
            131_009,
            of(
                "template",
                json!({"name": "a", "language": {"code": "en", "policy": "fallback"}}),
            ),
        ),
        (
            "an unknown component",
            131_009,
            template(json!([{"type": "smell"}])),
        ),
        (
            "a button without place",
            131_008,
            template(json!([{"type": "button", "sub_type": "url"}])),
        ),
        (
            "a button in place ten",
            131_009,
            template(json!([{"type": "button", "sub_type": "url", "index": "10"}])),
        ),
        (
            "an unknown kind of button",
            131_009,
            template(json!([{"type": "button", "sub_type": "smell", "index": 0}])),
        ),
        (
            "a parameter without content",
            131_008,
            template(json!([{"type": "body", "parameters": [{"type": "text"}]}])),
        ),
        (
            "a parameter with a new line",
            131_009,
            template(json!([{"type": "body", "parameters": [{"type": "text", "text": "a\nb"}]}])),
        ),
        (
            "named and positional mixed",
            131_009,
            template(json!([{"type": "body", "parameters": [
            {"type": "text", "text": "a", "parameter_name": "b"}, {"type": "text", "text": "c"}]}])),
        ),
        (
            "a picture in the body",
            131_009,
            template(json!([{"type": "body", "parameters": [
            {"type": "image", "image": {"link": "https://example.com/a"}}]}])),
        ),
        (
            "a template's picture that nobody uploaded",
            100,
            template(json!([{"type": "header",
            "parameters": [{"type": "image", "image": {"id": "1"}}]}])),
        ),
        (
            "another status",
            131_009,
            json!({"messaging_product": "whatsapp", "status": "delivered", "message_id": "x"}),
        ),
        (
            "nothing to read",
            131_008,
            json!({"messaging_product": "whatsapp", "status": "read"}),
        ),
        (
            "another indicator",
            131_009,
            json!({"messaging_product": "whatsapp", "status": "read",
            "message_id": "x", "typing_indicator": {"type": "voice"}}),
        ),
    ]
}

#[tokio::test]
async fn what_meta_refuses_is_refused_with_metas_code() {
    assert_refused(refused()).await;
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let whatsapp = Whatsapp::start().await;
    let url = whatsapp.graph(&format!("{NUMBER}/messages"));
    let huge = format!("\"{}\"", "x".repeat(2 << 20));
    for (content_type, body) in [
        ("application/json", "{\"a\":"),
        ("application/json", "\u{0}"),
        ("text/plain", "{}"),
        ("application/json", ""),
        ("application/json", huge.as_str()),
    ] {
        let request = whatsapp
            .client
            .post(&url)
            .bearer_auth(TOKEN)
            .body(body.to_owned());
        let answer = request
            .header("content-type", content_type)
            .send()
            .await
            .unwrap();
        let (status, answer) = read(answer).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(100)),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn who_may_not_send_does_not() {
    let whatsapp = Whatsapp::start().await;
    let mut other = number("http://127.0.0.1:9/callback");
    other.phone_number_id = "200".into();
    other.waba_id = "201".into();
    other.display_phone_number = "15550000002".into();
    other.access_token = "token-of-the-second".into();
    whatsapp.simulator.add_number(other);
    let cases = [
        (NUMBER, None, 401, 104, None),
        (NUMBER, Some("wrong"), 401, 190, None),
        (NUMBER, Some("token-of-the-second"), 400, 100, Some(33)),
        ("200", Some(TOKEN), 400, 100, Some(33)),
        ("999", Some(TOKEN), 400, 100, Some(33)),
        ("999", Some("wrong"), 401, 190, None),
    ];
    for (number, token, status, code, subcode) in cases {
        let url = whatsapp.graph(&format!("{number}/messages"));
        let mut request = whatsapp.client.post(url).json(&text(CUSTOMER, "x"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let (got, answer) = read(request.send().await.unwrap()).await;
        assert_eq!(
            (got, &answer["error"]["code"]),
            (status, &json!(code)),
            "{answer}"
        );
        assert_eq!(answer["error"]["error_subcode"], json!(subcode), "{answer}");
    }
}
