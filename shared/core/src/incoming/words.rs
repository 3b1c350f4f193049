//! What a person reads of a message.

use serde_json::Value;

use super::read::text;

/// The words of a message of any kind. Never empty.
pub(super) fn of_message(message: &Value) -> String {
    let kind = text(message, "type").unwrap_or_else(|| "unknown".to_owned());
    let node = message.get(&kind).unwrap_or(&Value::Null);
    let words = of_node(&kind, node, message).filter(|words| !words.trim().is_empty());
    words.unwrap_or_else(|| bracketed(&kind))
}

fn of_node(kind: &str, node: &Value, message: &Value) -> Option<String> {
    let own = |name| text(node, name).filter(|words| !words.is_empty());
    match kind {
        "text" | "system" => own("body"),
        "image" | "video" => own("caption"),
        "document" => own("caption").or_else(|| own("filename")),
        "audio" => {
            (node.get("voice") == Some(&Value::Bool(true))).then(|| "[voice note]".to_owned())
        }
        "location" => place(node).map(|place| format!("[location] {place}")),
        "contacts" => cards(node).map(|names| format!("[contacts] {names}")),
        "button" => own("text"),
        "interactive" => interactive(node),
        "order" => Some(order(node)),
        "reaction" => Some(own("emoji").unwrap_or_else(|| "[reaction removed]".to_owned())),
        "edit" => node.get("message").map(of_message),
        "revoke" => Some("[deleted a message]".to_owned()),
        "request_welcome" => Some("[opened the chat]".to_owned()),
        "unsupported" => Some(unsupported(node, message)),
        // Of a kind that nobody knows yet, the words that it most likely has.
        _ => ["body", "text", "caption", "title"]
            .into_iter()
            .find_map(own),
    }
}

fn bracketed(kind: &str) -> String {
    format!("[{}]", kind.replace('_', " "))
}

/// The name or address of a place, else where it is.
fn place(node: &Value) -> Option<String> {
    let named = ["name", "address"]
        .into_iter()
        .filter_map(|name| text(node, name))
        .filter(|words| !words.is_empty());
    let named: Vec<_> = named.collect();
    if !named.is_empty() {
        return Some(named.join(", "));
    }
    let degrees = |name| text(node, name);
    Some(format!(
        "{}, {}",
        degrees("latitude")?,
        degrees("longitude")?
    ))
}

fn cards(node: &Value) -> Option<String> {
    let names = node.as_array()?.iter().filter_map(|card| {
        let name = card.get("name")?;
        text(name, "formatted_name").or_else(|| text(name, "first_name"))
    });
    let names: Vec<_> = names.collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn interactive(node: &Value) -> Option<String> {
    let form = text(node, "type")?;
    let reply = node.get(&form)?;
    match form.as_str() {
        "button_reply" | "list_reply" => text(reply, "title"),
        "nfm_reply" => {
            let name = text(reply, "name").unwrap_or(form);
            let body = text(reply, "body").unwrap_or_default();
            Some(format!("{} {body}", bracketed(&name)).trim_end().to_owned())
        }
        "call_permission_reply" => {
            text(reply, "response").map(|answer| format!("[call permission] {answer}"))
        }
        other => Some(bracketed(other)),
    }
}

/// How much of what, and what was written beside it.
fn order(node: &Value) -> String {
    let items = node.get("product_items").and_then(Value::as_array);
    let items = items.into_iter().flatten().filter_map(|item| {
        let quantity = text(item, "quantity").unwrap_or_else(|| "1".to_owned());
        Some(format!(
            "{quantity} × {}",
            text(item, "product_retailer_id")?
        ))
    });
    let items = items.collect::<Vec<_>>().join(", ");
    let note = text(node, "text").filter(|note| !note.is_empty());
    match note {
        Some(note) => format!("[order] {items}: {note}"),
        None => format!("[order] {items}").trim_end().to_owned(),
    }
}

/// What WhatsApp does not hand over, and why as far as it says so.
fn unsupported(node: &Value, message: &Value) -> String {
    if let Some(form) = text(node, "type").filter(|form| !form.is_empty()) {
        return format!("[unsupported] {form}");
    }
    let errors = message.get("errors").and_then(Value::as_array);
    let details = errors.and_then(|errors| {
        let error = errors.first()?;
        let details = error
            .get("error_data")
            .and_then(|data| text(data, "details"));
        details.or_else(|| text(error, "title"))
    });
    match details {
        Some(details) => format!("[unsupported] {details}"),
        None => "[unsupported]".to_owned(),
    }
}
