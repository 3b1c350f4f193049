//! The endpoints that steer and watch the simulator.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    callbacks::event,
    faults::{Fault, Occasion},
    http::{Bad, Input},
    numbers::Line,
    simulator::{Draft, Inner, Simulator},
    store::insert_callback,
    time::now_ms,
};

/// Trouble for one of the host's queues.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct QueueFault {
    queue: String,
    /// The share of jobs that are delivered twice, 0 to 1.
    duplicate: f64,
}

/// `POST /faults`.
pub(crate) async fn add_fault(
    State(simulator): State<Simulator>,
    Input(body): Input<Value>,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    if body.get("queue").is_some() {
        let fault: QueueFault = parse(body)?;
        if fault.queue.is_empty() {
            return Err(Bad::field("queue", "must not be empty"));
        }
        if !(0.0..=1.0).contains(&fault.duplicate) {
            return Err(Bad::field("duplicate", "must be from 0 to 1"));
        }
        let hook = inner.queue_fault.get();
        let hook = hook.ok_or_else(|| Bad::field("queue", "no queues are attached"))?;
        hook(&fault.queue, fault.duplicate);
    } else {
        let fault: Fault = parse(body)?;
        if let Some(problem) = fault.problem() {
            return Err(Bad(problem.into()));
        }
        inner.faults.add(fault);
    }
    Ok(Json(json!({"success": true})))
}

/// `DELETE /faults`.
pub(crate) async fn end_faults(State(simulator): State<Simulator>) -> Json<Value> {
    simulator.inner.faults.clear();
    if let Some(hook) = simulator.inner.queue_fault.get() {
        hook("*", 0.0);
    }
    Json(json!({"success": true}))
}

fn parse<T: serde::de::DeserializeOwned>(body: Value) -> Result<T, Bad> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        match error.path().to_string().as_str() {
            "." => Bad(error.inner().to_string()),
            path => Bad::field(path, &error.inner().to_string()),
        }
    })
}

/// Any callback of Meta's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    field: String,
    value: serde_json::Map<String, Value>,
    channel: Option<String>,
}

/// `POST /events`.
pub(crate) async fn send_event(
    State(simulator): State<Simulator>,
    Input(body): Input<Event>,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    let named = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if body.field.is_empty() || body.field.len() > 100 || !body.field.bytes().all(named) {
        return Err(Bad::field("field", "must be the name of a webhook field"));
    }
    let line = channel(inner, body.channel.as_deref())?;
    let webhooks = inner.faults.for_webhooks(Occasion {
        customer: None,
        path: None,
    });
    let now_ms = now_ms();
    let draft = Draft {
        lane: &format!(
            "event/{}",
            crate::identity::wamid("0", crate::identity::Origin::Customer)
        ),
        kind: format!("event:{}", body.field),
        body: event(
            &line.number,
            &body.field,
            &Value::Object(body.value),
            now_ms,
        ),
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

/// The number that a request names, or the first.
pub(crate) fn channel(inner: &Inner, named: Option<&str>) -> Result<Arc<Line>, Bad> {
    let line = inner.numbers.channel(named);
    line.ok_or_else(|| Bad::field("channel", "there is no such business number"))
}

/// How much of a list is wanted.
fn limit(query: &HashMap<String, String>) -> Result<usize, Bad> {
    let Some(limit) = query.get("limit") else {
        return Ok(100);
    };
    let limit = limit
        .parse()
        .ok()
        .filter(|limit| (1..=1_000).contains(limit));
    limit.ok_or_else(|| Bad::field("limit", "must be a number from 1 to 1000"))
}

/// `GET /requests`.
pub(crate) async fn requests(
    State(simulator): State<Simulator>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Bad> {
    let calls = simulator.inner.requests.newest(limit(&query)?);
    Ok(Json(Value::Array(calls)))
}

/// `GET /callbacks`.
pub(crate) async fn callbacks(
    State(simulator): State<Simulator>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Bad> {
    let deliverer = &simulator.inner.deliverer;
    let last = deliverer.recent(limit(&query)?);
    Ok(Json(json!({"pending": deliverer.pending(), "last": last})))
}
