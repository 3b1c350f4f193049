//! One message of every kind, written as it is stored.

use serde_json::{Value, json};

use crate::message::Outgoing;

pub(super) fn read(stored: Value) -> Outgoing {
    serde_json::from_value(stored).unwrap()
}

pub(super) fn interactive(kind: &str, action: Value) -> Value {
    let body = json!({"text": "Choose"});
    json!({"type": "interactive", "interactive": {"type": kind, "body": body, "action": action}})
}

pub(super) fn template(components: Value) -> Value {
    let language = json!({"code": "en_US", "policy": "deterministic"});
    json!({"type": "template", "template": {
        "name": "order_ready", "language": language, "components": components}})
}

pub(super) fn list(sections: Value) -> Value {
    interactive("list", json!({"button": "Open", "sections": sections}))
}

pub(super) fn all() -> Vec<Value> {
    let mut all = plain();
    all.extend(interactives());
    all.extend(templates());
    all
}

fn plain() -> Vec<Value> {
    vec![
        json!({"type": "text", "text": {"body": "hello"}, "reply_to": "wamid.A"}),
        json!({"type": "text", "text": {"body": "https://example.com", "preview_url": true}}),
        json!({"type": "image", "image": {"id": "1", "caption": "a cat"}}),
        json!({"type": "video", "video": {"link": "https://example.com/cat.mp4"}}),
        json!({"type": "audio", "audio": {"id": "1", "voice": true}}),
        json!({"type": "document", "document": {"id": "1", "filename": "cat.pdf"}}),
        json!({"type": "sticker", "sticker": {"id": "1"}}),
        json!({"type": "location", "location": {
            "latitude": "-33.8688", "longitude": "151.2093", "name": "Sydney"}}),
        json!({"type": "contacts", "contacts": [{
            "name": {"formatted_name": "Ana B", "first_name": "Ana"},
            "phones": [{"phone": "+1 555", "type": "WORK", "wa_id": "1555"}],
            "emails": [{"email": "ana@example.com", "type": "HOME"}],
            "addresses": [{"city": "Lima", "country_code": "pe"}],
            "org": {"company": "Cats Ltd"},
            "urls": [{"url": "https://example.com"}],
            "birthday": "2012-08-18"}]}),
        json!({"type": "reaction", "reaction": {"message_id": "wamid.A", "emoji": "👍"}}),
    ]
}

fn interactives() -> Vec<Value> {
    let reply = |id, title| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let card = |i| {
        json!({"card_index": i, "type": "cta_url", "header": {"type": "image",
            "image": {"link": "https://example.com/1.png"}}, "body": {"text": "One"},
            "action": {"name": "cta_url", "parameters": {}}})
    };
    vec![
        interactive(
            "button",
            json!({"buttons": [reply("y", "Yes"), reply("n", "No")]}),
        ),
        list(json!([{"rows": [{"id": "1", "title": "One", "description": "First"}]}])),
        interactive(
            "cta_url",
            json!({"name": "cta_url", "parameters": {
                "display_text": "Open", "url": "https://example.com"}}),
        ),
        interactive(
            "flow",
            json!({"name": "flow", "parameters": {
            "flow_message_version": "3", "flow_id": "9", "flow_cta": "Book", "mode": "draft",
            "flow_action": "navigate",
            "flow_action_payload": {"screen": "FIRST", "data": {"a": 1}}}}),
        ),
        json!({"type": "interactive", "interactive": {"type": "product", "action": {
            "catalog_id": "1", "product_retailer_id": "cat"}}}),
        json!({"type": "interactive", "interactive": {"type": "product_list",
            "header": {"type": "text", "text": "Cats"}, "body": {"text": "All of them"},
            "action": {"catalog_id": "1", "sections": [
                {"title": "Cats", "product_items": [{"product_retailer_id": "cat"}]}]}}}),
        interactive("catalog_message", json!({"name": "catalog_message"})),
        interactive("location_request_message", json!({"name": "send_location"})),
        interactive(
            "address_message",
            json!({"name": "address_message", "parameters": {"country": "IN"}}),
        ),
        interactive("carousel", json!({"cards": [card(0), card(1)]})),
        interactive(
            "call_permission_request",
            json!({"name": "call_permission_request"}),
        ),
        interactive(
            "voice_call",
            json!({"name": "voice_call", "parameters": {"ttl_minutes": 100}}),
        ),
        interactive(
            "order_details",
            json!({"name": "review_and_pay", "parameters": {
                "reference_id": "order-1", "currency": "INR"}}),
        ),
        interactive(
            "order_status",
            json!({"name": "review_order", "parameters": {
                "reference_id": "order-1", "order": {"status": "partially_shipped"}}}),
        ),
    ]
}

fn templates() -> Vec<Value> {
    vec![
        json!({"type": "template", "template": {
            "name": "hello_world", "language": {"code": "en_US", "policy": "deterministic"}}}),
        template(json!([
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]},
            {"type": "body", "parameters": [
                {"parameter_name": "name", "type": "text", "text": "Ana"},
                {"parameter_name": "sum", "type": "currency", "currency": {
                    "fallback_value": "$1", "code": "USD", "amount_1000": 1000}}]},
            {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [
                {"type": "payload", "payload": "yes"}]},
            {"type": "limited_time_offer", "parameters": [{"type": "limited_time_offer",
                "limited_time_offer": {"expiration_time_ms": 1_763_640_000_000_i64}}]}])),
        template(json!([
            {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]},
            {"type": "carousel", "cards": [
                {"card_index": 0, "components": [{"type": "button", "sub_type": "url",
                    "index": "0", "parameters": [{"type": "text", "text": "suffix"}]}]},
                {"card_index": 1, "components": []}]}])),
    ]
}
