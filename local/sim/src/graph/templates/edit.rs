//! `POST /{template_id}`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{category, opt_text, ttl_seconds};
use crate::{
    graph::{Incoming, error::GraphError},
    simulator::Inner,
    templates::{Change, Definition, News, Rejection, Status, Template, change},
    time::now_ms,
    uploads,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Edits of an approved template in thirty days (Meta, "Template management").
const MOST_A_MONTH: usize = 10;

/// Changes a template, which then waits for its review again.
pub(in crate::graph) async fn edit(
    inner: &Arc<Inner>,
    template: &Template,
    incoming: &Incoming,
) -> Result<Value, GraphError> {
    let body = incoming.body.as_ref().map_err(Clone::clone)?.clone();
    let id = template.id.clone();
    let method = incoming.method.to_string();
    change(inner, move |inner| {
        let known = inner.templates.by_id(&id);
        let known = known.ok_or_else(|| GraphError::unknown_object(&method, &id))?;
        edited(inner, &known, &body)
    })
    .await
}

fn edited(inner: &Inner, known: &Template, body: &Value) -> Result<Change<Value>, GraphError> {
    let now_ms = now_ms();
    let ttl_seconds = ttl_seconds(body)?.or(known.ttl_seconds);
    let wanted = opt_text(body, "category")?.map(category).transpose()?;
    let category = wanted.unwrap_or(known.category);
    let components = body.get("components").filter(|given| !given.is_null());
    let mut template = Template {
        ttl_seconds,
        updated_ms: now_ms,
        ..known.clone()
    };
    let news = if components.is_some() || category != known.category {
        editable(known, category != known.category, now_ms)?;
        let sample = |handle: &str| uploads::mime_of(&inner.numbers, handle);
        if let Some(components) = components {
            let definition = Definition::check(category, known.named, components, &sample)?;
            template.components = definition.components;
        }
        if category != known.category {
            template.category = category;
            template.previous_category = Some(known.category);
        }
        if known.status == Status::Approved {
            template.edits_ms.push(now_ms);
        }
        template.status = Status::Pending;
        template.rejected_reason = "NONE".into();
        vec![News::components(&template)]
    } else {
        Vec::new()
    };
    Ok(Change {
        answer: json!({"success": true}),
        templates: vec![template],
        news,
    })
}

/// Refuses an edit that Meta's limits forbid.
fn editable(known: &Template, moves: bool, now_ms: i64) -> Result<(), GraphError> {
    let refused = |message: &str| -> Result<(), GraphError> {
        Err(Rejection {
            subcode: None,
            title: "",
            message: message.to_owned(),
        }
        .into())
    };
    if !matches!(
        known.status,
        Status::Approved | Status::Rejected | Status::Paused
    ) {
        let why = "Only message templates that are approved, rejected or paused can be edited.";
        return refused(why);
    }
    if known.status != Status::Approved {
        return Ok(());
    }
    if moves {
        return refused("The category of an approved message template can't be changed.");
    }
    let since = |age_ms: i64| {
        let edits = known.edits_ms.iter();
        edits.filter(|at| **at > now_ms - age_ms).count()
    };
    if since(DAY_MS) > 0 {
        return refused("An approved message template can be edited once in 24 hours.");
    }
    if since(30 * DAY_MS) >= MOST_A_MONTH {
        return refused("An approved message template can be edited 10 times in 30 days.");
    }
    Ok(())
}
