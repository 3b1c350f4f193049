//! What customers may write (Meta, "Messages webhook reference").

use serde_json::{Map, Value, json};

use super::sender;
use crate::{
    http::{Bad, optional_text},
    media::is_file,
};

/// Members of a request besides the content.
const COMMON: &[&str] = &[
    "type",
    "channel",
    "deliver",
    "timestamp",
    "context",
    "referral",
    "errors",
    "group_id",
    "extra",
];

/// The longest text that WhatsApp lets a customer write.
const LONGEST_TEXT: usize = 65_536;

/// When a message was written, as the request has it or now.
#[derive(Debug)]
pub(super) struct Timestamp {
    /// Seconds since 1970, or what else the request gives, which is passed on.
    pub(super) text: String,
    pub(super) ms: i64,
}

impl Timestamp {
    pub(super) fn of(request: &Map<String, Value>, now_ms: i64) -> Result<Self, Bad> {
        let text = match request.get("timestamp") {
            None | Some(Value::Null) => (now_ms / 1000).to_string(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => return Err(Bad::field("timestamp", "must be seconds since 1970")),
        };
        let seconds: i64 = text
            .parse()
            .ok()
            .filter(|seconds| *seconds >= 0)
            .ok_or_else(|| Bad::field("timestamp", "must be seconds since 1970"))?;
        Ok(Self {
            text,
            ms: seconds.saturating_mul(1000),
        })
    }
}

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
    let named = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let is_common = |name: &str| COMMON.contains(&name) || sender::MEMBERS.contains(&name);
    if kind.is_empty() || kind.len() > 40 || !kind.bytes().all(named) || is_common(kind) {
        return Err(Bad::field("type", "must be the type of a message"));
    }
    let unknown = request
        .keys()
        .find(|name| !is_common(name) && *name != kind);
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
    match request.get("extra") {
        None | Some(Value::Null) => {}
        Some(Value::Object(extra)) => message.extend(extra.clone()),
        Some(_) => return Err(Bad::field("extra", "must be an object")),
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
    let content = match content {
        Some(Value::String(body)) if kind == "text" => json!({"body": body}),
        Some(content) => content.clone(),
        None if needs_content(kind) => return Err(Bad::field(kind, "is missing")),
        None if is_file(kind) => json!({}),
        None => return Ok(None),
    };
    if !is_known(kind) {
        return Ok(Some(content));
    }
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

/// Checks what is said of a file, as far as the simulator relies on it.
pub(super) fn file_members(kind: &str, node: &Map<String, Value>) -> Result<(), Bad> {
    for name in ["id", "caption", "filename", "mime_type", "sha256", "url"] {
        optional_text(node, name).map_err(|_| wrong(kind, name, "a text"))?;
    }
    for name in ["voice", "animated"] {
        if node.get(name).is_some_and(|value| !value.is_boolean()) {
            return Err(wrong(kind, name, "true or false"));
        }
    }
    Ok(())
}

fn wrong(kind: &str, name: &str, what: &str) -> Bad {
    Bad::field(&format!("{kind}.{name}"), &format!("must be {what}"))
}

/// Whether Meta's page describes the type's content; that of others is passed on as it is.
fn is_known(kind: &str) -> bool {
    needs_content(kind) || is_file(kind) || kind == "unsupported"
}

fn needs_content(kind: &str) -> bool {
    matches!(
        kind,
        "text"
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
    text.ok_or_else(|| wrong(kind, name, "a text"))
}
