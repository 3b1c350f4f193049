//! Requests that may bring a file: JSON, or a form with the JSON and the file.

use axum::extract::{FromRequest, Multipart, Request};
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::files::Stored;
use crate::{
    http::{BODY_LIMIT, Bad, Input, parse},
    simulator::Simulator,
};

/// A file that came in a form.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) stored: Stored,
    pub(crate) filename: Option<String>,
    pub(crate) mime_type: Option<String>,
}

/// A JSON object, and the file that came with it: `application/json` (or whatever else), or
/// `multipart/form-data` with the fields `message` and `file`. The file is written as it comes.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) request: Map<String, Value>,
    pub(crate) file: Option<Upload>,
}

impl FromRequest<Simulator> for Submission {
    type Rejection = Bad;

    async fn from_request(request: Request, simulator: &Simulator) -> Result<Self, Bad> {
        let content_type = request.headers().get(CONTENT_TYPE);
        let is_form = content_type
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| {
                value
                    .to_ascii_lowercase()
                    .starts_with("multipart/form-data")
            });
        if !is_form {
            let Input(request) = Input::from_request(request, simulator).await?;
            return Ok(Self {
                request,
                file: None,
            });
        }
        let form = Multipart::from_request(request, simulator).await;
        let form = form.map_err(|error| Bad(error.body_text()))?;
        read(form, simulator).await
    }
}

async fn read(mut form: Multipart, simulator: &Simulator) -> Result<Submission, Bad> {
    let broken = |error: axum::extract::multipart::MultipartError| Bad(error.body_text());
    let mut submission = Submission {
        request: Map::new(),
        file: None,
    };
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("message") => {
                let mut text = Vec::new();
                while let Some(chunk) = field.chunk().await.map_err(broken)? {
                    text.extend_from_slice(&chunk);
                    if text.len() > BODY_LIMIT {
                        return Err(Bad::field("message", "is too large"));
                    }
                }
                submission.request = parse(&text)?;
            }
            Some("file") if submission.file.is_none() => {
                let filename = field.file_name().map(str::to_owned);
                let mime_type = field.content_type().map(str::to_owned);
                submission.file = Some(Upload {
                    stored: simulator.inner.files.store(field).await?,
                    filename,
                    mime_type,
                });
            }
            _ => return Err(Bad("a form has one `message` and one `file`".into())),
        }
    }
    Ok(submission)
}
