//! `/_sim/faults`, as far as it is about AWS.
//!
//! - `POST {"aws":"dynamodb"|"sqs"|"s3"|"all","error":"throttle"|"internal"|"drop"|"lost_answer"|"mixed"}`, with `rate`,
//!   `operations`, `times` and `seed` where it is not to strike every call for ever.
//! - `GET` shows how often each operation was called since the first fault, and what it met.
//! - `DELETE` ends these faults, and the simulator's.

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Fault, Faults};

/// Where faults are asked for, under the simulator's path.
const PATH: &str = "/faults";
/// The largest body that is read.
const LARGEST: usize = 4 << 20;

/// The simulator's router, whose `/faults` is about AWS too. There are no `faults` where AWS is elsewhere.
pub(crate) fn steer(faults: Option<Faults>, simulator: Router) -> Router {
    simulator.layer(middleware::from_fn_with_state(faults, answer))
}

async fn answer(State(faults): State<Option<Faults>>, request: Request, next: Next) -> Response {
    if request.uri().path() != PATH {
        return next.run(request).await;
    }
    match (request.method().clone(), faults) {
        (Method::POST, faults) => post(faults, request, next).await,
        (Method::DELETE, Some(faults)) => {
            faults.end();
            next.run(request).await
        }
        (Method::GET, Some(faults)) => Json(json!({ "aws": faults.counts() })).into_response(),
        _ => next.run(request).await,
    }
}

async fn post(faults: Option<Faults>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return refused("the body is too large or was cut off");
    };
    let asked: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if asked.get("aws").is_none() {
        // The simulator's own, or nothing that it understands either.
        return next
            .run(Request::from_parts(parts, Body::from(bytes)))
            .await;
    }
    let Some(faults) = faults else {
        return refused("aws: DynamoDB, SQS and S3 are elsewhere, and do as they please");
    };
    let fault: Fault = match serde_json::from_value(asked) {
        Ok(fault) => fault,
        Err(error) => return refused(&error.to_string()),
    };
    if let Some(problem) = fault.problem() {
        return refused(problem);
    }
    faults.add(fault);
    Json(json!({ "success": true })).into_response()
}

fn refused(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response()
}
