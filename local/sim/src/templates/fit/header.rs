//! The header.

use serde_json::{Value, json};

use super::{Misfit, words};

/// Characters of a header with its value (Meta, "Template messages").
const LONGEST: usize = 60;

/// What stands above the body; `Null` where nothing does.
pub(super) fn render(
    defined: Option<&Value>,
    named: bool,
    parameters: &[Value],
) -> Result<Value, Misfit> {
    let part = "header";
    let Some(defined) = defined else {
        return match parameters {
            [] => Ok(Value::Null),
            given => Err(Misfit::count(part, given.len(), 0)),
        };
    };
    let format = defined["format"].as_str().unwrap_or_default();
    if format == "TEXT" {
        let text = defined["text"].as_str().unwrap_or_default();
        let text = words::fill(part, text, named, parameters)?;
        if text.chars().count() > LONGEST {
            let details =
                format!("header: the text with its parameters exceeds {LONGEST} characters");
            return Err(Misfit::new(132_005, details));
        }
        return Ok(json!({"type": "text", "text": text}));
    }
    let received = parameters
        .first()
        .and_then(|parameter| parameter["type"].as_str());
    let kind = match (format, received) {
        ("GIF", Some(kind @ ("gif" | "video"))) => kind,
        (_, Some(kind)) if kind.eq_ignore_ascii_case(format) => kind,
        _ => {
            let received = received.unwrap_or("unknown").to_ascii_uppercase();
            let why = format!("Format mismatch, expected {format}, received {received}");
            return Err(Misfit::format(part, &why));
        }
    };
    let [parameter] = parameters else {
        return Err(Misfit::count(part, parameters.len(), 1));
    };
    let given = &parameter[kind];
    Ok(match kind {
        "location" | "product" => json!({"type": kind, kind: given}),
        _ => json!({
            "type": kind,
            "media_id": given["id"],
            "media_url": given["link"],
            "filename": given["filename"],
        }),
    })
}
