//! Cards beside each other.

use serde_json::{Map, Value, json};

use super::{Context, Rejection, buttons, kind, normal, once_each, parts};

/// Cards of a carousel (Meta, "Media card carousel templates").
const CARDS: std::ops::RangeInclusive<usize> = 2..=10;
/// Characters of a card's body.
const LONGEST_BODY: usize = 160;
/// Buttons of a card.
const MOST_BUTTONS: usize = 2;

pub(super) fn check(
    context: Context<'_>,
    mut component: Map<String, Value>,
) -> Result<Value, Rejection> {
    let cards = component.get("cards").and_then(Value::as_array);
    let cards = cards.ok_or_else(|| Rejection::lacks("CAROUSEL", "cards"))?;
    if !CARDS.contains(&cards.len()) {
        let message = "A carousel must have 2 to 10 cards.";
        return Err(Rejection::parameter(message));
    }
    let cards = cards
        .iter()
        .map(|card| one(context, card))
        .collect::<Result<Vec<_>, _>>()?;
    let shape = cards.first().map(shape);
    if cards.iter().any(|card| Some(self::shape(card)) != shape) {
        let message = "All cards of a carousel must have the same components.";
        return Err(Rejection::parameter(message));
    }
    component.insert("cards".into(), Value::Array(cards));
    Ok(Value::Object(component))
}

/// What cards must have in common: their components, the format of the header, the kinds of buttons.
fn shape(card: &Value) -> Vec<Value> {
    let parts = card["components"].as_array().into_iter().flatten();
    parts
        .map(|part| {
            let buttons = part["buttons"].as_array().into_iter().flatten();
            let buttons: Vec<&Value> = buttons.map(|button| &button["type"]).collect();
            json!([part["type"], part["format"], buttons])
        })
        .collect()
}

fn one(context: Context<'_>, card: &Value) -> Result<Value, Rejection> {
    let components = card["components"].as_array();
    let components = components.ok_or_else(|| Rejection::lacks("CAROUSEL", "components"))?;
    let components = components
        .iter()
        .map(normal)
        .collect::<Result<Vec<_>, _>>()?;
    once_each(&components, &["HEADER", "BODY", "BUTTONS"])?;
    for needed in ["HEADER", "BUTTONS"] {
        if !components.iter().any(|part| kind(part) == Some(needed)) {
            return Err(Rejection::lacks("CAROUSEL", needed));
        }
    }
    let components = components
        .into_iter()
        .map(|part| match kind(&part).unwrap_or_default() {
            "HEADER" => {
                let format = part.get("format").and_then(Value::as_str);
                if !matches!(format, Some("IMAGE" | "VIDEO" | "PRODUCT")) {
                    let why = "A card's header must be an IMAGE, a VIDEO or a PRODUCT.";
                    return Err(Rejection::header(why));
                }
                parts::header(context, part)
            }
            "BODY" => parts::body(context, part, LONGEST_BODY),
            _ => buttons::check(part, MOST_BUTTONS),
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({"components": components}))
}
