//! The query parameter `fields`.

use serde_json::{Map, Value};

use super::error::GraphError;

/// Picks the wanted members of `all`, or the default ones; the id is always among them.
pub(super) fn pick(
    all: Value,
    wanted: Option<&str>,
    default: &[&str],
    node: &str,
) -> Result<Value, GraphError> {
    let Value::Object(mut all) = all else {
        return Ok(all);
    };
    let wanted: Vec<&str> = match wanted {
        Some(wanted) => wanted
            .split(',')
            .map(|field| field.split(['{', '.', '(']).next().unwrap_or(field).trim())
            .filter(|field| !field.is_empty())
            .collect(),
        None => default.to_vec(),
    };
    let mut picked = Map::new();
    for field in wanted.into_iter().chain(["id"]) {
        if picked.contains_key(field) {
            continue;
        }
        let Some(value) = all.remove(field) else {
            let field: String = field.chars().take(100).collect();
            let text = format!("Tried accessing nonexisting field ({field}) on node type ({node})");
            return Err(GraphError::graph(100, text));
        };
        // A field without a value is left out, as Graph does.
        if !value.is_null() {
            picked.insert(field.to_owned(), value);
        }
    }
    Ok(Value::Object(picked))
}
