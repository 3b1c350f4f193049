//! What customers write, in every shape of Meta's, and callbacks to the letter.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Value, json};
use support::{
    contract::{Correction, assert_valid, document, schema},
    *,
};

/// A message of every type, the schema of Meta's document, and how the request differs from it.
fn described() -> Vec<(&'static str, Value)> {
    let reply = json!({"message_id": "wamid.x"});
    let item =
        json!({"product_retailer_id": "a", "quantity": 2, "item_price": 30, "currency": "USD"});
    vec![
        ("TextMessage_2", json!({"type": "text", "text": "hi"})),
        (
            "TextMessage_2",
            json!({"type": "text", "text": "hi", "referral": {
            "source_url": "https://fb.me/a", "source_id": "1", "source_type": "ad", "body": "a",
            "headline": "b", "media_type": "image", "image_url": "https://example.com/a",
            "ctwa_clid": "c", "welcome_message": {"text": "Hi!"}}}),
        ),
        (
            "TextMessage_2",
            json!({"type": "text", "text": "this one?", "context": {"id": "wamid.x",
            "referred_product": {"catalog_id": "1", "product_retailer_id": "a"}}}),
        ),
        (
            "ImageMessage_1",
            json!({"type": "image", "image": {"caption": "look"}}),
        ),
        ("VideoMessage_1", json!({"type": "video"})),
        ("AudioMessage_1", json!({"type": "audio"})),
        ("DocumentMessage_1", json!({"type": "document"})),
        ("StickerMessage_1", json!({"type": "sticker"})),
        (
            "LocationMessage_1",
            json!({"type": "location", "location": {"latitude": 1.5,
            "longitude": -2, "name": "Here", "address": "1 Road", "url": "https://example.com"}}),
        ),
        (
            "ContactSharingMessage",
            json!({"type": "contacts", "contacts": [{
            "name": {"formatted_name": "Bo"}, "phones": [{"phone": "+1", "type": "MOBILE"}]}]}),
        ),
        (
            "ReactionMessage_1",
            json!({"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}}),
        ),
        (
            "ReactionMessage_1",
            json!({"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": ""}}),
        ),
        (
            "ButtonMessage",
            json!({"type": "button", "button": {"payload": "p", "text": "Yes"}, "context": reply}),
        ),
        (
            "InteractiveMessageReply",
            json!({"type": "interactive", "context": reply, "interactive": {
            "type": "button_reply", "button_reply": {"id": "1", "title": "No"}}}),
        ),
        (
            "InteractiveMessageReply",
            json!({"type": "interactive", "context": reply, "interactive": {
            "type": "list_reply", "list_reply": {"id": "1", "title": "Tea", "description": "hot"}}}),
        ),
        (
            "OrderMessage",
            json!({"type": "order", "order": {"catalog_id": "1", "text": "", "product_items": [item]}}),
        ),
        ("UnsupportedMessage", json!({"type": "unsupported"})),
        (
            "SystemMessage",
            json!({"type": "system", "system": {"type": "user_changed_number",
            "body": "moved", "wa_id": "12195555358"}}),
        ),
    ]
}

#[tokio::test]
async fn messages_are_what_metas_document_describes() {
    let Some(document) = document() else { return };
    let corrections = || -> Vec<Correction> {
        let inbound = |name: &str| document["components"]["schemas"][name].clone();
        vec![
            (
                "/BaseMessageProperties",
                inbound("BaseMessageProperties_1"),
                "the name stands for what is sent, too",
            ),
            (
                "/ContactObject",
                inbound("ContactObject_1"),
                "the name stands for what is sent, too",
            ),
            (
                "/ErrorObject",
                inbound("ErrorObject_2"),
                "the name stands for Graph's errors, too",
            ),
        ]
    };
    let whatsapp = Whatsapp::start().await;
    for (name, request) in described() {
        let message = whatsapp.hears(request).await;
        assert_valid(&schema(&document, name, corrections()), &message, name);
    }
    for received in whatsapp.platform.received() {
        let value = received.value();
        assert_valid(
            &schema(&document, "Metadata", vec![]),
            &value["metadata"],
            "metadata",
        );
        if value["messages"][0]["type"] != "system" {
            assert_valid(
                &schema(&document, "ContactProfile", vec![]),
                &value["contacts"][0],
                "a contact",
            );
        }
    }
}

#[tokio::test]
async fn what_is_answered_of_a_file_is_what_metas_document_describes() {
    let Some(mut document) = document() else {
        return;
    };
    let path = "/paths/~1{Version}~1{Media-ID}/get/responses/200/content/application~1json/schema";
    let mut answer = document.pointer(path).unwrap().clone();
    // The document has a text here; Graph answers a number.
    answer["properties"]["file_size"] = json!({"type": "integer"});
    answer["required"] = json!([
        "file_size",
        "id",
        "messaging_product",
        "mime_type",
        "sha256",
        "url"
    ]);
    answer["additionalProperties"] = json!(false);
    document["components"]["schemas"]["Media"] = answer;
    let whatsapp = Whatsapp::start().await;
    let message = whatsapp.hears(json!({"type": "image"})).await;
    let (_, found) = whatsapp
        .ask("GET", message["image"]["id"].as_str().unwrap())
        .await;
    assert_valid(&schema(&document, "Media", vec![]), &found, "a look-up");
}

#[tokio::test]
async fn shapes_that_the_document_lacks_are_passed_on() {
    let whatsapp = Whatsapp::start().await;
    let cases = [
        json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply":
            {"name": "flow", "body": "Sent", "response_json": "{\"a\":1}"}}}),
        json!({"type": "interactive", "interactive": {"type": "call_permission_reply",
            "call_permission_reply": {"response": "accept", "is_permanent": false}}}),
        json!({"type": "system", "system": {"type": "customer_changed_number", "body": "a", "new_wa_id": "1"}}),
        json!({"type": "system", "system": {"type": "user_changed_user_id", "body": "a", "user_id": "US.2"}}),
        json!({"type": "unsupported", "unsupported": {"type": "poll"}}),
        json!({"type": "text", "text": {"body": "a"}, "context": {"forwarded": true}}),
        json!({"type": "text", "text": {"body": "a"}, "context": {"frequently_forwarded": true}}),
        json!({"type": "reaction", "reaction": {"message_id": "wamid.x"}}),
        json!({"type": "edit", "edit": {"original_message_id": "wamid.x",
            "message": {"type": "image", "image": {"id": "1", "caption": "b"}}}}),
        json!({"type": "revoke", "revoke": {"original_message_id": "wamid.x"}}),
        json!({"type": "hologram2", "hologram2": [1, {"a": null}]}),
        json!({"type": "ephemeral"}),
    ];
    for request in cases {
        let message = whatsapp.hears(request.clone()).await;
        for (name, value) in request.as_object().unwrap() {
            assert_eq!(&message[name], value, "{request}");
        }
    }
    let message = whatsapp
        .hears(json!({"type": "text", "text": "a", "extra": {"new": [1]}}))
        .await;
    assert_eq!(message["new"], json!([1]));
    let message = whatsapp
        .hears(json!({"type": "text", "text": "a", "context": {"message_id": "wamid.x"}}))
        .await;
    assert_eq!(
        message["context"],
        json!({"from": BUSINESS, "id": "wamid.x"})
    );
}

#[tokio::test]
async fn the_sender_shows_as_much_as_they_like() {
    let whatsapp = Whatsapp::start().await;
    let request = json!({"type": "text", "text": "hi", "name": "Ana", "username": "ana",
        "user_id": "US.77", "parent_user_id": "US.ENT.9", "identity_key_hash": "h",
        "hide_phone": true, "timestamp": 1_763_640_000});
    let message = whatsapp.hears(request).await;
    assert_eq!(message["from"], Value::Null);
    assert_eq!(message["from_user_id"], "US.77");
    assert_eq!(message["from_parent_user_id"], "US.ENT.9");
    assert_eq!(message["timestamp"], "1763640000");
    let contacts = whatsapp.platform.received()[0].value()["contacts"].clone();
    assert_eq!(
        contacts,
        json!([{"profile": {"name": "Ana", "username": "ana"}, "user_id": "US.77",
            "parent_user_id": "US.ENT.9", "identity_key_hash": "h"}])
    );
    let message = whatsapp
        .hears(json!({"type": "text", "text": "hi", "timestamp": "1763640001"}))
        .await;
    assert_eq!(
        (&message["from"], &message["timestamp"]),
        (&json!(CUSTOMER), &json!("1763640001"))
    );
    assert_eq!(message["from_user_id"], "US.77", "the id stays");
    let message = whatsapp
        .hears(json!({"type": "text", "text": "hi", "user_id": null}))
        .await;
    assert_eq!(
        (&message["from"], message.get("from_user_id")),
        (&json!(CUSTOMER), None)
    );
    let path = format!("/customers/{CUSTOMER}/messages");
    for (request, named) in [
        (json!({"user_id": "77"}), "user_id"),
        (json!({"parent_user_id": 1}), "parent_user_id"),
        (json!({"hide_phone": "yes"}), "hide_phone"),
        (json!({"timestamp": "soon"}), "timestamp"),
        (json!({"timestamp": -1}), "timestamp"),
        (json!({"deliver": 1}), "deliver"),
        (json!({"extra": 1}), "extra"),
    ] {
        let mut body = json!({"type": "text", "text": "x"});
        body.as_object_mut()
            .unwrap()
            .extend(request.as_object().unwrap().clone());
        let (status, answer) = whatsapp.post(&path, body).await;
        assert_eq!(status, 400, "{answer}");
        assert!(
            answer["error"].as_str().unwrap().starts_with(named),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn an_id_that_a_customer_took_is_written_to() {
    let whatsapp = Whatsapp::start().await;
    let request = json!({"type": "text", "text": "hi", "user_id": "US.77", "hide_phone": true});
    whatsapp.hears(request).await;
    let mut body = text(CUSTOMER, "hello");
    body["to"].take();
    body["recipient"] = json!("US.77");
    let (status, answer) = whatsapp.send(&body).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        answer["contacts"],
        json!([{"input": "US.77", "user_id": "US.77"}])
    );
    let id = answer["messages"][0]["id"].as_str().unwrap();
    assert_eq!(
        whatsapp.platform.statuses(id, 2).await,
        ["sent", "delivered"]
    );
    let received = whatsapp.platform.received();
    assert_eq!(
        received[1].value()["statuses"][0]["recipient_user_id"],
        "US.77"
    );
    let (_, shown) = whatsapp.get("/customers/US.77/messages").await;
    assert_eq!(shown.as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_message_that_comes_late_opens_no_window() {
    let whatsapp = Whatsapp::with(|config| config.window = openwati_sim::Window::Strict).await;
    whatsapp
        .hears(json!({"type": "text", "text": "old", "timestamp": 1_763_640_000}))
        .await;
    let id = whatsapp.send_text(CUSTOMER, "too late").await;
    assert_eq!(whatsapp.platform.statuses(&id, 1).await, ["failed"]);
    whatsapp.hears(json!({"type": "text", "text": "new"})).await;
    whatsapp
        .hears(json!({"type": "text", "text": "old again", "timestamp": 1_763_640_000}))
        .await;
    let id = whatsapp.send_text(CUSTOMER, "in time").await;
    assert_eq!(
        whatsapp.platform.statuses(&id, 2).await,
        ["sent", "delivered"]
    );
}

#[tokio::test]
async fn messages_can_be_packed_by_hand() {
    let whatsapp = Whatsapp::start().await;
    let path = format!("/customers/{CUSTOMER}/messages");
    let mut values = Vec::new();
    for text in ["one", "two"] {
        let request = json!({"type": "text", "text": text, "deliver": false});
        let (_, answer) = whatsapp.post(&path, request).await;
        assert_eq!(answer["value"]["messages"][0]["id"], answer["id"]);
        values.push(answer["value"].clone());
    }
    let (_, answer) = whatsapp
        .post(&path, json!({"type": "image", "deliver": false}))
        .await;
    let url = answer["value"]["messages"][0]["image"]["url"]
        .as_str()
        .unwrap();
    assert_eq!(whatsapp.fetch(url, TOKEN).await.status(), 200);
    assert_eq!(whatsapp.phone(CUSTOMER).await.len(), 3);
    assert!(whatsapp.platform.received().is_empty());

    let mut both = values[0].clone();
    both["messages"]
        .as_array_mut()
        .unwrap()
        .push(values[1]["messages"][0].clone());
    let change = |value: &Value| json!({"field": "messages", "value": value});
    let entries = json!([
        {"changes": [change(&values[1]), change(&values[0])]},
        {"id": "7", "time": 1, "changes": [change(&values[0])], "more": true},
    ]);
    let raw = "{ \"a\": 1.50, \"b\":\"é\" ";
    let errors =
        json!({"messaging_product": "whatsapp", "errors": [{"code": 130_429, "title": "a"}]});
    let echo = json!({"messaging_product": "whatsapp", "message_echoes": [
        {"from": BUSINESS, "to": CUSTOMER, "id": "wamid.e", "timestamp": "1", "type": "text", "text": {"body": "x"}}]});
    for event in [
        change(&both),
        json!({"entry": entries}),
        change(&errors),
        json!({"field": "smb_message_echoes", "value": echo}),
    ] {
        assert_eq!(whatsapp.post("/events", event).await.0, 200);
        whatsapp.quiet().await;
    }
    let received = whatsapp.platform.wait(4).await;
    assert_eq!(received[0].value(), &both);
    let mut expected = entries;
    expected[0]["id"] = json!(WABA);
    assert_eq!(
        received[1].body,
        json!({"object": "whatsapp_business_account", "entry": expected})
    );
    assert_eq!(received[2].value(), &errors);
    assert_eq!(
        received[3].body["entry"][0]["changes"][0],
        json!({"field": "smb_message_echoes", "value": echo})
    );

    assert_eq!(whatsapp.post("/events", json!({"raw": raw})).await.0, 200);
    let received = whatsapp.platform.wait(5).await;
    assert_eq!(received[4].raw, raw.as_bytes());
    assert_eq!(received[4].signature, hmac(SECRET, raw.as_bytes()));
    for bad in [
        json!({}),
        json!({"field": "a"}),
        json!({"entry": [], "raw": ""}),
        json!({"value": {}}),
    ] {
        assert_eq!(whatsapp.post("/events", bad).await.0, 400);
    }
}
