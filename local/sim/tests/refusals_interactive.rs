//! Interactive messages that Graph refuses, and with which code.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Value, json};
use support::refused::{Refused, assert_refused, of};

fn interactive(content: Value) -> Value {
    of("interactive", content)
}

fn buttons(buttons: Value) -> Value {
    interactive(json!({"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}}))
}

fn button(id: &str, title: &str) -> Value {
    json!({"type": "reply", "reply": {"id": id, "title": title}})
}

fn list(sections: Value) -> Value {
    interactive(json!({"type": "list", "body": {"text": "?"},
        "action": {"button": "Choose", "sections": sections}}))
}

fn rows(count: usize, prefix: &str) -> Value {
    (0..count)
        .map(|index| json!({"id": format!("{prefix}{index}"), "title": "x"}))
        .collect()
}

fn pay(change: impl FnOnce(&mut Value)) -> Value {
    let amount = json!({"value": 100, "offset": 100});
    let mut parameters = json!({"reference_id": "r-1", "type": "digital-goods", "currency": "INR",
        "total_amount": amount, "payment_type": "upi", "payment_configuration": "main",
        "order": {"status": "pending", "subtotal": amount, "tax": {"value": 0, "offset": 100},
            "items": [{"name": "a", "amount": amount, "quantity": 1}]}});
    change(&mut parameters);
    interactive(json!({"type": "order_details", "body": {"text": "?"},
        "action": {"name": "review_and_pay", "parameters": parameters}}))
}

fn refused() -> Vec<Refused> {
    let long = |length: usize| "x".repeat(length);
    vec![
        (
            "an unknown interactive type",
            131_009,
            interactive(json!({"type": "smell", "body": {"text": "?"}, "action": {}})),
        ),
        (
            "no action",
            131_008,
            interactive(json!({"type": "button", "body": {"text": "?"}})),
        ),
        (
            "no body",
            131_008,
            interactive(json!({"type": "button", "action": {"buttons": [button("1", "a")]}})),
        ),
        (
            "a body too long",
            131_009,
            interactive(json!({"type": "button",
            "body": {"text": long(1_025)}, "action": {"buttons": [button("1", "a")]}})),
        ),
        (
            "a footer too long",
            131_009,
            interactive(json!({"type": "button", "body": {"text": "?"},
            "footer": {"text": long(61)}, "action": {"buttons": [button("1", "a")]}})),
        ),
        (
            "a header too long",
            131_009,
            interactive(json!({"type": "button", "body": {"text": "?"},
            "header": {"type": "text", "text": long(61)},
            "action": {"buttons": [button("1", "a")]}})),
        ),
        (
            "a header of two kinds",
            100,
            interactive(json!({"type": "button", "body": {"text": "?"},
            "header": {"type": "text", "text": "a", "image": {"id": "1"}},
            "action": {"buttons": [button("1", "a")]}})),
        ),
        ("no buttons", 131_009, buttons(json!([]))),
        (
            "four buttons",
            131_009,
            buttons(json!([
                button("1", "a"),
                button("2", "b"),
                button("3", "c"),
                button("4", "d")
            ])),
        ),
        (
            "two buttons with one id",
            131_009,
            buttons(json!([button("1", "a"), button("1", "b")])),
        ),
        (
            "two buttons with one title",
            131_009,
            buttons(json!([button("1", "a"), button("2", "a")])),
        ),
        (
            "a button's title too long",
            131_009,
            buttons(json!([button("1", &long(21))])),
        ),
        (
            "a button's id too long",
            131_009,
            buttons(json!([button(&long(257), "a")])),
        ),
        (
            "a button's id in spaces",
            131_009,
            buttons(json!([button(" 1", "a")])),
        ),
        (
            "eleven rows in two sections",
            131_009,
            list(json!([
            {"title": "a", "rows": rows(6, "a")}, {"title": "b", "rows": rows(5, "b")}])),
        ),
        (
            "two sections, one title",
            131_009,
            list(json!([{"title": "a", "rows": rows(1, "a")}, {"rows": rows(1, "b")}])),
        ),
        (
            "two rows with one id",
            131_009,
            list(
                json!([{"title": "a", "rows": rows(1, "a")}, {"title": "b", "rows": rows(1, "a")}]),
            ),
        ),
        (
            "a section without rows",
            131_009,
            list(json!([{"rows": []}])),
        ),
        (
            "a section's title too long",
            131_009,
            list(json!([{"title": long(25), "rows": rows(1, "a")}])),
        ),
        (
            "a row's title too long",
            131_009,
            list(json!([{"rows": [{"id": "1", "title": long(25)}]}])),
        ),
        (
            "a row's description too long",
            131_009,
            list(json!([{"rows": [{"id": "1", "title": "a", "description": long(73)}]}])),
        ),
        (
            "a row's id too long",
            131_009,
            list(json!([{"rows": [{"id": long(201), "title": "a"}]}])),
        ),
        (
            "a list with a picture",
            131_009,
            interactive(json!({"type": "list", "body": {"text": "?"},
            "header": {"type": "image", "image": {"link": "https://example.com/a"}},
            "action": {"button": "Choose", "sections": [{"rows": rows(1, "a")}]}})),
        ),
        (
            "a list's button too long",
            131_009,
            interactive(json!({"type": "list", "body": {"text": "?"},
            "action": {"button": long(21), "sections": [{"rows": rows(1, "a")}]}})),
        ),
        (
            "a link button too long",
            131_009,
            interactive(json!({"type": "cta_url", "body": {"text": "?"},
            "action": {"name": "cta_url", "parameters": {"display_text": long(21), "url": "https://a.example"}}})),
        ),
        (
            "a link button to nowhere",
            131_009,
            interactive(json!({"type": "cta_url", "body": {"text": "?"},
            "action": {"name": "cta_url", "parameters": {"display_text": "a", "url": "a"}}})),
        ),
        (
            "an action of another name",
            131_009,
            interactive(json!({"type": "cta_url", "body": {"text": "?"},
            "action": {"name": "flow", "parameters": {}}})),
        ),
        (
            "a flow of an old version",
            131_009,
            interactive(json!({"type": "flow", "body": {"text": "?"},
            "action": {"name": "flow", "parameters": {"flow_message_version": "2", "flow_id": "1", "flow_cta": "Go"}}})),
        ),
        (
            "a flow by id and name",
            131_009,
            interactive(json!({"type": "flow", "body": {"text": "?"},
            "action": {"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_name": "a", "flow_cta": "Go"}}})),
        ),
        (
            "a flow with emoji",
            131_009,
            interactive(json!({"type": "flow", "body": {"text": "?"},
            "action": {"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Go 🚀"}}})),
        ),
        (
            "a flow with empty data",
            131_009,
            interactive(json!({"type": "flow", "body": {"text": "?"},
            "action": {"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Go",
                "flow_action_payload": {"screen": "A", "data": {}}}}})),
        ),
        (
            "a product with header",
            131_009,
            interactive(
                json!({"type": "product", "header": {"type": "text", "text": "a"},
            "action": {"catalog_id": "1", "product_retailer_id": "a"}}),
            ),
        ),
        (
            "products without header",
            131_008,
            interactive(json!({"type": "product_list", "body": {"text": "?"},
            "action": {"catalog_id": "1", "sections": [{"product_items": [{"product_retailer_id": "a"}]}]}})),
        ),
        (
            "31 products",
            131_009,
            interactive(json!({"type": "product_list", "body": {"text": "?"},
            "header": {"type": "text", "text": "a"}, "action": {"catalog_id": "1", "sections": [
                {"title": "a", "product_items": vec![json!({"product_retailer_id": "a"}); 16]},
                {"title": "b", "product_items": vec![json!({"product_retailer_id": "a"}); 15]}]}})),
        ),
        (
            "one card",
            131_009,
            interactive(json!({"type": "carousel", "body": {"text": "?"},
            "action": {"cards": [{}]}})),
        ),
        (
            "a call that never ends",
            131_009,
            interactive(json!({"type": "voice_call", "body": {"text": "?"},
            "action": {"name": "voice_call", "parameters": {"ttl_minutes": 43_201}}})),
        ),
        (
            "a sum that is wrong",
            131_009,
            pay(|order| order["total_amount"]["value"] = json!(99)),
        ),
        (
            "another offset",
            131_009,
            pay(|order| order["total_amount"]["offset"] = json!(1)),
        ),
        (
            "another currency",
            131_009,
            pay(|order| order["currency"] = json!("EUR")),
        ),
        (
            "a reference with spaces",
            131_009,
            pay(|order| order["reference_id"] = json!("a b")),
        ),
        (
            "a reference too long",
            131_009,
            pay(|order| order["reference_id"] = json!("x".repeat(36))),
        ),
        (
            "an order in India without items",
            131_008,
            pay(|order| order["order"] = Value::Null),
        ),
        (
            "an order's status of fancy",
            131_009,
            interactive(json!({"type": "order_status", "body": {"text": "?"},
            "action": {"name": "review_order", "parameters": {"reference_id": "a", "order": {"status": "lost"}}}})),
        ),
    ]
}

#[tokio::test]
async fn what_meta_refuses_of_interactive_messages_is_refused_with_metas_code() {
    assert_refused(refused()).await;
}
