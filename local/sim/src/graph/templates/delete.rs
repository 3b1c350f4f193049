//! `DELETE /{waba_id}/message_templates`.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    graph::{Incoming, error::GraphError},
    simulator::Inner,
    templates::{Change, News, Rejection, Status, Template, change},
    time::now_ms,
};

/// Templates that one call may delete by their ids (Meta, "Template management").
const MOST: usize = 100;

/// Deletes all languages of `name`, the one with `hsm_id` among them, or those of `hsm_ids`.
pub(in crate::graph) async fn delete(
    inner: &Arc<Inner>,
    waba_id: &str,
    incoming: &Incoming,
) -> Result<Value, GraphError> {
    let parameter = |name: &str| {
        let in_query = incoming.query.get(name).cloned();
        let in_body = incoming.body.as_ref().ok().and_then(|body| body.get(name));
        in_query.or_else(|| in_body.map(plain))
    };
    let (name, one, many) = (parameter("name"), parameter("hsm_id"), parameter("hsm_ids"));
    let many = many.map(|many| ids(&many)).transpose()?;
    let waba_id = waba_id.to_owned();
    change(inner, move |inner| {
        let chosen = chosen(inner, &waba_id, name.as_deref(), one.as_deref(), many)?;
        let now_ms = now_ms();
        let templates: Vec<Template> = chosen
            .iter()
            .map(|known| Template {
                status: Status::Deleted,
                was_approved: known.status == Status::Approved,
                updated_ms: now_ms,
                ..Template::clone(known)
            })
            .collect();
        let news = templates.iter();
        Ok(Change {
            answer: json!({"success": true}),
            news: news
                .map(|template| News::status(template, "DELETED", None))
                .collect(),
            templates,
        })
    })
    .await
}

fn chosen(
    inner: &Inner,
    waba_id: &str,
    name: Option<&str>,
    one: Option<&str>,
    many: Option<Vec<String>>,
) -> Result<Vec<Arc<Template>>, GraphError> {
    let own = |id: &str| {
        let template = inner.templates.by_id(id);
        template.filter(|template| template.waba_id == waba_id)
    };
    let found = match (name, one, many) {
        (None, None, Some(many)) => {
            let found: Option<Vec<_>> = many.iter().map(|id| own(id)).collect();
            found.unwrap_or_default()
        }
        (Some(name), Some(id), None) => {
            let found = own(id).filter(|template| template.name == name);
            found.into_iter().collect()
        }
        (Some(name), None, None) => inner.templates.named(waba_id, name),
        _ => {
            let why = "The parameter name is required.";
            return Err(GraphError::graph(100, why));
        }
    };
    if found.is_empty() {
        return Err(Rejection {
            subcode: Some(2_593_002),
            title: "Message Template Not Found",
            message: "No message template was found with the given name or ID.".into(),
        }
        .into());
    }
    if found
        .iter()
        .any(|template| template.status == Status::Disabled)
    {
        let why = "A message template that is disabled can't be deleted.";
        return Err(GraphError::graph(100, why));
    }
    Ok(found)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The ids of a list, numbers or texts.
fn ids(text: &str) -> Result<Vec<String>, GraphError> {
    let list = serde_json::from_str::<Vec<Value>>(text).ok();
    let list = list.filter(|list| (1..=MOST).contains(&list.len()));
    let list = list
        .ok_or_else(|| GraphError::graph(100, "Param hsm_ids must be a list of 1 to 100 ids."))?;
    Ok(list.iter().map(plain).collect())
}
