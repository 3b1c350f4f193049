//! Templates for one-time codes, whose texts are WhatsApp's own (Meta, "Authentication templates").

use serde_json::{Map, Value, json};

use super::{Rejection, kind, once_each};

/// Minutes that a footer may say a code is good for.
const EXPIRES: std::ops::RangeInclusive<i64> = 1..=90;

/// Checks what may be chosen, and writes the texts.
pub(super) fn check(components: &[Map<String, Value>]) -> Result<Vec<Value>, Rejection> {
    once_each(components, &["BODY", "FOOTER", "BUTTONS"])?;
    let part = |wanted: &str| components.iter().find(|part| kind(part) == Some(wanted));
    let mut written = Vec::with_capacity(3);
    let body = part("BODY");
    if body.is_some_and(|body| body.contains_key("text")) {
        let why = "The body of an AUTHENTICATION template is WhatsApp's and can't have a text.";
        return Err(Rejection::body(why));
    }
    let recommends = body.and_then(|body| body.get("add_security_recommendation"));
    let recommends = recommends == Some(&json!(true));
    let advice = match recommends {
        true => " For your security, do not share this code.",
        false => "",
    };
    written.push(json!({
        "type": "BODY",
        "text": format!("*{{{{1}}}}* is your verification code.{advice}"),
        "add_security_recommendation": recommends,
        "example": {"body_text": [["123456"]]},
    }));
    if let Some(footer) = part("FOOTER") {
        let minutes = footer.get("code_expiration_minutes");
        let minutes = minutes.and_then(Value::as_i64);
        let minutes = minutes.filter(|minutes| EXPIRES.contains(minutes));
        let minutes = minutes.ok_or_else(|| {
            Rejection::footer("Param code_expiration_minutes must be from 1 to 90.")
        })?;
        written.push(json!({
            "type": "FOOTER",
            "text": format!("This code expires in {minutes} minutes."),
            "code_expiration_minutes": minutes,
        }));
    }
    let buttons = part("BUTTONS").and_then(|part| part.get("buttons"));
    let [button] = buttons.and_then(Value::as_array).map_or(&[][..], |all| all) else {
        let why = "An AUTHENTICATION template must have one button, of type OTP.";
        return Err(Rejection::parameter(why));
    };
    written.push(json!({"type": "BUTTONS", "buttons": [otp(button)?]}));
    Ok(written)
}

/// The button, which Meta lists as a link with the code.
fn otp(button: &Value) -> Result<Value, Rejection> {
    let capital = |name: &str| {
        let text = button[name].as_str();
        text.map(str::to_ascii_uppercase).unwrap_or_default()
    };
    if capital("type") != "OTP" {
        let why = "An AUTHENTICATION template must have one button, of type OTP.";
        return Err(Rejection::parameter(why));
    }
    let kind = capital("otp_type");
    let has_apps = button["supported_apps"].is_array() || button["package_name"].is_string();
    match kind.as_str() {
        "COPY_CODE" => {}
        "ONE_TAP" | "ZERO_TAP" if has_apps => {}
        "ONE_TAP" | "ZERO_TAP" => return Err(Rejection::lacks("BUTTONS", "supported_apps")),
        _ => {
            let why = "Param otp_type must be one of {COPY_CODE, ONE_TAP, ZERO_TAP}.";
            return Err(Rejection::parameter(why));
        }
    }
    let text = button["text"].as_str().unwrap_or("Copy code");
    if text.chars().count() > 25 {
        return Err(Rejection::too_long("text of the BUTTONS", 25));
    }
    let url =
        |code: &str| format!("https://www.whatsapp.com/otp/code/?otp_type={kind}&code=otp{code}");
    Ok(json!({
        "type": "URL",
        "text": text,
        "url": url("{{1}}"),
        "example": [url("123456")],
    }))
}
