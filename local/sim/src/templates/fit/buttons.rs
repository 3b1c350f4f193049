//! The buttons.

use serde_json::{Value, json};

use super::{Misfit, given::Button};
use crate::templates::variables;

/// The links of one-time codes, which are shown as buttons that copy.
const CODES: &str = "https://www.whatsapp.com/otp/";

/// The buttons with what was brought for them.
pub(super) fn render(defined: &[Value], given: &[Button<'_>]) -> Result<Value, Misfit> {
    for button in given {
        let index = button.index;
        let Some(defined) = defined.get(index) else {
            let details = format!("buttons: the template has no button at index {index}");
            return Err(Misfit::new(132_018, details));
        };
        let kind = kind(defined);
        if button.kind != kind {
            let why = format!("Button at index {index} is of type {kind}");
            return Err(Misfit::format("buttons", &why));
        }
    }
    let shown = defined.iter().enumerate().map(|(index, defined)| {
        let mut given = given.iter();
        let given = given.find(|button| button.index == index);
        one(defined, index, given.and_then(|button| button.parameter))
    });
    shown.collect()
}

/// The type in small letters, as a send names it.
fn kind(defined: &Value) -> String {
    let kind = defined["type"].as_str().unwrap_or_default();
    kind.to_ascii_lowercase()
}

fn one(defined: &Value, index: usize, parameter: Option<&Value>) -> Result<Value, Misfit> {
    let kind = kind(defined);
    let mut shown = json!({"index": index, "type": kind, "text": defined["text"]});
    let needed = || {
        let details =
            format!("buttons: Button at index {index} of type {kind} requires a parameter");
        Misfit::new(131_008, details)
    };
    match kind.as_str() {
        "url" => {
            let url = defined["url"].as_str().unwrap_or_default();
            let wants = !variables::variables(url).is_empty();
            let value = match (wants, parameter) {
                (false, Some(_)) => {
                    let details = format!(
                        "buttons: Button at index {index} of type {kind} does not require parameters"
                    );
                    return Err(Misfit::new(132_018, details));
                }
                (false, None) => "",
                (true, given) => given
                    .and_then(|given| given["text"].as_str())
                    .ok_or_else(needed)?,
            };
            if url.starts_with(CODES) {
                shown["type"] = json!("copy_code");
                shown["code"] = json!(value);
            } else {
                shown["url"] = json!(variables::fill(url, |_| Some(value)));
            }
        }
        "phone_number" => shown["phone_number"] = defined["phone_number"].clone(),
        "copy_code" => {
            let code = parameter.map(|given| &given["coupon_code"]);
            shown["code"] = code.ok_or_else(needed)?.clone();
        }
        "quick_reply" => {
            let payload = parameter.map(|given| &given["payload"]);
            shown["payload"] = payload.unwrap_or(&defined["text"]).clone();
        }
        "mpm" | "spm" => {
            let action = parameter.ok_or_else(needed)?;
            shown["action"] = action["action"].clone();
        }
        _ => {
            if let Some(given) = parameter.and_then(|given| given.get("action")) {
                shown["action"] = given.clone();
            }
        }
    }
    Ok(shown)
}
