//! Text, media, location, reaction, pin.

use super::node::{Node, Problem};

/// A text of up to 4,096 characters.
pub(super) fn text(node: Node<'_, '_>) -> Result<(), Problem> {
    node.only(&["body", "preview_url"])?;
    node.text("body", 4_096)?;
    node.opt_bool("preview_url")?;
    Ok(())
}

/// A file by id or link.
pub(super) fn media(kind: &str, node: Node<'_, '_>) -> Result<(), Problem> {
    let known: &[&str] = match kind {
        "image" | "video" => &["id", "link", "caption"],
        "document" => &["id", "link", "caption", "filename"],
        "audio" => &["id", "link", "voice"],
        _ => &["id", "link"],
    };
    node.only(known)?;
    node.opt_text("caption", 1_024)?;
    node.opt_text("filename", 240)?;
    node.opt_bool("voice")?;
    source(node)
}

/// Exactly one of `id` and `link`.
pub(super) fn source(node: Node<'_, '_>) -> Result<(), Problem> {
    let id = node.opt_text("id", 128)?;
    let link = node.opt_url("link")?;
    match (id, link) {
        (Some(_), Some(_)) => Err(node.bad("link", "may not be used together with id")),
        (None, None) => Err(node.missing("id")),
        _ => Ok(()),
    }
}

pub(super) fn location(node: Node<'_, '_>) -> Result<(), Problem> {
    node.only(&["latitude", "longitude", "name", "address"])?;
    place(node)
}

/// The members of a location.
pub(super) fn place(node: Node<'_, '_>) -> Result<(), Problem> {
    node.number("latitude", -90.0..=90.0)?;
    node.number("longitude", -180.0..=180.0)?;
    node.opt_text("name", 1_000)?;
    node.opt_text("address", 1_000)?;
    Ok(())
}

/// A reaction; an empty emoji takes an earlier one back.
pub(super) fn reaction(node: Node<'_, '_>) -> Result<(), Problem> {
    node.only(&["message_id", "emoji"])?;
    node.text("message_id", 512)?;
    match node.get("emoji").map(|emoji| emoji.as_str()) {
        None => Err(node.missing("emoji")),
        Some(Some("")) => Ok(()),
        Some(Some(emoji)) if emoji.chars().any(|part| part.is_ascii_alphabetic()) => {
            Err(node.bad("emoji", "is not an emoji"))
        }
        // One emoji may be built of many code points (flags, families, skin tones).
        Some(_) => node.text("emoji", 32).map(drop),
    }
}

pub(super) fn pin(node: Node<'_, '_>) -> Result<(), Problem> {
    node.only(&["type", "message_id", "expiration_days"])?;
    let kind = node.choice("type", &["pin", "unpin"])?;
    node.text("message_id", 512)?;
    let days = node.opt_integer("expiration_days", 1..=30)?;
    if kind == "pin" && days.is_none() {
        return Err(node.missing("expiration_days"));
    }
    Ok(())
}
