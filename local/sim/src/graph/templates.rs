//! Templates: `/{waba_id}/message_templates` and `/{template_id}`.

mod create;
mod delete;
mod edit;
mod list;

use serde_json::Value;

pub(super) use create::create;
pub(super) use delete::delete;
pub(super) use edit::edit;
pub(super) use list::{list, one};

use super::error::GraphError;
use crate::templates::{Category, Rejection};

impl From<Rejection> for GraphError {
    fn from(rejection: Rejection) -> Self {
        match rejection.subcode {
            Some(subcode) => Self::graph(100, "Invalid parameter")
                .with_subcode(subcode)
                .for_people(rejection.title, rejection.message),
            None => Self::graph(100, rejection.message),
        }
    }
}

/// A member of the body that must be a text.
fn text<'v>(body: &'v Value, name: &str) -> Result<&'v str, GraphError> {
    opt_text(body, name)?
        .ok_or_else(|| GraphError::graph(100, format!("The parameter {name} is required.")))
}

/// A member of the body that may be missing and else is a text.
fn opt_text<'v>(body: &'v Value, name: &str) -> Result<Option<&'v str>, GraphError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(GraphError::graph(
            100,
            format!("Param {name} must be a string."),
        )),
    }
}

fn category(text: &str) -> Result<Category, GraphError> {
    Category::named(&text.to_ascii_uppercase()).ok_or_else(|| {
        let known = Category::ALL.map(Category::as_str).join(", ");
        GraphError::graph(100, format!("Param category must be one of {{{known}}}."))
    })
}

/// Seconds within which a template is delivered or not at all (Meta, "Time-to-live": 30 seconds to 30
/// days, -1 for 30 days).
fn ttl_seconds(body: &Value) -> Result<Option<i64>, GraphError> {
    let Some(given) = body
        .get("message_send_ttl_seconds")
        .filter(|given| !given.is_null())
    else {
        return Ok(None);
    };
    let seconds = given
        .as_i64()
        .filter(|seconds| *seconds == -1 || (30..=2_592_000).contains(seconds));
    seconds.map(Some).ok_or_else(|| {
        let why = "Param message_send_ttl_seconds must be -1 or from 30 to 2592000.";
        GraphError::graph(100, why)
    })
}
