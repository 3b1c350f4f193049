//! Our requests against Meta's own OpenAPI document of business messaging, version 23.0.
//!
//! The folder that holds the document is named by `OPENWATI_CONTRACTS`.

use std::{env, fs, path::Path};

use jsonschema::Validator;
use openwati_core::message::Outgoing;
use serde_json::{Value, json};

use super::messages::samples;

const DOCUMENT: &str = "meta-business-messaging-v23.yaml";
/// Examples that are no message as it is stored.
const NOT_UNDERSTOOD: [&str; 5] = [
    // A placeholder stands for the header's type.
    "Send Multi-Product Message",
    // Without the message's type.
    "Send Reply to List Message",
    // Fills a quick reply with `true` in place of a text.
    "Send Sample Issue Resolution Template",
    // Without the message's type.
    "Send Text Message with Preview URL",
    // No message.
    "Send typing indicator and read receipt",
];
const OPERATION: &str = "/paths/~1{Version}~1{Phone-Number-ID}~1messages/post";

/// Meta's document, or none where nobody says where it is; in CI it must be there.
fn document() -> Option<Value> {
    let Ok(folder) = env::var("OPENWATI_CONTRACTS") else {
        let in_ci = env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(
            !in_ci,
            "OPENWATI_CONTRACTS must name the folder of {DOCUMENT} in CI"
        );
        println!("skipped: OPENWATI_CONTRACTS does not name the folder of {DOCUMENT}");
        return None;
    };
    let text = fs::read_to_string(Path::new(&folder).join(DOCUMENT)).unwrap();
    Some(serde_yaml_ng::from_str(&text).unwrap())
}

/// The schema of a message's request, with the exceptions that [`correct`] names.
fn validator(mut document: Value) -> Validator {
    let body = format!("{OPERATION}/requestBody/content/application~1json/schema");
    let schema = document.pointer(&body).unwrap().clone();
    correct(&mut document["components"]["schemas"]);
    let mut root = schema;
    root["components"] = document["components"].take();
    jsonschema::draft202012::new(&root).unwrap()
}

/// Where the document contradicts itself or Meta's pages.
fn correct(schemas: &mut Value) {
    // Each kind is `allOf` of the common members and its own, and its own part allows nothing else:
    // no message at all would pass. What is meant is that the whole allows nothing else.
    for schema in schemas.as_object_mut().unwrap().values_mut() {
        let Some(own) = schema
            .pointer_mut("/allOf/1")
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        if own.remove("additionalProperties") == Some(json!(false)) {
            schema["unevaluatedProperties"] = json!(false);
        }
    }
    // Newer than the document, on Meta's pages: callback data, and recipients without a number.
    let common = &mut schemas["BaseMessageProperties"];
    common["properties"]["biz_opaque_callback_data"] = json!({"type": "string", "maxLength": 512});
    common["properties"]["recipient"] = json!({"type": "string"});
    common["required"] = json!(["messaging_product", "recipient_type", "type"]);
    common["oneOf"] = json!([{"required": ["to"]}, {"required": ["recipient"]}]);
    // Interactive types with a page of their own, or with examples in this very document
    // (`order_details`, `order_status`), are missing in its lists.
    let types = schemas["InteractiveObject"]["properties"]["type"]["enum"]
        .as_array_mut()
        .unwrap();
    types.extend(
        [
            "cta_url",
            "location_request_message",
            "address_message",
            "carousel",
            "voice_call",
            "order_details",
            "order_status",
        ]
        .map(Value::from),
    );
    let actions = schemas["ActionObject"]["oneOf"].as_array_mut().unwrap();
    let named = [
        "cta_url",
        "send_location",
        "address_message",
        "voice_call",
        "review_and_pay",
        "review_order",
    ];
    actions.push(json!({"required": ["name"], "properties": {"name": {"enum": named}}}));
    actions.push(json!({"required": ["cards"], "properties": {
        "cards": {"type": "array", "minItems": 2, "maxItems": 10}}}));
    // The thumbnail is optional by Meta's page on catalog messages.
    for action in actions {
        if action["properties"]["name"]["enum"] == json!(["catalog_message"]) {
            action["required"] = json!(["name"]);
        }
    }
    // The document's own examples have buttons of other sub-types; its pattern for the index is a
    // list of numbers written as a set of characters, which leaves out 0 and 1.
    let component = &mut schemas["TemplateComponent"]["properties"];
    component["type"]["enum"] =
        json!(["header", "body", "button", "carousel", "limited_time_offer"]);
    component["sub_type"] = json!({"type": "string"});
    component["index"] = json!({"type": "string", "pattern": "^[0-9]$"});
}

#[test]
fn every_kind_is_valid_by_metas_document() {
    let Some(document) = document() else { return };
    let validator = validator(document);
    for (name, sample) in samples() {
        let errors: Vec<_> = validator
            .iter_errors(&sample.wire)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn the_document_still_refuses_what_is_wrong() {
    let Some(document) = document() else { return };
    let validator = validator(document);
    let text = &samples()["text"].wire;
    assert!(validator.is_valid(text));
    for (pointer, value) in [
        ("/to", json!(923_001_234_567_u64)),
        ("/type", json!("poll")),
        ("/recipient_type", json!("everybody")),
        ("/text/body", json!(1)),
        ("/text", json!({"body": "a", "colour": "red"})),
        ("/text", json!(null)),
    ] {
        let mut wrong = text.clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&wrong), "{pointer}");
    }
    let mut wrong = text.clone();
    wrong["unheard_of"] = json!(1);
    assert!(!validator.is_valid(&wrong));
    let mut wrong = samples()["buttons"].wire.clone();
    wrong["interactive"]["action"]["buttons"][0]["reply"]["title"] = json!("a".repeat(21));
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn metas_own_examples_are_understood() {
    let Some(document) = document() else { return };
    let examples = format!("{OPERATION}/requestBody/content/application~1json/examples");
    let examples = document.pointer(&examples).unwrap().as_object().unwrap();
    let mut failures = Vec::new();
    for (name, example) in examples {
        let message = &example["value"];
        match serde_json::from_value::<Outgoing>(message.clone()) {
            Ok(read) => assert_eq!(message["type"], read.kind().as_str(), "{name}"),
            Err(_) => failures.push(name.as_str()),
        }
    }
    failures.sort_unstable();
    assert_eq!(failures, NOT_UNDERSTOOD);
}
