//! `POST /{app_id}/uploads` begins an upload, `POST /upload:…` brings the bytes, `GET /upload:…` tells how
//! many came.

use axum::extract::Request;
use bytes::Bytes;
use serde_json::{Value, json};

use super::{Incoming, error::GraphError};
use crate::{
    media::{Stored, Unstored},
    numbers::Grant,
    simulator::Inner,
    uploads::{self, LARGEST, TYPES},
};

/// What came with a call for an upload. The bytes go again unless the call takes them.
#[derive(Debug)]
pub(super) struct Sent {
    /// The header `file_offset`.
    offset: Option<u64>,
    came: Stored,
}

impl Sent {
    /// Whether a call brings bytes of an upload.
    pub(super) fn is_for(rest: &str) -> bool {
        rest.starts_with("upload:")
    }

    /// What the log of calls shows instead of the bytes.
    pub(super) fn describe(&self) -> Bytes {
        let shown = json!({"file_offset": self.offset, "length": self.came.size});
        shown.to_string().into()
    }

    /// Reads the body to its end, or to where it is too large.
    pub(super) async fn read(inner: &Inner, request: Request) -> Result<Self, GraphError> {
        let offset = request.headers().get("file_offset");
        let offset = offset.and_then(|offset| offset.to_str().ok()?.parse().ok());
        let body = request.into_body().into_data_stream();
        let came = inner.files.store_up_to(LARGEST, body).await;
        let came = came.map_err(|unstored| match unstored {
            Unstored::TooLarge => GraphError::graph(100, "The body is too large"),
            Unstored::CutOff(_) => GraphError::graph(100, "The body was cut off"),
            Unstored::Unusable => GraphError::messaging(131_000, None),
        })?;
        Ok(Self { offset, came })
    }
}

/// Begins an upload.
pub(super) fn begin(
    inner: &Inner,
    grant: &Grant,
    app_id: &str,
    incoming: &Incoming,
) -> Result<Value, GraphError> {
    if app_id != grant.app_id {
        return Err(GraphError::unknown_object("post", app_id));
    }
    let body = incoming.body.as_ref().map_err(Clone::clone)?;
    let parameter = |name: &str| {
        let in_body = body.get(name).filter(|value| !value.is_null());
        let in_body = in_body.map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        in_body
            .or_else(|| incoming.query.get(name).cloned())
            .ok_or_else(|| GraphError::graph(100, format!("The parameter {name} is required.")))
    };
    let mime = parameter("file_type")?;
    if !TYPES.iter().any(|(known, _)| *known == mime) {
        let known = TYPES.map(|(known, _)| known).join(", ");
        let why = format!("Param file_type must be one of {{{known}}}.");
        return Err(GraphError::graph(100, why));
    }
    let mime = match mime.as_str() {
        "image/jpg" => "image/jpeg",
        other => other,
    };
    let length = parameter("file_length")?.parse().ok();
    let length = length.filter(|length| (1..=LARGEST).contains(length));
    let length = length.ok_or_else(|| {
        let why = format!("Param file_length must be from 1 to {LARGEST}.");
        GraphError::graph(100, why)
    })?;
    let id = inner.uploads.begin(app_id, mime, length);
    Ok(json!({"id": id}))
}

/// How much has come.
pub(super) fn tell(inner: &Inner, grant: &Grant, id: &str) -> Result<Value, GraphError> {
    let session = inner.uploads.get(id, &grant.app_id);
    let session = session.ok_or_else(|| GraphError::unknown_object("get", id))?;
    Ok(json!({"id": id, "file_offset": session.offset}))
}

/// Takes bytes from where the last ended; the last answer has the handle.
pub(super) async fn take(
    inner: &Inner,
    grant: &Grant,
    id: &str,
    incoming: &Incoming,
) -> Result<Value, GraphError> {
    let sent = incoming.take_sent()?;
    let session = inner.uploads.get(id, &grant.app_id);
    let session = session.ok_or_else(|| GraphError::unknown_object("post", id))?;
    let from = sent
        .offset
        .ok_or_else(|| GraphError::graph(100, "The header file_offset is required."))?;
    if from != session.offset {
        let why = format!(
            "The file_offset must be {}, where the last bytes ended.",
            session.offset
        );
        return Err(GraphError::graph(100, why));
    }
    let offset = from + sent.came.size;
    if offset > session.length {
        return Err(GraphError::graph(
            100,
            "There are more bytes than file_length.",
        ));
    }
    let kept = inner.uploads.append(id, &session, &sent.came).await;
    kept.map_err(|error| {
        tracing::error!(%error, "a sample could not be written");
        GraphError::messaging(131_000, None)
    })?;
    if offset < session.length {
        return Ok(json!({"id": id, "file_offset": offset}));
    }
    Ok(json!({"h": uploads::handle(&session, &grant.app_secret)}))
}
