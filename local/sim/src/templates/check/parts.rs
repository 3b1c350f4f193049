//! The header, the body, the footer, and the offer.

use serde_json::{Map, Value, json};

use super::{ANY_TYPE, Context, Rejection, text};

/// Characters of a header's text (Meta, "Template components").
const LONGEST_HEADER: usize = 60;
/// Characters of a body.
pub(super) const LONGEST_BODY: usize = 1_024;
/// Characters of a body above a limited-time offer.
pub(super) const LONGEST_OFFER_BODY: usize = 600;
/// Characters of a footer.
const LONGEST_FOOTER: usize = 60;
/// Characters of what an offer is called.
const LONGEST_OFFER: usize = 16;

const FORMATS: [&str; 7] = [
    "TEXT", "IMAGE", "VIDEO", "GIF", "DOCUMENT", "LOCATION", "PRODUCT",
];

pub(super) fn header(
    context: Context<'_>,
    component: Map<String, Value>,
) -> Result<Value, Rejection> {
    let format = component.get("format").and_then(Value::as_str);
    let format = format.ok_or_else(|| Rejection::lacks("HEADER", "format"))?;
    match format {
        "TEXT" => {
            let words = text::text(&component, "HEADER", "text", LONGEST_HEADER)?;
            if words.contains(['\n', '*']) {
                let why = "A header can't have new lines or formatting.";
                return Err(Rejection::header(why));
            }
            let names = text::checked(context, words, Rejection::header)?;
            if names.len() > 1 {
                return Err(Rejection::header("A header can have one variable."));
            }
            text::exemplified(context, &component, "HEADER", &names, "header_text")?;
        }
        "IMAGE" | "VIDEO" | "GIF" | "DOCUMENT" => sample(context, &component, format)?,
        "LOCATION" | "PRODUCT" => {}
        _ => {
            let known = FORMATS.join(", ");
            let message = format!("A header's format must be one of {{{known}}}.");
            return Err(Rejection::header(message));
        }
    }
    Ok(Value::Object(component))
}

/// A file's header comes with an uploaded sample of its kind.
fn sample(
    context: Context<'_>,
    component: &Map<String, Value>,
    format: &str,
) -> Result<(), Rejection> {
    let handle = component
        .get("example")
        .and_then(|example| example.get("header_handle"))
        .and_then(|handles| handles.get(0))
        .and_then(Value::as_str)
        .ok_or_else(|| Rejection::lacks("HEADER", "example"))?;
    let kinds: &[&str] = match format {
        "IMAGE" => &["image/jpeg", "image/png"],
        "VIDEO" | "GIF" => &["video/mp4"],
        _ => &["application/pdf"],
    };
    let mime = (context.sample)(handle).ok_or_else(|| Rejection {
        subcode: Some(2_494_102),
        title: "Invalid media handle",
        message: "The sample's handle is unknown. Upload the sample first.".into(),
    })?;
    if mime == ANY_TYPE || kinds.contains(&mime.as_str()) {
        return Ok(());
    }
    let kinds = kinds.join(", ");
    let message = format!("The sample of a header of {format} must be of the type {kinds}.");
    Err(Rejection::header(message))
}

pub(super) fn body(
    context: Context<'_>,
    component: Map<String, Value>,
    limit: usize,
) -> Result<Value, Rejection> {
    let words = text::text(&component, "BODY", "text", limit)?;
    if words.contains("\n\n\n") {
        let why = "A body can't have more than two new lines in a row.";
        return Err(Rejection::body(why));
    }
    let names = text::checked(context, words, Rejection::body)?;
    text::carries(words, names.len())?;
    text::exemplified(context, &component, "BODY", &names, "body_text")?;
    Ok(Value::Object(component))
}

pub(super) fn footer(component: Map<String, Value>) -> Result<Value, Rejection> {
    let words = text::text(&component, "FOOTER", "text", LONGEST_FOOTER)?;
    if words.contains("{{") {
        return Err(Rejection::footer("A footer can't have variables."));
    }
    Ok(Value::Object(component))
}

pub(super) fn offer(component: Map<String, Value>) -> Result<Value, Rejection> {
    let kind = "LIMITED_TIME_OFFER";
    let offer = component.get("limited_time_offer");
    let offer = offer.and_then(Value::as_object);
    let offer = offer.ok_or_else(|| Rejection::lacks(kind, "limited_time_offer"))?;
    text::text(offer, kind, "text", LONGEST_OFFER)?;
    let expires = offer.get("has_expiration").unwrap_or(&json!(false)).clone();
    if !expires.is_boolean() {
        let why = "Param limited_time_offer['has_expiration'] must be a boolean.";
        return Err(Rejection::parameter(why));
    }
    Ok(Value::Object(component))
}
