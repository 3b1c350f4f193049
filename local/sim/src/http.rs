//! The simulator's HTTP and what its own endpoints (all but Graph's) share.

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, FromRequest, Request},
    response::{IntoResponse, Response},
    routing::{any, get, post, put},
};
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::{
    control, events, graph, media, new_number, page, phones, simulator::Simulator, templates,
    uploads,
};

/// The largest body that the simulator's own endpoints take, files in forms aside.
pub(crate) const BODY_LIMIT: usize = 4 << 20;

pub(crate) fn router(simulator: Simulator) -> Router {
    Router::new()
        .merge(page::routes())
        .route("/graph/{version}/{*rest}", any(graph::entry))
        .route("/customers", get(phones::customers))
        .route("/customers/{number}", put(phones::name))
        .route(
            "/customers/{number}/messages",
            post(phones::write).get(phones::show),
        )
        .route("/customers/{number}/read", post(phones::read))
        .route("/customers/{number}/window", post(phones::window))
        .route("/changes", get(phones::watch))
        .route("/media", post(media::create))
        .route("/media/{id}", get(media::download).put(media::steer))
        .route("/media/{id}/file", get(media::show))
        .route(
            "/faults",
            post(control::add_fault).delete(control::end_faults),
        )
        .route(
            "/numbers",
            get(control::numbers)
                .put(control::add_number)
                .post(new_number::make),
        )
        .route("/templates/{name}", put(templates::review))
        .route("/samples/{name}", get(uploads::show))
        .route("/events", post(events::send))
        .route("/requests", get(control::requests))
        .route("/callbacks", get(control::callbacks))
        .route("/fetches", get(control::fetches))
        .method_not_allowed_fallback(|| async {
            refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                "this path has no such method",
            )
        })
        .fallback(|| async { refusal(StatusCode::NOT_FOUND, "there is no such path") })
        .layer(DefaultBodyLimit::max(media::FILE_LIMIT + BODY_LIMIT))
        .with_state(simulator)
}

/// What is wrong with a request to the simulator's own endpoints: the field and why.
#[derive(Debug)]
pub(crate) struct Bad(pub(crate) String);

impl Bad {
    /// A problem with one field.
    pub(crate) fn field(name: &str, why: &str) -> Self {
        Self(format!("{name}: {why}"))
    }
}

impl IntoResponse for Bad {
    fn into_response(self) -> Response<Body> {
        refusal(StatusCode::BAD_REQUEST, &self.0)
    }
}

impl From<crate::store::Lost> for Bad {
    fn from(lost: crate::store::Lost) -> Self {
        Self(lost.to_string())
    }
}

fn refusal(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({"error": why}))).into_response()
}

/// A JSON body, whatever its content type says; no body counts as `{}`.
#[derive(Debug)]
pub(crate) struct Input<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = Bad;

    async fn from_request(request: Request, _: &S) -> Result<Self, Bad> {
        let body = to_bytes(request.into_body(), BODY_LIMIT)
            .await
            .map_err(|_| Bad("the body is too large or was cut off".into()))?;
        let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
        parse(body).map(Self)
    }
}

/// Reads JSON; what is wrong with it is named by its path.
pub(crate) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Bad> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        match error.path().to_string().as_str() {
            "." => Bad(error.inner().to_string()),
            path => Bad::field(path, &error.inner().to_string()),
        }
    })?;
    json.end().map_err(|error| Bad(error.to_string()))?;
    Ok(value)
}

/// A member that may be missing and else is a text.
pub(crate) fn optional_text<'v>(
    request: &'v Map<String, Value>,
    name: &str,
) -> Result<Option<&'v str>, Bad> {
    match request.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Bad::field(name, "must be a text")),
    }
}
