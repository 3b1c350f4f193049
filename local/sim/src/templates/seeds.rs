//! The templates that every account begins with, approved already.

use serde_json::{Value, json};

use super::{Category, Definition, Status, Template};

/// How many there are.
pub(crate) const SEEDS: usize = 2;

/// `hello_world` without parameters, and `order_update` with a name, an order and a link.
pub(super) fn of(waba_id: &str, now_ms: i64) -> [Template; SEEDS] {
    let hello = json!([
        {"type": "HEADER", "format": "TEXT", "text": "Hello World"},
        {"type": "BODY", "text": "Welcome! This message shows that your number can send templates. \
            Thank you for trying it out."},
        {"type": "FOOTER", "text": "Sent with a template"},
    ]);
    let order = json!([
        {"type": "HEADER", "format": "TEXT", "text": "Your order is on its way"},
        {"type": "BODY",
            "text": "Hi {{1}}, your order {{2}} has been shipped. Tap the button below to follow it.",
            "example": {"body_text": [["Ana", "A-1042"]]}},
        {"type": "FOOTER", "text": "Thank you for shopping with us"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track order",
            "url": "https://example.com/orders/{{1}}",
            "example": ["https://example.com/orders/A-1042"]}]},
    ]);
    [
        ("hello_world", "en_US", hello),
        ("order_update", "en", order),
    ]
    .map(|(name, language, components)| {
        let components = match components {
            Value::Array(components) => components,
            _ => Vec::new(),
        };
        let definition = Definition {
            category: Category::Utility,
            named: false,
            components,
        };
        Template {
            status: Status::Approved,
            ..Template::new(waba_id, name, language, definition, now_ms)
        }
    })
}
