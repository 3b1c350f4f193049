//! A text with the values of its variables.

use serde_json::Value;

use super::Misfit;
use crate::templates::variables;

/// The text of a part with the parameters in it.
pub(super) fn fill(
    part: &str,
    text: &str,
    named: bool,
    parameters: &[Value],
) -> Result<String, Misfit> {
    let names = variables::variables(text);
    if parameters.len() != names.len() {
        return Err(Misfit::count(part, parameters.len(), names.len()));
    }
    let mut values: Vec<(String, &str)> = Vec::with_capacity(names.len());
    for (place, parameter) in parameters.iter().enumerate() {
        let name = match (named, parameter["parameter_name"].as_str()) {
            (true, None) => return Err(Misfit::format(part, "Parameter name is missing or empty")),
            (false, Some(_)) => {
                let why = "the template's parameters have no names";
                return Err(Misfit::format(part, why));
            }
            (true, Some(name)) if !names.contains(&name) => {
                let why = format!("the template has no parameter named {name}");
                return Err(Misfit::format(part, &why));
            }
            (true, Some(name)) if values.iter().any(|(known, _)| known == name) => {
                let why = format!("the parameter named {name} comes twice");
                return Err(Misfit::format(part, &why));
            }
            (true, Some(name)) => name.to_owned(),
            (false, None) => (place + 1).to_string(),
        };
        let value = value(parameter).ok_or_else(|| {
            let kind = parameter["type"].as_str().unwrap_or("unknown");
            let kind = kind.to_ascii_uppercase();
            let why = format!("Format mismatch, expected TEXT, received {kind}");
            Misfit::format(part, &why)
        })?;
        values.push((name, value));
    }
    Ok(variables::fill(text, |name| {
        let value = values.iter().find(|(known, _)| known == name);
        value.map(|(_, value)| *value)
    }))
}

/// What a parameter writes.
fn value(parameter: &Value) -> Option<&str> {
    match parameter["type"].as_str()? {
        "text" => parameter["text"].as_str(),
        kind @ ("currency" | "date_time") => parameter[kind]["fallback_value"].as_str(),
        _ => None,
    }
}
