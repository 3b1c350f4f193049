//! What a phone shows.

use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{customer, text};
use crate::{
    base::Base,
    control::channel,
    error_table,
    http::Bad,
    simulator::Simulator,
    store::{Direction, Shown, Wanted},
    time::{iso, now_ms},
};

/// Which messages are wanted; all that reached the phone by default.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    /// Those with this number alone.
    channel: Option<String>,
    /// Also those that failed.
    #[serde(default)]
    failed: bool,
    /// Those older than this message alone.
    before: Option<String>,
    /// The newest so many.
    limit: Option<u32>,
}

/// `GET /customers/{number}/messages`.
pub(crate) async fn show(
    State(simulator): State<Simulator>,
    Path(named): Path<String>,
    Query(part): Query<Part>,
    base: Base,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    let phone_number_id = match part.channel {
        Some(named) => Some(channel(inner, Some(&named))?.number.phone_number_id.clone()),
        None => None,
    };
    let wanted = Wanted {
        customer: customer(inner, &named)?,
        phone_number_id,
        failed: part.failed,
        before: part.before,
        limit: part.limit,
    };
    let messages = inner.reader.messages(wanted).await?;
    let now_ms = now_ms();
    let messages = messages.iter().map(|message| shown(message, &base, now_ms));
    Ok(Json(Value::Array(messages.collect())))
}

/// A message as a phone shows it at a moment.
pub(super) fn shown(message: &Shown, base: &Base, now_ms: i64) -> Value {
    let raw: Value = serde_json::from_str(&message.raw).unwrap_or_default();
    let files = message.files.iter();
    let files: Vec<_> = files
        .map(|id| base.join(&format!("/media/{id}/file")))
        .collect();
    let media_url = match files.first() {
        Some(url) => Some(url.clone()),
        // What is still to be fetched is on no phone.
        None if message.sent_ms.is_none() && message.failed_ms.is_none() => None,
        None => text::media_url(&message.kind, &raw),
    };
    let status = status(message, now_ms);
    let mut shown = json!({
        "id": message.id,
        "channel": message.phone_number_id,
        "direction": message.direction,
        "type": message.kind,
        "text": text::of(&message.kind, &raw),
        "media_url": media_url,
        "media_urls": files,
        "status": status,
        "at": iso(message.at_ms),
        "raw": raw,
    });
    if let Some(template) = &message.template {
        shown["text"] = template["body"].clone();
        shown["template"] = with_files(template.clone(), &files);
    }
    if message.direction == Direction::In.as_str() {
        shown["read_by_business"] = json!(message.read_ms.is_some());
        shown["typing"] = json!(message.typing_until_ms.is_some_and(|until| now_ms < until));
    }
    if let (FAILED, Some(code)) = (status, message.failure) {
        let known = error_table::lookup(code);
        let details = message.failure_details.as_deref();
        let details = details.unwrap_or(known.details);
        shown["error"] = json!({"code": code, "title": known.title, "details": details});
    }
    shown
}

/// A template with the addresses of this phone's own copies for the files in its headers, which are here once all
/// were fetched.
fn with_files(mut template: Value, files: &[String]) -> Value {
    let mut files = files.iter();
    let mut address = |header: &mut Value| {
        let is_file = ["media_id", "media_url"].map(|name| header[name].is_string());
        if is_file.contains(&true)
            && let Some(url) = files.next()
        {
            header["media_url"] = json!(url);
        }
    };
    address(&mut template["header"]);
    if let Some(cards) = template.get_mut("cards").and_then(Value::as_array_mut) {
        for card in cards {
            address(&mut card["header"]);
        }
    }
    template
}

const FAILED: &str = "failed";

/// The state that the clock has brought a message to.
fn status(message: &Shown, now_ms: i64) -> &'static str {
    let reached = |at: Option<i64>| at.is_some_and(|at| at <= now_ms);
    match message {
        _ if reached(message.failed_ms) => FAILED,
        _ if reached(message.read_ms) => "read",
        _ if reached(message.delivered_ms) => "delivered",
        _ if reached(message.sent_ms) => "sent",
        _ => "accepted",
    }
}

/// When the clock alone will bring a message to its next state.
pub(super) fn next_state_ms(message: &Shown, now_ms: i64) -> Option<i64> {
    let moments = [
        message.failed_ms,
        message.read_ms,
        message.delivered_ms,
        message.sent_ms,
        message.typing_until_ms,
    ];
    moments
        .into_iter()
        .flatten()
        .filter(|at| *at > now_ms)
        .min()
}
