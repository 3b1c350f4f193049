use serde_json::{Value, json};

use super::samples;

fn preview(stored: Value) -> String {
    samples::read(stored).preview()
}

#[test]
fn words_stand_for_a_message_where_it_has_some() {
    assert_eq!(
        preview(json!({"type": "text", "text": {"body": "hello"}})),
        "hello"
    );
    let captioned = json!({"type": "image", "image": {"id": "1", "caption": "a cat"}});
    assert_eq!(preview(captioned), "a cat");
    let named = json!({"type": "document", "document": {"id": "1", "filename": "cat.pdf"}});
    assert_eq!(preview(named), "cat.pdf");
    let place = json!({"type": "location", "location": {
        "latitude": 1, "longitude": 2, "name": "", "address": "1 Road"}});
    assert_eq!(preview(place), "[location] 1 Road");
    let contact = json!({"type": "contacts", "contacts": [
        {"name": {"formatted_name": "Ana"}}, {"name": {"formatted_name": "Ben"}}]});
    assert_eq!(preview(contact), "[contacts] Ana, Ben");
    let button = samples::interactive("location_request_message", json!({"name": "send_location"}));
    assert_eq!(preview(button), "Choose");
    let reaction =
        json!({"type": "reaction", "reaction": {"message_id": "wamid.A", "emoji": "👍"}});
    assert_eq!(preview(reaction), "👍");
    let filled = samples::template(json!([{"type": "body", "parameters": [
        {"type": "text", "text": "Ana"}, {"type": "text", "text": "42"}]}]));
    assert_eq!(preview(filled.clone()), "[template] order_ready: Ana, 42");
    let mut told = filled;
    told["reads"] = json!("Hello Ana, your order 42 is ready.");
    assert_eq!(preview(told), "Hello Ana, your order 42 is ready.");
}

#[test]
fn a_word_in_brackets_stands_for_the_rest() {
    for (stored, expected) in [
        (json!({"type": "image", "image": {"id": "1"}}), "[image]"),
        (json!({"type": "audio", "audio": {"id": "1"}}), "[audio]"),
        (
            json!({"type": "audio", "audio": {"id": "1", "voice": true}}),
            "[voice note]",
        ),
        (
            json!({"type": "sticker", "sticker": {"id": "1"}}),
            "[sticker]",
        ),
        (
            json!({"type": "location", "location": {"latitude": 1, "longitude": 2}}),
            "[location]",
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.A", "emoji": ""}}),
            "[reaction removed]",
        ),
        (samples::template(json!([])), "[template] order_ready"),
        (
            json!({"type": "interactive", "interactive": {"type": "product", "action": {
                "catalog_id": "1", "product_retailer_id": "cat"}}}),
            "[interactive]",
        ),
    ] {
        assert_eq!(preview(stored), expected);
    }
}
