//! `POST /{waba_id}/message_templates`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{category, opt_text, text, ttl_seconds};
use crate::{
    graph::{Incoming, error::GraphError},
    simulator::Inner,
    templates::{
        Change, Definition, Rejection, Template, change, language_is_known, name_is_right,
    },
    time::now_ms,
    uploads,
};

/// Templates of an account at most, in all languages (Meta, "Templates": of a verified business).
pub(super) const MOST: usize = 6_000;

/// Templates that an account may make in an hour (Meta, "Templates").
const MOST_AN_HOUR: usize = 100;
const HOUR_MS: i64 = 60 * 60 * 1000;

/// How long the name of a deleted template that was approved is kept.
const RESERVED_MS: i64 = 30 * 24 * HOUR_MS;

/// Takes a template, which then waits for its review.
pub(in crate::graph) async fn create(
    inner: &Arc<Inner>,
    waba_id: &str,
    incoming: &Incoming,
) -> Result<Value, GraphError> {
    let body = incoming.body.as_ref().map_err(Clone::clone)?;
    let name = text(body, "name")?.to_owned();
    if !name_is_right(&name) {
        let why =
            "Param name must have at most 512 characters: small letters, digits and underscores.";
        return Err(GraphError::graph(100, why));
    }
    let language = text(body, "language")?.to_owned();
    if !language_is_known(&language) {
        let why = "Param language must be one of the languages of templates, such as en_US.";
        return Err(GraphError::graph(100, why));
    }
    let category = category(text(body, "category")?)?;
    let format = opt_text(body, "parameter_format")?.unwrap_or("POSITIONAL");
    let named = match format.to_ascii_uppercase().as_str() {
        "POSITIONAL" => false,
        "NAMED" => true,
        _ => {
            let why = "Param parameter_format must be one of {NAMED, POSITIONAL}.";
            return Err(GraphError::graph(100, why));
        }
    };
    let ttl_seconds = ttl_seconds(body)?;
    let components = body
        .get("components")
        .ok_or_else(|| GraphError::graph(100, "The parameter components is required."))?;
    let sample = |handle: &str| uploads::mime_of(&inner.numbers, handle);
    let definition = Definition::check(category, named, components, &sample)?;
    let waba_id = waba_id.to_owned();
    change(inner, move |inner| {
        let now_ms = now_ms();
        has_room(inner, &waba_id, &name, &language, now_ms)?;
        let template = Template {
            ttl_seconds,
            ..Template::new(&waba_id, &name, &language, definition, now_ms)
        };
        Ok(Change {
            answer: json!({
                "id": template.id,
                "status": template.status.as_str(),
                "category": template.category.as_str(),
            }),
            templates: vec![template],
            news: Vec::new(),
        })
    })
    .await
}

fn has_room(
    inner: &Inner,
    waba_id: &str,
    name: &str,
    language: &str,
    now_ms: i64,
) -> Result<(), GraphError> {
    let all = inner.templates.of(waba_id);
    let new = |template: &&Arc<Template>| template.created_ms > now_ms - HOUR_MS;
    // Those that every account begins with were never asked for.
    let asked = all.iter().skip(crate::templates::SEEDS);
    if asked.filter(new).count() >= MOST_AN_HOUR {
        let why = "There have been too many calls to this WhatsApp Business account. Wait a bit and try again.";
        return Err(GraphError::graph(80_008, why));
    }
    if all.iter().filter(|template| !template.is_deleted()).count() >= MOST {
        return Err(Rejection {
            subcode: Some(2_388_019),
            title: "Message template limit exceeded",
            message: format!("The account has {MOST} message templates already."),
        }
        .into());
    }
    let mut same = all
        .iter()
        .filter(|template| template.name == name && template.language == language);
    let Some(known) = same.next_back() else {
        return Ok(());
    };
    let rejection = if !known.is_deleted() {
        Rejection {
            subcode: Some(2_388_024),
            title: "Content in this language already exists",
            message: format!("There is already {language} content for this template."),
        }
    } else if known.was_approved && now_ms < known.updated_ms + RESERVED_MS {
        Rejection {
            subcode: Some(2_388_023),
            title: "Message template language is being deleted",
            message: format!(
                "New {language} content can't be added while the existing {language} content is \
                 being deleted. Try again in 4 weeks or take another name."
            ),
        }
    } else {
        return Ok(());
    };
    Err(rejection.into())
}
