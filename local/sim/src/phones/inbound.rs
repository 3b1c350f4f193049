//! What customers may write (Meta, "Messages webhook reference").

use serde_json::{Map, Value, json};

use crate::http::Bad;

/// Members of a request besides the content.
const COMMON: &[&str] = &[
    "type", "channel", "name", "context", "referral", "errors", "group_id",
];

/// The longest text that WhatsApp lets a customer write.
const LONGEST_TEXT: usize = 65_536;

/// Checks a request and makes the members of the webhook's message of it: the type, the content and
/// what goes along. The context gets `from`, the business's number, where it lacks one.
pub(super) fn message(
    request: &Map<String, Value>,
    business: &str,
) -> Result<Map<String, Value>, Bad> {
    let kind = match request.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        _ => return Err(Bad::field("type", "must be the type of a message")),
    };
    let named = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    if kind.is_empty() || kind.len() > 40 || !kind.bytes().all(named) || COMMON.contains(&kind) {
        return Err(Bad::field("type", "must be the type of a message"));
    }
    let unknown = request
        .keys()
        .find(|name| !COMMON.contains(&name.as_str()) && *name != kind);
    if let Some(unknown) = unknown {
        return Err(Bad::field(
            unknown,
            "is not a member of this type of message",
        ));
    }
    let mut message = Map::new();
    message.insert("type".into(), json!(kind));
    if let Some(content) = content(kind, request.get(kind))? {
        message.insert(kind.to_owned(), content);
    }
    for (name, is_right) in [
        ("referral", Value::is_object as fn(&Value) -> bool),
        ("errors", Value::is_array),
        ("group_id", Value::is_string),
    ] {
        if let Some(value) = request.get(name) {
            if !is_right(value) {
                return Err(Bad::field(name, "has the wrong JSON type"));
            }
            message.insert(name.into(), value.clone());
        }
    }
    if kind == "unsupported" && !message.contains_key("errors") {
        message.insert(
            "errors".into(),
            json!([{
                "code": 131_051,
                "title": "Message type unknown",
                "message": "Message type unknown",
                "error_data": {"details": "Message type is currently not supported."},
            }]),
        );
    }
    if let Some(context) = request.get("context") {
        message.insert("context".into(), self::context(context, business)?);
    }
    Ok(message)
}

/// What a message answers: `id`, or `message_id` as senders write it.
fn context(context: &Value, business: &str) -> Result<Value, Bad> {
    let Some(members) = context.as_object() else {
        return Err(Bad::field("context", "must be an object"));
    };
    let mut members = members.clone();
    if let Some(id) = members.remove("message_id") {
        members.insert("id".into(), id);
    }
    if let Some(id) = members.get("id") {
        if !id.is_string() {
            return Err(Bad::field("context.id", "must be the id of a message"));
        }
        members.entry("from").or_insert_with(|| json!(business));
    }
    Ok(Value::Object(members))
}

/// Checks the content of a known type, as far as receivers rely on it; other types may hold what
/// they like.
fn content(kind: &str, content: Option<&Value>) -> Result<Option<Value>, Bad> {
    let mut content = match content {
        Some(Value::String(body)) if kind == "text" => json!({"body": body}),
        Some(content) => content.clone(),
        None if needs_content(kind) => return Err(Bad::field(kind, "is missing")),
        None => return Ok(None),
    };
    if kind == "contacts" {
        let cards = content
            .as_array()
            .is_some_and(|cards| !cards.is_empty() && cards.iter().all(Value::is_object));
        return if cards {
            Ok(Some(content))
        } else {
            Err(Bad::field(kind, "must be a list of contacts"))
        };
    }
    if !content.is_object() {
        return Err(Bad::field(kind, "must be an object"));
    }
    match kind {
        "text" => {
            let body = text(kind, &content, "body")?;
            if body.is_empty() || body.chars().count() > LONGEST_TEXT {
                return Err(Bad::field(
                    "text.body",
                    "must have from 1 to 65536 characters",
                ));
            }
        }
        "image" | "video" | "audio" | "document" | "sticker" => {
            text(kind, &content, "id")?;
            let id = content["id"].as_str().unwrap_or_default().to_owned();
            fill(&mut content, kind, &id);
        }
        "location" => {
            for name in ["latitude", "longitude"] {
                if !content[name].is_number() {
                    return Err(Bad::field(&format!("location.{name}"), "must be a number"));
                }
            }
        }
        "button" => {
            text(kind, &content, "text")?;
            text(kind, &content, "payload")?;
        }
        "interactive" => {
            let form = text(kind, &content, "type")?.to_owned();
            if !content[&form].is_object() {
                return Err(Bad::field(
                    &format!("interactive.{form}"),
                    "must be an object",
                ));
            }
        }
        "order" => {
            text(kind, &content, "catalog_id")?;
            if !content["product_items"].is_array() {
                return Err(Bad::field("order.product_items", "must be a list"));
            }
        }
        "reaction" => drop(text(kind, &content, "message_id")?),
        "edit" | "revoke" => drop(text(kind, &content, "original_message_id")?),
        "system" => drop(text(kind, &content, "type")?),
        _ => {}
    }
    Ok(Some(content))
}

fn needs_content(kind: &str) -> bool {
    matches!(
        kind,
        "text"
            | "image"
            | "video"
            | "audio"
            | "document"
            | "sticker"
            | "location"
            | "contacts"
            | "button"
            | "interactive"
            | "order"
            | "reaction"
            | "system"
            | "edit"
            | "revoke"
    )
}

fn text<'v>(kind: &str, content: &'v Value, name: &str) -> Result<&'v str, Bad> {
    let text = content[name].as_str();
    text.ok_or_else(|| Bad::field(&format!("{kind}.{name}"), "must be a text"))
}

/// Gives a file the members that Meta always sends.
fn fill(file: &mut Value, kind: &str, id: &str) {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest as _, Sha256};

    let mime_type = match kind {
        "image" => "image/jpeg",
        "video" => "video/mp4",
        "audio" => "audio/ogg; codecs=opus",
        "document" => "application/pdf",
        _ => "image/webp",
    };
    if file["mime_type"].is_null() {
        file["mime_type"] = json!(mime_type);
    }
    if file["sha256"].is_null() {
        file["sha256"] = json!(STANDARD.encode(Sha256::digest(id)));
    }
}
