//! What a person reads in a message.

use serde_json::Value;

/// The text of a message of either direction; `None` where there is nothing to read.
pub(super) fn of(kind: &str, raw: &Value) -> Option<String> {
    let node = &raw[kind];
    let at = |pointer: &str| node.pointer(pointer).and_then(Value::as_str);
    let text = match kind {
        "text" => at("/body"),
        "reaction" => at("/emoji"),
        "button" | "order" => at("/text"),
        "system" => at("/body"),
        "contacts" => return joined(node.as_array()?, "/name/formatted_name"),
        "location" => return place(node),
        "template" => return template(node),
        "interactive" => at("/body/text")
            .or_else(|| at("/button_reply/title"))
            .or_else(|| at("/list_reply/title"))
            .or_else(|| at("/nfm_reply/body"))
            .or_else(|| at("/call_permission_reply/response")),
        "document" => at("/caption").or_else(|| at("/filename")),
        "edit" => {
            let message = &node["message"];
            return of(message["type"].as_str()?, message);
        }
        _ => at("/caption"),
    };
    text.map(str::to_owned)
}

/// The address of the file that a message shows.
pub(super) fn media_url(kind: &str, raw: &Value) -> Option<String> {
    let node = &raw[kind];
    let link = |file: &Value| {
        let link = file["link"].as_str().or_else(|| file["url"].as_str());
        link.map(str::to_owned)
    };
    let in_object = |object: &Value| {
        let form = object["type"].as_str()?;
        link(&object[form])
    };
    match kind {
        "interactive" => in_object(&node["header"]),
        "template" => {
            let parts = node["components"].as_array()?.iter();
            let mut parameters = parts
                .filter_map(|part| part["parameters"].as_array())
                .flatten();
            parameters.find_map(in_object)
        }
        "image" | "video" | "audio" | "document" | "sticker" => link(node),
        _ => None,
    }
}

fn place(node: &Value) -> Option<String> {
    let named = ["name", "address"]
        .iter()
        .filter_map(|name| node[name].as_str());
    let named: Vec<&str> = named.collect();
    if !named.is_empty() {
        return Some(named.join(", "));
    }
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(format!(
        "{}, {}",
        plain(&node["latitude"]),
        plain(&node["longitude"])
    ))
}

/// A template's name and its parameters, where what the customer read was not kept.
fn template(node: &Value) -> Option<String> {
    let name = node["name"].as_str()?;
    let parts = node["components"].as_array().into_iter().flatten();
    let parameters: Vec<Value> = parts
        .filter(|part| {
            part["type"]
                .as_str()
                .is_some_and(|kind| kind.eq_ignore_ascii_case("body"))
        })
        .filter_map(|part| part["parameters"].as_array())
        .flatten()
        .cloned()
        .collect();
    let text = joined(&parameters, "/text");
    Some(text.map_or_else(|| name.to_owned(), |text| format!("{name}: {text}")))
}

fn joined(values: &[Value], pointer: &str) -> Option<String> {
    let texts = values
        .iter()
        .filter_map(|value| value.pointer(pointer)?.as_str());
    let texts: Vec<&str> = texts.collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}
