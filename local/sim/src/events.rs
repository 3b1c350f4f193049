//! `POST /events`: callbacks of any kind, as they are given.

use axum::{Json, extract::State};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    callbacks::{event, to_ascii},
    control::channel,
    faults::Occasion,
    http::{Bad, Input},
    identity::{self, Origin},
    numbers::Line,
    simulator::{Draft, Simulator},
    store::insert_callback,
    time::now_ms,
};

/// A callback: one field with its value, or whole entries, or the very text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    field: Option<String>,
    value: Option<Map<String, Value>>,
    /// The entries, each with as many changes as it likes. One without `id` gets the account's.
    entry: Option<Vec<Map<String, Value>>>,
    /// The body, sent and signed to the letter, be it JSON or not.
    raw: Option<String>,
    /// The number whose callbacks go to the same place with the same secret.
    channel: Option<String>,
}

/// `POST /events`.
pub(crate) async fn send(
    State(simulator): State<Simulator>,
    Input(request): Input<Event>,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    let line = channel(inner, request.channel.as_deref())?;
    let now_ms = now_ms();
    let (kind, body) = request.body(&line, now_ms)?;
    let webhooks = inner.faults.for_webhooks(Occasion::of(None));
    let draft = Draft {
        lane: &format!("event/{}", identity::wamid("0", Origin::Customer)),
        kind: format!("event:{kind}"),
        body,
        due_ms: now_ms,
        delivers: None,
    };
    let callbacks = inner.callbacks(&line.number, webhooks, draft);
    let callbacks = inner
        .writer
        .write(move |db| {
            for callback in &callbacks {
                insert_callback(db, callback)?;
            }
            Ok(callbacks)
        })
        .await?;
    inner.deliverer.enqueue(callbacks);
    Ok(Json(json!({"success": true})))
}

impl Event {
    /// What it is, for people, and its bytes.
    fn body(self, line: &Line, now_ms: i64) -> Result<(String, Bytes), Bad> {
        match (self.field, self.value, self.entry, self.raw) {
            (Some(field), Some(value), None, None) => {
                let named =
                    |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
                if field.is_empty() || field.len() > 100 || !field.bytes().all(named) {
                    return Err(Bad::field("field", "must be the name of a webhook field"));
                }
                let body = event(&line.number, &field, &Value::Object(value), now_ms);
                Ok((field, body))
            }
            (None, None, Some(mut entries), None) => {
                for entry in &mut entries {
                    let id = entry.entry("id");
                    id.or_insert_with(|| json!(line.number.waba_id));
                }
                let body = json!({"object": "whatsapp_business_account", "entry": entries});
                Ok(("entries".into(), to_ascii(&body)))
            }
            (None, None, None, Some(raw)) => Ok(("raw".into(), raw.into())),
            (Some(_), None, None, None) => Err(Bad::field("value", "is missing")),
            _ => Err(Bad(
                "an event has a field and its value, or entry, or raw".into()
            )),
        }
    }
}
