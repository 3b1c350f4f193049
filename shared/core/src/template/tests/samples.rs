//! Templates as Meta's catalogue lists them.

use serde_json::{Value, json};

use crate::template::{Definition, Given};

pub(super) fn definition(category: &str, format: &str, components: Value) -> Definition {
    let listed = json!({"name": "order_update", "language": "en", "category": category,
        "parameter_format": format, "components": components});
    serde_json::from_value(listed).unwrap()
}

pub(super) fn given(given: &str) -> Given {
    serde_json::from_str(given).unwrap()
}

/// A header and a body with numbered variables, and two buttons of which the second takes the end of an address.
pub(super) fn numbered() -> Definition {
    let components = json!([
        {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}",
            "example": {"header_text": ["42"]}},
        {"type": "BODY", "text": "Hello {{1}}, your order {{2}} is on its way.",
            "example": {"body_text": [["Ali", "42"]]}},
        {"type": "FOOTER", "text": "Thank you"},
        {"type": "BUTTONS", "buttons": [
            {"type": "QUICK_REPLY", "text": "Stop"},
            {"type": "URL", "text": "Track", "url": "https://example.com/{{1}}",
                "example": ["https://example.com/42"]}]}]);
    definition("UTILITY", "POSITIONAL", components)
}

pub(super) fn named() -> Definition {
    let components =
        json!([{"type": "BODY", "text": "Hello {{name}}, your order {{order}} is on its way."}]);
    definition("UTILITY", "NAMED", components)
}

/// A one-time password as Meta lists it: its button has an address.
pub(super) fn password() -> Definition {
    let components = json!([
        {"type": "BODY", "text": "*{{1}}* is your verification code.", "add_security_recommendation": false},
        {"type": "FOOTER", "code_expiration_minutes": 5},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy code",
            "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"}]}]);
    definition("AUTHENTICATION", "POSITIONAL", components)
}

pub(super) fn carousel() -> Definition {
    let card = json!({"components": [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "Only {{1}} today"},
        {"type": "BUTTONS", "buttons": [
            {"type": "QUICK_REPLY", "text": "More"},
            {"type": "URL", "text": "Buy", "url": "https://example.com/{{1}}"}]}]});
    let components = json!([
        {"type": "BODY", "text": "Dear {{1}}, our offers:"},
        {"type": "CAROUSEL", "cards": [card, card]}]);
    definition("MARKETING", "POSITIONAL", components)
}

pub(super) fn offer() -> Definition {
    let components = json!([
        {"type": "HEADER", "format": "VIDEO"},
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Ends soon", "has_expiration": true}},
        {"type": "BODY", "text": "Get {{1}} off."},
        {"type": "BUTTONS", "buttons": [
            {"type": "COPY_CODE", "example": "SUMMER"},
            {"type": "URL", "text": "Shop", "url": "https://example.com/{{1}}"}]}]);
    definition("MARKETING", "POSITIONAL", components)
}
