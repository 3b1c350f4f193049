//! The endpoints that steer and watch the simulator.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    config::Number,
    faults::Fault,
    http::{Bad, Input},
    numbers::Line,
    simulator::{Inner, Simulator},
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

pub(crate) fn parse<T: serde::de::DeserializeOwned>(body: Value) -> Result<T, Bad> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        match error.path().to_string().as_str() {
            "." => Bad(error.inner().to_string()),
            path => Bad::field(path, &error.inner().to_string()),
        }
    })
}

/// A business number, as [`Number`] has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNumber {
    phone_number_id: String,
    waba_id: String,
    phone_number: String,
    name: String,
    access_token: String,
    app_id: String,
    app_secret: String,
    callback_url: String,
    verify_token: String,
    throughput_per_second: u32,
}

/// `PUT /numbers`: adds a business number, or replaces the one with its id, until the simulator ends.
pub(crate) async fn add_number(
    State(simulator): State<Simulator>,
    Input(new): Input<NewNumber>,
) -> Result<Json<Value>, Bad> {
    let address = new.callback_url.parse::<reqwest::Url>();
    if !address.is_ok_and(|address| matches!(address.scheme(), "http" | "https")) {
        return Err(Bad::field("callback_url", "must be a URL of http or https"));
    }
    if new.throughput_per_second == 0 {
        return Err(Bad::field("throughput_per_second", "must not be 0"));
    }
    simulator.add_number(Number {
        phone_number_id: new.phone_number_id,
        waba_id: new.waba_id,
        display_phone_number: new.phone_number,
        verified_name: new.name,
        access_token: new.access_token,
        app_id: new.app_id,
        app_secret: new.app_secret,
        callback_url: new.callback_url,
        verify_token: new.verify_token,
        throughput_per_second: new.throughput_per_second,
    });
    Ok(Json(json!({"success": true})))
}

/// The business numbers, without their secrets.
pub(crate) fn numbers_of(inner: &Inner) -> Value {
    let lines = inner.numbers.all();
    let shown = lines.iter().map(|line| {
        let number = &line.number;
        json!({
            "phone_number_id": number.phone_number_id,
            "waba_id": number.waba_id,
            "phone_number": number.display_phone_number,
            "name": number.verified_name,
        })
    });
    shown.collect()
}

/// `GET /numbers`.
pub(crate) async fn numbers(State(simulator): State<Simulator>) -> Json<Value> {
    Json(numbers_of(&simulator.inner))
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
    // A message that waits for its files has callbacks to come.
    let pending = deliverer.pending() + simulator.inner.errands.pending();
    Ok(Json(json!({"pending": pending, "last": last})))
}

/// `GET /fetches`.
pub(crate) async fn fetches(
    State(simulator): State<Simulator>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Bad> {
    let fetches = simulator.inner.links.newest(limit(&query)?);
    Ok(Json(Value::Array(fetches)))
}
