//! Customers write, and any other callback of Meta's.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Value, json};
use support::*;

fn messages() -> String {
    format!("/customers/{CUSTOMER}/messages")
}

#[tokio::test]
async fn a_customer_writes_and_the_platform_hears_it() {
    let whatsapp = Whatsapp::start().await;
    let request = json!({"type": "text", "text": "hi/há", "name": "Ana"});
    let (status, answer) = whatsapp.post(&messages(), request).await;
    assert_eq!(status, 200, "{answer}");
    let received = &whatsapp.platform.wait(1).await[0];
    assert_eq!(received.signature, hmac(SECRET, &received.raw));
    assert!(received.raw.is_ascii());
    let message = &received.value()["messages"][0];
    let user = message["from_user_id"].clone();
    assert_eq!(
        received.value(),
        &json!({
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": BUSINESS, "phone_number_id": NUMBER},
            "contacts": [{"profile": {"name": "Ana"}, "wa_id": CUSTOMER, "user_id": user}],
            "messages": [{"from": CUSTOMER, "from_user_id": user, "id": answer["id"],
                "timestamp": message["timestamp"], "type": "text", "text": {"body": "hi/há"}}],
        })
    );
    assert!(message["timestamp"].is_string());
    assert_eq!(received.body["entry"][0]["time"], Value::Null);
    whatsapp.quiet().await;
    let phone = whatsapp.phone(CUSTOMER).await;
    assert_eq!(phone[0]["direction"], "in");
    assert_eq!(phone[0]["text"], "hi/há");

    let (_, _) = whatsapp
        .post(
            &messages(),
            json!({"type": "text", "text": {"body": "again"}}),
        )
        .await;
    let received = whatsapp.platform.wait(2).await;
    assert_eq!(
        received[1].value()["contacts"][0]["profile"]["name"],
        "Ana",
        "the name stays"
    );
}

#[tokio::test]
async fn every_type_of_message_reaches_the_platform() {
    let whatsapp = Whatsapp::start().await;
    let cases = [
        (
            json!({"type": "image", "image": {"id": "1", "caption": "look"}}),
            json!("look"),
        ),
        (
            json!({"type": "audio", "audio": {"id": "1", "voice": true}}),
            Value::Null,
        ),
        (
            json!({"type": "document", "document": {"id": "1", "filename": "a.pdf"}}),
            json!("a.pdf"),
        ),
        (
            json!({"type": "sticker", "sticker": {"id": "1", "animated": false}}),
            Value::Null,
        ),
        (
            json!({"type": "location", "location": {"latitude": 1.5, "longitude": -2}}),
            json!("1.5, -2"),
        ),
        (
            json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Bo"}}]}),
            json!("Bo"),
        ),
        (
            json!({"type": "button", "button": {"payload": "p", "text": "Yes"},
            "context": {"message_id": "wamid.x"}}),
            json!("Yes"),
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "button_reply",
            "button_reply": {"id": "1", "title": "No"}}}),
            json!("No"),
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "list_reply",
            "list_reply": {"id": "1", "title": "Tea"}}}),
            json!("Tea"),
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "nfm_reply",
            "nfm_reply": {"name": "flow", "body": "Sent", "response_json": "{}"}}}),
            json!("Sent"),
        ),
        (
            json!({"type": "order", "order": {"catalog_id": "1", "text": "please", "product_items": []}}),
            json!("please"),
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}}),
            json!("👍"),
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.x"}}),
            Value::Null,
        ),
        (
            json!({"type": "system", "system": {"type": "user_changed_number", "body": "moved", "wa_id": "1"}}),
            json!("moved"),
        ),
        (json!({"type": "unsupported"}), Value::Null),
        (json!({"type": "request_welcome"}), Value::Null),
        (
            json!({"type": "edit", "edit": {"original_message_id": "wamid.x",
            "message": {"type": "text", "text": {"body": "better"}}}}),
            json!("better"),
        ),
        (
            json!({"type": "revoke", "revoke": {"original_message_id": "wamid.x"}}),
            Value::Null,
        ),
        (
            json!({"type": "poll", "poll": {"anything": 1}}),
            Value::Null,
        ),
        (
            json!({"type": "text", "text": "from an ad", "referral": {"source_id": "1"}}),
            json!("from an ad"),
        ),
    ];
    for (count, (request, text)) in cases.iter().enumerate() {
        let (status, answer) = whatsapp.post(&messages(), request.clone()).await;
        assert_eq!(status, 200, "{request}: {answer}");
        let received = whatsapp.platform.wait(count + 1).await;
        let value = received[count].value();
        let message = &value["messages"][0];
        assert_eq!(message["type"], request["type"]);
        let is_system = request["type"] == "system";
        assert_eq!(value["contacts"].is_null(), is_system, "{request}");
        assert_eq!(
            &whatsapp.phone(CUSTOMER).await[count]["text"],
            text,
            "{request}"
        );
    }
    let received = whatsapp.platform.received();
    let message = |index: usize| &received[index].value()["messages"][0];
    assert_eq!(message(0)["image"]["mime_type"], "image/jpeg");
    assert!(message(0)["image"]["sha256"].is_string());
    assert_eq!(
        message(6)["context"],
        json!({"from": BUSINESS, "id": "wamid.x"})
    );
    assert_eq!(message(14)["errors"][0]["code"], 131_051);
    assert_eq!(message(19)["referral"], json!({"source_id": "1"}));
}

#[tokio::test]
async fn several_numbers_are_told_apart() {
    let whatsapp = Whatsapp::start().await;
    let (platform, url) = Platform::start().await;
    let mut other = number(&url);
    other.phone_number_id = "200".into();
    other.waba_id = "201".into();
    other.display_phone_number = "15550000002".into();
    other.app_secret = "another secret".into();
    whatsapp.simulator.add_number(other);
    for channel in ["200", "15550000002", "+1 555-000-0002"] {
        let request = json!({"type": "text", "text": "hi", "channel": channel});
        let (status, answer) = whatsapp.post(&messages(), request).await;
        assert_eq!(status, 200, "{answer}");
    }
    let received = platform.wait(3).await;
    assert_eq!(
        received[0].signature,
        hmac("another secret", &received[0].raw)
    );
    assert_eq!(received[0].body["entry"][0]["id"], "201");
    assert!(whatsapp.platform.received().is_empty());
    assert_eq!(whatsapp.phone(CUSTOMER).await[0]["channel"], "200");
}

#[tokio::test]
async fn bad_input_is_named_and_changes_nothing() {
    let whatsapp = Whatsapp::start().await;
    let messages = messages();
    let window = format!("/customers/{CUSTOMER}/window");
    let text = json!({"type": "text", "text": "x"});
    let cases = [
        ("/customers/abc/messages", text.clone(), "number"),
        ("/customers/%20/messages", text.clone(), "number"),
        ("/customers/US.1/messages", text.clone(), "number"),
        ("/customers/15550000001/messages", text.clone(), "number"),
        ("/customers/abc/read", json!({}), "number"),
        (&messages, json!({}), "type"),
        (&messages, json!([]), "invalid type"),
        (&messages, json!({"type": 1}), "type"),
        (
            &messages,
            json!({"type": "channel", "channel": "x"}),
            "channel",
        ),
        (&messages, json!({"type": "text"}), "text"),
        (&messages, json!({"type": "text", "text": ""}), "text.body"),
        (
            &messages,
            json!({"type": "text", "text": {"body": 1}}),
            "text.body",
        ),
        (
            &messages,
            json!({"type": "text", "text": "x", "image": {}}),
            "image",
        ),
        (
            &messages,
            json!({"type": "text", "text": "x", "channel": "9"}),
            "channel",
        ),
        (
            &messages,
            json!({"type": "text", "text": "x", "name": ""}),
            "name",
        ),
        (
            &messages,
            json!({"type": "text", "text": "x", "name": 1}),
            "name",
        ),
        (
            &messages,
            json!({"type": "text", "text": "x", "context": 1}),
            "context",
        ),
        (
            &messages,
            json!({"type": "text", "text": "x", "errors": {}}),
            "errors",
        ),
        (
            &messages,
            json!({"type": "image", "image": {"id": 1}}),
            "image.id",
        ),
        (
            &messages,
            json!({"type": "location", "location": {"latitude": 1, "longitude": "2"}}),
            "location.longitude",
        ),
        (
            &messages,
            json!({"type": "contacts", "contacts": []}),
            "contacts",
        ),
        (
            &messages,
            json!({"type": "interactive", "interactive": {"type": "list_reply"}}),
            "interactive.list_reply",
        ),
        (&messages, json!({"type": "order", "order": 1}), "order"),
        (&window, json!({}), "open"),
        (&window, json!({"open": "no"}), "open"),
        ("/events", json!({"field": "", "value": {}}), "field"),
        ("/events", json!({"field": "flows"}), "value"),
        ("/events", json!({"field": "flows", "value": 1}), "value"),
        (
            "/events",
            json!({"field": "flows", "value": {}, "channel": "9"}),
            "channel",
        ),
        ("/faults", json!({}), "error"),
        ("/faults", json!({"http": "x"}), "http"),
        ("/faults", json!({"smell": 1}), "smell"),
        ("/faults", json!({"error": {"code": "x"}}), "error.code"),
        ("/faults", json!({"queue": "a", "duplicate": 0.1}), "queue"),
        (
            "/faults",
            json!({"queue": "a", "duplicate": 2}),
            "duplicate",
        ),
    ];
    for (path, body, named) in cases {
        let (status, answer) = whatsapp.post(path, body.clone()).await;
        assert_eq!(status, 400, "{path} {body}: {answer}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(named), "{path} {body}: {error}");
    }
    for (method, path, status) in [("GET", "/nowhere", 404), ("PUT", "/events", 405)] {
        let url = format!("{}{path}", whatsapp.base);
        let answer = whatsapp
            .client
            .request(method.parse().unwrap(), url)
            .send()
            .await;
        let (got, answer) = read(answer.unwrap()).await;
        assert_eq!(got, status);
        assert!(answer["error"].is_string(), "{answer}");
    }
    assert!(whatsapp.phone(CUSTOMER).await.is_empty());
    assert!(whatsapp.platform.received().is_empty());
}

#[tokio::test]
async fn any_event_of_metas_can_be_sent() {
    let whatsapp = Whatsapp::start().await;
    let value =
        json!({"event": "APPROVED", "message_template_id": 1, "message_template_name": "a"});
    let event = json!({"field": "message_template_status_update", "value": value});
    assert_eq!(whatsapp.post("/events", event).await.0, 200);
    let received = &whatsapp.platform.wait(1).await[0];
    assert_eq!(received.signature, hmac(SECRET, &received.raw));
    let entry = &received.body["entry"][0];
    assert_eq!(entry["id"], WABA);
    assert!(entry["time"].is_i64());
    let change = json!({"field": "message_template_status_update", "value": value});
    assert_eq!(entry["changes"], json!([change]));
}
