//! Buttons below a template or a card.

use serde_json::{Map, Value, json};

use super::{Rejection, text};
use crate::templates::variables::variables;

/// Buttons of a template at most (Meta, "Template components").
pub(super) const MOST: usize = 10;
/// Characters on a button.
const LONGEST_TEXT: usize = 25;
/// Characters of a link.
const LONGEST_URL: usize = 2_000;
/// Characters of a coupon's code.
const LONGEST_CODE: usize = 20;
/// Characters of a phone number.
const LONGEST_NUMBER: usize = 20;

const KINDS: [&str; 12] = [
    "QUICK_REPLY",
    "URL",
    "PHONE_NUMBER",
    "COPY_CODE",
    "FLOW",
    "CATALOG",
    "MPM",
    "SPM",
    "VOICE_CALL",
    "APP",
    "CALL_PERMISSION_REQUEST",
    "REQUEST_CONTACT_INFO",
];

/// Kinds that have a limit of their own.
const LIMITS: [(&str, usize); 3] = [("URL", 2), ("PHONE_NUMBER", 1), ("COPY_CODE", 1)];

/// Checks the component of buttons, `most` of them.
pub(super) fn check(mut component: Map<String, Value>, most: usize) -> Result<Value, Rejection> {
    let buttons = component.get("buttons").and_then(Value::as_array);
    let buttons = buttons.ok_or_else(|| Rejection::lacks("BUTTONS", "buttons"))?;
    if !(1..=most).contains(&buttons.len()) {
        let message = format!("There can be 1 to {most} buttons.");
        return Err(Rejection::parameter(message));
    }
    let buttons = buttons.iter().map(button).collect::<Result<Vec<_>, _>>()?;
    let kinds: Vec<&str> = buttons
        .iter()
        .map(|button| button["type"].as_str().unwrap_or_default())
        .collect();
    for (kind, limit) in LIMITS {
        if kinds.iter().filter(|other| **other == kind).count() > limit {
            let message = format!("There can be at most {limit} button(s) of type {kind}.");
            return Err(Rejection::parameter(message));
        }
    }
    let turns = kinds
        .windows(2)
        .filter(|pair| (pair[0] == "QUICK_REPLY") != (pair[1] == "QUICK_REPLY"))
        .count();
    if turns > 1 {
        let message = "Quick replies must stand together, before or after all other buttons.";
        return Err(Rejection::parameter(message));
    }
    for (place, button) in buttons.iter().enumerate() {
        let same = |other: &Value| button["text"].is_string() && button["text"] == other["text"];
        if buttons[..place].iter().any(same) {
            let message = "Buttons of one template must have different texts.";
            return Err(Rejection::parameter(message));
        }
    }
    component.insert("buttons".into(), Value::Array(buttons));
    Ok(Value::Object(component))
}

fn button(button: &Value) -> Result<Value, Rejection> {
    let lacking = |field: &str| Rejection::lacks("BUTTONS", field);
    let mut button = button.as_object().ok_or_else(|| lacking("type"))?.clone();
    let kind = button.get("type").and_then(Value::as_str);
    let kind = kind.ok_or_else(|| lacking("type"))?.to_ascii_uppercase();
    if !KINDS.contains(&kind.as_str()) {
        let known = KINDS.join(", ");
        let message = format!("A button's type must be one of {{{known}}}.");
        return Err(Rejection::parameter(message));
    }
    button.insert("type".into(), json!(kind));
    match kind.as_str() {
        "COPY_CODE" => {
            // WhatsApp writes the text of this button itself.
            button
                .entry("text")
                .or_insert_with(|| json!("Copy offer code"));
            code(&button)?;
        }
        // Their texts may be left to WhatsApp.
        "VOICE_CALL" | "APP" | "CALL_PERMISSION_REQUEST" | "REQUEST_CONTACT_INFO" => {
            if button.contains_key("text") {
                said(&button)?;
            }
        }
        "URL" => {
            said(&button)?;
            url(&button)?;
        }
        "PHONE_NUMBER" => {
            said(&button)?;
            let number = text::text(&button, "BUTTONS", "phone_number", LONGEST_NUMBER)?;
            if crate::identity::digits(number).is_none() {
                let message = "A button's phone_number needs its country code.";
                return Err(Rejection::parameter(message));
            }
        }
        _ => said(&button)?,
    }
    Ok(Value::Object(button))
}

fn said(button: &Map<String, Value>) -> Result<(), Rejection> {
    let words = text::text(button, "BUTTONS", "text", LONGEST_TEXT)?;
    if words.contains("{{") || words.contains('\n') {
        let message = "A button's text can't have variables or new lines.";
        return Err(Rejection::parameter(message));
    }
    Ok(())
}

fn url(button: &Map<String, Value>) -> Result<(), Rejection> {
    let address = text::text(button, "BUTTONS", "url", LONGEST_URL)?;
    let plain = address.strip_suffix("{{1}}");
    let parsed = url::Url::parse(plain.unwrap_or(address)).ok();
    let right = parsed
        .is_some_and(|parsed| matches!(parsed.scheme(), "http" | "https") && parsed.has_host());
    if !right {
        let message = "A button's url must start with http:// or https://.";
        return Err(Rejection::parameter(message));
    }
    if !variables(plain.unwrap_or(address)).is_empty() {
        let message = "A button's url can have the variable {{1}} at its end and no other.";
        return Err(Rejection::parameter(message));
    }
    if plain.is_some() && example(button).is_none() {
        return Err(Rejection::lacks("BUTTONS", "example"));
    }
    Ok(())
}

fn code(button: &Map<String, Value>) -> Result<(), Rejection> {
    let code = example(button).ok_or_else(|| Rejection::lacks("BUTTONS", "example"))?;
    if code.chars().count() > LONGEST_CODE {
        return Err(Rejection::too_long("example of the code", LONGEST_CODE));
    }
    Ok(())
}

/// The example, alone or in a list.
fn example(button: &Map<String, Value>) -> Option<&str> {
    let example = button.get("example")?;
    let example = example.get(0).unwrap_or(example).as_str()?;
    (!example.is_empty()).then_some(example)
}
