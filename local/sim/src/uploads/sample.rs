//! `GET /samples/{name}`: a sample as the catalogue shows it.

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use http::{
    StatusCode,
    header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};

use super::TYPES;
use crate::simulator::Simulator;

/// The file, which no page may run.
pub(crate) async fn show(State(simulator): State<Simulator>, Path(name): Path<String>) -> Response {
    let Some((key, mime)) = parts(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match tokio::fs::read(simulator.inner.uploads.path(key)).await {
        Ok(bytes) => {
            let headers = [
                (CONTENT_TYPE, mime),
                (CONTENT_SECURITY_POLICY, "sandbox"),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, bytes).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The key and the type of a file's name.
fn parts(name: &str) -> Option<(&str, &'static str)> {
    let (key, ending) = name.split_once('.')?;
    let (mime, _) = TYPES.iter().find(|(_, known)| *known == ending)?;
    let is_key = key.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_key.then_some((key, *mime))
}
