//! `GET /{waba_id}/message_templates` and `GET /{template_id}`.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::create;
use crate::{
    base::Base,
    graph::{Incoming, error::GraphError, fields},
    simulator::Inner,
    templates::Template,
};

/// What is told of a template that `fields` does not ask about.
const DEFAULTS: &[&str] = &[
    "name",
    "previous_category",
    "parameter_format",
    "components",
    "language",
    "status",
    "category",
    "sub_category",
];

/// Templates of a page, and the most of them.
const USUAL: usize = 25;
const MOST: usize = 1_000;

pub(in crate::graph) fn one(
    template: &Template,
    base: &Base,
    wanted: Option<&str>,
) -> Result<Value, GraphError> {
    fields::pick(
        template.describe(base),
        wanted,
        DEFAULTS,
        "WhatsAppMessageTemplate",
    )
}

/// A page of an account's templates, the newest first.
pub(in crate::graph) fn list(
    inner: &Inner,
    waba_id: &str,
    incoming: &Incoming,
) -> Result<Value, GraphError> {
    let query = |name: &str| incoming.query.get(name).map(String::as_str);
    let limit = match query("limit") {
        None => USUAL,
        Some(limit) => limit
            .parse::<usize>()
            .ok()
            .filter(|limit| *limit > 0)
            .ok_or_else(|| GraphError::graph(100, "Param limit must be a positive integer."))?
            .min(MOST),
    };
    let filter = Filter::read(&query)?;
    // Deleted ones are among these, so that a cursor at one of them still leads on.
    let mut all = inner.templates.of(waba_id);
    all.reverse();
    let place = |name: &str| {
        let cursor = query(name)?;
        Some(place(&all, cursor).ok_or_else(|| GraphError::graph(100, "Invalid cursor.")))
    };
    let matching = |template: &&Arc<Template>| !template.is_deleted() && filter.takes(template);
    let (page, has_more, has_less) =
        match (place("after").transpose()?, place("before").transpose()?) {
            (None, Some(before)) => {
                let mut found: Vec<_> = all[..before].iter().rev().filter(matching).collect();
                let has_less = found.len() > limit;
                found.truncate(limit);
                found.reverse();
                (found, true, has_less)
            }
            (after, _) => {
                let start = after.map_or(0, |after| after + 1);
                let mut found: Vec<_> = all[start..]
                    .iter()
                    .filter(matching)
                    .take(limit + 1)
                    .collect();
                let has_more = found.len() > limit;
                found.truncate(limit);
                (found, has_more, after.is_some())
            }
        };
    let data = page
        .iter()
        .map(|template| one(template, &incoming.base, query("fields")))
        .collect::<Result<Vec<_>, _>>()?;
    let mut answer = json!({"data": data});
    if let (Some(first), Some(last)) = (page.first(), page.last()) {
        let (before, after) = (cursor(first), cursor(last));
        let mut paging = json!({"cursors": {"before": before, "after": after}});
        if has_more {
            paging["next"] = json!(link(incoming, "after", &after));
        }
        if has_less {
            paging["previous"] = json!(link(incoming, "before", &before));
        }
        answer["paging"] = paging;
    }
    if let Some(wanted) = query("summary") {
        let matching = all.iter().filter(matching).count();
        let kept = all.iter().filter(|template| !template.is_deleted());
        answer["summary"] = summary(wanted, matching, kept.count());
    }
    Ok(answer)
}

/// What is wanted to be known of all templates together.
fn summary(wanted: &str, matching: usize, kept: usize) -> Value {
    let known = [
        ("total_count", json!(matching)),
        ("message_template_count", json!(kept)),
        ("message_template_limit", json!(create::MOST)),
        ("are_translations_complete", json!(true)),
    ];
    let is_wanted = |name: &str| wanted.split(',').any(|wanted| wanted.trim() == name);
    let told = known.into_iter().filter(|(name, _)| is_wanted(name));
    told.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn cursor(template: &Template) -> String {
    URL_SAFE_NO_PAD.encode(&template.id)
}

fn place(all: &[Arc<Template>], cursor: &str) -> Option<usize> {
    let id = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    all.iter().position(|template| template.id.as_bytes() == id)
}

/// The address of a page beside this one, without the token.
fn link(incoming: &Incoming, name: &str, cursor: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let mut kept: Vec<_> = incoming
        .query
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "after" | "before"))
        .collect();
    kept.sort();
    query.extend_pairs(kept).append_pair(name, cursor);
    let path = format!(
        "/graph/{}/{}?{}",
        incoming.version,
        incoming.rest,
        query.finish()
    );
    incoming.base.join(&path)
}

/// Which templates are wanted.
struct Filter<'q> {
    name: Option<&'q str>,
    name_or_content: Option<String>,
    statuses: Option<Vec<String>>,
    categories: Option<Vec<String>>,
    languages: Option<Vec<String>>,
    qualities: Option<Vec<String>>,
}

impl<'q> Filter<'q> {
    fn read(query: &impl Fn(&str) -> Option<&'q str>) -> Result<Self, GraphError> {
        let choice = |name: &str, known: &[&str]| {
            let Some(text) = query(name) else {
                return Ok(None);
            };
            let values: Vec<String> = values(text)
                .into_iter()
                .map(|value| value.to_ascii_uppercase())
                .collect();
            if values.iter().any(|value| !known.contains(&value.as_str())) {
                let known = known.join(", ");
                let why = format!("Param {name} must be one of {{{known}}}.");
                return Err(GraphError::graph(100, why));
            }
            Ok(Some(values))
        };
        let statuses = [
            "APPROVED",
            "PENDING",
            "REJECTED",
            "PAUSED",
            "DISABLED",
            "IN_APPEAL",
            "PENDING_DELETION",
            "DELETED",
            "LIMIT_EXCEEDED",
            "ARCHIVED",
        ];
        Ok(Self {
            name: query("name"),
            name_or_content: query("name_or_content").map(str::to_lowercase),
            statuses: choice("status", &statuses)?,
            categories: choice("category", &["AUTHENTICATION", "MARKETING", "UTILITY"])?,
            languages: query("language").map(values),
            qualities: choice("quality_score", &["GREEN", "YELLOW", "RED", "UNKNOWN"])?,
        })
    }

    fn takes(&self, template: &Template) -> bool {
        let among = |wanted: &Option<Vec<String>>, value: &str| {
            let wanted = wanted.as_ref();
            wanted.is_none_or(|wanted| wanted.iter().any(|one| one == value))
        };
        // A name is searched for, so that longer names with it in them are found too.
        let named = self.name.is_none_or(|name| template.name.contains(name));
        let said = self.name_or_content.as_ref().is_none_or(|wanted| {
            let body = template
                .component("BODY")
                .and_then(|body| body["text"].as_str());
            let said = |text: &str| text.to_lowercase().contains(wanted);
            said(&template.name) || body.is_some_and(said)
        });
        named
            && said
            && among(&self.statuses, template.status.as_str())
            && among(&self.categories, template.category.as_str())
            && among(&self.languages, &template.language)
            && among(&self.qualities, template.quality.as_str())
    }
}

/// One value, or a JSON list of them.
fn values(text: &str) -> Vec<String> {
    let list = serde_json::from_str::<Vec<String>>(text);
    list.unwrap_or_else(|_| vec![text.to_owned()])
}
