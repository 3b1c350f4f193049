//! Values of attributes as callers write them.

use serde_json::Value;

/// The value of an attribute: a text, a number or a truth, kept as its text; `null` is none.
///
/// # Errors
/// If it is something else.
pub(crate) fn attribute(name: &str, value: Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Bool(truth) => Ok(Some(truth.to_string())),
        Value::Array(_) | Value::Object(_) => Err(format!("attributes.{name}: must be a text")),
    }
}
