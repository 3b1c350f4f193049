//! The check of what is sent to `/{phone_number_id}/messages`, by Meta's documents.
//!
//! A missing member is 131008, a value outside its limits 131009, and what Meta's schema does not
//! know at all, a misspelt member or a value of another JSON type, is 100.

mod carried;
mod contacts;
mod content;
mod interactive;
mod message;
mod node;
mod orders;
mod template;

pub(crate) use carried::{Carried, Source};
pub(crate) use message::{Outgoing, Recipient, Request, parse};
pub(crate) use node::Problem;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;

    /// Names that the check knows, so that random bodies get past its first lines.
    const NAMES: &[&str] = &[
        "messaging_product",
        "to",
        "recipient",
        "recipient_type",
        "type",
        "text",
        "image",
        "id",
        "link",
        "interactive",
        "action",
        "body",
        "header",
        "buttons",
        "reply",
        "sections",
        "rows",
        "template",
        "components",
        "parameters",
        "language",
        "code",
        "name",
        "contacts",
        "context",
        "cards",
        "order",
        "total_amount",
        "value",
        "offset",
        "location",
        "reaction",
        "emoji",
    ];
    const TEXTS: &[&str] = &[
        "",
        " ",
        "whatsapp",
        "+923001234567",
        "PK.1",
        "text",
        "image",
        "interactive",
        "template",
        "contacts",
        "button",
        "list",
        "flow",
        "carousel",
        "order_details",
        "header",
        "url",
        "0",
    ];

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
            prop::sample::select(TEXTS).prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 64, 6, |inner| {
            let name = prop_oneof![
                4 => prop::sample::select(NAMES).prop_map(str::to_owned),
                1 => "\\PC{0,8}",
            ];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((name, inner), 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_json_makes_the_check_panic(body in json_value(), kind in prop::sample::select(TEXTS)) {
            let _ = parse(&body);
            let _ = parse(&json!({
                "messaging_product": "whatsapp", "to": "923001234567", "type": kind, kind: body,
            }));
            let _ = parse(&json!({
                "messaging_product": "whatsapp", "to": "923001234567", "type": "interactive",
                "interactive": {"type": kind, "header": body, "body": {"text": "x"}, "action": body},
            }));
        }

        #[test]
        fn a_text_is_as_long_as_its_characters(text in "[a-zäß€👋]{1,4100}") {
            let body = json!({"messaging_product": "whatsapp", "to": "923001234567",
                "text": {"body": text}});
            prop_assert_eq!(parse(&body).is_ok(), text.chars().count() <= 4_096);
        }
    }
}
