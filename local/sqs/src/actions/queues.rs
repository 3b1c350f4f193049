//! The actions on queues as such.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE};
use serde::{Deserialize, Serialize};

use super::Nothing;
use crate::{
    attributes::{QueueAttributes, check_kind, is_known, unknown},
    clock::SECOND,
    fault::Fault,
    protocol::{Call, queue_name},
    store::{Counts, Queue},
};

/// The longest name of a queue, in characters, its suffix included.
const MAX_NAME: usize = 80;
/// The most queues on one page of a list.
const MAX_RESULTS: i64 = 1_000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Create {
    queue_name: Option<String>,
    attributes: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Url {
    queue_url: String,
}

pub(crate) async fn create(call: Call, input: Create) -> Result<Url, Fault> {
    let name = input
        .queue_name
        .ok_or_else(|| Fault::missing("QueueName"))?;
    check_name(&name)?;
    let wanted = input.attributes.unwrap_or_default();
    check_kind(&name, &wanted)?;
    let mut attributes = QueueAttributes::default();
    attributes.set(wanted)?;
    let queue_url = call.url(&name);
    call.shared
        .store
        .run(move |work| work.create_queue(&name, &attributes))
        .await?;
    Ok(Url { queue_url })
}

fn check_name(name: &str) -> Result<(), Fault> {
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if stem.is_empty() || name.len() > MAX_NAME || !stem.chars().all(allowed) {
        return Err(Fault::invalid(
            "QueueName",
            name,
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.",
        ));
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Named {
    queue_name: Option<String>,
}

pub(crate) async fn url(call: Call, input: Named) -> Result<Url, Fault> {
    let name = input
        .queue_name
        .ok_or_else(|| Fault::missing("QueueName"))?;
    let queue = call.shared.store.run(move |work| work.queue(&name)).await?;
    Ok(Url {
        queue_url: call.url(&queue.name),
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct List {
    queue_name_prefix: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Listed {
    queue_urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub(crate) async fn list(call: Call, input: List) -> Result<Listed, Fault> {
    let limit = input.max_results.unwrap_or(MAX_RESULTS);
    if !(1..=MAX_RESULTS).contains(&limit) {
        return Err(Fault::invalid(
            "MaxResults",
            limit,
            "Must be an integer from 1 to 1000.",
        ));
    }
    let after = match input.next_token {
        None => String::new(),
        Some(token) => URL_SAFE
            .decode(&token)
            .ok()
            .and_then(|name| String::from_utf8(name).ok())
            .ok_or_else(|| Fault::invalid("NextToken", token, "Invalid token."))?,
    };
    let prefix = input.queue_name_prefix.unwrap_or_default();
    let names = call
        .shared
        .store
        .run(move |work| work.queue_names(&prefix, &after, limit))
        .await?;
    // As on AWS, there are pages only for those who ask for them.
    let full = input.max_results.is_some() && names.len() as i64 == limit;
    Ok(Listed {
        next_token: names
            .last()
            .filter(|_| full)
            .map(|name| URL_SAFE.encode(name)),
        queue_urls: names.iter().map(|name| call.url(name)).collect(),
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetAttributes {
    queue_url: Option<String>,
    attribute_names: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AttributesOf {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
}

pub(crate) async fn attributes(call: Call, input: GetAttributes) -> Result<AttributesOf, Fault> {
    let name = queue_name(input.queue_url)?;
    let wanted = input.attribute_names.unwrap_or_default();
    if let Some(name) = wanted.iter().find(|name| !is_known(name)) {
        return Err(unknown(name));
    }
    let (queue, counts) = call
        .shared
        .store
        .run(move |work| {
            let queue = work.queue(&name)?;
            let counts = work.counts(&queue)?;
            Ok((queue, counts))
        })
        .await?;
    let mut attributes = describe(&call, &queue, counts);
    if !wanted.iter().any(|name| name == "All") {
        attributes.retain(|name, _| wanted.contains(name));
    }
    Ok(AttributesOf { attributes })
}

fn describe(call: &Call, queue: &Queue, counts: Counts) -> BTreeMap<String, String> {
    let mut all = queue.attributes.all();
    for (name, number) in [
        ("ApproximateNumberOfMessages", counts.ready),
        ("ApproximateNumberOfMessagesDelayed", counts.delayed),
        ("ApproximateNumberOfMessagesNotVisible", counts.in_flight),
        ("CreatedTimestamp", queue.created_at / SECOND),
        ("LastModifiedTimestamp", queue.modified_at / SECOND),
    ] {
        all.insert(name.to_owned(), number.to_string());
    }
    all.insert("QueueArn".to_owned(), call.arn(&queue.name));
    all
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SetAttributes {
    queue_url: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

pub(crate) async fn set_attributes(call: Call, input: SetAttributes) -> Result<Nothing, Fault> {
    let name = queue_name(input.queue_url)?;
    call.shared
        .store
        .run(move |work| {
            let queue = work.queue(&name)?;
            let mut attributes = queue.attributes.clone();
            attributes.set(input.attributes)?;
            // A queue stays the kind that it was made as.
            check_kind(&queue.name, &attributes.all())?;
            work.set_attributes(&queue, &attributes)
        })
        .await?;
    Ok(Nothing {})
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OfQueue {
    queue_url: Option<String>,
}

pub(crate) async fn delete(call: Call, input: OfQueue) -> Result<Nothing, Fault> {
    let name = queue_name(input.queue_url)?;
    call.shared
        .store
        .run(move |work| {
            let queue = work.queue(&name)?;
            work.delete_queue(&queue)
        })
        .await?;
    Ok(Nothing {})
}

pub(crate) async fn purge(call: Call, input: OfQueue) -> Result<Nothing, Fault> {
    let name = queue_name(input.queue_url)?;
    call.shared
        .store
        .run(move |work| {
            let queue = work.queue(&name)?;
            work.purge_queue(&queue)
        })
        .await?;
    Ok(Nothing {})
}
