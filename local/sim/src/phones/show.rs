//! What a phone shows.

use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};

use super::{customer, text};
use crate::{
    base::Base,
    http::Bad,
    simulator::Simulator,
    store::Shown,
    time::{iso, now_ms},
};

/// `GET /customers/{number}/messages`.
pub(crate) async fn show(
    State(simulator): State<Simulator>,
    Path(named): Path<String>,
    base: Base,
) -> Result<Json<Value>, Bad> {
    let customer = customer(&simulator.inner, &named)?;
    let messages = simulator.inner.reader.phone(customer).await?;
    let now_ms = now_ms();
    let messages = messages.iter().map(|message| shown(message, &base, now_ms));
    Ok(Json(Value::Array(messages.collect())))
}

fn shown(message: &Shown, base: &Base, now_ms: i64) -> Value {
    let raw: Value = serde_json::from_str(&message.raw).unwrap_or_default();
    let media_url = match &message.media {
        Some(id) => Some(base.join(&format!("/media/{id}/file"))),
        None => text::media_url(&message.kind, &raw),
    };
    json!({
        "id": message.id,
        "channel": message.phone_number_id,
        "direction": message.direction,
        "type": message.kind,
        "text": text::of(&message.kind, &raw),
        "media_url": media_url,
        "status": status(message, now_ms),
        "at": iso(message.at_ms),
        "raw": raw,
    })
}

/// The state that the clock has brought a message to.
fn status(message: &Shown, now_ms: i64) -> &'static str {
    let reached = |at: Option<i64>| at.is_some_and(|at| at <= now_ms);
    match message {
        _ if reached(message.read_ms) => "read",
        _ if reached(message.delivered_ms) => "delivered",
        _ if reached(message.sent_ms) => "sent",
        _ => "accepted",
    }
}
