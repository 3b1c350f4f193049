use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn value(message: &Value) -> Value {
    json!({
        "metadata": {"display_phone_number": "+1 555-010-0001", "phone_number_id": "700"},
        "contacts": [{"profile": {"name": "Ana", "username": "ana"}, "wa_id": "923001234567", "user_id": "PK.1"}],
        "messages": [message],
    })
}

fn read(mut content: Value) -> Arrived {
    content["from"] = json!("923001234567");
    content["id"] = json!("wamid.1");
    content["timestamp"] = json!("1763640000");
    Arrived::message(&content, &value(&content)).unwrap()
}

#[test]
fn every_kind_has_words_that_a_person_reads() {
    for (content, words) in [
        (json!({"type": "text", "text": {"body": "Hello"}}), "Hello"),
        (
            json!({"type": "image", "image": {"id": "1", "caption": "My cat"}}),
            "My cat",
        ),
        (json!({"type": "image", "image": {"id": "1"}}), "[image]"),
        (json!({"type": "video", "video": {"id": "1"}}), "[video]"),
        (
            json!({"type": "audio", "audio": {"id": "1", "voice": true}}),
            "[voice note]",
        ),
        (
            json!({"type": "audio", "audio": {"id": "1", "voice": false}}),
            "[audio]",
        ),
        (
            json!({"type": "document", "document": {"id": "1", "filename": "bill.pdf"}}),
            "bill.pdf",
        ),
        (
            json!({"type": "sticker", "sticker": {"id": "1", "animated": false}}),
            "[sticker]",
        ),
        (
            json!({"type": "location", "location": {"latitude": 31.5, "longitude": -74.25}}),
            "[location] 31.5, -74.25",
        ),
        (
            json!({"type": "location", "location": {"latitude": 1, "longitude": 2, "name": "Fort", "address": "Lahore"}}),
            "[location] Fort, Lahore",
        ),
        (
            json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Bo"}}, {"name": {"first_name": "Cy"}}]}),
            "[contacts] Bo, Cy",
        ),
        (
            json!({"type": "button", "button": {"payload": "y", "text": "Yes"}}),
            "Yes",
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "Go"}}}),
            "Go",
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "Tea"}}}),
            "Tea",
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent"}}}),
            "[flow] Sent",
        ),
        (
            json!({"type": "interactive", "interactive":
                {"type": "call_permission_reply", "call_permission_reply": {"response": "accept"}}}),
            "[call permission] accept",
        ),
        (
            json!({"type": "order", "order": {"catalog_id": "1", "text": "soon",
                "product_items": [{"product_retailer_id": "tea", "quantity": 2}]}}),
            "[order] 2 × tea: soon",
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "👍"}}),
            "👍",
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.0"}}),
            "[reaction removed]",
        ),
        (
            json!({"type": "system", "system": {"type": "user_changed_number", "body": "A changed"}}),
            "A changed",
        ),
        (
            json!({"type": "unsupported", "unsupported": {"type": "poll"}}),
            "[unsupported] poll",
        ),
        (
            json!({"type": "unsupported", "errors": [{"code": 131051, "title": "Message type unknown"}]}),
            "[unsupported] Message type unknown",
        ),
        (json!({"type": "request_welcome"}), "[opened the chat]"),
        (
            json!({"type": "edit", "edit": {"original_message_id": "wamid.0",
                "message": {"type": "text", "text": {"body": "Better"}}}}),
            "Better",
        ),
        (
            json!({"type": "revoke", "revoke": {"original_message_id": "wamid.0"}}),
            "[deleted a message]",
        ),
        (
            json!({"type": "hologram_call", "hologram_call": {"depth": 3}}),
            "[hologram call]",
        ),
        (json!({}), "[unknown]"),
    ] {
        assert_eq!(read(content.clone()).content.text, words, "{content}");
    }
}

#[test]
fn what_came_along_is_kept() {
    let arrived = read(json!({
        "type": "hologram", "hologram": {"depth": 3},
        "context": {"id": "wamid.0", "from": "1", "forwarded": true, "referred_product": {"catalog_id": "9"}},
        "referral": {"source_id": "ad"}, "group_id": "g", "sparkle": [1],
    }));
    let content = arrived.content;
    assert_eq!(content.payload, Some(json!({"depth": 3})));
    assert_eq!(content.reply_to.as_deref(), Some("wamid.0"));
    assert!(content.forwarded);
    let kept: Vec<_> = content.more.keys().map(String::as_str).collect();
    assert_eq!(kept, ["context", "group_id", "referral", "sparkle"]);
    assert_eq!(content.business.as_deref(), Some("15550100001"));
    let text = serde_json::to_string(&content).unwrap();
    assert_eq!(serde_json::from_str::<Incoming>(&text).unwrap(), content);
}

#[test]
fn the_customer_is_known_by_number_and_by_id() {
    let arrived = read(json!({"type": "text", "text": {"body": "Hi"}}));
    assert_eq!(arrived.party.peer().unwrap().as_str(), "923001234567");
    assert_eq!(arrived.party.user_id.unwrap().as_str(), "PK.1");
    assert_eq!(arrived.profile.name.as_deref(), Some("Ana"));
    assert_eq!(arrived.profile.username.as_deref(), Some("ana"));
    assert_eq!(arrived.content.payload, None);
    let hidden =
        json!({"from_user_id": "PK.7", "id": "wamid.1", "type": "text", "text": {"body": "Hi"}});
    let arrived = Arrived::message(&hidden, &json!({})).unwrap();
    assert_eq!(arrived.party.peer().unwrap().as_str(), "PK.7");
    assert_eq!(arrived.at, None);
}

#[test]
fn an_echo_is_of_whom_it_went_to() {
    let echo = json!({"from": "15550100001", "to": "923001234567", "id": "wamid.1", "type": "text", "text": {"body": "Hi"}});
    let arrived = Arrived::echo(&echo, &json!({})).unwrap();
    assert_eq!(arrived.party.peer().unwrap().as_str(), "923001234567");
}

#[test]
fn a_file_is_found_in_the_kinds_that_have_one() {
    let node = json!({"id": "77", "mime_type": "application/pdf", "filename": "bill.pdf",
        "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="});
    let file = read(json!({"type": "document", "document": node}))
        .file
        .unwrap();
    assert_eq!(
        (file.provider_id.as_str(), file.name.as_deref()),
        ("77", Some("bill.pdf"))
    );
    assert!(file.sha256.unwrap().starts_with("e3b0c442"));
    assert_eq!(
        read(json!({"type": "text", "text": {"body": "Hi", "id": "77"}})).file,
        None
    );
    assert_eq!(
        read(json!({"type": "image", "image": {"caption": "no file"}})).file,
        None
    );
}

#[test]
fn changes_of_others_are_told_from_messages() {
    let act = |content| read(content).act;
    assert_eq!(
        act(json!({"type": "text", "text": {"body": "Hi"}})),
        Act::Tells
    );
    let amends = |amendment| Act::Amends {
        target: "wamid.0".to_owned(),
        amendment,
    };
    assert_eq!(
        act(json!({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": ""}})),
        amends(Amendment::Reaction(None))
    );
    assert_eq!(
        act(json!({"type": "revoke", "revoke": {"original_message_id": "wamid.0"}})),
        amends(Amendment::Revoke)
    );
    for (new, kind) in [
        ("wa_id", "user_changed_number"),
        ("new_wa_id", "customer_changed_number"),
    ] {
        let act = act(json!({"type": "system", "system": {"type": kind, new: "923009999999"}}));
        assert!(
            matches!(act, Act::Moves(to) if to.0.phone.as_ref().unwrap().as_str() == "923009999999"),
            "{kind}"
        );
    }
    let note = json!({"type": "system", "system": {"type": "customer_identity_changed", "wa_id": "923009999999"}});
    assert_eq!(act(note), Act::Notes);
}

#[test]
fn what_has_no_id_or_is_from_nobody_is_no_message() {
    for nothing in [
        json!(null),
        json!({"id": null}),
        json!({"id": "wamid.1", "from": "nobody"}),
        json!({"id": "", "from": "923001234567"}),
        json!({"id": "x".repeat(2000), "from": "923001234567"}),
    ] {
        assert_eq!(
            Arrived::message(&nothing, &json!({})),
            Err(Unreadable),
            "{nothing}"
        );
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    let names = prop_oneof![
        Just("type"),
        Just("name"),
        Just("message"),
        Just("context"),
        Just("errors"),
        Just("id"),
        Just("text"),
        Just("interactive"),
        Just("product_items"),
    ];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((names.clone(), inner), 0..4).prop_map(|pairs| {
                Value::Object(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_shape_makes_it_panic_and_words_are_never_empty(
        node in any_json(),
        kind in "text|image|contacts|location|interactive|order|system|edit|unsupported|reaction|mystery",
    ) {
        let arrived = read(json!({"type": kind, kind.as_str(): node}));
        prop_assert!(!arrived.content.text.trim().is_empty());
    }
}

#[test]
fn nothing_is_too_long_for_where_it_is_kept() {
    let long = "w".repeat(300_000);
    for (kind, target) in [
        ("reaction", "message_id"),
        ("edit", "original_message_id"),
        ("revoke", "original_message_id"),
    ] {
        let read = read(json!({"type": kind, kind: {target: long}}));
        assert_eq!(read.act, Act::Notes, "{kind}");
    }
    let reaction =
        read(json!({"type": "reaction", "reaction": {"message_id": "wamid.2", "emoji": long}}));
    let Act::Amends { amendment, .. } = reaction.act else {
        panic!("{reaction:?}");
    };
    assert_eq!(amendment, Amendment::Reaction(Some("w".repeat(64))));
    let edit = read(json!({"type": "edit", "edit": {
        "original_message_id": "wamid.2", "message": {"type": "text", "text": {"body": long}},
    }}));
    let Act::Amends { amendment, .. } = edit.act else {
        panic!("{edit:?}");
    };
    assert_eq!(amendment, Amendment::Edit("w".repeat(16 * 1024)));
    let kind = read(json!({"type": long, long.as_str(): {"body": "x"}}));
    assert_eq!(kind.content.kind, "unknown");
    assert_eq!(kind.content.more[&long], json!({"body": "x"}));
    let image = |image: Value| read(json!({"type": "image", "image": image})).file;
    assert_eq!(image(json!({"id": long})), None);
    let file = image(json!({"id": "1", "mime_type": long})).unwrap();
    assert_eq!(file.mime_type, "application/octet-stream");
}
