use serde_json::{Value, json};

use super::super::part;
use super::*;

fn read(body: Value) -> Result<Value, String> {
    let message = part::<WrittenInteractive>(&body).and_then(WrittenInteractive::into_message);
    let message = message.map_err(|wrong| wrong.to_string())?;
    Ok(serde_json::to_value(message).unwrap()["interactive"].take())
}

#[test]
fn a_title_is_its_own_id() {
    let made = read(json!({"body": "Sure?", "buttons": ["Yes", {"id": "n", "title": "No"}]}));
    let reply = |id, title| json!({"type": "reply", "reply": {"id": id, "title": title}});
    assert_eq!(
        made.unwrap(),
        json!({
            "type": "button",
            "body": {"text": "Sure?"},
            "action": {"buttons": [reply("Yes", "Yes"), reply("n", "No")]},
        })
    );
}

#[test]
fn rows_need_no_sections() {
    let list = json!({"button": "Open", "rows": ["One", {"title": "Two", "description": "2"}]});
    let made = read(json!({"body": "Choose", "header": "Menu", "footer": "-", "list": list}));
    assert_eq!(
        made.unwrap(),
        json!({
            "type": "list",
            "header": {"type": "text", "text": "Menu"},
            "body": {"text": "Choose"},
            "footer": {"text": "-"},
            "action": {"button": "Open", "sections": [{"rows": [
                {"id": "One", "title": "One"},
                {"id": "Two", "title": "Two", "description": "2"},
            ]}]},
        })
    );
}

#[test]
fn a_link_has_a_text_and_an_address() {
    let cta = json!({"text": "Track", "url": "https://example.com/42"});
    let header = json!({"image": {"link": "https://example.com/a.png"}});
    let made = read(json!({"body": "On its way", "header": header, "cta": cta}));
    assert_eq!(
        made.unwrap(),
        json!({
            "type": "cta_url",
            "header": {"type": "image", "image": {"link": "https://example.com/a.png"}},
            "body": {"text": "On its way"},
            "action": {"name": "cta_url", "parameters": {
                "display_text": "Track", "url": "https://example.com/42",
            }},
        })
    );
}

#[test]
fn whatsapps_own_form_passes_as_it_is() {
    let interactive = json!({
        "type": "button",
        "header": {"type": "document", "document": {"id": "77", "filename": "a.pdf"}},
        "body": {"text": "Sure?"},
        "footer": {"text": "-"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
    });
    assert_eq!(
        read(json!({"interactive": interactive.clone()})).unwrap(),
        interactive
    );
}

#[test]
fn what_is_wrong_is_said_of_the_callers_field() {
    let long = |count| "x".repeat(count);
    let rows = |count: usize| (0..count).map(|i| i.to_string()).collect::<Vec<_>>();
    let section = |count: usize, from: usize| {
        let rows = (from..from + count).map(|i| i.to_string());
        json!({"title": "T", "rows": rows.collect::<Vec<_>>()})
    };
    let body = "Sure?";
    let told: Vec<String> = [
        json!({"body": body}),
        json!({"body": body, "buttons": ["Yes"], "cta": {"text": "a", "url": "https://a.b"}}),
        json!({"buttons": ["Yes"]}),
        json!({"body": "", "buttons": ["Yes"]}),
        json!({"body": long(1025), "buttons": ["Yes"]}),
        json!({"body": body, "header": long(61), "buttons": ["Yes"]}),
        json!({"body": body, "header": {"image": {"link": "file:///etc"}}, "buttons": ["Yes"]}),
        json!({"body": body, "header": {"image": {}}, "buttons": ["Yes"]}),
        json!({"body": body, "header": {"image": {"file": "abc"}}, "buttons": ["Yes"]}),
        json!({"body": body, "header": {}, "buttons": ["Yes"]}),
        json!({"body": body, "header": 5, "buttons": ["Yes"]}),
        json!({"body": body, "footer": long(61), "buttons": ["Yes"]}),
        json!({"body": body, "buttons": []}),
        json!({"body": body, "buttons": ["1", "2", "3", "4"]}),
        json!({"body": body, "buttons": ["Yes", ""]}),
        json!({"body": body, "buttons": ["Yes", {"title": long(21)}]}),
        json!({"body": body, "buttons": [{"title": "A", "id": long(257)}]}),
        json!({"body": body, "buttons": ["Yes", "Yes"]}),
        json!({"body": body, "buttons": [{"title": "A"}, {"title": "A"}]}),
        json!({"body": body, "buttons": [{"title": "A", "id": "1"}, {"title": "B", "id": "1"}]}),
        json!({"body": body, "buttons": [{"id": "1"}]}),
        json!({"body": body, "buttons": [7]}),
        json!({"body": body, "list": {"button": "", "rows": ["1"]}}),
        json!({"body": body, "list": {"button": "Open"}}),
        json!({"body": body, "list": {"button": "Open", "rows": []}}),
        json!({"body": body, "list": {"button": "Open", "rows": rows(11)}}),
        json!({"body": body, "list": {"button": "Open", "rows": ["1", "1"]}}),
        json!({"body": body, "list": {"button": "Open", "rows": ["1", {"title": "1"}]}}),
        json!({"body": body, "list": {"button": "Open", "rows": [long(25)]}}),
        json!({"body": body, "list": {"button": "Open", "rows": [{"title": "1", "description": long(73)}]}}),
        json!({"body": body, "list": {"button": "Open", "sections": [section(5, 0), section(6, 5)]}}),
        json!({"body": body, "list": {"button": "Open", "sections": [{"rows": ["1"]}, {"rows": ["2"]}]}}),
        json!({"body": body, "list": {"button": "Open", "sections": [{"title": long(25), "rows": ["1"]}]}}),
        json!({"body": body, "list": {"button": "Open", "sections": [{"title": "A", "rows": [{"id": long(201), "title": "1"}]}]}}),
        json!({"body": body, "header": {"image": {"id": "1"}}, "list": {"button": "Open", "rows": ["1"]}}),
        json!({"body": body, "cta": {"text": long(21), "url": "https://a.b"}}),
        json!({"body": body, "cta": {"text": "Go", "url": "a.b"}}),
        json!({"body": body, "interactive": {"type": "button", "action": {"buttons": []}}}),
        json!({"interactive": {"type": "button", "body": {"text": "a"}, "action": {"buttons": []}}}),
        json!({"interactive": {"type": "button", "body": {"text": "a"}, "action": {"buttons": [{"reply": {"id": 5}}]}}}),
        json!({"interactive": {"type": "button", "body": {"text": "a"}, "action": {}}}),
        json!({"interactive": {"type": "wheel", "body": {"text": "a"}, "action": {}}}),
    ]
    .into_iter()
    .map(|body| read(body).unwrap_err())
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}
