//! `POST /{phone_number_id}/media`: a business's file, written to disk as it comes.

use axum::extract::{FromRequest as _, Multipart, Request, multipart::MultipartError};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{Incoming, error::GraphError};
use crate::{
    media::{NewFile, UPLOAD_LIVES_MS, Unstored, Upload, rules},
    numbers::Line,
    simulator::Inner,
    time::now_ms,
};

/// The longest value of a field besides the file.
const FIELD_LIMIT: usize = 4 << 10;

/// A form as it came. The file goes again unless the call takes it.
#[derive(Debug, Default)]
pub(super) struct Form {
    fields: Map<String, Value>,
    file: Option<Upload>,
}

impl Form {
    /// Reads a form to its end.
    pub(super) async fn read(inner: &Inner, request: Request) -> Result<Self, GraphError> {
        let form = Multipart::from_request(request, &()).await;
        let mut form = form.map_err(|error| GraphError::graph(100, error.body_text()))?;
        let mut read = Self::default();
        while let Some(mut field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                if read.file.is_some() {
                    return Err(GraphError::graph(100, "Param file must be one file"));
                }
                let filename = field.file_name().map(str::to_owned);
                let mime_type = field.content_type().map(str::to_owned);
                let stored = inner.files.store(field).await;
                let stored = stored.map_err(|unstored| match unstored {
                    Unstored::TooLarge => too_large(),
                    Unstored::CutOff(error) => broken(error),
                    Unstored::Unusable => GraphError::messaging(131_000, None),
                })?;
                read.file = Some(Upload {
                    stored,
                    filename,
                    mime_type,
                });
                continue;
            }
            let mut value = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(broken)? {
                if value.len() + chunk.len() > FIELD_LIMIT {
                    let name: String = name.chars().take(100).collect();
                    return Err(GraphError::graph(100, format!("Param {name} is too long")));
                }
                value.extend_from_slice(&chunk);
            }
            let value = String::from_utf8_lossy(&value).into_owned();
            read.fields.insert(name, json!(value));
        }
        Ok(read)
    }

    /// What the log of calls shows instead of the bytes.
    pub(super) fn describe(&self) -> Bytes {
        let mut shown = self.fields.clone();
        if let Some(file) = &self.file {
            let file = json!({
                "filename": file.filename,
                "mime_type": file.mime_type,
                "file_size": file.stored.size,
                "sha256": hex::encode(file.stored.sha256),
            });
            shown.insert("file".into(), file);
        }
        Value::Object(shown).to_string().into()
    }
}

fn broken(error: MultipartError) -> GraphError {
    match error.status() {
        http::StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => GraphError::graph(100, error.body_text()),
    }
}

fn too_large() -> GraphError {
    GraphError::messaging(131_053, Some(rules::over(rules::LARGEST)))
}

/// Keeps the file under an id that is good for 30 days.
pub(super) async fn post(
    inner: &Inner,
    line: &Line,
    incoming: &Incoming,
) -> Result<Value, GraphError> {
    let form = incoming.take_form()?;
    let product = form.fields.get("messaging_product").and_then(Value::as_str);
    match product.or(incoming.query.get("messaging_product").map(String::as_str)) {
        Some("whatsapp") => {}
        Some(_) => {
            let text = "Param messaging_product must be one of {whatsapp}";
            return Err(GraphError::graph(100, text));
        }
        None => {
            let text = "The parameter messaging_product is required.";
            return Err(GraphError::graph(100, text));
        }
    }
    let file = form
        .file
        .ok_or_else(|| GraphError::graph(100, "The parameter file is required."))?;
    let found = rules::essence(file.mime_type.as_deref().unwrap_or(rules::UNKNOWN));
    let known = rules::uploadable();
    if !known.contains(&found.as_str()) {
        let known = known.join(", ");
        let text = format!(
            "Param file must be a file with one of the following types: {known}. Received file of type '{found}'."
        );
        return Err(GraphError::graph(100, text));
    }
    let problem = match file.stored.size {
        0 => Some("The file is empty.".to_owned()),
        size if size > rules::LARGEST => Some(rules::over(rules::LARGEST)),
        _ => None,
    };
    if problem.is_some() {
        return Err(GraphError::messaging(131_053, problem));
    }
    let now_ms = now_ms();
    let number = &line.number.phone_number_id;
    let file = NewFile::of_business(file, number, now_ms, now_ms + UPLOAD_LIVES_MS);
    let answer = json!({"id": file.media.id});
    let file = inner
        .writer
        .write(move |db| {
            file.insert(db)?;
            Ok(file)
        })
        .await?;
    file.keep();
    Ok(answer)
}
