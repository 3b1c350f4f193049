//! Meta's own OpenAPI document, which lies in the folder that `OPENWATI_CONTRACTS` names.

#![allow(dead_code, reason = "every test file uses a part of this")]

use std::{env, fs, path::Path};

use jsonschema::Validator;
use serde_json::{Value, json};

const DOCUMENT: &str = "meta-business-messaging-v23.yaml";

/// Meta's document, or `None` when this run is without it.
pub(crate) fn document() -> Option<Value> {
    let Some(folder) = env::var_os("OPENWATI_CONTRACTS") else {
        assert_ne!(
            env::var("CI").as_deref(),
            Ok("true"),
            "in CI OPENWATI_CONTRACTS must name the folder with {DOCUMENT}"
        );
        eprintln!("skipped: OPENWATI_CONTRACTS does not name the folder with {DOCUMENT}");
        return None;
    };
    let text = fs::read_to_string(Path::new(&folder).join(DOCUMENT)).unwrap();
    Some(serde_yaml_ng::from_str(&text).unwrap())
}

/// A correction of the document: the place in its schemas, what belongs there, and why.
pub(crate) type Correction = (&'static str, Value, &'static str);

/// A schema of the document as JSON schema, with corrections.
pub(crate) fn schema(document: &Value, name: &str, corrections: Vec<Correction>) -> Validator {
    let mut schemas = document["components"]["schemas"].clone();
    for (place, right, reason) in corrections {
        let (parent, member) = place.rsplit_once('/').unwrap();
        let parent = schemas.pointer_mut(parent);
        let parent = parent.unwrap_or_else(|| panic!("no {place} to correct: {reason}"));
        parent[member] = right;
    }
    // A part of an `allOf` that forbids further members forbids those of the other part too. What
    // is meant is that the whole has no further ones.
    for schema in schemas.as_object_mut().unwrap().values_mut() {
        let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
        let mut closed = false;
        for part in parts.into_iter().flatten().filter_map(Value::as_object_mut) {
            closed |= part.remove("additionalProperties") == Some(json!(false));
        }
        if closed {
            schema["unevaluatedProperties"] = json!(false);
        }
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/components/schemas/{name}"),
        "components": {"schemas": schemas},
    });
    jsonschema::validator_for(&schema).unwrap()
}

pub(crate) fn problems(schema: &Validator, value: &Value) -> Vec<String> {
    schema
        .iter_errors(value)
        .map(|error| error.to_string())
        .collect()
}

#[track_caller]
pub(crate) fn assert_valid(schema: &Validator, value: &Value, what: &str) {
    let problems = problems(schema, value);
    assert!(problems.is_empty(), "{what}: {problems:?}\n{value}");
}
