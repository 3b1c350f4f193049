//! `PUT /templates/{name}`: what Meta decides on a template, and what customers think of it.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ANY_TYPE, Category, Change, Definition, News, Quality, Status, Template, change,
    language_is_known, name_is_right,
};
use crate::{
    base::Base,
    control::channel,
    http::{Bad, Input},
    simulator::{Inner, Simulator},
    time::now_ms,
};

/// What becomes of a template.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decision {
    /// The account; else that of `channel`, or of the first number.
    waba_id: Option<String>,
    channel: Option<String>,
    /// This language alone; else all.
    language: Option<String>,
    status: Option<Status>,
    /// Why it was refused.
    reason: Option<String>,
    quality: Option<Quality>,
    category: Option<Category>,
    /// Makes the template, or makes it anew, whatever its limits say.
    components: Option<Value>,
    parameter_format: Option<String>,
}

/// Decides, tells the platform, and answers the templates as they are now.
pub(crate) async fn review(
    State(simulator): State<Simulator>,
    Path(name): Path<String>,
    base: Base,
    Input(decision): Input<Decision>,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    let waba_id = match &decision.waba_id {
        Some(waba_id) if inner.numbers.of_waba(waba_id).is_empty() => {
            return Err(Bad::field("waba_id", "there is no such account"));
        }
        Some(waba_id) => waba_id.clone(),
        None => {
            let line = channel(inner, decision.channel.as_deref())?;
            line.number.waba_id.clone()
        }
    };
    if decision.status == Some(Status::Deleted) {
        return Err(Bad::field("status", "templates are deleted by Graph"));
    }
    inner.templates.seed(&waba_id, &inner.writer);
    let answer = change(inner, move |inner| {
        if decision.components.is_some() {
            made(inner, &base, &waba_id, &name, decision)
        } else {
            decided(inner, &base, &waba_id, &name, &decision)
        }
    });
    answer.await.map(Json)
}

/// A template that is put here whole.
fn made(
    inner: &Inner,
    base: &Base,
    waba_id: &str,
    name: &str,
    decision: Decision,
) -> Result<Change<Value>, Bad> {
    if !name_is_right(name) {
        return Err(Bad(
            "a name has small letters, digits and underscores".into()
        ));
    }
    let language = decision.language.as_deref().unwrap_or("en_US");
    if !language_is_known(language) {
        return Err(Bad::field("language", "is none of Meta's"));
    }
    let named = match decision.parameter_format.as_deref() {
        None | Some("POSITIONAL") => false,
        Some("NAMED") => true,
        Some(_) => return Err(Bad::field("parameter_format", "is POSITIONAL or NAMED")),
    };
    let known = inner.templates.named(waba_id, name);
    let known = known.iter().find(|known| known.language == language);
    let category = decision
        .category
        .or(known.map(|known| known.category))
        .unwrap_or(Category::Utility);
    let components = decision.components.unwrap_or_default();
    // Samples need not have been uploaded.
    let sample = |_: &str| Some(ANY_TYPE.to_owned());
    let definition = Definition::check(category, named, &components, &sample)
        .map_err(|rejection| Bad::field("components", &rejection.message))?;
    let now_ms = now_ms();
    let made = Template::new(waba_id, name, language, definition, now_ms);
    let status = decision.status.unwrap_or(Status::Approved);
    let template = match known {
        Some(known) => Template {
            category: made.category,
            named: made.named,
            components: made.components,
            status,
            updated_ms: now_ms,
            ..Template::clone(known)
        },
        None => Template { status, ..made },
    };
    let mut news = Vec::new();
    if let Some(known) = known {
        news.push(News::components(&template));
        if known.status != status {
            news.push(told(&template, known.status, decision.reason.as_deref()));
        }
    } else {
        news.push(told(&template, Status::Pending, decision.reason.as_deref()));
    }
    Ok(Change {
        answer: json!({"templates": [template.describe(base)]}),
        templates: vec![template],
        news,
    })
}

/// A decision on what there is.
fn decided(
    inner: &Inner,
    base: &Base,
    waba_id: &str,
    name: &str,
    decision: &Decision,
) -> Result<Change<Value>, Bad> {
    let known = inner.templates.named(waba_id, name);
    let wanted = decision.language.as_deref();
    let known: Vec<_> = known
        .iter()
        .filter(|template| wanted.is_none_or(|wanted| template.language == wanted))
        .collect();
    if known.is_empty() {
        return Err(Bad("there is no such template in this account".into()));
    }
    let now_ms = now_ms();
    let mut templates = Vec::with_capacity(known.len());
    let mut news = Vec::new();
    for known in known {
        let mut template = Template::clone(known);
        template.updated_ms = now_ms;
        if let Some(category) = decision.category.filter(|new| *new != known.category) {
            template.category = category;
            template.previous_category = Some(known.category);
            news.push(News::category(&template, known.category));
        }
        if let Some(quality) = decision.quality.filter(|new| *new != known.quality) {
            template.quality = quality;
            template.quality_ms = now_ms;
            news.push(News::quality(&template, known.quality));
        }
        if let Some(status) = decision.status {
            template.status = status;
            let reason = decision.reason.as_deref();
            template.rejected_reason = match status {
                Status::Rejected => reason.unwrap_or("INVALID_FORMAT").to_owned(),
                _ => "NONE".to_owned(),
            };
            news.push(told(&template, known.status, reason));
        }
        templates.push(template);
    }
    let shown: Vec<Value> = templates
        .iter()
        .map(|template| template.describe(base))
        .collect();
    Ok(Change {
        answer: json!({"templates": shown}),
        templates,
        news,
    })
}

/// What the platform is told of a status.
fn told(template: &Template, previous: Status, reason: Option<&str>) -> News {
    let event = match (previous, template.status) {
        (Status::Disabled, Status::Approved) => "REINSTATED",
        (_, now) => now.as_str(),
    };
    let usual = match template.status {
        Status::Rejected => "INVALID_FORMAT",
        _ => "NONE",
    };
    News::status(template, event, Some(reason.unwrap_or(usual)))
}
